"""The lives of invented children: what happened to them, whatever anyone returned about it.

These are values only. ``population`` decides who is looked after and when, ``care`` fills in what
happened in care, and ``returns`` writes what a council would have known at the end of each year.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.schooling import Schooling

Key = tuple[int, dt.date]
"""What tells one stay in care from every other: the child's number and the day it began."""

SHORT_BREAKS = ("V3", "V4")
"""Legal statuses of agreed series of short breaks, which nearly every statistic leaves out."""


@dataclass(frozen=True)
class Person:
    """An invented child.

    ``sex`` is ``F`` or ``M``. ``child_id`` and ``upn`` are made so that no real child can have
    them; ``home_postcode`` lies in a postcode area that does not exist.
    """

    number: int
    child_id: str
    upn: str
    sex: str
    born: dt.date
    ethnicity: str
    home_postcode: str
    is_asylum_seeker: bool = False
    first_child_born: dt.date | None = None


@dataclass(frozen=True)
class Placement:
    """Where a child lives: type, who provides it, and which carer (the postcode tells)."""

    place: str
    provider: str
    urn: str
    postcode: str


@dataclass(frozen=True)
class Episode:
    """A stretch of care under one legal status in one placement; the end is exclusive.

    ``reason_started`` and ``reason_ended`` are the RNE and REC codes of the looked-after return;
    ``reason_placement_changed`` stands on the episode that ended.
    """

    start: dt.date
    reason_started: str
    legal_status: str
    need: str
    placement: Placement
    end: dt.date | None = None
    reason_ended: str = ""
    reason_placement_changed: str = ""


@dataclass(frozen=True)
class Adoption:
    """The road to one adoption order."""

    decided: dt.date
    order_to_place: dt.date
    matched: dt.date
    moved_in: dt.date
    by_foster_carer: bool
    adopters: str
    legal_status_of_adopters: str


@dataclass(frozen=True)
class Review:
    """A review of a child's care and how the child took part (PN code)."""

    held: dt.date
    participation: str


@dataclass(frozen=True)
class Absence:
    """A spell missing (``M``) or away without authorisation (``A``); the end is its last day."""

    kind: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Stay:
    """One unbroken period of being looked after."""

    person: Person
    start: dt.date
    end: dt.date | None
    reason_ended: str
    adoption: Adoption | None = None
    episodes: tuple[Episode, ...] = ()
    reviews: tuple[Review, ...] = ()
    absences: tuple[Absence, ...] = ()

    @property
    def key(self) -> Key:
        """The stay's key."""
        return self.person.number, self.start

    def in_care_on(self, day: dt.date) -> bool:
        """Whether the child was looked after on the night of a day."""
        return self.start <= day and (self.end is None or self.end > day)

    @property
    def is_short_breaks(self) -> bool:
        """Whether the stay belongs to an agreed series of short breaks."""
        return bool(self.episodes) and self.episodes[0].legal_status in SHORT_BREAKS


@dataclass(frozen=True)
class Plan:
    """A child protection plan; ``previous`` counts the child's earlier plans here."""

    start: dt.date
    end: dt.date | None
    category: str
    previous: int
    reviews: tuple[dt.date, ...]


@dataclass(frozen=True)
class Assessment:
    """A single assessment and the factors it found."""

    start: dt.date
    authorised: dt.date
    factors: tuple[str, ...]


@dataclass(frozen=True)
class EarlierAssessment:
    """An initial or a core assessment, as there were until March 2013."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Enquiry:
    """A section 47 enquiry, and the initial conference it led to."""

    start: dt.date
    conference: dt.date


@dataclass(frozen=True)
class Case:
    """What followed a referral to children's social care, until the case was closed.

    ``disabilities`` are codes of the census; a child without any has ``("NONE",)``.
    """

    person: Person
    referred: dt.date
    source: str
    need: str
    disabilities: tuple[str, ...]
    closed: dt.date | None
    reason_closed: str
    no_further_action: bool = False
    initial_assessment: EarlierAssessment | None = None
    core_assessment: EarlierAssessment | None = None
    assessment: Assessment | None = None
    enquiry: Enquiry | None = None
    plan: Plan | None = None


@dataclass(frozen=True)
class EarlyHelp:
    """A stretch of help for one child; ``ended`` is its last day, ``outcome`` how it then stood."""

    person: Person
    begun: dt.date
    ended: dt.date
    stage: str
    source: str
    status: str
    outcome: str

    def is_open_on(self, day: dt.date) -> bool:
        """Whether the help goes on on a day."""
        return self.begun <= day <= self.ended


@dataclass(frozen=True)
class Contact:
    """One contact; ``referral`` is the case it led to, ``person`` is None where nobody is named."""

    day: dt.date
    source: str
    outcome: str
    door: str
    person: Person | None
    referral: Case | None = None


@dataclass(frozen=True)
class Interview:
    """What came of the offer to talk after a time missing; ``held`` is None when refused."""

    offered: dt.date
    held: dt.date | None
    status: str


@dataclass(frozen=True)
class Missing:
    """One time a child was missing; ``elsewhere`` is the authority that answers for the child."""

    person: Person
    reported: dt.datetime
    found: dt.datetime
    status: str
    elsewhere: str = ""
    interview: Interview | None = None

    @property
    def is_from_care(self) -> bool:
        """Whether the child was missing from care rather than from home."""
        return self.status in ("LAC", "LAC/CPP", "Other LA")


@dataclass(frozen=True)
class Concern:
    """One concern: ``ended`` is None while it is open, ``assessed`` while nobody has."""

    person: Person
    group: str
    raised: dt.date
    ended: dt.date | None
    assessed: dt.date | None
    level: str


@dataclass(frozen=True)
class YoungCarer:
    """One stretch on the register; ``left`` is None while it goes on."""

    person: Person
    entered: dt.date
    left: dt.date | None


@dataclass(frozen=True)
class Audit:
    """One audit of the file of a child whose case was open."""

    person: Person
    day: dt.date
    team: str
    grade: str
    auditor: str


@dataclass(frozen=True)
class InitialHealth:
    """One entry to care: when health was asked, and when the child was seen, if ever."""

    person: Person
    care_started: dt.date
    requested: dt.date
    assessed: dt.date | None
    reason_late: str


@dataclass(frozen=True)
class Arrangement:
    """One arrangement: when it began and ended, when the council heard of it and first came."""

    person: Person
    began: dt.date
    notified: dt.date
    first_visit: dt.date
    ended: dt.date | None
    status: str


@dataclass(frozen=True)
class Services:
    """The lives behind the local returns, each in order of date."""

    contacts: tuple[Contact, ...] = ()
    early_help: tuple[EarlyHelp, ...] = ()
    missing: tuple[Missing, ...] = ()
    exploitation: tuple[Concern, ...] = ()
    young_carers: tuple[YoungCarer, ...] = ()
    private_fostering: tuple[Arrangement, ...] = ()
    audits: tuple[Audit, ...] = ()
    initial_health: tuple[InitialHealth, ...] = ()


@dataclass(frozen=True)
class Borough:
    """Every invented child of one authority, with all they lived through.

    ``size`` is how many times the children of the printed documents' borough it has;
    ``is_home`` says whether it is that borough.
    """

    la_code: str
    seed: int
    stays: tuple[Stay, ...] = ()
    cases: tuple[Case, ...] = ()
    size: float = 1.0
    is_home: bool = True
    services: Services = field(default_factory=Services)
    schooling: "Schooling | None" = field(default=None, compare=False, repr=False)

    def stays_by_child(self) -> dict[str, list[Stay]]:
        """The stays of each child in order of start, children in order of their number."""
        by_child: dict[str, list[Stay]] = {}
        for stay in sorted(self.stays, key=lambda one: (one.person.number, one.start)):
            by_child.setdefault(stay.person.child_id, []).append(stay)
        return by_child
