"""Operators no shipped criterion uses yet, on whole cases: some, every, at least n, count, depends_on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from imr_criteria import Catalogue
from imr_criteria.folder import load_catalogue
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine, durable_available
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.values import Inputs
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import silence
from tests.conftest import DATA
from tests.engine.support import CATALOGUE, a_case, made_criterion

CRITERION = """schema: imr-check/criterion/3
id: odg-massage
title: Massage
guideline: odg
treatments: [massage]
stance: conditional
citation: {{section: Massage}}
requirements:
  - id: under-test
    claim: What is under test.
    kind: required
    condition: {condition}
    basis: recalled
    sources: []
    ask: Is it so?
    says: {{unmet: It is not so., undocumented: Nobody says.}}
"""
NAPROXEN, IBUPROFEN = {"drug": "naproxen", "outcome": "failed"}, {"drug": "ibuprofen", "outcome": "helped"}


@pytest.fixture
def answer(tmp_path: Path) -> Any:
    """The status of a condition for a case; every available engine must agree."""

    def of(condition: str, case: dict[str, Any], quantities: str = "") -> str:
        folder = tmp_path / "criteria"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("*.py", "*.json", "__pycache__"))
        (folder / "odg" / "odg-massage").mkdir()
        (folder / "odg" / "odg-massage" / "criterion.yaml").write_text(CRITERION.format(condition=condition))
        treatments = folder / "treatments" / "therapies.yaml"
        treatments.write_text(treatments.read_text().replace("name: massage}", "name: massage, addressed_by: [odg]}"))
        with (folder / "vocabulary" / "quantities.yaml").open("a") as file:
            file.write(quantities)
        found = {status(load_catalogue(folder), name, case) for name in ("plain", "durable")[: 1 + durable_available()]}
        assert len(found) == 1
        return found.pop()

    return of


def status(catalogue: Catalogue, engine: Any, case: dict[str, Any]) -> str:
    """The status of the requirement under test; `request` is the first request of the case, `others` follow it."""
    made = a_case("massage", **case.get("request", {}))
    made["requests"] += case.get("others", [])
    data = made | {key: value for key, value in case.items() if key not in {"request", "others"}}
    result = Engine(catalogue, engine).check(check_case(data, catalogue), "odg")["requests"][0]
    return result["requirements"][0]["status"]


SOME = "{some: {list: medications, where: {drug: [nsaid], outcome: [failed]}}}"
EVERY = "{every: {list: medications, where: {drug: [nsaid], outcome: [failed]}}}"


@pytest.mark.parametrize(
    ("entries", "some", "every"),
    [
        ([], "undocumented", "undocumented"),
        ([NAPROXEN], "met", "met"),
        ([IBUPROFEN], "undocumented", "unmet"),
        ([NAPROXEN, IBUPROFEN], "met", "unmet"),
        ([{"drug": "naproxen"}], "undocumented", "undocumented"),
        ([NAPROXEN, {"drug": "ibuprofen"}], "met", "undocumented"),
        ([{"drug": "gabapentin"}], "undocumented", "unmet"),
    ],
)
def test_some_is_never_contradicted_and_every_needs_an_entry(
    answer: Any, entries: list[dict[str, str]], some: str, every: str
) -> None:
    case = {"records": {"medications": entries}}
    assert answer(SOME, case) == some
    assert answer(EVERY, case) == every


def test_not_inverts_a_record_query(answer: Any) -> None:
    assert answer(f"{{not: {SOME}}}", {"records": {"medications": [NAPROXEN]}}) == "unmet"
    assert answer(f"{{not: {EVERY}}}", {"records": {"medications": [IBUPROFEN]}}) == "met"


def test_a_class_in_the_record_may_mean_the_member(answer: Any) -> None:
    """The record says "a muscle relaxant", which may or may not have been cyclobenzaprine."""
    condition = "{every: {list: medications, where: {not: {drug: [cyclobenzaprine]}}}}"
    assert answer(condition, {"records": {"medications": [{"drug": "muscle-relaxant"}]}}) == "undocumented"
    assert answer(condition, {"records": {"medications": [{"drug": "methocarbamol"}]}}) == "met"


def test_at_least_two_of_three(answer: Any) -> None:
    condition = "{at_least: 2, of: [{fact: taut-band}, {fact: twitch-response}, {fact: muscle-spasm}]}"
    assert answer(condition, {"facts": {"taut-band": "present", "muscle-spasm": "present"}}) == "met"
    assert answer(condition, {"facts": {"taut-band": "absent", "muscle-spasm": "absent"}}) == "unmet"
    assert answer(condition, {"facts": {"taut-band": "present", "muscle-spasm": "absent"}}) == "undocumented"


COUNTED = """
  - id: failed-drugs
    name: drugs that failed
    unit: drugs
    value: {count: {list: medications, where: {outcome: [failed]}}}
"""


def test_a_count_of_records(answer: Any) -> None:
    condition = "{quantity: failed-drugs, at_least: 2}"
    two = {"records": {"medications": [NAPROXEN, {"drug": "gabapentin", "outcome": "failed"}, IBUPROFEN]}}
    assert answer(condition, two, COUNTED) == "met"
    assert answer(condition, {"records": {"medications": [NAPROXEN]}}, COUNTED) == "unmet"
    assert answer(condition, {}, COUNTED) == "undocumented"  # nothing recorded is not zero


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"treatment": "massage"}, "unmet"),  # depends on nothing; denied for lack of documentation
        ({"treatment": "gym-membership"}, "unmet"),
        ({"treatment": "acupuncture"}, "undocumented"),
    ],
)
def test_a_request_that_depends_on_another(answer: Any, other: dict[str, Any], expected: str) -> None:
    """An approval is met, a denial unmet; a request that nothing decides leaves it open."""
    others = [{"id": "2", "date": "2014-01-01", **other}]
    assert answer("{depends_on: approve}", {"request": {"depends_on": "2"}, "others": others}) == expected


def test_an_approved_dependency(answer: Any) -> None:
    approved = {
        "exercise-failed": "present",
        "special-equipment-required": "present",
        "clinician-supervised": "present",
    }
    others = [{"id": "2", "date": "2014-01-01", "treatment": "gym-membership", "facts": approved}]
    assert answer("{depends_on: approve}", {"request": {"depends_on": "2"}, "others": others}) == "met"
    assert answer("{depends_on: approve}", {}) == "undocumented"


EXCLUDED = {"kind": "exclusion", "condition": {"not": {"depends_on": "deny"}}}


@pytest.mark.parametrize(("verdict", "against"), [("approve", False), ("deny", True), (None, False)])
def test_what_a_request_depends_on_speaks_for_or_against_an_exclusion(verdict: str | None, against: bool) -> None:
    """An exclusion may read the verdict of another request; nothing speaks for it while that one is undecided."""
    program = compile_criterion(CATALOGUE, made_criterion({"condition": {"fact": "taut-band"}}, EXCLUDED))
    case = check_case(a_case(facts={"taut-band": "present"}), CATALOGUE)
    values = Inputs(Subject(CATALOGUE, case, case.requests[0], case.requests[0].date, verdict)).values(program)
    assert values[silence("made-up/r1")] == ("absent" if against else "present")
