"""Turns codes into what people read: each requirement with its status, citation, arms and facts.

Anything that is the same for every case is built once per criterion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, cast, get_args

from imr_criteria import Catalogue
from imr_criteria.conditions import Condition, arms_of
from imr_criteria.model import STANCE_ID, TO_VERIFY, Requirement, Says
from imr_engine.answer.facts import Evaluated, FactView, Limits, fact_views
from imr_engine.answer.result import Arm, CitationShown, FactShown, Outcome, RequirementShown
from imr_engine.answer.words import describe, mid_sentence
from imr_engine.cases.model import Case, Request
from imr_engine.rules.program import Program, assumed
from imr_engine.rules.standing import STANDING, Status
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET, code_of

STATUS: dict[int, Status] = {UNMET: "unmet", UNDOCUMENTED: "undocumented", NOT_APPLICABLE: "not-applicable", MET: "met"}
EXCEPTION_IN_CONFLICT = (
    "The guideline does not recommend the treatment; whether an exception that it lists applies is in conflict."
)


class RequirementView:
    """Shows one requirement of a criterion."""

    def __init__(self, catalogue: Catalogue, program: Program, limits: Limits, requirement: Requirement) -> None:
        node = program.nodes[program.positions[program.criterion.full_id(requirement)]]
        self.node = node
        self.when = program.nodes[program.positions[node.when]] if node.when is not None else None
        """The node that decides whether it applies; None if it always does."""
        self._catalogue = catalogue
        self._requirement = requirement
        self._position = program.positions[node.id]
        self._reads = program.reads(node.id)
        self._assumed = program.positions.get(assumed(node.id))
        self._unrecorded: RequirementShown | None = None

        def views(condition: Condition) -> list[FactView]:
            return list(fact_views(catalogue, program, limits, condition))

        self._when: tuple[str, int] | None = None
        self._when_facts: list[FactView] = []
        if requirement.when is not None and node.when is not None:
            self._when = f"applies if {describe(catalogue, requirement.when)}", program.positions[node.when]
            self._when_facts = views(requirement.when)
        arms = arms_of(requirement.condition)
        claims = [describe(catalogue, arm) for arm in arms]
        self._arms = list(zip(claims, node.atoms, map(views, arms), strict=True))
        self._facts = [view for _, _, facts in self._arms for view in facts] + self._when_facts
        self._always = {
            "id": node.id,
            "claim": requirement.claim,
            "kind": requirement.kind,
            "status": "",
            "in_conflict": False,
            "says": requirement.claim,
            "citation": _citation(requirement),
            "basis": requirement.basis,
            "sources": list(requirement.sources),
            "to_verify": requirement.basis in TO_VERIFY,
            "reviewer_reading": requirement.reviewer_reading,
            "arms": [],
            "facts": [],
            "ask": requirement.ask,
        }

    def show(self, evaluated: Evaluated) -> RequirementShown:
        """The requirement for one request. If nothing it reads is recorded, this is always the same object."""
        if self.is_recorded(evaluated):
            return self._show(evaluated)
        if self._unrecorded is None:
            self._unrecorded = self._show(evaluated)
        return self._unrecorded

    def fails(self, evaluated: Evaluated) -> bool:
        """Whether it stands against the request."""
        if self._assumed is not None and evaluated.codes[self._assumed] == MET:
            return False
        return STANDING[self._requirement.kind, STATUS[evaluated.codes[self._position]]] == "fails"

    def is_recorded(self, evaluated: Evaluated) -> bool:
        """Whether anything that it reads is recorded."""
        return not self._reads.isdisjoint(evaluated.inputs.recorded)

    def _show(self, evaluated: Evaluated) -> RequirementShown:
        shown = cast("RequirementShown", self._always.copy())
        shown["status"] = STATUS[evaluated.codes[self._position]]
        if self._assumed is not None and shown["status"] == "undocumented":
            shown["assumed"] = evaluated.codes[self._assumed] == MET
        shown["arms"] = self._shown_arms(evaluated)
        facts: dict[str, FactShown] = {}
        for view in self._facts:
            for fact in evaluated.show(view):
                facts.setdefault(fact["fact"], fact)
        shown["facts"] = list(facts.values())
        shown["in_conflict"] = shown["status"] == "undocumented" and self._in_conflict(evaluated)
        if self._requirement.says is not None:
            shown["says"] = self._says(self._requirement.says, shown)
        return shown

    def _says(self, says: Says, shown: RequirementShown) -> str:
        if shown["in_conflict"]:
            if self._requirement.id == STANCE_ID:
                return EXCEPTION_IN_CONFLICT
            return f"In conflict: {mid_sentence(self._catalogue, shown['claim'])}"
        if shown["status"] == "unmet":
            return says.unmet
        if shown["status"] == "undocumented":
            open_ = self._when is not None and shown["arms"][0]["status"] == "undocumented"
            return (open_ and says.applies) or says.undocumented
        return shown["claim"]

    def _in_conflict(self, evaluated: Evaluated) -> bool:
        """Whether contradictory evidence leaves it open: in an arm that is open, or in whether it applies."""
        open_ = [facts for _, atom, facts in self._arms if evaluated.truth(atom) is None]
        if self._when is not None and evaluated.codes[self._when[1]] == UNDOCUMENTED:
            open_.append(self._when_facts)
        return any(fact["conflict"] is not None for facts in open_ for view in facts for fact in evaluated.show(view))

    def _shown_arms(self, evaluated: Evaluated) -> list[Arm]:
        arms: list[Arm] = []
        if self._when is not None:
            claim, position = self._when
            arms.append({"claim": claim, "status": STATUS[evaluated.codes[position]]})
        for claim, atom, _ in self._arms if len(self._arms) > 1 else ():
            arms.append({"claim": claim, "status": STATUS[code_of(evaluated.truth(atom))]})
        return arms


class Retried(NamedTuple):
    """What became of another version of a case: whether the request is approved, and what fails of all that decides."""

    approves: bool
    failing: list[RequirementShown]
    decides: frozenset[str]


Retry = Callable[[Case, Request], Retried]
"""Evaluates another version of a case."""


class Weighed:
    """The requirements that decide a request, grouped by what each means for the verdict."""

    def __init__(self, requirements: list[RequirementShown]) -> None:
        self.deciding: list[RequirementShown] = []
        """Those that fail or are satisfied. Advice never decides, nor does anything merely assumed."""
        self.failing: list[RequirementShown] = []
        self.assumed: list[RequirementShown] = []
        self.advising: list[RequirementShown] = []
        self.outcomes: dict[Outcome, list[RequirementShown]] = {outcome: [] for outcome in OUTCOMES}
        """The deciding ones by what became of them: a conflict is not missing paper, so it stands apart."""
        for requirement in requirements:
            assumed = requirement.get("assumed", False)
            standing = "assumed" if assumed else STANDING[requirement["kind"], requirement["status"]]
            if standing in {"satisfies", "fails"}:
                self.deciding.append(requirement)
                self.outcomes[outcome_of(requirement)].append(requirement)
            if standing == "fails":
                self.failing.append(requirement)
            elif standing == "assumed":
                self.assumed.append(requirement)
            elif standing == "advises":
                self.advising.append(requirement)

    def counts(self) -> dict[Outcome, int]:
        """How many deciding requirements have each outcome."""
        return {outcome: len(requirements) for outcome, requirements in self.outcomes.items()}


OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def outcome_of(requirement: RequirementShown) -> Outcome:
    """The status of a requirement, or that it is in conflict."""
    return "in-conflict" if requirement["in_conflict"] else requirement["status"]


def whether_it_applies_is_open(catalogue: Catalogue, requirement: RequirementShown) -> bool:
    """Whether nobody recorded if the requirement applies."""
    if catalogue.requirement(requirement["id"]).when is None:
        return False
    return requirement["arms"][0]["status"] == "undocumented"


def _citation(requirement: Requirement) -> CitationShown:
    said = requirement.citation
    return {"guideline": said.guideline, "section": said.section, "pages": list(said.pages)}
