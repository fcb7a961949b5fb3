"""The same criteria for zen-engine, as decision graphs in its JSON format, evaluated with trace.

There are two graphs, because there are two ways to write one, and they differ in speed and in what the trace says:

- `expression_graph`: three expression nodes, concluded facts, statuses, verdict. Conditions are factored as the
  criterion has them. The trace holds each node's input, output and the value of each expression, not which way led
  to it.
- `table_graph`: a decision table for each conclusion, its rows the rules of the program. The trace names the row that
  matched, as the trace of the other engines names rules (the first of them, where several ways lead to one conclusion).

Either can be evaluated in two ways: with `create_decision`, the first example in zen-engine's documentation, which is
several times slower here; or by key through the engine's loader, which keeps the graph compiled.
"""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Iterable, Iterator
from typing import Any

import zen
from sample import field_names

from imr_criteria import Catalogue
from imr_criteria.conditions import All, Any_, Condition, Not, Test
from imr_engine.evaluators.plain import Values
from imr_engine.rules import keys
from imr_engine.rules.keys import Input
from imr_engine.rules.program import CONFLICT, Check, Node, Program
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET

Json = dict[str, Any]
WORDS = {UNMET: "unmet", UNDOCUMENTED: "undocumented", NOT_APPLICABLE: "not-applicable", MET: "met"}
COMPARISONS = {"at_most": ("<=", ">"), "at_least": (">=", "<"), "more_than": (">", "<="), "less_than": ("<", ">=")}
KEY = "numbered-criteria"


class ZenGraph:
    """A graph that the loader keeps compiled. `run` returns the engine's response: the result, and any trace."""

    def __init__(self, program: Program, graph: Json, trace: bool = True) -> None:
        self._names = field_names(program)
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": {KEY: graph}}})
        self._options: Any = {"trace": trace}

    def prepare(self, values: Values) -> Json:
        """A case with names that zen-engine's expressions can read."""
        return {"facts": {self._names[key]: value for key, value in values.items()}}

    def run(self, context: Json) -> Any:
        """Evaluates one case."""
        response: Any = self._engine.evaluate(KEY, context, self._options)
        return response


class UncompiledZenGraph(ZenGraph):
    """A graph evaluated with `create_decision`."""

    def __init__(self, program: Program, graph: Json) -> None:
        super().__init__(program, graph)
        self._decision = self._engine.create_decision(json.dumps(graph))

    def run(self, context: Json) -> Any:
        """Evaluates one case."""
        response: Any = self._decision.evaluate(context, self._options)
        return response


def answer_of(program: Program, response: Json) -> tuple[str, dict[str, str]]:
    """Verdict and statuses by requirement, from the result of either graph."""
    result = response["result"]
    return result["verdict"], {r.id: result["statuses"][_word(r.id)] for r in program.criterion.requirements}


def expression_graph(program: Program, catalogue: Catalogue) -> Json:
    """Facts, concluded facts, statuses and verdict as expression nodes."""
    writer = _Expressions(program, catalogue)
    statuses = [writer.status(requirement.id) for requirement in program.criterion.requirements]
    verdict = "all(values(statuses), # in ['met', 'not-applicable']) ? 'approve' : 'deny'"
    nodes = [
        _expression_node("concluded", list(writer.concluded.items()), "concluded"),
        _expression_node("statuses", statuses, "statuses"),
        _expression_node("verdict", [("statuses", "statuses"), ("verdict", verdict)], None),
    ]
    edges = [("request", "concluded"), ("request", "statuses"), ("concluded", "statuses"), ("statuses", "verdict")]
    return _graph(nodes, [*edges, ("verdict", "response")])


def table_graph(program: Program) -> Json:
    """A decision table for each node of the program."""
    names = field_names(program)
    nodes, edges = [], []
    places = {node.id: _place(node) for node in program.nodes}
    for node in program.nodes:
        refs = dict.fromkeys(
            (check.ref, not isinstance(check.ref, Input)) for rule in node.rules for check in rule.checks
        )
        columns = {ref: f"in{number}" for number, (ref, _) in enumerate(refs)}
        fields = {columns[ref]: places[ref] if chained else f"facts.{names[ref]}" for ref, chained in refs}
        nodes.append(_table_node(node, places[node.id], columns, fields))
        edges += [(source, node.id) for source in dict.fromkeys(ref if chained else "request" for ref, chained in refs)]
        if node.kind in {"requirement", "verdict"}:
            edges.append((node.id, "response"))
    return _graph(nodes, edges)


class _Expressions:
    """Writes conditions as zen expressions: one for what makes a condition true, one for what makes it false."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._names = field_names(program)
        self._requirements = {requirement.id: requirement for requirement in program.criterion.requirements}
        self.concluded: dict[str, str] = {}

    def status(self, requirement_id: str) -> tuple[str, str]:
        """The name and the expression of a requirement's status."""
        requirement = self._requirements[requirement_id]
        if requirement.kind != "required":
            raise ValueError(f"{requirement_id}: {requirement.kind}")
        met, unmet = (self._says(requirement.condition, side, "concluded.") for side in (True, False))
        if requirement.when is not None:
            disputed = [f"concluded.{_word(fact)} == '{CONFLICT}'" for fact in self._concluded_in(requirement.when)]
            met = f"({met} and not ({' or '.join(disputed)}))" if disputed else met
        if requirement.when is None:
            return _word(requirement_id), f"{met} ? 'met' : ({unmet} ? 'unmet' : 'undocumented')"
        applies, spared = (self._says(requirement.when, side, "concluded.") for side in (True, False))
        inner = f"{met} ? 'met' : (({applies} and {unmet}) ? 'unmet' : 'undocumented')"
        return _word(requirement_id), f"{spared} ? 'not-applicable' : ({inner})"

    def _concluded_in(self, condition: Condition) -> Iterator[str]:
        """The concluded facts that a condition reads."""
        if isinstance(condition, Not):
            yield from self._concluded_in(condition.not_)
        elif isinstance(condition, All | Any_):
            for arm in condition.all if isinstance(condition, All) else condition.any:
                yield from self._concluded_in(arm)
        elif isinstance(condition, Test) and condition.fact in self._catalogue.inferences:
            yield str(condition.fact)

    def _says(self, condition: Condition, positive: bool, concluded: str) -> str:
        """The expression for: the condition is true, or: it is false. `concluded` is where concluded facts are read."""
        if isinstance(condition, Not):
            return self._says(condition.not_, not positive, concluded)
        if isinstance(condition, All | Any_):
            arms = condition.all if isinstance(condition, All) else condition.any
            word = " and " if isinstance(condition, All) == positive else " or "
            return "(" + word.join(self._says(arm, positive, concluded) for arm in arms) + ")"
        if not isinstance(condition, Test):
            raise ValueError(str(condition))
        return self._test(condition, positive, concluded)

    def _test(self, test: Test, positive: bool, concluded: str) -> str:
        if test.fact is not None and self._catalogue.facts[test.fact].type == "state":
            state = "present" if (test.is_ != "absent") == positive else "absent"
            if test.fact in self._catalogue.inferences and test.reading is None:
                self._conclude(test.fact)
                return f"({concluded}{_word(test.fact)} == '{state}')"
            return f"({self._input(self._fact(test.fact, test.reading))} == '{state}')"
        name = self._input(self._key(test, positive))
        if test.one_of is not None:
            codes = "[" + ", ".join(f"'{code}'" for code in test.one_of) + "]"
            return f"({name} in {codes})" if positive else f"({name} != null and {name} not in {codes})"
        predicate = next(p for p in COMPARISONS if getattr(test, p) is not None)
        sign = COMPARISONS[predicate][0 if positive else 1]
        # Comparing a missing value is an error in zen-engine.
        return f"({name} != null and {name} {sign} {getattr(test, predicate)})"

    def _key(self, test: Test, positive: bool) -> Input:
        if test.fact is not None:
            return self._fact(test.fact, test.reading)
        if test.attribute is not None:
            return keys.attribute(test.attribute)
        # All of a range must be on one side of the limit.
        upper = test.at_most is not None or test.less_than is not None
        return keys.quantity(str(test.quantity), "most" if upper == positive else "least")

    def _fact(self, name: str, reading: str | None) -> Input:
        return keys.fact(name, None if reading == self._catalogue.facts[name].reading else reading)

    def _input(self, key: Input) -> str:
        return f"facts.{self._names[key]}"

    def _conclude(self, fact: str) -> None:
        """A concluded fact is what is stated or shown for one side, unless the other side has something too."""
        name = _word(fact)
        if name in self.concluded:
            return
        inference = self._catalogue.inferences[fact]
        stated = self._input(keys.fact(fact))
        sides = []
        for state, condition in (("present", inference.present_when), ("absent", inference.absent_when)):
            said = f"{stated} in ['{state}', '{CONFLICT}']"
            # Other concluded facts are earlier expressions of the same node.
            sides.append(f"({said})" if condition is None else f"({said} or {self._says(condition, True, '$.')})")
        pro, con = sides
        only_pro = f"({con} ? '{CONFLICT}' : 'present')"
        self.concluded[name] = f"{pro} ? {only_pro} : ({con} ? 'absent' : 'undocumented')"


def _place(node: Node) -> str:
    """Where a table puts its conclusion."""
    if node.kind == "verdict":
        return "verdict"
    if node.kind == "requirement":
        return f"statuses.{_word(node.id.partition('/')[2])}"
    return f"concluded.{_word(node.id)}"


def _table_node(node: Node, place: str, columns: dict[str, str], fields: dict[str, str]) -> Json:
    words = {MET: "approve", UNMET: "deny"} if node.kind == "verdict" else WORDS
    blank = dict.fromkeys(columns.values(), "")
    rows = []
    for rule in node.rules:
        cells = {columns[check.ref]: _cell(check) for check in rule.checks}
        rows.append({"_id": rule.name, **blank, **cells, "out": f"'{words[rule.code]}'"})
    if node.kind != "verdict":
        rows.append({"_id": f"{node.id}#otherwise", **blank, "out": f"'{WORDS[UNDOCUMENTED]}'"})
    return _node(
        node.id,
        "decisionTableNode",
        {
            "hitPolicy": "first",
            "inputs": [{"id": column, "name": field, "field": field} for column, field in fields.items()],
            "outputs": [{"id": "out", "name": place, "field": place}],
            "rules": rows,
        },
    )


def _cell(check: Check) -> str:
    """A cell of a table: the condition on the value of its column."""
    if not isinstance(check.ref, Input):
        holds = {"==": operator.eq, "<=": operator.le, ">=": operator.ge, ">": operator.gt, "<": operator.lt}[check.op]
        return ", ".join(f"'{word}'" for code, word in WORDS.items() if holds(code, check.value))
    if isinstance(check.value, tuple):
        codes = ", ".join(f"'{code}'" for code in check.value)
        return codes if check.op == "in" else f"$ != null and $ not in [{codes}]"
    return f"'{check.value}'" if check.op == "==" else f"$ != null and $ {check.op} {check.value}"


def _word(name: str) -> str:
    """A name that expressions can read."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _expression_node(name: str, expressions: list[tuple[str, str]], place: str | None) -> Json:
    content = [{"id": f"{name}-{key}", "key": key, "value": value} for key, value in expressions]
    return _node(name, "expressionNode", {"expressions": content, "outputPath": place})


def _node(name: str, kind: str, content: Json) -> Json:
    common = {"passThrough": False, "inputField": None, "outputPath": None, "executionMode": "single"}
    return {"id": name, "name": name, "type": kind, "content": {**common, **content}}


def _graph(nodes: Iterable[Json], edges: Iterable[tuple[str, str]]) -> Json:
    ends = [{"id": "request", "name": "request", "type": "inputNode", "content": {}}]
    ends.append({"id": "response", "name": "response", "type": "outputNode", "content": {}})
    numbers = itertools.count()
    return {
        "nodes": [*ends, *nodes],
        "edges": [{"id": f"e{next(numbers)}", "type": "edge", "sourceId": a, "targetId": b} for a, b in edges],
    }
