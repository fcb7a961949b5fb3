"""The only module that knows durable_rules: a criterion's rules in its Rete network, chained level by level.

It talks to the C extension and not to `durable.lang`, whose default host runs threads that steal results. How each
way to crash or to lose an answer is closed:

1. no host, no background timers, no actions: the driver reads the names of the rules that fire;
2. an error raises; the ruleset that it happened in is dropped, and built anew for the next case;
3. facts are asserted one at a time, never as a list;
4. one constant session and one constant fact id, retracted after each level: no session is made from input;
5. only codes of closed lists and checked numbers are passed, never text, never a boolean;
6. numbers are written without exponent, and refused where they are not finite or too large to be exact;
7. for each requirement a rule for met and a rule for unmet; where nothing fires it is undocumented. No `none()`;
8. facts, not events: every rule sees every case. Each rule is a conjunction, so it fires once at most.

Levels instead of recursive actions: the rules of one level fire on one fact, what they conclude is asserted in the
fact of the next level, and the verdict comes last. Nothing depends on the order of firing, nothing is withdrawn.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

import durable_rules_engine

from imr_engine.plain import Outcome, Values
from imr_engine.program import UNDOCUMENTED, Check, Program

if TYPE_CHECKING:
    from imr_engine.program import Node, Rule

NAME = "durable_rules"
# The engine returns at most 64 matches for a fact, keeps 253 properties and fails to compile beyond 511 conditions.
MAX_MATCHES, MAX_PROPERTIES, MAX_CONDITIONS = 60, 250, 500
MAX_EXACT = 2**53
_SESSION = '"sid":"1","id":"1"'
_RETRACT = "{" + _SESSION + "}"
_OPERATORS = {"<=": "$lte", ">=": "$gte", ">": "$gt", "<": "$lt"}


class EngineError(RuntimeError):
    """The rule engine did not do what it has to; there is no answer rather than a wrong one."""


class DurableEvaluator:
    """Evaluates one program in a ruleset of its own. Safe to call from several threads: they take turns."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._lock = threading.Lock()
        self._handle: int | None = None
        self._names = _Names(program)
        self._levels = [_Level(self._names, program, level) for level in range(1, 1 + program.nodes[-1].level)]
        self._definition = json.dumps(self.definition())
        conditions = sum(len(rule.checks) + 1 for rule in program.rules)
        if conditions > MAX_CONDITIONS:
            raise EngineError(f"{program.criterion.id}: {conditions} conditions in one ruleset; split the criterion")

    def definition(self) -> dict[str, Any]:
        """The ruleset, as durable_rules takes it: rule number to conditions."""
        return {name: rule for level in self._levels for name, rule in level.rules().items()}

    def run(self, values: Values) -> Outcome:
        """Values by input key (missing: undocumented) to (code of each node, numbers of the rules that fired).

        Raises EngineError where the engine fails, ValueError for a number that it cannot hold.
        """
        codes = [UNDOCUMENTED] * len(self._program.nodes)
        fired: list[int] = []
        rule_codes = self._names.rule_codes
        with self._lock:
            for level in self._levels:
                for number in self.fire(level.fact(values, codes)):
                    node, code = rule_codes[number]
                    codes[node] = code
                    fired.append(number)
        fired.sort()
        return tuple(codes), fired

    def fire(self, fact: str) -> list[int]:
        """The numbers of the rules that fire on one fact, which is retracted again. Not locked: `run` is."""
        if self._handle is None:
            self._handle = durable_rules_engine.create_ruleset(self._program.criterion.id, self._definition)
        handle = self._handle
        fired: list[int] = []
        try:
            result, session = durable_rules_engine.assert_fact(handle, fact)
            if result == 1:  # no rule matches, and the fact is not stored
                return fired
            if result != 0:
                raise EngineError(f"durable_rules: a fact was not taken (code {result})")
            started = durable_rules_engine.start_action_for_state(handle, session)
            message = started[1] if started else None
            following = durable_rules_engine.complete_and_start_action
            while message:
                fired.append(int(message[2 : message.index('"', 2)]))
                message = following(handle, session)
            durable_rules_engine.retract_fact(handle, _RETRACT)
        except BaseException as error:
            self._drop()
            if isinstance(error, durable_rules_engine.error):
                raise EngineError(f"durable_rules: {error}") from error
            raise
        return fired

    def _drop(self) -> None:
        """Forget a ruleset whose session may hold remains of a case. Its memory is given back to the engine."""
        handle, self._handle = self._handle, None
        if handle is not None:
            durable_rules_engine.delete_ruleset(handle)


class _Names:
    """Short names of inputs and nodes in the facts, and what each rule concludes."""

    def __init__(self, program: Program) -> None:
        self.inputs = {key: f"i{n}" for n, key in enumerate(program.inputs)}
        self.nodes = {node.id: f"n{n}" for n, node in enumerate(program.nodes)}
        self.positions = {node.id: n for n, node in enumerate(program.nodes)}
        self.rules = {rule.name: n for n, rule in enumerate(program.rules)}
        self.rule_codes = [(self.positions[rule.node], rule.code) for rule in program.rules]
        names = ["sid", "id", "l", *self.inputs.values(), *self.nodes.values()]
        # The engine compares names by a 32-bit hash alone.
        if len({_fnv(name) for name in names}) != len(names):
            raise EngineError(f"{program.criterion.id}: two names share a hash")

    def name(self, check: Check) -> str:
        return self.nodes[check.ref] if check.node else self.inputs[check.ref]


class _Level:
    """The rules of one level, and the writer of the fact that they fire on."""

    def __init__(self, names: _Names, program: Program, level: int) -> None:
        self._names = names
        self._level = level
        self._nodes: list[Node] = [node for node in program.nodes if node.level == level]
        checks = [c for node in self._nodes for rule in node.rules for c in rule.checks]
        self._inputs = [
            (key, f',"{names.inputs[key]}":', _writer()) for key in dict.fromkeys(c.ref for c in checks if not c.node)
        ]
        self._below = [
            (names.positions[ref], [f',"{names.nodes[ref]}":{code}' for code in range(4)])
            for ref in dict.fromkeys(c.ref for c in checks if c.node)
        ]
        self._start = "{" + _SESSION + f',"l":{level}'
        matches = sum(_most_matches(node) for node in self._nodes)
        if matches > MAX_MATCHES or len(self._inputs) + len(self._below) > MAX_PROPERTIES:
            raise EngineError(f"{program.criterion.id}: level {level} is too large for one fact; split the criterion")

    def rules(self) -> dict[str, dict[str, Any]]:
        return {str(self._names.rules[rule.name]): self._rule(rule) for node in self._nodes for rule in node.rules}

    def _rule(self, rule: Rule) -> dict[str, Any]:
        conditions = [{"l": self._level}, *(c for check in rule.checks for c in self._conditions(check))]
        return {"all": [{"m": {"$and": conditions} if len(conditions) > 1 else conditions[0]}]}

    def _conditions(self, check: Check) -> list[dict[str, Any]]:
        name, value = self._names.name(check), check.value
        if isinstance(value, tuple):
            if check.op == "in":
                # At most one code of the list is true, so the alternatives never fire twice.
                return [{"$or": [{name: v} for v in value]} if len(value) > 1 else {name: value[0]}]
            return [{"$neq": {name: v}} for v in value]
        if check.op == "==":
            return [{name: value}]
        return [{_OPERATORS[check.op]: {name: value}}]

    def fact(self, values: Values, codes: list[int]) -> str:
        parts = [self._start]
        for key, prefix, write in self._inputs:
            value = values.get(key)
            if value is not None:
                parts.append(prefix + write(value))
        for position, written in self._below:
            parts.append(written[codes[position]])
        parts.append("}")
        return "".join(parts)


def _most_matches(node: Node) -> int:
    """How many rules of a node can fire on one fact: those of one code exclude those of another."""
    if node.kind == "verdict":
        return len(node.rules)
    by_code: Mapping[int, int] = {code: sum(r.code == code for r in node.rules) for code in range(4)}
    return max(by_code.values())


def _writer() -> Callable[[str | int | float], str]:
    """Writes values as JSON that the engine reads exactly; texts are few, and remembered."""
    known: dict[str, str] = {}

    def write(value: str | int | float) -> str:
        if type(value) is str:
            text = known.get(value)
            if text is None:
                text = known[value] = json.dumps(value)
            return text
        return write_number(value)

    return write


def write_number(value: Any) -> str:
    """A number as the engine's parser takes it: no exponent, exact, never NaN. Raises ValueError."""
    if type(value) not in (int, float) or not isfinite(value) or abs(value) > MAX_EXACT:
        raise ValueError("not a number that the rule engine can hold")
    return str(value) if type(value) is int else format(Decimal(repr(value)), "f")


def _fnv(name: str) -> int:
    """FNV-1a with 32 bits, as the engine hashes."""
    total = 2166136261
    for byte in name.encode():
        total = (total ^ byte) * 16777619 % 2**32
    return total
