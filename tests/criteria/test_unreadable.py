"""Nothing of a folder of criteria is left out in silence: what cannot be looked into or read is a problem."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imr_criteria import CatalogueError
from imr_criteria.files import source_files
from imr_criteria.folder import load_catalogue
from imr_criteria.lint import lint
from tests.conftest import DATA

CBT = "mtus-chronic-pain-2009/cp09-cbt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped criteria."""
    return Path(shutil.copytree(DATA, tmp_path / "criteria"))


def problems(folder: Path) -> list[str]:
    """Everything that the loader and lint find wrong with a folder."""
    try:
        return list(map(str, lint(load_catalogue(folder))))
    except CatalogueError as error:
        return list(map(str, error.problems))


def loop(path: Path) -> None:
    """Puts a link to itself in the place of a file or folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def dead(path: Path) -> None:
    """Puts a link to nothing in its place."""
    loop(path)
    path.unlink()
    path.symlink_to("nothing")


@pytest.mark.parametrize("spoil", [loop, dead])
@pytest.mark.parametrize(
    "name",
    [
        "odg",
        "vocabulary",
        "treatments",
        "inferences",
        "vocabulary/facts",
        CBT,
        f"{CBT}/criterion.yaml",
        "inferences/trigger-point/inference.yaml",
        "treatments/procedures.yaml",
        "new-guideline",
    ],
)
def test_links_that_lead_nowhere(folder: Path, spoil: Callable[[Path], None], name: str) -> None:
    spoil(folder / name)
    assert any(line.startswith(f"{name}") and "cannot be read (" in line for line in problems(folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every folder")
@pytest.mark.parametrize("name", ["odg", "vocabulary", CBT, f"{CBT}/criterion.yaml", "inferences"])
def test_what_is_protected(folder: Path, name: str) -> None:
    (folder / name).chmod(0)
    found = problems(folder)
    (folder / name).chmod(0o700)
    assert any(line.startswith(name) and "cannot be read (Permission denied)" in line for line in found)


def test_a_link_to_a_folder_of_words_is_not_followed(folder: Path) -> None:
    (folder / "vocabulary" / "again").symlink_to("..")
    assert problems(folder) == ["vocabulary/again: is a link to a folder, which is not followed"]


def test_a_linked_guideline_and_other_files_are_no_problem(folder: Path) -> None:
    (folder / "odg").rename(folder.parent / "odg")
    (folder / "odg").symlink_to("../odg")
    before = source_files(DATA)
    for name in ("README", ".hidden", "odg/README", "vocabulary/README", f"{CBT}/more.yaml"):
        (folder / name).write_text("x", encoding="utf-8")
    assert source_files(folder) == before
    assert problems(folder) == []
