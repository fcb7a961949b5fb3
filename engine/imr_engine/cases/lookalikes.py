"""Texts that look the same: they differ in characters that cannot be seen, or in how the same character is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Unicode's default-ignorable letters and marks (format characters are a category), and the blank of Braille.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def as_seen(text: str) -> str:
    """A text as a reader sees it: compatibility forms resolved, unseen characters left out, blanks collapsed."""
    if text.isascii() and text.isalnum():
        return text
    shown = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    seen = "".join(c for c in shown if c.isspace() or unicodedata.category(c) not in {"Cf", "Cc"})
    return unicodedata.normalize("NFKC", " ".join(seen.split()))


def differs_unseen(name: object, known: Iterable[str]) -> bool:
    """Whether a name is none of the known ones but looks like one of them."""
    return isinstance(name, str) and len(name) < 200 and name not in known and as_seen(name) in known
