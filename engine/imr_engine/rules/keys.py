"""What rules read and conclude, by name. Written as text only where a result, a ruleset or a message needs text."""

from __future__ import annotations

from typing import Literal, NamedTuple

InputKind = Literal["fact", "attribute", "quantity", "request", "case", "records", "depends-on"]


class Input(NamedTuple):
    """Something that rules read.

    `reading` is set where a fact is read otherwise than its vocabulary says (latest, ever); of records it is the
    operator (some, every), and the name is the query as JSON.
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
        """The input that a text names; the other way round of `str`."""
        kind, _, name = text.partition(":")
        if kind == "records":
            reading, _, name = name.partition(":")
        else:
            name, _, reading = name.partition("@")
        return cls(kind, name, reading or None)  # type: ignore[arg-type]


class Concluded(NamedTuple):
    """A fact as concluded, from what was stated and from its inference."""

    fact: str

    def __str__(self) -> str:
        return f"concluded:{self.fact}"


NodeId = str
Premise = Input | Concluded | NodeId
"""What a rule rests on; a node id is that of a requirement, of an arm of its condition or of its `when`."""


def fact(name: str, reading: str | None = None) -> Input:
    """A fact, as its vocabulary reads it or in another reading."""
    return Input("fact", name, reading)


def attribute(name: str) -> Input:
    """An attribute of the request."""
    return Input("attribute", name)


def quantity(name: str) -> Input:
    """A derived quantity."""
    return Input("quantity", name)


def request(name: str) -> Input:
    """A property of the request: region, side, treatment, date, quantity."""
    return Input("request", name)


DEPENDS_ON = Input("depends-on")
DATE_OF_INJURY = Input("case", "date-of-injury")
