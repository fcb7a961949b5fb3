"""Faults 1 to 8 of docs/durable-rules.md: each is provoked, and the adapter must withstand it.

More on fault 6 is in test_durable_numbers.py; faults 9 to 11 are in test_durable_limits.py, 11 and 12 in
test_durable_sharing.py.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from imr_criteria import Catalogue, default_catalogue
from imr_engine.cases.intake import CaseError, check_case, read_case
from imr_engine.evaluate import Engine, durable_available
from imr_engine.evaluators.plain import Outcome, PlainEvaluator
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import Input, fact
from imr_engine.rules.program import Program
from tests.conftest import NO_DURABLE, P122, keys_of
from tests.engine.support import (
    STATES,
    Value,
    a_case,
    by_input,
    compiled,
    domain,
    in_four_threads,
    made_catalogue,
    made_criterion,
    random_values,
    run_script,
)

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

import durable_rules_engine

import imr_engine.evaluators.durable as adapter
from imr_engine.evaluators.durable import DurableEvaluator, EngineError
from tests.engine.watched import Watched

RELAXANT = "cp09-muscle-relaxant-class"


# 1


def test_fault_1_no_timers_steal_results() -> None:
    """The default Host runs two timers that steal actions. The adapter makes none: no thread, no `durable` package."""
    run_script(
        "import sys, threading, pathlib\n"
        "from imr_criteria import default_catalogue\n"
        "from imr_engine.evaluate import Engine\n"
        "from imr_engine.cases.intake import check_case\n"
        "from tests.engine.support import a_case\n"
        "catalogue = default_catalogue()\n"
        "engine = Engine(catalogue, 'durable')\n"
        "assert engine.check(check_case(a_case(), catalogue))['engine']['name'] == 'durable_rules'\n"
        "assert threading.active_count() == 1\n"
        "tasks = pathlib.Path('/proc/self/task')\n"
        "assert not tasks.is_dir() or len(list(tasks.iterdir())) == 1\n"
        "assert not [name for name in sys.modules if name == 'durable' or name.startswith('durable.')]\n"
    )


def test_fault_1_no_answer_is_lost_in_a_long_run() -> None:
    """Once, 72 of 282,000 answers came back empty. Here all of 20,000 must equal the plain evaluator's."""
    program = compiled()
    durable, plain = DurableEvaluator(program), PlainEvaluator(program)
    cases = list(random_values(program, 1, 500))
    expected = [plain.run(values) for values in cases]
    assert all(fired for _, fired in expected)
    for turn in range(40):
        assert [durable.run(values) for values in cases] == expected, turn


def test_fault_1_no_answer_is_lost_between_threads() -> None:
    """Four threads share an evaluator and switch as often as possible."""
    program = compiled()
    durable, plain = DurableEvaluator(program), PlainEvaluator(program)
    cases = list(random_values(program, 2, 500))
    expected = [plain.run(values) for values in cases]
    answers: dict[int, list[Outcome]] = {}

    def work(number: int) -> None:
        mine = cases[number * 100 :] + cases[: number * 100]
        made = [durable.run(values) for values in mine * 10]
        answers[number] = made

    in_four_threads(work)
    for number in range(4):
        assert answers[number] == (expected[number * 100 :] + expected[: number * 100]) * 10


# 2

STEPS = ["create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"]
CASE = by_input(
    {
        "fact:nsaid-failed": "present",
        "fact:acute-exacerbation": "absent",
        "fact:muscle-spasm": "present",
        "quantity:relaxant-days-in-all": 90,
    }
)
OTHER = by_input({"fact:muscle-spasm": "absent", "quantity:relaxant-days-in-all": 4})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("raised", [durable_rules_engine.error("broken"), MemoryError(), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("step", STEPS)
def test_fault_2_an_error_raises_and_leaves_nothing(
    watched: Watched, step: str, raised: BaseException, after: bool
) -> None:
    """durable_rules swallows exceptions and writes a verdict all the same. The adapter raises every one.

    Each call of each function fails in turn, before or after doing its work. The case gets no answer; the next one,
    and the same one retried, are answered as if nothing had happened.
    """
    program = compiled(RELAXANT)
    plain = PlainEvaluator(program)
    DurableEvaluator(program).run(CASE)
    times = len(watched.named(step))
    assert times >= 1
    for number in range(1, times + 1):
        evaluator = DurableEvaluator(program)
        watched.fail, watched.at, watched.after, watched.raised = step, number, after, raised
        wanted = EngineError if isinstance(raised, durable_rules_engine.error) else type(raised)
        with pytest.raises(wanted):
            evaluator.run(CASE)
        watched.fail = None
        assert evaluator.run(OTHER) == plain.run(OTHER)
        assert evaluator.run(CASE) == plain.run(CASE)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("assert_fact", lambda result: (2, result[1])),  # observed before: a fact of an earlier case is still there
        ("assert_fact", lambda result: (3, result[1])),  # deferred: not evaluated
        ("start_action_for_state", lambda result: None),  # a rule matched, but none is returned
    ],
    ids=["observed", "deferred", "nothing-started"],
)
def test_fault_2_a_bad_reply_from_the_engine_raises(watched: Watched, step: str, answer: Any) -> None:
    """The engine's own report of a failure is checked after every call."""
    program = compiled(RELAXANT)
    evaluator = DurableEvaluator(program)
    watched.fail, watched.at, watched.answer = step, 1, answer
    with pytest.raises(EngineError):
        evaluator.run(CASE)
    watched.fail = None
    assert evaluator.run(OTHER) == PlainEvaluator(program).run(OTHER)


# 3


def test_fault_3_an_empty_case() -> None:
    """An empty list of facts is a segmentation fault. An empty case must get an answer: all undocumented."""
    run_script(
        "from imr_criteria import default_catalogue\n"
        "from imr_engine.evaluators.durable import DurableEvaluator\n"
        "from imr_engine.evaluators.plain import PlainEvaluator\n"
        "from tests.engine.support import compiled\n"
        "for name in default_catalogue().criteria:\n"
        "    program = compiled(name)\n"
        "    evaluator = DurableEvaluator(program)\n"
        "    assert [evaluator.run({}) for _ in range(100)] == [PlainEvaluator(program).run({})] * 100\n"
    )


def test_fault_3_one_session_whatever_the_number_of_cases() -> None:
    """The 1,025th session is a MemoryError, then a segmentation fault. The adapter uses one and leaves it empty."""
    run_script(
        "import imr_engine.evaluators.durable as adapter\n"
        "from imr_engine.evaluators.plain import PlainEvaluator\n"
        "from tests.engine.support import compiled, random_values\n"
        "from tests.engine.watched import Watched\n"
        "real, adapter.durable_rules_engine = adapter.durable_rules_engine, Watched()\n"
        "program = compiled()\n"
        "evaluator, plain = adapter.DurableEvaluator(program), PlainEvaluator(program)\n"
        "cases = list(random_values(program, 3, 3000))\n"
        "assert len({str(case) for case in cases}) > 2900\n"
        "for values in cases:\n"
        "    assert evaluator.run(values) == plain.run(values)\n"
        "    assert real.get_facts(evaluator.ruleset()._held.handle, '1') == '[]'\n"
        "watched = adapter.durable_rules_engine\n"
        "sessions = {result[1] for _, result in watched.named('assert_fact')}\n"
        "assert len(sessions) == 1, sessions\n"
        "assert len(watched.named('create_ruleset')) == 1\n"
    )


# 4


def test_fault_4_no_input_reaches_an_id(watched: Watched) -> None:
    """Two session ids can share one patient's session. The adapter's ids are constants, whatever a case is called."""
    catalogue = default_catalogue()
    engine = Engine(catalogue, "durable")
    for name in ("costarring", "liquid", '1","id":"2', "{}", "sid", "Ⅻ Müller", "\\"):
        case = a_case(facts={"twitch-response": "present"}, name=name, title=name, attributes={"injectate": "saline"})
        engine.check(check_case(case, catalogue))
    written = [given[1] for given, _ in watched.named("assert_fact")]
    assert len(written) > 20
    shape = re.compile(r'\{"sid":"1","id":"1","l":\d(,"[A-Za-z]{2}":\d{1,2})*\}')
    for content in written:
        assert shape.fullmatch(content), content
    assert {given[1] for given, _ in watched.named("retract_fact")} == {'{"sid":"1","id":"1"}'}


def test_fault_4_names_that_collide_do_not_mix_patients(catalogue: Catalogue) -> None:
    """The engine gives "costarring" and "liquid" the same 32-bit hash; their cases must stay apart."""
    assert adapter._fnv("sid") == 3593476751  # HASH_SID in rules.h, so this is the engine's hash
    assert adapter._fnv("costarring") == adapter._fnv("liquid")
    engine = Engine(catalogue, "durable")
    statuses = []
    for name, state in product(("costarring", "liquid"), ("present", "absent")):
        result = engine.check(check_case(a_case(facts={"twitch-response": state}, name=name), catalogue))
        shown = {r["id"]: r["status"] for r in result["requests"][0]["requirements"]}
        statuses.append(shown[f"{P122}/twitch-response"])
    assert statuses == ["met", "unmet", "met", "unmet"]


# 5

COERCED: dict[str, list[Any]] = {
    "facts.twitch-response": [True, False, 1, 0, "true", "True", "1", "Present", "conflict", None],
    "facts.pain-relief-percent": [True, "3", "60", "true", "", None, [], [60]],
    "facts.prior-treatment-count": [True, "3", 3.0, 2.5],
    "facts.symptom-onset": [True, 20140130, "2014-1-30", "yesterday"],
    "attributes.injections-per-session": [True, "3", 3.0],
    "attributes.injectate": [True, 1, "Saline", "present"],
    "quantity.value": [True, "3", None],
    "region": [True, 1, "Neck"],
}


@pytest.mark.parametrize(("place", "value"), [(place, value) for place, values in COERCED.items() for value in values])
def test_fault_5_nothing_is_coerced(watched: Watched, catalogue: Catalogue, place: str, value: Any) -> None:
    """To the engine, `1 == True`, `"true" == True` and `"3" > 3`. Such values are refused before they reach it."""
    first, _, name = place.partition(".")
    written = {name: value, "unit": "injections"} if first == "quantity" else {name: value} if name else value
    request: dict[str, Any] = {first: written}
    case = a_case(**request)
    with pytest.raises(CaseError):
        Engine(catalogue, "durable").check(check_case(case, catalogue))
    assert watched.calls == []


@pytest.mark.parametrize("value", [True, False, "3", [3], 3 + 0j, float("nan"), float("inf")])
def test_fault_5_only_numbers_pass_as_numbers(value: Any) -> None:
    """The adapter itself accepts no boolean or text as a number."""
    evaluator = DurableEvaluator(compiled(P122))
    with pytest.raises(ValueError, match="not a number"):
        evaluator.run(by_input({"quantity:symptom-months@least": value}))


@pytest.mark.parametrize("value", [True, False, 1, 0.0, ["present"], b"present", float("nan")])
@pytest.mark.parametrize("key", ["fact:twitch-response", "attribute:injectate", "request:region"])
def test_fault_5_only_words_pass_as_words(key: str, value: Any) -> None:
    """Nor does it accept a number, a boolean or a list as a word."""
    with pytest.raises(ValueError, match="not a word"):
        DurableEvaluator(compiled()).run(by_input({key: value}))


# 6


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e22", str(2**63), "1" * 50])
@pytest.mark.parametrize("key", ["pain-relief-percent", "muscle-relaxant-use-days", "prior-treatment-count"])
def test_fault_6_numbers_that_the_engine_would_lose_are_refused(catalogue: Catalogue, key: str, text: str) -> None:
    """NaN becomes null, infinity and 1e22 do not parse, integers saturate. Intake refuses them all."""
    content = json.dumps(a_case(facts={key: 12345})).replace("12345", text)
    with pytest.raises(CaseError):
        read_case(content.encode(), catalogue)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 2**53 + 1, -(2**53) - 1, 2**63, 1e22])
def test_fault_6_the_adapter_never_changes_a_number(value: float) -> None:
    """Past intake, a number is refused or compared exactly, and the next case still gets its answer."""
    program = compiled(RELAXANT)
    evaluator, plain = DurableEvaluator(program), PlainEvaluator(program)
    values = {**CASE, **by_input({"quantity:relaxant-days-in-all": value})}
    with suppress(ValueError):
        assert evaluator.run(values) == plain.run(values)
    assert evaluator.run(OTHER) == plain.run(OTHER)


def test_fault_6_no_property_is_cut() -> None:
    """Properties beyond the 253rd are cut. All of 250 are read, the last one too; with more, compilation fails."""

    def program(facts: int) -> Program:
        arms = [{"fact": f"f{n}"} for n in range(1, facts)]
        catalogue = made_catalogue(facts, inferences={"f0": {"present_when": {"all": arms}}})
        return compile_criterion(catalogue, made_criterion({"condition": {"fact": "f0"}}))

    largest = program(250)
    durable, plain = DurableEvaluator(largest), PlainEvaluator(largest)
    everything = {key: "present" for key in largest.inputs if key != fact("f0")}
    assert durable.run(everything)[0][-1] == 3
    for key in everything:
        less = {**everything, key: "absent"}
        assert durable.run(less) == plain.run(less)
        assert durable.run(less)[0][-1] == 0
    with pytest.raises(EngineError, match="too large"):
        DurableEvaluator(program(251))


# 7


@pytest.mark.parametrize("name", sorted(default_catalogue().criteria))
def test_fault_7_a_missing_input_fires_no_rule(name: str) -> None:
    """What nobody recorded is neither true nor false: no rule that reads it fires, whether for met or for unmet.

    Each input is removed in turn from cases that cover its values.
    """
    program = compiled(name)
    evaluator = DurableEvaluator(program)
    reads = [{check.ref for check in rule.checks if isinstance(check.ref, Input)} for rule in program.rules]
    states = [dict.fromkeys(program.inputs, state) for state in STATES if state is not None]
    for values in [*states, *random_values(program, 7, 20)]:
        known = {k: v for k, v in values.items() if v in domain(default_catalogue(), program, k)}
        for gone in program.inputs:
            _, fired = evaluator.run({key: value for key, value in known.items() if key != gone})
            assert not [program.rules[number].name for number in fired if gone in reads[number]]
    _, fired = evaluator.run({})
    assert not [program.rules[number].name for number in fired if reads[number]]


@pytest.mark.parametrize("name", sorted(default_catalogue().criteria))
def test_fault_7_no_rule_tests_for_absence(name: str) -> None:
    """`unmet` is never derived with none(): a ruleset has only comparisons, `$and` and `$or`."""
    definition = DurableEvaluator(compiled(name)).definition()
    words = {key for key in keys_of(definition) if not re.fullmatch(r"\d+|[A-Za-z]{2}", key)}
    assert words <= {"all", "m", "l", "$and", "$or", "$lte", "$gte", "$gt", "$lt", "$neq"}
    assert "null" not in json.dumps(definition)


# 8


def test_fault_8_every_rule_sees_every_case(watched: Watched) -> None:
    """`post` consumes an event at its first match. Facts are asserted instead, so a case fires rules of every kind."""
    program = compiled()
    stated = ("taut-band", "twitch-response", "referred-pain-on-palpation", "trigger-point")
    values: dict[Input, Value] = dict.fromkeys(map(fact, stated), "present")
    _, fired = DurableEvaluator(program).run(values)
    assert {program.rules[number].name for number in fired} >= {
        "trigger-point#present.stated",
        "trigger-point#present.1",
        f"{P122}/twitch-response#met",
        f"{P122}/referred-pain#met",
        f"{P122}/trigger-point#met",
        f"{P122}#deny.undocumented.duration",
    }


def test_fault_8_a_case_that_matches_no_rule(watched: Watched) -> None:
    """A fact that matches no rule raises and is not stored. Here it gets an answer and leaves nothing behind."""
    program = compiled(RELAXANT)
    evaluator = DurableEvaluator(program)
    for _ in range(3):
        watched.calls.clear()
        assert evaluator.run({}) == PlainEvaluator(program).run({})
        taken = [result[0] for _, result in watched.named("assert_fact")]
        # No rule matches the facts of the first levels; then those of the verdict do.
        assert (taken[0], taken[-1]) == (1, 0)
        held = evaluator.ruleset()._held
        assert held is not None
        assert durable_rules_engine.get_facts(held.handle, "1") == "[]"
        assert evaluator.run(CASE) == PlainEvaluator(program).run(CASE)


@pytest.mark.parametrize("name", sorted(default_catalogue().criteria))
def test_fault_8_no_rule_fires_twice(name: str) -> None:
    """`$or` with two true arms fires twice, so the arms must exclude each other."""
    program = compiled(name)
    evaluator = DurableEvaluator(program)
    conflicts: dict[Input, Value] = {key: "conflict" for key in program.inputs if key.kind == "fact"}
    for values in [*random_values(program, 8, 1000), conflicts]:
        fired = evaluator.run({k: v for k, v in values.items() if v in domain(default_catalogue(), program, k)})[1]
        assert len(set(fired)) == len(fired)
