"""White space: letters wrap anywhere, so no rule may depend on where."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text on one line, with single spaces and none at the ends."""
    return " ".join(text.split())
