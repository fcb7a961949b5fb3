"""Running text: its edges and its paragraphs."""

from __future__ import annotations

import re

from imr_letters.text.whitespace import one_line

_GAP = re.compile(r"\n[ \t]*\n\s*")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The slice without white space at its ends; empty if it holds nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def paragraphs_of(text: str) -> str:
    """Running text with one line for each paragraph."""
    # Some letters have a blank line after every line, so gaps say nothing about paragraphs.
    gaps, lines = len(_GAP.findall(text)), text.count("\n")
    paragraphs = [text] if gaps * 3 > lines else _GAP.split(text)
    return "\n".join(map(one_line, paragraphs))
