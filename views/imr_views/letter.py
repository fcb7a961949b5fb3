"""A letter as blocks: its case number, its dates, and each item with its decision and the guidelines cited."""

from __future__ import annotations

from collections.abc import Iterator

from imr_engine.answer.words import pages_text
from imr_letters.model import Decision, GuidelineBasis, Item, Letter
from imr_views.blocks import Block, Column, Paragraph, Row, Table, Title, Tone

_COLUMNS = (
    Column("Decision", "mark", wraps=False),
    Column("Item", "main"),
    Column("Reviewer's guideline"),
    Column("Claims administrator's"),
)
# Upheld: the denial stood. Overturned: the treatment was approved.
_TONES: dict[Decision, Tone] = {"Upheld": "bad", "Overturned": "good"}


def letter_blocks(letter: Letter, file: str) -> Iterator[Block]:
    """The blocks of one letter; `file` is the name the user gave."""
    yield Title(letter.case_number or "no case number", file)
    yield Paragraph(f"{_dates(letter)}; {_reviewer(letter)}", "quiet")
    yield Table(_COLUMNS, tuple(_row(item) for item in letter.items))


def _dates(letter: Letter) -> str:
    days = {
        "injury": letter.date_of_injury,
        "utilization review": letter.utilization_review_date,
        "decision": letter.decision_date,
    }
    return ", ".join(f"{name} {day.isoformat()}" for name, day in days.items() if day is not None) or "no dates"


def _reviewer(letter: Letter) -> str:
    return letter.reviewer.specialty or "a reviewer whose specialty is not stated"


def _row(item: Item) -> Row:
    title = f"{item.title} (what remains of: {item.original_request})" if item.original_request else item.title
    bases = (_basis(item.reviewer_guideline), _basis(item.claims_administrator_guideline))
    return Row((item.decision, title, *bases), _TONES[item.decision])


def _basis(basis: GuidelineBasis | None) -> str:
    if basis is None:
        return "missing"
    if not basis.sources:
        return "no evidence cited" if basis.no_evidence_cited else basis.text
    return "; ".join(
        source.guideline + (f": {source.section}" if source.section else "") + pages_text(source.pages)
        for source in basis.sources
    )
