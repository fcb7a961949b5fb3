"""From codes to what a person reads: statuses with their facts, evidence and arms."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator
from typing import Any

from imr_criteria.conditions import Condition, DependsOn, Every, Not, Some, Test, arms_of
from imr_criteria.model import TO_VERIFY, Requirement
from imr_engine.answer.result import Arm, CitationShown, FactShown, RequirementShown
from imr_engine.answer.words import cite, describe, evidence, query_name, subject_name
from imr_engine.cases.model import Observation
from imr_engine.inputs.observations import Seen
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise
from imr_engine.rules.program import CONFLICT, Check, Program, against_side, for_side
from imr_engine.rules.standing import Status
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET, code_of

STATUS: dict[int, Status] = {UNMET: "unmet", UNDOCUMENTED: "undocumented", NOT_APPLICABLE: "not-applicable", MET: "met"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "in": lambda value, codes: value in codes,
    "not in": lambda value, codes: value not in codes,
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
    "<": operator.lt,
}
CONFLICT_BETWEEN = "a statement and what the record shows disagree, or the record shows both"


class Shown:
    """Shows the requirements of one evaluated program."""

    def __init__(self, inputs: Inputs, program: Program, codes: tuple[int, ...], fired: list[int]) -> None:
        self.inputs = inputs
        rules = program.rules
        self._support: dict[NodeId, set[Premise]] = {}
        for number in fired:
            self._support.setdefault(rules[number].node, set()).update(rules[number].premises)
        self.catalogue = inputs.subject.catalogue
        self.program = program
        self.codes = {node.id: code for node, code in zip(program.nodes, codes, strict=True)}

    def requirement(self, requirement: Requirement) -> RequirementShown:
        """One requirement with status, citation, arms and facts."""
        node_id = self.program.criterion.full_id(requirement)
        return {
            "id": node_id,
            "claim": requirement.claim,
            "kind": requirement.kind,
            "status": STATUS[self.codes[node_id]],
            "citation": self.citation(requirement),
            "basis": requirement.basis,
            "sources": list(requirement.sources),
            "to_verify": requirement.basis in TO_VERIFY,
            "reviewer_reading": requirement.reviewer_reading,
            "arms": self._arms(requirement, node_id),
            "facts": list(self._facts(requirement)),
            "ask": requirement.ask,
        }

    def citation(self, requirement: Requirement) -> CitationShown:
        """Where the guideline says so."""
        said = requirement.citation
        guideline = self.catalogue.guidelines[said.guideline]
        return {
            "guideline": guideline.id,
            "title": guideline.title,
            "section": said.section,
            "pages": list(said.pages),
            "text": cite(self.catalogue, said),
        }

    def _arms(self, requirement: Requirement, node_id: str) -> list[Arm]:
        node = next(n for n in self.program.nodes if n.id == node_id)
        arms: list[Arm] = []
        if requirement.when is not None:
            code = self.codes[str(node.when)]
            arms.append({"claim": f"applies if {describe(self.catalogue, requirement.when)}", "status": STATUS[code]})
        if len(node.atoms) > 1:
            for atom, condition in zip(node.atoms, arms_of(requirement.condition), strict=True):
                truth = True if self._holds(atom.true) else False if self._holds(atom.false) else None
                code = code_of(truth)
                arms.append({"claim": describe(self.catalogue, condition), "status": STATUS[code]})
        return arms

    def _holds(self, checks: tuple[Check, ...]) -> bool:
        for check in checks:
            ref = check.ref
            value = self.inputs.seen(ref, self.program).value if isinstance(ref, Input) else self.codes[ref]
            if value is None or not _COMPARE[check.op](value, check.value):
                return False
        return True

    def _facts(self, requirement: Requirement) -> Iterator[FactShown]:
        shown: set[str] = set()
        parts = [requirement.condition] if requirement.when is None else [requirement.condition, requirement.when]
        for part in parts:
            for fact in self._of(part, direct=True):
                if fact["fact"] not in shown:
                    shown.add(fact["fact"])
                    yield fact

    def _of(self, condition: Condition, direct: bool) -> Iterator[FactShown]:
        """The facts that a condition reads; behind a finding, those that somebody recorded."""
        if isinstance(condition, Test):
            yield from self._test(condition, direct)
        elif isinstance(condition, Not):
            yield from self._of(condition.not_, direct)
        elif isinstance(condition, Some | Every):
            yield self._records(condition)
        elif not isinstance(condition, DependsOn):
            for arm in arms_of(condition):
                yield from self._of(arm, direct)

    def _test(self, test: Test, direct: bool) -> Iterator[FactShown]:
        if test.fact is None:
            yield from self._value(test, direct)
            return
        inference = self.catalogue.inferences.get(test.fact) if test.reading is None else None
        seen = self.inputs.seen(keys.fact(test.fact, test.reading))
        if inference is None:
            if direct or seen.value is not None or seen.observations:
                yield _fact(test.fact, self.catalogue.facts[test.fact].name, seen, self.catalogue.facts[test.fact].unit)
            return
        yield self._concluded(test.fact, seen)
        decided = {p for side in (for_side, against_side) for p in self._support.get(side(test.fact), ())}
        for condition in (inference.present_when, inference.absent_when):
            for shown in self._of(condition, direct=False) if condition is not None else ():
                # Where the finding is concluded, what it was concluded from; else all that somebody recorded.
                if not decided or self._behind(shown["fact"], decided):
                    yield shown

    def _behind(self, fact: str, premises: set[Premise]) -> bool:
        """Whether a fact, or a list of records, is among the premises, or behind a concluded fact that is."""
        if keys.fact(fact) in premises or Concluded(fact) in premises or fact in map(str, premises):
            return True
        concluded = [premise.fact for premise in premises if isinstance(premise, Concluded)]
        deeper = {p for f in concluded for side in (for_side, against_side) for p in self._support.get(side(f), ())}
        return bool(deeper) and self._behind(fact, deeper)

    def _concluded(self, fact: str, seen: Seen) -> FactShown:
        pro, con = (self.codes.get(side, UNDOCUMENTED) == MET for side in (for_side(fact), against_side(fact)))
        state = "present" if pro and not con else "absent" if con and not pro else None
        conflict = seen.conflict or (CONFLICT_BETWEEN if pro and con else None)
        shown = _fact(fact, self.catalogue.facts[fact].name, Seen(state, seen.observations, conflict), None)
        shown["inferred"] = state is not None and seen.value != state
        return shown

    def _value(self, test: Test, direct: bool) -> Iterator[FactShown]:
        if test.quantity is not None:
            key, unit = keys.quantity(test.quantity), self.catalogue.quantities[test.quantity].unit
        elif test.attribute is not None:
            key, unit = keys.attribute(test.attribute), self.catalogue.attributes[test.attribute].unit or ""
        else:
            key, unit = keys.request(str(test.request)), ""
        seen = self.inputs.seen(key)
        if not direct and seen.value is None:
            return
        shown = _fact(str(key), subject_name(self.catalogue, test), seen, unit or None)
        for source in self.inputs.sources.get(key, ()):
            if isinstance(source, Input) and source.kind == "fact":
                shown["evidence"] += [e for o in self.inputs.seen(source).observations if (e := evidence(o))]
            elif seen.value is not None:
                shown["evidence"].append({"document": self._source(source)})
        yield shown

    def _source(self, source: Input | str) -> str:
        """Where an operand of a quantity is from, in words; a path is that of a record's entry."""
        subject = self.inputs.subject
        if source == keys.request("date"):
            return f"date of the request, {subject.date}"
        if source == keys.DATE_OF_INJURY:
            return f"date of injury, {subject.case.date_of_injury}"
        return "the request" if isinstance(source, Input) else source

    def _records(self, condition: Some | Every) -> FactShown:
        query = condition.some if isinstance(condition, Some) else condition.every
        word = "some" if isinstance(condition, Some) else "every"
        key = next(k for k, q in self.program.queries.items() if q == query and k.reading == word)
        shown = _fact(
            f"records:{query.list_}", query_name(self.catalogue, query), self.inputs.seen(key, self.program), None
        )
        shown["evidence"] = [{"document": path} for path, _, _ in self.inputs.subject.entries(query)]
        return shown


def _fact(fact: str, name: str, seen: Seen, unit: str | None) -> FactShown:
    value = seen.value
    if value in {"present", "absent"}:
        state, shown = value, None
    elif value is None or value == CONFLICT:
        state, shown = "undocumented", None
    else:
        state, shown = None, value.isoformat() if isinstance(value, dt.date) else value
    observations: tuple[Observation, ...] = seen.observations
    return {
        "fact": fact,
        "name": name,
        "state": state,  # type: ignore[typeddict-item]
        "value": shown,
        "unit": unit,
        "evidence": [e for o in observations if (e := evidence(o))],
        "conflict": seen.conflict,
        "inferred": False,
    }
