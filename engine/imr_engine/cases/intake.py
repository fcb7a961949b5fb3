"""From text to case: strict JSON, then shapes, then words. Problems are reported at once, each with path and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.dates import day
from imr_criteria.model import Attribute, Fact
from imr_criteria.problems import nearest
from imr_engine.cases.complaints import CaseError, Complaints
from imr_engine.cases.lookalikes import as_seen, differs_unseen
from imr_engine.cases.model import (
    EXPECTED,
    MAX_ENTRIES,
    STATES,
    Case,
    CaseShape,
    Facts,
    MedicationRecord,
    Observation,
    Request,
    TreatmentRecord,
    observed,
)
from imr_engine.cases.positions import Path
from imr_engine.cases.shapes import case_shape, observation_shape
from imr_engine.cases.strict_json import MAX_BYTES, parse, text_of

__all__ = ["MAX_BYTES", "CaseError", "check_case", "read_case", "read_json"]

_STATED = {state: observed(state, None, None, None, None) for state in STATES}


def read_case(content: bytes, catalogue: Catalogue) -> Case:
    """The case in a file's content. Raises CaseError, with the line of each problem."""
    text = text_of(content, EXPECTED)
    return check_case(parse(text), catalogue, text)


def read_json(content: bytes) -> Any:
    """The data in a file's content, as strictly as cases are read. Raises CaseError."""
    return parse(text_of(content, EXPECTED))


def check_case(data: Any, catalogue: Catalogue, text: str | None = None) -> Case:
    """The case in JSON data. Raises CaseError with its problems, each at its path, and at its line in `text`."""
    complaints = Complaints(text)
    shape = case_shape(data, complaints)
    case = _Intake(catalogue, complaints).case(shape)
    complaints.end()
    return case


class _Intake:
    """Checks words against the catalogue and brings every fact into the same form."""

    def __init__(self, catalogue: Catalogue, complaints: Complaints) -> None:
        self.catalogue = catalogue
        self._complaints = complaints
        self._say = complaints.say

    def case(self, shape: CaseShape) -> Case:
        facts = self._facts(shape.facts, ("facts",))
        self._records(shape)
        own: dict[str, Facts] = {}
        looks: set[str] = set()
        for index, request in enumerate(shape.requests):
            path: Path = ("requests", index)
            look = as_seen(request.id)
            if request.id in own:
                self._say((*path, "id"), "is used by another request in this case")
            elif look in looks:
                self._say((*path, "id"), "looks like the id of another request in this case")
            looks.add(look)
            own[request.id] = self._facts(request.facts, (*path, "facts"))
            self._request(request, path)
        self._dependencies(shape.requests)
        return Case(
            case_id=shape.case_id,
            as_of=shape.as_of,
            date_of_injury=shape.date_of_injury,
            facts=facts,
            records=shape.records,
            requests=tuple(shape.requests),
            request_facts=own,
        )

    def _known(self, path: Path, what: str, name: str | None, known: Collection[str]) -> bool:
        if name is None or name in known:
            return True
        also = self.catalogue.brands if what in {"treatment", "drug"} else None
        unseen = ", though it looks like a known one" if differs_unseen(name, known) else ""
        self._say(path, f"unknown {what}{unseen}", nearest(name, known, also))
        return False

    def _facts(self, facts: dict[str, Any], path: Path) -> Facts:
        read: Facts = {}
        for name, written in facts.items():
            place = (*path, name)
            if not self._known(place, "fact", name, self.catalogue.facts):
                continue
            fact = self.catalogue.facts[name]
            made: list[Observation | None] = []
            if not isinstance(written, list):
                made = [self._observation(fact, written, place, False)]
            elif len(written) > MAX_ENTRIES:
                self._say(place, f"has more than {MAX_ENTRIES:,} entries")
            elif written:
                made = [self._observation(fact, one, (*place, i), True) for i, one in enumerate(written)]
            else:
                self._say(place, "is an empty list", "leave the fact out, or write undocumented")
            read[name] = tuple([observation for observation in made if observation is not None])
        return read

    def _observation(self, fact: Fact, written: Any, path: Path, in_list: bool) -> Observation | None:
        if isinstance(written, dict):
            seen = observation_shape(written, path, self._complaints)
            if seen is None:
                return None
            state, value, region = seen.get("state"), seen.get("value"), seen.get("region")
            if (state is None) == (value is None):
                self._say(path, "an observation has a state or a value")
                return None
            if region is not None:
                self._known((*path, "region"), "region", region, self.catalogue.regions)
            if state == "undocumented":
                return observed(state, None, seen.get("date"), region, seen.get("evidence"))
            if (state is not None) != (fact.type == "state"):
                key = "state" if fact.type == "state" else "value"
                self._say(path, f"this fact takes a {key}", ", ".join(STATES) if key == "state" else _allowed(fact))
                return None
            value = self._value(fact, value, (*path, "value")) if state is None else None
            if state is None and value is None:
                return None
            if isinstance(value, dt.date) and (seen_on := seen.get("date")) is not None and value > seen_on:
                self._say((*path, "value"), "is later than the day of the observation")
                return None
            return observed(state, value, seen.get("date"), region, seen.get("evidence"))
        if in_list:
            self._say(path, "must be an observation (an object)")
            return None
        if written == "undocumented" and isinstance(written, str):
            return _STATED["undocumented"]
        if fact.type == "state":
            if isinstance(written, str) and written in STATES:
                return _STATED[written]
            self._say(path, "must be a state, an observation or a list of observations", ", ".join(STATES))
            return None
        value = self._value(fact, written, path)
        return None if value is None else Observation(value=value)

    def _value(self, kind: Fact | Attribute, written: Any, path: Path) -> int | float | str | dt.date | None:
        """A value of the kind's type, within its bounds. Neither booleans nor texts are numbers."""
        checks: dict[str, Callable[[Any], bool]] = {
            "integer": lambda v: type(v) is int,
            "number": lambda v: type(v) in (int, float),
            "code": lambda v: isinstance(v, str),
            "date": lambda v: isinstance(v, str),
        }
        fits = kind.type in checks and checks[kind.type](written)
        if fits and kind.type == "date":
            try:
                return day(written)
            except ValueError:
                fits = False
        if fits and isinstance(kind, Attribute) and kind.type == "code":
            return str(written) if self._known(path, "code", written, kind.codes) else None
        low, high = getattr(kind, "minimum", None), getattr(kind, "maximum", None)
        if fits and low is not None and high is not None and not low <= written <= high:
            fits = False
        if not fits:
            self._say(path, "is not a value of this kind", _allowed(kind))
            return None
        return written  # type: ignore[no-any-return]

    def _records(self, shape: CaseShape) -> None:
        for index, given in enumerate(shape.records.treatments):
            path: Path = ("records", "treatments", index)
            self._named((*path, "treatment"), "treatment", given.treatment, drug=False)
            self._known((*path, "region"), "region", given.region, self.catalogue.regions)
            self._tried(given, path)
            if given.date is not None and not (given.from_ or given.date) <= given.date <= (given.to or given.date):
                self._say((*path, "date"), "is not between from and to")
        for index, taken in enumerate(shape.records.medications):
            path = ("records", "medications", index)
            self._named((*path, "drug"), "drug", taken.drug, drug=True)
            self._tried(taken, path)
        for index, study in enumerate(shape.records.studies):
            path = ("records", "studies", index)
            self._known((*path, "study"), "study", study.study, self.catalogue.studies)
            self._known((*path, "region"), "region", study.region, self.catalogue.regions)
            for finding in study.findings:
                self._known((*path, "findings", finding), "finding", finding, self.catalogue.study_findings)

    def _named(self, path: Path, what: str, name: str, drug: bool) -> None:
        """What an entry is about. In the wrong list, no rule would look for it."""
        if self._known(path, what, name, self.catalogue.treatments) and self.catalogue.is_drug(name) != drug:
            said = (
                "is no drug; it belongs in records.treatments"
                if drug
                else "is a drug; it belongs in records.medications"
            )
            self._say(path, said)

    def _tried(self, entry: TreatmentRecord | MedicationRecord, path: Path) -> None:
        self._known((*path, "outcome"), "outcome", entry.outcome, self.catalogue.outcomes)
        if entry.from_ is not None and entry.to is not None and entry.to < entry.from_:
            self._say((*path, "to"), "is before from")

    def _request(self, request: Request, path: Path) -> None:
        known = self._known((*path, "treatment"), "treatment", request.treatment, self.catalogue.treatments)
        self._known((*path, "region"), "region", request.region, self.catalogue.regions)
        for key in ("quantity", "authorized"):
            amount = getattr(request, key)
            if amount is not None:
                self._known((*path, key, "unit"), "unit", amount.unit, self.catalogue.units)
        allowed: Collection[str] = self.catalogue.attributes
        if known and request.treatment is not None:
            allowed = self.catalogue.treatments[request.treatment].attributes
        for name, value in request.attributes.items():
            place = (*path, "attributes", name)
            if self._known(place, "attribute of this treatment", name, allowed) and value != "undocumented":
                self._value(self.catalogue.attributes[name], value, place)
        if request.label is not None:
            for i, reason in enumerate(request.label.reasons):
                self._requirement((*path, "label", "reasons", i, "requirement"), reason.requirement)
            for i, name in enumerate(request.label.conceded):
                self._requirement((*path, "label", "conceded", i), name)

    def _requirement(self, path: Path, full_id: str) -> None:
        if not self.catalogue.has_requirement(full_id):
            self._known(path, "requirement", full_id, self.catalogue.requirement_ids())

    def _dependencies(self, requests: list[Request]) -> None:
        needs = {request.id: request.depends_on for request in requests}
        followed: set[str] = set()
        circular: set[str] = set()
        for index, request in enumerate(requests):
            path: Path = ("requests", index, "depends_on")
            if request.depends_on is None:
                continue
            if request.depends_on not in needs:
                self._say(path, "no request in this case has that id")
                continue
            chain: list[str] = []
            current: str | None = request.id
            while current is not None and current not in followed:
                followed.add(current)
                chain.append(current)
                current = needs.get(current)
            if current in chain:
                circular.update(chain[chain.index(current) :])
            if request.id in circular:
                self._say(path, "the request depends on itself")


def _allowed(kind: Fact | Attribute) -> str:
    if kind.type == "date":
        return "a date as YYYY-MM-DD"
    if isinstance(kind, Attribute) and kind.type == "code":
        return ", ".join(kind.codes)
    number = "a whole number" if kind.type == "integer" else "a number"
    return f"{number} from {kind.minimum} to {kind.maximum}" + (f" ({kind.unit})" if kind.unit else "")
