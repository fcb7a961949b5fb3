"""Combines the observations of a fact into one reading: which of them decide, and when they contradict each other.

A statement is an observation that a case writes down as a fact; the others are entries of its records. An entry is
about one instance (this drug, that study), so two entries that differ contradict each other only if they are about the
same instance: an NSAID failed although another one helped.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from imr_criteria.model import Fact
from imr_engine.cases.model import Observation
from imr_engine.inputs.words import Why
from imr_engine.rules.program import CONFLICT

Value = str | int | float | dt.date


class Ignored(NamedTuple):
    """Something that is recorded and does not count, and why: an observation, or the path of a record entry."""

    what: Observation | str
    why: Why


class Seen(NamedTuple):
    """An input as read: a state ("present", "absent", "conflict"), a value, or None for undocumented.

    `observations` are those that decided; `conflict` explains in words why they decide nothing. `doubt`: something
    points to it without showing it, so that nobody may assume it absent. `denied`: it was found absent, and then only
    looked for, so that it is open, and nothing may be concluded that says otherwise. A number of which only bounds are
    known, or which is in conflict between two, has no value but `low` and `high`.
    """

    value: Value | None = None
    observations: tuple[Observation, ...] = ()
    conflict: str | None = None
    doubt: bool = False
    denied: bool = False
    ignored: tuple[Ignored, ...] = ()
    low: Value | None = None
    high: Value | None = None


NOTHING = Seen()
"""This very object stands for an input on which nobody recorded anything."""


def read(fact: Fact, reading: str, observations: tuple[Observation, ...]) -> Seen:
    """Combines the observations of one fact into one reading.

    latest: those of the latest date decide, together with undated ones, which nobody can place before it.
    ever: one `present` at any time suffices. An undated observation may be of any day, so it contradicts whatever
    differs from it; a dated `absent` contradicts what is said to have been before it.
    growing: as latest, but a number or date that is never less than it was before.
    fixed: a number or date that is always the same.
    """
    if not observations:
        return NOTHING
    # Entries without a result. They show nothing, but while they stand nobody knows that there is nothing to show.
    pending = tuple([o for o in observations if o.instance is not None and o.state == "undocumented"])
    others = (
        tuple([o for o in observations if o.instance is None or o.state != "undocumented"]) if pending else observations
    )
    if fact.type != "state":
        return _number(reading, others) if others else Seen(None, pending)
    if len(observations) == 1 and observations[0].state != "undocumented":
        return Seen(observations[0].state, observations)
    seen = (_ever if reading == "ever" else _latest)(others) if others else Seen()
    if not pending or seen.value in {"present", CONFLICT}:
        return seen
    if any(o.contrary for o in pending):
        return Seen(CONFLICT, (*seen.observations, *pending), "a study shows what no rule reads")
    return Seen(None, (*seen.observations, *pending), doubt=True, denied=seen.denied or seen.value == "absent")


def _latest(observations: tuple[Observation, ...]) -> Seen:
    newest = _newest(observations)
    group = tuple([o for o in observations if o.date is None or o.date == newest])
    present = [o for o in group if o.state == "present"]
    absent = [o for o in group if o.state == "absent"]
    silent = [o for o in group if o.state == "undocumented"]
    if present and absent:
        clear = _undenied(present, absent)
        return Seen("present", clear) if clear else _conflicting((*present, *absent))
    spoken = present or absent
    if not spoken:
        before = tuple([o for o in observations if o.state != "undocumented"])
        # Found once and not described since: it may be gone, and it may still be there.
        if any(o.state == "present" for o in before):
            return Seen(CONFLICT, (*before, *group))
        return Seen(None, (*before, *group), denied=bool(before))
    if any((one.date is None) != (other.date is None) for one in spoken for other in silent):
        return Seen(CONFLICT if present else None, group, denied=not present)
    if against := _overruled(observations, spoken):
        return _conflicting((*spoken, *against))
    return Seen(spoken[0].state, tuple(spoken))


def _overruled(observations: tuple[Observation, ...], spoken: list[Observation]) -> tuple[Observation, ...]:
    """The newest entries of the records, if a later statement says otherwise: it is no new entry."""
    if any(o.instance is not None for o in spoken):
        return ()
    entries = tuple([o for o in observations if o.instance is not None])
    newest = _newest(entries)
    return tuple([o for o in entries if o.date == newest and o.state != spoken[0].state])


def _ever(observations: tuple[Observation, ...]) -> Seen:
    present = [o for o in observations if o.state == "present"]
    absent = [o for o in observations if o.state == "absent"]
    silent = [o for o in observations if o.state == "undocumented"]
    if present:
        clear = _undenied(present, absent)
        return Seen("present", clear) if clear else _conflicting((*present, *absent))
    newest = _newest(tuple(absent))
    if absent and not any((o.date is None) != (newest is None) or _later(o.date, newest) for o in silent):
        return Seen("absent", tuple(absent))
    return Seen(None, observations, denied=bool(absent))


def _newest(observations: tuple[Observation, ...]) -> dt.date | None:
    return max([o.date for o in observations if o.date is not None], default=None)


def _later(date: dt.date | None, than: dt.date | None) -> bool:
    return date is not None and than is not None and date > than


def _undenied(present: list[Observation], absent: list[Observation]) -> tuple[Observation, ...]:
    """The observations that nothing contradicts.

    Both can be true of different instances, and if it was absent before. What has no date may be of any.
    """
    last: dict[str | None, dt.date] = {}  # when each instance was last absent
    for one in absent:
        last[one.instance] = max(last.get(one.instance, dt.date.min), one.date or dt.date.max)
    clear = []
    for one in present:
        among = last if one.instance is None else {one.instance, None} & last.keys()
        if not any(one.date is None or one.date <= last[instance] for instance in among):
            clear.append(one)
    return tuple(clear)


def _number(reading: str, observations: tuple[Observation, ...]) -> Seen:
    """A number or date. An entry of the records has none, but it can contradict one."""
    newest = _newest(observations)
    group = tuple([o for o in observations if o.date is None or o.date == newest])
    known = tuple([o for o in observations if o.value is not None])
    spoken = known if reading == "fixed" else tuple([o for o in group if o.value is not None])
    if not spoken:
        # It was known, and has been looked for since: a total is no less than it was.
        lost = _number(reading, known) if known else Seen()
        # That a treatment failed is no number.
        unsaid = tuple([o for o in group if o.state == "undocumented"])
        return Seen(None, (*known, *unsaid), lost.conflict, low=_low(lost) if reading == "growing" else None)
    values = _values(spoken)
    if any(value != values[0] for value in values):
        return _disagreeing(spoken)
    more = [o for o, value in zip(known, _values(known), strict=True) if value > values[0]]
    if reading == "growing" and more:
        return _disagreeing((*spoken, *more))
    silent = [o for o in group if o.state == "undocumented"]
    if reading != "fixed" and any((one.date is None) != (other.date is None) for one in spoken for other in silent):
        return Seen(None, group, low=values[0] if reading == "growing" else None)
    return Seen(spoken[0].value, spoken)


def _values(observations: tuple[Observation, ...]) -> list[Any]:
    return [o.value for o in observations]


def _low(seen: Seen) -> Value | None:
    return seen.low if seen.value is None else seen.value


def _disagreeing(observations: tuple[Observation, ...]) -> Seen:
    values = _values(observations)
    return _conflicting(observations)._replace(value=None, low=min(values), high=max(values))


def _conflicting(observations: tuple[Observation, ...]) -> Seen:
    dates = {o.date for o in observations}
    day = next(iter(dates)) if len(dates) == 1 else None
    said = "the record contradicts itself" + (f" ({day.isoformat()})" if day is not None else "")
    return Seen(CONFLICT, observations, said)
