"""Names of what rules read and conclude. They become text only where a result, a ruleset or a message needs it."""

from __future__ import annotations

from typing import Literal, NamedTuple

InputKind = Literal["fact", "attribute", "quantity", "request", "case", "records", "depends-on", "silence"]
Bound = Literal["least", "most"]


class Input(NamedTuple):
    """Something that rules read.

    For a fact, `reading` (latest, ever) is set only if it differs from the vocabulary's. For a quantity, it is the end
    of the range that a rule reads (least, most). For records, it is the operator (some, every), and `name` is the query
    as JSON. `silence` says whether nothing speaks for what an exclusion excludes.
    """

    kind: InputKind
    name: str = ""
    reading: str | None = None

    def __str__(self) -> str:
        if self.kind == "records":
            return f"records:{self.reading}:{self.name}"
        return (f"{self.kind}:{self.name}" if self.name else self.kind) + (f"@{self.reading}" if self.reading else "")

    @classmethod
    def parse(cls, text: str) -> Input:
        """Parses the text of an input; the inverse of `str`."""
        kind, _, name = text.partition(":")
        if kind == "records":
            reading, _, name = name.partition(":")
        else:
            name, _, reading = name.partition("@")
        return cls(kind, name, reading or None)  # type: ignore[arg-type]


class Concluded(NamedTuple):
    """A fact as concluded from statements and its inference."""

    fact: str

    def __str__(self) -> str:
        return f"concluded:{self.fact}"


NodeId = str
Premise = Input | Concluded | NodeId
"""What a rule rests on. A node id belongs to a requirement, an arm of its condition, or its `when`."""


def fact(name: str, reading: str | None = None) -> Input:
    """A fact, in the vocabulary's reading unless another is given."""
    return Input("fact", name, reading)


def attribute(name: str) -> Input:
    """An attribute of the request."""
    return Input("attribute", name)


def quantity(name: str, bound: Bound | None = None) -> Input:
    """A derived quantity, or one end of its range."""
    return Input("quantity", name, bound)


def silence(requirement: str) -> Input:
    """Whether nothing speaks for what an exclusion excludes."""
    return Input("silence", requirement)


def request(name: str) -> Input:
    """A property of the request: region, side, treatment, date, quantity."""
    return Input("request", name)


REQUEST_DATE = request("date")
DEPENDS_ON = Input("depends-on")
DATE_OF_INJURY = Input("case", "date-of-injury")
