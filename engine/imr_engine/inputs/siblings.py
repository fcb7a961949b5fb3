"""Other requests of a case: the same treatment asked for twice is a series, and a drug may be taken soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imr_criteria.conditions import ListName
from imr_criteria.model import Fact
from imr_engine.cases.model import MedicationRecord, Observation, Request
from imr_engine.inputs.matching import matchers_of

if TYPE_CHECKING:
    from imr_engine.inputs.observations import Subject

_GIVEN: tuple[ListName, ...] = ("treatments", "medications")


def facts_about(subject: Subject) -> set[str]:
    """The facts on which other requests bear, since they ask for a drug."""
    matchers, asked = matchers_of(subject.catalogue), subject.request.treatment
    drugs = dict.fromkeys(str(other.treatment) for other in _others(subject, drugs_only=True))
    return {fact for drug in drugs for fact in matchers.facts_of("medications", drug, asked)}


def asked_before(subject: Subject) -> Request | None:
    """Another request for the same treatment, on the same day or earlier, which was not carried out since."""
    for other in _others(subject):
        if _is_the_same(subject, other):
            day = _day(subject, other)
            if day is None or subject.date is None or (day <= subject.date and not _carried_out(subject, other, day)):
                return other
    return None


def may_be_taken(subject: Subject, fact: Fact, stated: Sequence[Observation]) -> Request | None:
    """Another request for a drug that, once it is taken, shows a fact: unless that was told of, or given, since."""
    rules = [rule for rule in fact.records if "current" in rule.state.present]
    matchers = matchers_of(subject.catalogue)
    for other in _others(subject, drugs_only=True) if rules else ():
        drug = MedicationRecord(drug=str(other.treatment))
        if all(matchers.of(rule.where, subject.request.treatment)(drug) is False for rule in rules):
            continue
        day = _day(subject, other)
        if day is None or subject.date is None or day == subject.date:
            return other
        told = any(one.date is None or one.date >= day for one in stated)
        if day < subject.date and not told and not _carried_out(subject, other, day):
            return other
    return None


def _others(subject: Subject, drugs_only: bool = False) -> Iterator[Request]:
    for other in subject.case.requests if subject.case.requests[1:] else ():
        named = other.treatment is not None and (not drugs_only or subject.catalogue.is_drug(other.treatment))
        if named and other.id != subject.request.id:
            yield other


def _is_the_same(subject: Subject, other: Request) -> bool:
    """Whether it asks for this treatment of this region. Drugs of one class count together, whatever they are for."""
    catalogue, mine, theirs = subject.catalogue, subject.request.treatment, str(other.treatment)
    if mine is None:
        return False
    lineage, their_lineage = catalogue.lineage(mine), catalogue.lineage(theirs)
    if catalogue.is_drug(mine):
        return not set(lineage).isdisjoint(their_lineage)
    if mine not in their_lineage and theirs not in lineage:
        return False
    regions = {region for region in (subject.request.region, other.region) if region is not None}
    return len(regions) < 2 or not catalogue.treatments[mine].regional


def _day(subject: Subject, other: Request) -> dt.date | None:
    return other.date or other.utilization_review_date or subject.case.as_of


def _carried_out(subject: Subject, other: Request, day: dt.date) -> bool:
    """Whether what another request asked for was given since, so that it is no request any more."""
    known = subject.catalogue.members([str(other.treatment)])
    begins = [
        counted.entry.begin
        for name in _GIVEN
        for about, entries in subject.counted(name).items()
        if about in known
        for counted in entries
        if counted.why is None
    ]
    last = subject.last_treatment() if other.treatment == subject.request.treatment else None
    return any(begin is not None and begin >= day for begin in (*begins, last))
