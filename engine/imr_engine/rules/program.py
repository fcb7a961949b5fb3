"""A compiled criterion: nodes that hold conclusions, rules that reach them, and levels that order them.

Both evaluators run the same program. A node is one side of a concluded fact, an arm of a condition, a requirement or
the verdict. A rule is a plain conjunction of checks with one conclusion, so each way of reaching a conclusion fires its
own rule and names its premises. A requirement has rules for met and rules for unmet (its Kleene dual); if none fires,
it is undocumented.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from imr_criteria.cached import cached_property
from imr_criteria.conditions import Condition, Not, RecordQuery
from imr_criteria.model import Criterion
from imr_engine.rules.keys import Concluded, Input, NodeId, Premise, quantity

CONFLICT = "conflict"

Op = Literal["==", "in", "not in", "<=", ">=", ">", "<"]
_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "in": lambda value, codes: value in codes,
    "not in": lambda value, codes: value not in codes,
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
    "<": operator.lt,
}
NodeKind = Literal["evidence", "arm", "when", "requirement", "verdict"]


class Check(NamedTuple):
    """One comparison of an input or a node. False if the input is missing."""

    ref: Input | NodeId
    op: Op
    value: str | int | float | tuple[str, ...]

    def holds(self, value: object) -> bool:
        """Whether the comparison is true of a value."""
        return value is not None and _COMPARE[self.op](value, self.value)


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
    """If all checks hold, the node gets this code; `word` says what that means for `about`."""

    name: str
    node: NodeId
    code: int
    about: Premise
    word: str
    checks: tuple[Check, ...]
    premises: tuple[Premise, ...]


class Node(NamedTuple):
    """Something that is concluded. `atoms`, `minimum` and `when` express the same as `rules`, for the second evaluator.

    It is true if at least `minimum` atoms are (all of them for `all`, one for `any`).
    """

    id: NodeId
    kind: NodeKind
    level: int
    rules: tuple[Rule, ...]
    atoms: tuple[Atom, ...] = ()
    minimum: int = 0
    when: NodeId | None = None
    dispute: NodeId | None = None


@dataclass(frozen=True)
class Program:
    """A compiled criterion. Rules are numbered consecutively across the nodes."""

    criterion: Criterion
    nodes: tuple[Node, ...]
    queries: dict[Input, RecordQuery] = field(default_factory=dict)
    exclusions: dict[Input, Condition] = field(default_factory=dict)
    """The condition of each exclusion, by the input that says whether it may be assumed."""
    concluded: tuple[str, ...] = ()
    """The facts that are concluded, each after those that it is concluded from."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of their numbers."""
        return tuple(rule for node in self.nodes for rule in node.rules)

    @cached_property
    def evidence(self) -> dict[int, Rule]:
        """The rules for and against concluded facts, by number."""
        return {number: rule for number, rule in enumerate(self.rules) if isinstance(rule.about, Concluded)}

    @cached_property
    def nested(self) -> frozenset[str]:
        """The concluded facts from which others are concluded."""
        return frozenset(p.fact for rule in self.evidence.values() for p in rule.premises if isinstance(p, Concluded))

    @cached_property
    def positions(self) -> dict[NodeId, int]:
        """The index of each node."""
        return {node.id: place for place, node in enumerate(self.nodes)}

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Everything the rules read."""
        checks = (check for rule in self.rules for check in rule.checks)
        return tuple(dict.fromkeys(check.ref for check in checks if isinstance(check.ref, Input)))

    @cached_property
    def facts(self) -> dict[str, list[Input]]:
        """The facts the rules read, by name. One fact may be read in two readings."""
        facts: dict[str, list[Input]] = {}
        for key in self.inputs:
            if key.kind == "fact":
                facts.setdefault(key.name, []).append(key)
        return facts

    @cached_property
    def others(self) -> tuple[Input, ...]:
        """Everything the rules read apart from facts, quantities, and what is worked out from other inputs."""
        return tuple(key for key in self.inputs if key.kind not in {"fact", "quantity", "silence"})

    @cached_property
    def quantities(self) -> tuple[tuple[Input, Input | None, Input | None], ...]:
        """The quantities the rules read, each with the inputs that are the ends of its range."""
        names = dict.fromkeys(key.name for key in self.inputs if key.kind == "quantity")
        ends = [(quantity(name), quantity(name, "least"), quantity(name, "most")) for name in names]
        read = set(self.inputs)
        return tuple((key, *(end if end in read else None for end in both)) for key, *both in ends)  # type: ignore[misc]

    @cached_property
    def silences(self) -> tuple[tuple[Input, Condition, frozenset[Input]], ...]:
        """The exclusions, each by the input that says whether it may be assumed, with what it reads."""
        return tuple((key, condition, self.reads(key.name)) for key, condition in self.exclusions.items())

    def reads(self, node: NodeId) -> frozenset[Input]:
        """The inputs a node depends on, directly or through other nodes."""
        refs = {check.ref for rule in self.nodes[self.positions[node]].rules for check in rule.checks}
        return frozenset().union(*({ref} if isinstance(ref, Input) else self.reads(ref) for ref in refs))


@lru_cache(maxsize=4096)
def for_side(fact: str) -> NodeId:
    """The node that collects evidence for a fact."""
    return f"{Concluded(fact)}=present"


@lru_cache(maxsize=4096)
def against_side(fact: str) -> NodeId:
    """The node that collects evidence against a fact."""
    return f"{Concluded(fact)}=absent"


def disputed(when: NodeId) -> NodeId:
    """The node that says whether it is in conflict that a requirement applies."""
    return f"{when}:disputed"


def assumed(requirement: NodeId) -> NodeId:
    """The node that says whether an exclusion is satisfied, or may be assumed to be."""
    return f"{requirement}:assumed"
