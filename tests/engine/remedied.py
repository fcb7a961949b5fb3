"""Remedies applied to the JSON of a case, as a person would write them, and denials to apply them to."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from imr_engine.answer.result import RemedyShown, RequestResult, RequirementShown
from tests.engine.strategies import ENCODED, FAVOURABLE, USUAL_DAY, Case, cases, facts, favourable, records
from tests.engine.support import CATALOGUE, PLAIN, checked

ENTRY = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


def remedy_of(answer: RequestResult, name: str) -> RemedyShown:
    """The remedy of one requirement."""
    return next(remedy for remedy in answer["remedies"] if remedy["requirement"].endswith(f"/{name}"))


def remedied(case: Case, answer: RequestResult, remedies: list[RemedyShown]) -> Case:
    """The case with everything written that the remedies of one request ask for.

    Facts go among the request's own, seen on the date of the file, or on the one that the request is judged by; they
    take the place of what was not found, and in a stop, of what is stated.
    """
    made = copy.deepcopy(case)
    request = next(r for r in made["requests"] if r["id"] == answer["id"])
    date = case.get("as_of") or answer["date_used"]["date"]
    for stops, entry in ((remedy["kind"] == "stop", entry) for remedy in remedies for entry in remedy["write"]):
        value = entry["value"]
        if "fact" in entry:
            key = "state" if value in ("present", "absent") else "value"
            seen = {key: value} | ({"date": date} if date else {})
            request.setdefault("facts", {})[entry["fact"]] = seen
            forget(made["facts"], entry["fact"], whatever=stops)
        elif "attribute" in entry:
            request.setdefault("attributes", {})[entry["attribute"]] = value
        elif "request" in entry:
            request[entry["request"]] = value
        else:
            list_, number, field = ENTRY.fullmatch(entry["record"]).groups()  # type: ignore[union-attr]
            made["records"][list_][int(number)][field] = value
    return made


SPOILT_FACTS: Case = {
    "symptom-onset": "2013-09-14",
    "last-treatment-date": "2013-10-20",
    "prior-treatment": "absent",
    "prior-treatment-count": 7,
    "pain-relief-percent": 50,
    "muscle-relaxant-use-days": 15,
    "active-therapy": "absent",
    "other-muscle-relaxant": "present",
    "referred-pain-on-palpation": {"state": "present", "date": "2012-11-20"},
    "nsaid-failed": "absent",
    "fear-avoidance-screen": "absent",
    "twitch-response": [{"state": "present", "date": "2013-06-01"}, {"state": "absent", "date": "2013-06-01"}],
}
SPOILT_MEDICATIONS: list[Case] = [
    {"drug": "methocarbamol", "status": "current", "from": "2013-11-10"},
    {"drug": "baclofen", "status": "current", "date": "2013-11-01"},
    {"drug": "muscle-relaxant", "status": "current"},
    {"drug": "metaxalone"},
    {"drug": "cyclobenzaprine", "status": "current", "from": "2013-11-01"},
    {"drug": "naproxen", "outcome": "helped"},
]
SPOILT_ATTRIBUTES: Case = {
    "injections-per-session": 5,
    "injectate": "glucose",
    "duration-days": 30,
    "sessions-per-week": 3,
    "duration-weeks": 6,
    "sessions": 3,
}
NOT_FOUND: list[Any] = ["undocumented", {"state": "undocumented", "date": "2013-06-01"}]
QUANTITIES = [
    *((6, "injections"), (9, "injections"), (18, "injections"), (4, "sessions"), (8, "visits")),
    *((90, "tablets"), (7, "tablets"), (30, "days"), (1, "weeks"), (4, "weeks"), (1, "months")),
]


def forget(facts: Case, name: str, whatever: bool = False) -> None:
    """Removes what was not found: it has been. Or whatever is stated: it has ended."""
    kept = facts.get(name, "undocumented")
    kept = [one for one in (kept if isinstance(kept, list) else [kept]) if not (whatever or not_found(one))]
    facts.pop(name, None)
    if kept:
        facts[name] = kept if isinstance(kept[0], dict) else kept[0]


def not_found(one: Any) -> bool:
    """Whether an observation says that nothing was found written."""
    return one == "undocumented" or (isinstance(one, dict) and one.get("state") == "undocumented")


@st.composite
def nearly(draw: st.DrawFn) -> Case:
    """A case that would be approved, with some of it left out, not found, or against it."""
    case = favourable(draw(st.sampled_from(ENCODED)))
    request = case["requests"][0]
    known = CATALOGUE.treatments[request["treatment"]].attributes
    case["facts"] = dict(case["facts"])
    for name in draw(st.lists(st.sampled_from(sorted(FAVOURABLE)), max_size=8)):
        case["facts"].pop(name, None)
        if draw(st.booleans()):
            case["facts"][name] = draw(st.sampled_from(NOT_FOUND))
    for name in draw(st.lists(st.sampled_from(known), max_size=2)) if known else ():
        request["attributes"].pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(SPOILT_FACTS)), max_size=2)) if draw(st.booleans()) else ():
        case["facts"][name] = SPOILT_FACTS[name]
    for name in draw(st.lists(st.sampled_from(sorted(SPOILT_ATTRIBUTES)), max_size=2)) if draw(st.booleans()) else ():
        if name in known:
            request["attributes"][name] = SPOILT_ATTRIBUTES[name]
    if draw(st.integers(0, 2)) == 0:
        value, unit = draw(st.sampled_from(QUANTITIES))
        request["quantity"] = {"value": value, "unit": unit}
    if draw(st.integers(0, 3)) == 0:
        del request["region"]
    if draw(st.booleans()):
        case["as_of"] = draw(st.sampled_from([USUAL_DAY, "2013-12-01"]))
        if draw(st.booleans()):
            del request["date"]
    if draw(st.integers(0, 2)) == 0:
        case["records"] = draw(records(CATALOGUE))
    if draw(st.integers(0, 5)) == 0:
        taken = draw(st.lists(st.sampled_from(SPOILT_MEDICATIONS), min_size=1, max_size=3))
        case["records"] = {"medications": copy.deepcopy(taken)}
    if draw(st.integers(0, 3)) == 0:
        case["date_of_injury"] = draw(st.sampled_from(["2008-03-01", "2013-09-14"]))
    if draw(st.integers(0, 3)) == 0:
        request["facts"] = draw(facts(CATALOGUE, 2))
    return case


DENIALS: st.SearchStrategy[Case] = nearly() | nearly() | cases()
GUIDELINES = st.none() | st.sampled_from(["odg", "odg", "acoem-2004-ch-12", "mtus-chronic-pain-2009"])


def documents_approve(case: Case, guideline: str | None) -> Iterator[tuple[str, RequestResult]]:
    """The law: where only documentation is missing, what the remedies ask for approves. Yields what was denied.

    Each with its criterion. What is asked for is said, and two remedies ask for one thing alike. Raises AssertionError.
    """
    for answer in checked(case, PLAIN, guideline)["requests"]:
        if answer["verdict"] != "deny":
            continue
        asked: dict[str, Any] = {}
        for remedy in [remedy for remedy in answer["remedies"] if remedy["kind"] == "document"]:
            for entry in remedy["write"]:
                fact = CATALOGUE.facts.get(entry.get("fact", ""))
                state = entry["value"] if fact is not None and fact.type == "state" else ""
                assert fact is None or f"{fact.name}: {state}" in remedy["text"], remedy
                name = next(str(name) for key, name in entry.items() if key != "value")
                assert asked.setdefault(name, entry["value"]) == entry["value"], answer["remedies"]
        if answer["only_documentation_missing"]:
            assert {remedy["kind"] for remedy in answer["remedies"]} == {"document"}
            supplied = checked(remedied(case, answer, answer["remedies"]), PLAIN, guideline)["requests"]
            after = next(request for request in supplied if request["id"] == answer["id"])
            assert after["verdict"] == "approve", (answer["remedies"], after["remedies"])
        yield answer["criteria"][0]["id"], answer


def the_mends_hold(case: Case, guideline: str | None) -> Iterator[str]:
    """The law: changes, later dates and stops, each alone and all together, leave what they mend satisfied.

    Nothing else fails that did not before, unless the text of one of them names it. Yields the kinds of remedies.
    """
    for answer in checked(case, PLAIN, guideline)["requests"]:
        mends = [remedy for remedy in answer["remedies"] if remedy["kind"] in {"change", "wait", "stop"}]
        before = failing(answer)
        for applied in [*([remedy] for remedy in mends), *([mends] if mends[1:] else [])]:
            assert all(remedy["write"] for remedy in applied)
            changed = checked(remedied(case, answer, applied), PLAIN, guideline)["requests"]
            after = next(request for request in changed if request["id"] == answer["id"])
            known = {requirement["id"] for requirement in after["requirements"]}
            for remedy in applied:
                assert remedy["requirement"] in known - failing(after).keys(), remedy
            said = " ".join(remedy["text"] for remedy in applied)
            for requirement in failing(after).keys() - before.keys():
                facts = failing(after)[requirement]["facts"]
                assert any(fact["name"] in said for fact in facts if "ignored" in fact), (requirement, applied)
        for remedy in answer["remedies"]:
            yield remedy["kind"]


def failing(answer: RequestResult) -> dict[str, RequirementShown]:
    """The requirements that stand against a request."""
    remedies = {remedy["requirement"] for remedy in answer["remedies"]}
    return {requirement["id"]: requirement for requirement in answer["requirements"] if requirement["id"] in remedies}
