"""Compiles a criterion into a program."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Iterator

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
from imr_engine.rules import keys
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise
from imr_engine.rules.program import (
    CONFLICT,
    Atom,
    Check,
    Node,
    NodeKind,
    Op,
    Program,
    Rule,
    against_side,
    assumed,
    disputed,
    for_side,
)
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET, Truth

MAX_WAYS = 48


def compile_criterion(catalogue: Catalogue, criterion: Criterion) -> Program:
    """The program of a criterion. The same catalogue always gives the same program."""
    compiler = _Compiler(catalogue, criterion)
    for requirement in criterion.requirements:
        compiler.requirement(requirement)
    compiler.verdict()
    nodes = sorted(compiler.nodes.values(), key=lambda node: node.level)
    return Program(criterion, tuple(nodes), compiler.queries, compiler.exclusions, tuple(compiler.concluded))


def fact_input(catalogue: Catalogue, name: str, reading: str | None) -> Input:
    """The input for a fact; `reading` is kept only if it differs from the vocabulary's."""
    return keys.fact(name, None if reading == catalogue.facts[name].reading else reading)


class _Compiler:
    def __init__(self, catalogue: Catalogue, criterion: Criterion) -> None:
        self.catalogue = catalogue
        self.criterion = criterion
        self.nodes: dict[NodeId, Node] = {}
        self.queries: dict[Input, RecordQuery] = {}
        self.exclusions: dict[Input, Condition] = {}
        self.concluded: list[str] = []
        self._whens: dict[Condition, NodeId] = {}

    def requirement(self, requirement: Requirement) -> None:
        node_id = self.criterion.full_id(requirement)
        atoms, minimum = self._arms(requirement.condition, node_id)
        when = self._when(requirement.when) if requirement.when is not None else None
        self._kleene(node_id, "requirement", atoms, minimum, when)
        if requirement.kind == "exclusion":
            self._assumption(node_id, requirement.condition)

    def _assumption(self, node_id: NodeId, condition: Condition) -> None:
        """An exclusion that nobody documents is assumed absent, but only if nothing speaks for it."""
        silence, assumed_id = keys.silence(node_id), assumed(node_id)
        self.exclusions[silence] = condition
        surely = (Check(node_id, ">=", NOT_APPLICABLE),)
        assuming = (_is(node_id, UNDOCUMENTED), Check(silence, "==", "present"))
        rules = (
            Rule(f"{assumed_id}#satisfied", assumed_id, MET, assumed_id, "satisfied", surely, (node_id,)),
            Rule(f"{assumed_id}#assumed", assumed_id, MET, assumed_id, "assumed", assuming, (node_id, silence)),
        )
        self._add(assumed_id, "evidence", rules)

    def _when(self, condition: Condition) -> NodeId:
        """The node that decides whether a requirement applies. Requirements with the same condition share it."""
        node_id = self._whens.get(condition)
        if node_id is None:
            node_id = self._whens[condition] = f"{self.criterion.id}:when.{len(self._whens) + 1}"
            arms, least = self._arms(condition, node_id)
            self._kleene(node_id, "when", arms, least)
            self._dispute(node_id, condition)
        return node_id

    def _dispute(self, when: NodeId, condition: Condition) -> None:
        """The node that says whether a fact is in conflict that decides whether a requirement applies.

        Nobody may then say that it is met, although it would be either way: the evidence for it is part of the dispute.
        """
        node_id = disputed(when)
        rules: dict[str, Rule] = {}
        for test in _tests(condition):
            if test.fact is None or self.catalogue.facts[test.fact].type != "state":
                continue
            key = fact_input(self.catalogue, test.fact, test.reading)
            name = f"{node_id}#{key}"
            checks: tuple[Check, ...] = (Check(key, "==", CONFLICT),)
            premise: Premise = key
            if test.fact in self.catalogue.inferences and test.reading is None:
                checks = (_is(for_side(test.fact), MET), _is(against_side(test.fact), MET))
                premise = Concluded(test.fact)
            rules[name] = Rule(name, node_id, MET, node_id, "in conflict", checks, (premise,))
        if rules:
            self._add(node_id, "evidence", tuple(rules.values()))

    def verdict(self) -> None:
        """Approval needs every required one satisfied and at least one met; each failing one is a reason to deny."""
        criterion = self.criterion.id
        node_id = f"{criterion}:verdict"
        approve: list[Check] = []
        denials: list[Rule] = []
        required: list[NodeId] = []
        premises: list[Premise] = []
        unconditional = False

        def rule(name: str, code: int, checks: Iterable[Check], premises: Iterable[Premise]) -> Rule:
            word = "approve" if code == MET else "deny"
            return Rule(f"{criterion}#{name}", node_id, code, node_id, word, tuple(checks), tuple(premises))

        for requirement in self.criterion.requirements:
            ref = self.criterion.full_id(requirement)
            if requirement.kind == "advice":
                continue
            denials.append(rule(f"deny.unmet.{requirement.id}", UNMET, [_is(ref, UNMET)], [ref]))
            missing = [_is(ref, UNDOCUMENTED)]
            premises.append(ref)
            if requirement.kind == "exclusion":
                approve.append(_is(assumed(ref), MET))
                missing.append(Check(keys.silence(ref), "==", "absent"))
            else:
                required.append(ref)
                unconditional |= requirement.when is None
                approve.append(Check(ref, ">=", NOT_APPLICABLE))
            denials.append(rule(f"deny.undocumented.{requirement.id}", UNMET, missing, [ref]))
        if unconditional:
            ways = [rule("approve", MET, approve, premises)]
        else:
            # Every requirement has a `when`: approve only if at least one applies and is met.
            ways = [rule(f"approve.{n}", MET, [*approve, _is(ref, MET)], premises) for n, ref in enumerate(required, 1)]
        self._add(node_id, "verdict", (*ways, *denials))

    def _kleene(self, node_id: str, kind: NodeKind, atoms: list[Atom], minimum: int, when: str | None = None) -> None:
        """Adds the rules that make "at least `minimum` of the atoms" true, and those that make it false."""
        applies: tuple[Check, ...] = () if when is None else (Check(when, ">=", UNDOCUMENTED),)
        dispute = disputed(when) if when is not None and disputed(when) in self.nodes else None
        if dispute is not None:
            applies = (*applies, Check(dispute, "<", MET))
        surely = () if when is None else (_is(when, MET),)
        premise = () if when is None else (when,)
        rules = []
        for code, word, size, extra in (
            (MET, "met", minimum, applies),
            (UNMET, "unmet", len(atoms) - minimum + 1, surely),
        ):
            if math.comb(len(atoms), size) > 2 * MAX_WAYS:
                raise ValueError(f"{node_id}: {word} in more than {2 * MAX_WAYS} ways; split the condition")
            ways = list(itertools.combinations(atoms, size))
            for number, way in enumerate(ways, 1):
                checks = itertools.chain(*((a.true if code == MET else a.false) for a in way))
                name = f"{node_id}#{word}" + (f".{number}" if len(ways) > 1 else "")
                premises = (*(a.premise for a in way), *premise)
                rules.append(Rule(name, node_id, code, node_id, word, (*checks, *extra), premises))
        if when is not None:
            word, checked = "not-applicable", (_is(when, UNMET),)
            rules.append(Rule(f"{node_id}#{word}", node_id, NOT_APPLICABLE, node_id, word, checked, (when,)))
        self._add(node_id, kind, tuple(rules), tuple(atoms), minimum, when, dispute)

    def _add(
        self,
        node_id: str,
        kind: NodeKind,
        rules: tuple[Rule, ...],
        atoms: tuple[Atom, ...] = (),
        minimum: int = 0,
        when: str | None = None,
        dispute: str | None = None,
    ) -> None:
        if len(rules) > 2 * MAX_WAYS:
            raise ValueError(f"{node_id}: {len(rules)} rules; split the condition")
        refs = (check.ref for rule in rules for check in rule.checks)
        below = (self.nodes[ref].level for ref in refs if not isinstance(ref, Input))
        self.nodes[node_id] = Node(node_id, kind, 1 + max(below, default=0), rules, atoms, minimum, when, dispute)

    def _arms(self, condition: Condition, node_id: str) -> tuple[list[Atom], int]:
        """The arms of a condition, and how many of them must be true."""
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
            key = keys.DEPENDS_ON
            return Atom((Check(key, "==", condition.depends_on),), (Check(key, "==", other),), key, condition)
        atoms, minimum = self._arms(condition, node_id)
        self._kleene(node_id, "arm", atoms, minimum)
        return Atom((_is(node_id, MET),), (_is(node_id, UNMET),), node_id, condition)

    def _records(self, condition: Some | Every) -> Atom:
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        key = Input("records", json.dumps(as_written(query), sort_keys=True), word)
        self.queries[key] = query
        return Atom((Check(key, "==", "present"),), (Check(key, "==", "absent"),), key, condition)

    def _test(self, test: Test) -> Atom:
        if test.fact is not None:
            if self.catalogue.facts[test.fact].type == "state":
                return self._state(test)
            key = fact_input(self.catalogue, test.fact, test.reading)
        elif test.attribute is not None:
            key = keys.attribute(test.attribute)
        elif test.quantity is not None:
            return self._quantity(test.quantity, test)
        else:
            key = keys.request(str(test.request))
        true, false = _comparison(key, test)
        return Atom((true,), (false,), key, test)

    def _quantity(self, name: str, test: Test) -> Atom:
        """A quantity is a range: all of it must be on one side of the limit."""
        least, most = keys.quantity(name, "least"), keys.quantity(name, "most")
        upper = test.at_most is not None or test.less_than is not None
        true, _ = _comparison(most if upper else least, test)
        _, false = _comparison(least if upper else most, test)
        return Atom((true,), (false,), keys.quantity(name), test)

    def _state(self, test: Test) -> Atom:
        """A state fact, as stated or as concluded. If statement and inference disagree, it is undocumented."""
        fact = str(test.fact)
        if fact in self.catalogue.inferences and test.reading is None:
            pro, con = for_side(fact), against_side(fact)
            if pro not in self.nodes:
                self._conclude(fact)
            present = (_is(pro, MET), Check(con, "<", MET))
            absent = (_is(con, MET), Check(pro, "<", MET))
            atom = Atom(present, absent, Concluded(fact), test)
        else:
            key = fact_input(self.catalogue, fact, test.reading)
            atom = Atom((Check(key, "==", "present"),), (Check(key, "==", "absent"),), keys.fact(fact), test)
        if test.is_ == "absent":
            return Atom(atom.false, atom.true, atom.premise, test)
        return atom

    def _conclude(self, fact: str) -> None:
        inference = self.catalogue.inferences[fact]
        stated = keys.fact(fact)
        for node_id, state, condition in (
            (for_side(fact), "present", inference.present_when),
            (against_side(fact), "absent", inference.absent_when),
        ):
            # A statement that contradicts itself counts for both sides, so neither is concluded.
            ways: list[tuple[tuple[Check, ...], tuple[Premise, ...]]] = [
                ((Check(stated, "in", (state, CONFLICT)),), (stated,))
            ]
            ways += [
                (tuple(c for atom in way for c in atom.true), tuple(dict.fromkeys(atom.premise for atom in way)))
                for way in itertools.islice(self._ways(condition) if condition is not None else (), MAX_WAYS)
            ]
            if len(ways) > MAX_WAYS:
                raise ValueError(f"{node_id}: {MAX_WAYS} or more ways to conclude it; split the inference")
            rules = tuple(
                Rule(
                    f"{fact}#{state}.{'stated' if n == 0 else n}",
                    node_id,
                    MET,
                    Concluded(fact),
                    state,
                    checks,
                    premises,
                )
                for n, (checks, premises) in enumerate(ways)
            )
            self._add(node_id, "evidence", rules)
        self.concluded.append(fact)

    def _ways(self, condition: Condition, positive: bool = True) -> Iterator[list[Atom]]:
        """Every way a condition can be true (or false), as a conjunction; there may be billions."""
        if isinstance(condition, Not):
            yield from self._ways(condition.not_, not positive)
        elif isinstance(condition, All | Any_ | AtLeast):
            arms = [list(itertools.islice(self._ways(arm, positive), MAX_WAYS)) for arm in arms_of(condition)]
            need = least_of(condition) if positive else len(arms) - least_of(condition) + 1
            for chosen in itertools.combinations(filter(None, arms), need):
                for way in itertools.product(*chosen):
                    yield list(itertools.chain(*way))
        else:
            atom = self._atom(condition, "")
            yield [atom if positive else atom.inverted()]


def _tests(condition: Condition) -> Iterator[Test]:
    """The tests within a condition."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from _tests(condition.not_)
    elif isinstance(condition, All | Any_ | AtLeast):
        for arm in arms_of(condition):
            yield from _tests(arm)


def _is(ref: NodeId, code: int) -> Check:
    return Check(ref, "==", code)


def compared(test: Test, low: object, high: object) -> Truth:
    """What a comparison is of a number of which two bounds are known; None is an open one. One value is both."""
    upper = test.at_most is not None or test.less_than is not None
    near, far = (high, low) if upper else (low, high)
    true, false = _comparison(keys.DEPENDS_ON, test)
    return True if true.holds(near) else False if false.holds(far) else None


_OPPOSITE: dict[str, tuple[Op, Op]] = {
    "at_most": ("<=", ">"),
    "at_least": (">=", "<"),
    "more_than": (">", "<="),
    "less_than": ("<", ">="),
}


def _comparison(key: Input, test: Test) -> tuple[Check, Check]:
    if test.one_of is not None:
        codes = tuple(dict.fromkeys(test.one_of))
        return Check(key, "in", codes), Check(key, "not in", codes)
    for name, (op, opposite) in _OPPOSITE.items():
        limit = getattr(test, name)
        if limit is not None:
            return Check(key, op, limit), Check(key, opposite, limit)
    raise ValueError(f"{key}: no predicate")
