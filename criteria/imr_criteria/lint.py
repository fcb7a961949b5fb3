"""Checks that shapes cannot express: ids exist and are unique, predicates fit their subjects, nothing is circular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from imr_criteria.catalogue import Catalogue, CatalogueError
from imr_criteria.conditions import (
    PREDICATES,
    SAME_AS_REQUEST,
    AtLeast,
    Condition,
    Every,
    Not,
    RecordQuery,
    Some,
    Test,
    Where,
    conditions,
)
from imr_criteria.model import Attribute, Citation, Criterion, Fact, Inference, Requirement, Source, Treatment
from imr_criteria.problems import Problem, first, nearest
from imr_criteria.quantities import Operand, Quantity


def lint(catalogue: Catalogue) -> list[Problem]:
    """Every problem in a catalogue: broken pieces, and pieces that do not fit together."""
    found = first(problem for _, _, problem in vocabulary_problems(catalogue))
    for kind, check in (("inference", inference_problems), ("criterion", criterion_problems)):
        for name, piece in catalogue.pieces.items():
            if name.startswith(f"{kind} "):
                try:
                    piece.data()
                except CatalogueError as error:
                    found += error.problems
                else:
                    found += first(check(catalogue, name.removeprefix(f"{kind} "), piece.file), piece.file)
    return found


def vocabulary_problems(catalogue: Catalogue) -> Iterator[tuple[str, str, Problem]]:
    """Inconsistencies within the vocabulary: the list, the entry's id and the problem."""
    yield from _Lint(catalogue).vocabulary()


def inference_problems(catalogue: Catalogue, name: str, file: str) -> Iterator[Problem]:
    """References of an inference to unknown ids, and whether it depends on itself."""
    yield from _Lint(catalogue, file).inference(catalogue.inferences[name])


def criterion_problems(catalogue: Catalogue, name: str, file: str) -> Iterator[Problem]:
    """References of a criterion to unknown ids, and conditions that make no sense."""
    yield from _Lint(catalogue, file).criterion(catalogue.criteria[name])


def operands(operand: Operand) -> Iterator[Operand]:
    """An operand and all operands nested in it."""
    yield operand
    for several in (operand.first, operand.agreeing, operand.sum, operand.product, operand.quotient):
        for inner in several or ():
            yield from operands(inner)
    for span in (operand.days_between, operand.months_between):
        if span is not None:
            yield from operands(span.from_)
            yield from operands(span.to)
    if operand.lookup is not None:
        yield from operands(operand.lookup.of)
    if operand.reconcile is not None:
        yield from operands(operand.reconcile.recorded)


class _Lint:
    def __init__(self, catalogue: Catalogue, file: str | None = None) -> None:
        self.catalogue = catalogue
        self.file = file

    def inference(self, inference: Inference) -> Iterator[Problem]:
        yield from self._known("$.concludes", "fact", [inference.concludes], self.catalogue.facts)
        fact = self.catalogue.facts.get(inference.concludes)
        if fact is not None and fact.type != "state":
            yield self._problem("$.concludes", "an inference must conclude a fact of type state")
        for key in ("present_when", "absent_when"):
            condition = getattr(inference, key)
            if condition is not None:
                yield from self._condition(f"$.{key}", condition)
        yield from self._citation("$.citation", inference.citation)
        yield from self._sources("$.sources", inference)
        if self._depends_on_itself(inference.concludes):
            yield self._problem("$.concludes", f"'{inference.concludes}' depends on itself")

    def _depends_on_itself(self, fact: str) -> bool:
        """Whether the inference of a fact reads it, directly or indirectly: chains must not be circular."""
        passed: set[str] = set()
        waiting = [fact]
        while waiting:
            read = self._facts_read(waiting.pop())
            if fact in read:
                return True
            waiting += read - passed
            passed |= read
        return False

    def _facts_read(self, fact: str) -> set[str]:
        """The facts that the inference of a fact reads; none if it has no usable inference."""
        try:
            inference = self.catalogue.inferences[fact]
        except (KeyError, CatalogueError):
            return set()
        sides = [side for side in (inference.present_when, inference.absent_when) if side is not None]
        return {inner.fact for side in sides for inner in conditions(side) if isinstance(inner, Test) and inner.fact}

    def _problem(self, path: str, message: str, allowed: str | None = None) -> Problem:
        return Problem(path, message, allowed, file=self.file)

    def _known(self, path: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
        known = set(known)
        for name in names:
            if name not in known:
                yield self._problem(path, f"unknown {what} '{name}'", nearest(name, known))

    def vocabulary(self) -> Iterator[tuple[str, str, Problem]]:
        known = self.catalogue
        seen: set[str] = set()
        checks: dict[str, tuple[Iterable[Any], Callable[[str, Any], Iterator[Problem]]]] = {
            "treatments": (known.treatments.values(), self._treatment),
            "facts": (known.facts.values(), self._fact),
            "attributes": (known.attributes.values(), self._attribute),
            "sources": (known.sources.values(), self._source),
            "quantities": (known.quantities.values(), lambda path, q: self._quantity(path, q, seen)),
        }
        for key, (entries, check) in checks.items():
            for entry in entries:
                for problem in check(f"$.{key}.{entry.id}", entry):
                    yield key, entry.id, problem
        for silence in known.silences:
            for problem in (
                *self._known("$.silences", "guideline", [silence.guideline], known.guidelines),
                *self._known("$.silences", "treatment", [silence.treatment], known.treatments),
                *self._known("$.silences", "source", silence.sources, known.sources),
            ):
                yield "silences", "", problem

    def _treatment(self, path: str, treatment: Treatment) -> Iterator[Problem]:
        classes = [treatment.class_] if treatment.class_ else []
        yield from self._known(path, "treatment", classes, self.catalogue.treatments)
        yield from self._known(path, "guideline", treatment.addressed_by, self.catalogue.guidelines)
        yield from self._known(path, "attribute", treatment.attributes, self.catalogue.attributes)
        above: dict[str, None] = {}
        current = treatment.class_
        while current is not None and current in self.catalogue.treatments and current not in above:
            above[current] = None
            current = self.catalogue.treatments[current].class_
        if treatment.id in above:
            yield self._problem(path, f"'{treatment.id}' is a class of itself")

    def _fact(self, path: str, fact: Fact) -> Iterator[Problem]:
        if fact.type in {"number", "integer"} and None in (fact.minimum, fact.maximum, fact.unit):
            yield self._problem(path, "a number needs unit, minimum and maximum")
        for rule in fact.records:
            yield from self._where(path, rule.where)

    def _attribute(self, path: str, attribute: Attribute) -> Iterator[Problem]:
        if attribute.type != "code" and None in (attribute.minimum, attribute.maximum, attribute.unit):
            yield self._problem(path, "a number needs unit, minimum and maximum")
        if (attribute.type == "code") != bool(attribute.codes):
            yield self._problem(path, "a code needs a list of codes; no other type takes one")

    def _source(self, path: str, source: Source) -> Iterator[Problem]:
        yield from self._known(path, "guideline", source.restates, self.catalogue.guidelines)

    def _quantity(self, path: str, quantity: Quantity, seen: set[str]) -> Iterator[Problem]:
        for operand in operands(quantity.value):
            yield from self._operand(path, operand)
            # A quantity may use only those above it, which rules out cycles.
            if operand.quantity is not None and operand.quantity not in seen:
                yield self._problem(path, f"quantity '{operand.quantity}' is not defined above it")
        seen.add(quantity.id)

    def _operand(self, path: str, operand: Operand) -> Iterator[Problem]:
        stated = operand.fact or (operand.reconcile.stated if operand.reconcile is not None else None)
        yield from self._known(path, "fact", [stated] if stated else [], self.catalogue.facts)
        yield from self._known(
            path, "attribute", [operand.attribute] if operand.attribute else [], self.catalogue.attributes
        )
        yield from self._known(path, "unit", operand.unit or [], self.catalogue.units)
        queries: list[RecordQuery | None] = [
            operand.count,
            operand.total,
            operand.latest,
            operand.days_covered,
        ]
        for query in queries:
            if query is not None:
                yield from self._where(path, query.where)

    def _where(self, path: str, where: Where) -> Iterator[Problem]:
        treatments = {*self.catalogue.treatments, SAME_AS_REQUEST}
        for names in (where.treatment, where.drug, where.drug_not):
            yield from self._known(path, "treatment", names or [], treatments)
        yield from self._known(path, "study", where.study or [], self.catalogue.studies)
        yield from self._known(path, "outcome", where.outcome or [], self.catalogue.outcomes)
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
            yield self._problem(path, "a request property needs one_of")
        else:
            known: dict[str, Iterable[str]] = {
                "region": self.catalogue.regions,
                "side": SIDES,
                "treatment": self.catalogue.treatments,
            }
            yield from self._known(path, str(test.request), test.one_of, known[str(test.request)])

    def _citation(self, path: str, citation: Citation) -> Iterator[Problem]:
        yield from self._known(path, "guideline", [citation.guideline], self.catalogue.guidelines)

    def _sources(self, path: str, said: Requirement | Inference) -> Iterator[Problem]:
        yield from self._known(path, "source", said.sources, self.catalogue.sources)
        if said.basis != "recalled" and not said.sources:
            yield self._problem(path, f"basis {said.basis} needs sources")
        known = [self.catalogue.sources[name] for name in said.sources if name in self.catalogue.sources]
        guideline = said.citation.guideline
        if said.basis == "letter" and known and all(source.stands_in(guideline) for source in known):
            yield self._problem(path, f"no source restates '{guideline}': the basis is proxy")

    def criterion(self, criterion: Criterion) -> Iterator[Problem]:
        yield from self._known("$.guideline", "guideline", [criterion.guideline], self.catalogue.guidelines)
        yield from self._known("$.treatments", "treatment", criterion.treatments, self.catalogue.treatments)
        yield from self._known("$.regions", "region", criterion.regions, self.catalogue.regions)
        if criterion.applies_when is not None:
            yield from self._condition("$.applies_when", criterion.applies_when)
            # Known to be false, it leaves the criterion out; in doubt, something must fail, or doubt would approve.
            excluding = [r.condition for r in criterion.requirements if r.kind == "exclusion" and r.when is None]
            if criterion.applies_when not in excluding:
                yield self._problem(
                    "$.applies_when", "no exclusion has this condition, so doubt about it would approve"
                )
        for treatment in criterion.treatments:
            known = self.catalogue.treatments.get(treatment)
            if known is not None and criterion.guideline not in known.addressed_by:
                yield self._problem("$.guideline", f"'{treatment}' does not list it under addressed_by")
        for name, count in Counter(r.id for r in criterion.requirements).items():
            if count > 1:
                yield self._problem("$.requirements", f"id '{name}' is used {count} times")
        for requirement in criterion.requirements:
            yield from self._requirement(f"$.requirements.{requirement.id}", requirement)

    def _requirement(self, path: str, requirement: Requirement) -> Iterator[Problem]:
        yield from self._condition(f"{path}.condition", requirement.condition)
        if requirement.when is not None:
            yield from self._condition(f"{path}.when", requirement.when)
        yield from self._citation(f"{path}.citation", requirement.citation)
        yield from self._sources(f"{path}.sources", requirement)
        yield from self._remedy(path, requirement)

    def _remedy(self, path: str, requirement: Requirement) -> Iterator[Problem]:
        """Each kind mends one kind of condition: applied alone, it leaves the requirement satisfied."""
        remedy, condition = requirement.remedy, requirement.condition
        tested = condition.not_ if isinstance(condition, Not) else condition
        fits = {
            "change": isinstance(tested, Test) and tested.fact is None,
            "wait": isinstance(condition, Test) and self._lasts(condition),
            "stop": isinstance(condition, Test) and self._is_taken(condition),
        }
        if not fits.get(remedy.kind, True):
            yield self._problem(f"{path}.remedy", f"a remedy of kind {remedy.kind} does not fit the condition", _MENDS)
        if remedy.attribute is not None:
            known = {*self.catalogue.attributes, "quantity"}
            yield from self._known(f"{path}.remedy", "attribute", [remedy.attribute], known)
        if remedy.less is not None:
            yield from self._known(f"{path}.remedy", "quantity", [remedy.less], self.catalogue.quantities)

    def _is_taken(self, test: Test) -> bool:
        """Whether a test asks that entries of the records are not current."""
        fact = self.catalogue.facts.get(test.fact or "")
        shows = [rule.state for rule in fact.records] if fact is not None else []
        return test.is_ == "absent" and any("current" in state.present for state in shows)

    def _lasts(self, test: Test) -> bool:
        """Whether a test asks for a span of time up to the date of the request that is long enough."""
        quantity = self.catalogue.quantities.get(test.quantity or "")
        span = (quantity.value.months_between or quantity.value.days_between) if quantity is not None else None
        long = test.more_than is not None or test.at_least is not None
        return long and span is not None and span.to.request == "date"


SIDES = ("left", "right", "bilateral")
_MENDS = (
    "change: one test of an attribute or a quantity; "
    "wait: a span of time up to the date of the request that is at least so long; "
    "stop: that a fact is absent which shows what is current"
)


def _bare(test: Test) -> bool:
    return all(getattr(test, name) is None for name in PREDICATES)
