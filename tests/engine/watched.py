"""The C extension of durable_rules under observation: records what the adapter calls, and can make a call fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import durable_rules_engine

# All the adapter needs. Everything else in the extension (events, timers, lists of facts) has a fault listed in
# docs/durable-rules.md.
ALLOWED = frozenset(
    {
        "create_ruleset",
        "delete_ruleset",
        "delete_state",
        "assert_fact",
        "start_action_for_state",
        "complete_and_start_action",
        "retract_fact",
        "error",
    }
)


@dataclass
class Watched:
    """Stands in for the module `durable_rules_engine`: records every call and can make one of them fail.

    `fail` names the function that fails at its `at`-th call from now, before or (`after`) after doing its work.
    Failing means raising `raised`, or returning the real result changed by `answer`.
    """

    calls: list[tuple[str, tuple[Any, ...], Any]] = field(default_factory=list)
    fail: str | None = None
    at: int = 1
    after: bool = False
    error: type[BaseException] = durable_rules_engine.error
    raised: BaseException | None = None
    answer: Callable[[Any], Any] | None = None

    def __getattr__(self, name: str) -> Any:
        assert name in ALLOWED, f"the adapter must not use {name}"
        real = getattr(durable_rules_engine, name)

        def call(*given: Any) -> Any:
            failing = name == self.fail and self._count()
            if failing and self.raised is not None and not self.after:
                raise self.raised
            result = real(*given)
            self.calls.append((name, given, result))
            if failing and self.raised is not None:
                raise self.raised
            return self.answer(result) if failing and self.answer is not None else result

        return call

    def _count(self) -> bool:
        self.at -= 1
        return self.at == 0

    def named(self, name: str) -> list[tuple[tuple[Any, ...], Any]]:
        """Arguments and results of all calls to one function."""
        return [(given, result) for called, given, result in self.calls if called == name]
