"""Whether anything in a case speaks against an assumption: silence may be read as "no", doubt never is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from imr_criteria.conditions import Condition, DependsOn, Every, Not, Some, Test, arms_of, least_of
from imr_engine.inputs.reading import Seen
from imr_engine.rules import keys
from imr_engine.rules.compiler import compared, fact_input
from imr_engine.rules.keys import Input
from imr_engine.rules.program import CONFLICT
from imr_engine.rules.three_values import Truth, at_least, negation

if TYPE_CHECKING:
    from imr_engine.inputs.values import Inputs

_EITHER: frozenset[Truth] = frozenset({True, False})
_STATES: dict[object, Truth] = {"present": True, "absent": False}


def speaks_against(inputs: Inputs, condition: Condition, *, holds: bool) -> bool:
    """Whether something recorded points away from a condition being true (or false, unless `holds`).

    It need not show it: a conflict, a finding that nobody followed up, or a part of what is excluded is enough. That
    something was looked for and not found written is still silence.
    """
    if isinstance(condition, Not):
        return speaks_against(inputs, condition.not_, holds=not holds)
    if isinstance(condition, Test):
        return _test(inputs, condition, holds)
    if isinstance(condition, DependsOn):
        verdict = inputs.seen(keys.DEPENDS_ON).value
        return verdict is not None and (verdict == condition.depends_on) != holds
    if isinstance(condition, Some | Every):
        query = condition.some if isinstance(condition, Some) else condition.every
        seen = inputs.subject.some(query) if isinstance(condition, Some) else inputs.subject.every(query)
        return seen.doubt or seen.value == ("absent" if holds else "present")
    return any(speaks_against(inputs, arm, holds=holds) for arm in arms_of(condition))


def _test(inputs: Inputs, test: Test, holds: bool) -> bool:
    catalogue = inputs.subject.catalogue
    if test.fact is None or catalogue.facts[test.fact].type != "state":
        # Were it known to pass, nothing would have to be assumed.
        return _recorded(inputs.seen(_key(test)))
    against = "present" if (test.is_ == "absent") == holds else "absent"
    seen = inputs.seen(fact_input(catalogue, test.fact, test.reading))
    if seen.value in {against, CONFLICT} or (against == "present" and seen.doubt):
        return True
    if test.fact not in catalogue.inferences or test.reading is not None:
        return False
    inference = catalogue.inferences[test.fact]
    below = inference.present_when if against == "present" else inference.absent_when
    return below is not None and speaks_against(inputs, below, holds=False)


def _key(test: Test) -> Input:
    """The input that a comparison reads."""
    if test.quantity is not None:
        return keys.quantity(test.quantity)
    if test.attribute is not None:
        return keys.attribute(test.attribute)
    return keys.request(test.request) if test.request is not None else keys.fact(str(test.fact), test.reading)


def _recorded(seen: Seen) -> bool:
    return seen.conflict is not None or seen.value is not None or seen.low is not None or seen.high is not None


class Doubts:
    """Which concluded facts of one request depend on a conflict below them.

    A conflict may be settled either way. A fact that would then be another is in conflict itself, whatever is stated
    of it: "no radiculopathy" does not settle a study that is told negative and is positive on record. Neither is a
    fact concluded that was once found absent and has only been looked for since.
    """

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._catalogue = inputs.subject.catalogue
        self._truths: dict[str, frozenset[Truth]] = {}
        self._unsettled: set[str] = set()

    def about(self, fact: str) -> bool:
        """Whether settling a conflict below a fact could change it."""
        return len(self._of(fact)) > 1 and fact in self._unsettled

    def refuted(self, condition: Condition) -> bool:
        """Whether a condition is known to be false."""
        return self._condition(condition) == {False}

    def _of(self, fact: str) -> frozenset[Truth]:
        """What a concluded fact may be, in every way in which the conflicts below it may be settled."""
        found = self._truths.get(fact)
        if found is None:
            inference = self._catalogue.inferences[fact]
            seen = self._inputs.seen(keys.fact(fact))
            stated = seen.value
            pros, cons = (
                frozenset({None}) if side is None else self._condition(side)
                for side in (inference.present_when, inference.absent_when)
            )
            if len(pros) > 1 or len(cons) > 1:
                self._unsettled.add(fact)
            if seen.denied:
                self._unsettled.add(fact)
            present, absent = stated in {"present", CONFLICT}, stated in {"absent", CONFLICT} or seen.denied
            ways: set[Truth] = set()
            for pro, con in itertools.product(pros, cons):
                for_, against = present or pro is True, absent or con is True
                ways |= _EITHER if for_ and against else {True if for_ else False if against else None}
            found = self._truths[fact] = frozenset(ways)
        return found

    def _condition(self, condition: Condition) -> frozenset[Truth]:
        if isinstance(condition, Not):
            return frozenset(map(negation, self._condition(condition.not_)))
        if isinstance(condition, Test):
            return self._test(condition)
        if isinstance(condition, Some | Every):
            query = condition.some if isinstance(condition, Some) else condition.every
            seen = (
                self._inputs.subject.some(query) if isinstance(condition, Some) else self._inputs.subject.every(query)
            )
            return frozenset({_STATES.get(seen.value)})
        if isinstance(condition, DependsOn):
            verdict = self._inputs.seen(keys.DEPENDS_ON).value
            return frozenset({None if verdict is None else verdict == condition.depends_on})
        arms, least = [self._condition(arm) for arm in arms_of(condition)], least_of(condition)
        return frozenset(at_least(least, way) for way in itertools.product(*arms))

    def _test(self, test: Test) -> frozenset[Truth]:
        if test.fact is not None and self._catalogue.facts[test.fact].type == "state":
            if test.fact in self._catalogue.inferences and test.reading is None:
                truths = self._of(test.fact)
            else:
                value = self._inputs.seen(fact_input(self._catalogue, test.fact, test.reading)).value
                truths = _EITHER if value == CONFLICT else frozenset({_STATES.get(value)})
            return frozenset(map(negation, truths)) if test.is_ == "absent" else truths
        seen = self._inputs.seen(_key(test))
        exact = test.quantity is None and seen.conflict is None
        truth = compared(test, *((seen.value, seen.value) if exact else (seen.low, seen.high)))
        # The two sides of a conflict may both be on one side of the limit.
        return _EITHER if truth is None and seen.conflict is not None else frozenset({truth})
