"""White space: a letter may wrap between any two words, so no rule may depend on it."""

from __future__ import annotations

import re


def one_line(text: str) -> str:
    """The text on one line, with single spaces and none at the ends."""
    return " ".join(text.split())


def spaced(pattern: str, flags: int = 0) -> re.Pattern[str]:
    r"""Compiles a pattern, ignoring case, in which each space stands for `\s+`.

    It keeps patterns of several words readable. Write `\x20` for a space inside a character class.
    """
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | flags)
