"""Faults 9 to 11 of docs/durable-rules.md: criteria that are too large are refused at compile time; nothing hangs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from imr_criteria import Catalogue, default_catalogue
from imr_criteria.model import Criterion
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine, durable_available
from imr_engine.evaluators.plain import PlainEvaluator
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import attribute, fact
from tests.conftest import NO_DURABLE, P122
from tests.engine.support import a_case, compiled, made_catalogue, made_criterion, random_values, run_script

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

from imr_engine.evaluators.durable import DurableEvaluator, EngineError


def same_or_refused(catalogue: Catalogue, criterion: Criterion, cases: list[dict[str, Any]]) -> bool:
    """Whether the criterion compiles; if it does, every case must get the plain evaluator's answer."""
    try:
        program = compile_criterion(catalogue, criterion)
        durable = DurableEvaluator(program)
    except (ValueError, EngineError) as error:
        if "; split the" not in str(error):
            raise
        return False
    plain = PlainEvaluator(program)
    for values in cases:
        assert durable.run(values) == plain.run(values)
    return True


# 9


@pytest.mark.parametrize(("requirements", "fits"), [(1, True), (10, True), (29, True), (30, False), (200, False)])
def test_fault_9_more_matches_than_the_engine_returns(requirements: int, fits: bool) -> None:
    """A fact has at most 64 matches at one level, so everything that can match must be counted."""
    catalogue = made_catalogue(requirements)
    criterion = made_criterion(*({"condition": {"fact": f"f{n}"}} for n in range(requirements)))
    states = ("present", "absent", "conflict")
    cases = [{fact(f"f{n}"): state for n in range(requirements)} for state in states]
    assert same_or_refused(catalogue, criterion, [{}, *cases]) is fits


@pytest.mark.parametrize(("count", "fits"), [(10, True), (28, True), (29, False), (33, False), (57, False)])
def test_fault_9_partial_matches(count: int, fits: bool) -> None:
    """Rules that match in part also take up the engine's 64 places, so they must be counted too.

    Each piece of advice has its own `when`: if it does not apply but its condition is met, two rules match in part.
    """
    catalogue = made_catalogue(2 * count + 1)
    pairs = [(f"f{n}", f"f{n + 1}") for n in range(1, 2 * count, 2)]
    advice: list[Mapping[str, Any]] = [
        {"kind": "advice", "when": {"fact": first}, "condition": {"fact": second}} for first, second in pairs
    ]
    criterion = made_criterion({"condition": {"fact": "f0"}}, *advice)
    cases = []
    for when, condition in product(("present", "absent", None), repeat=2):
        states = {fact(f"f{n}"): when if n % 2 else condition for n in range(1, 2 * count + 1)}
        cases.append({key: state for key, state in states.items() if state is not None})
    assert same_or_refused(catalogue, criterion, cases) is fits


def test_fault_9_more_conditions_than_a_ruleset_takes() -> None:
    """Beyond about 511 conditions side by side the engine never finishes compiling; the adapter allows 500 in all."""
    catalogue = made_catalogue(200)
    arms = [{"fact": f"f{n}"} for n in range(3, 9)]
    large = made_criterion(*({"condition": {"at_least": 3, "of": arms}} for _ in range(4)))
    assert not same_or_refused(catalogue, large, [])
    assert same_or_refused(catalogue, made_criterion({"condition": {"at_least": 3, "of": arms}}), [{}])


@pytest.mark.parametrize(("codes", "fits"), [(100, True), (246, True), (247, False), (505, False), (600, False)])
def test_fault_9_every_code_of_a_list_is_a_condition(codes: int, fits: bool) -> None:
    """Each code in a list is one more condition side by side; a long list must not hang the process."""
    script = (
        "from tests.engine.support import by_input, made_catalogue, made_criterion\n"
        "from tests.engine.test_durable_limits import same_or_refused\n"
        f"codes = [f'c{{n}}' for n in range({codes} + 1)]\n"
        "criterion = made_criterion({'condition': {'attribute': 'code', 'one_of': codes[:-1]}})\n"
        "cases = [by_input({'attribute:code': code}) for code in (codes[0], codes[-2], codes[-1])]\n"
        f"assert same_or_refused(made_catalogue(0, codes=codes), criterion, cases) is {fits}\n"
    )
    try:
        run_script(script, timeout=10)
    except subprocess.TimeoutExpired:
        pytest.fail("the engine never finishes compiling")


def test_fault_9_ways_of_being_met_are_bounded() -> None:
    """A condition with too many ways of being met is refused before the engine sees it."""
    arms = [{"fact": f"f{n}"} for n in range(12)]
    with pytest.raises(ValueError, match="split the condition"):
        compile_criterion(made_catalogue(12), made_criterion({"condition": {"at_least": 6, "of": arms}}))


def test_a_code_listed_twice_fires_once() -> None:
    """`$or` with two true arms fires twice (fault 8), and a list that repeats a code has such arms."""
    criterion = made_criterion({"condition": {"attribute": "code", "one_of": ["a", "b", "a"]}})
    program = compile_criterion(made_catalogue(0, codes=["a", "b", "c"]), criterion)
    for values in ({}, *({attribute("code"): code} for code in ("a", "b", "c"))):
        assert DurableEvaluator(program).run(values) == PlainEvaluator(program).run(values)


# 10 and 11


def test_fault_10_a_criterion_can_be_compiled_again(catalogue: Catalogue) -> None:
    """durable_rules registers a name once per process and changes the definition it is given. Neither happens here."""
    program = compiled()
    first, second = DurableEvaluator(program), DurableEvaluator(program)
    before = first.definition()
    for values in random_values(program, 10, 50):
        assert first.run(values) == second.run(values)
    assert first.definition() == before == DurableEvaluator(program).definition()
    case = check_case(a_case(facts={"twitch-response": "present"}), catalogue)
    assert Engine(catalogue, "durable").check(case) == Engine(catalogue, "durable").check(case)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fault_11_a_forked_process_has_its_own_engine() -> None:
    """A Host cannot be passed to another process. After a fork, parent and child each carry on by themselves."""
    run_script(
        "import os\n"
        "from imr_engine.evaluators.durable import DurableEvaluator\n"
        "from imr_engine.evaluators.plain import PlainEvaluator\n"
        "from tests.engine.support import compiled, random_values\n"
        "program = compiled()\n"
        "durable, plain = DurableEvaluator(program), PlainEvaluator(program)\n"
        "cases = list(random_values(program, 11, 300))\n"
        "expected = [plain.run(values) for values in cases]\n"
        "assert [durable.run(values) for values in cases] == expected\n"
        "child = os.fork()\n"
        "right = [durable.run(values) for values in reversed(cases)] == expected[::-1]\n"
        "if not child:\n"
        "    os._exit(0 if right else 1)\n"
        "assert right and os.waitpid(child, 0)[1] == 0\n"
    )


def test_fault_11_criteria_share_nothing() -> None:
    """Evaluators of all criteria, used in turn, do not disturb each other."""
    programs = [compiled(name) for name in sorted(default_catalogue().criteria)]
    evaluators = [(DurableEvaluator(program), PlainEvaluator(program)) for program in programs]
    cases = [list(random_values(program, 12, 60)) for program in programs]
    assert P122 in {program.criterion.id for program in programs}
    for turn in range(60):
        for (durable, plain), mine in zip(evaluators, cases, strict=True):
            assert durable.run(mine[turn]) == plain.run(mine[turn])
