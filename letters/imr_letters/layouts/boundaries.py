"""Where a title begins (after the last sentence before it), and the parts of an item that was split."""

from __future__ import annotations

import re

from imr_letters.layouts.headings import RATIONALE, SET_FORTH
from imr_letters.text.limits import MAX_TITLE
from imr_letters.text.whitespace import spaced

# A split item, partly authorized before the review: "A was the original request. B was authorized by the Claims
# Administrator. The remaining … portion of the original request, C is: Upheld".
_ORIGINAL = spaced(r"\s(?:was|is) the original request\b")
_ALLOWED = r"(?:authorized|approved|certified)"
_AUTHORIZED = (
    spaced(rf"(?P<what>\S.*?) (?:was|were|is|are) {_ALLOWED} by the Claims Administrator", re.DOTALL),
    spaced(rf"The Claims Administrator (?:has )?{_ALLOWED} (?P<what>\S.*?)(?=, leaving|\.\s|\Z)", re.DOTALL),
)
_REMAINS = spaced(r"(?:\bportion of the original request|[.;]\s*The original request)\b\s*(?:is|,|:)*\s*")
# What may be left between that title and the decision.
_AFTER_TITLE = re.compile(r"[\s,]*(?:\b(?:is|are))?[\s:]*\Z", re.IGNORECASE)

_LINE = re.compile(r"[^\n]+")
# Ends a sentence, unlike the period of an initial or abbreviation.
_STOP = r"(?<!\b[A-Z])(?<!\bvs)(?<!\bDr)(?<!\bNo)[.?!]"
# Ends a line that ends a sentence; the next line may begin a title. Conclusions often lack their period.
_SENTENCE_ENDS = re.compile(
    rf"""(?:{_STOP}|[.?!]["')\]]+|medically\s+necessary|and\s+appropriate|not\s+certified)\s*$"""
)
# Ends a sentence inside a line.
_SENTENCE = re.compile(rf"""(?:{_STOP}["')\]]*|\bmedically\s+necessary)\s+(?=[A-Z0-9"'(])""")

_VERB = re.compile(
    r"\b(?:is|was|are|were|be|been|has|have|had|not|does|did|do|should|would|may|can|will)\b", re.IGNORECASE
)
# Words that cannot end a title.
_CANNOT_END = frozenset((
    "a", "an", "the", "of", "for", "to", "with", "without", "and", "or", "on", "in", "at", "by", "per", "x", "times",
    "was", "were", "is", "left", "right", "bilateral", "associated",
))  # fmt: skip


def title_start(text: str, low: int, high: int) -> int:
    """Where the title that ends at `high` begins, at `low` or later.

    It begins on the line after the last line that ends a sentence, or in mid-line after a sentence, and has at most
    `MAX_TITLE` characters.
    """
    forth = _last(SET_FORTH, text, low, high)
    if forth is not None:
        return max(forth.end(), high - MAX_TITLE)
    reason = _last(RATIONALE, text, low, high)
    if reason is not None:
        low = reason.end()
    window = max(low, high - MAX_TITLE)
    original = _last(_ORIGINAL, text, window, high)
    # A rationale may mention the original request too: then no remaining portion follows, or a conclusion does.
    if original is not None and (
        _REMAINS.search(text, original.end(), high) is None
        or re.search(r"medically\s+necessary", text[original.end() : high], re.IGNORECASE)
    ):
        original = None
    end = original.start() if original is not None else high
    lines = _lines(text, window, end)
    start = lines[-1][0] if lines else window
    for position in range(len(lines) - 1, -1, -1):
        start = lines[position][0]
        if position == 0:
            break
        before = text[lines[position - 1][0] : lines[position - 1][1]]
        if _SENTENCE_ENDS.search(before.rstrip()):
            break
        gap = text[lines[position - 1][1] : start].count("\n") > 1
        if gap and not _goes_on(text, lines[:position], text[start:end]):
            break
    for within in _SENTENCE.finditer(text, start, end):
        # "Tramadol 50mg. 60 tablets" is all title; text with a verb is a sentence before it.
        if _VERB.search(text, start, within.start()) is not None:
            start = within.end()
    return start


def _last(pattern: re.Pattern[str], text: str, low: int, high: int) -> re.Match[str] | None:
    """The last match between `low` and `high`."""
    found = None
    for found in pattern.finditer(text, low, high):  # noqa: B007
        pass
    return found


def split_of(text: str, low: int, high: int) -> dict[str, tuple[int, int]]:
    """The parts of the split item between `low` and `high`, as slices of the text; empty if the item is not split.

    Keys are `original_request`, `title` (what remains) and, if the letter says it, `authorized`.
    """
    original = _ORIGINAL.search(text, low, high)
    remains = _last(_REMAINS, text, original.end() if original else high, high)
    if original is None or remains is None:
        return {}
    rest = _AFTER_TITLE.search(text, remains.end(), high)
    spans = {"original_request": (low, original.start()), "title": (remains.end(), rest.start() if rest else high)}
    for pattern in _AUTHORIZED:
        between = pattern.search(text, original.end(), remains.start() + 1)
        if between is not None:
            start, end = between.span("what")
            while start < end and text[start] in " .,;\n":
                start += 1
            spans["authorized"] = (start, end)
            break
    return spans


def _lines(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """The lines that are not blank, as slices without leading white space."""
    found = []
    for match in _LINE.finditer(text, low, high):
        if match[0].strip():
            lead = len(match[0]) - len(match[0].lstrip())
            found.append((match.start() + lead, match.end()))
    return found


def _goes_on(text: str, before: list[tuple[int, int]], after: str) -> bool:
    """Whether a title continues across a gap, such as a page break.

    It does if the text before the gap ends in a small word or has no verb since the last sentence, or if the text
    after it begins in lower case.
    """
    words = text[slice(*before[-1])].split()
    if words[-1].endswith((",", "-", "/", "(", "&", ":")) or words[-1].lower() in _CANNOT_END or after[:1].islower():
        return True
    low = before[-1][0]
    for start, end in reversed(before[:-1][-3:]):
        if _SENTENCE_ENDS.search(text[start:end].rstrip()):
            break
        low = start
    return _VERB.search(text, low, before[-1][1]) is None
