"""Both evaluators give the same statuses and fire the same rules: exhaustively, not by example.

The proof has three parts.

1. Node by node (`test_every_node`). A node's conclusion depends only on the refs in its own rules: the inputs it reads
   and the codes of the nodes below it. For durable_rules this holds because each rule is a conjunction of tests on the
   properties of one fact; for the plain evaluator the test itself shows it, since each section of the generated source
   runs with those names and no others. Every combination of these refs is compared: states present, absent, conflict,
   missing; every code of the vocabulary; numbers at, just below and just above each limit, which covers both ends of
   every interval between limits, and no comparison can distinguish more; every code of a lower node. Nodes are
   evaluated in order of level, each a function of those below. By induction on the levels, equal nodes therefore mean
   equal evaluators for every input, including the two radiculopathy chains of 4^14 states.
2. Requirement by requirement (`test_every_requirement`). The same over whole chains, from facts through concluded facts
   and requirement to verdict, for each requirement alone, and against kleene.py, which evaluates the conditions without
   rules. Where the product is too large (radiculopathy), a large fixed sample stands in; part 1 is the proof there.
3. The verdict (`test_verdict_of_p122…`). full_parity.py covers 25.5 million combinations of requirement statuses. Here:
   every combination of the required ones with the exclusions met, and every combination of the exclusions with at most
   two required ones not met, each with silence on the exclusions and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from math import prod

import pytest

from imr_criteria import Catalogue, default_catalogue
from imr_criteria.model import Criterion
from imr_engine.evaluate import durable_available
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.three_values import UNDOCUMENTED
from tests.conftest import NO_DURABLE, P122
from tests.engine.nodes import Verdicts, below, codes_of, compare, durable_nodes, inputs_of, plain_nodes
from tests.engine.support import assignments, compiled, domain, random_values

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

from imr_engine.evaluators.durable import DurableEvaluator

CRITERIA = sorted(default_catalogue().criteria)
MOST = 100_000
SAMPLE = 30_000


def _alone() -> Iterator[tuple[str, Criterion]]:
    """Each criterion reduced to one of its requirements."""
    for criterion in default_catalogue().criteria.values():
        for one in criterion.requirements:
            yield criterion.full_id(one), replace(criterion, requirements=(one,))


ALONE = dict(_alone())


@pytest.mark.parametrize("name", CRITERIA)
def test_every_node(catalogue: Catalogue, name: str) -> None:
    """Part 1: every node over everything its rules read."""
    program = compiled(name)
    evaluator = DurableEvaluator(program)
    plain, durable = plain_nodes(program), durable_nodes(program, evaluator)
    positions = {node.id: n for n, node in enumerate(program.nodes)}
    for node in program.nodes:
        if node.kind == "verdict":
            if name != P122:  # part 3
                verdicts = Verdicts(program, evaluator)
                verdicts.compare(verdicts.exclusions_met(), silences=(True,))
                verdicts.compare(verdicts.most_met())
            continue
        lower = [positions[ref] for ref in below(node)]
        choices = [codes_of(program.nodes[position]) for position in lower]
        known = [UNDOCUMENTED] * len(program.nodes)
        for values in assignments(catalogue, program, inputs_of(node)):
            for codes in product(*choices):
                for position, code in zip(lower, codes, strict=True):
                    known[position] = code
                assert plain[node.id](values, known) == durable[node.id](values, known), (node.id, values, codes)


@pytest.mark.parametrize("name", ALONE)
def test_every_requirement(catalogue: Catalogue, name: str) -> None:
    """Part 2: every requirement over every combination of its leaves."""
    program = compile_criterion(catalogue, ALONE[name])
    size = prod(len(domain(catalogue, program, key)) for key in program.inputs)
    if size <= MOST:
        ranges = any(key.reading == "least" for key in program.inputs)
        compared = compare(catalogue, program, assignments(catalogue, program, program.inputs))
        # No range ends before it begins.
        assert size / 3 < compared < size if ranges else compared == size
    else:
        assert program.concluded, name
        assert compare(catalogue, program, random_values(program, name, SAMPLE)) == SAMPLE


@pytest.mark.parametrize("name", CRITERIA)
def test_whole_criteria(catalogue: Catalogue, name: str) -> None:
    """All requirements at once: a sample, since the full product is too large to run."""
    program = compiled(name)
    assert compare(catalogue, program, random_values(program, name, SAMPLE // 10)) == SAMPLE // 10


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """The verdict of p.122 in both evaluators."""
    program = compiled(P122)
    made = Verdicts(program, DurableEvaluator(program))
    assert sorted(made.kinds) == ["exclusion"] * 4 + ["required"] * 12
    return made


def test_verdict_of_p122_over_every_required_status(verdicts: Verdicts) -> None:
    """Part 3: ten requirements with three statuses and two with four."""
    assert verdicts.compare(verdicts.exclusions_met(), silences=(True,)) == 3**10 * 4**2


def test_verdict_of_p122_over_every_exclusion(verdicts: Verdicts) -> None:
    """Part 3: every status of the exclusions, with every status of up to two required ones."""
    required = [n for n, kind in enumerate(verdicts.kinds) if kind == "required"]
    pairs = sum(prod(len(verdicts.choices[n]) for n in pair) for pair in combinations(required, 2))
    assert verdicts.compare(verdicts.most_met()) == pairs * 3**4 * 2
