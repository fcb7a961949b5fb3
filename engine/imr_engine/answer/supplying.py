"""Whether documents alone would turn a denial into an approval: what the remedies ask for is written, and evaluated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from imr_engine.answer.completing import Planner
from imr_engine.answer.facts import Evaluated
from imr_engine.answer.requirements import RequirementView, Retried, Retry, Weighed
from imr_engine.answer.result import RequirementShown, StillFailing
from imr_engine.answer.words import mid_sentence
from imr_engine.answer.writes import Writes, written
from imr_engine.rules import keys
from imr_engine.rules.three_values import UNDOCUMENTED

_MOST_ATTEMPTS = 8
NO_WAY = "What is known leaves no way to meet this"
_REGION = keys.request("region")
Decided = tuple[Evaluated, Mapping[str, RequirementView]]
"""A criterion that decides, as evaluated, and its requirements by id."""


class Supplied(NamedTuple):
    """What to write for each undocumented requirement, whether that approves, and if not, what still fails."""

    writes: Mapping[str, Writes]
    approves: bool = False
    still_failing: tuple[StillFailing, ...] = ()


class _Missing(NamedTuple):
    """A requirement that is undocumented, where it was evaluated, and whether it is open if it applies at all."""

    shown: RequirementShown
    view: RequirementView
    evaluated: Evaluated
    open_: bool


class _Plan(NamedTuple):
    writes: dict[str, Writes]
    impossible: list[RequirementShown]
    """Those that no entry can settle."""


def supplied(deciding: Sequence[Decided], weighed: Weighed, retry: Retry) -> Supplied:
    """Plans what to write for what is undocumented, and tries it.

    What is unmet or in conflict stays so. Where documents alone are not enough, the answer says what they run into.
    """
    missing = [_missing(deciding, requirement) for requirement in weighed.outcomes["undocumented"]]
    asked_for = {one.shown["id"] for one in missing}
    stays = {requirement["id"] for requirement in weighed.failing} - asked_for
    first: Supplied | None = None
    for region in _regions(deciding) if missing else ():
        for plan in islice(_plans(missing, region), _MOST_ATTEMPTS):
            every = [write for writes in plan.writes.values() for write in writes]
            tried = None if plan.impossible else _tried(missing[0], every, retry)
            failing = [r for r in (plan.impossible if tried is None else tried.failing) if r["id"] not in stays]
            if tried is not None and not failing:
                return Supplied(plan.writes, tried.approves and not stays)
            if first is None:
                first = _explained(missing, plan, failing, stays, retry)
            if not any(r["in_conflict"] or r["id"] in asked_for for r in failing):
                break  # However it is documented, what fails stays.
    return first or Supplied({})


def _explained(
    missing: Sequence[_Missing],
    plan: _Plan,
    failing: Sequence[RequirementShown],
    stays: Collection[str],
    retry: Retry,
) -> Supplied:
    """What stands in the way of a plan: an entry that contradicts the case is no way, and is not asked for."""
    impossible = list(plan.impossible)
    if impossible or any(r["in_conflict"] for r in failing):
        impossible += [one.shown for one in missing if _contradicts(one, plan.writes[one.shown["id"]], stays, retry)]
    if not impossible:
        return Supplied(plan.writes, still_failing=tuple([_still(r, r["says"]) for r in failing]))
    catalogue = missing[0].evaluated.inputs.subject.catalogue
    still = tuple([_still(r, f"{NO_WAY}: {mid_sentence(catalogue, r['claim'])}") for r in impossible])
    without = {r["id"] for r in impossible}
    writes = {name: [] if name in without else entries for name, entries in plan.writes.items()}
    return Supplied(writes, still_failing=still)


def _contradicts(one: _Missing, writes: Writes, stays: Collection[str], retry: Retry) -> bool:
    """Whether entries contradict the case: something is in conflict with them that is not without."""
    failing = _tried(one, writes, retry).failing if writes else ()
    return any(r["in_conflict"] and r["id"] not in stays for r in failing)


def _missing(deciding: Sequence[Decided], requirement: RequirementShown) -> _Missing:
    full_id = requirement["id"]
    evaluated, view = next((evaluated, views[full_id]) for evaluated, views in deciding if full_id in views)
    open_ = view.when is not None and evaluated.code(view.when.id) == UNDOCUMENTED
    return _Missing(requirement, view, evaluated, open_)


def _regions(deciding: Sequence[Decided]) -> list[str | None]:
    """The regions to try where the request has none: those that rules name and the case speaks of, and one other."""
    subject = deciding[0][0].inputs.subject
    if subject.request.region is not None:
        return [None]
    rules = (rule for evaluated, _ in deciding for rule in evaluated.program.rules)
    checks = (check for rule in rules for check in rule.checks if check.ref == _REGION and check.op == "in")
    named = dict.fromkeys(region for check in checks for region in check.value)  # type: ignore[union-attr]
    spoken = {o.region for observations in subject.case.facts.values() for o in observations}
    regions = [region for region in named if region in spoken]
    return regions + [region for region in named if region not in spoken][:1] or [None]


def _plans(missing: Sequence[_Missing], region: str | None) -> Iterator[_Plan]:
    """The plans for a region, one for each way in which what may apply does or does not, and then with earlier days."""
    whens = {one.view.when.id: one for one in missing if one.open_ and one.view.when is not None}
    for long_ago, *goals in product((False, True), repeat=1 + len(whens)):
        decided = dict(zip(whens, goals, strict=True))
        planner = Planner(missing[0].evaluated.inputs, region, long_ago)
        applies = {name: planner.applies(one.view, one.evaluated, decided[name]) for name, one in whens.items()}
        if None not in applies.values():
            yield _plan(missing, planner, applies, decided)


def _plan(
    missing: Sequence[_Missing], planner: Planner, applies: Mapping[str, Writes | None], decided: Mapping[str, bool]
) -> _Plan:
    plan = _Plan({}, [])
    for shown, view, evaluated, open_ in missing:
        when = view.when.id if open_ and view.when is not None else None
        needed = list(applies[when] or ()) if when is not None else []
        if when is None or decided[when]:
            own = planner.meets(view, evaluated)
            if own is None:
                plan.impossible.append(shown)
            needed += own or ()
        plan.writes[shown["id"]] = needed
    return plan


def _tried(one: _Missing, writes: Writes, retry: Retry) -> Retried:
    subject = one.evaluated.inputs.subject
    return retry(*written(subject.case, subject.request, writes, subject.date))


def _still(requirement: RequirementShown, text: str) -> StillFailing:
    return {"requirement": requirement["id"], "status": requirement["status"], "text": text}
