"""The plain evaluator: Python generated from a program, one function per criterion.

It is generated from the conditions (at least n of these atoms), not from the rules that durable_rules runs, so the two
evaluators check each other. It also runs where durable_rules cannot.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from typing import Any

from imr_engine.rules.keys import Input
from imr_engine.rules.program import Atom, Check, Node, Program
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET

NAME = "plain"
Values = Mapping[Input, str | int | float]
Outcome = tuple[tuple[int, ...], list[int]]


class PlainEvaluator:
    """Evaluates one program. Stateless, so safe to share between threads."""

    def __init__(self, program: Program) -> None:
        self.source = _Writer(program).text()
        self.names: dict[str, Any] = {f"k{n}": key for n, key in enumerate(program.inputs)}
        """The inputs, by their names in the source."""
        file = f"<plain evaluator of {program.criterion.id}>"
        # So that a traceback shows the line that failed.
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        space = dict(self.names)
        # The only words in the source come from a validated catalogue, each written with repr().
        exec(compile(self.source, file, "exec"), space)
        self.run: Callable[[Values], Outcome] = space["run"]
        """Maps input values (missing key: undocumented) to the code of each node and the numbers of the rules fired."""


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.inputs = {key: f"i{n}" for n, key in enumerate(program.inputs)}
        self.nodes = {node.id: f"n{n}" for n, node in enumerate(program.nodes)}
        self.number = {rule.name: n for n, rule in enumerate(program.rules)}
        self.lines: list[str] = []

    def text(self) -> str:
        self._line(0, "def run(values):")
        self._line(1, "get = values.get")
        self._line(1, "fired = []")
        self._line(1, "fire = fired.append")
        for n, name in enumerate(self.inputs.values()):
            self._line(1, f"{name} = get(k{n})")
        for node in self.program.nodes:
            self._line(1, f"# {node.id}")
            if node.kind in {"evidence", "verdict"}:
                self._listed(node)
            else:
                self._kleene(node)
        self._line(1, f"return ({', '.join(self.nodes.values())},), fired")
        return "\n".join(self.lines) + "\n"

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _listed(self, node: Node) -> None:
        """Evidence for one side of a concluded fact, or the verdict: every rule is tried."""
        name = self.nodes[node.id]
        self._line(1, f"{name} = {UNDOCUMENTED}")
        for rule in node.rules:
            self._line(1, f"if {self._all(rule.checks)}:")
            self._line(2, f"{name} = {rule.code}")
            self._line(2, f"fire({self.number[rule.name]})")

    def _kleene(self, node: Node) -> None:
        """A requirement or an arm: at least `minimum` of its atoms, if it applies."""
        depth = 1
        if node.when is not None:
            when = self.nodes[node.when]
            self._line(1, f"if {when} == {UNMET}:")
            self._conclude(2, node, "not-applicable", NOT_APPLICABLE)
            self._line(1, "else:")
            depth = 2
        size = len(node.atoms)
        if node.minimum == size:
            self._conjunction(depth, node, "met", MET, "unmet", UNMET)
        elif node.minimum == 1:
            self._conjunction(depth, node, "unmet", UNMET, "met", MET)
        else:
            self._counted(depth, node)

    def _conjunction(self, depth: int, node: Node, whole: str, whole_code: int, part: str, part_code: int) -> None:
        """All atoms one way, or any of them the other way: `all` directly, `any` as its dual."""
        name = self.nodes[node.id]
        together = " and ".join(self._atom(atom, whole_code == MET) for atom in node.atoms) or "True"
        guards = {
            UNMET: f"{self.nodes[node.when]} == {MET} and " if node.when is not None else "",
            MET: f"{self.nodes[node.dispute]} < {MET} and " if node.dispute is not None else "",
        }
        if not node.atoms:
            whole, whole_code = "unmet", UNMET
        self._line(depth, f"if {guards[whole_code]}{together}:")
        self._conclude(depth + 1, node, whole, whole_code)
        if not node.atoms:
            return
        part_guard = guards[part_code]
        if len(node.atoms) == 1:
            self._line(depth, f"elif {part_guard}{self._atom(node.atoms[0], part_code == MET)}:")
            self._conclude(depth + 1, node, part, part_code)
            self._line(depth, "else:")
            self._line(depth + 1, f"{name} = {UNDOCUMENTED}")
            return
        self._line(depth, "else:")
        self._line(depth + 1, f"{name} = {UNDOCUMENTED}")
        for position, atom in enumerate(node.atoms, 1):
            self._line(depth + 1, f"if {part_guard}{self._atom(atom, part_code == MET)}:")
            self._conclude(depth + 2, node, f"{part}.{position}", part_code)

    def _counted(self, depth: int, node: Node) -> None:
        """At least n of several: one rule per combination."""
        name = self.nodes[node.id]
        self._line(depth, f"{name} = {UNDOCUMENTED}")
        for rule in node.rules:
            if rule.code != NOT_APPLICABLE:
                self._line(depth, f"if {self._all(rule.checks)}:")
                self._line(depth + 1, f"{name} = {rule.code}")
                self._line(depth + 1, f"fire({self.number[rule.name]})")

    def _conclude(self, depth: int, node: Node, word: str, code: int) -> None:
        self._line(depth, f"{self.nodes[node.id]} = {code}")
        self._line(depth, f"fire({self.number[f'{node.id}#{word}']})")

    def _atom(self, atom: Atom, positive: bool) -> str:
        return self._all(atom.true if positive else atom.false)

    def _all(self, checks: tuple[Check, ...]) -> str:
        return " and ".join(map(self._check, checks)) or "True"

    def _check(self, check: Check) -> str:
        if not isinstance(check.ref, Input):
            return f"{self.nodes[check.ref]} {check.op} {check.value!r}"
        name = self.inputs[check.ref]
        if check.op in {"==", "in"}:
            return f"{name} {check.op} {check.value!r}"
        return f"{name} is not None and {name} {check.op} {check.value!r}"
