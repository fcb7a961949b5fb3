"""Kleene's strong three-valued logic, and the codes that conclusions have in a program.

A truth is True, False or None for undocumented. Codes are ordered so that one comparison can ask "satisfied": 0 unmet,
false or deny; 1 undocumented; 2 not-applicable; 3 met, true or approve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Truth = bool | None
UNMET, UNDOCUMENTED, NOT_APPLICABLE, MET = range(4)


def negation(truth: Truth) -> Truth:
    """Not; undocumented stays undocumented."""
    return None if truth is None else not truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """And: false if any is false, true only if all are."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def at_least(number: int, truths: Sequence[Truth]) -> Truth:
    """True if so many are true; false if fewer are true or undocumented."""
    if sum(truth is True for truth in truths) >= number:
        return True
    return None if sum(truth is not False for truth in truths) >= number else False


def code_of(truth: Truth) -> int:
    """The code of a truth."""
    return UNDOCUMENTED if truth is None else MET if truth else UNMET
