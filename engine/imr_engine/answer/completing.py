"""What would have to be written into a case for a requirement to be met: the entries that a remedy asks for.

A plan never contradicts what the case says: where a requirement can be met only against it, there is none. Of the
states and values that meet a requirement, it picks one.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import product
from math import ceil, floor, prod
from typing import Any, Literal

from imr_criteria.conditions import Not, RecordQuery, Test
from imr_criteria.dates import add_days, add_months
from imr_criteria.model import Attribute, Fact, FromRecords
from imr_criteria.quantities import Operand, Span
from imr_engine.answer.facts import Evaluated, is_doubt
from imr_engine.answer.numbers import Number
from imr_engine.answer.requirements import RequirementView
from imr_engine.answer.writes import Kind, Write, Writes
from imr_engine.inputs.matching import Record, matchers_of
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.program import Atom, Node, against_side, for_side
from imr_engine.rules.three_values import MET

Comparison = Literal["at_most", "at_least", "more_than", "less_than"]
_OPPOSITE: dict[Comparison, Comparison] = {
    "at_most": "more_than",
    "at_least": "less_than",
    "more_than": "at_most",
    "less_than": "at_least",
}
_OPEN = (None, "undocumented")
_HALF_A_YEAR = 6  # months
_COMPLETE = {"status": ("stopped", "current"), "outcome": ("helped", "failed")}
"""What a field of an entry of the records can be, in the order in which it is tried."""


class Planner:
    """Plans what to write for one request. What was planned for one requirement counts as known for the next."""

    def __init__(self, inputs: Inputs, region: str | None = None, long_ago: bool = False) -> None:
        self.region = region
        """The region to write where none is given."""
        self._long_ago = long_ago
        """Whether to date what was earlier half a year before the latest day that will do."""
        self._inputs = inputs
        self._subject = inputs.subject
        self._catalogue = inputs.subject.catalogue
        self._planned: dict[tuple[Kind, str], Any] = {}

    def meets(self, view: RequirementView, evaluated: Evaluated) -> Writes | None:
        """What meets an undocumented requirement that applies; None if no entry can without contradicting the case."""
        return self._reach(evaluated, view.node, True)

    def applies(self, view: RequirementView, evaluated: Evaluated, goal: bool) -> Writes | None:
        """What settles whether a requirement applies, one way or the other."""
        return self._reach(evaluated, view.when, goal) if view.when is not None else None

    def _reach(self, evaluated: Evaluated, node: Node, goal: bool) -> Writes | None:
        """What makes an undocumented node true or false."""
        need = node.minimum if goal else len(node.atoms) - node.minimum + 1
        truths = [evaluated.truth(atom) for atom in node.atoms]
        missing = need - truths.count(goal)
        found: Writes = []
        for atom, truth in zip(node.atoms, truths, strict=True):
            if missing > 0 and truth is None:
                writes = self._atom(evaluated, atom, goal)
                if writes is not None:
                    found += writes
                    missing -= 1
        return found if missing <= 0 else None

    def _atom(self, evaluated: Evaluated, atom: Atom, goal: bool) -> Writes | None:
        condition = atom.condition
        while isinstance(condition, Not):
            condition, goal = condition.not_, not goal
        program = evaluated.program
        if atom.premise in program.positions:
            return self._reach(evaluated, program.nodes[program.positions[str(atom.premise)]], goal)
        return self._test(evaluated, condition, goal) if isinstance(condition, Test) else None

    def _test(self, evaluated: Evaluated, test: Test, goal: bool) -> Writes | None:
        if test.one_of is not None:
            return self._code(test, test.one_of, goal)
        for name, opposite in _OPPOSITE.items():
            limit = getattr(test, name)
            if limit is not None:
                operand = _tested(test.fact, test.attribute, test.quantity)
                return self._solve(operand, name if goal else opposite, limit)
        fact = str(test.fact)
        seen = self._inputs.seen(keys.fact(fact))
        if seen.conflict is not None:
            return None
        positions, codes = evaluated.program.positions, evaluated.codes
        sides = (positions.get(for_side(fact)), positions.get(against_side(fact)))
        if not is_doubt(seen) and any(side is not None and codes[side] == MET for side in sides):
            return None
        state = "present" if (test.is_ != "absent") == goal else "absent"
        if state == "present" and seen.denied:
            return None
        stated = self._put("fact", fact, state)
        entries = self._completed(self._catalogue.facts[fact]) if state == "absent" else []
        return None if stated is None or entries is None else stated + entries

    def _code(self, test: Test, codes: tuple[str, ...], goal: bool) -> Writes | None:
        if test.request is not None:
            region = self.region if self.region in codes else codes[0]
            return self._put("request", test.request, region) if goal else None
        if test.attribute not in self._allowed():
            return None
        known = self._catalogue.attributes[str(test.attribute)].codes
        wanted = next((code for code in known if (code in codes) == goal), None)
        return self._put("attribute", str(test.attribute), wanted) if wanted is not None else None

    def _put(self, kind: Kind, name: str, value: Any) -> Writes | None:
        """The entry, unless another was planned in its place."""
        if self._planned.setdefault((kind, name), value) != value:
            return None
        return [Write(kind, name, value)]

    # Numbers and dates

    def _solve(self, operand: Operand, comparison: Comparison, limit: Number) -> Writes | None:
        """What makes the comparison of an operand with a limit true."""
        if operand.fact is not None:
            if self._inputs.seen(keys.fact(operand.fact)).value is not None:
                return None
            return self._number("fact", self._catalogue.facts[operand.fact], comparison, limit)
        if operand.attribute is not None:
            if operand.attribute not in self._allowed() or self._subject.attribute(operand.attribute) is not None:
                return None
            return self._number("attribute", self._catalogue.attributes[operand.attribute], comparison, limit)
        if operand.request == "quantity":
            return self._quantity(operand.unit or (), comparison, limit)
        if operand.quantity is not None:
            return self._solve(self._catalogue.quantities[operand.quantity].value, comparison, limit)
        if operand.reconcile is not None:
            return self._solve(_tested(operand.reconcile.stated, None, None), comparison, limit)
        if operand.first is not None or operand.agreeing is not None:
            parts = operand.first or operand.agreeing or ()
            plans = (self._solve(part, comparison, limit) for part in parts)
            return next((plan for plan in plans if plan is not None), None)
        if operand.sum is not None:
            return self._rest(operand.sum, comparison, lambda known: limit - sum(known))
        if operand.product is not None:
            return self._rest(operand.product, comparison, lambda known: limit / (prod(known) or 1))
        if operand.months_between is not None:
            return self._since(operand.months_between, comparison, limit, add_months)
        if operand.days_between is not None:
            return self._since(operand.days_between, comparison, limit, add_days)
        return None

    def _rest(self, parts: tuple[Operand, ...], comparison: Comparison, target: Any) -> Writes | None:
        """The unknown parts of a sum or product: all but the last as little as can be, the last one what is left."""
        known = [value for part in parts if isinstance(value := self._value(part), int | float)]
        unknown = [part for part in parts if not isinstance(self._value(part), int | float)]
        found: Writes = []
        for part in unknown[:-1]:
            least = self._solve(part, "at_least", 1)
            if least is None:
                return None
            found += least
            known.append(1)
        last = self._solve(unknown[-1], comparison, target(known)) if unknown else None
        return None if last is None else found + last

    def _since(self, span: Span, comparison: Comparison, limit: Number, add: Any) -> Writes | None:
        """The date from which a span begins that ends on a known one."""
        end = self._value(span.to)
        starts = span.from_.first or (span.from_,)
        facts = [
            name for part in starts if (name := part.reconcile.stated if part.reconcile else part.fact) is not None
        ]
        if not facts or not isinstance(end, dt.date) or self._inputs.seen(keys.fact(facts[0])).value is not None:
            return None
        long = floor(limit) + 1 if comparison == "more_than" else ceil(limit)
        short = ceil(limit) - 1 if comparison == "less_than" else floor(limit)
        at_least = comparison in {"more_than", "at_least"}
        day = add(end, -(long if at_least else short))
        return self._put("fact", facts[0], add_months(day, -_HALF_A_YEAR) if at_least and self._long_ago else day)

    def _value(self, operand: Operand) -> object:
        """What the case says of an operand; None if it says nothing."""
        if operand.fact is not None:
            return self._inputs.seen(keys.fact(operand.fact)).value
        if operand.attribute is not None:
            return self._subject.attribute(operand.attribute)
        if operand.quantity is not None:
            return self._inputs.seen(keys.quantity(operand.quantity)).value
        return self._subject.date if operand.request == "date" else operand.constant

    def _allowed(self) -> tuple[str, ...]:
        treatment = self._subject.request.treatment
        return self._catalogue.treatments[treatment].attributes if treatment is not None else ()

    def _quantity(self, units: tuple[str, ...], comparison: Comparison, limit: Number) -> Writes | None:
        value = _within(comparison, limit, 1, 1_000_000, whole=True)
        if self._subject.request.quantity is not None or value is None:
            return None
        return self._tightened("request", "quantity", comparison, value, units[0])

    def _number(self, kind: Kind, spec: Fact | Attribute, comparison: Comparison, limit: Number) -> Writes | None:
        low, high = spec.minimum or 0, spec.maximum if spec.maximum is not None else 1_000_000
        value = _within(comparison, limit, low, high, whole=spec.type == "integer")
        return None if value is None else self._tightened(kind, spec.id, comparison, value)

    def _tightened(
        self, kind: Kind, name: str, comparison: Comparison, value: Number, unit: str | None = None
    ) -> Writes:
        """The value, or the one planned before it if that is within the comparison too."""
        before = self._planned.get((kind, name))
        if before is not None:
            value = min(before, value) if comparison in {"at_most", "less_than"} else max(before, value)
        self._planned[kind, name] = value
        return [Write(kind, name, value if unit is None else {"value": value, "unit": unit})]

    # Entries of the records

    def _completed(self, fact: Fact) -> Writes | None:
        """What settles the entries that leave open whether a fact is absent."""
        found: Writes = []
        for rule in fact.records:
            for entry, matches in self._subject.entries(RecordQuery(list_=rule.list_, where=rule.where)):
                value = getattr(entry.record, str(rule.state.field), "")
                if matches is not False and (matches is None or value in _OPEN):
                    given = self._settling(rule, entry.record)
                    if given is None:
                        return None
                    path = entry.path.removeprefix("records.")
                    found += [Write("record", f"{path}.{name}", value) for name, value in given.items()]
        return found

    def _settling(self, rule: FromRecords, entry: Record) -> dict[str, str] | None:
        """The least that an entry would have to say to be about something else, or to show that a fact is absent."""
        matches = matchers_of(self._catalogue).of(rule.where, self._subject.request.treatment)
        choices = {name: (None, *values) for name, values in self._open(entry).items()}
        ways = sorted(product(*choices.values()), key=lambda way: sum(value is not None for value in way))
        for way in ways:
            given = {name: value for name, value in zip(choices, way, strict=True) if value is not None}
            known = entry.model_copy(update=given)
            value = getattr(known, str(rule.state.field), None)
            if matches(known) is False or (matches(known) and value not in {*_OPEN, *rule.state.present}):
                return given
        return None

    def _open(self, entry: Record) -> dict[str, tuple[str, ...]]:
        """The fields of an entry that leave something open, with what they can be."""
        fields: dict[str, tuple[str, ...]] = {
            name: values for name, values in _COMPLETE.items() if getattr(entry, name, "") in _OPEN
        }
        treatment, drug = self._subject.request.treatment, getattr(entry, "drug", None)
        if drug is not None and treatment is not None and drug in self._catalogue.lineage(treatment)[1:]:
            fields["drug"] = (treatment,)
        return fields


@lru_cache(maxsize=4096)
def _tested(fact: str | None, attribute: str | None, quantity: str | None) -> Operand:
    """What a test compares, as an operand."""
    return Operand(fact=fact, attribute=attribute, quantity=quantity)


def _within(comparison: Comparison, limit: Number, low: Number, high: Number, whole: bool) -> Number | None:
    """A number for which the comparison with the limit is true, within bounds: the limit itself if it can be."""
    if comparison == "at_most":
        value = min(floor(limit) if whole else limit, high)
    elif comparison == "at_least":
        value = max(ceil(limit) if whole else limit, low)
    elif comparison == "less_than":
        value = ceil(limit) - 1 if whole else (low + limit) / 2
    else:
        value = floor(limit) + 1 if whole or limit + 1 <= high else (limit + high) / 2
    fits = low <= value <= high and (comparison != "less_than" or value < limit)
    return value if fits else None
