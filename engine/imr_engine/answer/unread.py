"""What stands in a case and no rule of a request's criteria reads. It decides nothing, and the answer says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from imr_criteria import Catalogue
from imr_criteria.conditions import ListName, RecordQuery
from imr_criteria.model import FromRecords
from imr_engine.answer.evidence import entries_text
from imr_engine.answer.numbers import amount_text
from imr_engine.answer.result import Unread
from imr_engine.cases.model import Facts, StudyRecord
from imr_engine.inputs.matching import matchers_of
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.quantities import leaves_of
from imr_engine.rules.program import Program

MOST = 20
"""How many things are listed of those that no rule reads, up to the records: thousands say no more than twenty."""


class Reading:
    """What the rules of some criteria read in a case."""

    def __init__(self, catalogue: Catalogue, programs: tuple[Program, ...]) -> None:
        keys = [key for program in programs for key in program.inputs]
        leaves = [leaf for key in keys if key.kind == "quantity" for leaf in leaves_of(catalogue, key.name)]
        facts = {key.name for key in keys if key.kind == "fact"}
        facts |= {leaf.fact for leaf in leaves if leaf.fact is not None}
        facts |= {leaf.reconcile.stated for leaf in leaves if leaf.reconcile is not None}
        self.facts = frozenset(facts)
        attributes = {key.name for key in keys if key.kind == "attribute"}
        self.attributes = frozenset(attributes | {leaf.attribute for leaf in leaves if leaf.attribute is not None})
        self.units = frozenset(unit for leaf in leaves for unit in leaf.unit or ())
        self._queries: list[RecordQuery] = [q for program in programs for q in program.queries.values()]
        self._queries += [q for leaf in leaves if (q := leaf.count or leaf.total or leaf.latest or leaf.days_covered)]
        self._rules = [rule for name in facts for rule in catalogue.facts[name].records]
        self._matchers = matchers_of(catalogue)
        self._known: dict[tuple[ListName, str, str | None], bool] = {}

    def reads(self, list_: ListName, name: str, asked: str | None) -> bool:
        """Whether a rule reads record entries about something."""
        key = list_, name, asked
        if key not in self._known:
            asking: list[RecordQuery | FromRecords] = [*self._queries, *self._rules]
            self._known[key] = any(
                one.list_ == list_ and self._matchers.of(one.where, asked).may_mean(name) for one in asking
            )
        return self._known[key]

    def finds(self, study: str, finding: str) -> bool:
        """Whether a rule reads a finding of a kind of study."""
        return any(
            rule.state.finding == finding and self._matchers.of(rule.where, None).may_mean(study)
            for rule in self._rules
        )


def unread(subject: Subject, reading: Reading) -> list[Unread]:
    """What no rule reads, each with its JSON path (`request` is the request itself), whatever the order of keys."""
    catalogue, case, request = subject.catalogue, subject.case, subject.request
    found = _facts(catalogue, reading, "facts", case.facts)
    more = 0
    for path, words in _recorded(subject, reading):
        if len(found) < MOST:
            found.append((path, words()))
        else:
            more += 1
    if more:
        found.append(("records", f"{more:,} more in the records"))
    if request.quantity is not None and request.quantity.unit not in reading.units:
        found.append(("request.quantity", amount_text(request.quantity.value, request.quantity.unit)))
    found += [
        (f"request.attributes.{name}", catalogue.attributes[name].name)
        for name in sorted(request.attributes)
        if name not in reading.attributes
    ]
    found += _facts(catalogue, reading, "request.facts", case.request_facts[request.id])
    return [{"path": path, "text": text} for path, text in found]


def _recorded(subject: Subject, reading: Reading) -> Iterator[tuple[str, Callable[[], str]]]:
    """The entries of the records, and the findings in others, that no rule reads; worded only if they are shown."""
    catalogue = subject.catalogue
    for list_, entries in subject.records.lists.items():
        for entry in entries:
            if not reading.reads(list_, entry.name, subject.request.treatment):
                yield entry.path, partial(entries_text, catalogue, [entry.record])
            elif isinstance(entry.record, StudyRecord):
                for name, state in sorted(entry.record.findings.items()):
                    if state != "undocumented" and not reading.finds(entry.name, name):
                        said = f"{catalogue.study_findings[name]} {state} ({entry.name})"
                        yield f"{entry.path}.findings.{name}", said.__str__


def _facts(catalogue: Catalogue, reading: Reading, at: str, facts: Facts) -> list[tuple[str, str]]:
    return [(f"{at}.{name}", catalogue.facts[name].name) for name in sorted(facts) if name not in reading.facts]
