"""The facts that a requirement rests on, as a result shows them.

What a condition reads is worked out once for a criterion (`readers_of`); for a case, each reader shows what is there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from imr_criteria import Catalogue
from imr_criteria.conditions import Condition, DependsOn, Every, Not, RecordQuery, Some, Test, arms_of
from imr_engine.answer.result import FactShown
from imr_engine.answer.words import query_name, subject_name
from imr_engine.inputs.observations import Seen
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise
from imr_engine.rules.program import CONFLICT, Program, against_side, for_side
from imr_engine.rules.three_values import MET

CONFLICT_BETWEEN = "a statement and what the record shows disagree, or the record shows both"


class Evaluated:
    """One program's outcome for one request."""

    def __init__(self, inputs: Inputs, program: Program, codes: tuple[int, ...], fired: list[int]) -> None:
        self.inputs = inputs
        self.program = program
        self.codes = codes
        self.shown: dict[FactReader, list[FactShown]] = {}
        self.fired = fired
        self._support: dict[NodeId, set[Premise]] | None = None

    def code(self, node: NodeId) -> int | None:
        """The code of a node, or None if the program has no such node."""
        position = self.program.positions.get(node)
        return None if position is None else self.codes[position]

    def support(self, fact: str) -> set[Premise]:
        """What the rules that concluded a fact, for either side, rest on."""
        if self._support is None:
            self._support = {}
            for number in self.fired:
                rule = self.program.rules[number]
                self._support.setdefault(rule.node, set()).update(rule.premises)
        return self._support.get(for_side(fact), set()) | self._support.get(against_side(fact), set())

    def show(self, reader: FactReader) -> list[FactShown]:
        """What a reader shows; each is asked once."""
        found = self.shown.get(reader)
        if found is None:
            found = self.shown[reader] = reader.show(self)
        return found


class FactReader(Protocol):
    """Shows what there is of something that a condition reads. `direct`: shown although nobody recorded it."""

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The facts that there are to show."""


@dataclass(frozen=True, eq=False)
class StatedFact:
    """A fact as it stands in the case."""

    key: Input
    name: str
    unit: str | None
    direct: bool

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact."""
        seen = evaluated.inputs.seen(self.key)
        if self.direct or seen.value is not None or seen.observations:
            return [fact_shown(self.key.name, self.name, seen, self.unit)]
        return []


@dataclass(frozen=True, eq=False)
class ConcludedFact:
    """A fact that has an inference, then what it was concluded from; else all that somebody recorded."""

    fact: str
    name: str
    behind: tuple[FactReader, ...]

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The fact, and those behind it."""
        found = [self._concluded(evaluated, evaluated.inputs.seen(keys.fact(self.fact)))]
        decided = evaluated.support(self.fact)
        for reader in self.behind:
            for shown in evaluated.show(reader):
                if not decided or _is_behind(evaluated, shown["fact"], decided):
                    found.append(shown)  # noqa: PERF401 (reads better as two loops)
        return found

    def _concluded(self, evaluated: Evaluated, seen: Seen) -> FactShown:
        pro, con = (evaluated.code(side(self.fact)) == MET for side in (for_side, against_side))
        state = "present" if pro and not con else "absent" if con and not pro else None
        conflict = seen.conflict or (CONFLICT_BETWEEN if pro and con else None)
        shown = fact_shown(self.fact, self.name, Seen(state, seen.observations, conflict), None)
        if state is not None and seen.value != state:
            shown["inferred"] = True
        return shown


@dataclass(frozen=True, eq=False)
class Value:
    """A quantity, an attribute or a property of the request."""

    key: Input
    name: str
    unit: str | None
    direct: bool

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """The value, with what a quantity was derived from as its evidence."""
        inputs = evaluated.inputs
        seen = inputs.seen(self.key)
        if not self.direct and seen.value is None:
            return []
        shown = fact_shown(str(self.key), self.name, seen, self.unit)
        for source in inputs.sources.get(self.key, ()):
            if isinstance(source, Input) and source.kind == "fact":
                shown["evidence"] += [o.evidence for o in inputs.seen(source).observations if o.evidence]
            elif seen.value is not None:
                shown["evidence"].append({"document": _source(inputs, source)})
        return [shown]


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of the records that a condition looks at."""

    key: Input
    name: str
    query: RecordQuery

    def show(self, evaluated: Evaluated) -> list[FactShown]:
        """Whether they match, with each entry as evidence."""
        inputs = evaluated.inputs
        shown = fact_shown(f"records:{self.query.list_}", self.name, inputs.seen(self.key, evaluated.program), None)
        shown["evidence"] = [{"document": path} for path, _, _ in inputs.subject.entries(self.query)]
        return [shown]


def readers_of(
    catalogue: Catalogue, program: Program, condition: Condition, direct: bool = True
) -> Iterator[FactReader]:
    """What a condition reads; behind a concluded fact, only what somebody recorded is shown."""
    if isinstance(condition, Test):
        yield _reader_of(catalogue, program, condition, direct)
    elif isinstance(condition, Not):
        yield from readers_of(catalogue, program, condition.not_, direct)
    elif isinstance(condition, Some | Every):
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        key = next((k for k, q in program.queries.items() if q == query and k.reading == word))
        yield Entries(key, query_name(catalogue, query), query)
    elif not isinstance(condition, DependsOn):
        for arm in arms_of(condition):
            yield from readers_of(catalogue, program, arm, direct)


def _reader_of(catalogue: Catalogue, program: Program, test: Test, direct: bool) -> FactReader:
    name = subject_name(catalogue, test)
    if test.fact is None:
        if test.quantity is not None:
            return Value(keys.quantity(test.quantity), name, catalogue.quantities[test.quantity].unit, direct)
        if test.attribute is not None:
            return Value(keys.attribute(test.attribute), name, catalogue.attributes[test.attribute].unit, direct)
        return Value(keys.request(str(test.request)), name, None, direct)
    inference = catalogue.inferences.get(test.fact) if test.reading is None else None
    if inference is None:
        return StatedFact(keys.fact(test.fact, test.reading), name, catalogue.facts[test.fact].unit, direct)
    sides = [side for side in (inference.present_when, inference.absent_when) if side is not None]
    behind = (reader for side in sides for reader in readers_of(catalogue, program, side, direct=False))
    return ConcludedFact(test.fact, name, tuple(behind))


def fact_shown(fact: str, name: str, seen: Seen, unit: str | None) -> FactShown:
    """A fact as it was seen."""
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


def _is_behind(evaluated: Evaluated, fact: str, premises: set[Premise]) -> bool:
    """Whether a fact, or a value, is among the premises, or behind a concluded fact that is."""
    if keys.fact(fact) in premises or Concluded(fact) in premises or Input.parse(fact) in premises:
        return True
    deeper: set[Premise] = set()
    for premise in premises:
        if isinstance(premise, Concluded):
            deeper |= evaluated.support(premise.fact)
    return bool(deeper) and _is_behind(evaluated, fact, deeper)


def _source(inputs: Inputs, source: Input | str) -> str:
    """Where an operand of a quantity is from, in words; a path is that of a record's entry."""
    if source == keys.request("date"):
        return f"date of the request, {inputs.subject.date}"
    if source == keys.DATE_OF_INJURY:
        return f"date of injury, {inputs.subject.case.date_of_injury}"
    return "the request" if isinstance(source, Input) else source
