"""The shorthand that data files are written in, and how it expands to the complete model."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from imr_criteria.conditions import Any_, Condition, Data, Identifier, data
from imr_criteria.model import (
    NO_REMEDY,
    STANCE_ID,
    Basis,
    Citation,
    Criterion,
    Inference,
    Kind,
    Remedy,
    Requirement,
    Says,
    Stance,
    Treatment,
    Vocabulary,
)

_AGAINST = "The guideline does not recommend the treatment"


@data
class WrittenCitation(Data):
    """Where a guideline says so. `guideline` defaults to the criterion's."""

    guideline: str | None = None
    section: str
    pages: tuple[int, ...] = ()

    def complete(self, guideline: str) -> Citation:
        """The citation with its guideline."""
        return Citation(guideline=self.guideline or guideline, section=self.section, pages=self.pages)


@data
class WrittenRequirement(Data):
    """One condition of a criterion. Its id is unique there; elsewhere it is called `criterion/requirement`."""

    id: Identifier
    claim: str
    kind: Kind
    when: Condition | None = None
    condition: Condition
    citation: WrittenCitation | None = None
    basis: Basis
    sources: tuple[Identifier, ...]
    sources_note: str | None = None
    reviewer_reading: bool = False
    ask: str
    says: Says | None = None
    remedy: Remedy = NO_REMEDY

    def __post_init__(self) -> None:
        if (self.says is not None) != (self.kind != "advice"):
            raise ValueError("a requirement that can fail says how (says: unmet, undocumented); advice does not")
        if self.says is not None and (self.says.applies is not None) != (self.when is not None):
            raise ValueError("says.applies belongs to a requirement with a when, and to no other")


@data
class StanceException(Data):
    """An exception to a stance of not-recommended."""

    claim: str
    condition: Condition


@data
class WrittenCriterion(Data):
    """criterion.yaml: what one guideline says about one treatment."""

    schema_: Literal["imr-check/criterion/3"]
    id: Identifier
    title: str
    guideline: str
    treatments: Annotated[tuple[str, ...], Field(min_length=1)]
    regions: tuple[str, ...] = ()
    applies_when: Condition | None = None
    stance: Stance
    exceptions: tuple[StanceException, ...] = ()
    citation: WrittenCitation
    basis: Basis | None = None
    sources: tuple[Identifier, ...] = ()
    sources_note: str | None = None
    requirements: tuple[WrittenRequirement, ...]

    def __post_init__(self) -> None:
        negative = self.stance == "not-recommended"
        if negative != (self.basis is not None) or (self.exceptions and not negative):
            raise ValueError("stance not-recommended needs a basis; another stance takes neither basis nor exceptions")
        if not negative and not any(r.kind == "required" for r in self.requirements):
            raise ValueError("a criterion needs at least one required requirement")

    def complete(self) -> Criterion:
        """The criterion with its stance as a requirement and every citation resolved."""
        own = self.citation.complete(self.guideline)
        requirements = [
            Requirement(
                **{
                    **vars(written),
                    "citation": written.citation.complete(self.guideline) if written.citation is not None else own,
                }
            )
            for written in self.requirements
        ]
        if self.stance == "not-recommended":
            requirements.insert(0, self._stance_requirement(own))
        return Criterion(
            id=self.id,
            title=self.title,
            guideline=self.guideline,
            treatments=self.treatments,
            regions=self.regions,
            applies_when=self.applies_when,
            stance=self.stance,
            citation=own,
            requirements=tuple(requirements),
        )

    def _stance_requirement(self, citation: Citation) -> Requirement:
        """Not recommended is itself a failing requirement, unless a listed exception is met."""
        asked = " ".join(exception.claim for exception in self.exceptions)
        listed = f", but an exception that it lists applies. {asked}" if asked else "."
        open_ = ", and no exception that it lists is documented." if asked else "."
        closed = ", and no exception that it lists applies." if asked else ", and lists no exception."
        return Requirement(
            id=STANCE_ID,
            claim=_AGAINST + listed,
            kind="required",
            # Without exceptions there are no arms, and any of none is false.
            condition=Any_(any=tuple(exception.condition for exception in self.exceptions)),
            citation=citation,
            basis=self.basis or "recalled",
            sources=self.sources,
            sources_note=self.sources_note,
            ask=f"Does one of the exceptions apply? {asked}" if asked else "The guideline lists no exception.",
            says=Says(unmet=_AGAINST + closed, undocumented=_AGAINST + open_),
        )


@data
class WrittenInference(Data):
    """inference.yaml: how a fact is concluded from other facts."""

    schema_: Literal["imr-check/inference/2"]
    concludes: str
    reading: str
    citation: Citation
    basis: Basis
    sources: tuple[Identifier, ...]
    sources_note: str | None = None
    present_when: Condition | None = None
    absent_when: Condition | None = None

    def complete(self) -> Inference:
        """The inference without its schema name."""
        return Inference(**{key: value for key, value in vars(self).items() if key != "schema_"})


def complete_vocabulary(written: Vocabulary) -> Vocabulary:
    """The vocabulary with every treatment's attributes: its own, or those of its class if it has none."""
    known = {treatment.id: treatment for treatment in written.treatments}

    def inherited(treatment: Treatment) -> Treatment:
        parent: Treatment | None = treatment
        passed: set[str] = set()
        while parent is not None and not parent.attributes and parent.id not in passed:
            passed.add(parent.id)
            parent = known.get(parent.class_ or "")
        return replace(treatment, attributes=parent.attributes) if parent is not None else treatment

    return replace(written, treatments=tuple(map(inherited, written.treatments)))
