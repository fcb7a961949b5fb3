"""Matches record entries against queries. The members of a class are looked up once, not once per entry."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.conditions import SAME_AS_REQUEST, ListName, Where
from imr_engine.cases.model import MedicationRecord, StudyRecord, TreatmentRecord
from imr_engine.rules.three_values import Truth, conjunction, negation

Record = TreatmentRecord | MedicationRecord | StudyRecord
_CLASSED = ("treatment", "drug")
NAMED_BY: dict[ListName, str] = {"treatments": "treatment", "medications": "drug", "studies": "study"}
"""The field that names what an entry of each list is about."""


class Matcher:
    """Whether an entry matches a query; None if it lacks the field that would decide."""

    def __init__(self, catalogue: Catalogue, where: Where, asked: str | None) -> None:
        self._named = [
            (field, _Names(catalogue, field, names, asked))
            for field in ("treatment", "drug", "study", "status", "outcome")
            if (names := getattr(where, field)) is not None
        ]
        self._other = _Names(catalogue, "drug", where.drug_not, asked) if where.drug_not is not None else None
        self._inner = Matcher(catalogue, where.not_, asked) if where.not_ is not None else None

    def __call__(self, entry: Record) -> Truth:
        """Whether an entry matches."""
        answers = [names.has(getattr(entry, field, None)) for field, names in self._named]
        if self._other is not None:
            answers.append(negation(self._other.has(getattr(entry, "drug", None))))
        if self._inner is not None:
            answers.append(negation(self._inner(entry)))
        return conjunction(answers)

    def may_mean(self, name: str) -> bool:
        """Whether any entry about this treatment, drug or study could match."""
        named = (names.has(name) is not False for field, names in self._named if field in NAMED_BY.values())
        return all(named) and (self._other is None or self._other.has(name) is not True)


class _Names:
    """The words a field may have, including the members of every class among them."""

    def __init__(self, catalogue: Catalogue, field: str, names: Iterable[str], asked: str | None) -> None:
        self._unsure: frozenset[str] = frozenset()
        wanted = [asked if name == SAME_AS_REQUEST and asked is not None else name for name in names]
        if field in _CLASSED:
            known = [name for name in wanted if name in catalogue.treatments]
            self._wanted = frozenset(catalogue.members(known))
            # The entry names a class (a muscle relaxant) and the query wants a member: it may be that member.
            self._unsure = frozenset(name for one in known for name in catalogue.lineage(one)) - self._wanted
        else:
            self._wanted = frozenset(wanted)

    def has(self, name: str | None) -> Truth:
        """Whether a word is one of them."""
        if name in self._wanted:
            return True
        return None if name is None or name == "undocumented" or name in self._unsure else False


class Matchers:
    """The matchers of a catalogue's queries, each built when first needed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        # By identity, because hashing a query costs more than matching. Keeping the query keeps its identity unique.
        self._made: dict[tuple[int, str | None], tuple[Where, Matcher]] = {}
        self._facts: dict[tuple[ListName, str, str | None], list[str]] = {}
        self._findings: dict[str, frozenset[str]] = {}

    def of(self, where: Where, asked: str | None) -> Matcher:
        """The matcher of a query, for requests for one treatment."""
        found = self._made.get((id(where), asked))
        if found is None:
            found = self._made[id(where), asked] = where, Matcher(self._catalogue, where, asked)
        return found[1]

    def facts_of(self, list_: ListName, name: str, asked: str | None) -> list[str]:
        """The facts that entries about one treatment, drug or study may be observations of."""
        found = self._facts.get((list_, name, asked))
        if found is None:
            found = self._facts[list_, name, asked] = [
                fact.id
                for fact in self._catalogue.facts_from_records
                if any(rule.list_ == list_ and self.of(rule.where, asked).may_mean(name) for rule in fact.records)
            ]
        return found

    def findings_of(self, study: str) -> frozenset[str]:
        """The findings that a rule reads in a kind of study."""
        found = self._findings.get(study)
        if found is None:
            found = self._findings[study] = frozenset(
                rule.state.finding
                for fact in self._catalogue.facts_from_records
                for rule in fact.records
                if rule.state.finding is not None and self.of(rule.where, None).may_mean(study)
            )
        return found


@lru_cache(maxsize=8)
def matchers_of(catalogue: Catalogue) -> Matchers:
    """The matchers of a catalogue."""
    return Matchers(catalogue)
