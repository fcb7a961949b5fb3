"""The command on an installation with damaged compiled criteria: one message, exit code 2, never a traceback."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import imr_criteria
from imr_criteria.compiled import PACKAGE, write_compiled
from imr_criteria.folder import load_catalogue
from tests.conftest import DATA, LETTER_002, WRITTEN, run_python

COMMANDS = [
    (LETTER_002,),
    (LETTER_002, "--format", "json"),
    ("criteria", "list"),
    ("criteria", "show", "radiculopathy"),
    ("letter", "lint", str(WRITTEN / "2014.txt")),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The criteria as a wheel installs them."""
    home = tmp_path_factory.mktemp("installed")
    package = Path(imr_criteria.__file__).parent
    shutil.copytree(package, home / "imr_criteria", ignore=shutil.ignore_patterns("data", "__pycache__"))
    write_compiled(load_catalogue(DATA), DATA, home / PACKAGE)
    return home


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "imr_cli", *arguments, path=home)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("file", ["index.json", "vocabulary.json"])
def test_damage_gives_one_message(installed: Path, tmp_path: Path, file: str, arguments: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    assert run(home, *arguments).returncode in {0, 1}
    (home / PACKAGE / file).write_text("{", encoding="utf-8")
    done = run(home, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "install imr-check again" in done.stderr


def test_lint_names_what_was_altered(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    assert "no problems found" in run(home, "criteria", "lint").stdout
    path = home / PACKAGE / "criterion-cp09-cbt.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"kind":"required"', '"kind":"advice"', 1), encoding="utf-8"
    )
    done = run(home, "criteria", "lint")
    assert done.returncode == 1
    assert "criterion cp09-cbt was altered after it was compiled" in done.stderr
