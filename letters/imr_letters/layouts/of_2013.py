"""Items in the layout of 2013: numbered determinations, then a section for each request.

It was worked out from the headings alone and tested on letters written for the project, not on published ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from imr_letters.citations import basis_of
from imr_letters.model import GuidelineBasis, Item, Offsets
from imr_letters.text.cleaning import Clean
from imr_letters.text.limits import MAX_TITLE
from imr_letters.text.whitespace import one_line, spaced
from imr_letters.titles import request_of

# What comes before a title, and after it. They are looked for one by one: a pattern of both would read on to the end of
# the longest title from wherever the first fits.
_NUMBER = r"(?:\b\d{1,2}\s*[).]\s*)?"
_DECISION = r"(?<=\s)(?:is|are) (?P<decision>not medically necessary|medically necessary)(?: and appropriate)?\s*\."
# "1) MAXIMUS … has determined the request for TITLE is not medically necessary and appropriate."
_DETERMINED = (
    spaced(rf"{_NUMBER}\b(?:MAXIMUS Federal Services(?:,? Inc\.?)? )?has determined (?:that )?the request for (?=\S)"),
    spaced(_DECISION),
)
# Heads the section of a request: "1) Regarding the request for TITLE:".
_REGARDING = (
    spaced(rf"{_NUMBER}(?:Regarding the request for|ISSUE AT DISPUTE\s*:)\s*(?=\S)"),
    re.compile(r"[:\n](?=\s|\Z)"),
)
# Later in 2013 the determination itself heads the section: "1. TITLE is not medically necessary and appropriate."
_STATED = (
    re.compile(r"(?:\A|\n)[ \t]*\d{1,2}\s?[.)]\s?(?=\S)"),
    spaced(rf"{_DECISION}(?=\s*The Claims Administrator\b)"),
)
_LONGEST_STATED = 600
_DECISIONS = spaced(r"\bIMR DECISION\s*\(?S?\)? AND RATIONALE")
# Heads the guidelines; may wrap once.
_RELIED = spaced(
    r"(?:Section of the )?Medical Treatment (?:Utilization Schedule|Guidelines?(?:\(s\))?) Relied Upon"
    r"[^\n:]*(?:\n[^\n:]{0,80}Decision)?\s*:?"
)
_REASON = spaced(r"Rationale for the Decision\s*:|\b(?:decision )?Rationale\s*:")
_REVIEWER = spaced(r"The (?:Expert|Physician) Reviewer (?:relied|found|based|stated)")
# A guideline named in the prose, to the end of its sentence; the period of "pg." does not end one.
_NAMED = spaced(
    r"(?P<name>(?:Chronic Pain Medical Treatment Guidelines?|Official Disability Guidelines?|(?:the )?ACOEM"
    r"|\b[A-Z][a-z]{1,20}(?: and [A-Z][a-z]{1,20})? Complaints)(?:[^.;]|(?<=\bpg)\.|(?<=\bpp)\.)*)"
)


def items_of_2013(letter: Clean) -> list[Item]:
    """The items of a letter in this layout; empty if it has no determination."""
    text = letter.text
    stated = list(_titled(text, *_STATED, _LONGEST_STATED))
    if stated:
        return [_item(letter, titled, section) for titled, section in _sections(text, stated)]
    decided: dict[str, _Titled] = {}
    for titled in _titled(text, *_DETERMINED):
        decided.setdefault(_key(titled.title), titled)
    sections = {_key(titled.title): section for titled, section in _sections(text, list(_titled(text, *_REGARDING)))}
    return [_item(letter, titled, sections.get(key)) for key, titled in decided.items()]


class _Titled(NamedTuple):
    """A title between what comes before and after it."""

    before: re.Match[str]
    title: str
    after: re.Match[str]


def _titled(text: str, before: re.Pattern[str], after: re.Pattern[str], longest: int = MAX_TITLE) -> Iterator[_Titled]:
    """The titles of at most `longest` characters, each up to the first match of `after`; time is linear."""
    ends = after.finditer(text)
    end = next(ends, None)
    done = 0
    for start in before.finditer(text):
        while end is not None and end.start() <= start.end():
            end = next(ends, None)
        if end is not None and start.start() >= done and end.start() - start.end() <= longest:
            done = end.end()
            yield _Titled(start, text[start.end() : end.start()].rstrip(), end)


def _sections(text: str, headings: list[_Titled]) -> list[tuple[_Titled, tuple[int, int]]]:
    """Each heading with its section, from its end to the next heading."""
    ends = [*(heading.before.start() for heading in headings), len(text)][1:]
    return [(heading, (heading.after.end(), end)) for heading, end in zip(headings, ends, strict=True)]


def summary_end(text: str) -> int:
    """Where the case summary ends in the cleaned text: at the first section on a request."""
    titled = next(_titled(text, *_REGARDING), None)
    first = titled.before if titled else _DECISIONS.search(text)
    return first.start() if first else len(text)


def _key(title: str) -> str:
    return one_line(title.lower())


def _item(letter: Clean, determined: _Titled, section: tuple[int, int] | None) -> Item:
    """An item from its determination and, if there is one, its section."""
    text = letter.text
    start = determined.before.end()
    offsets: Offsets = {
        "title": letter.span(start, start + len(determined.title)),
        "decision": letter.span(*determined.after.span("decision")),
    }
    title = one_line(determined.title)
    claims = reviewer = None
    rationale = None
    if section is not None:
        low, high = section
        reason = _REASON.search(text, low, high)
        if reason is not None:
            rationale = one_line(text[reason.end() : high]) or None
            if rationale:
                offsets["rationale"] = letter.span(reason.end(), high)
            high = reason.start()
        relied = _RELIED.search(text, low, high)
        low = relied.end() if relied else low
        turn = _REVIEWER.search(text, low, high)
        claims = _basis(letter, low, turn.start() if turn else high)
        reviewer = _basis(letter, turn.start(), high) if turn else None
    upheld = determined.after["decision"].lower().startswith("not")
    return Item(
        title=title,
        treatment=None,
        decision="Upheld" if upheld else "Overturned",
        original_request=None,
        authorized=None,
        request=request_of(title),
        claims_administrator_guideline=claims,
        reviewer_guideline=reviewer,
        rationale=rationale,
        offsets=offsets,
    )


def _basis(letter: Clean, low: int, high: int) -> GuidelineBasis:
    """Prose on guidelines: each one that it names is cited."""
    said = basis_of(letter.text[low:high], low, letter.span)
    sources = []
    for match in _NAMED.finditer(letter.text, low, high):
        outside = "official disability" in match["name"].lower()
        kind = "Non-MTUS Citation" if outside else "MTUS"
        lead = f"Decision based on {kind} "
        inner = basis_of(lead + match["name"], match.start() - len(lead), letter.span)
        sources += inner.sources
    return said.model_copy(update={"sources": sources, "outside_mtus": any(s.outside_mtus for s in sources)})
