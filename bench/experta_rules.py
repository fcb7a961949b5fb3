"""The same rules for experta: a knowledge engine that chains from a case over facts and statuses to a verdict.

Each rule that concludes something is one rule here, of the same name, so that both engines are asked the same. A case
is one fact with a field for each documented input. What is concluded is a fact of its own: `Evidence` for and against
a fact, `Concluded` if the two do not disagree, `Applies` and `Status` of a requirement, and `Verdict`. Salience
makes the rules of one level fire before those of the next, so that what is matched by absence is really absent.

Two things look unusual because experta 1.9.4 gets the obvious form wrong or runs it slowly. Rules that match only an
absence share a key in its agenda, and if there are several, one that no longer matches may stay there and fire; so
undocumented statuses start from a fact for each requirement. And a join of ten facts for the approval would be walked
once for each path leading to it, which takes much longer than checking that no status fails.
"""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Callable, Iterator
from typing import Any

from sample import field_names

from imr_engine.evaluators.plain import Values
from imr_engine.rules.keys import Input
from imr_engine.rules.program import Check, Node, Program, Rule
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET

# experta 1.9.4 pins frozendict 1.2, which looks for the abstract classes where Python removed them in 3.10.
collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

import experta  # noqa: E402 (after the line above)
from experta.operator import GE, GT, LE, LT  # noqa: E402

COMPARE = {"<=": LE, ">=": GE, ">": GT, "<": LT}
OTHER_SIDE = {"present": "absent", "absent": "present"}


class Case(experta.Fact):
    """What is documented in one case."""


class Evidence(experta.Fact):
    """Something that speaks for one side of a fact."""


class Concluded(experta.Fact):
    """A concluded fact: nothing speaks for the other side."""


class Applies(experta.Fact):
    """Whether a requirement applies."""


class Requirement(experta.Fact):
    """A requirement that needs a status."""


class Status(experta.Fact):
    """The status of a requirement."""


class Verdict(experta.Fact):
    """The verdict."""


class Criterion(experta.KnowledgeEngine):
    """A criterion; `ExpertaRules` adds the rules. A run leaves its outcome in `fired`, `statuses` and `verdict`."""

    requirements: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.fired: list[str] = []
        self.statuses: dict[str, int] = {}
        self.verdict: int | None = None

    @experta.DefFacts()
    def _requirements(self) -> Iterator[experta.Fact]:
        for requirement in self.requirements:
            yield Requirement(id=requirement)

    def check(self, values: dict[str, Any]) -> tuple[int | None, dict[str, int], list[str]]:
        """Evaluates a case's fields (missing: undocumented); returns verdict, statuses and the rules that fired."""
        self.fired, self.statuses, self.verdict = [], {}, None
        self.reset()
        # Declaring is part of evaluating: it runs the case through the network.
        self.declare(Case(**values))
        self.run()
        return self.verdict, self.statuses, self.fired

    def give(self, requirement: str, status: int) -> None:
        """Concludes the status of a requirement."""
        self.statuses[requirement] = status
        self.declare(Status(requirement=requirement, status=status))

    def decide(self, verdict: int) -> None:
        """Concludes the verdict."""
        self.verdict = verdict
        self.declare(Verdict(verdict=verdict))


class ExpertaRules:
    """A program as an experta engine."""

    def __init__(self, program: Program) -> None:
        self._names = field_names(program)
        self._top = program.nodes[-1].level
        self._methods: dict[str, Any] = {
            "requirements": tuple(node.id for node in program.nodes if node.kind == "requirement")
        }
        for node in program.nodes:
            if node.kind == "verdict":
                self._verdict(node)
                continue
            for rule in node.rules:
                self._add(rule.name, self._conclusion(node, rule), 2 * (self._top - node.level), self._conditions(rule))
            if _is_of_fact(node.id):
                self._concluded(node)
        self._undocumented()
        self._engine: Criterion = type("NumberedCriteria", (Criterion,), self._methods)()
        self.run = self._engine.check

    def prepare(self, values: Values) -> dict[str, Any]:
        """A case with field names that experta accepts."""
        return {self._names[key]: value for key, value in values.items()}

    def _add(self, name: str, action: Callable[..., None], salience: int, conditions: list[Any]) -> None:
        self._methods[name] = experta.Rule(*conditions, salience=salience)(action)

    def _conclusion(self, node: Node, rule: Rule) -> Callable[[Criterion], None]:
        """The action of a rule."""
        name, code = rule.name, rule.code
        if node.kind == "requirement":

            def give(self: Criterion) -> None:
                self.fired.append(name)
                self.give(node.id, code)

            return give
        concluded: Callable[[], experta.Fact]
        if _is_of_fact(node.id):
            fact, side = _sides(node.id)

            def concluded() -> experta.Fact:
                return Evidence(fact=fact, side=side)
        else:

            def concluded() -> experta.Fact:
                return Applies(requirement=node.id, code=code)

        def conclude(self: Criterion) -> None:
            self.fired.append(name)
            self.declare(concluded())

        return conclude

    def _concluded(self, node: Node) -> None:
        """Evidence for one side, and none for the other, once all of it is in."""
        fact, side = _sides(node.id)

        def conclude(self: Criterion) -> None:
            self.declare(Concluded(fact=fact, state=side))

        other = experta.NOT(Evidence(fact=fact, side=OTHER_SIDE[side]))
        salience = 2 * (self._top - node.level) - 1
        self._add(f"conclude {node.id}", conclude, salience, [Evidence(fact=fact, side=side), other])

    def _undocumented(self) -> None:
        """Gives the status undocumented if nothing else fired: after every other status, before the verdict."""

        def give(self: Criterion, requirement: str) -> None:
            self.give(requirement, UNDOCUMENTED)

        none = experta.NOT(Status(requirement=experta.MATCH.requirement))
        self._add("undocumented", give, 1, [Requirement(id=experta.MATCH.requirement), none])

    def _verdict(self, node: Node) -> None:
        # Each reason to deny is a single check: this requirement has that status.
        names = {(r.checks[0].ref, r.checks[0].value): r.name for r in node.rules if r.code == UNMET}
        approve = next(rule.name for rule in node.rules if rule.code == MET)

        def deny(self: Criterion, requirement: str, status: int) -> None:
            self.fired.append(names[requirement, status])
            self.decide(UNMET)

        def agree(self: Criterion) -> None:
            self.fired.append(approve)
            self.decide(MET)

        failing = experta.L(UNMET) | experta.L(UNDOCUMENTED)
        failed = Status(requirement=experta.MATCH.requirement, status=experta.MATCH.status & failing)
        self._add("deny", deny, 0, [failed])
        self._add("approve", agree, -1, [experta.NOT(Status(status=failing))])

    def _conditions(self, rule: Rule) -> list[Any]:
        """What has to hold: fields of the case, concluded facts, and whether the requirement applies."""
        fields: dict[str, Any] = {}
        chained: list[Any] = []
        for check in rule.checks:
            if isinstance(check.ref, Input):
                name = self._names[check.ref]
                fields[name] = fields[name] & _constraint(check) if name in fields else _constraint(check)
            elif _is_of_fact(check.ref) and rule.node.endswith(":disputed"):
                # Evidence for one side and for the other.
                fact, side = _sides(check.ref)
                chained.append(Evidence(fact=fact, side=side))
            elif _is_of_fact(check.ref):
                # "None for the other side", which follows, is what a concluded fact means.
                if check.op == "==":
                    fact, side = _sides(check.ref)
                    chained.append(Concluded(fact=fact, state=side))
            elif check.op == ">=" and check.value == UNDOCUMENTED:
                chained.append(experta.NOT(Applies(requirement=check.ref, code=UNMET)))
            elif check.op == "<" and check.value == MET:
                chained.append(experta.NOT(Applies(requirement=check.ref, code=MET)))
            elif check.op == "==" and check.value in {MET, UNMET, NOT_APPLICABLE}:
                chained.append(Applies(requirement=check.ref, code=check.value))
            else:
                raise ValueError(rule.name)
        return [Case(**fields), *chained] if fields else chained


def _is_of_fact(node_id: str) -> bool:
    """Whether a node collects evidence for one side of a fact."""
    return node_id.startswith("concluded:")


def _sides(node_id: str) -> tuple[str, str]:
    """The fact that evidence is on, and the side that it is for."""
    fact, _, side = node_id.removeprefix("concluded:").partition("=")
    return fact, side


def _constraint(check: Check) -> Any:
    """The constraint on a field of the case; a missing field matches nothing."""
    codes = check.value
    if check.op == "==":
        return experta.L(codes)
    if check.op == "in" and isinstance(codes, tuple):
        return experta.P(lambda value: value in codes)
    if check.op == "not in" and isinstance(codes, tuple):
        return experta.P(lambda value: value not in codes)
    return COMPARE[check.op](codes)
