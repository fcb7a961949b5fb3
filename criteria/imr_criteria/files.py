"""Which files a folder of criteria has.

vocabulary/**/*.yaml              lists of words; a list may go on in another file
treatments/**/*.yaml              the list of treatments
inferences/<fact>/inference.yaml
<guideline>/<criterion id>/criterion.yaml
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent / "data"
"""The folder of the shipped criteria; an installation has them compiled instead."""
CRITERION, INFERENCE = "criterion.yaml", "inference.yaml"
_PATTERNS = ("vocabulary/**/*.yaml", "treatments/**/*.yaml", f"inferences/*/{INFERENCE}", f"*/*/{CRITERION}")


def source_files(root: Path) -> Iterator[str]:
    """The names of the source files below a folder, in a fixed order."""
    found = {path.relative_to(root).as_posix() for pattern in _PATTERNS for path in root.glob(pattern)}
    yield from sorted(found)


def is_criterion(name: str) -> bool:
    """Whether a source file holds a criterion."""
    return name.endswith(f"/{CRITERION}")


def is_inference(name: str) -> bool:
    """Whether a source file holds an inference."""
    return name.endswith(f"/{INFERENCE}")


def key_of(name: str) -> str:
    """The id of the criterion, or the fact of the inference, that a source file holds: the name of its folder."""
    return name.split("/")[-2]
