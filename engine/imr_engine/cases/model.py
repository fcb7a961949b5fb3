"""A case: one patient's file at one date, with one or more requests. Shapes only; `intake` checks the words.

Dates are ISO days. Every text is bounded and free of control characters, because it may reach a terminal.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)
from typing_extensions import TypedDict

from imr_criteria.dates import day

SCHEMA = "imr-check/case/1"
EXPECTED = "a JSON object with schema " + SCHEMA
State = Literal["present", "absent", "undocumented"]
MAX_ENTRIES = 10_000
"""The longest list that a case may have; files have fewer than a thousand records."""
STATES: tuple[State, ...] = get_args(State)
Verdict = Literal["approve", "deny", "not-addressed"]

# Rejects control characters, and marks that change the direction of text.
NO_CONTROL = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$"


def _as_day(value: str) -> str:
    day(value)
    return value


Day = Annotated[dt.date, BeforeValidator(day)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROL)]
Text = Annotated[str, Field(max_length=2000, pattern=NO_CONTROL)]
Number = Annotated[int | float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Strict(BaseModel):
    """Base of everything in a case: unknown keys are rejected and nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Evidence(TypedDict, total=False):
    """Where an observation comes from. Summary and rationale are a letter's; the rationale leaks its decision."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    document: Name | None
    section: Literal["record", "summary", "rationale"] | None
    date: Annotated[str, AfterValidator(_as_day), Field(json_schema_extra={"format": "date"})] | None
    page: Annotated[int, Field(ge=1, le=100_000)] | None
    line: Annotated[int, Field(ge=1, le=10_000_000)] | None
    note: Text | None


class WrittenObservation(TypedDict, total=False):
    """A fact as seen on one date, in one region: a state or a value, never both."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, title="Observation")  # type: ignore[misc]

    state: State | None
    value: Any
    date: Day | None
    region: str | None
    evidence: Evidence | None


class Observation(NamedTuple):
    """A checked observation. `evidence` is as results show it: the document, and when, where and what was seen.

    `instance` names what an entry of the records is about; a statement has none. `contrary`: an entry that leaves it
    open, and shows something else that no rule reads.
    """

    state: State | None = None
    value: int | float | str | dt.date | None = None
    date: dt.date | None = None
    region: str | None = None
    evidence: dict[str, Any] = {}
    instance: str | None = None
    contrary: bool = False


def observed(
    state: State | None,
    value: int | float | str | dt.date | None,
    date: dt.date | None,
    region: str | None,
    source: Evidence | None,
) -> Observation:
    """An observation with its evidence."""
    shown: dict[str, Any] = dict(source) if source else {}
    if None in shown.values():
        shown = {key: said for key, said in shown.items() if said is not None}
    if date is not None:
        shown["seen"] = date.isoformat()
    if region is not None:
        shown["region"] = region
    if state is not None:
        shown["state"] = state
    return Observation(state, value, date, region, shown)


class TreatmentRecord(Strict):
    """A treatment that was given, and how it went. `count` is in sessions, visits or injections."""

    treatment: str
    date: Day | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    region: str | None = None
    count: Annotated[int, Field(ge=1, le=10_000)] | None = None
    outcome: str | None = None
    evidence: Evidence | None = None


class MedicationRecord(Strict):
    """A drug or class of drugs that was or is being taken."""

    drug: str
    dose_mg: Number | None = None
    date: Day | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    status: Literal["current", "stopped"] | None = None
    outcome: str | None = None
    evidence: Evidence | None = None
    region: ClassVar[None] = None


class StudyRecord(Strict):
    """A study with its findings, or a statement that it was not done."""

    study: str
    status: Literal["done", "not-done", "ordered"] = "done"
    date: Day | None = None
    region: str | None = None
    findings: dict[str, State] = Field(default_factory=dict)
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def _findings_of_what_was_done(self) -> StudyRecord:
        if self.findings and self.status != "done":
            raise ValueError("a study that was not done has no findings")
        return self


class Records(Strict):
    """What was tried, taken and examined.

    Validation stops at the first bad entry of a long list (here and in `requests`): a million errors would take
    gigabytes. `shapes` then looks at the entries one by one.
    """

    treatments: list[TreatmentRecord] = Field(default_factory=list, max_length=MAX_ENTRIES, fail_fast=True)
    medications: list[MedicationRecord] = Field(default_factory=list, max_length=MAX_ENTRIES, fail_fast=True)
    studies: list[StudyRecord] = Field(default_factory=list, max_length=MAX_ENTRIES, fail_fast=True)


class Amount(Strict):
    """A quantity with its unit."""

    value: Annotated[int | float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
    unit: str


class Reason(Strict):
    """A reason that a letter gives, as the requirement it refers to."""

    requirement: str
    status: Literal["unmet", "undocumented"]


class Label(Strict):
    """What a letter decided for an item: deny for Upheld, approve for Overturned."""

    verdict: Literal["approve", "deny"]
    reasons: list[Reason] = Field(default_factory=list, max_length=1000)
    conceded: list[str] = Field(default_factory=list, max_length=1000)
    other: list[Text] = Field(default_factory=list, max_length=1000)


class Request(Strict):
    """One disputed or planned treatment, as requested.

    `region` is where the complaint is, not where a needle goes. `authorized` is the part already approved.
    """

    id: Name
    title: Text | None = None
    treatment: str | None = None
    date: Day | None = None
    utilization_review_date: Day | None = None
    region: str | None = None
    side: Literal["left", "right", "bilateral"] | None = None
    quantity: Amount | None = None
    authorized: Amount | None = None
    depends_on: Name | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    label: Label | None = None


class CaseShape(Strict):
    """A case as written. `$schema` (for editors) and `note` decide nothing."""

    schema_uri: Text | None = Field(default=None, alias="$schema")
    note: Text | None = None
    schema_: Literal["imr-check/case/1"] = Field(alias="schema")
    case_id: Name
    as_of: Day | None = None
    date_of_injury: Day | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    records: Records = Field(default_factory=Records)
    requests: Annotated[list[Request], Field(min_length=1, max_length=1000, fail_fast=True)]


CASE = TypeAdapter(CaseShape)
OBSERVATION = TypeAdapter(WrittenObservation)
Facts = dict[str, tuple[Observation, ...]]


class Case(NamedTuple):
    """A case with every word checked: facts are observations of known facts, whatever form they were written in.

    `request_facts` are the requests' own facts, by request id.
    """

    case_id: str
    as_of: dt.date | None
    date_of_injury: dt.date | None
    facts: Facts
    records: Records
    requests: tuple[Request, ...]
    request_facts: dict[str, Facts]

    def in_turn(self) -> list[Request]:
        """The requests, each after the one that it depends on, otherwise as they stand in the file."""
        known = {request.id: request for request in self.requests}
        turn: dict[str, Request] = {}
        for request in self.requests:
            chain: list[Request] = []
            current: Request | None = request
            while current is not None and current.id not in turn:
                chain.append(current)
                current = known[current.depends_on] if current.depends_on is not None else None
            turn.update({one.id: one for one in reversed(chain)})
        return list(turn.values())
