"""Both evaluators, node by node and case by case, against each other and against the law of the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from imr_criteria import Catalogue
from imr_engine.evaluators.plain import PlainEvaluator
from imr_engine.rules.keys import Input, silence
from imr_engine.rules.program import Node, Program, assumed
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET
from tests.engine.kleene import Oracle
from tests.engine.support import Value

if TYPE_CHECKING:
    from imr_engine.evaluators.durable import DurableEvaluator

Single = Callable[[Mapping[Input, Value], Sequence[int]], tuple[int, list[int]]]


def inputs_of(node: Node) -> list[Input]:
    """The inputs that a node's own rules read."""
    return list(
        dict.fromkeys(check.ref for rule in node.rules for check in rule.checks if isinstance(check.ref, Input))
    )


def below(node: Node) -> list[str]:
    """The nodes that a node's own rules read."""
    return list(
        dict.fromkeys(check.ref for rule in node.rules for check in rule.checks if not isinstance(check.ref, Input))
    )


def codes_of(node: Node) -> tuple[int, ...]:
    """The codes a node can have; it is undocumented if nothing fires."""
    if node.kind == "evidence":
        return (UNDOCUMENTED, MET)
    return (UNMET, UNDOCUMENTED, NOT_APPLICABLE, MET) if node.when is not None else (UNMET, UNDOCUMENTED, MET)


def plain_nodes(program: Program) -> dict[str, Single]:
    """Each node's own lines of the generated source, as a function of its inputs and of the codes below.

    The function defines only the names that the node's rules read, so a NameError would reveal any other dependency.
    The sections follow the order of the nodes, which is the order of evaluation.
    """
    evaluator = PlainEvaluator(program)
    lines = evaluator.source.splitlines()
    starts = {line.strip()[2:]: n for n, line in enumerate(lines) if re.match(r"    # \S", line)}
    assert list(starts) == [node.id for node in program.nodes]
    ends = [*list(starts.values())[1:], len(lines) - 1]
    readers = {line.split(" = get(")[0].strip(): line for line in lines if " = get(" in line}
    names = dict(zip(program.inputs, readers, strict=True))
    made: dict[str, Single] = {}
    for (position, node), end in zip(enumerate(program.nodes), ends, strict=True):
        numbers = {other.id: n for n, other in enumerate(program.nodes)}
        source = ["def run(values, codes):", "    get = values.get", "    fired = []", "    fire = fired.append"]
        source += [readers[names[key]] for key in inputs_of(node)]
        source += [f"    n{numbers[ref]} = codes[{numbers[ref]}]" for ref in below(node)]
        source += [*lines[starts[node.id] : end], f"    return n{position}, fired"]
        space: dict[str, Any] = dict(evaluator.names)
        exec("\n".join(source), space)
        made[node.id] = space["run"]
    return made


def rule_numbers(program: Program) -> dict[str, range]:
    """The numbers of each node's rules."""
    made, start = {}, 0
    for node in program.nodes:
        made[node.id] = range(start, start + len(node.rules))
        start += len(node.rules)
    return made


def durable_nodes(program: Program, evaluator: DurableEvaluator) -> dict[str, Single]:
    """Each node as durable_rules concludes it: asserts the fact of its level and keeps the node's own rules."""
    codes = [rule.code for rule in program.rules]
    numbers = rule_numbers(program)

    def single(node: Node) -> Single:
        level, own = evaluator._levels[node.level - 1], numbers[node.id]

        def run(values: Mapping[str, Value], known: Sequence[int]) -> tuple[int, list[int]]:
            every: list[int] = []
            evaluator.conclude(evaluator.ruleset(), level.fact(values, list(known)), list(known), every)
            fired = sorted(n for n in every if n in own)
            concluded = {codes[n] for n in fired}
            assert len(concluded) <= 1, f"{node.id}: the rules that fire disagree"
            return (concluded.pop() if concluded else UNDOCUMENTED), fired

        return run

    return {node.id: single(node) for node in program.nodes}


def verdict_law(kinds: Sequence[str], codes: Sequence[int], silent: Sequence[bool]) -> int:
    """The verdict by invariant 3 of ARCHITECTURE.md, without rules: an independent check on both evaluators.

    `silent`: whether nothing speaks for what each exclusion excludes.
    """
    required = [code for kind, code in zip(kinds, codes, strict=True) if kind == "required"]
    if any(code in (UNMET, UNDOCUMENTED) for code in required):
        return UNMET
    exclusions = [(c, quiet) for kind, c, quiet in zip(kinds, codes, silent, strict=True) if kind == "exclusion"]
    if any(code == UNMET or (code == UNDOCUMENTED and not quiet) for code, quiet in exclusions):
        return UNMET
    return MET if MET in required else UNDOCUMENTED


class Verdicts:
    """Compares both evaluators' verdicts with each other and with the law, over combinations of statuses."""

    def __init__(self, program: Program, evaluator: DurableEvaluator) -> None:
        self.node = next(node for node in program.nodes if node.kind == "verdict")
        requirements = [r for r in program.criterion.requirements if r.kind != "advice"]
        nodes = {node.id: n for n, node in enumerate(program.nodes)}
        self.ids = [program.criterion.full_id(r) for r in requirements]
        self.kinds = [r.kind for r in requirements]
        self.positions = [nodes[name] for name in self.ids]
        self._assumed = [nodes.get(assumed(name)) for name in self.ids]
        self.choices = [codes_of(program.nodes[position]) for position in self.positions]
        self._size = len(program.nodes)
        self._codes = [rule.code for rule in program.rules]
        self._plain = plain_nodes(program)[self.node.id]
        self._level = evaluator._levels[self.node.level - 1]
        self._evaluator = evaluator
        self._silences = {quiet: dict.fromkeys(program.exclusions, word) for quiet, word in _SILENCE.items()}

    def exclusions_met(self) -> Iterator[Sequence[int]]:
        """Every combination of the required ones, with the exclusions met."""
        pairs = zip(self.kinds, self.choices, strict=True)
        yield from product(*(codes if kind == "required" else (MET,) for kind, codes in pairs))

    def most_met(self) -> Iterator[Sequence[int]]:
        """Every combination of the exclusions, with all but at most two required ones met."""
        required = [n for n, kind in enumerate(self.kinds) if kind == "required"]
        for chosen in combinations(required, min(2, len(required))):
            yield from product(
                *((MET,) if n in required and n not in chosen else codes for n, codes in enumerate(self.choices))
            )

    def compare(self, statuses_of: Iterable[Sequence[int]], silences: Sequence[bool] = (True, False)) -> int:
        """Returns how many were compared; raises AssertionError at the first difference.

        `silences`: whether nothing speaks for what the exclusions exclude.
        """
        known = [UNDOCUMENTED] * self._size
        count = 0
        for statuses in statuses_of:
            for position, code in zip(self.positions, statuses, strict=True):
                known[position] = code
            for quiet in silences if self._silences[True] else (True,):
                self._one(known, statuses, quiet)
                count += 1
        return count

    def _one(self, known: list[int], statuses: Sequence[int], quiet: bool) -> None:
        for position, code in zip(self._assumed, statuses, strict=True):
            if position is not None:
                satisfied = code >= NOT_APPLICABLE or (code == UNDOCUMENTED and quiet)
                known[position] = MET if satisfied else UNDOCUMENTED
        values = self._silences[quiet]
        code, expected = self._plain(values, known)
        fired: list[int] = []
        self._evaluator.conclude(self._evaluator.ruleset(), self._level.fact(values, known), list(known), fired)
        fired.sort()
        assert fired == expected, (statuses, fired, expected)
        assert {self._codes[n] for n in fired} == ({code} if fired else set()), (statuses, fired)
        assert code == verdict_law(self.kinds, statuses, [quiet] * len(statuses)), (statuses, code)


_SILENCE = {True: "present", False: "absent"}


def compare(catalogue: Catalogue, program: Program, cases: Iterable[dict[Input, Value]]) -> int:
    """Compares both evaluators and the oracle in kleene.py on each case; returns how many there were."""
    from imr_engine.evaluators.durable import DurableEvaluator  # noqa: PLC0415 (may be missing)

    durable, plain = DurableEvaluator(program), PlainEvaluator(program)
    oracle = Oracle(catalogue, program)
    numbers = {node.id: n for n, node in enumerate(program.nodes)}
    positions = [numbers[name] for name in oracle.ids]
    verdict = numbers[f"{program.criterion.id}:verdict"]
    count = 0
    for values in cases:
        codes, fired = plain.run(values)
        assert durable.run(values) == (codes, fired), values
        meant = oracle.statuses(values)
        assert [codes[position] for position in positions] == meant, values
        silent = [values.get(silence(name)) == "present" for name in oracle.ids]
        assert codes[verdict] == verdict_law(oracle.kinds, meant, silent), values
        count += 1
    return count
