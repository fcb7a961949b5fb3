"""A compiled criterion: nodes that conclude, rules that say from what, levels that say in which order.

The program is what both evaluators share. Each node is one side of a concluded fact, an arm of a condition, a
requirement or the verdict; each rule is a plain conjunction of checks with one conclusion, so that every way in which a
conclusion is reached fires a rule of its own and names its premises. A requirement has rules for met and rules for
unmet (its Kleene dual); where none fires, it is undocumented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from imr_criteria.conditions import Condition, Not, RecordQuery
from imr_criteria.model import Criterion
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise

CONFLICT = "conflict"

Op = Literal["==", "in", "not in", "<=", ">=", ">", "<"]
NodeKind = Literal["evidence", "arm", "when", "requirement", "verdict"]


class Check(NamedTuple):
    """One comparison of an input or of a node. False where the input is missing."""

    ref: Input | NodeId
    op: Op
    value: str | int | float | tuple[str, ...]


class Atom(NamedTuple):
    """A statement that is true, false or undocumented: the checks that make it true, and those that make it false."""

    true: tuple[Check, ...]
    false: tuple[Check, ...]
    premise: Premise
    condition: Condition

    def inverted(self) -> Atom:
        """The opposite statement."""
        return Atom(self.false, self.true, self.premise, Not(not_=self.condition))


class Rule(NamedTuple):
    """If all checks hold, the node has this code; `word` says what that means for `about`."""

    name: str
    node: NodeId
    code: int
    about: Premise
    word: str
    checks: tuple[Check, ...]
    premises: tuple[Premise, ...]


class Node(NamedTuple):
    """Something that is concluded. `atoms`, `minimum` and `when` say the same as the rules, for a second evaluator.

    True when at least `minimum` atoms are (all of them for all, one for any).
    """

    id: NodeId
    kind: NodeKind
    level: int
    rules: tuple[Rule, ...]
    atoms: tuple[Atom, ...] = ()
    minimum: int = 0
    when: NodeId | None = None


@dataclass(frozen=True)
class Program:
    """A compiled criterion. Rules are numbered across the nodes, in their order."""

    criterion: Criterion
    nodes: tuple[Node, ...]
    queries: dict[Input, RecordQuery] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of their numbers."""
        return tuple(rule for node in self.nodes for rule in node.rules)

    @cached_property
    def evidence(self) -> dict[int, Rule]:
        """The rules for and against concluded facts, by number."""
        return {number: rule for number, rule in enumerate(self.rules) if isinstance(rule.about, Concluded)}

    @cached_property
    def positions(self) -> dict[NodeId, int]:
        """The places of the nodes."""
        return {node.id: place for place, node in enumerate(self.nodes)}

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Everything that the rules read."""
        checks = (check for rule in self.rules for check in rule.checks)
        return tuple(dict.fromkeys(check.ref for check in checks if isinstance(check.ref, Input)))

    @cached_property
    def facts(self) -> dict[str, list[Input]]:
        """The facts that the rules read, by name: the same fact may be read in two readings."""
        facts: dict[str, list[Input]] = {}
        for key in self.inputs:
            if key.kind == "fact":
                facts.setdefault(key.name, []).append(key)
        return facts

    @cached_property
    def others(self) -> tuple[Input, ...]:
        """What the rules read beside facts."""
        return tuple(key for key in self.inputs if key.kind != "fact")

    def reads(self, node: NodeId) -> frozenset[Input]:
        """The inputs that a node depends on, through whatever nodes."""
        refs = {check.ref for rule in self.nodes[self.positions[node]].rules for check in rule.checks}
        return frozenset().union(*({ref} if isinstance(ref, Input) else self.reads(ref) for ref in refs))


def for_side(fact: str) -> NodeId:
    """The node that collects evidence for a fact."""
    return f"{Concluded(fact)}=present"


def against_side(fact: str) -> NodeId:
    """The node that collects evidence against a fact."""
    return f"{Concluded(fact)}=absent"
