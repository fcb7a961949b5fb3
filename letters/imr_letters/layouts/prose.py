"""Running text: trimming it and joining its lines."""

from __future__ import annotations

import re

from imr_letters.text.whitespace import one_line

_GAP = re.compile(r"\n[ \t]*\n\s*")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrows the slice [start, end) to leave out white space at both ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def paragraphs_of(text: str) -> str:
    """The text with its lines joined, one line per paragraph."""
    # Some letters have a blank line after every line; their paragraphs cannot be distinguished.
    gaps, lines = len(_GAP.findall(text)), text.count("\n")
    paragraphs = [text] if gaps * 3 > lines else _GAP.split(text)
    return "\n".join(map(one_line, paragraphs))
