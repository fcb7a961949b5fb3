"""Runs the examples in every criterion's cases.md: a sentence, a case, the expected statuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from imr_criteria import default_catalogue
from imr_criteria.model import Criterion
from imr_criteria.yaml_source import parse_yaml
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine, durable_available
from tests.conftest import DATA, NO_DURABLE

SECTION = re.compile(r"^## (?P<title>.+?)$(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```yaml (?P<kind>case|change|expect)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One section of a cases.md."""

    criterion: Criterion
    title: str
    case: dict[str, Any]
    expect: dict[str, Any]


def examples() -> Iterator[Any]:
    for criterion in default_catalogue().criteria.values():
        path = DATA / criterion.guideline / criterion.id / "cases.md"
        start: dict[str, Any] = {}
        for section in SECTION.finditer(path.read_text(encoding="utf-8")):
            blocks = {b["kind"]: parse_yaml(b["text"]) for b in BLOCK.finditer(section["body"])}
            if "case" in blocks:
                start = blocks["case"]
            example = Example(criterion, section["title"], merged(start, blocks.get("change", {})), blocks["expect"])
            yield pytest.param(example, id=f"{criterion.id}: {section['title']}")


def merged(start: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`start` with the keys of `change` replaced; null removes a key."""
    made = deepcopy(start)
    for key, value in change.items():
        if value is None:
            made.pop(key, None)
        elif (
            isinstance(value, dict) and isinstance(made.get(key), dict) and "state" not in value and "unit" not in value
        ):
            made[key] = merged(made[key], value)
        else:
            made[key] = value
    return made


@pytest.mark.parametrize("engine", ["plain", "durable"])
@pytest.mark.parametrize("example", list(examples()))
def test_example(example: Example, engine: str) -> None:
    if engine == "durable" and not durable_available():
        pytest.skip(NO_DURABLE)
    case = dict(example.case)
    request = {"id": "1", "treatment": example.criterion.treatments[0], **case.pop("request", {})}
    data = {"schema": "imr-check/case/1", "case_id": "example", **case, "requests": [request]}
    catalogue = default_catalogue()
    result = ENGINES.setdefault(engine, Engine(catalogue, engine)).check(  # type: ignore[arg-type]
        check_case(data, catalogue), example.criterion.guideline
    )["requests"][0]
    mine = next(c for c in result["criteria"] if c["id"] == example.criterion.id)
    statuses = {
        r["id"].partition("/")[2]: r["status"]
        for r in result["requirements"]
        if r["id"].startswith(f"{example.criterion.id}/")
        and (r["kind"] == "required" or (r["kind"] == "exclusion" and r["status"] == "unmet"))
    }
    found = {
        "verdict": mine["verdict"],
        "unmet": [name for name, status in statuses.items() if status == "unmet"],
        "undocumented": [name for name, status in statuses.items() if status == "undocumented"],
    }
    assert found == {"unmet": [], "undocumented": [], **example.expect}


ENGINES: dict[str, Engine] = {}


def test_every_folder_is_complete() -> None:
    """A criterion without examples or readings is not finished."""
    for path in DATA.glob("*/*/criterion.yaml"):
        assert {p.name for p in path.parent.iterdir()} == {"criterion.yaml", "cases.md", "notes.md"}, path.parent
    for path in DATA.glob("inferences/*/inference.yaml"):
        assert {p.name for p in path.parent.iterdir()} == {"inference.yaml", "notes.md"}, path.parent
