"""Helpers for the engine tests: values an input can have, single nodes of a program, made-up criteria."""

from __future__ import annotations

import json
import random
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
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
from imr_engine.evaluators.plain import PlainEvaluator
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.values import Inputs
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import Input, quantity, silence
from imr_engine.rules.program import Node, Program, assumed
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET
from imr_engine.selection import date_of
from tests.conftest import P122, run_python
from tests.engine.kleene import Oracle

if TYPE_CHECKING:
    from imr_engine.evaluators.durable import DurableEvaluator

Value = str | int | float
Single = Callable[[Mapping[Input, Value], Sequence[int]], tuple[int, list[int]]]
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


# Single nodes


def inputs_of(node: Node) -> list[Input]:
    """The inputs that a node's own rules read."""
    return list(
        dict.fromkeys(check.ref for rule in node.rules for check in rule.checks if isinstance(check.ref, Input))
    )


def below(node: Node) -> list[str]:
    """The nodes that a node's own rules read."""
    return list(
        dict.fromkeys(check.ref for rule in node.rules for check in rule.checks if not isinstance(check.ref, Input))
    )


def codes_of(node: Node) -> tuple[int, ...]:
    """The codes a node can have; it is undocumented if nothing fires."""
    if node.kind == "evidence":
        return (UNDOCUMENTED, MET)
    return (UNMET, UNDOCUMENTED, NOT_APPLICABLE, MET) if node.when is not None else (UNMET, UNDOCUMENTED, MET)


def plain_nodes(program: Program) -> dict[str, Single]:
    """Each node's own lines of the generated source, as a function of its inputs and of the codes below.

    The function defines only the names that the node's rules read, so a NameError would reveal any other dependency.
    The sections follow the order of the nodes, which is the order of evaluation.
    """
    evaluator = PlainEvaluator(program)
    lines = evaluator.source.splitlines()
    starts = {line.strip()[2:]: n for n, line in enumerate(lines) if re.match(r"    # \S", line)}
    assert list(starts) == [node.id for node in program.nodes]
    ends = [*list(starts.values())[1:], len(lines) - 1]
    readers = {line.split(" = get(")[0].strip(): line for line in lines if " = get(" in line}
    names = dict(zip(program.inputs, readers, strict=True))
    made: dict[str, Single] = {}
    for (position, node), end in zip(enumerate(program.nodes), ends, strict=True):
        numbers = {other.id: n for n, other in enumerate(program.nodes)}
        source = ["def run(values, codes):", "    get = values.get", "    fired = []", "    fire = fired.append"]
        source += [readers[names[key]] for key in inputs_of(node)]
        source += [f"    n{numbers[ref]} = codes[{numbers[ref]}]" for ref in below(node)]
        source += [*lines[starts[node.id] : end], f"    return n{position}, fired"]
        space: dict[str, Any] = dict(evaluator.names)
        exec("\n".join(source), space)
        made[node.id] = space["run"]
    return made


def rule_numbers(program: Program) -> dict[str, range]:
    """The numbers of each node's rules."""
    made, start = {}, 0
    for node in program.nodes:
        made[node.id] = range(start, start + len(node.rules))
        start += len(node.rules)
    return made


def durable_nodes(program: Program, evaluator: DurableEvaluator) -> dict[str, Single]:
    """Each node as durable_rules concludes it: asserts the fact of its level and keeps the node's own rules."""
    codes = [rule.code for rule in program.rules]
    numbers = rule_numbers(program)

    def single(node: Node) -> Single:
        level, own = evaluator._levels[node.level - 1], numbers[node.id]

        def run(values: Mapping[str, Value], known: Sequence[int]) -> tuple[int, list[int]]:
            every: list[int] = []
            evaluator.conclude(evaluator.ruleset(), level.fact(values, list(known)), list(known), every)
            fired = sorted(n for n in every if n in own)
            concluded = {codes[n] for n in fired}
            assert len(concluded) <= 1, f"{node.id}: the rules that fire disagree"
            return (concluded.pop() if concluded else UNDOCUMENTED), fired

        return run

    return {node.id: single(node) for node in program.nodes}


def verdict_law(kinds: Sequence[str], codes: Sequence[int], silent: Sequence[bool]) -> int:
    """The verdict by invariant 3 of ARCHITECTURE.md, without rules: an independent check on both evaluators.

    `silent`: whether nothing speaks for what each exclusion excludes.
    """
    required = [code for kind, code in zip(kinds, codes, strict=True) if kind == "required"]
    if any(code in (UNMET, UNDOCUMENTED) for code in required):
        return UNMET
    exclusions = [(c, quiet) for kind, c, quiet in zip(kinds, codes, silent, strict=True) if kind == "exclusion"]
    if any(code == UNMET or (code == UNDOCUMENTED and not quiet) for code, quiet in exclusions):
        return UNMET
    return MET if MET in required else UNDOCUMENTED


class Verdicts:
    """Compares both evaluators' verdicts with each other and with the law, over combinations of statuses."""

    def __init__(self, program: Program, evaluator: DurableEvaluator) -> None:
        self.node = next(node for node in program.nodes if node.kind == "verdict")
        requirements = [r for r in program.criterion.requirements if r.kind != "advice"]
        nodes = {node.id: n for n, node in enumerate(program.nodes)}
        self.ids = [program.criterion.full_id(r) for r in requirements]
        self.kinds = [r.kind for r in requirements]
        self.positions = [nodes[name] for name in self.ids]
        self._assumed = [nodes.get(assumed(name)) for name in self.ids]
        self.choices = [codes_of(program.nodes[position]) for position in self.positions]
        self._size = len(program.nodes)
        self._codes = [rule.code for rule in program.rules]
        self._plain = plain_nodes(program)[self.node.id]
        self._level = evaluator._levels[self.node.level - 1]
        self._evaluator = evaluator
        self._silences = {quiet: dict.fromkeys(program.exclusions, word) for quiet, word in _SILENCE.items()}

    def exclusions_met(self) -> Iterator[Sequence[int]]:
        """Every combination of the required ones, with the exclusions met."""
        pairs = zip(self.kinds, self.choices, strict=True)
        yield from product(*(codes if kind == "required" else (MET,) for kind, codes in pairs))

    def most_met(self) -> Iterator[Sequence[int]]:
        """Every combination of the exclusions, with all but at most two required ones met."""
        required = [n for n, kind in enumerate(self.kinds) if kind == "required"]
        for chosen in combinations(required, min(2, len(required))):
            yield from product(
                *((MET,) if n in required and n not in chosen else codes for n, codes in enumerate(self.choices))
            )

    def compare(self, statuses_of: Iterable[Sequence[int]], silences: Sequence[bool] = (True, False)) -> int:
        """Returns how many were compared; raises AssertionError at the first difference.

        `silences`: whether nothing speaks for what the exclusions exclude.
        """
        known = [UNDOCUMENTED] * self._size
        count = 0
        for statuses in statuses_of:
            for position, code in zip(self.positions, statuses, strict=True):
                known[position] = code
            for quiet in silences if self._silences[True] else (True,):
                self._one(known, statuses, quiet)
                count += 1
        return count

    def _one(self, known: list[int], statuses: Sequence[int], quiet: bool) -> None:
        for position, code in zip(self._assumed, statuses, strict=True):
            if position is not None:
                satisfied = code >= NOT_APPLICABLE or (code == UNDOCUMENTED and quiet)
                known[position] = MET if satisfied else UNDOCUMENTED
        values = self._silences[quiet]
        code, expected = self._plain(values, known)
        fired: list[int] = []
        self._evaluator.conclude(self._evaluator.ruleset(), self._level.fact(values, known), list(known), fired)
        fired.sort()
        assert fired == expected, (statuses, fired, expected)
        assert {self._codes[n] for n in fired} == ({code} if fired else set()), (statuses, fired)
        assert code == verdict_law(self.kinds, statuses, [quiet] * len(statuses)), (statuses, code)


_SILENCE = {True: "present", False: "absent"}


def compare(catalogue: Catalogue, program: Program, cases: Iterable[dict[Input, Value]]) -> int:
    """Compares both evaluators and the oracle in kleene.py on each case; returns how many there were."""
    from imr_engine.evaluators.durable import DurableEvaluator  # noqa: PLC0415 (may be missing)

    durable, plain = DurableEvaluator(program), PlainEvaluator(program)
    oracle = Oracle(catalogue, program)
    numbers = {node.id: n for n, node in enumerate(program.nodes)}
    positions = [numbers[name] for name in oracle.ids]
    verdict = numbers[f"{program.criterion.id}:verdict"]
    count = 0
    for values in cases:
        codes, fired = plain.run(values)
        assert durable.run(values) == (codes, fired), values
        meant = oracle.statuses(values)
        assert [codes[position] for position in positions] == meant, values
        silent = [values.get(silence(name)) == "present" for name in oracle.ids]
        assert codes[verdict] == verdict_law(oracle.kinds, meant, silent), values
        count += 1
    return count


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
