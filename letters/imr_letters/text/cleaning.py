"""One cleaning pass over a letter's text that keeps, for every place, where it stands in the text as given.

What is cleaned is what breaks a reader: line ends of three kinds, running headers in mid-sentence, hyphens at line
ends, soft hyphens, mojibake, spaces of other widths. Words are never changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# UTF-8 read as Windows-1252, as it stands in the published letters; longest first.
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

# Every alternative begins with a letter that is rare, or with "Final": the pass is one scan.
_TOKEN = re.compile(
    # Emptiness is cut short: patterns that look for the end of white space would look at each of its places.
    r"(?P<blank>[\s\u00ad\u200b-\u200d\ufeff]{60,})|"
    # A running header may stand anywhere, also within a sentence; a case number and a page number may follow it.
    r"(?P<header>Final[ \t]+Determination[ \t]+Letter[ \t]+for[ \t]+IMR[ \t]+Case[ \t]+Number"
    r"(?:[ \t]*:?[ \t]*CM\d{2}-\d{5,7})?(?:[ \t]*(?:Page[ \t]*)?\d{1,2}(?:[ \t]*of[ \t]*\d{1,2})?(?=[ \t]*[\r\n\f]))?)"
    r"|(?P<soft>\u00ad[ \t]*(?:\r\n|\r|\n)[ \t]*)"
    r"|(?P<hyphen>(?:[\x02\ufffe]|(?<=[A-Za-z0-9])-)[ \t]*(?:\r\n|\r|\n)[ \t]*(?=[A-Za-z0-9]))"
    r"|(?P<crlf>\r\n)"
    r"|(?P<mojibake>" + "|".join(map(re.escape, sorted(MOJIBAKE, key=len, reverse=True))) + ")"
    r"|(?P<one>[" + re.escape("".join(_ONE)) + "])"
)


@dataclass(frozen=True)
class Clean:
    """Cleaned text; `span` gives the place in the text as given."""

    text: str
    _clean: list[int]
    _raw: list[int]
    length: int

    def raw(self, position: int) -> int:
        """Where a position of the cleaned text stands in the text as given."""
        index = bisect_right(self._clean, position) - 1
        return min(self._raw[index] + position - self._clean[index], self.length)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A slice of the cleaned text as a slice of the text as given."""
        return (self.raw(start), self.raw(end - 1) + 1) if end > start else (self.raw(start), self.raw(start))


def clean(text: str) -> Clean:
    """Cleans a letter's text. Linear in its length."""
    parts: list[str] = []
    at_clean, at_raw = [0], [0]
    done = size = 0
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
            # A soft hyphen goes; one that the writer set (L5-S1, follow-up) stays, and the line goes on.
            good = {"soft": "", "hyphen": "-", "crlf": "\n", "blank": "\n\n"}[str(kind)]
        parts += (kept, good)
        size += len(kept) + len(good)
        at_clean.append(size)
        at_raw.append(done)
    parts.append(text[done:])
    return Clean("".join(parts), at_clean, at_raw, len(text))


def _around(text: str, kept: str, end: int) -> tuple[str, int, str]:
    """Takes the white space around a header with it: what is kept before, where it ends, and what stands for it."""
    bare = kept.rstrip()
    after = end
    while after < len(text) and text[after] in " \t\r\n\f":
        after += 1
    gap = kept[len(bare) :] + text[end:after]
    return bare, after, "\n" if any(c in gap for c in "\r\n\f") else " "
