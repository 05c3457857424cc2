"""Set Pier up and run it, with nothing but Python 3.11 or later (no make needed).

``python bootstrap.py nightly`` and ``python bootstrap.py test`` do what ``make nightly``
and ``make test`` do; the Makefile calls this file. It uses only the standard library,
because it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed-from"
# A file's tests stay together, because what they share is dear: a warehouse, a browser. Which
# begin first is said in tests/conftest.py.
PARALLEL = ("-q", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")

USAGE = """usage: python bootstrap.py COMMAND

  setup     make .venv and install what requirements.lock pins
  nightly   setup, then the nightly job (on the demo borough if nothing has landed yet)
  test      setup, then every test: fast ones first, then those that build or browse
  check     setup, then formatting, lint and types
  clean     remove .venv and what tools left behind; never your data
"""


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    commands = {
        "setup": setup,
        "nightly": nightly,
        "test": test,
        "check": check,
        "clean": clean,
    }
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells an older Python so
        say(f"Pier needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return 2
    if not arguments or arguments[0] not in commands:
        say(USAGE)
        return 2
    return commands[arguments[0]](arguments[1:])


def setup(_: list[str]) -> int:
    """Make the virtual environment, or leave it alone when it is as the lock file says."""
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return 0
    say("Setting up .venv (once; needs the Python package registry) …")
    venv.create(VENV, with_pip=True, clear=VENV.exists())
    pip = ["-m", "pip", "install", "-qq", "--no-compile", "--disable-pip-version-check"]
    # The lock names everything, so there is nothing to resolve.
    failed = run("python", *pip, "--no-deps", "--requirement", str(LOCK)) or run(
        "python", *pip, "--no-build-isolation", "--no-deps", "--editable", str(ROOT)
    )
    if not failed:
        compile_packages()
        STAMP.write_text(wanted, encoding="utf-8")
    return failed


def compile_packages() -> None:
    """Compile what was installed, on every processor: pip would do it on one, tests included.

    Left to the first import, it would be done anew in each process wherever
    PYTHONDONTWRITEBYTECODE is set: two seconds each time dbt starts, five for Great Expectations.
    What does not compile (some packages hold templates named as modules) is never imported.
    """
    installed = sysconfig.get_path(
        "purelib", "venv", vars={"base": str(VENV), "platbase": str(VENV)}
    )
    tests = r"[\\/]tests?[\\/]"
    run("python", "-m", "compileall", "-qq", "-j", "0", "-x", tests, installed)


def nightly(arguments: list[str]) -> int:
    """The whole job; a landing zone without a file gets the demo borough first."""
    return setup([]) or run("pier", "nightly", "--demo-if-empty", *arguments)


def test(arguments: list[str]) -> int:
    """Lint, then types beside the tests, of which the fast ones come first (tests/conftest.py)."""
    if failed := setup([]) or lint():
        return failed
    # Types take one processor most of a minute, and say nothing until they are all checked.
    types = start("mypy", stdout=subprocess.PIPE, text=True)
    tests = start("python", "-m", "pytest", *PARALLEL, *arguments)
    said, _ = types.communicate()
    say(said.rstrip())
    if types.returncode:
        tests.terminate()
    failed = tests.wait()
    return types.returncode or failed


def check(_: list[str]) -> int:
    """Formatting, lint and types."""
    return setup([]) or lint() or run("mypy")


def lint() -> int:
    """Formatting and lint."""
    return run("ruff", "format", "--check", "--quiet", ".") or run("ruff", "check", "--quiet", ".")


def clean(_: list[str]) -> int:
    """Remove what can be made again from the checkout."""
    leftovers = [VENV, ROOT / ".pytest_cache", ROOT / ".mypy_cache", ROOT / ".ruff_cache"]
    for folder in [*leftovers, *ROOT.glob("*.egg-info")]:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def run(program: str, *arguments: str) -> int:
    """Run a program of the virtual environment in the project's folder, and give its exit code."""
    return start(program, *arguments).wait()


def start(program: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start a program of the virtual environment in the project's folder."""
    # Modules of Pier and its tests are compiled once, too, and not by every process of a run.
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [path_of(program), *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, **options)  # noqa: S603


def path_of(program: str) -> str:
    """Where a program of the virtual environment lies."""
    return str(BIN / (f"{program}.exe" if os.name == "nt" else program))


def say(message: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
