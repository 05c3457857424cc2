"""Putting a publication in force: by a link, and file by file where links are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.publishing import PublishingError, switch
from orchestration.settings import Settings


def make_publication(settings: Settings, name: str, files: dict[str, str] | None = None) -> Path:
    folder = settings.publications_dir / name
    for path, text in {"marts.duckdb": name, "site/index.html": name, **(files or {})}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / switch.LABEL_FILE).write_text(json.dumps({"id": name}))
    return folder


@pytest.fixture
def links_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)


def test_switching_replaces_one_link(settings: Settings) -> None:
    for name in ("1", "2"):
        switch.switch_to(settings, make_publication(settings, name))

        assert settings.published_dir.is_symlink()
        assert not settings.published_dir.readlink().is_absolute()
        assert (settings.published_dir / "marts.duckdb").read_text() == name
        assert switch.publication_in_force(settings) == settings.publications_dir / name


@pytest.mark.usefixtures("links_are_refused")
def test_where_links_are_refused_every_file_is_replaced(settings: Settings) -> None:
    switch.switch_to(settings, make_publication(settings, "1", {"parquet/gone.parquet": "1"}))
    switch.switch_to(settings, make_publication(settings, "2", {"parquet/new.parquet": "2"}))

    published = settings.published_dir
    assert not published.is_symlink()
    shown = {str(path.relative_to(published)) for path in published.rglob("*") if path.is_file()}
    assert shown == {"marts.duckdb", "site/index.html", "parquet/new.parquet", switch.LABEL_FILE}
    assert (published / "site" / "index.html").read_text() == "2"
    assert switch.publication_in_force(settings) == settings.publications_dir / "2"


@pytest.mark.usefixtures("links_are_refused")
def test_a_file_that_a_reader_holds_is_replaced_when_it_is_let_go(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch.switch_to(settings, make_publication(settings, "1"))
    refusals = iter([PermissionError, PermissionError])
    replace = Path.replace

    def held_twice(self: Path, target: Path) -> Path:
        if target.name == "marts.duckdb" and (refusal := next(refusals, None)):
            raise refusal
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held_twice)
    monkeypatch.setattr(switch, "_FIRST_WAIT_SECONDS", 0.001)

    switch.switch_to(settings, make_publication(settings, "2"))

    assert (settings.published_dir / "marts.duckdb").read_text() == "2"


@pytest.mark.usefixtures("links_are_refused")
def test_a_file_that_is_never_let_go_is_named_and_keeps_its_old_contents(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch.switch_to(settings, make_publication(settings, "1"))

    def held(self: Path, target: Path) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(switch, "_FIRST_WAIT_SECONDS", 0.0)

    with pytest.raises(PublishingError, match=r"marts\.duckdb is held open"):
        switch.switch_to(settings, make_publication(settings, "2"))
    assert (settings.published_dir / "marts.duckdb").read_text() == "1"
    assert switch.publication_in_force(settings) == settings.publications_dir / "1"


def test_links_allowed_again_after_files_were_copied(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "symlink_to", lambda *_, **__: (_ for _ in ()).throw(OSError()))
        switch.switch_to(settings, make_publication(settings, "1"))

    switch.switch_to(settings, make_publication(settings, "2"))

    assert settings.published_dir.is_symlink()
    assert (settings.published_dir / "marts.duckdb").read_text() == "2"
    assert {path.name for path in settings.home.iterdir()} == {"publications", "published"}


def test_links_refused_after_they_were_allowed_leave_the_old_publication_as_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_publication(settings, "1")
    switch.switch_to(settings, first)
    monkeypatch.setattr(Path, "symlink_to", lambda *_, **__: (_ for _ in ()).throw(OSError()))

    switch.switch_to(settings, make_publication(settings, "2"))

    assert (settings.published_dir / "marts.duckdb").read_text() == "2"
    assert (first / "marts.duckdb").read_text() == "1"


def test_the_newest_are_kept_and_the_one_in_force_always(settings: Settings) -> None:
    publications = [make_publication(settings, str(number)) for number in range(1, 7)]
    switch.switch_to(settings, publications[0])

    switch.forget_old(settings)

    kept = {path.name for path in settings.publications_dir.iterdir()}
    assert kept == {"1", "4", "5", "6"}
    assert settings.keep_publications == 3


def test_what_a_killed_run_left_is_removed(settings: Settings) -> None:
    whole = make_publication(settings, "1")
    make_publication(settings, "2.partial")

    switch.clear_killed_runs(settings)

    assert list(settings.publications_dir.iterdir()) == [whole]
