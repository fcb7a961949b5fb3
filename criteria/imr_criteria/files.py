"""The files in a folder of criteria.

vocabulary/**/*.yaml              lists of terms; a list may span several files
treatments/**/*.yaml              the list of treatments
inferences/<fact>/inference.yaml
<guideline>/<criterion id>/criterion.yaml
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent / "data"
"""The folder of the shipped criteria; a wheel carries them compiled instead."""
CRITERION, INFERENCE = "criterion.yaml", "inference.yaml"
_PATTERNS = ("vocabulary/**/*.yaml", "treatments/**/*.yaml", f"inferences/*/{INFERENCE}", f"*/*/{CRITERION}")


def source_files(root: Path) -> Iterator[str]:
    """The source files in a folder, as sorted relative paths."""
    found = {path.relative_to(root).as_posix() for pattern in _PATTERNS for path in root.glob(pattern)}
    yield from sorted(found)


def is_criterion(name: str) -> bool:
    """Whether a source file holds a criterion."""
    return name.endswith(f"/{CRITERION}")


def is_inference(name: str) -> bool:
    """Whether a source file holds an inference."""
    return name.endswith(f"/{INFERENCE}")


def key_of(name: str) -> str:
    """The id of a source file's criterion, or the fact its inference concludes: the name of its folder."""
    return name.split("/")[-2]
