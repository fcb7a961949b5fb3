"""The five letters of 2013-2014: verdict as decided, every reason found with its status, no concession contradicted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imr_criteria.yaml_source import parse_yaml
from imr_engine.answer.result import RequestResult
from imr_engine.cases.intake import read_case
from imr_engine.evaluate import Engine
from imr_letters import LABELLED_CASES
from tests.conftest import SHARED, Command, failing, keys_of, written

CASES = sorted(LABELLED_CASES.glob("*.json"))
GOLD = SHARED / "2013-2014" / "gold.yaml"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_letter(engine: Engine, path: Path) -> None:
    for request in engine.check(read_case(path.read_bytes(), engine.catalogue))["requests"]:
        agreement = request["agreement"]
        assert agreement is not None
        assert agreement["verdict"]
        assert agreement["reasons_missed"] == []
        assert agreement["conceded_contradicted"] == []
        evaluated = {requirement["id"] for requirement in request["requirements"]}
        assert evaluated
        # A concession about a requirement that was not evaluated would be contradicted by nothing.
        assert evaluated >= set(request["label"]["conceded"])


@pytest.fixture(scope="module")
def answers(engine: Engine) -> dict[str, list[RequestResult]]:
    return {path.stem: engine.check(read_case(path.read_bytes(), engine.catalogue))["requests"] for path in CASES}


def test_letter_000_has_radicular_pain_and_names_both_missing_signs(answers: dict[str, list[RequestResult]]) -> None:
    statuses = failing(answers["letter-000"][0])
    assert statuses["twitch-response"] == statuses["referred-pain"] == "undocumented"
    assert statuses["no-radiculopathy"] == statuses["not-radicular-pain"] == "unmet"
    assert statuses["conservative-care-failed"] == "undocumented"  # the letter does not say which measures failed


def test_letter_001_repeats_injections_without_a_response(answers: dict[str, list[RequestResult]]) -> None:
    statuses = failing(answers["letter-001"][0])
    assert statuses["no-radiculopathy"] == "unmet"
    assert statuses["response-to-earlier-injection"] == statuses["interval"] == "undocumented"


def test_letter_002_is_unmet_on_quantity_alone(answers: dict[str, list[RequestResult]]) -> None:
    request = answers["letter-002"][0]
    statuses = failing(request)
    assert [name for name, status in statuses.items() if status == "unmet"] == ["injections-per-session"]
    assert {name for name, status in statuses.items() if status == "undocumented"} == {
        "conservative-care-failed",
        "no-radiculopathy",
        "active-therapy",
        "response-to-earlier-injection",
        "interval",
        "injectate",
    }
    first, *rest = request["remedies"]
    assert (first["kind"], first["attribute"], first["to"]) == ("change", "injections-per-session", 4)
    assert "at most 4" in first["text"]
    assert all(remedy["kind"] == "document" for remedy in rest)
    assert len(rest) == 6
    point = next(r for r in request["requirements"] if r["id"].endswith("/trigger-point"))
    assert point["facts"][0]["inferred"]


def test_letter_003_shows_radiculopathy_against_a_clean_examination(answers: dict[str, list[RequestResult]]) -> None:
    injection, flexeril = answers["letter-003"]
    requirement = next(r for r in injection["requirements"] if r["id"].endswith("/no-radiculopathy"))
    assert requirement["status"] == "unmet"
    study = next(f for f in requirement["facts"] if f["fact"] == "radiculopathy-on-electrodiagnostic-study")
    assert study["evidence"][0]["seen"] == "2014-01-03"
    assert {c["id"]: c["role"] for c in flexeril["criteria"]} == {
        "cp09-cyclobenzaprine": "governing",
        "cp09-muscle-relaxant-class": "shared",
    }


def test_letter_004_contradicts_nothing(answers: dict[str, list[RequestResult]]) -> None:
    for request in answers["letter-004"]:
        assert request["counts"]["unmet"] == 0
        assert request["only_documentation_missing"]
        assert request["still_failing"] == []


@pytest.mark.skipif(not GOLD.exists(), reason="the hand-read letters (../shared) are not next to the project")
def test_labelled_cases_cover_the_hand_reading() -> None:
    """Every item, decision and reason of gold.yaml is in the labelled cases."""
    for letter in parse_yaml(GOLD.read_text(encoding="utf-8")):
        case = json.loads((LABELLED_CASES / f"letter-{letter['letter'][:3]}.json").read_text(encoding="utf-8"))
        assert case["as_of"] == letter["as_of"]
        assert case["date_of_injury"] == letter["date_of_injury"]
        assert len(case["requests"]) == len(letter["items"])
        for request, item in zip(case["requests"], letter["items"], strict=True):
            assert request["treatment"] == item["treatment"].replace(" ", "-")
            assert request["label"]["verdict"] == {"Upheld": "deny", "Overturned": "approve"}[item["decision"]]
            assert _mapped(request["label"]["reasons"]) >= _expected(item["reasons"])
            assert bool(request["label"].get("conceded")) >= bool(item.get("conceded"))


# Words in a reason of gold.yaml → the requirement they refer to and the status they imply.
REASONS: dict[str, tuple[str, str]] = {
    "twitch": ("twitch-response", "undocumented"),
    "referred pain": ("referred-pain", "undocumented"),
    "circumscribed": ("trigger-point", "undocumented"),
    "radiculopathy": ("no-radiculopathy", "unmet"),
    "exceed": ("injections-per-session", "unmet"),
    "failure of": ("conservative-care-failed", "undocumented"),
    "active therapy": ("active-therapy", "undocumented"),
    "spasm": ("muscle-spasm", "undocumented"),
    "exacerbation": ("acute-exacerbation", "undocumented"),
    "short course": ("short-course", "undocumented"),
    "functional improvement": ("functional-improvement", "undocumented"),
}


def _expected(reasons: list[str]) -> set[tuple[str, str]]:
    found = {word: [pair for key, pair in REASONS.items() if key in word] for word in reasons}
    assert all(found.values()), "a reason matches no key of REASONS"
    return {pair for pairs in found.values() for pair in pairs}


def _mapped(reasons: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(reason["requirement"].partition("/")[2], reason["status"]) for reason in reasons}


def test_labelled_cases_hold_no_personal_data() -> None:
    """Nothing needs a patient's age, sex or name."""
    keys = {key for path in CASES for key in keys_of(json.loads(path.read_text(encoding="utf-8")))}
    assert "facts" in keys
    assert not keys & {"age", "sex", "name", "gender", "race", "language"}


def test_no_positive_fact_is_taken_from_a_rationale() -> None:
    """The rationale gives the decision away, so only what it finds missing is coded from it."""
    seen = 0
    for path in CASES:
        case = json.loads(path.read_text(encoding="utf-8"))
        facts = [case["facts"], *(request.get("facts", {}) for request in case["requests"])]
        for fact in (value for part in facts for value in part.values()):
            for observation in fact if isinstance(fact, list) else [fact]:
                if observation["evidence"]["section"] == "rationale":
                    assert observation["state"] == "undocumented"
                    seen += 1
    assert seen > 8


def test_a_verdict_other_than_the_label_is_a_mismatch(command: Command, tmp_path: Path) -> None:
    case = json.loads(CASES[2].read_text(encoding="utf-8"))
    case["requests"][0]["label"] = {"verdict": "approve"}
    path = written(tmp_path / "case.json", case)
    done = command(path)
    assert done.returncode == 1
    assert "the verdict DIFFERS" in done.stdout
    assert command(path, "--fail-on", "never").returncode == 0
