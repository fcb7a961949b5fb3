"""Selects the criteria for a request: by treatment, then by date, in the order of 8 CCR 9792.21.1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from imr_criteria import Catalogue
from imr_criteria.model import Criterion, Guideline
from imr_engine.cases.model import Case, Request

Because = Literal["silent", "not-encoded", "out-of-force", "unknown-treatment", "no-date"]
Role = Literal["governing", "shared", "compared"]
DateSource = Literal["request", "utilization-review", "as-of"]


class Selection(NamedTuple):
    """The criteria for a request. If none governs, `because` is the reason as a code and `explanation` in words."""

    date: dt.date | None
    date_source: DateSource | None
    criteria: tuple[tuple[Criterion, Role], ...] = ()
    because: Because | None = None
    explanation: str = ""

    @property
    def deciding(self) -> tuple[Criterion, ...]:
        """The governing criterion and those that share in the decision."""
        return tuple(criterion for criterion, role in self.criteria if role != "compared")


def date_of(case: Case, request: Request) -> tuple[dt.date | None, DateSource | None]:
    """The date that selects the edition: the request's, else that of utilization review, else as_of."""
    if request.date is not None:
        return request.date, "request"
    if request.utilization_review_date is not None:
        return request.utilization_review_date, "utilization-review"
    return (case.as_of, "as-of") if case.as_of is not None else (None, None)


def select(catalogue: Catalogue, case: Case, request: Request, guideline: str | None = None) -> Selection:
    """The criteria for a request; `guideline` forces one, whatever the date."""
    date, source = date_of(case, request)
    if request.treatment is None:
        return Selection(date, source, because="unknown-treatment", explanation="The request names no known treatment.")
    search = _search(catalogue, request.treatment, request.region)
    if guideline is not None:
        forced = search.of_guideline(guideline)
        if not forced:
            short = catalogue.guidelines[guideline].short
            said = search.elsewhere(guideline) or f"{short} has no criterion here for {search.name}."
            return Selection(date, source, because="not-encoded", explanation=said)
        return Selection(
            date, source, _with_roles(search, forced, ()), explanation=_forced(catalogue.guidelines[guideline], date)
        )
    if date is None:
        said = "Neither the request nor the case has a date, and the date determines the edition."
        return Selection(None, None, because="no-date", explanation=said)
    return search.run(date, source)


def without(chosen: Selection, catalogue: Catalogue, beside: Mapping[str, str]) -> Selection:
    """A selection without the criteria that the request is out of scope for, each with the reason.

    Nothing is left to govern, or all is.
    """
    left = tuple((criterion, role) for criterion, role in chosen.criteria if criterion.id not in beside)
    if any(role != "compared" for _, role in left):
        first = next(n for n, (_, role) in enumerate(left) if role != "compared")
        roles: list[tuple[Criterion, Role]] = [
            (c, "governing" if n == first else role) for n, (c, role) in enumerate(left)
        ]
        return chosen._replace(criteria=tuple(roles))
    named = [criterion for criterion in chosen.deciding if criterion.id in beside]
    if not named:
        return chosen._replace(criteria=left)
    titles: dict[str, list[str]] = {}
    for criterion in named:
        title = f"{catalogue.guidelines[criterion.guideline].short}, {criterion.title},"
        titles.setdefault(beside[criterion.id], []).append(title)
    said = " ".join(
        f"{' and '.join(those)} {'do' if those[1:] else 'does'} not apply to this request. {why}"
        for why, those in titles.items()
    )
    said = f"{chosen.explanation} {said} What does apply is not encoded.".strip()
    return chosen._replace(criteria=left, because="not-encoded", explanation=said)


@lru_cache(maxsize=4096)
def _search(catalogue: Catalogue, treatment: str, region: str | None) -> _Search:
    return _Search(catalogue, treatment, region)


def guidelines_for(catalogue: Catalogue, treatment: str) -> tuple[Guideline, ...]:
    """The guidelines that address a treatment, in the order of the search sequence."""
    lineage = catalogue.lineage(treatment)
    listed = next((listed for name in lineage if (listed := catalogue.treatments[name].addressed_by)), ())
    order = catalogue.search_sequence.order
    return tuple(sorted((catalogue.guidelines[name] for name in listed), key=lambda g: order.index(g.source)))


class _Search:
    """Searches the guidelines for one treatment in one region."""

    def __init__(self, catalogue: Catalogue, treatment: str, region: str | None) -> None:
        self.catalogue = catalogue
        self.treatment = catalogue.treatments[treatment]
        self.region = region
        self.lineage = catalogue.lineage(treatment)
        self.name = self.treatment.name
        self.guidelines = guidelines_for(catalogue, treatment)
        self._criteria: dict[str, tuple[Criterion, ...]] = {}

    def run(self, date: dt.date, source: DateSource | None) -> Selection:
        if self.treatment.own_entry is not None:
            said = f"The entry of its own for {self.name} is not encoded; that of its class does not answer for it."
            return Selection(date, source, because="not-encoded", explanation=said)
        in_force = [guideline for guideline in self.guidelines if guideline.in_force.covers(date)]
        silent: list[str] = []
        if not any(guideline.source == "mtus" for guideline in in_force):
            return self._nothing(date, source, None, in_force)
        for guideline in in_force:
            found = self.of_guideline(guideline.id)
            if found:
                others = [c for g in in_force for c in self.of_guideline(g.id) if g is not guideline]
                said = f"{' and '.join(silent)} is silent on {self.name}." if silent else ""
                return Selection(date, source, _with_roles(self, found, others), explanation=said)
            if any(self.catalogue.silence(guideline.id, t) for t in self.lineage):
                silent.append(guideline.short)
            elif not self.elsewhere(guideline.id):
                return self._nothing(date, source, guideline, in_force)
        if silent:
            said = f"{' and '.join(silent)}: silent on {self.name}; no further source is encoded."
            return Selection(date, source, self._compared(in_force), "silent", said)
        return self._nothing(date, source, None, in_force)

    def of_guideline(self, guideline: str) -> tuple[Criterion, ...]:
        """A guideline's criteria for the treatment and its classes, the most specific first."""
        found = self._criteria.get(guideline)
        if found is None:
            applying = [
                criterion
                for criterion in self.catalogue.criteria_for(self.lineage, guideline)
                if not (criterion.regions and self.region is not None and self.region not in criterion.regions)
            ]
            found = self._criteria[guideline] = tuple(sorted(applying, key=self._distance))
        return found

    def _distance(self, criterion: Criterion) -> tuple[int, str]:
        """How far above the treatment the nearest class is that the criterion is for."""
        return min(self.lineage.index(t) for t in criterion.treatments if t in self.lineage), criterion.id

    def elsewhere(self, guideline: str) -> str:
        """That a guideline addresses the treatment, but only for regions other than the request's; empty if not."""
        criteria = self.catalogue.criteria_for(self.lineage, guideline)
        if not criteria:
            return ""
        regions = dict.fromkeys(self.catalogue.regions[name].name for c in criteria for name in c.regions)
        short = self.catalogue.guidelines[guideline].short
        return f"{short} has a criterion here for {self.name}, but only for the {' and the '.join(regions)}."

    def _nothing(
        self, date: dt.date, source: DateSource | None, stop: Guideline | None, in_force: list[Guideline]
    ) -> Selection:
        encoded = [g for g in self.guidelines if g not in in_force and self.of_guideline(g.id)]
        said = (
            f"{stop.short} is in force on {date.isoformat()}; what it says of {self.name} is not encoded."
            if stop
            else ""
        )
        if encoded:
            ended = "; ".join(f"{g.short} ({_span(g)})" for g in encoded)
            said = f"Out of force on {date.isoformat()}: {ended}. {said}".strip()
            return Selection(date, source, self._compared(in_force), "out-of-force", said)
        said = said or " ".join(filter(None, (self.elsewhere(g.id) for g in in_force)))
        said = said or f"No criterion for {self.name} is encoded."
        return Selection(date, source, self._compared(in_force), "not-encoded", said)

    def _compared(self, in_force: list[Guideline]) -> tuple[tuple[Criterion, Role], ...]:
        return tuple((criterion, "compared") for g in in_force for criterion in self.of_guideline(g.id))


def _with_roles(
    search: _Search, deciding: tuple[Criterion, ...], others: Iterable[Criterion]
) -> tuple[tuple[Criterion, Role], ...]:
    """The most specific criterion governs, those of its classes share in the decision, and the rest are compared."""
    roles: list[tuple[Criterion, Role]] = [(c, "shared" if n else "governing") for n, c in enumerate(deciding)]
    return (*roles, *((criterion, "compared") for criterion in others))


def _forced(guideline: Guideline, date: dt.date | None) -> str:
    said = f"{guideline.short} was requested by the user."
    if date is not None and not guideline.in_force.covers(date):
        said += f" It is out of force on {date.isoformat()}."
    return said


def _span(guideline: Guideline) -> str:
    start, end = guideline.in_force.from_, guideline.in_force.to
    return f"{start.isoformat() if start else '…'} to {end.isoformat() if end else '…'}"
