"""Finds inconsistencies in a letter; each remark has a code and a place in the source text."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from imr_criteria import Catalogue
from imr_letters.model import GuidelineBasis, Item, Letter
from imr_letters.text.dates import DAY, day_of
from imr_letters.text.limits import MAX_DISCUSSED
from imr_letters.text.whitespace import spaced
from imr_letters.titles import request_of


@dataclass(frozen=True)
class Remark:
    """An inconsistency or omission; `start` and `end` are offsets in the source text."""

    code: str
    message: str
    start: int
    end: int


def lint(letter: Letter, catalogue: Catalogue) -> list[Remark]:
    """All remarks on a letter, in order of position. The catalogue says when each guideline was in force."""
    found = [*_dates(letter), *_studies(letter)]
    left = MAX_DISCUSSED
    for item in letter.items:
        found += _item(letter, item, catalogue)
        sentences = _on_this_case(item, left)
        left -= sum(map(len, sentences))
        found += _body_parts(item, sentences)
    return sorted(found, key=lambda remark: (remark.start, remark.code))


def _item(letter: Letter, item: Item, catalogue: Catalogue) -> Iterator[Remark]:
    start, end = item.offsets.get("title", item.offsets["decision"])
    if item.rationale is None:
        yield Remark("no-rationale", "the item has no rationale", start, end)
    if item.reviewer_guideline is None:
        yield Remark("no-guideline", "the reviewer's guideline is missing", start, end)
    for who, basis in (
        ("claims administrator", item.claims_administrator_guideline),
        ("reviewer", item.reviewer_guideline),
    ):
        if basis is not None:
            yield from _basis(letter, who, basis, catalogue)


def _basis(letter: Letter, who: str, basis: GuidelineBasis, catalogue: Catalogue) -> Iterator[Remark]:
    place = basis.offsets["text"]
    if basis.no_evidence_cited:
        yield Remark("no-evidence", f"the {who} cites no medical evidence", *place)
    for cited in basis.sources:
        at = cited.offsets["guideline"]
        if cited.section is None and not cited.pages:
            yield Remark("no-section", f"the {who} cites {cited.guideline} without section or page", *at)
        guideline = catalogue.guidelines.get(cited.id or "")
        date = _date_of(letter)
        if guideline is not None and date is not None and not guideline.in_force.covers(date):
            message = f"the {who} cites {guideline.short}, which was not in force on {date.isoformat()}"
            yield Remark("out-of-force", message, *at)


def _date_of(letter: Letter) -> dt.date | None:
    """The date that decides the edition: letters do not print the date of the request."""
    return letter.utilization_review_date or letter.decision_date


def _dates(letter: Letter) -> Iterator[Remark]:
    """Injury, utilization review, receipt and decision follow each other."""
    order = ("date_of_injury", "utilization_review_date", "date_received", "decision_date")
    known = [(name, getattr(letter, name)) for name in order if getattr(letter, name) is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            message = f"{later.replace('_', ' ')} {second} is before {earlier.replace('_', ' ')} {first}"
            yield Remark("date-order", message, *letter.offsets[later])


_STUDY = spaced(r"(?P<study>EMG\s*/\s*NC[SV]|EMG|NC[SV]|electrodiagnostic stud(?:y|ies)|MRI|CT scan|X-?rays?)\b")
# What a study is called in a remark, and how its name may begin.
_STUDIES = {
    "a nerve study": ("emg", "nc", "electrodiagnostic"), "an MRI": ("mri",), "a CT scan": ("ct",),
    "an x-ray": ("x",),
}  # fmt: skip
_DAY = re.compile(DAY, re.IGNORECASE)
_A_MONTH = dt.timedelta(days=31)


def _studies(letter: Letter) -> Iterator[Remark]:
    """A study dated differently, by at most a month, in the summary and a rationale: most likely the same study."""
    stated = _dated(letter.summary or "")
    for item in letter.items:
        place = item.offsets.get("rationale")
        if place is None:
            continue
        for study, days in _dated(item.rationale or "").items():
            before = sorted(stated.get(study, ()))
            if not days.isdisjoint(before):
                continue
            for day in sorted(days):
                first = bisect_left(before, day - _A_MONTH)
                if first < len(before) and before[first] - day <= _A_MONTH:
                    message = f"the rationale dates {study} {day}, the summary {before[first]}"
                    yield Remark("study-date", message, *place)


def _dated(text: str) -> dict[str, set[dt.date]]:
    """The days close to the name of a study, by the names of `_STUDIES`."""
    found: dict[str, set[dt.date]] = {}
    for match in _DAY.finditer(text):
        day = day_of(match[0])
        near = list(_STUDY.finditer(text, max(0, match.start() - 90), min(len(text), match.end() + 25)))
        near = [n for n in near if not re.search(r"[.;]\s", text[n.end() : match.start()])]
        if day is None or not near:
            continue
        word = near[-1]["study"].lower()
        study = next(name for name, beginnings in _STUDIES.items() if word.startswith(beginnings))
        found.setdefault(study, set()).add(day)
    return found


# Marks a sentence about this case; others may quote a guideline, which can mention any body part.
_THIS_CASE = spaced(
    r"\b(?:this|the) (?:patient|claimant|worker|employee|case|request)"
    r"|injured worker|documentation|medical record|records?\b"
)
# Treatment words that occur in any sentence.
_TOO_COMMON = frozenset(
    ["with", "without", "contrast", "the", "and", "for", "one", "two", "per", "times", "visits", "additional"]
)


def _on_this_case(item: Item, most: int) -> list[str]:
    """The first sentences of a rationale about this case, with at most so many characters."""
    found = []
    for sentence in re.split(r"(?<=[.?!;])\s+", item.rationale or ""):
        if _THIS_CASE.search(sentence):
            most -= len(sentence)
            if most < 0:
                break
            found.append(sentence)
    return found


def _body_parts(item: Item, sentences: list[str]) -> Iterator[Remark]:
    """A rationale that discusses the treatment in this case, but of another body part or only of the other side."""
    asked = {part.region for part in item.request.body_parts if part.region is not None}
    if not sentences or not asked:
        return
    start, end = item.offsets["rationale"]
    sides = {part.side for part in item.request.body_parts}
    nouns = [w for w in re.findall(r"[A-Za-z]{3,}", item.request.treatment_words) if w.lower() not in _TOO_COMMON]
    said: set[str | None] = set()
    for sentence in sentences:
        parts = request_of(sentence).body_parts
        for part in parts:
            beside = any(_beside(sentence, noun, part.start, part.end) for noun in nouns)
            if beside and part.region is not None and part.region not in asked:
                message = f"the rationale mentions {part.region}, the title {' and '.join(sorted(asked))}"
                yield Remark("body-part", message, start, end)
                return
        if "necess" not in sentence:
            said |= {part.side for part in parts if part.region in asked}
    both = {"left", "right"}
    if len(sides) == 1 and sides < both and said - {None} == both - sides:
        message = f"the rationale mentions the {(both - sides).pop()} side only, the title the {sides.pop()}"
        yield Remark("side", message, start, end)


def _beside(sentence: str, noun: str, start: int, end: int) -> bool:
    """Whether a noun directly precedes or follows a body part: "MRI of the shoulder", "shoulder MRI"."""
    before, after = sentence[max(0, start - len(noun) - 14) : start], sentence[end : end + len(noun) + 2]
    near = rf"\b{re.escape(noun)}s?"
    return bool(
        re.search(rf"{near}\s+(?:(?:of|for|to|on)\s+)?(?:the\s+|a\s+)?\Z", before, re.IGNORECASE)
        or re.match(rf"\s+{near}\b", after, re.IGNORECASE)
    )
