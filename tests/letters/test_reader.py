"""The reader on letters written for the project, one per layout: every field and its place in the text."""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import Any

import pytest

from imr_letters.layouts.boundaries import title_start
from imr_letters.model import GuidelineBasis, Letter
from imr_letters.reader import NotALetterError, read_letter
from tests.conftest import WRITTEN
from tests.letters.damage import DAMAGES


def letter(layout: str) -> tuple[str, Letter]:
    text = (WRITTEN / f"{layout}.txt").read_text(encoding="utf-8")
    return text, read_letter(text)


def cited(basis: GuidelineBasis | None) -> list[tuple[Any, ...]]:
    assert basis is not None
    return [(source.id, source.section, source.pages) for source in basis.sources]


class Test2016:
    """Head block, sections, split items."""

    def test_head(self) -> None:
        _, read = letter("2016")
        assert (read.layout, read.case_number, read.priority) == ("2016", "CM16-0999001", "Expedited")
        assert read.date_of_injury == dt.date(2016, 10, 11)
        assert read.date_assigned == dt.date(2016, 12, 5)
        assert read.date_received == dt.date(2016, 12, 3)
        assert read.utilization_review_date == dt.date(2016, 11, 21)
        assert read.decision_date == dt.date(2017, 1, 9)
        assert read.reviewer.specialty == "Dermatology, Occupational Medicine"
        assert read.reviewer.licensure == ["Oregon", "California"]
        assert read.warnings == []
        assert read.summary is not None
        assert read.summary.startswith("A woman of 30 years fell")

    def test_items(self) -> None:
        mri, therapy, unit = letter("2016")[1].items
        assert [i.decision for i in (mri, therapy, unit)] == ["Overturned", "Upheld", "Upheld"]
        assert mri.title == "MRI of the lumbar spine without contrast"
        assert therapy.title == "Physical therapy for six sessions"
        assert therapy.original_request == "Physical therapy three times a week for four weeks (12 sessions)"
        assert therapy.authorized == "Physical therapy for six sessions"
        assert unit.title == "Associated surgical service: Cold therapy unit 7 day rental"
        assert unit.request.associated_surgical_service
        assert mri.rationale is not None
        assert mri.rationale.endswith("MRI of the lumbar spine is medically necessary.")

    def test_guidelines(self) -> None:
        mri, therapy, unit = letter("2016")[1].items
        assert cited(mri.claims_administrator_guideline) == [("acoem-2004-ch-12", None, [])]
        assert cited(mri.reviewer_guideline) == [("acoem-2004-ch-12", "Summary, Special Studies", [])]
        assert [(s.id, s.sections) for s in therapy.reviewer_guideline.sources] == [  # type: ignore[union-attr]
            ("acoem-2004-ch-11", ["Splinting"]),
            ("mtus-chronic-pain-2016", ["NSAIDs, GI symptoms & cardiovascular risk", "Heat wraps"]),
        ]
        claims, reviewer = unit.claims_administrator_guideline, unit.reviewer_guideline
        assert claims is not None
        assert reviewer is not None
        assert (claims.no_evidence_cited, claims.sources) == (True, [])
        assert (reviewer.outside_mtus, reviewer.no_evidence_cited) == (True, False)
        assert (reviewer.sources[0].chapter, reviewer.sources[0].sections) == ("Low Back", ["Cold packs"])


class Test2014:
    """No head block: dates are in the summary. Pages instead of sections, and a blank line after each line."""

    def test_prose(self) -> None:
        _, read = letter("2014")
        assert (read.layout, read.case_number, read.decision_date) == ("2014", None, None)
        assert read.date_of_injury == dt.date(2011, 3, 4)
        assert read.utilization_review_date == dt.date(2014, 2, 20)
        assert read.reviewer.specialty == "Neurology"
        assert read.reviewer.subspecialty == "Epilepsy"
        assert "rest, ice and naproxen" in str(read.summary)  # a running header interrupts the sentence

    def test_items(self) -> None:
        therapy, drug = letter("2014")[1].items
        assert therapy.title == "PHYSICAL THERAPY, RIGHT SHOULDER, 2 TIMES A WEEK FOR 5 WEEKS"
        assert cited(therapy.claims_administrator_guideline) == [("acoem-2004-ch-9", "Shoulder Complaints", [203, 204])]
        assert cited(therapy.reviewer_guideline) == [
            ("mtus-chronic-pain-2009", "Physical Medicine", [98, 99]),
            ("odg", "Shoulder, physical therapy", []),
        ]
        assert (drug.title, drug.decision) == ("Omeprazole 20mg, #60", "Overturned")
        assert cited(drug.reviewer_guideline) == [
            ("mtus-chronic-pain-2009", "NSAIDs, GI symptoms & cardiovascular risk", [68])
        ]
        assert "Naprosyn™" in str(drug.rationale)  # mojibake in the file


class Test2013:
    """Numbered determinations, then a section for each request."""

    def test_letter(self) -> None:
        _, read = letter("2013")
        assert (read.layout, read.case_number) == ("2013", "CM13-0009999")
        assert read.utilization_review_date == dt.date(2013, 7, 1)
        injections, drug = read.items
        assert (injections.title, injections.decision) == ("6 trigger point injections to the neck", "Upheld")
        assert cited(injections.reviewer_guideline) == [("mtus-chronic-pain-2009", None, [122])]
        assert cited(injections.claims_administrator_guideline) == [("odg", "Pain", [])]
        assert (drug.title, drug.decision) == ("naproxen 550mg #60", "Overturned")
        assert read.summary == "The employee hurt the neck on 4/2/2009. There are tender points."

    def test_the_later_form(self) -> None:
        """The determination heads its section."""
        _, read = letter("2013-late")
        assert (read.layout, read.case_number) == ("2013", "CM13-0008888")
        assert read.decision_date == dt.date(2013, 12, 30)
        assert read.summary == "A worker of 40 years slipped on 5/6/2010 and has pain of the left knee."
        therapy, gel = read.items
        assert therapy.title == "Physical therapy 2 times a week for 6 weeks for the left knee"
        assert (therapy.decision, gel.title, gel.decision) == ("Upheld", "Voltaren gel 1%", "Overturned")
        assert cited(therapy.reviewer_guideline) == [("mtus-chronic-pain-2009", None, [98, 99])]
        assert cited(gel.reviewer_guideline) == [("mtus-chronic-pain-2009", None, [111])]
        assert gel.claims_administrator_guideline is not None
        assert gel.claims_administrator_guideline.no_evidence_cited
        assert therapy.rationale == "Earlier visits are not counted."


@pytest.mark.parametrize("layout", ["2013", "2013-late", "2014", "2016"])
def test_offsets_point_at_the_field(layout: str) -> None:
    """The slice of the source text, once cleaned, equals the field."""
    text, read = letter(layout)

    def same(value: str, place: tuple[int, int]) -> None:
        start, end = place
        assert 0 <= start < end <= len(text)
        found = re.sub(r"Final Determination Letter for IMR Case Number( CM\d\d-\d+)?", "", text[start:end])
        assert squeezed(found.replace("â¿¢", "™")) == squeezed(value)

    for name in ("case_number", "summary"):
        if getattr(read, name) is not None:
            same(getattr(read, name), read.offsets[name])
    for item in read.items:
        for name in ("title", "rationale", "original_request", "authorized"):
            if getattr(item, name) is not None:
                same(getattr(item, name), item.offsets[name])
        for basis in (item.claims_administrator_guideline, item.reviewer_guideline):
            for source in basis.sources if basis is not None else ():
                start, end = source.offsets["guideline"]
                assert squeezed(source.guideline) in squeezed(text[start - 1 : end + 1])


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("layout", ["2014", "2016"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_changes_nothing(layout: str, damage: str) -> None:
    text, read = letter(layout)
    damaged = read_letter(DAMAGES[damage](text, random.Random(1)))
    assert facts_of(damaged) == facts_of(read)
    assert head_of(damaged) == head_of(read)
    if damage == "redaction_holes":  # which lose words that begin with a capital, and only those
        assert bare(damaged.summary) != bare(read.summary)
        assert uncapitalized(damaged.summary) == uncapitalized(read.summary)
    else:
        assert bare(damaged.summary) == bare(read.summary)


def bare(text: str | None) -> str | None:
    """A text without whitespace, hyphens or case."""
    return None if text is None else re.sub(r"[\s\u2010-\u2015-]+", "", text).lower()


def uncapitalized(text: str | None) -> list[str]:
    """The words and figures of a text that do not begin with a capital."""
    return re.findall(r"(?<!\w)[a-z0-9]\w*", text or "")


def head_of(read: Letter) -> dict[str, Any]:
    """All that is read outside the items, except the summary."""
    head = read.model_dump(exclude={"summary": True, "items": True, "offsets": True, "reviewer": {"offsets"}})
    return {**head, "reviewer": {key: bare(str(value)) for key, value in head["reviewer"].items()}}


def facts_of(read: Letter) -> list[tuple[Any, ...]]:
    """Title, decision and cited guidelines of each item, without whitespace or hyphens."""
    return [
        (
            bare(item.title),
            item.decision,
            bare(item.original_request),
            *(
                [(source.id, bare(source.section), source.pages) for source in basis.sources] if basis else None
                for basis in (item.claims_administrator_guideline, item.reviewer_guideline)
            ),
        )
        for item in read.items
    ]


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ("The request is not medically necessary.\n", "MRI of the knee"),
        ("There is no need for an MRI.\n", "MRI of the knee"),
        ("There is no need for it. \n \n", "Tramadol 50mg. 60 tablets"),
        ("It is therefore not medically necessary\n", "Norco 10/325mg #60"),
        ("It is so (see above).\n", "Physical therapy,\nright knee"),
        ('It says "never."\n', "Physical therapy 2 x 4"),
        ("It is not needed.\n\n", "Physical therapy for the right\n\n\f\nknee"),
        ("The need is not shown. ", "One cane"),
        ("Twelve visits was the original request and six were given.\n", "MRI of the knee"),
    ],
)
def test_where_a_title_begins(before: str, title: str) -> None:
    text = f"Decision rationale: {before}{title}"
    assert text[title_start(text, 0, len(text)) :] == title


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no text"),
        (" \n\t", "no text"),
        ("Dear Sir, thank you for your letter.", "not an IMR determination letter"),
        ("IMR ISSUES, DECISIONS AND RATIONALES", "no decision on a disputed item"),
        ("x" * 2_000_001, "longer than"),
    ],
)
def test_what_is_not_a_letter(text: str, says: str) -> None:
    with pytest.raises(NotALetterError, match=says):
        read_letter(text)


def test_a_truncated_letter_is_read_as_far_as_it_goes() -> None:
    text, read = letter("2016")
    cut = read_letter(text[: text.index("MAXIMUS guideline: The Expert Reviewer")])
    assert [item.title for item in cut.items] == [item.title for item in read.items]
    assert cut.items[-1].reviewer_guideline is None
    assert cut.items[-1].rationale is None
    headless = read_letter(text[text.index("IMR ISSUES") :])
    assert headless.case_number is None
    assert "the clinical case summary is missing" in headless.warnings
