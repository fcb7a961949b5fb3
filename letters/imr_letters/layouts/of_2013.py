"""The layout of 2013, known by its headings: numbered determinations, then a section for each request.

Built on letters that the project wrote in that layout, not on published ones.
"""

from __future__ import annotations

import re

from imr_letters.citations import basis_of
from imr_letters.model import GuidelineBasis, Item, Offsets
from imr_letters.text.cleaning import Clean
from imr_letters.text.whitespace import one_line
from imr_letters.titles import request_of

_DETERMINED = re.compile(
    r"(?:\b\d{1,2}\s*[).]\s*)?\b(?:MAXIMUS\s+Federal\s+Services(?:,?\s+Inc\.?)?\s+)?has\s+determined\s+(?:that\s+)?the\s+request\s+for\s+(?P<title>.{1,1500}?)\s+"
    r"(?:is|are)\s+(?P<decision>not\s+medically\s+necessary|medically\s+necessary)(?:\s+and\s+appropriate)?\s*\.",
    re.IGNORECASE | re.DOTALL,
)
_REGARDING = re.compile(
    r"(?:\b\d{1,2}\s*[).]\s*)?(?:Regarding\s+the\s+request\s+for|ISSUE\s+AT\s+DISPUTE\s*:)\s*(?P<title>.{1,1500}?)\s*(?::|\n)(?=\s|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# The later form of 2013: the decision is the heading of its section.
_STATED = re.compile(
    r"(?:\A|\n)[ \t]*\d{1,2}\s?[.)]\s?(?P<title>\S.{1,600}?)\s+(?:is|are)\s+"
    r"(?P<decision>not\s+medically\s+necessary|medically\s+necessary)"
    r"(?:\s+and\s+appropriate)?\s*\.(?=\s*The\s+Claims\s+Administrator\b)",
    re.IGNORECASE | re.DOTALL,
)
_DECISIONS = re.compile(r"\bIMR\s+DECISION\s*\(?S?\)?\s+AND\s+RATIONALE", re.IGNORECASE)
_RELIED = re.compile(
    r"(?:Section\s+of\s+the\s+)?Medical\s+Treatment\s+(?:Utilization\s+Schedule|Guidelines?(?:\(s\))?)\s+Relied\s+Upon[^\n:]*(?:\n[^\n:]{0,80}Decision)?\s*:?",
    re.IGNORECASE,
)
_REASON = re.compile(r"Rationale\s+for\s+the\s+Decision\s*:|\b(?:decision\s+)?Rationale\s*:", re.IGNORECASE)
_REVIEWER = re.compile(r"The\s+(?:Expert|Physician)\s+Reviewer\s+(?:relied|found|based|stated)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<name>(?:Chronic\s+Pain\s+Medical\s+Treatment\s+Guidelines?|Official\s+Disability\s+Guidelines?|"
    r"(?:the\s+)?ACOEM|[A-Z][a-z]+(?:\s+and\s+[A-Z][a-z]+)?\s+Complaints)(?:[^.;]|(?<=\bpg)\.|(?<=\bpp)\.)*)",
    re.IGNORECASE,
)


def items_of_2013(letter: Clean) -> list[Item]:
    """The items of a letter in this layout; empty where there is no determination."""
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
    """Each heading with the section that it begins."""
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    return [(heading, (heading.end(), end)) for heading, end in zip(headings, ends, strict=True)]


def summary_end(text: str) -> int:
    """Where the case summary ends: at the first section on a request."""
    first = _REGARDING.search(text) or _DECISIONS.search(text)
    return first.start() if first else len(text)


def _key(title: str) -> str:
    return one_line(title.lower())


def _item(letter: Clean, determined: re.Match[str], section: tuple[int, int] | None) -> Item:
    """An item from its determination, and from its section where it has one."""
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
    """Prose about guidelines: each that is named is a source."""
    said = basis_of(letter.text[low:high], low, letter.span)
    sources = []
    for match in _NAMED.finditer(letter.text, low, high):
        outside = "official disability" in match["name"].lower()
        kind = "Non-MTUS Citation" if outside else "MTUS"
        lead = f"Decision based on {kind} "
        inner = basis_of(lead + match["name"], match.start() - len(lead), letter.span)
        sources += inner.sources
    return said.model_copy(update={"sources": sources, "outside_mtus": any(s.outside_mtus for s in sources)})
