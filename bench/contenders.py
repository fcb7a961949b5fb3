"""The contenders: each takes the same cases and must give the same verdicts and statuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import handwritten
from experta_rules import ExpertaRules
from zen_graph import UncompiledZenGraph, ZenGraph, answer_of, expression_graph, table_graph

from imr_criteria import Catalogue
from imr_engine.answer.requirements import STATUS
from imr_engine.evaluate import VERDICT
from imr_engine.evaluators.durable import DurableEvaluator
from imr_engine.evaluators.plain import Outcome, PlainEvaluator, Values
from imr_engine.rules.program import Program
from imr_engine.rules.three_values import UNDOCUMENTED


@dataclass(frozen=True)
class Answer:
    """A contender's answer to one case. `fired` lists the rules its trace names, or is None if it names none."""

    verdict: str
    statuses: dict[str, str]
    fired: list[str] | None = None


@dataclass(frozen=True)
class Contender:
    """`prepare` converts a case before the clock starts, `run` is timed, `read` serves the comparison."""

    name: str
    prepare: Callable[[Values], Any]
    run: Callable[[Any], Any]
    read: Callable[[Any], Answer]


def _by_text(values: Values) -> dict[str, Any]:
    return {str(key): value for key, value in values.items()}


def contenders(program: Program, catalogue: Catalogue) -> dict[str, Contender]:
    """All contenders, by short name."""
    durable, plain, rules = DurableEvaluator(program), PlainEvaluator(program), ExpertaRules(program)
    expressions, tables = expression_graph(program, catalogue), table_graph(program)
    zen = {
        "zen": ("zen-engine graph by create_decision, traced", UncompiledZenGraph(program, expressions)),
        "zen-compiled": ("zen-engine graph kept compiled, traced", ZenGraph(program, expressions)),
        "zen-tables": ("zen-engine graph of tables kept compiled, traced", ZenGraph(program, tables)),
        "zen-untraced": ("zen-engine graph kept compiled, no trace", ZenGraph(program, expressions, trace=False)),
    }

    def of_codes(outcome: Outcome) -> Answer:
        codes = {node.id: code for node, code in zip(program.nodes, outcome[0], strict=True)}
        statuses = {r.id: STATUS[codes[program.criterion.full_id(r)]] for r in program.criterion.requirements}
        names = [program.rules[number].name for number in outcome[1]]
        return Answer(VERDICT[codes[f"{program.criterion.id}:verdict"]], dict(statuses), sorted(names))

    def of_hand(outcome: tuple[str, dict[str, str], list[str]]) -> Answer:
        return Answer(outcome[0], outcome[1], sorted(outcome[2]))

    def of_experta(outcome: tuple[int, dict[str, int], list[str]]) -> Answer:
        codes = {
            r.id: outcome[1].get(program.criterion.full_id(r), UNDOCUMENTED) for r in program.criterion.requirements
        }
        statuses = {requirement: str(STATUS[code]) for requirement, code in codes.items()}
        return Answer(VERDICT[outcome[0]], statuses, sorted(outcome[2]))

    def of_zen(response: dict[str, Any]) -> Answer:
        return Answer(*answer_of(program, response))

    return {
        "durable": Contender("durable_rules, chained", dict, durable.run, of_codes),
        "plain": Contender("plain evaluator, generated", dict, plain.run, of_codes),
        "hand": Contender("if/else written by hand", _by_text, handwritten.check, of_hand),
        "experta": Contender("experta, chained", rules.prepare, rules.run, of_experta),
        **{key: Contender(name, graph.prepare, graph.run, of_zen) for key, (name, graph) in zen.items()},
    }


def first_difference(field: dict[str, Contender], cases: list[Values]) -> str | None:
    """The first answer or trace that differs from the plain evaluator's; None if all agree."""
    prepared = {key: [contender.prepare(case) for case in cases] for key, contender in field.items()}
    for number, case in enumerate(cases):
        wanted = field["plain"].read(field["plain"].run(prepared["plain"][number]))
        for key, contender in field.items():
            got = contender.read(contender.run(prepared[key][number]))
            said, expected = ({**answer.statuses, "verdict": answer.verdict} for answer in (got, wanted))
            for name in expected:
                if said.get(name) != expected[name]:
                    who = f"{contender.name} says {said.get(name)}, the plain evaluator {expected[name]}"
                    return f"case {number}, {name}: {who}\n{dict(case)}"
            if got.fired is not None and got.fired != wanted.fired:
                rules = sorted(set(got.fired) ^ set(wanted.fired or ()))
                return f"case {number}, {contender.name}: the rules that fired differ in {rules}\n{dict(case)}"
    return None
