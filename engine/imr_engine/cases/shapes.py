"""Checks the shape of a case, and words what is wrong with it."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imr_criteria.problems import nearest
from imr_engine.cases.complaints import Complaints
from imr_engine.cases.lookalikes import differs_unseen
from imr_engine.cases.model import (
    CASE,
    EXPECTED,
    MAX_ENTRIES,
    OBSERVATION,
    CaseShape,
    MedicationRecord,
    Request,
    StudyRecord,
    TreatmentRecord,
    WrittenObservation,
)
from imr_engine.cases.positions import Path

WORDS = {
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be a list",
    "too_short": "is an empty list",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "string_unicode": "is not valid Unicode text",
    "string_pattern_mismatch": "has control characters",
}
ENTRIES: dict[Path, Any] = {
    ("records", "treatments"): TreatmentRecord,
    ("records", "medications"): MedicationRecord,
    ("records", "studies"): StudyRecord,
    ("requests",): Request,
}
"""The lists that validation leaves at their first bad entry, with the shapes of their entries."""


def case_shape(data: Any, complaints: Complaints) -> CaseShape:
    """A case as written. Raises CaseError."""
    if not isinstance(data, dict):
        complaints.say((), "is not a case", EXPECTED)
        complaints.end()
    try:
        return CASE.validate_python(data)
    except ValidationError as error:
        _explain(error, CASE, data, (), complaints)
    for path, shape in ENTRIES.items():
        adapter = _adapter(shape)
        for index, entry in enumerate(_entries(data, path)):
            try:
                adapter.validate_python(entry)
            except ValidationError as error:
                _explain(error, adapter, entry, (*path, index), complaints)
    complaints.end()
    raise AssertionError("an entry that is wrong in its list is wrong by itself")


def observation_shape(written: Any, path: Path, complaints: Complaints) -> WrittenObservation | None:
    """An observation as written, or None if its shape is wrong. Raises CaseError."""
    try:
        return OBSERVATION.validate_python(written)
    except ValidationError as error:
        _explain(error, OBSERVATION, written, path, complaints)
        return None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _entries(data: Any, path: Path) -> list[Any]:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, list) and len(data) <= MAX_ENTRIES else []


def _explain(error: ValidationError, shape: TypeAdapter[Any], data: Any, prefix: Path, complaints: Complaints) -> None:
    for detail in error.errors(include_url=False, include_input=False):
        inside, rest = _within(shape, data, detail["loc"])
        kind, message, allowed = detail["type"], detail["msg"], None
        if kind == "missing":
            inside, message = (*inside, *rest[:1]), "is required"
        elif rest[:1] in {("int",), ("constrained-int",)}:
            continue  # the other member of the union, `float`, says the same of any number
        elif kind == "extra_forbidden":
            known = _keys_at(shape, inside[:-1])
            message = "unknown key"
            if differs_unseen(inside[-1], known):
                message += ", though it looks like a known one"
            allowed = nearest(str(inside[-1]), known)
        elif kind == "literal_error":
            message, allowed = "is not one of the words allowed here", detail["ctx"]["expected"].replace("'", "")
        elif kind in WORDS:
            message = WORDS[kind]
        elif kind == "string_too_long":
            message = f"is longer than {detail['ctx']['max_length']} characters"
        elif kind == "too_long":
            message = f"has more than {detail['ctx']['max_length']:,} entries"
        else:
            message = message.removeprefix("Value error, ").replace("Input should", "must")
        complaints.say((*prefix, *inside), message, allowed)


def _within(shape: TypeAdapter[Any], data: Any, loc: Path) -> tuple[Path, Path]:
    """The part of an error's location that is in the data, and the rest: a missing key, or the tag of a union.

    The data may have a key of the tag's name, but not where the shape has neither object nor list.
    """
    node = _schema(shape)
    for depth, part in enumerate(loc):
        node = _resolve(node, _schema(shape))
        if isinstance(part, int):
            is_there = node.get("type") == "array" and isinstance(data, list)
        else:
            is_there = node.get("type") == "object" and isinstance(data, dict) and part in data
        if not is_there:
            return loc[:depth], loc[depth:]
        data, node = data[part], _child(node, part)
    return loc, ()


@cache
def _schema(shape: TypeAdapter[Any]) -> dict[str, Any]:
    return shape.json_schema(by_alias=True)


def _keys_at(shape: TypeAdapter[Any], loc: Path) -> list[str]:
    """The keys that a shape allows at a location, so that a message can suggest the nearest."""
    schema = _schema(shape)
    node = schema
    for part in loc:
        node = _child(_resolve(node, schema), part)
    return list(_resolve(node, schema).get("properties", {}))


def _child(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if isinstance(part, int):
        return node.get("items") or {}
    return node.get("properties", {}).get(part) or node.get("additionalProperties") or {}


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for option in node.get("anyOf", ()):
        if "$ref" in option or "items" in option:
            node = option
            break
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node
