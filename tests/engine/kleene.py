"""An oracle for both evaluators: evaluates conditions directly, without compiled rules.

True, False and None (undocumented) follow Kleene's strong three-valued logic, as conditions.py defines each operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.conditions import All, Any_, AtLeast, Condition, DependsOn, Every, Not, Some, Test
from imr_criteria.model import Requirement
from imr_engine.rules.keys import DEPENDS_ON, Input
from imr_engine.rules.program import Program
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET

Values = Mapping[Input, Any]
Truth = Callable[[Values], bool | None]
_CODE = {True: MET, False: UNMET, None: UNDOCUMENTED}


class Oracle:
    """The status of each requirement for given input values, by definition."""

    def __init__(self, catalogue: Catalogue, program: Program) -> None:
        self._catalogue = catalogue
        self._queries = program.queries
        self._parts = [(r.kind, self._status(r)) for r in program.criterion.requirements]
        self.ids = [program.criterion.full_id(r) for r in program.criterion.requirements]

    def statuses(self, values: Values) -> list[int]:
        """The status code of each requirement, in order."""
        return [status(values) for _, status in self._parts]

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self._parts]

    def _status(self, requirement: Requirement) -> Callable[[Values], int]:
        condition = self._truth(requirement.condition)
        if requirement.when is None:
            return lambda values: _CODE[condition(values)]
        when, disputed = self._truth(requirement.when), self._disputed(requirement.when)

        def status(values: Values) -> int:
            applies, holds = when(values), condition(values)
            if applies is False:
                return NOT_APPLICABLE
            if holds and disputed(values):
                return UNDOCUMENTED
            # If it is undocumented whether it applies, so is the requirement, unless its condition is met.
            return _CODE[holds] if applies or holds else UNDOCUMENTED

        return status

    def _disputed(self, condition: Condition) -> Callable[[Values], bool]:
        """Whether a fact that decides whether a requirement applies is in conflict."""
        if isinstance(condition, Not):
            return self._disputed(condition.not_)
        if isinstance(condition, All | Any_ | AtLeast):
            arms = [self._disputed(arm) for arm in _several(condition)[1]]
            return lambda values: any(arm(values) for arm in arms)
        if not isinstance(condition, Test) or condition.fact is None:
            return lambda values: False
        fact = self._catalogue.facts[condition.fact]
        key = Input("fact", fact.id, condition.reading if condition.reading != fact.reading else None)
        if fact.id in self._catalogue.inferences and condition.reading is None:
            sides = self._sides(fact.id, key)
            return lambda values: sides(values) == (True, True)
        return lambda values: values.get(key) == "conflict"

    def _truth(self, condition: Condition) -> Truth:
        if isinstance(condition, Not):
            inner = self._truth(condition.not_)
            return lambda values: None if (known := inner(values)) is None else not known
        if isinstance(condition, All | Any_ | AtLeast):
            minimum, arms = _several(condition)
            return _at_least(minimum, [self._truth(arm) for arm in arms])
        if isinstance(condition, DependsOn):
            wanted = condition.depends_on
            return lambda values: None if (known := values.get(DEPENDS_ON)) is None else known == wanted
        if isinstance(condition, Some | Every):
            query = condition.some if isinstance(condition, Some) else condition.every
            word = "some" if isinstance(condition, Some) else "every"
            key = next(k for k, q in self._queries.items() if q == query and k.reading == word)
            return _state(key, "present")
        return self._test(condition)

    def _test(self, test: Test) -> Truth:
        if test.fact is None:
            subject = next(word for word in ("attribute", "quantity", "request") if getattr(test, word) is not None)
            return _comparison(Input(subject, getattr(test, subject)), test)
        fact = self._catalogue.facts[test.fact]
        other = test.reading is not None and test.reading != fact.reading
        key = Input("fact", fact.id, test.reading if other else None)
        if fact.type != "state":
            return _comparison(key, test)
        if test.fact in self._catalogue.inferences and test.reading is None:
            present = self._concluded(test.fact, key)
            return present if test.is_ != "absent" else lambda v: None if (known := present(v)) is None else not known
        return _state(key, test.is_ or "present")

    def _concluded(self, fact: str, key: Input) -> Truth:
        """Present if something says so and nothing says otherwise; a contradiction says both."""
        sides = self._sides(fact, key)
        return lambda values: None if (known := sides(values))[0] == known[1] else known[0]

    def _sides(self, fact: str, key: Input) -> Callable[[Values], tuple[bool, bool]]:
        """Whether something says that a fact is present, and whether something says that it is absent."""
        inference = self._catalogue.inferences[fact]
        present = self._truth(inference.present_when) if inference.present_when is not None else None
        absent = self._truth(inference.absent_when) if inference.absent_when is not None else None

        def sides(values: Values) -> tuple[bool, bool]:
            stated = values.get(key)
            pro = stated in ("present", "conflict") or (present is not None and present(values) is True)
            con = stated in ("absent", "conflict") or (absent is not None and absent(values) is True)
            return pro, con

        return sides


def _several(condition: All | Any_ | AtLeast) -> tuple[int, list[Condition]]:
    if isinstance(condition, All):
        return len(condition.all), condition.all
    return (1, condition.any) if isinstance(condition, Any_) else (condition.at_least, condition.of)


def _state(key: Input, wanted: str) -> Truth:
    def truth(values: Values) -> bool | None:
        known = values.get(key)
        return known == wanted if known in ("present", "absent") else None

    return truth


def _at_least(minimum: int, arms: list[Truth]) -> Truth:
    def truth(values: Values) -> bool | None:
        known = [arm(values) for arm in arms]
        if sum(k is True for k in known) >= minimum:
            return True
        return None if sum(k is not False for k in known) >= minimum else False

    return truth


def _comparison(key: Input, test: Test) -> Truth:
    """A comparison with a value, or with every value in a range: true, false or undocumented if they differ."""
    keys = [Input(key.kind, key.name, bound) for bound in ("least", "most")] if key.kind == "quantity" else [key, key]

    def truth(values: Values) -> bool | None:
        low, high = (values.get(end) for end in keys)
        if test.one_of is not None:
            return None if low is None else low in test.one_of
        low, high = -inf if low is None else low, inf if high is None else high
        if (low, high) == (-inf, inf):
            return None
        if test.at_most is not None:
            return _all(high <= test.at_most, low <= test.at_most)
        if test.at_least is not None:
            return _all(low >= test.at_least, high >= test.at_least)
        if test.more_than is not None:
            return _all(low > test.more_than, high > test.more_than)
        return _all(high < test.less_than, low < test.less_than)

    return truth


def _all(hardest: bool, easiest: bool) -> bool | None:
    return True if hardest else None if easiest else False
