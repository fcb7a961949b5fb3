"""The shape of a result: plain dictionaries, ready for JSON, in a fixed order.

SCHEMA changes when a field changes meaning or is removed. Treat a result as read-only: parts that are the same for
every case are shared objects.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from typing_extensions import NotRequired

from imr_engine.cases.model import Verdict
from imr_engine.rules.standing import Status

SCHEMA = "imr-check/result/4"

Outcome = Literal["met", "unmet", "in-conflict", "undocumented", "not-applicable"]
"""What became of a requirement: its status, but a conflict of the evidence stands apart from what is missing."""

Extra = Literal["compared", "sentences"]
"""Parts that a result has only on request: the requirements of compared criteria, and the sentences of the rationale
with what each rests on."""


class Engine(TypedDict):
    """What computed a result. `because` says why it was the plain evaluator, unless that was asked for."""

    name: Literal["durable_rules", "plain"]
    version: str
    criteria_digest: str
    because: NotRequired[str]


class FactShown(TypedDict):
    """One input that a requirement rests on.

    `fact` is a fact's id, or attribute:ID, quantity:ID, request:KEY or records:LIST. `text` is its value as people read
    it: on the same side of each limit as the value. `conflict` says why the evidence contradicts itself. Where evidence
    differs, in conflict or not, each piece has the `state` or the `value` that it gives. `inferred` is set if a rule
    concluded it without a statement. `ignored` is what is recorded and does not count, each with the reason (`why`). Of
    long lists, the first twenty pieces of evidence are given, and the number of the others (`more_evidence`).
    """

    fact: str
    name: str
    state: Literal["present", "absent", "undocumented"] | None
    value: str | int | float | None
    evidence: list[dict[str, Any]]
    conflict: str | None
    unit: NotRequired[str]
    text: NotRequired[str]
    inferred: NotRequired[Literal[True]]
    ignored: NotRequired[list[dict[str, Any]]]
    more_evidence: NotRequired[int]


class Arm(TypedDict):
    """One arm of a requirement's condition, in words, with its own status."""

    claim: str
    status: Status


class CitationShown(TypedDict):
    """Where in a guideline a requirement stands."""

    guideline: str
    section: str
    pages: list[int]


class RequirementShown(TypedDict):
    """One requirement with its status.

    `says`: what became of it, in a sentence: the claim, or where it is not met, how. `in_conflict`: it is undocumented
    because the evidence contradicts itself, not because any is missing. `to_verify`: its basis is neither the
    regulation, nor a letter, nor public.

    `assumed` says of an undocumented exclusion whether silence may be read as "no": nothing in the case speaks for it.
    """

    id: str
    claim: str
    kind: Literal["required", "exclusion", "advice"]
    status: Status
    in_conflict: bool
    says: str
    citation: CitationShown
    basis: str
    sources: list[str]
    to_verify: bool
    reviewer_reading: bool
    arms: list[Arm]
    facts: list[FactShown]
    ask: str
    assumed: NotRequired[bool]


class CriterionShown(TypedDict):
    """A criterion that was evaluated, and its own verdict. Only a compared one has `requirements`, on request."""

    id: str
    title: str
    guideline: str
    in_force: dict[str, str | None]
    role: Literal["governing", "shared", "compared"]
    stance: str
    verdict: Verdict
    requirements: NotRequired[list[RequirementShown]]


RemedyKind = Literal["document", "resolve", "change", "wait", "stop", "first", "none"]


class Written(TypedDict, total=False):
    """One entry to write: `value` for a `fact` or an `attribute` of the request, for a property of the `request`
    (region, date, quantity), or for a field of an entry of the records (`record`: "medications[0].status")."""

    fact: str
    attribute: str
    request: str
    record: str
    value: Any


class RemedyShown(TypedDict):
    """How a failing requirement could be fixed.

    document  what is missing is documented, if true
    resolve   evidence that contradicts itself is settled
    change    the request asks for something else: `attribute` becomes `to`
    wait      the same request is made on or after `to`
    stop      what excludes the request is stopped
    first     something else comes first
    none      nothing changes it

    `write` has the entries with which the requirement would be met; empty if they cannot be known.
    """

    requirement: str
    kind: RemedyKind
    attribute: str | None
    to: str | int | float | None
    write: list[Written]
    text: str


class StillFailing(TypedDict):
    """A requirement that would fail even if everything that is missing were documented as the remedies ask."""

    requirement: str
    status: Status
    text: str


class Unread(TypedDict):
    """Something in the case that no rule reads, by its JSON path; it decides nothing. `records`: how many more."""

    path: str
    text: str


class Assumption(TypedDict):
    """An exclusion that nobody recorded and that is assumed not to apply."""

    requirement: str
    text: str


class Sentence(TypedDict):
    """A sentence of the rationale and what it rests on: ids of requirements, criteria and inputs."""

    text: str
    sources: list[str]


class Agreement(TypedDict):
    """How the answer compares with the label."""

    verdict: bool
    reasons_missed: list[dict[str, str]]
    conceded_contradicted: list[str]
    extra_unmet: list[str]
    extra_in_conflict: list[str]
    extra_undocumented: list[str]


TraceEntry = TypedDict("TraceEntry", {"rule": str, "concludes": str, "from": list[str]})
"""A rule that fired, what it concluded, and the ids of what it rests on."""


class DateUsed(TypedDict):
    """The date that selected the edition, and where it comes from."""

    date: str | None
    source: Literal["request", "utilization-review", "as-of"] | None


class RequestResult(TypedDict):
    """The answer to one request."""

    id: str
    title: str | None
    treatment: str | None
    verdict: Verdict
    because: str
    explanation: str
    date_used: DateUsed
    criteria: list[CriterionShown]
    requirements: list[RequirementShown]
    counts: dict[Outcome, int]
    only_documentation_missing: bool
    assumptions: list[Assumption]
    remedies: list[RemedyShown]
    still_failing: list[StillFailing]
    unread: list[Unread]
    trace: list[TraceEntry]
    rationale: str
    rationale_sentences: NotRequired[list[Sentence]]
    label: dict[str, Any] | None
    agreement: Agreement | None


class Result(TypedDict):
    """The answer to a case."""

    schema: str
    case_id: str
    as_of: str | None
    engine: Engine
    advice: str
    requests: list[RequestResult]


ADVICE = (
    "This is advice for a licensed physician. Under California law only a physician may deny or modify a request "
    "for reasons of medical necessity (Labor Code 4610)."
)
