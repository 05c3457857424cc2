"""Counts that health services send for the whole borough: children measured, infants breastfed."""

from collections.abc import Iterable, Iterator

from demo.calendar import ReportingYear
from demo.calibration import Quotas
from demo.lives import Borough
from demo.returns import File, csv_file
from demo.returns.published_statistics import authorities

_AGE_GROUPS = {"reception": "Reception", "year_6": "Year 6"}
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def files(borough: Borough, years: Iterable[int], quotas: Quotas) -> Iterator[File]:
    """Every file of the returns: path below the landing zone, and bytes."""
    area = next(one.area_code for one in authorities() if one.la_code == borough.la_code)
    for year_end in years:
        folder = f"{borough.la_code}/{ReportingYear(year_end).folder}"
        yield csv_file(
            f"ncmp/{folder}/ncmp.csv",
            ("area", "year", "age_group", "eligible", "measured", "obese"),
            [
                (area, str(year_end), label, *_nested(quotas, year_end, group, _MEASURED))
                for group, label in _AGE_GROUPS.items()
            ],
        )
        for quarter in _QUARTERS:
            label = f"{ReportingYear(year_end).folder} {quarter}"
            due, recorded, fed = _nested(quotas, year_end, quarter, _FED)
            # Most of those breastfed get nothing else.
            only = int(fed) * 3 // 5
            yield csv_file(
                f"breastfeeding/{folder}/breastfeeding_{quarter.lower()}.csv",
                ("area", "quarter", "due", "recorded", "total_bf", "partial_bf"),
                [(area, label, due, recorded, str(only), str(int(fed) - only))],
            )


_MEASURED = ("children_to_measure", "children_measured", "children_obese")
_FED = ("infants_due", "infants_recorded", "infants_breastfed")


def _nested(
    quotas: Quotas, year_end: int, group: str, measures: tuple[str, ...]
) -> tuple[str, ...]:
    """Numbers of which each is among the one before, also where they were scaled one by one."""
    numbers: list[int] = []
    for measure in measures:
        number = quotas.get(measure, year_end, group)
        numbers.append(min(number, numbers[-1]) if numbers else number)
    return tuple(str(number) for number in numbers)
