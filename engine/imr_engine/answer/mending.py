"""What would mend unmet requirements: changes of the request or of its date, or that something is stopped.

Everything that is named is tried: written into the case and evaluated, alone and together with the rest, it leaves the
requirement satisfied and lets no other fail that did not before. A later date may make findings too old; those are
named.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from math import ceil
from typing import NamedTuple

from imr_criteria.conditions import All, Any_, AtLeast, Condition, Not, Test, arms_of
from imr_criteria.dates import add_days
from imr_criteria.model import Remedy, Requirement
from imr_engine.answer.asked import Asked, quantity_of
from imr_engine.answer.numbers import Number
from imr_engine.answer.requirements import Retry, Weighed
from imr_engine.answer.result import RequirementShown
from imr_engine.answer.stopping import stops
from imr_engine.answer.writes import Write, Writes, written
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.values import Inputs
from imr_engine.inputs.words import IN_WORDS
from imr_engine.rules import keys
from imr_engine.rules.compiler import compared

"""Evaluates another version of a case."""
Unmet = Mapping[str, Requirement]
"""Unmet requirements by their full ids."""
Lowered = dict[str, tuple[str, str, Number]]
"""By requirement, a quantity to lower, the attribute that states it, and what it may be at most."""


class Mended(NamedTuple):
    """What mends a requirement: the entries, and the value that a person is told.

    It is the attribute's, or the date; of what is stopped, it says what that is. `again` has what is too old by then.
    """

    writes: Writes
    to: Number | str | None = None
    again: tuple[str, ...] = ()


class Mends:
    """The mends of one answer. They are one plan: each is tried with those that were found before it."""

    def __init__(self, inputs: Inputs, weighed: Weighed, retry: Retry) -> None:
        self.found: dict[str, Mended] = {}
        """What mends each requirement that can be mended."""
        self.too_late: dict[str, dt.date] = {}
        """For those that only time would mend: the first day on which they would be met, if the guideline is out of
        force by then."""
        self.prevented: dict[str, list[str]] = {}
        """The claims that would no longer be met, for those that something else prevents."""
        self._inputs = inputs
        self._failing = {requirement["id"] for requirement in weighed.failing}
        self._retry = retry
        requirement_of = inputs.subject.catalogue.requirement
        standing = [requirement_of(shown["id"]) for shown in (*weighed.deciding, *weighed.assumed)]
        self._tested = dict.fromkeys(name for one in standing for name in _quantities(one.condition))
        unmet = {shown["id"]: requirement_of(shown["id"]) for shown in weighed.outcomes["unmet"]}
        self._change({name: one for name, one in unmet.items() if one.remedy.kind == "change"})
        self._stop({name: one for name, one in unmet.items() if one.remedy.kind == "stop"})
        self._wait({name: one for name, one in unmet.items() if one.remedy.kind == "wait"})

    def _take(self, mends: Mapping[str, Mended]) -> bool:
        """Accepts mends that belong together, if they hold alone and with all that were found before."""
        alone = self._tried(mends)
        if alone is None or (self.found and self._tried({**self.found, **mends}) is None):
            return False
        self.found.update({name: one._replace(again=alone) for name, one in mends.items()})
        return True

    def _tried(self, mends: Mapping[str, Mended]) -> tuple[str, ...] | None:
        """What has to be documented again once all is written; None if a requirement still fails, or others do.

        If it is for others, these are noted.
        """
        subject = self._inputs.subject
        writes = [write for one in mends.values() for write in one.writes]
        after = self._retry(*written(subject.case, subject.request, writes, subject.date))
        failing = {requirement["id"]: requirement for requirement in after.failing}
        if not (after.decides - set(failing)).issuperset(mends):
            return None
        worse = [requirement for name, requirement in failing.items() if name not in self._failing]
        if others := [requirement["claim"] for requirement in worse if not _too_old(requirement)]:
            self.prevented.update(dict.fromkeys(mends, others))
            return None
        return tuple(sorted({name for requirement in worse for name in _too_old(requirement)}))

    # Changes

    def _change(self, unmet: Unmet) -> None:
        numbers: Lowered = {}
        for full_id, requirement in unmet.items():
            attribute, to = str(requirement.remedy.attribute), target(self._inputs, requirement.remedy)
            name = self._quantity(requirement)
            if isinstance(to, int | float) and name is not None:
                numbers[full_id] = name, attribute, to
            elif to is not None and attribute != "quantity":
                self._take({full_id: Mended([Write("attribute", attribute, to)], to)})
        for group, (asked, writes) in self._groups(numbers):
            self._take(
                {
                    full_id: Mended(sorted(writes, key=lambda write: write.name != attribute), asked.value(name))
                    for full_id, (name, attribute, _) in group.items()
                }
            )

    def _quantity(self, requirement: Requirement) -> str | None:
        test = requirement.condition
        tested = test.quantity if isinstance(test, Test) else None
        return quantity_of(self._inputs.subject.catalogue, str(requirement.remedy.attribute), tested)

    def _groups(self, numbers: Lowered) -> list[tuple[Lowered, tuple[Asked, Writes]]]:
        """The changes that touch the same numbers of the request, made together; without impossible ones."""
        groups: list[tuple[Lowered, tuple[Asked, Writes]]] = []
        for full_id, one in numbers.items():
            group, made = {full_id: one}, self._lowered({full_id: one})
            touched = {write.name for write in made[1]}
            same = [other for other in groups if any(write.name in touched for write in other[1][1])]
            for other in same:
                groups.remove(other)
                group = {**other[0], **group}
            if touched:
                groups.append((group, self._lowered(group) if same else made))
        return groups

    def _lowered(self, numbers: Lowered) -> tuple[Asked, Writes]:
        """The request with quantities lowered, each as far as the strictest requirement asks, and what to write."""
        wanted: dict[str, tuple[str, Number]] = {}
        for name, attribute, to in numbers.values():
            wanted[name] = attribute, min(to, wanted[name][1] if name in wanted else to)
        asked = Asked(self._inputs, self._tested)
        return asked, asked.lowered(wanted) or []

    # What is stopped, and later dates

    def _stop(self, unmet: Unmet) -> None:
        for full_id, requirement in unmet.items():
            any(self._take({full_id: Mended(*way)}) for way in stops(self._inputs.subject, requirement))

    def _wait(self, unmet: Unmet) -> None:
        """One date serves all of them. If none does, those that have to wait the longest are given up."""
        days = {full_id: day for full_id, one in unmet.items() if (day := self._first_day(one)) is not None}
        while days:
            last = max(days.values())
            if self._take({full_id: Mended([Write("request", "date", last)], last.isoformat()) for full_id in days}):
                return
            for full_id in [full_id for full_id, day in days.items() if day == last]:
                guideline = self._inputs.subject.catalogue.guidelines[unmet[full_id].citation.guideline]
                if not guideline.in_force.covers(last):
                    self.too_late[full_id] = last
                del days[full_id]

    def _first_day(self, requirement: Requirement) -> dt.date | None:
        """The first date on which the span that a requirement asks for has passed."""
        today, test = self._inputs.subject.date, requirement.condition
        limit = (test.more_than or test.at_least) if isinstance(test, Test) else None
        if today is None or not isinstance(test, Test) or limit is None:
            return None

        def has_passed(days: int) -> bool:
            return _holds_on(self._inputs.subject, test, add_days(today, days))

        # Whatever the unit, the span has passed when this many of the longest months have.
        most = min(31 * (ceil(limit) + 1), (dt.date.max - today).days)
        days = bisect_left(range(most), True, key=has_passed)
        return add_days(today, days) if has_passed(days) else None


def target(inputs: Inputs, remedy: Remedy) -> Number | str | None:
    """The value the attribute would need; None if nothing is left to request."""
    if remedy.less is None or not isinstance(remedy.to, int | float):
        return remedy.to
    spent = inputs.seen(keys.quantity(remedy.less)).value
    if not isinstance(spent, int | float):
        return None
    rest = remedy.to - spent
    return rest if rest > 0 else None


def _holds_on(subject: Subject, test: Test, date: dt.date) -> bool:
    """Whether a quantity is long enough if the request is made on a date."""
    later = Subject(subject.catalogue, subject.case, subject.request, date, subject.verdict_of_dependency)
    seen = Inputs(later).seen(keys.quantity(str(test.quantity)))
    return compared(test, seen.low, seen.high) is True


def _quantities(condition: Condition) -> Iterator[str]:
    """The quantities that a condition tests."""
    if isinstance(condition, Test):
        if condition.quantity is not None:
            yield condition.quantity
    elif isinstance(condition, Not):
        yield from _quantities(condition.not_)
    elif isinstance(condition, All | Any_ | AtLeast):
        for arm in arms_of(condition):
            yield from _quantities(arm)


def _too_old(requirement: RequirementShown) -> list[str]:
    """The names of the facts of a requirement whose observations are too old."""
    why = IN_WORDS["out-of-date"]
    return [fact["name"] for fact in requirement["facts"] if any(one["why"] == why for one in fact.get("ignored", ()))]


def what_helped(inputs: Inputs, requirement: RequirementShown) -> list[str]:
    """What the records show to have been tried and to have helped, where a requirement asks that it failed."""
    catalogue = inputs.subject.catalogue
    helped = [
        one.instance
        for fact in requirement["facts"]
        if fact["state"] == "absent" and fact["fact"] in catalogue.facts
        for one in inputs.seen(keys.fact(fact["fact"])).observations
        if one.state == "absent" and one.instance is not None
    ]
    return [catalogue.treatments[name].name for name in dict.fromkeys(helped) if name in catalogue.treatments]
