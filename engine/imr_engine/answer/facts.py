"""The facts that a requirement rests on, as results show them.

`fact_views` works out once per criterion what a condition reads; for each case, the views show what they find.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.conditions import Condition, DependsOn, Every, Not, RecordQuery, Some, Test, arms_of
from imr_engine.answer.result import FactShown
from imr_engine.answer.words import query_name, subject_name
from imr_engine.inputs.reading import NOTHING, Seen
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.compiler import fact_input
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise
from imr_engine.rules.program import CONFLICT, Program, against_side, for_side
from imr_engine.rules.three_values import MET

CONFLICT_BETWEEN = "a statement and what the record shows disagree, or the record shows both"


class Evaluated:
    """The outcome of one program for one request."""

    def __init__(self, inputs: Inputs, program: Program, codes: tuple[int, ...], fired: list[int]) -> None:
        self.inputs = inputs
        self.program = program
        self.codes = codes
        self.fired = fired
        self._shown: dict[FactView, list[FactShown]] = {}
        self._premises: dict[NodeId, set[Premise]] | None = None
        self._support: dict[str, set[Premise]] = {}

    def code(self, node: NodeId) -> int:
        """The code of a node."""
        return self.codes[self.program.positions[node]]

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
        return found


@dataclass(eq=False, repr=False, kw_only=True)
class FactView(ABC):
    """Shows one thing that a condition reads; a `direct` one is shown even if nobody recorded it."""

    key: Input
    name: str
    reads: frozenset[Input]
    direct: bool
    unrecorded: list[FactShown] | None = field(default=None, init=False)
    """What it shows if nothing it reads is recorded."""

    @abstractmethod
    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The facts to show."""


@dataclass(eq=False, repr=False, kw_only=True)
class StatedFact(FactView):
    """A fact as stated in the case."""

    unit: str | None

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact."""
        seen = evaluated.inputs.seen(self.key)
        if seen is NOTHING and not self.direct:
            return []
        return [fact_shown(self.key.name, self.name, seen, self.unit)]


@dataclass(eq=False, repr=False, kw_only=True)
class ConcludedFact(FactView):
    """A concluded fact and those it was concluded from, or if nothing was concluded, all that are recorded."""

    sides: tuple[int, int]
    """The positions of the nodes for and against it."""
    behind: tuple[FactView, ...]

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact and those behind it."""
        behind = [shown for view in self.behind for shown in evaluated.show(view)]
        if behind and (decided := evaluated.support(self.key.name)):
            behind = [shown for shown in behind if not decided.isdisjoint(_premises(shown["fact"]))]
        return [self._concluded(evaluated, evaluated.inputs.seen(self.key)), *behind]

    def _concluded(self, evaluated: Evaluated, seen: Seen) -> FactShown:
        pro, con = (evaluated.codes[side] == MET for side in self.sides)
        state = "present" if pro and not con else "absent" if con and not pro else None
        conflict = seen.conflict or (CONFLICT_BETWEEN if pro and con else None)
        shown = fact_shown(self.key.name, self.name, seen._replace(value=state, conflict=conflict), None)
        if state is not None and seen.value != state:
            shown["inferred"] = True
        return shown


@dataclass(eq=False, repr=False, kw_only=True)
class PlainValue(FactView):
    """A quantity, an attribute or a property of the request."""

    id: str
    unit: str | None

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The value; the evidence of a quantity is what it was derived from."""
        inputs = evaluated.inputs
        seen = inputs.seen(self.key)
        if seen is NOTHING and not self.direct:
            return []
        shown = fact_shown(self.id, self.name, seen, self.unit)
        for source in inputs.sources.get(self.key, ()):
            if isinstance(source, Input) and source.kind == "fact":
                shown["evidence"] += [o.evidence for o in inputs.seen(source).observations if o.evidence]
            elif seen.value is not None:
                shown["evidence"].append({"document": _source(inputs, source)})
        return [shown]


@dataclass(eq=False, repr=False, kw_only=True)
class RecordEntries(FactView):
    """The record entries that a condition looks at."""

    query: RecordQuery

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """Whether they match, with every entry as evidence."""
        inputs = evaluated.inputs
        shown = fact_shown(f"records:{self.query.list_}", self.name, inputs.seen(self.key, evaluated.program), None)
        shown["evidence"] = [{"document": entry.path} for entry, _ in inputs.subject.entries(self.query)]
        return [shown]


def fact_views(catalogue: Catalogue, program: Program, condition: Condition, direct: bool = True) -> Iterator[FactView]:
    """The views for a condition. Behind a concluded fact, only recorded facts are shown."""
    if isinstance(condition, Test):
        yield _view_of(catalogue, program, condition, direct)
    elif isinstance(condition, Not):
        yield from fact_views(catalogue, program, condition.not_, direct)
    elif isinstance(condition, Some | Every):
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        key = next((k for k, q in program.queries.items() if q == query and k.reading == word))
        yield RecordEntries(
            key=key, name=query_name(catalogue, query), reads=frozenset({key}), direct=direct, query=query
        )
    elif not isinstance(condition, DependsOn):
        for arm in arms_of(condition):
            yield from fact_views(catalogue, program, arm, direct)


def _view_of(catalogue: Catalogue, program: Program, test: Test, direct: bool) -> FactView:
    name = subject_name(catalogue, test)
    if test.fact is None:
        unit = None
        if test.quantity is not None:
            key, unit = keys.quantity(test.quantity), catalogue.quantities[test.quantity].unit
        elif test.attribute is not None:
            key, unit = keys.attribute(test.attribute), catalogue.attributes[test.attribute].unit
        else:
            key = keys.request(str(test.request))
        return PlainValue(id=str(key), key=key, name=name, reads=frozenset({key}), direct=direct, unit=unit)
    inference = catalogue.inferences.get(test.fact) if test.reading is None else None
    if inference is None:
        key = fact_input(catalogue, test.fact, test.reading)
        unit = catalogue.facts[test.fact].unit
        return StatedFact(key=key, name=name, reads=frozenset({key}), direct=direct, unit=unit)
    conditions = [side for side in (inference.present_when, inference.absent_when) if side is not None]
    behind = [view for side in conditions for view in fact_views(catalogue, program, side, direct=False)]
    return ConcludedFact(
        key=(key := keys.fact(test.fact)),
        name=name,
        reads=frozenset({key}).union(*(view.reads for view in behind)),
        direct=direct,
        sides=(program.positions[for_side(test.fact)], program.positions[against_side(test.fact)]),
        behind=tuple(behind),
    )


def fact_shown(fact: str, name: str, seen: Seen, unit: str | None) -> FactShown:
    """A fact as it was read."""
    value = seen.value
    if value in {"present", "absent"}:
        state, shown = value, None
    elif value is None or value == CONFLICT:
        state, shown = "undocumented", None
    else:
        state, shown = None, value.isoformat() if isinstance(value, dt.date) else value
    made: FactShown = {
        "fact": fact,
        "name": name,
        "state": state,  # type: ignore[typeddict-item]
        "value": shown,
        "evidence": [o.evidence for o in seen.observations if o.evidence],
        "conflict": seen.conflict,
    }
    if unit is not None:
        made["unit"] = unit
    return made


@lru_cache(maxsize=4096)
def _premises(shown: str) -> frozenset[Premise]:
    """The premises of a rule that a shown fact or value can stand for, by the id it is shown under."""
    return frozenset((keys.fact(shown), Concluded(shown), Input.parse(shown)))


def _source(inputs: Inputs, source: Input | str) -> str:
    """Where an operand of a quantity comes from, in words; a path is that of a record entry."""
    if source == keys.REQUEST_DATE:
        return f"date of the request, {inputs.subject.date}"
    if source == keys.DATE_OF_INJURY:
        return f"date of injury, {inputs.subject.case.date_of_injury}"
    return "the request" if isinstance(source, Input) else source
