"""Faults 11 and 12 of docs/durable-rules.md: evaluators share rulesets, free them, and make their own after a fork."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from imr_engine.evaluate import durable_available
from imr_engine.evaluators.plain import PlainEvaluator
from tests.conftest import NO_DURABLE
from tests.engine.support import by_input, compiled, in_four_threads, random_values, run_script

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

from imr_engine.evaluators.durable import DurableEvaluator
from tests.engine.watched import Watched

RELAXANT = "cp09-muscle-relaxant-class"
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.mark.parametrize(("keep", "most"), [(0, 0.1), (1000, 2)], ids=["dropped", "alive"])
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc on this system")
def test_fault_12_memory_does_not_grow_with_every_engine(keep: int, most: float) -> None:
    """A ruleset took 2 MB for good, and an engine makes one for each criterion it runs.

    An engine that is gone leaves nothing. Those alive have their own Python objects and share the rulesets.
    """
    printed = run_script(f"from tests.engine.engines import growth; print(growth(60, {keep}))")
    print(f"each engine takes {float(printed):.3f} MB")
    assert float(printed) <= most


def test_fault_12_evaluators_with_the_same_rules_share_a_ruleset(watched: Watched) -> None:
    """It is made for the first, serves all, and is freed with the last, session included."""
    program = compiled()
    first, second, other = DurableEvaluator(program), DurableEvaluator(compiled()), DurableEvaluator(compiled(RELAXANT))
    for values in random_values(program, 1, 20):
        assert first.run(values) == second.run(values) == PlainEvaluator(program).run(values)
    other.run({})
    (_, made), (_, _) = watched.named("create_ruleset")
    del first
    assert not watched.named("delete_ruleset")
    del second
    assert watched.named("delete_state") == [((made, "1"), None)]
    assert watched.named("delete_ruleset") == [((made,), None)]


def test_fault_12_a_session_without_an_action_is_not_deleted(watched: Watched) -> None:
    """Before its first action a session has pointers that were never set, and `delete_state` would free them."""
    evaluator = DurableEvaluator(compiled(RELAXANT))
    watched.fail, watched.raised = "start_action_for_state", MemoryError()
    with pytest.raises(MemoryError):
        evaluator.run({})
    assert len(watched.named("delete_ruleset")) == 1
    assert not watched.named("delete_state")


def test_fault_2_an_error_leaves_nothing_for_those_who_share(watched: Watched) -> None:
    """One evaluator fails in the middle of a case; the next case of another, on the same ruleset, is unaffected."""
    program = compiled()
    failing, other = DurableEvaluator(program), DurableEvaluator(program)
    stated = ("taut-band", "twitch-response", "referred-pain-on-palpation", "trigger-point", "radiculopathy")
    full = by_input({f"fact:{name}": "present" for name in stated})
    for number, values in enumerate(random_values(program, 2, 20), 1):
        watched.fail, watched.at, watched.raised = "complete_and_start_action", number % 7 + 1, KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            failing.run(values | full)
        watched.fail = None
        assert other.run(values) == PlainEvaluator(program).run(values)


def test_fault_11_threads_with_an_evaluator_each_share_a_ruleset() -> None:
    """They take turns on it, and switch as often as possible."""
    program = compiled()
    cases = list(random_values(program, 3, 300))
    expected = [PlainEvaluator(program).run(values) for values in cases]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(3):
            if [DurableEvaluator(program).run(values) for values in cases[:20]] != expected[:20]:
                wrong.append(number)
            evaluator = DurableEvaluator(program)
            if [evaluator.run(values) for values in cases] != expected:
                wrong.append(number)

    in_four_threads(work)
    assert not wrong


@FORKS
@pytest.mark.parametrize(
    ("answers", "children"), [("by_one_engine", 50), ("by_new_engine", 25), ("by_new_catalogue", 10)]
)
def test_fault_11_a_fork_while_other_threads_evaluate(answers: str, children: int) -> None:
    """One child in six hung on a lock of a thread that it does not have, or got half of another's case."""
    script = f"from tests.engine import engines; print(engines.forks(engines.{answers}, {children}))"
    assert json.loads(run_script(script, timeout=60)) == [0] * children


@FORKS
def test_fault_11_a_fork_in_the_middle_of_a_case() -> None:
    """The lock is taken and the session holds a fact, for good: nobody in the new process will finish that case."""
    run_script(
        "import os, signal, durable_rules_engine\n"
        "from imr_engine.evaluators.durable import DurableEvaluator\n"
        "from tests.engine.support import by_input, compiled\n"
        "evaluator = DurableEvaluator(compiled())\n"
        "values = by_input({'fact:twitch-response': 'present'})\n"
        "expected, ruleset = evaluator.run(values), evaluator.ruleset()\n"
        "ruleset.lock.acquire()\n"
        "durable_rules_engine.assert_fact(ruleset._held.handle, evaluator._levels[0].fact(values, []))\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    signal.alarm(10)\n"
        "    os._exit(0 if evaluator.run(values) == expected else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        'durable_rules_engine.retract_fact(ruleset._held.handle, \'{"sid":"1","id":"1"}\')\n'
        "ruleset.lock.release()\n"
        "assert evaluator.run(values) == expected and evaluator.ruleset() is ruleset\n"
    )


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_fault_11_worker_processes(method: str) -> None:
    """The workers of a pool, however they are started, give the answers of the process that starts them."""
    run_script(f"from tests.engine import engines; engines.in_a_pool({method!r})", timeout=60)
