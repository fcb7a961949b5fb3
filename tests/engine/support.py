"""Helpers for the engine tests: values an input can have, made-up criteria, answers, other processes."""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import inf, nextafter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from imr_criteria import Catalogue, default_catalogue
from imr_criteria.catalogue import Held
from imr_criteria.conditions import Condition, as_written
from imr_criteria.form import WrittenCriterion
from imr_criteria.model import Criterion
from imr_engine.answer.result import RequestResult, Result
from imr_engine.cases.intake import check_case, read_case
from imr_engine.evaluate import Engine
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.values import Inputs
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import Input, quantity
from imr_engine.rules.program import Program
from imr_engine.selection import date_of
from tests.conftest import P122, run_python

if TYPE_CHECKING:
    pass

Value = str | int | float
STATES: tuple[Value | None, ...] = (None, "present", "absent", "conflict")


# Values an input can have


def limits_of(program: Program, key: Input) -> list[int | float]:
    """The numbers an input is compared with."""
    checks = (check for rule in program.rules for check in rule.checks if check.ref == key)
    return sorted({check.value for check in checks if isinstance(check.value, int | float)})


def domain(catalogue: Catalogue, program: Program, key: Input) -> list[Value | None]:
    """Every value of an input that a rule can tell apart; None means missing.

    Numbers are each limit and its nearest neighbours: no comparison can distinguish more.
    """
    kind, name, _ = key
    if kind == "silence":
        return ["present", "absent"]
    if kind == "fact" and catalogue.facts[name].type == "state":
        return list(STATES)
    if kind == "records":
        return [None, "present", "absent"]
    if kind == "depends-on":
        return [None, "approve", "deny"]
    if kind == "attribute" and catalogue.attributes[name].codes:
        return [None, *catalogue.attributes[name].codes]
    if kind == "request":
        known = {"region": catalogue.regions, "side": ("left", "right", "bilateral"), "treatment": catalogue.treatments}
        return [None, *known[name]]
    around: dict[Value, None] = {}
    for limit in limits_of(program, key):
        around |= dict.fromkeys((nextafter(limit, -inf), limit, nextafter(limit, inf)))
    return [None, *around]


def assignments(catalogue: Catalogue, program: Program, keys: Iterable[Input]) -> Iterator[dict[Input, Value]]:
    """Every combination of values of the given inputs."""
    names = list(keys)
    for values in product(*(domain(catalogue, program, key) for key in names)):
        known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        if possible(known):
            yield known


def possible(values: Mapping[Input, Value]) -> bool:
    """Whether no quantity's range ends before it begins."""
    return all(
        least <= values.get(quantity(key.name, "most"), inf)  # type: ignore[operator]
        for key, least in values.items()
        if key.reading == "least"
    )


def compiled(name: str = P122) -> Program:
    """A shipped criterion, compiled."""
    return compile_criterion(default_catalogue(), default_catalogue().criteria[name])


def by_input(texts: Mapping[str, Value]) -> dict[Input, Value]:
    """Values keyed by input, from keys written as text: "fact:taut-band", "quantity:symptom-months"."""
    return {Input.parse(text): value for text, value in texts.items()}


def random_values(
    program: Program, seed: int | str, size: int, catalogue: Catalogue | None = None
) -> Iterator[dict[Input, Value]]:
    """A reproducible sample of input values: sparse, dense, and more self-consistent than chance would make them."""
    chance = random.Random(seed)
    domains = [(key, domain(catalogue or default_catalogue(), program, key)) for key in program.inputs]
    for _ in range(size):
        missing, usual = chance.random(), chance.choice(["present", "absent", None])
        values = {
            key: None if chance.random() < missing and None in known else chance.choice(known) for key, known in domains
        }
        if usual is not None:
            values |= {key: usual for key, known in domains if usual in known and chance.random() < 0.7}
        yield in_order({key: value for key, value in values.items() if value is not None})


def in_order(values: dict[Input, Value]) -> dict[Input, Value]:
    """The values with the ends of each range in order."""
    for least in [key for key in values if key.reading == "least"]:
        most = quantity(least.name, "most")
        if most in values:
            values[least], values[most] = sorted([values[least], values[most]])  # type: ignore[type-var]
    return values


def a_case(
    treatment: str | None = "trigger-point-injection",
    facts: Mapping[str, Any] | None = None,
    *,
    name: str = "1",
    date: str | None = "2013-11-14",
    **request: Any,
) -> dict[str, Any]:
    """A case with one request, of the same id; None leaves a key out."""
    asked = {"id": name, "treatment": treatment, "date": date, "region": "neck", **request}
    given = {key: value for key, value in asked.items() if value is not None}
    return {"schema": "imr-check/case/1", "case_id": name, "facts": facts or {}, "requests": [given]}


# Made-up criteria


def made_catalogue(
    facts: int, codes: Sequence[str] = (), inferences: Mapping[str, Mapping[str, Any]] | None = None
) -> Catalogue:
    """A catalogue of state facts f0, f1 …, a number `num`, an attribute `code`, and inferences with their two sides."""
    common = {"reading": "latest", "regional": False}
    states = [{"id": f"f{n}", "name": f"f{n}", "type": "state", **common} for n in range(facts)]
    number = {"id": "num", "name": "num", "type": "number", "minimum": 0, "maximum": 1e9, **common}
    code = {"id": "code", "name": "code", "type": "code", "codes": {code: code for code in codes}}
    shared = {
        "reading": "-",
        "citation": {"guideline": "odg", "section": "-"},
        "basis": "letter",
        "sources": [],
    }
    words = default_catalogue().pieces["vocabulary"].data()
    return Catalogue(
        Held("vocabulary", {**words, "facts": [*states, number], "attributes": [code]}),
        {},
        {
            name: Held(name, {"concludes": name, **validated_sides(sides), **shared})
            for name, sides in (inferences or {}).items()
        },
    )


def validated_sides(sides: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of an inference, as the loader would read them from YAML."""
    condition: TypeAdapter[Any] = TypeAdapter(Condition)
    return {key: as_written(condition.validate_json(json.dumps(side))) for key, side in sides.items()}


def made_criterion(*requirements: Mapping[str, Any]) -> Criterion:
    """A criterion with requirements r0, r1 …, each `required` unless given another kind."""
    shared = {"claim": "-", "kind": "required", "basis": "letter", "sources": [], "ask": "-"}
    says = {"unmet": "-", "undocumented": "-"}
    written = TypeAdapter(WrittenCriterion).validate_json(
        json.dumps(
            {
                "schema": "imr-check/criterion/3",
                "id": "made-up",
                "title": "-",
                "guideline": "odg",
                "treatments": ["surgery"],
                "stance": "conditional",
                "citation": {"section": "-"},
                "requirements": [
                    {
                        "id": f"r{n}",
                        **shared,
                        "says": None
                        if given.get("kind") == "advice"
                        else says | ({"applies": "-"} if "when" in given else {}),
                        **given,
                    }
                    for n, given in enumerate(requirements)
                ],
            }
        )
    )
    return written.complete()


# Other processes


def run_script(script: str, *, timeout: float = 120, environment: Mapping[str, str] | None = None) -> str:
    """Runs Python code in a separate process, so that a crash only fails the test; returns what it printed."""
    done = run_python("-c", script, path=Path(__file__).parents[2], timeout=timeout, environment=environment)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def in_four_threads(work: Callable[[int], None]) -> None:
    """Runs it in four threads that switch as often as possible, each with its number."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)


# Answers

CATALOGUE = default_catalogue()
PLAIN = Engine(CATALOGUE, "plain")


def checked(case: dict[str, Any], engine: Engine = PLAIN, guideline: str | None = None) -> Result:
    """The answer to a case, after a round trip through JSON."""
    return engine.check(read_case(json.dumps(case).encode(), CATALOGUE), guideline, ["compared", "sentences"])


def values_of(case: dict[str, Any], request: RequestResult, program: Program) -> dict[Input, Value]:
    """The input values a criterion's rules read for one request of a case."""
    known = check_case(case, CATALOGUE)
    asked = next(r for r in known.requests if r.id == request["id"])
    date, _ = date_of(known, asked)
    return Inputs(Subject(CATALOGUE, known, asked, date)).values(program)
