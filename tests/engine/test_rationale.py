"""The rationale is true: a sentence that cites a fact says what the case says of it, and numbers what it lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from imr_engine.answer.facts import limits_of
from imr_engine.answer.result import RequestResult
from imr_engine.rules.keys import Input
from imr_views.result import request_blocks
from imr_views.text import text as as_text
from tests.engine.remedied import DENIALS
from tests.engine.strategies import STEADY, Case, favourable
from tests.engine.support import CATALOGUE, PLAIN, a_case, checked

SAID = re.compile(
    r"(present|absent|not documented)(?P<inferred>, inferred)?(?: \((?P<places>(?:[^()]|\([^()]*\))*)\))?"
)


def stated(case: Case, request: Case, name: str) -> Iterator[tuple[str, Any, str | None]]:
    """What the case and the request state of a fact: state or value, document, and the day it was seen."""
    for facts in (request.get("facts", {}), case["facts"]):
        written = facts.get(name, [])
        for one in written if isinstance(written, list) else [written]:
            seen = one if isinstance(one, dict) else {"value": one}
            evidence = seen.get("evidence", {})
            yield seen.get("state", seen.get("value")), evidence.get("document"), seen.get("date")


def recorded(case: Case, name: str) -> Iterator[tuple[str, Any, str | None]]:
    """What entries of the records say of a fact, whichever of them count: only what they could say is looked at."""
    for list_ in {rule.list_ for rule in CATALOGUE.facts[name].records}:
        for number, entry in enumerate(case["records"].get(list_, ())):
            about = str(entry.get("treatment") or entry.get("drug") or entry.get("study")).replace("-", " ")
            for state in ("present", "absent", "not documented", "undocumented"):
                day = entry.get("to") or entry.get("date") or entry.get("from")
                yield state, f"{about}, entry {number + 1} of the {list_} recorded", day


def agrees(case: Case, answer: RequestResult) -> Iterator[str]:
    """Checks each state of a fact that a sentence tells. Yields what it told; raises AssertionError."""
    request = next(r for r in case["requests"] if r["id"] == answer["id"])
    for sentence in answer["rationale_sentences"]:
        for name in (source for source in sentence["sources"] if source in CATALOGUE.facts):
            fact = CATALOGUE.facts[name]
            found = re.search(rf"(?:: |; ){re.escape(fact.name)}: {SAID.pattern}", sentence["text"])
            if found is None or fact.type != "state":
                continue
            state, places = found[1], found["places"]
            known = [*stated(case, request, name), *recorded(case, name)]
            if state == "not documented":
                ignored = "; what does not count: " in sentence["text"]
                assert ignored or any(said in ("undocumented", state) for said, _, _ in known), sentence
            elif not found["inferred"]:
                assert any(said == state for said, _, _ in known), (sentence, known)
            for place in (places or "").split("; ") if places else ():
                assert any(
                    (document or "") in place and (day is None or day in place or "recorded" in str(document))
                    for said, document, day in known
                    if said in (state, "undocumented" if state == "not documented" else state)
                ), (place, known)
            yield state if not found["inferred"] else "inferred"


def test_a_sentence_says_what_the_case_says() -> None:
    told: Counter[str] = Counter()

    @given(DENIALS)
    @settings(STEADY, max_examples=300)
    def look(case: Case) -> None:
        for answer in checked({"records": {}, **case})["requests"]:
            told.update(agrees({"records": {}, **case}, answer))

    look()
    assert min(told[state] for state in ("present", "absent", "not documented", "inferred")) > 5, told


@given(DENIALS)
@settings(STEADY, max_examples=150)
def test_every_value_is_shown_on_its_side_of_each_limit(case: Case) -> None:
    for answer in checked(case)["requests"]:
        for requirement in answer["requirements"]:
            limits = limits_of(PLAIN.program(requirement["id"].partition("/")[0]))
            for fact in requirement["facts"]:
                if isinstance(value := fact["value"], int | float):
                    key = Input.parse(fact["fact"] if ":" in fact["fact"] else f"fact:{fact['fact']}")
                    shown = Decimal(fact["text"].partition(" ")[0])
                    for limit in limits.get(key, ()):
                        assert (shown > limit, shown < limit) == (value > limit, value < limit), (fact, limit)


@given(DENIALS)
@settings(STEADY, max_examples=150)
def test_every_number_is_that_of_the_requirement_listed(case: Case) -> None:
    """ "Requirement 7" is the seventh of those that the sentences on the guidelines list, over all of them."""
    for answer in checked(case)["requests"]:
        text = answer["rationale"]
        listed = [int(n) for n in re.findall(r"[;:] \((\d+)\) ", text)]
        assert listed == list(range(1, len(listed) + 1))
        told = [int(n) for n in re.findall(r"^Requirement (\d+) ", text, re.MULTILINE)]
        assert sorted(told) == listed
        for requirement in answer["requirements"]:
            if requirement["kind"] != "advice" and requirement["status"] == "met" and listed:
                assert requirement["claim"][1:] in text


@pytest.mark.parametrize("form", [{}, {"injections-per-session": 1}])
def test_an_attribute_is_told_with_its_unit_and_a_region_by_its_name(form: Case) -> None:
    case = a_case(region="low-back", attributes={"injectate": "glucose", **form})
    text = checked(case)["requests"][0]["rationale"]
    assert "for the low back" in text
    assert "substance injected: glucose or dextrose" in text
    assert ("per session: 1 injection." in text) == bool(form)
    assert not re.search(r"low-back|local-anesthetic|\b1 injections\b", text)


def test_a_guideline_that_recommends_nothing_is_its_own_sentence() -> None:
    """No record contradicts that a guideline does not recommend a treatment."""
    request = checked(a_case(region="low-back"), guideline="acoem-2004-ch-12")["requests"][0]
    sentences = request["rationale"].splitlines()
    assert sentences[-2].startswith("The guideline does not recommend the treatment, and lists no exception. [Low back")
    assert "record" not in request["rationale"]
    assert sentences[-1] == "1 requirement is unmet; as it stands, deny."


GONE = {"fibromyalgia", "last-treatment-date", "pain-relief-percent", "pain-relief-weeks", "medication-use-reduced"}


def test_an_approval_says_what_does_not_apply_and_what_is_assumed() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {name: value for name, value in case["facts"].items() if name not in GONE}
    case["facts"] |= {"prior-treatment": "absent", "prior-treatment-count": 0}
    text = checked(case)["requests"][0]["rationale"].splitlines()
    assert text[-1] == (
        "Every requirement that applies is met, or assumed to be where nobody recorded otherwise; "
        "the request agrees with the guideline."
    )
    assert "Requirement 11 does not apply: at least two months have passed since the last injection." in text


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"date": "2013-11-14"}, "date of the request, 2013-11-14"),
        ({"utilization_review_date": "2013-11-20"}, "date of the utilization review, 2013-11-20"),
        ({}, "date of the file, 2013-12-01"),
    ],
)
def test_a_date_is_named_after_its_source(given: Case, name: str) -> None:
    case = {**favourable("trigger-point-injection"), "as_of": "2013-12-01"}
    case["requests"] = [{**{k: v for k, v in case["requests"][0].items() if k != "date"}, **given}]
    result = checked(case)
    request = result["requests"][0]
    assert request["rationale"].count(name) > 2
    shown = "\n".join(as_text(request_blocks(result, request, CATALOGUE)))
    assert " ".join(shown.split()).count(name) >= 1
    others = {"date of the request", "date of the utilization review", "date of the file"} - {name.partition(",")[0]}
    assert not any(other in said for other in others for said in (request["rationale"], " ".join(shown.split())))


def test_a_value_beside_its_limit_is_on_its_side() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {**case["facts"], "symptom-onset": "2013-08-13", "pain-relief-percent": 50.0001}
    said = checked(case)["requests"][0]["rationale"]
    assert "time since the onset of the symptoms: 3.03 months" in said
    assert "50.0001 %" in said
