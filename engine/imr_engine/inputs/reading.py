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
    points to it without showing it, so that nobody may assume it absent. A number of which only bounds are known, or
    which is in conflict between two, has no value but `low` and `high`.
    """

    value: Value | None = None
    observations: tuple[Observation, ...] = ()
    conflict: str | None = None
    doubt: bool = False
    ignored: tuple[Ignored, ...] = ()
    low: Value | None = None
    high: Value | None = None


NOTHING = Seen()
"""This very object stands for an input on which nobody recorded anything."""


def read(fact: Fact, reading: str, observations: tuple[Observation, ...]) -> Seen:
    """Combines the observations of one fact into one reading.

    latest: those of the latest date decide, together with undated ones, which nobody can place before it.
    ever: one `present` at any time suffices. An undated observation may be of any day, so it contradicts whatever
    differs from it.
    """
    if not observations:
        return NOTHING
    if fact.type != "state":
        return _value(observations)
    if len(observations) == 1 and observations[0].state != "undocumented":
        return Seen(observations[0].state, observations)
    # Entries without a result. They show nothing, but while they stand nobody knows that there is nothing to show.
    pending = tuple([o for o in observations if o.instance is not None and o.state == "undocumented"])
    others = (
        tuple([o for o in observations if o.instance is None or o.state != "undocumented"]) if pending else observations
    )
    seen = (_ever if reading == "ever" else _latest)(others) if others else Seen()
    if not pending or seen.value in {"present", CONFLICT}:
        return seen
    return Seen(None, (*seen.observations, *pending), doubt=True)


def _latest(observations: tuple[Observation, ...]) -> Seen:
    newest = max([o.date for o in observations if o.date is not None], default=None)
    group = tuple([o for o in observations if o.date is None or o.date == newest])
    present = [o for o in group if o.state == "present"]
    absent = [o for o in group if o.state == "absent"]
    silent = [o for o in group if o.state == "undocumented"]
    if present and absent:
        clear = _undenied(present, absent)
        return Seen("present", clear) if clear else _conflicting((*present, *absent))
    spoken = present or absent
    if not spoken:
        before = tuple([o for o in observations if o.state == "present"])
        # Found once and not described since: it may be gone, and it may still be there.
        return Seen(CONFLICT, (*before, *group)) if before else Seen(None, group)
    if any((one.date is None) != (other.date is None) for one in spoken for other in silent):
        return Seen(CONFLICT if present else None, group)
    return Seen(spoken[0].state, tuple(spoken))


def _ever(observations: tuple[Observation, ...]) -> Seen:
    present = [o for o in observations if o.state == "present"]
    absent = [o for o in observations if o.state == "absent"]
    silent = [o for o in observations if o.state == "undocumented"]
    if present:
        clear = _undenied(present, absent)
        return Seen("present", clear) if clear else _conflicting((*present, *absent))
    newest = max([o.date for o in absent if o.date is not None], default=None)
    if absent and not any((o.date is None) != (newest is None) or _later(o.date, newest) for o in silent):
        return Seen("absent", tuple(absent))
    return Seen(None, observations)


def _later(date: dt.date | None, than: dt.date | None) -> bool:
    return date is not None and than is not None and date > than


def _undenied(present: list[Observation], absent: list[Observation]) -> tuple[Observation, ...]:
    """The observations that nothing contradicts."""
    return tuple([one for one in present if not any(_contradict(one, other) for other in absent)])


def _contradict(one: Observation, other: Observation) -> bool:
    """Whether two observations that differ cannot both be true, as far as anybody can tell."""
    if one.instance is not None and other.instance is not None and one.instance != other.instance:
        return False
    return one.date is None or other.date is None or one.date == other.date


def _value(observations: tuple[Observation, ...]) -> Seen:
    """A number or date. An entry of the records has none, but it can contradict one."""
    newest = max([o.date for o in observations if o.date is not None], default=None)
    group = tuple([o for o in observations if o.date is None or o.date == newest])
    spoken = tuple([o for o in group if o.value is not None])
    if not spoken:
        return Seen(None, group)
    values: list[Any] = [o.value for o in spoken]
    if any(value != values[0] for value in values):
        return _conflicting(spoken)._replace(value=None, low=min(values), high=max(values))
    silent = [o for o in group if o.state == "undocumented"]
    if any((one.date is None) != (other.date is None) for one in spoken for other in silent):
        return Seen(None, group)
    return Seen(spoken[0].value, spoken)


def _conflicting(observations: tuple[Observation, ...]) -> Seen:
    dates = {o.date for o in observations}
    day = next(iter(dates)) if len(dates) == 1 else None
    said = "the record contradicts itself" + (f" ({day.isoformat()})" if day is not None else "")
    return Seen(CONFLICT, observations, said)
