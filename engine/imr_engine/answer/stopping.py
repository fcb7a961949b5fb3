"""What could be stopped so that a requirement is met: entries of the records, and what is stated without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from imr_criteria.conditions import SAME_AS_REQUEST, RecordQuery, Test
from imr_criteria.model import FromRecords, Requirement
from imr_engine.answer.evidence import evidence_text
from imr_engine.answer.writes import Write, Writes
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.records import Entry


def stops(subject: Subject, requirement: Requirement) -> Iterator[tuple[Writes, str]]:
    """The ways to try, from the least: what to write, and in words, what is stopped.

    Entries that are current are stopped, then those, too, of which nobody knows; a statement ends with them.
    """
    test = requirement.condition
    if not isinstance(test, Test) or test.fact is None:
        return
    fact = subject.catalogue.facts[test.fact]
    for stated, known in product((False, True), (True, False)):
        writes: Writes = [Write("fact", fact.id, "absent", ends=True)] if stated else []
        names: dict[str, None] = {}
        for rule in fact.records:
            for entry in _taken(subject, rule, known):
                names.setdefault(_name(subject, entry))
                writes += _stopped(subject, entry)
        if stated and not names:
            names = dict.fromkeys(_classes(subject, rule) for rule in fact.records)
        if writes:
            yield writes, " and ".join(names)


def _taken(subject: Subject, rule: FromRecords, known: bool) -> Iterator[Entry]:
    """The entries that are taken, or also those that may be."""
    for entry, matches in subject.entries(RecordQuery(list_=rule.list_, where=rule.where)):
        status = getattr(entry.record, "status", None)
        if matches is not False and (status in rule.state.present or (not known and status is None)):
            yield entry


def _stopped(subject: Subject, entry: Entry) -> Writes:
    """What ends an entry. One that runs does so until the day of the file: these days still count."""
    path, today = entry.path.removeprefix("records."), subject.case.as_of or subject.date
    until = [Write("record", f"{path}.to", today)] if entry.running and today is not None else []
    return [Write("record", f"{path}.status", "stopped"), *until]


def _name(subject: Subject, entry: Entry) -> str:
    """The drug; where only the class of the requested one is recorded, which entry of it is meant."""
    name, asked = subject.catalogue.treatments[entry.name].name, subject.request.treatment
    if asked is not None and entry.name in subject.catalogue.lineage(asked):
        return f"the other {name} ({evidence_text({'source': entry.path})})"
    return name


def _classes(subject: Subject, rule: FromRecords) -> str:
    """What a statement without an entry is about: "the other muscle relaxant"."""
    which = "the other" if SAME_AS_REQUEST in (rule.where.drug_not or ()) else "the"
    return " or ".join(f"{which} {subject.catalogue.treatments[name].name}" for name in rule.where.drug or ())
