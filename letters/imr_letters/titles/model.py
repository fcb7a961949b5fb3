"""What is found in a title: plain records, each with its span."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

Number = int | float
Figure = Number | tuple[Number, Number]
"""A number, or a range from low to high."""
Side = Literal["left", "right", "bilateral"]
Period = Literal["day", "week", "month", "year"]


class Frozen(BaseModel):
    """Base of every record: it cannot be changed, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Excerpt(Frozen):
    """A piece of the title as printed: `title[start:end] == text`."""

    text: str
    start: int
    end: int


class BodyPart(Excerpt):
    """A body part. `region` is an id of the vocabulary, null where the word fits several (spine, leg, extremity).

    The side may be printed before several parts ("right hip and foot"); it is not part of the span.
    """

    name: str
    region: str | None
    side: Side | None


class Amount(Excerpt):
    """How much is asked for. `unit` is null where the title gives the bare number ("#30", "x 6").

    `kind` tells what is counted (tablets, visits, injections) from what is measured (gm, ml, cc, oz, hours).
    """

    value: Figure
    unit: str | None
    kind: Literal["count", "measure"]


class Strength(Excerpt):
    """The strength of a drug. A combination ("10/325mg") has `values` and no single `value`."""

    value: Number | None
    values: list[Number]
    unit: str | None


class Frequency(Excerpt):
    """How often: `times` in each `per`. Every two weeks is half a time in a week."""

    times: Figure
    per: Period


class Duration(Excerpt):
    """For how long, in the unit that is printed."""

    value: Figure
    unit: Literal["days", "weeks", "months", "years"]


class DateOfService(Excerpt):
    """A day on which the treatment was given, or with `through` the first and the last of a range."""

    date: dt.date
    through: dt.date | None = None


class Requested(Frozen):
    """A title, read. Where something is printed more than once, the first is taken and the rest is in `further`.

    `visits` is printed ("6 visits", and "x 6" of a therapy) or follows from frequency and duration; `visits_range` is
    that of a range. Both are null where the title gives several totals. `further` also has how a drug is taken.
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
