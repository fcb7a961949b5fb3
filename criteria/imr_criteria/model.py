"""What is known, as data: guidelines, vocabulary, criteria and inferences.

Every class mirrors one kind of entry in the YAML files of this package. Shapes only; what may refer to what is
checked by `lint`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from imr_criteria.conditions import Condition, Data, Identifier, ListName, Quantity, Where

Source = Literal["mtus", "acoem-or-odg", "national-guideline", "peer-reviewed"]
Basis = Literal["primary", "letter", "secondary", "proxy", "recalled"]
Kind = Literal["required", "exclusion", "advice"]
FactType = Literal["state", "number", "integer", "date"]

# Anything short of the regulation's text, a public restatement of it or a reviewer's letter is to be verified.
TO_VERIFY: frozenset[str] = frozenset({"proxy", "recalled"})


def _date(value: object) -> object:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


Date = Annotated[dt.date, BeforeValidator(_date)]


class InForce(Data):
    """Dates between which a guideline is in force, both included; null is open."""

    from_: Date | None = Field(alias="from")
    to: Date | None

    def covers(self, date: dt.date) -> bool:
        """Whether the guideline is in force on `date`."""
        return (self.from_ is None or self.from_ <= date) and (self.to is None or date <= self.to)


class Guideline(Data):
    """A published edition. `source` is its place in the search sequence of 8 CCR 9792.21.1."""

    id: Identifier
    title: str
    short: str
    regulation: str | None = None
    source: Source
    in_force: InForce


class SearchSequence(Data):
    """The order in which sources are searched: the next one only where the one before is silent."""

    citation: str
    order: list[Source]


class Silence(Data):
    """A guideline that says nothing on a treatment: what opens the next source."""

    guideline: str
    treatment: str
    citation: str
    basis: Basis
    sources: list[str]


class Region(Data):
    """A body region."""

    id: Identifier
    name: str
    covers: str


class Treatment(Data):
    """What can be asked for, or was tried; vocabulary/treatments.yaml explains the keys."""

    id: Identifier
    name: str
    brands: list[str] = []
    class_: str | None = Field(default=None, alias="class")
    addressed_by: list[str] = []
    own_entry: str | None = None
    attributes: list[str] = []


class Attribute(Data):
    """A property of a request: a number with unit and bounds, or a code of a closed list."""

    id: Identifier
    name: str
    type: Literal["number", "integer", "code"]
    unit: str | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    codes: dict[str, str] = {}


class StateOf(Data):
    """How a record's entry is an observation: by a field's values, a study's finding, or by being there at all."""

    field: Literal["status", "outcome"] | None = None
    present: list[str] = []
    absent: list[str] = []
    finding: str | None = None
    given: Literal["present"] | None = None


class FromRecords(Data):
    """Entries of the records that are observations of a fact as well."""

    list_: ListName = Field(alias="list")
    where: Where
    state: StateOf


class Fact(Data):
    """One clinical statement of the fixed vocabulary; vocabulary/facts.yaml explains the keys."""

    id: Identifier
    name: str
    type: FactType
    reading: Literal["latest", "ever"]
    regional: bool
    note: str | None = None
    unit: str | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    records: FromRecords | None = None


class Citation(Data):
    """Where a guideline says so. `guideline` is the criterion's own unless given."""

    guideline: str | None = None
    section: str
    pages: list[int] = []


class Remedy(Data):
    """What mends an unmet requirement: a change of the request, or nothing.

    `to` is the value that the attribute would have to take; `less` names a quantity that counts against it.
    """

    kind: Literal["change", "none"]
    attribute: str | None = None
    to: int | float | str | None = None
    less: str | None = None

    @model_validator(mode="after")
    def _change_says_what(self) -> Remedy:
        if (self.kind == "change") != (self.attribute is not None and self.to is not None):
            raise ValueError("a remedy of kind change, and only that, names an attribute and what to change it to")
        return self


class Requirement(Data):
    """One condition of a criterion. The id is unique within it; `criterion/requirement` names it everywhere else."""

    id: Identifier
    claim: str
    kind: Kind
    when: Condition | None = None
    condition: Condition
    citation: Citation | None = None
    basis: Basis
    sources: list[str]
    reviewer_reading: bool = False
    ask: str
    remedy: Remedy = Remedy(kind="none")


class StanceException(Data):
    """A case in which a treatment that is not recommended is recommended after all."""

    claim: str
    condition: Condition


class Criterion(Data):
    """What one guideline says on one treatment."""

    schema_: Literal["imr-check/criterion/1"] = Field(alias="schema")
    id: Identifier
    title: str
    guideline: str
    treatments: list[str] = Field(min_length=1)
    regions: list[str] = []
    stance: Literal["recommended", "conditional", "not-recommended"]
    exceptions: list[StanceException] = []
    citation: Citation
    basis: Basis | None = None
    sources: list[str] = []
    requirements: list[Requirement]

    @model_validator(mode="after")
    def _stance(self) -> Criterion:
        negative = self.stance == "not-recommended"
        if negative != (self.basis is not None) or (self.exceptions and not negative):
            raise ValueError("basis and exceptions of the stance go with not-recommended, and basis is needed there")
        if not negative and not any(r.kind == "required" for r in self.requirements):
            raise ValueError("a criterion needs at least one required requirement")
        return self


class Inference(Data):
    """How a finding is concluded from other facts: what forward chaining chains."""

    schema_: Literal["imr-check/inference/1"] = Field(alias="schema")
    finding: str
    reading: str
    citation: Citation
    basis: Basis
    sources: list[str]
    present_when: Condition | None = None
    absent_when: Condition | None = None


class Vocabulary(Data):
    """Everything that a case may name."""

    guidelines: list[Guideline]
    search_sequence: SearchSequence
    silences: list[Silence] = []
    regions: list[Region]
    treatments: list[Treatment]
    attributes: list[Attribute]
    units: list[str]
    studies: list[str]
    study_findings: dict[str, str]
    outcomes: list[str]
    facts: list[Fact]
    quantities: list[Quantity]
