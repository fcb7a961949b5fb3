"""White space: letters wrap anywhere, so no rule may depend on where."""

from __future__ import annotations

import re


def one_line(text: str) -> str:
    """The text on one line, with single spaces and none at the ends."""
    return " ".join(text.split())


def spaced(pattern: str, flags: int = 0) -> re.Pattern[str]:
    r"""Compiles a pattern, ignoring case, in which each space stands for `\s+`.

    Patterns of several words stay readable this way. None of their character classes may hold a space.
    """
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | flags)
