"""The demo borough, written once for all tests of this folder."""

import pytest
from returned import YEARS, Returns, returns_in

import demo


@pytest.fixture(scope="session")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Returns:
    landing = tmp_path_factory.mktemp("landing")
    demo.write(landing, years=YEARS)
    return returns_in(landing)
