"""Turns codes into what people read: each requirement with its status, citation, arms and facts.

Anything that is the same for every case is built once per criterion.
"""

from __future__ import annotations

from typing import cast

from imr_criteria import Catalogue
from imr_criteria.conditions import arms_of
from imr_criteria.model import TO_VERIFY, Requirement
from imr_engine.answer.facts import Evaluated, fact_views
from imr_engine.answer.result import Arm, CitationShown, FactShown, RequirementShown
from imr_engine.answer.words import describe
from imr_engine.rules.keys import Input
from imr_engine.rules.program import Atom, Check, Program, assumed
from imr_engine.rules.standing import STANDING, Status
from imr_engine.rules.three_values import MET, NOT_APPLICABLE, UNDOCUMENTED, UNMET, Truth, code_of

STATUS: dict[int, Status] = {UNMET: "unmet", UNDOCUMENTED: "undocumented", NOT_APPLICABLE: "not-applicable", MET: "met"}


class RequirementView:
    """Shows one requirement of a criterion."""

    def __init__(self, catalogue: Catalogue, program: Program, requirement: Requirement) -> None:
        node = program.nodes[program.positions[program.criterion.full_id(requirement)]]
        self._position = program.positions[node.id]
        self._reads = program.reads(node.id)
        self._assumed = program.positions.get(assumed(node.id))
        self._unrecorded: RequirementShown | None = None
        self._when: tuple[str, int] | None = None
        if requirement.when is not None and node.when is not None:
            self._when = f"applies if {describe(catalogue, requirement.when)}", program.positions[node.when]
        self._arms: list[tuple[str, Atom]] = []
        if len(node.atoms) > 1:
            claims = [describe(catalogue, arm) for arm in arms_of(requirement.condition)]
            self._arms = list(zip(claims, node.atoms, strict=True))
        parts = [requirement.condition] if requirement.when is None else [requirement.condition, requirement.when]
        self._facts = [view for part in parts for view in fact_views(catalogue, program, part)]
        self._always = {
            "id": node.id,
            "claim": requirement.claim,
            "kind": requirement.kind,
            "status": "",
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
        if not self._reads.isdisjoint(evaluated.inputs.recorded):
            return self._show(evaluated)
        if self._unrecorded is None:
            self._unrecorded = self._show(evaluated)
        return self._unrecorded

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
        return shown

    def _shown_arms(self, evaluated: Evaluated) -> list[Arm]:
        arms: list[Arm] = []
        if self._when is not None:
            claim, position = self._when
            arms.append({"claim": claim, "status": STATUS[evaluated.codes[position]]})
        for claim, atom in self._arms:
            arms.append({"claim": claim, "status": STATUS[code_of(_truth(evaluated, atom))]})
        return arms


class Weighed:
    """The requirements that decide a request, grouped by what each means for the verdict."""

    def __init__(self, requirements: list[RequirementShown]) -> None:
        self.deciding: list[RequirementShown] = []
        """Those that fail or are satisfied. Advice never decides, nor does anything merely assumed."""
        self.failing: list[RequirementShown] = []
        self.assumed: list[RequirementShown] = []
        self.advising: list[RequirementShown] = []
        for requirement in requirements:
            assumed = requirement.get("assumed", False)
            standing = "assumed" if assumed else STANDING[requirement["kind"], requirement["status"]]
            if standing in {"satisfies", "fails"}:
                self.deciding.append(requirement)
            if standing == "fails":
                self.failing.append(requirement)
            elif standing == "assumed":
                self.assumed.append(requirement)
            elif standing == "advises":
                self.advising.append(requirement)

    def counts(self) -> dict[str, int]:
        """How many deciding requirements have each status."""
        counts = {"met": 0, "unmet": 0, "undocumented": 0, "not-applicable": 0}
        for requirement in self.deciding:
            counts[requirement["status"]] += 1
        return counts


def _truth(evaluated: Evaluated, atom: Atom) -> Truth:
    return True if _hold(evaluated, atom.true) else False if _hold(evaluated, atom.false) else None


def _hold(evaluated: Evaluated, checks: tuple[Check, ...]) -> bool:
    for check in checks:
        ref = check.ref
        value = evaluated.inputs.seen(ref, evaluated.program).value if isinstance(ref, Input) else evaluated.code(ref)
        if not check.holds(value):
            return False
    return True


def _citation(requirement: Requirement) -> CitationShown:
    said = requirement.citation
    return {"guideline": said.guideline, "section": said.section, "pages": list(said.pages)}
