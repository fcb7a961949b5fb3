"""From text to case: strict JSON, then shapes, then words. All problems are reported at once, each with its path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imr_criteria import Catalogue
from imr_criteria.dates import day
from imr_criteria.model import Attribute, Fact
from imr_criteria.problems import Problem, json_path, nearest
from imr_engine.cases.complaints import MAX_PROBLEMS, CaseError
from imr_engine.cases.model import (
    CASE,
    OBSERVATION,
    SCHEMA,
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
from imr_engine.cases.strict_json import MAX_BYTES, parse, text_of

Path = tuple[str | int, ...]
EXPECTED = "a JSON object with schema " + SCHEMA
__all__ = ["MAX_BYTES", "CaseError", "check_case", "read_case", "read_json"]

_STATED = {state: observed(state, None, None, None, None) for state in STATES}


def read_case(content: bytes, catalogue: Catalogue) -> Case:
    """The case in a file's content. Raises CaseError."""
    return check_case(read_json(content), catalogue)


def read_json(content: bytes) -> Any:
    """The data in a file's content, as strictly as cases are read. Raises CaseError."""
    return parse(text_of(content, EXPECTED))


def check_case(data: Any, catalogue: Catalogue) -> Case:
    """The case in JSON data. Raises CaseError with every problem, each at its path."""
    if not isinstance(data, dict):
        raise CaseError([Problem("$", "is not a case", "a JSON object with schema " + SCHEMA)])
    try:
        shape = CASE.validate_python(data)
    except ValidationError as error:
        raise CaseError(_shape_problems(error, CASE)) from None
    except RecursionError:
        raise CaseError([Problem("", "is nested too deeply")]) from None
    intake = _Intake(catalogue)
    case = intake.case(shape)
    if intake.problems:
        raise CaseError(intake.problems[:MAX_PROBLEMS])
    return case


def _shape_problems(error: ValidationError, shape: TypeAdapter[Any], prefix: Path = ()) -> list[Problem]:
    problems = []
    for detail in error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]:
        # Unions add their members' names to the location; these are not in the input.
        loc = tuple(
            part for part in detail["loc"] if part not in {"int", "float", "constrained-int", "constrained-float"}
        )
        path = json_path((*prefix, *loc))
        kind, message, allowed = detail["type"], detail["msg"], None
        if kind == "extra_forbidden":
            message, allowed = "unknown key", nearest(str(loc[-1]), _keys_at(shape, loc[:-1]))
        elif kind == "missing":
            message = "is required"
        elif kind == "literal_error":
            message, allowed = "is not one of the words allowed here", detail["ctx"]["expected"].replace("'", "")
        elif kind == "string_unicode":
            message = "is not valid Unicode text"
        elif kind == "string_pattern_mismatch":
            message = "has control characters"
        elif kind == "string_too_long":
            message = f"is longer than {detail['ctx']['max_length']} characters"
        else:
            message = message.removeprefix("Value error, ").replace("Input should", "must")
        problem = Problem(path, message, allowed)
        if problem not in problems:
            problems.append(problem)
    return problems


def _keys_at(shape: TypeAdapter[Any], loc: Path) -> list[str]:
    """The keys that a shape allows at a location, so that a message can suggest the nearest."""
    schema = shape.json_schema(by_alias=True)
    node: dict[str, Any] = schema
    for part in loc:
        node = _resolve(node, schema)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return list(_resolve(node, schema).get("properties", {}))


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for option in node.get("anyOf", ()):
        if "$ref" in option or "items" in option:
            node = option
            break
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


class _Intake:
    """Checks words against the catalogue and brings every fact into the same form."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.problems: list[Problem] = []

    def case(self, shape: CaseShape) -> Case:
        facts = self._facts(shape.facts, ("facts",))
        self._records(shape)
        own: dict[str, Facts] = {}
        for index, request in enumerate(shape.requests):
            path: Path = ("requests", index)
            if request.id in own:
                self._say((*path, "id"), "is used by another request in this case")
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

    def _say(self, path: Path, message: str, allowed: str | None = None) -> None:
        self.problems.append(Problem(json_path(path), message, allowed))

    def _known(self, path: Path, what: str, name: str | None, known: Collection[str]) -> bool:
        if name is None or name in known:
            return True
        also = self.catalogue.brands if what in {"treatment", "drug"} else None
        self._say(path, f"unknown {what}", nearest(name, known, also))
        return False

    def _facts(self, facts: dict[str, Any], path: Path) -> Facts:
        read: Facts = {}
        for name, written in facts.items():
            place = (*path, name)
            if not self._known(place, "fact", name, self.catalogue.facts):
                continue
            fact = self.catalogue.facts[name]
            if not isinstance(written, list):
                made = [self._observation(fact, written, place, False)]
            elif written:
                made = [self._observation(fact, one, (*place, i), True) for i, one in enumerate(written)]
            else:
                made = []
                self._say(place, "is an empty list", "leave the fact out, or write undocumented")
            read[name] = tuple([observation for observation in made if observation is not None])
        return read

    def _observation(self, fact: Fact, written: Any, path: Path, in_list: bool) -> Observation | None:
        if isinstance(written, dict):
            try:
                seen = OBSERVATION.validate_python(written)
            except ValidationError as error:
                self.problems += _shape_problems(error, OBSERVATION, path)
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
            self._known((*path, "treatment"), "treatment", given.treatment, self.catalogue.treatments)
            self._known((*path, "region"), "region", given.region, self.catalogue.regions)
            self._tried(given, path)
        for index, taken in enumerate(shape.records.medications):
            path = ("records", "medications", index)
            self._known((*path, "drug"), "drug", taken.drug, self.catalogue.treatments)
            self._tried(taken, path)
        for index, study in enumerate(shape.records.studies):
            path = ("records", "studies", index)
            self._known((*path, "study"), "study", study.study, self.catalogue.studies)
            self._known((*path, "region"), "region", study.region, self.catalogue.regions)
            for finding in study.findings:
                self._known((*path, "findings", finding), "finding", finding, self.catalogue.study_findings)

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
        for index, request in enumerate(requests):
            path: Path = ("requests", index, "depends_on")
            if request.depends_on is None:
                continue
            if request.depends_on not in needs:
                self._say(path, "no request in this case has that id")
                continue
            seen = {request.id}
            current: str | None = request.depends_on
            while current is not None and current not in seen:
                seen.add(current)
                current = needs.get(current)
            if current == request.id:
                self._say(path, "the request depends on itself")


def _allowed(kind: Fact | Attribute) -> str:
    if kind.type == "date":
        return "a date as YYYY-MM-DD"
    if isinstance(kind, Attribute) and kind.type == "code":
        return ", ".join(kind.codes)
    number = "a whole number" if kind.type == "integer" else "a number"
    return f"{number} from {kind.minimum} to {kind.maximum}" + (f" ({kind.unit})" if kind.unit else "")
