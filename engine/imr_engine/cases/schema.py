"""The JSON Schema of a case: the shapes of `model`, with the words of the vocabulary filled in."""

from __future__ import annotations

from typing import Any

from imr_criteria import Catalogue
from imr_criteria.model import Attribute, Fact
from imr_engine.cases.model import CASE, MAX_ENTRIES, OBSERVATION, SCHEMA, STATES

Schema = dict[str, Any]


def case_schema(catalogue: Catalogue) -> Schema:
    """JSON Schema (2020-12) of a case, as far as a schema can say it; intake finds contradictions between fields."""
    schema = CASE.json_schema(by_alias=True)
    definitions: Schema = schema["$defs"]
    observation = OBSERVATION.json_schema(by_alias=True)
    definitions.update(observation.pop("$defs"))
    region = {"enum": list(catalogue.regions)}
    _put(
        definitions["TreatmentRecord"], treatment=list(catalogue.treatments), outcome=catalogue.outcomes, region=region
    )
    _put(definitions["MedicationRecord"], drug=list(catalogue.treatments), outcome=catalogue.outcomes)
    _put(definitions["StudyRecord"], study=tuple(catalogue.studies), region=region)
    definitions["StudyRecord"]["properties"]["findings"]["propertyNames"] = {"enum": list(catalogue.study_findings)}
    _put(definitions["Amount"], unit=catalogue.units)
    _put(definitions["Reason"], requirement=list(catalogue.requirement_ids()))
    definitions["Label"]["properties"]["conceded"]["items"] = {"enum": list(catalogue.requirement_ids())}
    request = definitions["Request"]
    _put(request, treatment=list(catalogue.treatments), region=region)
    request["properties"]["attributes"] = {
        "type": "object",
        "properties": {a.id: {"anyOf": [_value(a), {"const": "undocumented"}]} for a in catalogue.attributes.values()},
        "additionalProperties": False,
    }
    request["allOf"] = [_attributes_of(t.id, t.attributes) for t in catalogue.treatments.values()]
    definitions["Facts"] = {
        "type": "object",
        "properties": {fact.id: _fact(fact) for fact in catalogue.facts.values()},
        "additionalProperties": False,
    }
    observation["properties"]["region"] = {"anyOf": [region, {"type": "null"}]}
    definitions["Observation"] = observation
    for owner in (schema, request):
        owner["properties"]["facts"] = {"$ref": "#/$defs/Facts"}
    schema["properties"]["schema"] = {"const": SCHEMA}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "A case for imr-check"}


def _put(model: Schema, **properties: Any) -> None:
    """Replaces plain texts with closed lists of words, keeping optional fields optional."""
    for name, words in properties.items():
        allowed = words if isinstance(words, dict) else {"enum": list(words)}
        optional = "anyOf" in model["properties"][name]
        model["properties"][name] = {"anyOf": [allowed, {"type": "null"}]} if optional else allowed


def _fact(fact: Fact) -> Schema:
    kind = {"state": {"enum": list(STATES)}} if fact.type == "state" else {"value": _value(fact)}
    key = next(iter(kind))
    either = [
        {"required": ["state"], "properties": {"state": {"enum": list(STATES) if key == "state" else ["undocumented"]}}}
    ]
    if key == "value":
        either.append({"required": ["value"], "properties": {"value": _value(fact)}})
    observed = {"allOf": [{"$ref": "#/$defs/Observation"}, {"anyOf": either}]}
    short = {"enum": list(STATES)} if key == "state" else {"anyOf": [_value(fact), {"const": "undocumented"}]}
    return {
        "description": fact.name + (f" ({fact.note})" if fact.note else ""),
        "anyOf": [short, observed, {"type": "array", "minItems": 1, "maxItems": MAX_ENTRIES, "items": observed}],
    }


def _value(word: Fact | Attribute) -> Schema:
    if word.type == "date":
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    if isinstance(word, Attribute) and word.type == "code":
        return {"enum": list(word.codes)}
    return {"type": word.type, "minimum": word.minimum, "maximum": word.maximum, "description": word.unit or ""}


def _attributes_of(treatment: str, attributes: tuple[str, ...]) -> Schema:
    """A request of this treatment has these attributes and no others."""
    return {
        "if": {"properties": {"treatment": {"const": treatment}}, "required": ["treatment"]},
        "then": {"properties": {"attributes": {"propertyNames": {"enum": list(attributes)}}}},
    }
