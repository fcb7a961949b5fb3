"""What a title says, piece by piece, each with its place in the title."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

Number = int | float
Figure = Number | tuple[Number, Number]
"""A number, or a range as (low, high)."""
Side = Literal["left", "right", "bilateral"]
Period = Literal["day", "week", "month", "year"]


class Frozen(BaseModel):
    """Base of all records: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Excerpt(Frozen):
    """A piece of the title as printed: `title[start:end] == text`."""

    text: str
    start: int
    end: int


class BodyPart(Excerpt):
    """A body part. `region` is an id of the vocabulary, null if the word fits several (spine, leg, extremity).

    The side is not part of the excerpt: it may be printed once for several parts ("right hip and foot").
    """

    name: str
    region: str | None
    side: Side | None


class Amount(Excerpt):
    """How much is requested. `unit` is null for a bare number ("#30", "x 6").

    `kind` is `count` for what is counted (tablets, visits, injections), `measure` for gm, ml, cc, oz and hours.
    """

    value: Figure
    unit: str | None
    kind: Literal["count", "measure"]


class Strength(Excerpt):
    """The strength of a drug. A combination ("10/325mg") has several `values`, and `value` is null."""

    value: Number | None
    values: list[Number]
    unit: str | None


class Frequency(Excerpt):
    """How often: `times` per `per`. Every two weeks is 0.5 times per week."""

    times: Figure
    per: Period


class Duration(Excerpt):
    """For how long, in the unit printed."""

    value: Figure
    unit: Literal["days", "weeks", "months", "years"]


class DateOfService(Excerpt):
    """A day on which the treatment was given or, with `through`, the first and last day of a range."""

    date: dt.date
    through: dt.date | None = None


class Requested(Frozen):
    """What a title requests. If it says something more than once, the first counts and the rest is in `further`.

    `visits` is printed ("6 visits", or "x 6" of a therapy) or is frequency times duration; `visits_range` replaces it
    where these are ranges. Both are null if the title gives different totals. `further` also holds directions for
    taking a drug.
    """

    treatment_words: str
    body_parts: list[BodyPart]
    quantity: Amount | None
    strength: Strength | None
    frequency: Frequency | None
    duration: Duration | None
    refills: Amount | None
    visits: Number | None
    visits_range: tuple[Number, Number] | None
    retrospective: bool
    dates_of_service: list[DateOfService]
    associated_surgical_service: bool
    further: list[Excerpt]
