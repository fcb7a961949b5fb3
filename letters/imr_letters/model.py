"""A letter as read. `offsets` maps each field that was found to its place in the source text, [start, end)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from imr_letters.titles import Requested
from imr_letters.titles.model import Frozen

Decision = Literal["Upheld", "Overturned"]
Offsets = dict[str, tuple[int, int]]


class CitedGuideline(Frozen):
    """A guideline that a decision cites.

    `guideline` is the name as printed; `id` is its id in the catalogue of criteria, null if it has none. `section` is
    as printed, `sections` is the same split into section titles. `outside_mtus` marks a Non-MTUS citation.
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
    """What a decision says it is based on."""

    text: str
    sources: list[CitedGuideline]
    outside_mtus: bool
    no_evidence_cited: bool
    offsets: Offsets


class Item(Frozen):
    """A disputed item. If part of the request was authorized, `title` is the part still in dispute.

    `treatment` is null for now: titles are not matched with the catalogue of treatments yet.
    """

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
    """The reviewer's credentials, as far as the letter gives them."""

    specialty: str | None
    subspecialty: str | None
    licensure: list[str]
    offsets: Offsets


class Letter(Frozen):
    """A determination letter. Fields are null if the letter does not give them, or a redaction removed them."""

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
