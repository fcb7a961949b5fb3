"""The laws of doubt, over generated cases: more evidence against a request never helps it."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.strategies import ENCODED, STEADY, Case, cases, days, favourable
from tests.engine.support import checked

# Facts that must be present, or absent, for a criterion to approve; what is concluded from others is among them.
FOR = {
    "myofascial-pain-syndrome",
    "trigger-point",
    "twitch-response",
    "referred-pain-on-palpation",
    "conservative-care-failed",
    "stretching-failed",
    "exercise-failed",
    "physical-therapy-failed",
    "nsaid-failed",
    "muscle-relaxant-failed",
    "acetaminophen-failed",
    "active-therapy",
    "functional-improvement",
    "subjective-improvement",
    "medication-use-reduced",
    "acute-exacerbation",
    "muscle-spasm",
    "fear-avoidance-screen",
    "therapy-without-progress-4-weeks",
    "special-equipment-required",
    "clinician-supervised",
}
AGAINST = {
    "radiculopathy",
    "radiculopathy-on-exam",
    "myotomal-weakness",
    "reflex-loss",
    "dermatomal-sensory-loss",
    "nerve-root-tension-sign",
    "nerve-root-compromise-on-imaging",
    "radiculopathy-on-electrodiagnostic-study",
    "radicular-pain",
    "typical-neck-or-back-pain",
    "fibromyalgia",
    "other-muscle-relaxant",
}


def observed(state: str) -> st.SearchStrategy[Any]:
    """A statement, with or without a date."""
    return st.one_of(st.just({"state": state}), days.map(lambda day: {"state": state, "date": day}))


STATEMENTS = st.one_of(
    *(st.tuples(st.just(name), observed("absent")) for name in sorted(FOR)),
    *(st.tuples(st.just(name), observed("present")) for name in sorted(AGAINST)),
)
STUDIES = st.fixed_dictionaries(
    {"study": st.sampled_from(["mri", "ct", "emg-ncs", "x-ray", "other"])},
    optional={
        "date": days,
        "status": st.sampled_from(["done", "ordered"]),
    },
) | st.fixed_dictionaries(
    {
        "study": st.sampled_from(["mri", "ct", "emg-ncs", "x-ray"]),
        "findings": st.dictionaries(
            st.sampled_from(["nerve-root-compromise", "radiculopathy", "stenosis"]), st.just("present"), min_size=1
        ),
    },
    optional={"date": days},
)
MEDICATIONS = st.fixed_dictionaries(
    {"drug": st.sampled_from(["cyclobenzaprine", "metaxalone", "muscle-relaxant"])},
    optional={"from": days, "status": st.sampled_from(["current", "stopped"])},
)
ADVERSE = st.one_of(
    STATEMENTS.map(lambda pair: ("facts", *pair)),
    STUDIES.map(lambda entry: ("records", "studies", entry)),
    MEDICATIONS.map(lambda entry: ("records", "medications", entry)),
)


def added(case: Case, adverse: tuple[str, str, Case]) -> Case:
    """The case with one more observation or record entry."""
    more = copy.deepcopy(case)
    where, name, what = adverse
    if where == "records":
        more.setdefault("records", {}).setdefault(name, []).append(what)
        return more
    stated = more["facts"].get(name, [])
    if not isinstance(stated, list):
        stated = [stated if isinstance(stated, dict) else {"state": stated}]
    more["facts"][name] = [*stated, what]
    return more


NEAR = st.sampled_from(ENCODED).map(favourable)


def test_more_evidence_against_turns_no_denial_into_an_approval() -> None:
    reached: Counter[tuple[str, str]] = Counter()

    @given(cases() | NEAR, st.lists(ADVERSE, min_size=1, max_size=3))
    @settings(STEADY, max_examples=400)
    def no_help(case: Case, adverse: list[tuple[str, str, Case]]) -> None:
        more = case
        for one in adverse:
            more = added(more, one)
        for before, after in zip(checked(case)["requests"], checked(more)["requests"], strict=True):
            reached[before["verdict"], after["verdict"]] += 1
            assert (before["verdict"], after["verdict"]) != ("deny", "approve")

    no_help()
    assert reached["deny", "deny"] > 50
    assert reached["approve", "deny"] > 20


CONTRARY: dict[str, Case] = {
    "nsaid-failed": {"medications": [{"drug": "nsaid", "outcome": "helped"}]},
    "stretching-failed": {"treatments": [{"treatment": "stretching", "outcome": "helped"}]},
    "exercise-failed": {"treatments": [{"treatment": "exercise", "outcome": "helped"}]},
    "prior-treatment-count": {"treatments": [{"treatment": "same", "count": 5}]},
    "last-treatment-date": {"treatments": [{"treatment": "same", "date": "2013-10-01"}]},
    "pain-relief-percent": {"treatments": [{"treatment": "same", "outcome": "failed"}]},
    "subjective-improvement": {"treatments": [{"treatment": "same", "outcome": "failed"}]},
    "muscle-relaxant-use-days": {
        "medications": [{"drug": "muscle-relaxant", "from": "2013-01-01", "status": "current"}]
    },
    "radiculopathy": {"studies": [{"study": "mri", "findings": {"nerve-root-compromise": "present"}}]},
}
READS = {
    "trigger-point-injection": [
        "nsaid-failed",
        "stretching-failed",
        "last-treatment-date",
        "pain-relief-percent",
        "radiculopathy",
    ],
    "cyclobenzaprine": ["nsaid-failed", "muscle-relaxant-use-days"],
    "muscle-relaxant": ["nsaid-failed", "muscle-relaxant-use-days"],
    "cognitive-behavioral-therapy": ["subjective-improvement", "prior-treatment-count"],
    "gym-membership": ["exercise-failed"],
}


@pytest.mark.parametrize(("treatment", "fact"), [(t, fact) for t, facts in READS.items() for fact in facts])
def test_a_stated_fact_with_a_contrary_record_never_approves(treatment: str, fact: str) -> None:
    case = favourable(treatment)
    case["facts"] = {k: v for k, v in case["facts"].items() if k != "exercise-failed" or fact == k}
    if treatment == "gym-membership":
        case["facts"]["exercise-failed"] = "present"
    assert checked(case)["requests"][0]["verdict"] == "approve"
    records = copy.deepcopy(CONTRARY[fact])
    for entry in records.get("treatments", ()):
        entry["treatment"] = treatment if entry["treatment"] == "same" else entry["treatment"]
    case["records"] = records
    assert checked(case)["requests"][0]["verdict"] == "deny"
