"""Items in the layout of 2013: numbered determinations, then a section for each request.

It was worked out from the headings alone and tested on letters written for the project, not on published ones.
"""

from __future__ import annotations

import re

from imr_letters.citations import basis_of
from imr_letters.model import GuidelineBasis, Item, Offsets
from imr_letters.text.cleaning import Clean
from imr_letters.text.limits import MAX_TITLE
from imr_letters.text.whitespace import one_line, spaced
from imr_letters.titles import request_of

_NUMBER = r"(?:\b\d{1,2}\s*[).]\s*)?"
_TITLE = rf"(?P<title>.{{1,{MAX_TITLE}}}?)"
_DECISION = r"(?:is|are) (?P<decision>not medically necessary|medically necessary)(?: and appropriate)?\s*\."
# "1) MAXIMUS … has determined the request for TITLE is not medically necessary and appropriate."
_DETERMINED = spaced(
    rf"{_NUMBER}\b(?:MAXIMUS Federal Services(?:,? Inc\.?)? )?has determined (?:that )?"
    rf"the request for {_TITLE} {_DECISION}",
    re.DOTALL,
)
# Heads the section of a request: "1) Regarding the request for TITLE:".
_REGARDING = spaced(
    rf"{_NUMBER}(?:Regarding the request for|ISSUE AT DISPUTE\s*:)\s*{_TITLE}\s*(?::|\n)(?=\s|\Z)", re.DOTALL
)
# Later in 2013 the determination itself heads the section: "1. TITLE is not medically necessary and appropriate."
_STATED = spaced(
    rf"(?:\A|\n)[\x20\t]*\d{{1,2}}\s?[.)]\s?(?P<title>\S.{{1,600}}?) {_DECISION}(?=\s*The Claims Administrator\b)",
    re.DOTALL,
)
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
    r"|[A-Z][a-z]+(?: and [A-Z][a-z]+)? Complaints)(?:[^.;]|(?<=\bpg)\.|(?<=\bpp)\.)*)"
)


def items_of_2013(letter: Clean) -> list[Item]:
    """The items of a letter in this layout; empty if it has no determination."""
    text = letter.text
    stated = list(_STATED.finditer(text))
    if stated:
        return [_item(letter, match, section) for match, section in _sections(text, stated)]
    decided: dict[str, re.Match[str]] = {}
    for match in _DETERMINED.finditer(text):
        decided.setdefault(_key(match["title"]), match)
    sections = {_key(match["title"]): section for match, section in _sections(text, list(_REGARDING.finditer(text)))}
    return [_item(letter, match, sections.get(key)) for key, match in decided.items()]


def _sections(text: str, headings: list[re.Match[str]]) -> list[tuple[re.Match[str], tuple[int, int]]]:
    """Each heading with its section, from its end to the next heading."""
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    return [(heading, (heading.end(), end)) for heading, end in zip(headings, ends, strict=True)]


def summary_end(text: str) -> int:
    """Where the case summary ends in the cleaned text: at the first section on a request."""
    first = _REGARDING.search(text) or _DECISIONS.search(text)
    return first.start() if first else len(text)


def _key(title: str) -> str:
    return one_line(title.lower())


def _item(letter: Clean, determined: re.Match[str], section: tuple[int, int] | None) -> Item:
    """An item from its determination and, if there is one, its section."""
    text = letter.text
    offsets: Offsets = {
        "title": letter.span(*determined.span("title")),
        "decision": letter.span(*determined.span("decision")),
    }
    title = one_line(determined["title"])
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
    upheld = determined["decision"].lower().startswith("not")
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
