"""The demo borough, written once for all tests of this folder."""

import pytest
from census_by_hand import Child, read_census
from returned import YEARS, Returns, returns_in
from schools_by_hand import Schools
from services_by_hand import Written

import demo


@pytest.fixture(scope="session")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Returns:
    landing = tmp_path_factory.mktemp("landing")
    demo.write(landing, years=YEARS)
    return returns_in(landing)


@pytest.fixture(scope="session")
def census(returns: Returns) -> dict[int, list[Child]]:
    return read_census(returns.landing)


@pytest.fixture(scope="session")
def schools(returns: Returns) -> Schools:
    return Schools(returns)


@pytest.fixture(scope="session")
def written(returns: Returns, census: dict[int, list[Child]]) -> Written:
    return Written(returns, census)
