"""Checks what the shapes cannot: that every id exists, is used once, and that every folder is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imr_criteria.conditions import (
    SAME_AS_REQUEST,
    All,
    Any_,
    AtLeast,
    Condition,
    Every,
    FieldQuery,
    Not,
    Operand,
    RecordQuery,
    Some,
    Test,
    Where,
)
from imr_criteria.problems import Problem, nearest

if TYPE_CHECKING:
    from imr_criteria.catalogue import Catalogue
    from imr_criteria.model import Citation, Criterion, Requirement


def lint(catalogue: Catalogue, criteria: int, inferences: int) -> list[Problem]:
    """Every problem of a catalogue. `criteria` and `inferences` count the files, to find ids used twice."""
    problems = list(_Lint(catalogue).problems())
    if criteria != len(catalogue.criteria) or inferences != len(catalogue.inferences):
        problems.append(Problem("", "two criteria have the same id, or two inferences the same finding"))
    return problems


def conditions(condition: Condition) -> Iterator[Condition]:
    """A condition and all conditions within it."""
    yield condition
    if isinstance(condition, All | Any_ | AtLeast):
        arms = condition.all if isinstance(condition, All) else condition.any if isinstance(condition, Any_) else None
        for arm in arms if arms is not None else condition.of:  # type: ignore[union-attr]
            yield from conditions(arm)
    elif isinstance(condition, Not):
        yield from conditions(condition.not_)


def operands(operand: Operand) -> Iterator[Operand]:
    """An operand and all operands within it."""
    yield operand
    for several in (operand.first, operand.sum, operand.product, operand.quotient):
        for inner in several or ():
            yield from operands(inner)
    for span in (operand.days_between, operand.months_between):
        if span is not None:
            yield from operands(span.from_)
            yield from operands(span.to)
    if operand.lookup is not None:
        yield from operands(operand.lookup.of)


class _Lint:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.words = catalogue.vocabulary
        self.file: str | None = None

    def problems(self) -> Iterator[Problem]:
        yield from self._vocabulary()
        for inference in self.catalogue.inferences.values():
            self.file = self.catalogue.files.get(f"inference {inference.finding}")
            yield from self._known("$.finding", "fact", [inference.finding], self.catalogue.facts)
            fact = self.catalogue.facts.get(inference.finding)
            if fact is not None and fact.type != "state":
                yield self._problem("$.finding", "a finding is a fact of type state")
            for key in ("present_when", "absent_when"):
                condition = getattr(inference, key)
                if condition is not None:
                    yield from self._condition(f"$.{key}", condition)
            yield from self._citation("$.citation", inference.citation)
        yield from self._cycles()
        for criterion in self.catalogue.criteria.values():
            self.file = self.catalogue.files.get(criterion.id)
            yield from self._criterion(criterion)

    def _problem(self, path: str, message: str, allowed: str | None = None) -> Problem:
        return Problem(path, message, allowed, file=self.file)

    def _known(self, path: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
        known = set(known)
        for name in names:
            if name not in known:
                yield self._problem(path, f"unknown {what} '{name}'", nearest(name, known))

    def _vocabulary(self) -> Iterator[Problem]:
        for what in ("guidelines", "regions", "treatments", "attributes", "facts", "quantities"):
            self.file = self.catalogue.files.get(f"vocabulary {what}")
            for name, count in Counter(entry.id for entry in getattr(self.words, what)).items():
                if count > 1:
                    yield self._problem(f"$.{what}", f"id '{name}' is used {count} times")
        self.file = self.catalogue.files.get("vocabulary treatments")
        for treatment in self.words.treatments:
            path = f"$.treatments.{treatment.id}"
            yield from self._known(
                path, "treatment", [treatment.class_] if treatment.class_ else [], self.catalogue.treatments
            )
            yield from self._known(path, "guideline", treatment.addressed_by, self.catalogue.guidelines)
            yield from self._known(path, "attribute", treatment.attributes, self.catalogue.attributes)
        self.file = self.catalogue.files.get("vocabulary silences")
        for silence in self.words.silences:
            yield from self._known("$.silences", "guideline", [silence.guideline], self.catalogue.guidelines)
            yield from self._known("$.silences", "treatment", [silence.treatment], self.catalogue.treatments)
        self.file = self.catalogue.files.get("vocabulary facts")
        for fact in self.words.facts:
            path = f"$.facts.{fact.id}"
            if fact.type in {"number", "integer"} and None in (fact.minimum, fact.maximum, fact.unit):
                yield self._problem(path, "a number has unit, minimum and maximum")
            if fact.records is not None:
                yield from self._where(path, fact.records.where)
        for attribute in self.words.attributes:
            path = f"$.attributes.{attribute.id}"
            if attribute.type != "code" and None in (attribute.minimum, attribute.maximum, attribute.unit):
                yield self._problem(path, "a number has unit, minimum and maximum")
            if (attribute.type == "code") != bool(attribute.codes):
                yield self._problem(path, "a code, and only that, has a list of codes")
        self.file = self.catalogue.files.get("vocabulary quantities")
        seen: set[str] = set()
        for quantity in self.words.quantities:
            path = f"$.quantities.{quantity.id}"
            for operand in operands(quantity.value):
                yield from self._operand(path, operand)
                # A quantity may use those above it only: that keeps them free of cycles.
                if operand.quantity is not None and operand.quantity not in seen:
                    yield self._problem(path, f"quantity '{operand.quantity}' does not stand above it")
            seen.add(quantity.id)

    def _operand(self, path: str, operand: Operand) -> Iterator[Problem]:
        yield from self._known(path, "fact", [operand.fact] if operand.fact else [], self.catalogue.facts)
        yield from self._known(
            path, "attribute", [operand.attribute] if operand.attribute else [], self.catalogue.attributes
        )
        yield from self._known(path, "unit", operand.unit or [], self.words.units)
        queries: list[RecordQuery | FieldQuery | None] = [operand.count, operand.total, operand.latest]
        for query in queries:
            if query is not None:
                yield from self._where(path, query.where)

    def _where(self, path: str, where: Where) -> Iterator[Problem]:
        treatments = {*self.catalogue.treatments, SAME_AS_REQUEST}
        for names in (where.treatment, where.drug, where.drug_not):
            yield from self._known(path, "treatment", names or [], treatments)
        yield from self._known(path, "study", where.study or [], self.words.studies)
        yield from self._known(path, "outcome", where.outcome or [], self.words.outcomes)
        if where.not_ is not None:
            yield from self._where(path, where.not_)

    def _condition(self, path: str, condition: Condition) -> Iterator[Problem]:
        for inner in conditions(condition):
            if isinstance(inner, Some | Every):
                query = inner.some if isinstance(inner, Some) else inner.every
                yield from self._where(path, query.where)
            elif isinstance(inner, AtLeast) and inner.at_least > len(inner.of):
                yield self._problem(path, f"at least {inner.at_least} of {len(inner.of)} can never be true")
            elif isinstance(inner, Test):
                yield from self._test(path, inner)

    def _test(self, path: str, test: Test) -> Iterator[Problem]:
        compares = test.is_ is None and test.one_of is None
        if test.fact is not None:
            yield from self._known(path, "fact", [test.fact], self.catalogue.facts)
            fact = self.catalogue.facts.get(test.fact)
            if fact is not None and (fact.type == "state") != (test.is_ is not None or _bare(test)):
                yield self._problem(path, f"'{test.fact}' is a {fact.type}: the predicate does not fit")
        elif test.attribute is not None:
            yield from self._known(path, "attribute", [test.attribute], self.catalogue.attributes)
            attribute = self.catalogue.attributes.get(test.attribute)
            if attribute is not None:
                if (attribute.type == "code") != (test.one_of is not None):
                    yield self._problem(path, f"'{test.attribute}' is a {attribute.type}: the predicate does not fit")
                yield from self._known(path, "code", test.one_of or [] if attribute.codes else [], attribute.codes)
        elif test.quantity is not None:
            yield from self._known(path, "quantity", [test.quantity], self.catalogue.quantities)
            if not compares:
                yield self._problem(path, f"'{test.quantity}' is a number: the predicate does not fit")
        elif test.one_of is None:
            yield self._problem(path, "a property of the request is compared with one_of")
        else:
            known: dict[str, Iterable[str]] = {
                "region": self.catalogue.regions,
                "side": SIDES,
                "treatment": self.catalogue.treatments,
            }
            yield from self._known(path, str(test.request), test.one_of, known[str(test.request)])

    def _citation(self, path: str, citation: Citation) -> Iterator[Problem]:
        if citation.guideline is not None:
            yield from self._known(path, "guideline", [citation.guideline], self.catalogue.guidelines)

    def _criterion(self, criterion: Criterion) -> Iterator[Problem]:
        yield from self._known("$.guideline", "guideline", [criterion.guideline], self.catalogue.guidelines)
        yield from self._known("$.treatments", "treatment", criterion.treatments, self.catalogue.treatments)
        yield from self._known("$.regions", "region", criterion.regions, self.catalogue.regions)
        for treatment in criterion.treatments:
            known = self.catalogue.treatments.get(treatment)
            if known is not None and criterion.guideline not in known.addressed_by:
                yield self._problem("$.guideline", f"'{treatment}' does not list it under addressed_by")
        for name, count in Counter(r.id for r in criterion.requirements).items():
            if count > 1:
                yield self._problem("$.requirements", f"id '{name}' is used {count} times")
        for exception in criterion.exceptions:
            yield from self._condition("$.exceptions", exception.condition)
        for requirement in criterion.requirements:
            yield from self._requirement(f"$.requirements.{requirement.id}", requirement)

    def _requirement(self, path: str, requirement: Requirement) -> Iterator[Problem]:
        yield from self._condition(f"{path}.condition", requirement.condition)
        if requirement.when is not None:
            yield from self._condition(f"{path}.when", requirement.when)
        if requirement.citation is not None:
            yield from self._citation(f"{path}.citation", requirement.citation)
        if requirement.basis != "recalled" and not requirement.sources:
            yield self._problem(f"{path}.sources", f"basis {requirement.basis} needs its sources")
        remedy = requirement.remedy
        if remedy.attribute is not None:
            known = {*self.catalogue.attributes, "quantity"}
            yield from self._known(f"{path}.remedy", "attribute", [remedy.attribute], known)
        if remedy.less is not None:
            yield from self._known(f"{path}.remedy", "quantity", [remedy.less], self.catalogue.quantities)

    def _cycles(self) -> Iterator[Problem]:
        """Forward chaining goes one way: no finding may rest on itself."""
        state: dict[str, int] = {}

        def visit(finding: str) -> bool:
            if state.get(finding) is not None:
                return state[finding] == 1
            state[finding] = 1
            inference = self.catalogue.inferences[finding]
            for condition in (inference.present_when, inference.absent_when):
                for inner in conditions(condition) if condition is not None else ():
                    fact = inner.fact if isinstance(inner, Test) else None
                    if fact in self.catalogue.inferences and visit(fact):
                        return True
            state[finding] = 2
            return False

        for finding in self.catalogue.inferences:
            if visit(finding):
                self.file = self.catalogue.files.get(f"inference {finding}")
                yield self._problem("$.finding", f"'{finding}' rests on itself")
                return


SIDES = ("left", "right", "bilateral")


def _bare(test: Test) -> bool:
    return all(value is None for name, value in test if name not in {"fact", "reading"})
