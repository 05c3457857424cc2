"""A publication is whole for whoever reads while it is made, and after a run that was killed."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy
from fixtures.invented_marts import NOW, publish_invented

from orchestration.publishing.publish import MARTS_FILE
from orchestration.settings import PROJECT_ROOT, Settings, load_settings

pytestmark = pytest.mark.heavy

LATER = NOW + dt.timedelta(days=1)


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.published_dir / MARTS_FILE), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with one publication, for tests that only look at it."""
    settings = load_settings({"PIER_HOME": str(tmp_path_factory.mktemp("published"))})
    publish_invented(settings)
    return settings


def read_in_a_loop(marts_file: str, stop: Event, heard: Any) -> None:
    """Query as a BI tool does, a connection a query; report every answer and every error."""
    answers: set[tuple[str, float]] = set()
    count = 0
    engine = sqlalchemy.create_engine(
        f"duckdb:///{marts_file}",
        connect_args={"read_only": True},
        poolclass=sqlalchemy.pool.NullPool,
    )
    try:
        while not stop.is_set():
            with engine.connect() as connection:
                publication = connection.execute(
                    sqlalchemy.text("select publication_id from meta_publication")
                ).scalar_one()
                figure = connection.execute(
                    sqlalchemy.text(
                        "select value from fct_indicator_values where indicator_id = 'JC-LACR' "
                        "and period_label = '2024/25'"
                    )
                ).scalar_one()
                score = connection.execute(
                    sqlalchemy.text(
                        "select value from performance_scorecard where indicator_id = 'JC-LACR' "
                        "and period_label = '2024/25'"
                    )
                ).scalar_one()
            assert figure == score, (figure, score)
            answers.add((publication, figure))
            count += 1
            time.sleep(0.01)  # leave the publisher some of a small machine
        heard.put((count, answers, None))
    except Exception as error:
        heard.put((count, answers, repr(error)))


def test_a_reader_in_a_loop_always_finds_one_whole_publication(settings: Settings) -> None:
    expected = {(publish_invented(settings, rate=100).publication_id, 100.0)}
    spawn = multiprocessing.get_context("spawn")
    stop, heard = spawn.Event(), spawn.Queue()
    reader = spawn.Process(
        target=read_in_a_loop, args=(str(settings.published_dir / MARTS_FILE), stop, heard)
    )
    reader.start()
    for number in range(1, 21):
        publication = publish_invented(
            settings, rate=100 + number, at=NOW + dt.timedelta(hours=number)
        )
        expected.add((publication.publication_id, 100.0 + number))
    stop.set()
    count, answers, error = heard.get(timeout=60)
    reader.join(timeout=60)

    assert error is None
    assert answers <= expected
    assert len(answers) >= 5, f"the reader met {len(answers)} publications in {count} readings"


STEPS = [
    "copy_marts", "write_facts", "write_revisions", "write_parquet", "build_site", "seal",
    "put_in_place", "switch_to", "forget_old",
]  # fmt: skip

KILLED = """
import os, sys
sys.path.insert(0, "tests")
from fixtures.invented_marts import *
from orchestration.publishing import publish as _  # noqa: F401
import orchestration.publishing.publish
module = sys.modules["orchestration.publishing.publish"]
setattr(module, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), 9))
from orchestration.settings import load_settings
publish_invented(load_settings(), rate=90, at=NOW + dt.timedelta(hours=1))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_what_was_published_stays_and_the_next_run_mends(
    published: Settings, settings: Settings, step: str
) -> None:
    shutil.copytree(published.home, settings.home, symlinks=True)
    first = settings.published_dir.resolve()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, step], cwd=PROJECT_ROOT, capture_output=True, check=False
    )

    assert killed.returncode == -9, killed.stderr.decode()
    expected = 90.0 if step == "forget_old" else 80.0
    newest = "where indicator_id = 'JC-LACR' and period_label = '2024/25'"
    assert rows(settings, f"select value from fct_indicator_values {newest}") == [(expected,)]
    assert (settings.published_dir / "site" / "index.html").is_file()

    second = publish_invented(settings, rate=91, at=LATER)
    assert rows(settings, "select previous_value, new_value from figure_revisions")[-1] == (
        expected,
        91.0,
    )
    left = {path.name for path in settings.publications_dir.iterdir()}
    assert {first.name, second.publication_id} <= left
    assert not [name for name in left if Path(name).suffix == ".partial"]
