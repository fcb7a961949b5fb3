"""The reader on the 102 published letters (214 items) next to the project: as PDF, text and damaged copies."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest

from imr_criteria.yaml_source import parse_yaml
from imr_letters.model import Letter
from imr_letters.reader import read_letter
from imr_letters.text.dates import day_of
from imr_letters.text.sources import text_of
from tests.conftest import SHARED
from tests.letters.damage import DAMAGES
from tests.letters.test_reader import cited, facts_of, squeezed

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published letters (../shared/letters) are not next to the project"
)


@cache
def labels() -> list[dict[str, Any]]:
    lines = (SHARED / "2016-2017" / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def read(kind: str) -> dict[int, Letter]:
    """The letters of 2016-17 by number, read from "text" or "pdf"."""
    files = sorted((SHARED / "2016-2017" / kind).iterdir())
    return {int(path.name[:3]): read_letter(text_of(path.read_bytes()).text) for path in files}


@pytest.mark.parametrize("kind", ["text", "pdf"])
def test_every_title_and_decision(kind: str) -> None:
    items = 0
    for label in labels():
        found = read(kind)[label["letter"]]
        wanted = [item["title"] for item in label["items"]]
        assert [squeezed(item.title) for item in found.items] == [squeezed(title) for title in wanted]
        assert [item.decision for item in found.items] == [item["decision"] for item in label["items"]]
        items += len(wanted)
    assert items == 207


@pytest.mark.parametrize("kind", ["text", "pdf"])
def test_every_head(kind: str) -> None:
    for label in labels():
        found = read(kind)[label["letter"]]
        assert found.case_number == label["case"]
        assert found.date_of_injury == day_of(label["date_of_injury"])
        assert found.utilization_review_date == day_of(label["ur_denial_date"])
        assert found.decision_date == day_of(label["decision_date"])
        # The labels have only the first line of a specialty that spans two.
        assert str(found.reviewer.specialty).startswith(label["specialty"])
        assert found.summary
        assert found.warnings == []


def test_pdf_and_text_give_the_same() -> None:
    for number, found in read("pdf").items():
        assert facts_of(found) == facts_of(read("text")[number]), number


def test_every_decision_has_its_basis() -> None:
    """Each basis cites a guideline or says it cites none, and each MTUS citation is recognized."""
    known = 0
    for number, found in read("text").items():
        for item in found.items:
            assert item.rationale, number
            for basis in (item.claims_administrator_guideline, item.reviewer_guideline):
                assert basis is not None, number
                assert basis.sources or basis.no_evidence_cited, (number, basis.text)
                for source in basis.sources:
                    assert "\n" not in source.guideline
                    assert (
                        source.id is not None or source.outside_mtus or source.guideline == "General Approaches 2004"
                    ), number
                    known += source.id is not None
    assert known > 400


def test_the_five_letters_of_2013_14() -> None:
    items = 0
    for gold in parse_yaml((SHARED / "2013-2014" / "gold.yaml").read_text(encoding="utf-8")):
        found = read_letter((SHARED / "2013-2014" / gold["letter"]).read_text(encoding="utf-8"))
        assert str(found.date_of_injury) == gold["date_of_injury"]
        for item, wanted in zip(found.items, gold["items"], strict=True):
            items += 1
            assert item.decision == wanted["decision"]
            pages = [source["pages"] for source in wanted["relied_on"] if "pages" in source]
            assert [s[2] for s in cited(item.reviewer_guideline) if s[2]] == pages
            claims = [source["pages"] for source in wanted["claims_administrator"] if "pages" in source]
            assert [s[2] for s in cited(item.claims_administrator_guideline) if s[2]] == claims
    assert items == 7


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_copies(damage: str) -> None:
    """At least 99% of the items are read as they are from the undamaged letter."""
    total = right = 0
    for path in [*sorted((SHARED / "2016-2017" / "text").iterdir()), *sorted((SHARED / "2013-2014").glob("*.txt"))]:
        text = path.read_text(encoding="utf-8")
        wanted, found = (
            facts_of(read_letter(text)),
            facts_of(read_letter(DAMAGES[damage](text, random.Random(path.name)))),
        )
        total += len(wanted)
        right += sum(one == other for one, other in zip(wanted, found, strict=False))
    assert total == 214
    assert right >= 0.99 * total
