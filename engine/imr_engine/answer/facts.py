"""The facts that a requirement rests on, as results show them.

`fact_views` works out once per criterion what a condition reads; for each case, the views show what they find.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.conditions import Condition, DependsOn, Every, Not, RecordQuery, Some, Test, arms_of
from imr_engine.answer.evidence import dated, denial_of, entries_text, evidence_of, evidence_of_operand
from imr_engine.answer.numbers import Number, value_text
from imr_engine.answer.result import FactShown
from imr_engine.answer.words import DATE_NAMES, code_names, subject_name, unit_of
from imr_engine.inputs.reading import NOTHING, Ignored, Seen, Value
from imr_engine.inputs.values import Inputs
from imr_engine.inputs.words import IN_WORDS
from imr_engine.rules import keys
from imr_engine.rules.compiler import fact_input
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise
from imr_engine.rules.program import CONFLICT, Atom, Check, Program, against_side, for_side
from imr_engine.rules.three_values import MET, Truth
from imr_engine.selection import DateSource

MOST_EVIDENCE = 20
CONFLICT_BELOW = "what it is concluded from is in conflict"
CONFLICT_BETWEEN = "what is stated and what follows from the rest of the case disagree"
CONFLICT_WITHIN = "what it is concluded from shows both"


class Evaluated:
    """The outcome of one program for one request; `dated` is where the date comes from that it is judged by."""

    def __init__(
        self,
        inputs: Inputs,
        program: Program,
        codes: tuple[int, ...],
        fired: list[int],
        dated: DateSource | None = None,
    ) -> None:
        self.inputs = inputs
        self.program = program
        self.codes = codes
        self.fired = fired
        self.dated = dated
        self._shown: dict[FactView, list[FactShown]] = {}
        self._premises: dict[NodeId, set[Premise]] | None = None
        self._support: dict[str, set[Premise]] = {}

    def code(self, node: NodeId) -> int:
        """The code of a node."""
        return self.codes[self.program.positions[node]]

    def truth(self, atom: Atom) -> Truth:
        """Whether an atom is true; None for undocumented."""
        return True if self._hold(atom.true) else False if self._hold(atom.false) else None

    def _hold(self, checks: tuple[Check, ...]) -> bool:
        for check in checks:
            ref = check.ref
            value = self.inputs.seen(ref, self.program).value if isinstance(ref, Input) else self.code(ref)
            if not check.holds(value):
                return False
        return True

    def support(self, fact: str) -> set[Premise]:
        """Everything a concluded fact rests on, for either side, directly or through other concluded facts."""
        found = self._support.get(fact)
        if found is None:
            found = self._premises_of(for_side(fact)) | self._premises_of(against_side(fact))
            for premise in tuple(found):
                if isinstance(premise, Concluded):
                    found |= self.support(premise.fact)
            self._support[fact] = found
        return found

    def _premises_of(self, node: NodeId) -> set[Premise]:
        if self._premises is None:
            self._premises = {}
            evidence = self.program.evidence
            for number in self.fired:
                if number in evidence:
                    rule = evidence[number]
                    self._premises.setdefault(rule.node, set()).update(rule.premises)
        return self._premises.get(node, set())

    def show(self, view: FactView) -> list[FactShown]:
        """What a view shows. Each is asked once, or once for all requests if nothing it reads is recorded."""
        if view.reads.isdisjoint(self.inputs.recorded):
            if view.unrecorded is None:
                view.unrecorded = view.show(self)
            return view.unrecorded
        found = self._shown.get(view)
        if found is None:
            found = self._shown[view] = view.show(self)
            for fact in found:
                _shortened(fact)
        return found


@dataclass(eq=False, repr=False, kw_only=True)
class FactView(ABC):
    """Shows one thing that a condition reads; a `direct` one is shown even if nobody recorded it."""

    key: Input
    name: str
    reads: frozenset[Input]
    direct: bool
    unit: str | None = None
    limits: tuple[Number, ...] = ()
    """What the criterion compares it with: what is shown is on the same side of each."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What its codes stand for."""
    denial: str = ""
    """What an entry of the records says that contradicts its numbers."""
    unrecorded: list[FactShown] | None = field(default=None, init=False)
    """What it shows if nothing it reads is recorded."""

    @abstractmethod
    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The facts to show."""

    def shown(self, fact: str, seen: Seen) -> FactShown:
        """What was read, under the id `fact`."""
        value = seen.value
        if value in {"present", "absent"}:
            return self._made(fact, value, None, seen)
        if value is None or value == CONFLICT:
            made = self._made(fact, "undocumented", None, seen)
            if seen.low is not None or seen.high is not None:
                made["text"] = self._range(seen.low, seen.high)
            return made
        made = self._made(fact, None, value.isoformat() if isinstance(value, dt.date) else value, seen)
        made["text"] = value_text(value, self.unit, self.limits, self.names)
        if self.unit == "months" and isinstance(value, float) and 0 < value < 1:
            # Nobody counts days in thousandths of a month, and the two dates follow.
            made["text"] = made["text"] if any(0 < limit < 1 for limit in self.limits) else "less than 1 month"
        return made

    def _range(self, low: Value | None, high: Value | None) -> str:
        """What is known of a value of which only bounds are."""
        ends = [value_text(end, self.unit, self.limits) for end in (low, high) if end is not None]
        return " to ".join(ends) if ends[1:] else f"at {'least' if high is None else 'most'} {ends[0]}"

    def _made(self, fact: str, state: Any, value: str | Number | None, seen: Seen) -> FactShown:
        made: FactShown = {
            "fact": fact,
            "name": self.name,
            "state": state,
            "value": value,
            "evidence": evidence_of(seen, self.unit, self.denial),
            "conflict": seen.conflict,
        }
        if self.unit is not None:
            made["unit"] = self.unit
        if seen.ignored:
            made["ignored"] = [self._ignored(one) for one in seen.ignored[:MOST_EVIDENCE]]
        return made

    def _ignored(self, one: Ignored) -> dict[str, Any]:
        """Something that is recorded and does not count, with the reason."""
        if isinstance(one.what, str):
            return {"source": one.what, "why": IN_WORDS[one.why]}
        value = one.what.value
        said = {} if value is None else {"value": value_text(value, self.unit, self.limits)}
        return {**one.what.evidence, **said, "why": IN_WORDS[one.why]}


@dataclass(eq=False, repr=False, kw_only=True)
class StatedFact(FactView):
    """A fact as stated in the case."""

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact."""
        seen = evaluated.inputs.seen(self.key)
        if seen is NOTHING and not self.direct:
            return []
        return [self.shown(self.key.name, seen)]


@dataclass(eq=False, repr=False, kw_only=True)
class ConcludedFact(FactView):
    """A concluded fact and those it was concluded from, or if nothing was concluded, all that are recorded."""

    sides: tuple[int, int]
    """The positions of the nodes for and against it."""
    behind: tuple[FactView, ...]

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact and those behind it."""
        behind = [shown for view in self.behind for shown in evaluated.show(view)]
        concluded = self._concluded(evaluated, evaluated.inputs.seen(self.key))
        if behind and (decided := evaluated.support(self.key.name)):
            # If the conclusion is in conflict, so may be what it rests on.
            behind = [
                shown
                for shown in behind
                if not decided.isdisjoint(_premises(shown["fact"])) or (shown["conflict"] and concluded["conflict"])
            ]
        return [concluded, *behind]

    def _concluded(self, evaluated: Evaluated, seen: Seen) -> FactShown:
        pro, con = (evaluated.codes[side] == MET for side in self.sides)
        state = "present" if pro and not con else "absent" if con and not pro else None
        conflict = seen.conflict
        if pro and con and conflict is None and not self._is_doubt(evaluated, seen):
            between = CONFLICT_WITHIN if seen.value is None else CONFLICT_BETWEEN
            conflict = CONFLICT_BELOW if evaluated.inputs.doubts.about(self.key.name) else between
        shown = self.shown(self.key.name, seen._replace(value=state, conflict=conflict))
        if state is not None and seen.value != state:
            shown["inferred"] = True
            # Where it was looked for and not found is no evidence of it.
            shown["evidence"] = [one for one in shown["evidence"] if one.get("state") == state]
        return shown

    def _is_doubt(self, evaluated: Evaluated, seen: Seen) -> bool:
        """Whether it is open only because what was found once was looked for since, and not described."""
        return is_doubt(seen) and evaluated.support(self.key.name) <= {self.key}


def is_doubt(seen: Seen) -> bool:
    """Whether a statement is left open without contradicting itself."""
    return seen.value == CONFLICT and seen.conflict is None


@dataclass(eq=False, repr=False, kw_only=True)
class PlainValue(FactView):
    """A quantity, an attribute or a property of the request."""

    id: str

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The value; the evidence of a quantity is what it was derived from."""
        inputs = evaluated.inputs
        seen = inputs.seen(self.key)
        if seen is NOTHING and not self.direct:
            return []
        shown = self.shown(self.id, seen)
        for source in inputs.sources.get(self.key, ()):
            if isinstance(source, Input) and source.kind == "fact":
                fact = inputs.subject.catalogue.facts[source.name]
                shown["evidence"] += evidence_of_operand(fact, inputs.seen(source), self.name)
            elif seen.conflict is not None or (seen.value, seen.low, seen.high) != (None, None, None):
                shown["evidence"].append(_source(evaluated, source))
        return [shown]


@dataclass(eq=False, repr=False, kw_only=True)
class RecordEntries(FactView):
    """The record entries that a condition looks at."""

    query: RecordQuery

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """Whether they match, with every entry as evidence; in words, those that decide."""
        inputs = evaluated.inputs
        shown = self.shown(f"records:{self.query.list_}", inputs.seen(self.key, evaluated.program))
        entries = inputs.subject.entries(self.query)
        shown["evidence"] = [{"source": entry.path} for entry, _ in entries]
        if entries:
            decides = {"absent": False, "present": True}.get(str(shown["state"]))
            deciding = [entry.record for entry, match in entries if match is decides]
            shown["text"] = entries_text(inputs.subject.catalogue, deciding)
        return [shown]


Limits = Mapping[Input, tuple[Number, ...]]


def limits_of(program: Program) -> Limits:
    """The numbers that the rules of a program compare each input with."""
    found: dict[Input, dict[Number, None]] = {}
    for rule in program.rules:
        for check in rule.checks:
            if isinstance(check.ref, Input) and isinstance(check.value, int | float):
                ref = keys.quantity(check.ref.name) if check.ref.kind == "quantity" else check.ref
                found.setdefault(ref, {})[check.value] = None
    return {key: tuple(limits) for key, limits in found.items()}


def fact_views(
    catalogue: Catalogue, program: Program, limits: Limits, condition: Condition, direct: bool = True
) -> Iterator[FactView]:
    """The views for a condition. Behind a concluded fact, only recorded facts are shown."""
    if isinstance(condition, Test):
        yield view_of(catalogue, program, limits, condition, direct)
    elif isinstance(condition, Not):
        yield from fact_views(catalogue, program, limits, condition.not_, direct)
    elif isinstance(condition, Some | Every):
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        key = next((k for k, q in program.queries.items() if q == query and k.reading == word))
        yield RecordEntries(key=key, name=f"{query.list_} recorded", reads=frozenset({key}), direct=direct, query=query)
    elif not isinstance(condition, DependsOn):
        for arm in arms_of(condition):
            yield from fact_views(catalogue, program, limits, arm, direct)


def view_of(catalogue: Catalogue, program: Program, limits: Limits, test: Test, direct: bool) -> FactView:
    """The view of what a test is about."""
    name, unit = subject_name(catalogue, test), unit_of(catalogue, test)
    if test.fact is None:
        if test.quantity is not None:
            key = keys.quantity(test.quantity)
        else:
            key = keys.attribute(test.attribute) if test.attribute is not None else keys.request(str(test.request))
        return PlainValue(
            id=str(key),
            key=key,
            name=name,
            reads=frozenset({key}),
            direct=direct,
            unit=unit,
            limits=limits.get(key, ()),
            names=code_names(catalogue, test),
        )
    inference = catalogue.inferences.get(test.fact) if test.reading is None else None
    if inference is None:
        key = fact_input(catalogue, test.fact, test.reading)
        return StatedFact(
            key=key,
            name=name,
            reads=frozenset({key}),
            direct=direct,
            unit=unit,
            limits=limits.get(key, ()),
            denial=denial_of(catalogue.facts[test.fact]),
        )
    conditions = [side for side in (inference.present_when, inference.absent_when) if side is not None]
    behind = [view for side in conditions for view in fact_views(catalogue, program, limits, side, direct=False)]
    return ConcludedFact(
        key=(key := keys.fact(test.fact)),
        name=name,
        reads=frozenset({key}).union(*(view.reads for view in behind)),
        direct=direct,
        sides=(program.positions[for_side(test.fact)], program.positions[against_side(test.fact)]),
        behind=tuple(behind),
    )


def _shortened(fact: FactShown) -> None:
    """Leaves out evidence beyond the first pieces, and says how much: ten thousand entries say no more than twenty."""
    evidence = fact["evidence"]
    more = len(evidence) - MOST_EVIDENCE
    if more > 0:
        # Where the evidence differs, no side is left out.
        sides = {(one.get("state"), one.get("value")): place for place, one in reversed(list(enumerate(evidence)))}
        first = sorted(sides.values())
        rest = [place for place in range(len(evidence)) if place not in sides.values()]
        fact["evidence"] = [evidence[place] for place in sorted([*first, *rest][:MOST_EVIDENCE])]
        fact["more_evidence"] = more


@lru_cache(maxsize=4096)
def _premises(shown: str) -> frozenset[Premise]:
    """The premises of a rule that a shown fact or value can stand for, by the id it is shown under."""
    return frozenset((keys.fact(shown), Concluded(shown), Input.parse(shown)))


def _source(evaluated: Evaluated, source: Input | str) -> dict[str, Any]:
    """Where an operand of a quantity comes from, as evidence; a path is that of a record entry."""
    subject = evaluated.inputs.subject
    if source == keys.REQUEST_DATE:
        return dated(DATE_NAMES.get(evaluated.dated or "request", ""), subject.date)
    if source == keys.DATE_OF_INJURY:
        return dated("date of injury", subject.case.date_of_injury)
    return {"source": "the request" if isinstance(source, Input) else source}
