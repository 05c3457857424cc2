"""The children in need census: one XML message a year, as known on 31 March.

A case is in the message of every year in which it was open. Assessments, conferences and plans that
ended in an earlier year are not sent again; what had not happened by 31 March is left out. The
first message covers October 2008 to March 2009 only. Until 2012/13 assessments were initial or
core, and nobody asked who had referred a child.
"""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence

from demo.assessments import AFTER_ASSESSMENT
from demo.calendar import ReportingYear, birthday, working_days_after
from demo.calibration import Quotas
from demo.lives import Borough, Case
from demo.protection import first_day_counted
from demo.returns import File, xml_message

FIRST_YEAR = 2009
"""The census began in this year, with its second half."""

_SOURCES_FROM = 2014
_ACTUAL_DATES_FROM = 2013
_CLOSED_AFTER_ASSESSMENT_FROM = dt.date(2009, 4, 1)

_GENDER = {"M": "1", "F": "2"}
_CONFERENCE_WITHIN = 15


def files(borough: Borough, years: Iterable[int], _: Quotas) -> Iterator[File]:
    """The message of each year: path below the landing zone, and bytes."""
    for year_end in years:
        if year_end >= FIRST_YEAR:
            year = ReportingYear(year_end)
            path = f"cin_census/{borough.la_code}/{year.folder}/cin_census.xml"
            yield path, message(borough, year)


def message(borough: Borough, year: ReportingYear) -> bytes:
    """One year's message as indented XML."""
    root = ET.Element("Message")
    _header(root, borough.la_code, year)
    children = ET.SubElement(root, "Children")
    by_child: dict[int, list[Case]] = {}
    first_day = first_day_counted(year, FIRST_YEAR)
    for case in borough.cases:
        if case.referred <= year.last_day and (not case.closed or case.closed >= first_day):
            by_child.setdefault(case.person.number, []).append(case)
    for number in sorted(by_child):
        _child(children, sorted(by_child[number], key=lambda case: case.referred), year)
    return xml_message(root)


def _header(root: ET.Element, la_code: str, year: ReportingYear) -> None:
    header = ET.SubElement(root, "Header")
    collection = ET.SubElement(header, "CollectionDetails")
    _texts(
        collection,
        Collection="CIN",
        Year=str(year.year_end),
        ReferenceDate=year.last_day.isoformat(),
    )
    _texts(
        ET.SubElement(header, "Source"),
        SourceLevel="L",
        LEA=la_code,
        SoftwareCode="Pier demo, invented children",
        Release="1",
        SerialNo="001",
        DateTime=f"{year.year_end}-06-01T09:00:00",
    )


def _texts(parent: ET.Element, **values: str) -> None:
    """Add one element for each value that is not empty."""
    for name, value in values.items():
        if value:
            ET.SubElement(parent, name).text = value


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def _known(day: dt.date | None, year: ReportingYear) -> str:
    return _day(day) if day is not None and day <= year.last_day else ""


def _child(children: ET.Element, cases: Sequence[Case], year: ReportingYear) -> None:
    person = cases[0].person
    child = ET.SubElement(children, "Child")
    of_school_age = birthday(person.born, 4) <= dt.date(year.year_end - 2, 8, 31)
    has_number = of_school_age and not person.is_asylum_seeker
    unknown = "UN3" if person.is_asylum_seeker else "UN1"
    _texts(
        ET.SubElement(child, "ChildIdentifiers"),
        LAchildID=person.child_id,
        UPN=person.upn if has_number else "",
        UPNunknown="" if has_number else unknown,
        PersonBirthDate=_day(person.born),
        GenderCurrent=_GENDER[person.sex],
    )
    characteristics = ET.SubElement(child, "ChildCharacteristics")
    _texts(characteristics, Ethnicity=person.ethnicity)
    disabilities = ET.SubElement(characteristics, "Disabilities")
    for disability in cases[-1].disabilities:
        _texts(disabilities, Disability=disability)
    for case in cases:
        _case(child, case, year)


def _case(child: ET.Element, case: Case, year: ReportingYear) -> None:
    details = ET.SubElement(child, "CINdetails")
    closed = _known(case.closed, year)
    _texts(
        details,
        CINreferralDate=_day(case.referred),
        ReferralSource=case.source if year.year_end >= _SOURCES_FROM else "",
        PrimaryNeedCode="" if case.no_further_action else case.need,
        CINclosureDate=closed,
        ReasonForClosure=_reason_closed(case) if closed else "",
    )
    _earlier_assessments(details, case, year)
    _assessment(details, case, year)
    _enquiry(details, case, year)
    _texts(details, ReferralNFA="1" if case.no_further_action else "0")
    _plan(details, case, year)


def _reason_closed(case: Case) -> str:
    """Why a case was closed; that an assessment found nothing was not a reason at first."""
    is_early = case.closed is not None and case.closed < _CLOSED_AFTER_ASSESSMENT_FROM
    return "RC7" if is_early and case.reason_closed == AFTER_ASSESSMENT else case.reason_closed


def _earlier_assessments(details: ET.Element, case: Case, year: ReportingYear) -> None:
    """Initial and core assessments; from 2012/13 by their actual start and authorisation."""
    is_actual = year.year_end >= _ACTUAL_DATES_FROM
    for kind, span in (("Initial", case.initial_assessment), ("Core", case.core_assessment)):
        if span is None or not span.start <= year.last_day or span.end < year.first_day:
            continue
        name = f"{kind}Assessment"
        start, end = (
            ("ActualStartDate", "AuthorisationDate") if is_actual else ("StartDate", "EndDate")
        )
        _texts(
            ET.SubElement(details, f"{name}s"),
            **{f"{name}{start}": _day(span.start), f"{name}{end}": _known(span.end, year)},
        )


def _assessment(details: ET.Element, case: Case, year: ReportingYear) -> None:
    assessment = case.assessment
    if assessment is None or assessment.authorised < year.first_day:
        return
    if assessment.start > year.last_day:
        return
    element = ET.SubElement(details, "Assessments")
    authorised = _known(assessment.authorised, year)
    _texts(
        element,
        AssessmentActualStartDate=_day(assessment.start),
        AssessmentAuthorisationDate=authorised,
    )
    if authorised:
        found = ET.SubElement(element, "FactorsIdentifiedAtAssessment")
        for factor in assessment.factors:
            _texts(found, AssessmentFactors=factor)


def _enquiry(details: ET.Element, case: Case, year: ReportingYear) -> None:
    enquiry = case.enquiry
    first_day = first_day_counted(year, FIRST_YEAR)
    if enquiry is None or enquiry.start > year.last_day or enquiry.conference < first_day:
        return
    _texts(
        ET.SubElement(details, "Section47"),
        S47ActualStartDate=_day(enquiry.start),
        InitialCPCtarget=_day(working_days_after(enquiry.start, _CONFERENCE_WITHIN)),
        DateOfInitialCPC=_known(enquiry.conference, year),
        ICPCnotRequired="0",
    )


def _plan(details: ET.Element, case: Case, year: ReportingYear) -> None:
    plan = case.plan
    if plan is None or plan.start > year.last_day:
        return
    if plan.end is not None and plan.end < first_day_counted(year, FIRST_YEAR):
        return
    element = ET.SubElement(details, "ChildProtectionPlans")
    _texts(
        element,
        CPPstartDate=_day(plan.start),
        CPPendDate=_known(plan.end, year),
        InitialCategoryOfAbuse=plan.category,
        LatestCategoryOfAbuse=plan.category,
        NumberOfPreviousCPP=str(plan.previous),
    )
    reviews = [day for day in plan.reviews if day <= year.last_day]
    if reviews:
        held = ET.SubElement(element, "Reviews")
        for day in reviews:
            _texts(held, CPPreviewDate=_day(day))
