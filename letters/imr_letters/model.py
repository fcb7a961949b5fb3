"""A letter, read. Every field that was found has its place in the source text: `offsets` gives field → [start, end)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from imr_letters.titles import Requested
from imr_letters.titles.model import Frozen

Decision = Literal["Upheld", "Overturned"]
Offsets = dict[str, tuple[int, int]]


class CitedGuideline(Frozen):
    """One guideline that a decision is based on.

    `guideline` is the name as printed, `id` the guideline registry's where it is known. `section` is as printed;
    `sections` splits it where the names of the sections are known. `outside_mtus` marks a Non-MTUS citation.
    """

    guideline: str
    id: str | None
    chapter: str | None
    section: str | None
    sections: list[str]
    pages: list[int]
    year: int | None
    outside_mtus: bool
    offsets: Offsets


class GuidelineBasis(Frozen):
    """What a decision is said to be based on."""

    text: str
    sources: list[CitedGuideline]
    outside_mtus: bool
    no_evidence_cited: bool
    offsets: Offsets


class Item(Frozen):
    """One disputed item. Of a split item, `title` is what remains in dispute."""

    title: str
    treatment: str | None
    decision: Decision
    original_request: str | None
    authorized: str | None
    request: Requested
    claims_administrator_guideline: GuidelineBasis | None
    reviewer_guideline: GuidelineBasis | None
    rationale: str | None
    offsets: Offsets


class Reviewer(Frozen):
    """The reviewer, as far as a letter says."""

    specialty: str | None
    subspecialty: str | None
    licensure: list[str]
    offsets: Offsets


class Letter(Frozen):
    """One determination letter. Dates are ISO days; null where the letter does not say (or a redaction took it)."""

    schema_: Literal["imr-check/letter/1"] = "imr-check/letter/1"
    layout: Literal["2013", "2014", "2016"]
    case_number: str | None
    date_of_injury: dt.date | None
    date_assigned: dt.date | None
    date_received: dt.date | None
    utilization_review_date: dt.date | None
    decision_date: dt.date | None
    priority: str | None
    reviewer: Reviewer
    summary: str | None
    items: list[Item]
    warnings: list[str]
    offsets: Offsets
