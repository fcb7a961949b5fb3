"""The files in a folder of criteria.

vocabulary/**/*.yaml              lists of terms; a list may span several files
treatments/**/*.yaml              the list of treatments
inferences/<fact>/inference.yaml
<guideline>/<criterion id>/criterion.yaml
"""

from __future__ import annotations

import os
from pathlib import Path

from imr_criteria.catalogue import CatalogueError
from imr_criteria.problems import Problem

ROOT = Path(__file__).parent / "data"
"""The folder of the shipped criteria; a wheel carries them compiled instead."""
CRITERION, INFERENCE = "criterion.yaml", "inference.yaml"
_WORDS, _INFERENCES = ("vocabulary", "treatments"), "inferences"


def source_files(root: Path) -> list[str]:
    """The source files in a folder, as sorted relative paths. Files are not opened: reading one says what is wrong.

    Raises CatalogueError if a part of the folder cannot be looked into: its criteria would be missing in silence.
    """
    looked = _Folder(root)
    for top in looked.entries("."):
        if top in _WORDS:
            looked.add_words(top)
            continue
        wanted = {CRITERION, INFERENCE} if top == _INFERENCES else {CRITERION}
        for folder in looked.entries(top):
            looked.found += [f"{top}/{folder}/{name}" for name in looked.entries(f"{top}/{folder}") if name in wanted]
    if looked.problems:
        raise CatalogueError(looked.problems)
    return sorted(looked.found)


class _Folder:
    """A folder of criteria while it is looked through."""

    def __init__(self, root: Path) -> None:
        self.found: list[str] = []
        self.problems: list[Problem] = []
        self._root = root

    def entries(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if it is a file."""
        try:
            return sorted(os.listdir(self._root / folder))  # noqa: PTH208 (names are wanted)
        except NotADirectoryError:
            return []
        except OSError as error:
            said = f"cannot be read ({error.strerror})"
            self.problems.append(Problem("", said, file=folder if folder != "." else str(self._root)))
            return []

    def add_words(self, top: str) -> None:
        """Adds every YAML file below a folder."""
        folders = [top]
        while folders:
            folder = folders.pop()
            for entry in self.entries(folder):
                name = f"{folder}/{entry}"
                path = self._root / name
                if name.endswith(".yaml"):
                    self.found.append(name)
                elif path.is_symlink() and path.is_dir():
                    self.problems.append(Problem("", "is a link to a folder, which is not followed", file=name))
                else:
                    folders.append(name)


def is_criterion(name: str) -> bool:
    """Whether a source file holds a criterion."""
    return name.endswith(f"/{CRITERION}")


def is_inference(name: str) -> bool:
    """Whether a source file holds an inference."""
    return name.endswith(f"/{INFERENCE}")


def key_of(name: str) -> str:
    """The id of a source file's criterion, or the fact its inference concludes: the name of its folder."""
    return name.split("/")[-2]
