"""Properties of every case: parity of the engines, the law of the verdict, and that only the content counts."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_engine.answer.result import RequestResult
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine, EngineName, durable_available
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET
from tests.conftest import NO_DURABLE, P122
from tests.engine.nodes import verdict_law
from tests.engine.strategies import (
    FIRST_FOUND,
    STEADY,
    Case,
    cases,
    favourable,
    observations,
)
from tests.engine.support import CATALOGUE, PLAIN, a_case, checked, run_script, values_of

CODE = {"unmet": UNMET, "undocumented": UNDOCUMENTED, "not-applicable": NOT_APPLICABLE, "met": MET}
VERDICT = {"deny": UNMET, "not-addressed": UNDOCUMENTED, "approve": MET}
FEWER = settings(STEADY, max_examples=120)


def text(result: Any) -> str:
    """A result as JSON, with its keys in the order they were set."""
    return json.dumps(result, ensure_ascii=False)


# The cases themselves

REACHED: dict[str, Callable[[RequestResult], bool]] = {
    "approve": lambda r: r["verdict"] == "approve" and len(r["requirements"]) > 5,
    "deny": lambda r: r["verdict"] == "deny" and r["counts"]["unmet"] > 0 and r["counts"]["met"] > 0,
    "only documentation missing": lambda r: r["only_documentation_missing"],
    "exclusion": lambda r: any(q["kind"] == "exclusion" and q["status"] == "unmet" for q in r["requirements"]),
    "assumption": lambda r: bool(r["assumptions"]),
    "not applicable": lambda r: r["counts"]["not-applicable"] > 1,
    "shared rules": lambda r: any(c["role"] == "shared" for c in r["criteria"]),
    "comparison": lambda r: any(c["role"] == "compared" for c in r["criteria"]),
    "contradiction": lambda r: any(f["conflict"] for q in r["requirements"] for f in q["facts"]),
    "inference": lambda r: any("inferred" in f for q in r["requirements"] for f in q["facts"]),
    "silence": lambda r: "is silent on" in r["explanation"],
    "not encoded": lambda r: r["because"] == "not-encoded",
    "out of force": lambda r: r["because"] == "out-of-force",
    "no date": lambda r: r["because"] == "no-date",
    "unknown treatment": lambda r: r["because"] == "unknown-treatment",
}


def test_the_cases_reach_everything() -> None:
    """The properties below are worth no more than the cases reach, so each kind of answer must turn up."""
    missing = dict(REACHED)

    @given(cases())
    @settings(STEADY, max_examples=500)
    def look(case: Case) -> None:
        for request in checked(case)["requests"] if missing else ():
            for what in [what for what, reached in missing.items() if reached(request)]:
                del missing[what]

    look()
    assert not list(missing)


# Parity


@pytest.mark.skipif(not durable_available(), reason=NO_DURABLE)
def test_both_engines_answer_alike() -> None:
    """Results are identical except for the name of the engine."""
    durable = Engine(CATALOGUE, "durable")

    @given(cases(), st.none() | st.sampled_from(sorted(CATALOGUE.guidelines)))
    @settings(STEADY, max_examples=500)
    def alike(case: Case, guideline: str | None) -> None:
        first, second = checked(case, durable, guideline), checked(case, PLAIN, guideline)
        assert (first["engine"].pop("name"), second["engine"].pop("name")) == ("durable_rules", "plain")  # type: ignore[misc]
        assert text(first) == text(second)

    alike()


# The verdict


@given(cases())
@STEADY
def test_every_requirement_has_a_status_and_the_verdict_follows(case: Case) -> None:
    """Invariants 2 and 3: none is left out, and approval needs all of them."""
    for request in checked(case)["requests"]:
        deciding = [c for c in request["criteria"] if c["role"] != "compared"]
        programs = [PLAIN.program(c["id"]) for c in deciding]
        wanted = [program.criterion.full_id(r) for program in programs for r in program.criterion.requirements]
        assert [r["id"] for r in request["requirements"]] == wanted
        assert {r["status"] for r in request["requirements"]} <= set(CODE)
        decides = [r for r in request["requirements"] if not r.get("assumed")]
        failed = [r for r in decides if r["kind"] != "advice" and r["status"] in {"unmet", "undocumented"}]
        assert (request["verdict"] == "deny") == bool(failed)
        if request["verdict"] == "approve":
            for program in programs:
                mine = [r for r in request["requirements"] if r["id"].startswith(f"{program.criterion.id}/")]
                assert any(r["status"] == "met" for r in mine if r["kind"] == "required")
        for shown in request["criteria"]:
            prefix = f"{shown['id']}/"
            mine = shown.get("requirements") or [r for r in request["requirements"] if r["id"].startswith(prefix)]
            silent = [r.get("assumed", False) for r in mine]
            law = verdict_law([r["kind"] for r in mine], [CODE[r["status"]] for r in mine], silent)
            assert VERDICT[shown["verdict"]] == law
        assert bool(deciding) or request["verdict"] == "not-addressed"
        assumed = {a["requirement"] for a in request["assumptions"]}
        unrecorded = [r for r in request["requirements"] if r["kind"] == "exclusion" and r["status"] == "undocumented"]
        assert assumed == {r["id"] for r in unrecorded if r["assumed"]}


@given(cases())
@FEWER
def test_the_trace_shows_each_status_and_ends_in_the_verdict(case: Case) -> None:
    for request in checked(case)["requests"]:
        rules = [entry["rule"] for entry in request["trace"]]
        assert len(set(rules)) == len(rules)
        for requirement in request["requirements"]:
            mine = [r for r in rules if r.partition("#")[0] == requirement["id"]]
            words = {r.partition("#")[2].partition(".")[0] for r in mine}
            assert words == ({requirement["status"]} if requirement["status"] != "undocumented" else set())
        if request["criteria"] and request["trace"]:
            assert rules[-1] == f"request#{request['verdict']}"


def grounds(case: Case, request: RequestResult) -> Iterator[str]:
    """What the rules of a trace rest on: what the case states, what rules before them concluded, or what is open.

    A requirement, or whether it applies, is open where no rule concludes it; then it is undocumented.
    """
    deciding = [c["id"] for c in request["criteria"] if c["role"] != "compared"]
    programs = [PLAIN.program(name) for name in deciding]
    read = [key for program in programs for key in values_of(case, request, program)]
    stated = {str(key._replace(reading=None) if key.kind in {"fact", "quantity"} else key) for key in read}
    about = [entry["concludes"].rpartition(": ")[0] for entry in request["trace"]]
    nodes = {node.id for program in programs for node in program.nodes if node.kind in {"requirement", "when"}}
    unsettled = nodes - set(about)
    for number, entry in enumerate(request["trace"][:-1]):
        assert entry["from"], entry
        for source in entry["from"]:
            assert source in stated or source in about[:number] or source in unsettled, entry
            yield "case" if source in stated else "open" if source in unsettled else "rules"
    assert [entry["from"] for entry in request["trace"][-1:]] == ([deciding] if deciding else [])


def test_each_rule_concludes_from_what_is_known_before_it() -> None:
    found: Counter[str] = Counter()

    @given(cases())
    @FEWER
    def look(case: Case) -> None:
        for request in checked(case)["requests"]:
            found.update(grounds(case, request))

    look()
    assert min(found["case"], found["rules"], found["open"]) > 100, found


# Only the content counts


def reordered(data: Any, chance: random.Random) -> Any:
    """The same JSON with the keys of every object shuffled."""
    if isinstance(data, dict):
        keys = list(data)
        chance.shuffle(keys)
        return {key: reordered(data[key], chance) for key in keys}
    return [reordered(one, chance) for one in data] if isinstance(data, list) else data


@given(cases(), st.integers(0, 9))
@FEWER
def test_the_order_of_keys_does_not_count(case: Case, seed: int) -> None:
    """Invariant 6: facts and fields in any order give the same bytes."""
    assert text(checked(reordered(case, random.Random(seed)))) == text(checked(case))


def decided(request: RequestResult) -> list[Any]:
    """What an answer decides, regardless of where its evidence is written."""
    return [request["verdict"], request["because"], request["counts"], request["trace"]]


@given(cases(), st.integers(0, 9))
@FEWER
def test_the_order_of_lists_decides_nothing(case: Case, seed: int) -> None:
    """Reordering observations, record entries or requests changes no decision."""
    chance = random.Random(seed)
    other = json.loads(json.dumps(case))
    facts = [fact for part in (other, *other["requests"]) for fact in part.get("facts", {}).values()]
    for entries in (*other["records"].values(), *(fact for fact in facts if isinstance(fact, list)), other["requests"]):
        chance.shuffle(entries)
    answers = {request["id"]: decided(request) for request in checked(other)["requests"]}
    assert answers == {request["id"]: decided(request) for request in checked(case)["requests"]}


SEEN_OFTEN = ["twitch-response", "trigger-point", "conservative-care-failed", "active-therapy", "pain-relief-percent"]


@given(st.data())
@FEWER
def test_the_order_of_observations_decides_nothing(data: st.DataObject) -> None:
    """Several observations of one p.122 fact, in every order: dates and states decide, not positions."""
    fact = CATALOGUE.facts[data.draw(st.sampled_from(SEEN_OFTEN))]
    seen = data.draw(st.lists(observations(fact), min_size=2, max_size=4))
    answers = []
    for order in permutations(seen):
        case = favourable("trigger-point-injection")
        case["facts"] = {**case["facts"], fact.id: list(order)}
        answers.append(decided(checked(case)["requests"][0]))
    assert answers.count(answers[0]) == len(answers)


@given(cases(), st.text("abc Ü✓-", min_size=1, max_size=20))
@FEWER
def test_names_and_titles_decide_nothing(case: Case, name: str) -> None:
    """The id of a case and the titles of its requests are echoed and change nothing else."""
    other = {**case, "case_id": name, "requests": [{**r, "title": name} for r in case["requests"]]}
    result, expected = checked(other), checked(case)
    assert (result.pop("case_id"), expected.pop("case_id")) == (name, case["case_id"])  # type: ignore[misc]
    for request, plain in zip(result["requests"], expected["requests"], strict=True):
        assert (request["title"], plain["title"]) == (name, None)
        assert request["rationale"].replace(f' (as written: "{name}")', "", 1) == plain["rationale"]
        for part in (request, plain):
            part["title"], part["rationale"] = None, ""
            part["rationale_sentences"].pop(0)
    assert text(result) == text(expected)


def class_of(treatment: str | None) -> str | None:
    """The widest class of a treatment: of a drug, that it is one."""
    if treatment is None:
        return None
    return "drug" if CATALOGUE.is_drug(treatment) else CATALOGUE.lineage(treatment)[-1]


@given(cases())
@FEWER
def test_a_request_is_judged_by_itself(case: Case) -> None:
    """Other requests count if this one depends on them or is of their class, and what they use is not unread."""
    classes = Counter(class_of(request.get("treatment")) for request in case["requests"])
    for request, answer in zip(case["requests"], checked(case)["requests"], strict=True):
        if "depends_on" not in request and classes[class_of(request.get("treatment"))] == 1:
            alone = checked({**case, "requests": [request]})["requests"][0]
            paths = tuple(one["path"] for one in alone["unread"])
            assert all(one["path"].startswith(paths) for one in answer["unread"])
            for part in (alone, answer):
                part["unread"] = []
                said = [s for s in part["rationale_sentences"] if not s["text"].startswith("No rule reads: ")]
                part["rationale_sentences"], part["rationale"] = said, "\n".join(s["text"] for s in said)
            assert text(alone) == text(answer)


@pytest.mark.parametrize("name", ["plain", "durable"])
def test_an_engine_answers_each_case_as_if_it_were_its_first(name: EngineName) -> None:
    """Results of one engine share objects: neither a result nor what was returned before may change by that."""
    if name == "durable" and not durable_available():
        pytest.skip(NO_DURABLE)
    drawn: list[Case] = []

    @given(cases())
    @settings(STEADY, max_examples=250)  # A wrong answer may need the right case before it.
    def draw(case: Case) -> None:
        drawn.append(case)

    draw()
    used = Engine(CATALOGUE, name)
    returned, written = [], []
    for case in drawn:
        returned.append(checked(case, used))
        written.append(text(returned[-1]))
    for case, first in zip(drawn, written, strict=True):
        assert text(checked(case, used)) == first
        assert text(checked(case, Engine(CATALOGUE, name))) == first
    assert list(map(text, returned)) == written
    assert len({text(result["requests"]) for result in returned}) > 50


def test_a_quantity_in_another_unit_is_not_answered_from_the_case_before() -> None:
    """What to write for sessions differs where the request already has a quantity, even one that no rule reads."""
    first = a_case("cognitive-behavioral-therapy", attributes={}, quantity={"value": 4, "unit": "injections"})
    second = a_case("cognitive-behavioral-therapy", attributes={})
    used = Engine(CATALOGUE, "plain")
    checked(first, used)
    assert text(checked(second, used)) == text(checked(second, Engine(CATALOGUE, "plain")))


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    """Invariant 6: no hash order in a result, over three hash seeds, both engines and three requests."""
    large = {"requests": 2, "facts": 20, "records": 1}
    case = find(cases(), lambda c: all(len(c[key]) > size for key, size in large.items()), settings=FIRST_FOUND)
    script = (
        "import json\n"
        "from imr_criteria import default_catalogue\n"
        "from imr_engine.evaluate import Engine\n"
        "from imr_engine.cases.intake import check_case\n"
        f"case = check_case(json.loads({json.dumps(case)!r}), default_catalogue())\n"
        f"print(json.dumps([Engine(default_catalogue(), n).check(case) for n in {['plain', None]!r}]))\n"
    )
    printed = {run_script(script, environment={"PYTHONHASHSEED": seed}) for seed in ("0", "1", "4242")}
    assert len(printed) == 1
    expected = [Engine(CATALOGUE, name).check(check_case(case, CATALOGUE)) for name in ("plain", None)]
    assert json.dumps(expected) + "\n" == printed.pop()


@pytest.mark.parametrize("engine", ["plain", "durable"])
@pytest.mark.parametrize(("first", "last"), [("9999-12-01", "9999-12-31"), ("0001-01-01", "9999-12-31")])
def test_the_ends_of_the_calendar(catalogue: Catalogue, engine: Any, first: str, last: str) -> None:
    """Every allowed date gets an answer, even the last in the calendar."""
    if engine == "durable" and not durable_available():
        pytest.skip(NO_DURABLE)
    case = a_case(date=last) | {"date_of_injury": first}
    result = Engine(catalogue, engine).check(check_case(case, catalogue), "mtus-chronic-pain-2009")
    statuses = {r["id"]: r["status"] for r in result["requests"][0]["requirements"]}
    assert statuses[f"{P122}/duration"] == ("unmet" if first[:4] == "9999" else "met")


ENDS = st.sampled_from(["0001-01-01", "0001-02-28", "9999-12-30", "9999-12-31"])


@given(cases(), ENDS, ENDS, ENDS)
@FEWER
def test_dates_at_the_ends_of_the_calendar_are_answered(case: Case, asked: str, injured: str, treated: str) -> None:
    """No date of a request, of an injury or of an earlier treatment leads past the calendar."""
    case = {**case, "date_of_injury": injured, "requests": [{**r, "date": asked} for r in case["requests"]]}
    case["facts"] = {**case["facts"], "last-treatment-date": treated}
    for guideline in (None, "mtus-chronic-pain-2009"):
        assert len(checked(case, guideline=guideline)["requests"]) == len(case["requests"])
