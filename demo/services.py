"""What children lived through beside care, need and protection: what local services recorded."""

import random
from collections.abc import Sequence

from demo.audits import simulate_audits
from demo.calibration import Quotas
from demo.contacts import simulate_contacts
from demo.early_help import simulate_early_help
from demo.exploitation import simulate_exploitation
from demo.initial_health import simulate_initial_health
from demo.lives import Arrangement, Case, Services, Stay
from demo.missing import simulate_missing, with_absences
from demo.young_carers import simulate_young_carers


def simulate_services(
    la_code: str,
    rng: random.Random,
    quotas: Quotas,
    stays: Sequence[Stay],
    cases: Sequence[Case],
    arrangements: Sequence[Arrangement],
    years: Sequence[int],
) -> tuple[list[Stay], Services]:
    """Everything in the local returns of some years.

    Args:
        la_code: the authority.
        rng: the source of chance.
        quotas: the numbers of each service.
        stays: periods in care.
        cases: children in need.
        arrangements: private fostering, whose children are among the cases.
        years: the years, by year end.

    Returns:
        The stays, with the times their children were missing, and the services.

    Raises:
        CalibrationError: if a quota cannot be met.
    """
    number = 1 + max((one.person.number for group in (stays, cases) for one in group), default=0)
    carers = simulate_young_carers(la_code, rng, quotas, number)
    number += len(carers)
    helped = simulate_early_help(la_code, rng, quotas, number, years)
    number += len(helped)
    missing = simulate_missing(la_code, rng, quotas, stays, cases, helped, number, years)
    stays = with_absences(stays, missing)
    return stays, Services(
        contacts=tuple(simulate_contacts(rng, quotas, cases, years)),
        early_help=tuple(helped),
        missing=tuple(missing),
        exploitation=tuple(simulate_exploitation(rng, quotas, stays, cases, years)),
        young_carers=tuple(carers),
        private_fostering=tuple(arrangements),
        audits=tuple(simulate_audits(rng, quotas, cases, years)),
        initial_health=tuple(simulate_initial_health(rng, quotas, stays, years)),
    )
