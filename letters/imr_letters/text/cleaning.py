"""Cleans a letter's text in one pass and keeps track of where every character came from.

It removes what would trip the reader: three kinds of line end, running headers in mid-sentence, hyphens at line ends,
soft hyphens, mojibake, unusual spaces. Words are never changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# UTF-8 decoded as Windows-1252, as found in published letters.
MOJIBAKE = {
    "â€™": "'", "â€˜": "'", "â€œ": '"', "â€\x9d": '"', "â€“": "-", "â€”": "-",
    "â€¦": "…", "â€¢": "•", "â„¢": "™", "â¿¢": "™",
    "Â®": "®", "Â°": "°", "Â½": "½", "Â¼": "¼", "Â±": "±", "Â·": "·", "Â§": "§", "Â\xa0": " ", "Ã—": "×", "Ã©": "é",
}  # fmt: skip
_ONE = {
    "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-", "\u2013": "-",
    "\x02": "-", "\ufffe": "-",
    **dict.fromkeys("\r\f\v\u2028\u2029\u0085", "\n"),
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff\x7f" + "".join(map(chr, [0, 1, *range(3, 9), *range(14, 32)])), ""),
}  # fmt: skip

# The running header of a page, which may be anywhere, even in mid-sentence, and wrapped. A page number must end its
# line.
_HEADER = (
    "Final Determination Letter for IMR Case Number".replace(" ", r"\s+")
    + r"(?:\s*(?::\s*)?CM\d{2}-\d{5,7})?"
    + r"(?:[ \t]*(?:Page[ \t]*)?\d{1,2}(?:[ \t]*of[ \t]*\d{1,2})?(?=[ \t]*[\r\n\f]))?"
)
_LINE_END = r"[ \t]*(?:\r\n|\r|\n)[ \t]*"
_LONGEST_BLANK = 60
_BLANK = r"[\s\u00ad\u200b-\u200d\ufeff]"
# What a token may begin with, other than a space. Looking at that first is four times as fast as trying every
# alternative everywhere.
_FIRST = r"\t\n\-F" + re.escape("".join(sorted({*_ONE, *(garbled[0] for garbled in MOJIBAKE)})))
_TOKEN = re.compile(
    rf"(?=[{_FIRST}]| {_BLANK})(?:"
    # Long runs of white space are cut short: a pattern that scans to their end would do so from every position.
    rf"(?P<blank>{_BLANK}{{{_LONGEST_BLANK},}})"
    rf"|(?P<header>{_HEADER})"
    rf"|(?P<soft>\u00ad{_LINE_END})"
    # As written, or as PDFium marks it.
    rf"|(?P<hyphen>(?:[\x02\ufffe]|(?<=[A-Za-z0-9])-){_LINE_END}(?=[A-Za-z0-9]))"
    r"|(?P<crlf>\r\n)"
    r"|(?P<mojibake>" + "|".join(map(re.escape, sorted(MOJIBAKE, key=len, reverse=True))) + ")"
    r"|(?P<one>[" + re.escape("".join(_ONE)) + "]))"
)


@dataclass(frozen=True)
class Clean:
    """Cleaned text; `raw` and `span` map its positions to the text as given."""

    text: str
    _clean: list[int]
    _raw: list[int]
    length: int

    def raw(self, position: int) -> int:
        """A position in the cleaned text as a position in the text as given."""
        index = bisect_right(self._clean, position) - 1
        return min(self._raw[index] + position - self._clean[index], self.length)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A slice of the cleaned text as a slice of the text as given."""
        return (self.raw(start), self.raw(end - 1) + 1) if end > start else (self.raw(start), self.raw(start))


def clean(text: str) -> Clean:
    """Cleans a letter's text, in time linear in its length."""
    parts: list[str] = []
    at_clean, at_raw = [0], [0]
    done = size = blank = 0
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup, match[0]
        kept = text[done : match.start()]
        done = match.end()
        if kind == "header":
            kept, done, good = _around(text, kept, done)
        elif kind == "one":
            good = _ONE[found]
        elif kind == "mojibake":
            good = MOJIBAKE[found]
        else:
            # A soft hyphen goes; a hyphen that was written (L5-S1, follow-up) stays. Both join the lines.
            good = {"soft": "", "hyphen": "-", "crlf": "\n", "blank": "\n\n"}[str(kind)]
        # What is taken out may leave white space on both sides, over and over.
        blank = blank + len(kept) + len(good) if _is_blank(kept) and _is_blank(good) else 0
        if blank > _LONGEST_BLANK:
            kept = good = ""
        parts += (kept, good)
        size += len(kept) + len(good)
        at_clean.append(size)
        at_raw.append(done)
    parts.append(text[done:])
    return Clean("".join(parts), at_clean, at_raw, len(text))


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _around(text: str, kept: str, end: int) -> tuple[str, int, str]:
    """Extends a header over the white space around it: the text kept before, where it ends, and its replacement."""
    bare = kept.rstrip()
    after = end
    while after < len(text) and text[after] in " \t\r\n\f":
        after += 1
    gap = kept[len(bare) :] + text[end:after]
    return bare, after, "\n" if any(c in gap for c in "\r\n\f") else " "
