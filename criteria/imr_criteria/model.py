"""The complete model: guidelines, vocabulary, criteria and inferences as the engine reads them.

Files use the shorthand of `form`: a citation may omit its guideline, a stance implies a requirement, and a treatment
inherits from its class.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import Literal

from imr_criteria.conditions import Condition, Data, Identifier, ListName, Where, data
from imr_criteria.quantities import Quantity

SearchStep = Literal["mtus", "acoem-or-odg", "national-guideline", "peer-reviewed"]
Basis = Literal["primary", "letter", "secondary", "proxy", "recalled"]
Kind = Literal["required", "exclusion", "advice"]
SourceKind = Literal["letter", "regulation", "guideline"]
Stance = Literal["recommended", "conditional", "not-recommended"]
FactType = Literal["state", "number", "integer", "date"]
Reading = Literal["latest", "ever", "growing", "fixed"]
Number = int | float

# Anything weaker than the regulation's text, a public restatement of it or a reviewer's letter needs verifying.
TO_VERIFY: frozenset[str] = frozenset({"proxy", "recalled"})


@data
class InForce(Data):
    """Dates between which a guideline is in force, both inclusive; null means no limit."""

    from_: dt.date | None
    to: dt.date | None

    def covers(self, date: dt.date) -> bool:
        """Whether the guideline is in force on `date`."""
        return (self.from_ is None or self.from_ <= date) and (self.to is None or date <= self.to)


@data
class Guideline(Data):
    """A published edition. `source` is its step in the search sequence of 8 CCR 9792.21.1."""

    id: Identifier
    title: str
    short: str
    regulation: str | None = None
    source: SearchStep
    in_force: InForce


@data
class SearchSequence(Data):
    """The order in which sources are searched: the next one only if the one before it is silent."""

    citation: str
    order: tuple[SearchStep, ...]


@data
class Silence(Data):
    """A guideline's recorded silence on a treatment, which opens the next source."""

    guideline: str
    treatment: str
    citation: str
    basis: Basis
    sources: tuple[str, ...]


@data
class Source(Data):
    """A document that requirements rest on; data/vocabulary/sources.yaml explains the keys.

    Raises ValueError for a letter that is neither labelled nor published, and for any other document without a text.
    """

    id: Identifier
    kind: SourceKind
    text: str | None = None
    labelled: str | None = None
    case_number: str | None = None
    date: dt.date | None = None
    number: int | None = None
    restates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        published = self.case_number is not None and self.date is not None
        if self.kind == "letter" and self.labelled is None and not published:
            raise ValueError("a letter needs a labelled case, or a case number and a date")
        if self.kind != "letter" and self.text is None:
            raise ValueError("a regulation or guideline needs a text")

    def stands_in(self, guideline: str) -> bool:
        """Whether the source restates other guidelines only, so that their text stands in for that of `guideline`."""
        return bool(self.restates) and guideline not in self.restates


@data
class Region(Data):
    """A body region."""

    id: Identifier
    name: str
    covers: str


@data
class Treatment(Data):
    """A treatment that can be requested or may have been tried; data/treatments/procedures.yaml explains the keys."""

    id: Identifier
    name: str
    brands: tuple[str, ...] = ()
    class_: str | None = None
    addressed_by: tuple[str, ...] = ()
    own_entry: str | None = None
    attributes: tuple[str, ...] = ()
    regional: bool = True
    drug: bool = False


@data
class Attribute(Data):
    """A property of a request: a number with unit and bounds, or a code from a closed list."""

    id: Identifier
    name: str
    type: Literal["number", "integer", "code"]
    unit: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    codes: dict[str, str] = field(default_factory=dict)


@data
class StateOf(Data):
    """How a record entry becomes an observation; data/vocabulary/facts/care-tried.yaml explains the keys."""

    field: Literal["status", "outcome"] | None = None
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    finding: str | None = None
    given: Literal["present"] | None = None
    leaves_open: bool = False
    contradicts_from: Number | None = None


@data
class FromRecords(Data):
    """Record entries that also count as observations of a fact."""

    list_: ListName
    where: Where
    state: StateOf


@data
class Fact(Data):
    """One clinical statement from the fixed vocabulary; data/vocabulary/facts/palpation.yaml explains the keys.

    Raises ValueError for a reading that does not fit the type.
    """

    id: Identifier
    name: str
    type: FactType
    reading: Reading
    regional: bool
    note: str | None = None
    unit: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    since: Literal["injury", "last-treatment"] | None = None
    current_for_months: int | None = None
    records: tuple[FromRecords, ...] = ()

    def __post_init__(self) -> None:
        if self.reading != "latest" and (self.reading == "ever") != (self.type == "state"):
            raise ValueError("a state is read as latest or ever; a number or date as latest, growing or fixed")


@data
class Citation(Data):
    """Where a guideline says so."""

    guideline: str
    section: str
    pages: tuple[int, ...] = ()


@data
class Remedy(Data):
    """What would satisfy an unmet requirement.

    change  another value in the request: `to` is what the attribute must be, less the quantity `less`
    wait    the same request at a later date, from which the requirement's span of time is long enough
    stop    what is taken, and the requirement excludes, is stopped
    first   something comes before the request: `do` says what
    none    nothing changes it

    Raises ValueError if the other keys do not fit the kind.
    """

    kind: Literal["change", "wait", "stop", "first", "none"]
    attribute: str | None = None
    to: Number | str | None = None
    less: str | None = None
    do: str | None = None

    def __post_init__(self) -> None:
        change = self.attribute is not None and self.to is not None
        if (self.kind == "change") != change or (self.less is not None and not change):
            raise ValueError("a remedy of kind change, and no other, names an attribute and its new value")
        if (self.kind == "first") != (self.do is not None):
            raise ValueError("a remedy of kind first, and no other, says what to do")


NO_REMEDY = Remedy(kind="none")
STANCE_ID = "recommendation"
"""The requirement that a stance of not-recommended is."""


@data
class Says(Data):
    """What is said where a requirement fails: sentences that are true then, so that nobody reads a double negative.

    `applies` is for one that has a `when`: it is said where nobody recorded whether that holds.
    """

    unmet: str
    undocumented: str
    applies: str | None = None


@data
class Requirement(Data):
    """One condition of a criterion. Its id is unique there; elsewhere it is called `criterion/requirement`."""

    id: str
    claim: str
    kind: Kind
    when: Condition | None = None
    condition: Condition
    citation: Citation
    basis: Basis
    sources: tuple[str, ...] = ()
    sources_note: str | None = None
    reviewer_reading: bool = False
    ask: str
    says: Says | None = None
    remedy: Remedy = NO_REMEDY


@data
class Criterion(Data):
    """What one guideline says about one treatment; a stance of not-recommended is its first requirement.

    If `applies_when` is known to be false, the criterion says nothing of the request, neither for nor against it.
    """

    id: str
    title: str
    guideline: str
    treatments: tuple[str, ...]
    regions: tuple[str, ...] = ()
    applies_when: Condition | None = None
    stance: Stance
    citation: Citation
    requirements: tuple[Requirement, ...]

    def full_id(self, requirement: Requirement) -> str:
        """The id by which everything else refers to a requirement."""
        return f"{self.id}/{requirement.id}"


@data
class Inference(Data):
    """How a fact is concluded from other facts: one link of forward chaining."""

    concludes: str
    reading: str
    citation: Citation
    basis: Basis
    sources: tuple[str, ...] = ()
    sources_note: str | None = None
    present_when: Condition | None = None
    absent_when: Condition | None = None


@data
class Vocabulary(Data):
    """Everything that a case or criterion may name."""

    guidelines: tuple[Guideline, ...]
    search_sequence: SearchSequence
    silences: tuple[Silence, ...] = ()
    sources: tuple[Source, ...]
    regions: tuple[Region, ...]
    treatments: tuple[Treatment, ...]
    attributes: tuple[Attribute, ...]
    units: tuple[str, ...]
    studies: dict[str, str]
    study_parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    study_findings: dict[str, str]
    outcomes: tuple[str, ...]
    facts: tuple[Fact, ...]
    quantities: tuple[Quantity, ...]
