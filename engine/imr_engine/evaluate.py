"""Evaluates cases: selects the criteria, runs them, and explains the outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import partial
from typing import Literal, Protocol

from imr_criteria import Catalogue
from imr_criteria.cached import cached_property
from imr_criteria.conditions import as_written
from imr_criteria.model import Criterion
from imr_engine import __version__
from imr_engine.answer.agreement import agreement_of, label_shown
from imr_engine.answer.facts import Evaluated, limits_of
from imr_engine.answer.rationale import assumption_of, sentences_of, text_of
from imr_engine.answer.remedies import remedies_of
from imr_engine.answer.requirements import STATUS, RequirementView, Retried, Weighed
from imr_engine.answer.result import (
    ADVICE,
    SCHEMA,
    CriterionShown,
    Extra,
    Outcome,
    RequestResult,
    RequirementShown,
    Result,
    TraceEntry,
)
from imr_engine.answer.result import Engine as EngineShown
from imr_engine.answer.scope import out_of_scope
from imr_engine.answer.supplying import Decided, supplied
from imr_engine.answer.unread import Reading, Together, unread
from imr_engine.cases.model import Case, Request, Verdict
from imr_engine.evaluators.plain import NAME as PLAIN
from imr_engine.evaluators.plain import Outcome as Ran
from imr_engine.evaluators.plain import PlainEvaluator, Values
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.records import Records
from imr_engine.inputs.values import Inputs
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.program import Program, Rule
from imr_engine.rules.standing import Status
from imr_engine.rules.three_values import MET, UNMET
from imr_engine.selection import Role, Selection, select, without

EngineName = Literal["durable", "plain"]
_FIRST_TRIES = 3
"""To make the plain evaluator takes longer than a few runs of the other: one case is often all."""
VERDICT: dict[int, Verdict] = {MET: "approve", UNMET: "deny"}


class Evaluator(Protocol):
    """Runs one program."""

    def run(self, values: Values) -> Ran:
        """Maps input values to the code of each node and the numbers of the rules that fired."""


class EngineUnavailableError(RuntimeError):
    """The requested engine cannot run here."""


def why_not_durable() -> str | None:
    """Why durable_rules cannot run here; None if it can.

    It is installed only on request, as it takes a C compiler, and on Python 3.13 and later it must be built with a
    definition (README.md says which), or it cannot be imported.
    """
    try:
        import imr_engine.evaluators.durable  # noqa: F401, PLC0415 (may be missing)
    except ModuleNotFoundError:
        return "durable_rules is not installed"
    except ImportError:
        return "durable_rules is installed but cannot be imported"
    return None


def durable_available() -> bool:
    """Whether durable_rules can run here."""
    return why_not_durable() is None


class _Prepared:
    """Everything built once per criterion: program, evaluator, and the parts of the output that no case changes."""

    def __init__(self, catalogue: Catalogue, criterion: Criterion, engine: str) -> None:
        self._catalogue = catalogue
        self.program = compile_criterion(catalogue, criterion)
        self.trace = [trace_entry(rule) for rule in self.program.rules]
        self._verdict = self.program.positions[f"{criterion.id}:verdict"]
        self._shown: CriterionShown = {
            "id": criterion.id,
            "title": criterion.title,
            "guideline": criterion.guideline,
            "in_force": as_written(catalogue.guidelines[criterion.guideline].in_force),
            "role": "governing",
            "stance": criterion.stance,
            "verdict": "not-addressed",
        }
        self._tried = 0
        self.evaluator: Evaluator
        if engine == PLAIN:
            self.evaluator = PlainEvaluator(self.program)
        else:
            from imr_engine.evaluators.durable import DurableEvaluator  # noqa: PLC0415 (may be missing)

            self.evaluator = DurableEvaluator(self.program)

    @cached_property
    def views(self) -> dict[str, RequirementView]:
        """By id. Built on first use, since the requirements of a compared criterion are rarely requested."""
        limits, criterion = limits_of(self.program), self.program.criterion
        return {
            criterion.full_id(r): RequirementView(self._catalogue, self.program, limits, r)
            for r in criterion.requirements
        }

    @cached_property
    def _plain(self) -> PlainEvaluator:
        return self.evaluator if isinstance(self.evaluator, PlainEvaluator) else PlainEvaluator(self.program)

    def run_again(self, values: Values) -> Ran:
        """Tries what a remedy would come to. The plain evaluator answers alike, and at less cost once it is made."""
        self._tried += 1
        return (self.evaluator if self._tried <= _FIRST_TRIES else self._plain).run(values)

    def show(self, role: Role, evaluated: Evaluated) -> CriterionShown:
        """The criterion in its role for one request, with the verdict it reaches on its own."""
        shown = self._shown.copy()
        shown["role"] = role
        shown["verdict"] = self.verdict(evaluated)
        return shown

    def verdict(self, evaluated: Evaluated) -> Verdict:
        """The verdict that the criterion reaches on its own."""
        return VERDICT.get(evaluated.codes[self._verdict], "not-addressed")


class Engine:
    """Evaluates cases against one catalogue. Criteria are compiled when first needed and then kept.

    `name` selects the evaluator; the default is durable_rules if it can run here, otherwise the plain evaluator, and
    the answer says why. Both give the same answers. Raises EngineUnavailableError if the requested one cannot run.
    """

    def __init__(self, catalogue: Catalogue, name: EngineName | None = None) -> None:
        because = why_not_durable() if name != "plain" else None
        if name == "durable" and because is not None:
            raise EngineUnavailableError(because)
        self.catalogue = catalogue
        self.name: Literal["durable_rules", "plain"] = "plain" if name == "plain" or because else "durable_rules"
        self._because = because
        self._criteria: dict[str, _Prepared] = {}
        self._readings: dict[tuple[str, ...], Reading] = {}

    def program(self, criterion: str) -> Program:
        """The compiled program of a criterion."""
        return self._prepared(criterion).program

    def evaluator(self, criterion: str) -> Evaluator:
        """The evaluator of a criterion."""
        return self._prepared(criterion).evaluator

    def _prepared(self, criterion: str) -> _Prepared:
        if criterion not in self._criteria:
            self._criteria[criterion] = _Prepared(self.catalogue, self.catalogue.criteria[criterion], self.name)
        return self._criteria[criterion]

    def _reading(self, chosen: Selection) -> Reading:
        """What the rules of all criteria read that were evaluated for a request."""
        names = tuple(criterion.id for criterion, _ in chosen.criteria)
        if names not in self._readings:
            self._readings[names] = Reading(self.catalogue, tuple(self.program(name) for name in names))
        return self._readings[names]

    def check(self, case: Case, guideline: str | None = None, include: Collection[Extra] = ()) -> Result:
        """The answer to every request of a case.

        `guideline` forces an edition, and the answer says so; `include` adds parts that a result omits by default.
        Raises CatalogueError if a criterion it needs is broken.
        """
        verdicts: dict[str, str] = {}
        results: dict[str, RequestResult] = {}
        read: dict[dt.date | None, Records] = {}
        chosen = ((request, select(self.catalogue, case, request, guideline)) for request in case.in_turn())
        together = Together((self._reading(selection), request.treatment) for request, selection in chosen)
        for request in case.in_turn():
            results[request.id] = self._request(
                case, request, verdicts.get(request.depends_on or ""), guideline, include, read, together
            )
            verdicts[request.id] = results[request.id]["verdict"]
        return {
            "schema": SCHEMA,
            "case_id": case.case_id,
            "as_of": case.as_of.isoformat() if case.as_of else None,
            "engine": self._shown(),
            "advice": ADVICE,
            "requests": [results[request.id] for request in case.requests],
        }

    def _shown(self) -> EngineShown:
        shown: EngineShown = {"name": self.name, "version": __version__, "criteria_digest": self.catalogue.digest}
        if self._because is not None:
            shown["because"] = self._because
        return shown

    def _request(
        self,
        case: Case,
        request: Request,
        depended: str | None,
        guideline: str | None,
        include: Collection[Extra],
        read: dict[dt.date | None, Records],
        together: Together,
    ) -> RequestResult:
        chosen, inputs = self._chosen(case, request, depended, guideline, read)
        criteria: list[CriterionShown] = []
        requirements: list[RequirementShown] = []
        trace: list[TraceEntry] = []
        verdicts: list[Verdict] = []
        deciding: list[Decided] = []
        statuses: dict[str, Status] = {}
        for criterion, role in chosen.criteria:
            prepared = self._prepared(criterion.id)
            outcome = prepared.evaluator.run(inputs.values(prepared.program))
            evaluated = Evaluated(inputs, prepared.program, *outcome, chosen.date_source)
            shown = prepared.show(role, evaluated)
            if request.label is not None:
                statuses |= {name: STATUS[evaluated.code(name)] for name in prepared.views}
            if role != "compared":
                deciding.append((evaluated, prepared.views))
                requirements += [view.show(evaluated) for view in prepared.views.values()]
                trace += [prepared.trace[number] for number in evaluated.fired]
                verdicts.append(shown["verdict"])
            elif "compared" in include:
                shown["requirements"] = [view.show(evaluated) for view in prepared.views.values()]
            criteria.append(shown)
        verdict = _together(verdicts)
        if deciding:
            ids = [evaluated.program.criterion.id for evaluated, _ in deciding]
            trace.append({"rule": f"request#{verdict}", "concludes": f"request: {verdict}", "from": ids})
        weighed = Weighed(requirements)
        counts = weighed.counts()
        retry = partial(self._retried, depended, guideline, case, read)
        documents = supplied(deciding, weighed, retry)
        remedies = remedies_of(self.catalogue, inputs, weighed, documents.writes, retry)
        nothing_reads = unread(inputs.subject, self._reading(chosen), together) if chosen.criteria else []
        sentences = sentences_of(self.catalogue, inputs, chosen, criteria, weighed, verdict, documents, nothing_reads)
        label = label_shown(request.label) if request.label is not None else None
        result: RequestResult = {
            "id": request.id,
            "title": request.title,
            "treatment": request.treatment,
            "verdict": verdict,
            "because": _because(chosen, verdict, counts),
            "explanation": chosen.explanation,
            "date_used": {"date": chosen.date.isoformat() if chosen.date else None, "source": chosen.date_source},
            "criteria": criteria,
            "requirements": requirements,
            "counts": counts,
            "only_documentation_missing": documents.approves,
            "assumptions": [assumption_of(r) for r in weighed.assumed],
            "remedies": remedies,
            "still_failing": list(documents.still_failing),
            "unread": nothing_reads,
            "trace": trace,
            "rationale": text_of(sentences),
            "label": label,
            "agreement": agreement_of(request.label, verdict, weighed.failing, statuses)
            if request.label is not None
            else None,
        }
        if "sentences" in include:
            result["rationale_sentences"] = sentences
        return result

    def _chosen(
        self,
        case: Case,
        request: Request,
        depended: str | None,
        guideline: str | None,
        read: dict[dt.date | None, Records],
    ) -> tuple[Selection, Inputs]:
        """The criteria for a request, without those whose scope it is out of, and the inputs of their rules."""
        chosen = select(self.catalogue, case, request, guideline)
        by = case.as_of or chosen.date
        if by not in read:
            read[by] = Records(self.catalogue, case, by)
        subject = Subject(self.catalogue, case, request, chosen.date, depended, read[by])
        inputs = Inputs(subject, self._reading(chosen).units)
        scopes = [(c.id, c.applies_when) for c, _ in chosen.criteria if c.applies_when is not None]
        # A guideline that the user asks for is applied whatever it is on.
        beside = {
            name: out_of_scope(Evaluated(inputs, self.program(name), (), [], chosen.date_source), scope)
            for name, scope in scopes
            if guideline is None and inputs.doubts.refuted(scope)
        }
        return (without(chosen, self.catalogue, beside) if beside else chosen), inputs

    def _retried(
        self,
        depended: str | None,
        guideline: str | None,
        before: Case,
        read: dict[dt.date | None, Records],
        case: Case,
        request: Request,
    ) -> Retried:
        """What becomes of another version of a case.

        `read` are the records as read for the case `before`, which serve again if no entry was written into them.
        """
        shared = read if case.records is before.records else {}
        chosen, inputs = self._chosen(case, request, depended, guideline, shared)
        evaluations = [
            (p, Evaluated(inputs, p.program, *p.run_again(inputs.values(p.program))))
            for p in map(self._prepared, [c.id for c in chosen.deciding])
        ]
        views = [(view, evaluated) for prepared, evaluated in evaluations for view in prepared.views.values()]
        return Retried(
            _together([prepared.verdict(evaluated) for prepared, evaluated in evaluations]) == "approve",
            [view.show(evaluated) for view, evaluated in views if view.fails(evaluated)],
            frozenset([view.node.id for view, _ in views]),
        )


def trace_entry(rule: Rule) -> TraceEntry:
    """What one rule concluded, and from what."""
    return {"rule": rule.name, "concludes": f"{rule.about}: {rule.word}", "from": list(map(str, rule.premises))}


def _together(verdicts: list[Verdict]) -> Verdict:
    """Combines the governing verdict with those that share in the decision: approve only if all of them approve."""
    if not verdicts:
        return "not-addressed"
    if "deny" in verdicts:
        return "deny"
    return "approve" if all(verdict == "approve" for verdict in verdicts) else "not-addressed"


def _because(chosen: Selection, verdict: Verdict, counts: dict[Outcome, int]) -> str:
    if chosen.because is not None:
        return chosen.because
    if verdict == "approve":
        return "requirements-met"
    if verdict == "not-addressed":
        return "not-applicable"
    if counts["unmet"]:
        return "requirements-unmet"
    return "requirements-undocumented" if counts["undocumented"] else "requirements-in-conflict"
