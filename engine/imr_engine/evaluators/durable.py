"""The only module that knows durable_rules: runs a criterion's rules in its Rete network, level by level.

It calls the C extension directly rather than `durable.lang`, whose default host runs threads that steal results. Each
known way to crash or to lose an answer is ruled out:

1. no host, no background timers and no actions: the driver reads the names of the rules that fire;
2. an error raises; the ruleset in which it happened is dropped and rebuilt for the next case;
3. facts are asserted one at a time, never as a list;
4. one constant session and one constant fact id, retracted after each level: no session comes from input;
5. only small whole numbers are passed, each standing for a state, a code or a place among a criterion's limits:
   no text, no booleans, nothing to coerce;
6. so its parser never sees a fraction, an exponent or a locale's comma, nor a number near its limits;
7. every requirement has rules for met and rules for unmet; if none fires it is undocumented. No `none()`;
8. facts, not events: every rule sees every case. Each rule is a conjunction, so it fires at most once.

Levels replace recursive actions: the rules of one level fire on one fact, their conclusions go into the fact of the
next level, and the verdict comes last. Nothing depends on firing order, and nothing is withdrawn.

A ruleset takes about 2 MB of the library's memory. Evaluators with the same rules share one, the last of them frees it,
and a forked process makes its own.
"""

from __future__ import annotations

import itertools
import json
import os
import string
import threading
import weakref
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

import durable_rules_engine

from imr_engine.evaluators.plain import Outcome, Values
from imr_engine.rules.keys import Input
from imr_engine.rules.program import CONFLICT, Check, Program
from imr_engine.rules.three_values import UNDOCUMENTED

if TYPE_CHECKING:
    from imr_engine.rules.program import Node, Rule

NAME = "durable_rules"
# The engine returns at most 64 matches per fact, keeps 253 properties, and cannot compile more than 511 conditions.
MAX_MATCHES, MAX_PROPERTIES, MAX_CONDITIONS = 60, 250, 500
_RETRACTED = (0, 1)  # retracted, or already gone because no rule refers to it any more
_SESSION_ID = "1"
_SESSION = f'"sid":"{_SESSION_ID}","id":"1"'
_RETRACT = "{" + _SESSION + "}"
_OWN = ("sid", "id", "l")
_NAME_LENGTH = 4
_NAME_ENDS = 2 + _NAME_LENGTH
# Ordered so that "stated present, or in conflict" is a single comparison.
_STATES = {"present": 1, CONFLICT: 2, "absent": 3}
_OPERATORS = {"<=": "$lte", ">=": "$gte", ">": "$gt", "<": "$lt"}


class EngineError(RuntimeError):
    """The rule engine misbehaved; we raise rather than risk a wrong answer."""


class _Ruleset:
    """A ruleset of the library, with its only session: made when first needed, and freed with this object."""

    def __init__(self, shared: _Shared, definition: str) -> None:
        self.shared = shared
        self.lock = threading.Lock()  # whoever fires rules holds it from the first level of a case to the last
        self._definition = definition
        self._held: _Held | None = None

    def fire(self, fact: str) -> list[str]:
        """Asserts a fact, retracts it again, and returns the names of the rules that fired in between."""
        engine = durable_rules_engine
        following = engine.complete_and_start_action
        fired: list[str] = []
        try:
            held = self._held or self._make()
            handle = held.handle
            result, session = engine.assert_fact(handle, fact)
            if result == 1:  # no rule matches, and the fact is not stored
                return fired
            if result != 0:
                raise EngineError(f"durable_rules: a fact was not taken (code {result})")
            started = engine.start_action_for_state(handle, session)
            if not started:
                raise EngineError("durable_rules: a rule matched, and none was given")
            held.started = True
            message = started[1]
            while message:
                # {"NAME":{"m":…}}: only the rule's name matters.
                fired.append(message[2:_NAME_ENDS])
                message = following(handle, session)
            result, _ = engine.retract_fact(handle, _RETRACT)
            if result not in _RETRACTED:
                raise EngineError(f"durable_rules: a fact was not retracted (code {result})")
        except BaseException as error:
            self._drop()
            if isinstance(error, engine.error):
                raise EngineError(f"durable_rules: {error}") from error
            raise
        return fired

    def _make(self) -> _Held:
        self._held = held = _Held(durable_rules_engine.create_ruleset("criterion", self._definition))
        self._release = weakref.finalize(self, _free, self.shared, held)
        self._release.atexit = False
        return held

    def _drop(self) -> None:
        """Drops a ruleset whose session may still hold parts of a case, and frees its memory."""
        if self._held is not None:
            self._held = None
            self._release()


@dataclass
class _Held:
    """What the library holds for a ruleset: a number, and a session, which can be deleted once a rule has fired."""

    handle: int
    started: bool = False


def _free(shared: _Shared, held: _Held) -> None:
    """Frees a ruleset and its session, which `delete_ruleset` leaves behind.

    Until its first action starts, a session holds pointers that were never set, and `delete_state` would free them.
    What another process made is left as the fork found it.
    """
    if shared is _shared:
        if held.started:
            durable_rules_engine.delete_state(held.handle, _SESSION_ID)
        durable_rules_engine.delete_ruleset(held.handle)


# The rulesets of this process, by definition. Two threads that ask for the same one at once may get one each.
_Shared: TypeAlias = "weakref.WeakValueDictionary[str, _Ruleset]"
_shared: _Shared = weakref.WeakValueDictionary()


def _start_afresh() -> None:
    """In a forked process: leaves the rulesets to threads that were in the middle of a case and do not exist here."""
    global _shared  # noqa: PLW0603
    _shared = weakref.WeakValueDictionary()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_afresh)


class DurableEvaluator:
    """Evaluates one program. Safe to call from several threads, which take turns, and after a fork."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._ruleset: _Ruleset | None = None
        self._names = _Names(program)
        self._levels = [_Level(self._names, program, level) for level in range(1, 1 + program.nodes[-1].level)]
        self._definition = json.dumps(self.definition())
        conditions = sum(
            1 + sum(len(c.value) if isinstance(c.value, tuple) else 1 for c in rule.checks) for rule in program.rules
        )
        if conditions > MAX_CONDITIONS:
            raise EngineError(f"{program.criterion.id}: {conditions} conditions in one ruleset; split the criterion")

    def definition(self) -> dict[str, Any]:
        """The ruleset as durable_rules expects it: short rule name to conditions."""
        return {name: rule for level in self._levels for name, rule in level.rules().items()}

    def run(self, values: Values) -> Outcome:
        """Maps input values (missing key: undocumented) to the code of each node and the numbers of the rules fired.

        Raises EngineError if the engine fails, ValueError if a value does not fit its input.
        """
        codes = [UNDOCUMENTED] * len(self._program.nodes)
        fired: list[int] = []
        ruleset = self.ruleset()
        with ruleset.lock:
            for level in self._levels:
                self.conclude(ruleset, level.fact(values, codes), codes, fired)
        fired.sort()
        return tuple(codes), fired

    def ruleset(self) -> _Ruleset:
        """This process's ruleset of the program."""
        ruleset = self._ruleset
        if ruleset is None or ruleset.shared is not _shared:
            ruleset = self._ruleset = _shared.setdefault(self._definition, _Ruleset(_shared, self._definition))
        return ruleset

    def conclude(self, ruleset: _Ruleset, fact: str, codes: list[int], fired: list[int]) -> None:
        """Fires the rules of one level and records what they conclude. Takes no lock; `run` does."""
        concludes = self._names.concludes
        for name in ruleset.fire(fact):
            number, node, code = concludes[name]
            codes[node] = code
            fired.append(number)


class _Names:
    """Short names for inputs, nodes and rules, small numbers for words, and what each rule concludes.

    The engine writes out the whole fact for every rule that fires, so short facts are fast facts.
    """

    def __init__(self, program: Program) -> None:
        short = (a + b for a, b in itertools.product(string.ascii_lowercase, string.ascii_letters) if a + b not in _OWN)
        self.inputs = dict(zip(program.inputs, short, strict=False))
        self.nodes = dict(zip((node.id for node in program.nodes), short, strict=False))
        self.positions = {node.id: n for n, node in enumerate(program.nodes)}
        self.rules = {rule.name: f"{n:0{_NAME_LENGTH}}" for n, rule in enumerate(program.rules)}
        self.concludes = {
            self.rules[rule.name]: (n, self.positions[rule.node], rule.code) for n, rule in enumerate(program.rules)
        }
        # A number becomes its place among the limits it is compared with: 0 is below the first limit, 1 is the limit
        # itself, 2 is above it, and so on. Python does the comparison, so it is exact for any number.
        self.limits: dict[Input, list[int | float]] = {key: [] for key in program.inputs}
        # Words become numbers, so that one comparison can test for one side of a statement or a conflict.
        self.words: dict[Input, dict[str, int]] = {key: {} for key in program.inputs}
        for check in (c for rule in program.rules for c in rule.checks):
            key = check.ref
            if not isinstance(key, Input):
                continue
            for word in check.value if isinstance(check.value, tuple) else (check.value,):
                if word in _STATES:
                    self.words[key].update(_STATES)
                elif isinstance(word, str):
                    self.words[key].setdefault(word, 1 + len(self.words[key]))
                elif word not in self.limits[key]:
                    insort(self.limits[key], word)
        names = [*_OWN, *self.inputs.values(), *self.nodes.values()]
        # The engine compares names only by a 32-bit hash.
        if len({_fnv(name) for name in names}) < len(_OWN) + len(program.inputs) + len(program.nodes):
            raise EngineError(f"{program.criterion.id}: too many names, or two that share a hash")


class _Level:
    """The rules of one level, and a writer for the fact they fire on."""

    def __init__(self, names: _Names, program: Program, level: int) -> None:
        self._names = names
        self._level = level
        self._nodes: list[Node] = [node for node in program.nodes if node.level == level]
        refs = dict.fromkeys(c.ref for node in self._nodes for rule in node.rules for c in rule.checks)
        self._writers = {
            key: _writer(names.inputs[key], names.words[key], names.limits[key])
            for key in refs
            if isinstance(key, Input)
        }
        self._below = [
            (names.positions[ref], [f',"{names.nodes[ref]}":{code}' for code in range(4)])
            for ref in refs
            if not isinstance(ref, Input)
        ]
        self._start = "{" + _SESSION + f',"l":{level}'
        matches = sum(_most_matches(node) for node in self._nodes)
        if matches > MAX_MATCHES or len(self._writers) + len(self._below) > MAX_PROPERTIES:
            raise EngineError(f"{program.criterion.id}: level {level} is too large for one fact; split the criterion")

    def rules(self) -> dict[str, dict[str, Any]]:
        return {self._names.rules[rule.name]: self._rule(rule) for node in self._nodes for rule in node.rules}

    def _rule(self, rule: Rule) -> dict[str, Any]:
        conditions = [{"l": self._level}, *(c for check in rule.checks for c in self._conditions(check))]
        return {"all": [{"m": {"$and": conditions} if len(conditions) > 1 else conditions[0]}]}

    def _conditions(self, check: Check) -> list[dict[str, Any]]:
        key = check.ref
        if not isinstance(key, Input):
            return [_compare(self._names.nodes[key], check.op, check.value)]
        name, words = self._names.inputs[key], self._names.words[key]
        if isinstance(check.value, str):
            return [{name: words[check.value]}]
        if not isinstance(check.value, tuple):
            return [_compare(name, check.op, 2 * self._names.limits[key].index(check.value) + 1)]
        numbers = sorted(words[word] for word in check.value)
        if check.op == "not in":
            return [{"$neq": {name: number}} for number in numbers]
        if numbers == [1, 2]:  # stated present, or in conflict
            return [{"$lte": {name: 2}}, {"$gte": {name: 1}}]
        if numbers == [2, 3] and len(words) == 3:  # stated absent, or in conflict
            return [{"$gte": {name: 2}}]
        # At most one word of the list can be true, so the alternatives never fire twice.
        return [{"$or": [{name: number} for number in numbers]} if len(numbers) > 1 else {name: numbers[0]}]

    def fact(self, values: Values, codes: list[int]) -> str:
        """This level's fact: the documented inputs, and the conclusions of the levels below."""
        writers = self._writers
        parts = [writers[key](value) for key, value in values.items() if key in writers]
        parts += [written[codes[position]] for position, written in self._below]
        return f"{self._start}{''.join(parts)}}}"


def _compare(name: str, op: str, value: str | int | float | tuple[str, ...]) -> dict[str, Any]:
    return {name: value} if op == "==" else {_OPERATORS[op]: {name: value}}


def _most_matches(node: Node) -> int:
    """How many rules of a node can fire on one fact. Rules for different codes exclude each other."""
    if node.kind == "verdict":
        return len(node.rules)
    by_code: Mapping[int, int] = {code: sum(r.code == code for r in node.rules) for code in range(4)}
    # The engine's stack also holds partial matches: a `when`, and statements that take two checks.
    double = any(len(atom.true) > 1 or len(atom.false) > 1 for atom in node.atoms)
    return max(by_code.values()) + (node.when is not None) + double


def _writer(name: str, words: dict[str, int], limits: list[int | float]) -> Callable[[str | int | float], str]:
    """Returns a function that writes an input as a property of a fact.

    It raises ValueError if the value does not fit the input's type."""
    prefix = f',"{name}":'
    known = {word: f"{prefix}{number}" for word, number in words.items()}
    other = f"{prefix}0"

    def word(value: str | int | float) -> str:
        if type(value) is not str:
            raise ValueError("not a word")
        # Documented, but not a word any rule tests for.
        return known.get(value, other)

    def place(value: str | int | float) -> str:
        # isinstance takes a bool for an int, and the engine takes "3" for a number; we take neither.
        if isinstance(value, str | bool) or not isinstance(value, int | float) or not isfinite(value):
            raise ValueError("not a number")
        at = bisect_left(limits, value)
        return f"{prefix}{2 * at + (at < len(limits) and limits[at] == value)}"

    return place if limits else word


def _fnv(name: str) -> int:
    """The engine's hash: 32-bit FNV-1a."""
    total = 2166136261
    for byte in name.encode():
        total = (total ^ byte) * 16777619 % 2**32
    return total
