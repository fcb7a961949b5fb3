"""What stands in a case and is read by no rule that any of its requests is judged by.

It decides nothing, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from imr_criteria import Catalogue
from imr_criteria.conditions import ListName, RecordQuery
from imr_criteria.model import FromRecords
from imr_criteria.outside import quoted
from imr_engine.answer.evidence import entries_text
from imr_engine.answer.numbers import amount_text, value_text
from imr_engine.answer.result import Unread
from imr_engine.cases.model import Facts, StudyRecord
from imr_engine.inputs.matching import matchers_of
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.quantities import leaves_of
from imr_engine.rules.program import Program

_MOST_VALUES = 5
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
        self.depends = any(key.kind == "depends-on" for key in keys)
        """Whether a rule reads what became of the request that this one depends on."""
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


class Together:
    """What is read for any request of a case: what one request has no use for may decide another."""

    def __init__(self, readings: Iterable[tuple[Reading, str | None]]) -> None:
        self._readings = tuple(dict.fromkeys(readings))
        self.facts = frozenset().union(*(reading.facts for reading, _ in self._readings))
        self._known: dict[tuple[ListName, str], bool] = {}
        self._found: dict[tuple[str, str], bool] = {}

    def reads(self, list_: ListName, name: str) -> bool:
        """Whether a rule reads record entries about something."""
        key = list_, name
        if key not in self._known:
            self._known[key] = any(reading.reads(list_, name, asked) for reading, asked in self._readings)
        return self._known[key]

    def finds(self, study: str, finding: str) -> bool:
        """Whether a rule reads a finding of a kind of study."""
        key = study, finding
        if key not in self._found:
            self._found[key] = any(reading.finds(study, finding) for reading, _ in self._readings)
        return self._found[key]


def unread(subject: Subject, reading: Reading, together: Together) -> list[Unread]:
    """What no rule reads, each with its JSON path (`request` is the request itself), whatever the order of keys.

    What belongs to the case may be read for another of its requests; what is missing is nothing to read.
    """
    catalogue, case, request = subject.catalogue, subject.case, subject.request
    found = _facts(catalogue, together.facts, "facts", case.facts)
    more = 0
    for path, words in _recorded(subject, together):
        if len(found) < MOST:
            found.append((path, words()))
        else:
            more += 1
    if more:
        found.append(("records", f"{more:,} more in the records"))
    if request.quantity is not None and request.quantity.unit not in reading.units:
        found.append(("request.quantity", amount_text(request.quantity.value, request.quantity.unit)))
    if request.depends_on is not None and not reading.depends:
        found.append(("request.depends_on", f"that it depends on request {quoted(request.depends_on)}"))
    for name, value in sorted(request.attributes.items()):
        if name not in reading.attributes and value != "undocumented":
            attribute = catalogue.attributes[name]
            said = value_text(value, attribute.unit, names=attribute.codes)
            found.append((f"request.attributes.{name}", f"{attribute.name}: {said}"))
    found += _facts(catalogue, reading.facts, "request.facts", case.request_facts[request.id])
    return [{"path": path, "text": text} for path, text in found]


def _recorded(subject: Subject, together: Together) -> Iterator[tuple[str, Callable[[], str]]]:
    """The entries of the records, and the findings in others, that no rule reads; worded only if they are shown."""
    catalogue = subject.catalogue
    for list_, entries in subject.records.lists.items():
        for entry in entries:
            if not together.reads(list_, entry.name):
                yield entry.path, partial(entries_text, catalogue, [entry.record])
            elif isinstance(entry.record, StudyRecord):
                for name, state in sorted(entry.record.findings.items()):
                    if state != "undocumented" and not together.finds(entry.name, name):
                        said = f"{catalogue.study_findings[name]} {state} ({catalogue.studies[entry.name]})"
                        yield f"{entry.path}.findings.{name}", said.__str__


def _facts(catalogue: Catalogue, read: Collection[str], at: str, facts: Facts) -> list[tuple[str, str]]:
    """The facts that nothing reads, with what was seen of them."""
    found: list[tuple[str, str]] = []
    for name in sorted(facts.keys() - read):
        fact = catalogue.facts[name]
        seen = [value_text(o.value, fact.unit) if o.value is not None else o.state for o in facts[name]]
        said = list(dict.fromkeys(one for one in seen if one is not None and one != "undocumented"))
        if said:
            more = f" and {len(said) - _MOST_VALUES} more" if said[_MOST_VALUES:] else ""
            found.append((f"{at}.{name}", f"{fact.name}: {', '.join(said[:_MOST_VALUES])}{more}"))
    return found
