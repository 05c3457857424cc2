"""Putting a publication in force in one step, and clearing away old ones.

``published`` is a symbolic link to one folder under ``publications``; replacing the link is one
step of the file system, so a reader finds the old publication or the new one and never a mix.
Where links are refused (Windows without Developer Mode), ``published`` is a folder and each file
in it is replaced by one step of its own: ``marts.duckdb`` is then still always one whole
publication, but a reader that opens several files may meet two publications.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import time
from pathlib import Path

from orchestration.publishing.shareable import PublishingError
from orchestration.settings import Settings

log = logging.getLogger(__name__)

LABEL_FILE = "publication.json"
"""Says in each publication which one it is; in a copied one it is replaced last."""

PARTIAL = ".partial"
_RETRIES = 20
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 2.0


def publication_in_force(settings: Settings) -> Path | None:
    """The folder under ``publications`` that ``published`` shows, or None before the first."""
    label = settings.published_dir / LABEL_FILE
    if not label.is_file():
        return None
    folder = settings.publications_dir / json.loads(label.read_text(encoding="utf-8"))["id"]
    return folder if folder.is_dir() else None


def seal(folder: Path) -> None:
    """Have every file of a folder, and the folders themselves, written to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            _seal_names(path)
    _seal_names(folder)


def put_in_place(partial: Path, final: Path) -> None:
    """Give a whole, sealed publication its name."""
    partial.rename(final)
    _seal_names(final.parent)


def switch_to(settings: Settings, publication: Path) -> None:
    """Make ``published`` show one publication.

    Raises:
        PublishingError: A reader on Windows kept a file from being replaced; the next run tries
            again, and until then that file shows the publication before.
    """
    published = settings.published_dir
    new_link = _new_link(published, publication)
    if new_link is None:
        _replace_files(published, publication)
    else:
        _switch_link(published, new_link)
    _seal_names(published.parent)


def clear_killed_runs(settings: Settings) -> None:
    """Remove what a run that was killed left half built."""
    for partial in settings.publications_dir.glob(f"*{PARTIAL}"):
        log.info("removing %s, left by a run that did not end", partial.name)
        shutil.rmtree(partial)


def forget_old(settings: Settings) -> None:
    """Keep the newest ``keep_publications``, and the one in force whatever its age."""
    in_force = publication_in_force(settings)
    publications = sorted(
        (path for path in settings.publications_dir.iterdir() if path.suffix != PARTIAL),
        key=lambda path: path.name,
        reverse=True,
    )
    for publication in publications[settings.keep_publications :]:
        if publication == in_force:
            continue
        try:
            shutil.rmtree(publication)
        except PermissionError:
            log.info("%s is still being read: the next run removes it", publication.name)


def _new_link(published: Path, publication: Path) -> Path | None:
    """A link to the publication beside ``published``, or None where links are refused."""
    new_link = published.with_name(f".{published.name}.new")
    new_link.unlink(missing_ok=True)
    # Relative, so that the whole of PIER_HOME can be moved or mounted elsewhere.
    target = os.path.relpath(publication, published.parent)
    try:
        new_link.symlink_to(target, target_is_directory=True)
    except (OSError, NotImplementedError) as refused:
        log.info("links are refused here (%s): replacing file by file", refused)
        return None
    return new_link


def _switch_link(published: Path, new_link: Path) -> None:
    if published.is_dir() and not published.is_symlink():
        # Files were copied here while links were refused, and a link cannot replace a folder:
        # this once, there is a moment between the two renames.
        aside = published.with_name(f".{published.name}.copied")
        published.rename(aside)
        new_link.replace(published)
        shutil.rmtree(aside)
    else:
        new_link.replace(published)


def _replace_files(published: Path, publication: Path) -> None:
    if published.is_symlink():
        # Writing through the link would change the publication it shows.
        published.unlink()
    published.mkdir(exist_ok=True)
    files = [path for path in sorted(publication.rglob("*")) if path.is_file()]
    files.sort(key=lambda path: path.name == LABEL_FILE)
    for source in files:
        target = published / source.relative_to(publication)
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming = target.with_name(f".{target.name}.incoming")
        shutil.copyfile(source, incoming)
        _replace_when_free(incoming, target)
    wanted = {path.relative_to(publication) for path in files}
    for path in published.rglob("*"):
        if path.is_file() and path.relative_to(published) not in wanted:
            # A page or table that is published no longer; a reader may hold it until next time.
            with contextlib.suppress(PermissionError):
                path.unlink()


def _replace_when_free(incoming: Path, target: Path) -> None:
    """Replace a file that a reader may hold open, which Windows refuses meanwhile."""
    wait = _FIRST_WAIT_SECONDS
    for _ in range(_RETRIES):
        try:
            incoming.replace(target)
            return
        except PermissionError:
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
    incoming.unlink(missing_ok=True)
    raise PublishingError(
        f"{target} is held open by another program, so it still shows the publication before: "
        "close the program and run again."
    )


def _seal_names(folder: Path) -> None:
    """Have a folder's list of names written to the disk; Windows has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
