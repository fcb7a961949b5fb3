"""Compiles a criterion to a program: nodes that conclude, rules that say from what, levels that say in which order.

The program is what both evaluators share. Each node is a finding, an arm of a condition, a requirement or the
verdict; each rule is a plain conjunction of checks with one conclusion, so that every way in which a conclusion is
reached fires a rule of its own and names its premises. A requirement has rules for met and rules for unmet (its
Kleene dual); where none fires, it is undocumented.

Codes are ordered so that one comparison can ask "satisfied": 0 unmet or false or deny, 1 undocumented,
2 not-applicable, 3 met or true or approve. A node that stands for one side of a finding (evidence for it, evidence
against it) is 3 or 1.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from imr_criteria import Catalogue
from imr_criteria.conditions import (
    All,
    Any_,
    AtLeast,
    Condition,
    DependsOn,
    Every,
    Not,
    RecordQuery,
    Some,
    Test,
    arms_of,
    as_written,
    least_of,
)
from imr_criteria.model import Criterion, Requirement

UNMET, UNDOCUMENTED, NOT_APPLICABLE, MET = range(4)
CONFLICT = "conflict"
MAX_WAYS = 48

Op = Literal["==", "in", "not in", "<=", ">=", ">", "<"]
NodeKind = Literal["evidence", "arm", "when", "requirement", "verdict"]


@dataclass(frozen=True)
class Check:
    """One comparison of an input (by its key) or of a node (by its id). False where the input is missing."""

    ref: str
    op: Op
    value: str | int | float | tuple[str, ...]
    node: bool = False


@dataclass(frozen=True)
class Atom:
    """A statement that is true, false or undocumented: the checks that make it true, and those that make it false."""

    true: tuple[Check, ...]
    false: tuple[Check, ...]
    premise: str
    condition: Condition

    def inverted(self) -> Atom:
        """The opposite statement."""
        return Atom(self.false, self.true, self.premise, Not(not_=self.condition))


@dataclass(frozen=True)
class Rule:
    """If all checks hold, the node has this code."""

    name: str
    node: str
    code: int
    checks: tuple[Check, ...]
    premises: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """Something that is concluded. `atoms`, `minimum` and `when` say the same as the rules, for a second evaluator.

    True when at least `minimum` atoms are (all of them for all, one for any).
    """

    id: str
    kind: NodeKind
    level: int
    rules: tuple[Rule, ...]
    atoms: tuple[Atom, ...] = ()
    minimum: int = 0
    when: str | None = None


@dataclass(frozen=True)
class Program:
    """A compiled criterion. Rules are numbered across the nodes, in their order."""

    criterion: Criterion
    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    queries: dict[str, RecordQuery] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of their numbers."""
        return tuple(rule for node in self.nodes for rule in node.rules)

    def full_id(self, requirement: Requirement) -> str:
        """The id by which everything else names a requirement."""
        return f"{self.criterion.id}/{requirement.id}"


def for_side(finding: str) -> str:
    """The node that collects evidence for a finding."""
    return f"finding:{finding}=present"


def against_side(finding: str) -> str:
    """The node that collects evidence against a finding."""
    return f"finding:{finding}=absent"


def fact_key(catalogue: Catalogue, fact: str, reading: str | None = None) -> str:
    """The input of a fact, in the vocabulary's reading or in another one."""
    usual = reading is None or reading == catalogue.facts[fact].reading
    return f"fact:{fact}" if usual else f"fact:{fact}@{reading}"


def compile_criterion(catalogue: Catalogue, criterion: Criterion) -> Program:
    """The program of a criterion; the same catalogue gives the same program."""
    requirements = criterion.requirements
    compiler = _Compiler(catalogue)
    for requirement in requirements:
        compiler.requirement(f"{criterion.id}/{requirement.id}", requirement)
    compiler.verdict(criterion.id, requirements)
    nodes = sorted(compiler.nodes.values(), key=lambda node: node.level)
    inputs = dict.fromkeys(c.ref for node in nodes for rule in node.rules for c in rule.checks if not c.node)
    return Program(criterion, tuple(nodes), tuple(inputs), requirements, compiler.queries)


class _Compiler:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.nodes: dict[str, Node] = {}
        self.queries: dict[str, RecordQuery] = {}
        self._whens: dict[str, str] = {}

    def requirement(self, node_id: str, requirement: Requirement) -> None:
        atoms, minimum = self._arms(requirement.condition, node_id)
        when = self._when(node_id.partition("/")[0], requirement.when) if requirement.when is not None else None
        self._kleene(node_id, "requirement", atoms, minimum, when)

    def _when(self, criterion: str, condition: Condition) -> str:
        """The node that says whether requirements apply; those with the same condition share it."""
        node_id = self._whens.get(repr(condition))
        if node_id is None:
            node_id = self._whens[repr(condition)] = f"{criterion}:when.{len(self._whens) + 1}"
            arms, least = self._arms(condition, node_id)
            self._kleene(node_id, "when", arms, least)
        return node_id

    def verdict(self, criterion: str, requirements: Iterable[Requirement]) -> None:
        """Approve needs every required one satisfied and one of them met; each failing one is a reason to deny."""
        approve: list[Check] = []
        unconditional = False
        rules: list[Rule] = []
        node_id = f"{criterion}:verdict"
        required: list[str] = []
        for requirement in requirements:
            ref = f"{criterion}/{requirement.id}"
            if requirement.kind == "advice":
                continue
            rules.append(Rule(f"{criterion}#deny.unmet.{requirement.id}", node_id, UNMET, (_is(ref, UNMET),), (ref,)))
            if requirement.kind == "exclusion":
                approve.append(Check(ref, ">=", UNDOCUMENTED, node=True))
                continue
            required.append(ref)
            unconditional |= requirement.when is None
            approve.append(Check(ref, ">=", NOT_APPLICABLE, node=True))
            rules.append(
                Rule(
                    f"{criterion}#deny.undocumented.{requirement.id}", node_id, UNMET, (_is(ref, UNDOCUMENTED),), (ref,)
                )
            )
        premises = tuple(check.ref for check in approve)
        if unconditional:
            ways = [Rule(f"{criterion}#approve", node_id, MET, tuple(approve), premises)]
        else:
            # Every requirement has a `when`: approve only where one of them applies and is met.
            ways = [
                Rule(f"{criterion}#approve.{n}", node_id, MET, (*approve, _is(ref, MET)), premises)
                for n, ref in enumerate(required, 1)
            ]
        self._add(node_id, "verdict", (*ways, *rules))

    def _kleene(self, node_id: str, kind: NodeKind, atoms: list[Atom], minimum: int, when: str | None = None) -> None:
        """Rules for true and rules for false of: at least `minimum` of the atoms."""
        applies = () if when is None else (Check(when, ">=", UNDOCUMENTED, node=True),)
        surely = () if when is None else (_is(when, MET),)
        premise = () if when is None else (when,)
        rules = []
        for code, word, size, extra in (
            (MET, "met", minimum, applies),
            (UNMET, "unmet", len(atoms) - minimum + 1, surely),
        ):
            ways = list(itertools.combinations(atoms, size))
            for number, way in enumerate(ways, 1):
                checks = itertools.chain(*((a.true if code == MET else a.false) for a in way))
                name = f"{node_id}#{word}" + (f".{number}" if len(ways) > 1 else "")
                rules.append(Rule(name, node_id, code, (*checks, *extra), (*(a.premise for a in way), *premise)))
        if when is not None:
            rules.append(Rule(f"{node_id}#not-applicable", node_id, NOT_APPLICABLE, (_is(when, UNMET),), (when,)))
        self._add(node_id, kind, tuple(rules), tuple(atoms), minimum, when)

    def _add(
        self,
        node_id: str,
        kind: NodeKind,
        rules: tuple[Rule, ...],
        atoms: tuple[Atom, ...] = (),
        minimum: int = 0,
        when: str | None = None,
    ) -> None:
        if len(rules) > 2 * MAX_WAYS:
            raise ValueError(f"{node_id}: {len(rules)} rules; split the condition")
        below = (self.nodes[c.ref].level for rule in rules for c in rule.checks if c.node)
        self.nodes[node_id] = Node(node_id, kind, 1 + max(below, default=0), rules, atoms, minimum, when)

    def _arms(self, condition: Condition, node_id: str) -> tuple[list[Atom], int]:
        """The arms of a condition and how many have to be true."""
        if isinstance(condition, All | Any_ | AtLeast):
            arms = [self._atom(arm, f"{node_id}:{n}") for n, arm in enumerate(arms_of(condition), 1)]
            return arms, least_of(condition)
        return [self._atom(condition, f"{node_id}:1")], 1

    def _atom(self, condition: Condition, node_id: str) -> Atom:
        if isinstance(condition, Not):
            return self._atom(condition.not_, node_id).inverted()
        if isinstance(condition, Test):
            return self._test(condition)
        if isinstance(condition, Some | Every):
            return self._records(condition)
        if isinstance(condition, DependsOn):
            other = "deny" if condition.depends_on == "approve" else "approve"
            key = "depends-on"
            return Atom((Check(key, "==", condition.depends_on),), (Check(key, "==", other),), key, condition)
        atoms, minimum = self._arms(condition, node_id)
        self._kleene(node_id, "arm", atoms, minimum)
        return Atom((_is(node_id, MET),), (_is(node_id, UNMET),), node_id, condition)

    def _records(self, condition: Some | Every) -> Atom:
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        shape = as_written(query)
        key = f"records:{word}:{json.dumps(shape, sort_keys=True)}"
        self.queries[key] = query
        return Atom((Check(key, "==", "present"),), (Check(key, "==", "absent"),), key, condition)

    def _test(self, test: Test) -> Atom:
        if test.fact is not None:
            if self.catalogue.facts[test.fact].type == "state":
                return self._state(test)
            key = fact_key(self.catalogue, test.fact, test.reading)
        elif test.attribute is not None:
            key = f"attribute:{test.attribute}"
        elif test.quantity is not None:
            key = f"quantity:{test.quantity}"
        else:
            key = f"request:{test.request}"
        true, false = _comparison(key, test)
        return Atom((true,), (false,), key, test)

    def _state(self, test: Test) -> Atom:
        """A state fact, read as it stands or concluded: a statement and an inference that disagree say nothing."""
        fact = str(test.fact)
        if fact in self.catalogue.inferences and test.reading is None:
            pro, con = for_side(fact), against_side(fact)
            if pro not in self.nodes:
                self._finding(fact)
            present = (_is(pro, MET), Check(con, "<", MET, node=True))
            absent = (_is(con, MET), Check(pro, "<", MET, node=True))
            atom = Atom(present, absent, f"finding:{fact}", test)
        else:
            key = fact_key(self.catalogue, fact, test.reading)
            atom = Atom((Check(key, "==", "present"),), (Check(key, "==", "absent"),), f"fact:{fact}", test)
        if test.is_ == "absent":
            return Atom(atom.false, atom.true, atom.premise, test)
        return atom

    def _finding(self, fact: str) -> None:
        inference = self.catalogue.inferences[fact]
        stated = fact_key(self.catalogue, fact)
        for node_id, state, condition in (
            (for_side(fact), "present", inference.present_when),
            (against_side(fact), "absent", inference.absent_when),
        ):
            # A statement that contradicts itself speaks for both sides, so that neither is concluded.
            ways: list[tuple[tuple[Check, ...], tuple[str, ...]]] = [
                ((Check(stated, "in", (state, CONFLICT)),), (f"fact:{fact}",))
            ]
            ways += [
                (tuple(c for atom in way for c in atom.true), tuple(dict.fromkeys(atom.premise for atom in way)))
                for way in (self._ways(condition) if condition is not None else ())
            ]
            if len(ways) > MAX_WAYS:
                raise ValueError(f"{node_id}: {len(ways)} ways to conclude it; split the inference")
            rules = tuple(
                Rule(f"{fact}#{state}.{'stated' if n == 0 else n}", node_id, MET, checks, premises)
                for n, (checks, premises) in enumerate(ways)
            )
            self._add(node_id, "evidence", rules)

    def _ways(self, condition: Condition, positive: bool = True) -> list[list[Atom]]:
        """The ways in which a condition is true (or false): a list of conjunctions."""
        if isinstance(condition, Not):
            return self._ways(condition.not_, not positive)
        if not isinstance(condition, All | Any_ | AtLeast):
            atom = self._atom(condition, "")
            return [[atom if positive else atom.inverted()]]
        arms = [self._ways(arm, positive) for arm in arms_of(condition)]
        need = least_of(condition) if positive else len(arms) - least_of(condition) + 1
        ways: list[list[Atom]] = []
        for chosen in itertools.combinations(arms, need):
            ways += [list(itertools.chain(*way)) for way in itertools.product(*chosen)]
        return ways


def _is(ref: str, code: int) -> Check:
    return Check(ref, "==", code, node=True)


_OPPOSITE: dict[str, tuple[Op, Op]] = {
    "at_most": ("<=", ">"),
    "at_least": (">=", "<"),
    "more_than": (">", "<="),
    "less_than": ("<", ">="),
}


def _comparison(key: str, test: Test) -> tuple[Check, Check]:
    if test.one_of is not None:
        codes = tuple(dict.fromkeys(test.one_of))
        return Check(key, "in", codes), Check(key, "not in", codes)
    for name, (op, opposite) in _OPPOSITE.items():
        limit = getattr(test, name)
        if limit is not None:
            return Check(key, op, limit), Check(key, opposite, limit)
    raise ValueError(f"{key}: no predicate")
