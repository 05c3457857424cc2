"""Several authorities: each sends its returns, none are alike, and the statistics are theirs."""

import datetime as dt
from pathlib import Path

import pytest
from returned import date, read

import demo

NUMBER, SCALE, SEED = 3, 0.3, 7
YEARS = (2016, 2017)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    written = demo.write(folder, seed=SEED, years=YEARS, authorities=NUMBER, children_scale=SCALE)
    assert written.authorities[0] == written.authority == "882"
    assert len(written.authorities) == NUMBER
    return folder


def in_care(landing: Path, la_code: str, year: int) -> set[str]:
    """Children looked after on 31 March but for short breaks."""
    folder = landing / f"ssda903/{la_code}/{year - 1}-{year % 100:02d}"
    return {
        row["CHILD"]
        for row in read(folder / "episodes.csv")
        if not row["DEC"] and row["LS"] not in {"V3", "V4"}
    }


def test_every_authority_sends_the_same_returns(landing: Path) -> None:
    def sent(la_code: str) -> set[str]:
        return {
            path.relative_to(landing).as_posix().replace(f"/{la_code}/", "/")
            for path in landing.glob(f"*/{la_code}/**/*")
            if path.is_file()
        }

    codes = sorted(path.name for path in (landing / "ssda903").iterdir())
    assert len(codes) == NUMBER
    # A list may be of one borough's own, as that of the pooled budgets is.
    assert {
        "ssda903/2016-17/episodes.csv",
        "cin_census/2016-17/cin_census.xml",
    } <= set.intersection(*map(sent, codes))


def test_no_child_is_in_two_authorities(landing: Path) -> None:
    children = [in_care(landing, path.name, 2017) for path in (landing / "ssda903").iterdir()]
    assert all(children)
    assert len(set.union(*children)) == sum(map(len, children))


def test_authorities_differ(landing: Path) -> None:
    sizes = {
        path.name: len(in_care(landing, path.name, 2017))
        for path in (landing / "ssda903").iterdir()
    }
    assert len(set(sizes.values())) == NUMBER
    assert sizes["882"] == pytest.approx(SCALE * 282, abs=8)


@pytest.mark.parametrize("year", YEARS)
def test_published_figures_are_those_of_the_children(landing: Path, year: int) -> None:
    name = "published_statistics/demo/cla_number_and_rate_per_10k_children.csv"
    rows = [
        row
        for row in read(landing / name)
        if row["time_period"] == str(year) and row["geographic_level"] == "Local authority"
    ]
    starts = [row for row in rows if row["population_type"].startswith("Children starting")]
    stocks = [row for row in rows if "31 March" in row["population_type"]]
    assert len(stocks) == 153
    for folder in (landing / "ssda903").iterdir():
        (published,) = [row for row in stocks if row["old_la_code"] == folder.name]
        count = len(in_care(landing, folder.name, year))
        assert published["children_count"] == str(count)
        (published,) = [row for row in starts if row["old_la_code"] == folder.name]
        episodes = read(folder / f"{year - 1}-{year % 100:02d}/episodes.csv")
        started = [
            row
            for row in episodes
            if row["RNE"] == "S" and row["LS"] not in {"V3", "V4"}
            and date(row["DECOM"]) >= dt.date(year - 1, 4, 1)
        ]  # fmt: skip
        assert published["children_count"] == str(len(started))


def test_names_are_invented(landing: Path) -> None:
    rows = read(landing / "published_statistics/demo/la_code_list.csv")
    names = {row["LA Number"]: row["LA Name"] for row in rows}
    assert names["882"] == "Southend-on-Sea"
    assert not {"Camden", "Kent", "Essex", "Leeds", "Thurrock"} & set(names.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"authorities": 0}, "0 authorities"),
        ({"authorities": 154}, "154 authorities"),
        ({"children_scale": 0.1}, "a scale of 0.1"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(
    tmp_path: Path, arguments: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        demo.write(tmp_path, years=YEARS, **arguments)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
