"""A result as blocks, in the order in which a reader acts on them.

First the verdict and whether only paperwork is missing, then the remedies, then each requirement with its evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from imr_criteria import Catalogue
from imr_criteria.model import STANCE_ID
from imr_engine.answer.evidence import fact_text
from imr_engine.answer.numbers import many
from imr_engine.answer.rationale import ENOUGH, ground_of, not_enough
from imr_engine.answer.requirements import outcome_of
from imr_engine.answer.result import CriterionShown, Outcome, RequestResult, RequirementShown, Result
from imr_engine.answer.words import BASES, DATE_NAMES, WOULD, in_force, mid_sentence, pages_text
from imr_engine.cases.model import Verdict
from imr_views.blocks import Block, Bullets, Column, Heading, Paragraph, Row, Table, Title, Tone

_COLUMNS = (
    Column("Status", "mark", wraps=False),
    Column("Requirement", "main"),
    Column("Evidence", labelled=False),
    Column("Citation", "aside"),
)
# In display order: failures first.
_COUNTED: dict[Outcome, str] = {
    "unmet": "unmet",
    "in-conflict": "in conflict",
    "undocumented": "not documented",
    "met": "met",
    "not-applicable": "not applicable",
}
_ORDER = list(_COUNTED)
_VERDICT_TONES: dict[Verdict, Tone] = {"approve": "good", "deny": "bad", "not-addressed": "open"}
_TONES: dict[Outcome, Tone] = {
    "met": "good",
    "unmet": "bad",
    "in-conflict": "bad",
    "undocumented": "open",
    "not-applicable": "quiet",
}


@dataclass
class Tally:
    """Counts of a run, added up one result at a time."""

    cases: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    labels: int = 0
    agreeing: int = 0
    closing: dict[str, None] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Counts a result."""
        self.cases += 1
        engine = result["engine"]
        if "because" in engine:
            self.closing.setdefault(f"Evaluated by the {engine['name']} evaluator: {engine['because']}.")
        self.closing.setdefault(result["advice"])
        for request in result["requests"]:
            self.verdicts[request["verdict"]] += 1
            if request["agreement"] is not None:
                self.labels += 1
                self.agreeing += request["agreement"]["verdict"]


def result_blocks(result: Result, catalogue: Catalogue, rationale: bool = False) -> Iterator[Block]:
    """The blocks of one result. The rationale repeats the table in prose; it needs a result with its sentences."""
    for request in result["requests"]:
        yield from request_blocks(result, request, catalogue)
        if rationale:
            yield Heading("Rationale")
            for sentence in request["rationale_sentences"]:
                yield Paragraph(sentence["text"])


def request_blocks(result: Result, request: RequestResult, catalogue: Catalogue) -> Iterator[Block]:
    """The blocks of the answer to one request."""
    verdict = request["verdict"]
    title = f": {request['title']}" if request["title"] else ""
    about = f"{result['case_id']}, request {request['id']}{title}"
    yield Title(verdict.upper(), about, _VERDICT_TONES[verdict])
    yield Paragraph(_counts(request))
    if request["explanation"]:
        yield Paragraph(request["explanation"])
    for criterion in request["criteria"]:
        if criterion["role"] != "compared":
            yield Paragraph(_applied(request, criterion, catalogue), "quiet")
    if request["agreement"] is not None:
        yield Paragraph(_agreement(request, catalogue))
    if request["remedies"]:
        yield Heading("What is missing, and what would fix it")
        yield Bullets(tuple(dict.fromkeys(remedy["text"] for remedy in request["remedies"])))
        if request["only_documentation_missing"]:
            yield Paragraph(ENOUGH)
        if request["still_failing"]:
            yield Paragraph(not_enough(catalogue, request["still_failing"]))
    if request["requirements"]:
        yield Heading("Requirements")
        yield _requirements(request, catalogue)
    assumed: dict[str, list[str]] = {}
    named = {assumption["requirement"] for assumption in request["assumptions"]}
    for requirement in request["requirements"]:
        if requirement["id"] in named:
            assumed.setdefault(ground_of(requirement), []).append(requirement["claim"])
    for ground, claims in assumed.items():
        yield Heading(f"Assumed, because {ground}")
        yield Bullets(tuple(claims))
    compared = [criterion for criterion in request["criteria"] if criterion["role"] == "compared"]
    if compared:
        yield Heading("For comparison only")
        yield Bullets(
            tuple(f"{_short(c['guideline'], catalogue)}, {c['title']}: {WOULD[c['verdict']]}" for c in compared)
        )


def summary_blocks(tally: Tally, failures: int) -> Iterator[Block]:
    """One line about a run of several cases; `failures` is the number of problems reported."""
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.verdicts.items()))
    said = f"{many(tally.cases, 'case')}, {many(tally.verdicts.total(), 'request')}: {verdicts}"
    if tally.labels:
        said += f"; {tally.agreeing} of {many(tally.labels, 'label')} {'agrees' if tally.labels == 1 else 'agree'}"
    yield Paragraph(said + (f"; {many(failures, 'problem')}, see the messages" if failures else "") + ".", "quiet")


def advice_blocks(tally: Tally) -> Iterator[Block]:
    """The closing notes: that the rule engine did not run, if so; this is advice, and only a physician may decide."""
    for note in tally.closing:
        yield Paragraph(note, "quiet")


def _short(guideline: str, catalogue: Catalogue) -> str:
    return catalogue.guidelines[guideline].short


def _applied(request: RequestResult, criterion: CriterionShown, catalogue: Catalogue) -> str:
    date = request["date_used"]
    dated = f"; judged by the {DATE_NAMES[date['source']]}, {date['date']}" if date["source"] else ""
    name = f"{_short(criterion['guideline'], catalogue)}, {criterion['title']}"
    return f"{criterion['role']}: {name} ({in_force(catalogue, criterion['guideline'])}{dated})"


def _counts(request: RequestResult) -> str:
    said = ", ".join(f"{request['counts'][key]} {word}" for key, word in _COUNTED.items() if request["counts"][key])
    if request["only_documentation_missing"]:
        return f"{said}. Only documentation is missing."
    return f"{said}." if said else "No criterion decides this request; this is not a denial."


def _agreement(request: RequestResult, catalogue: Catalogue) -> str:
    label, agreement = request["label"], request["agreement"]
    assert label is not None
    assert agreement is not None
    said = f"Label: {label['verdict']}; the verdict {'agrees' if agreement['verdict'] else 'DIFFERS'}"
    missed = [reason["requirement"] for reason in agreement["reasons_missed"]]
    if label["reasons"]:
        said += f"; {len(label['reasons']) - len(missed)} of {len(label['reasons'])} reasons found"
    if missed:
        said += f" (missed: {_claims(missed, catalogue)})"
    if agreement["conceded_contradicted"]:
        said += f"; concessions contradicted: {_claims(agreement['conceded_contradicted'], catalogue)}"
    return said + "."


def _claims(names: list[str], catalogue: Catalogue) -> str:
    return "; ".join(mid_sentence(catalogue, catalogue.requirement(name).claim).rstrip(".") for name in names)


def _requirements(request: RequestResult, catalogue: Catalogue) -> Table:
    ordered = sorted(request["requirements"], key=lambda r: (r["kind"] == "advice", _ORDER.index(outcome_of(r))))
    return Table(_COLUMNS, tuple(_row(requirement, catalogue) for requirement in ordered))


def _row(requirement: RequirementShown, catalogue: Catalogue) -> Row:
    mark, tone = _mark(requirement)
    evidence = "; ".join(said for fact in requirement["facts"] if (said := fact_text(fact)))
    citation = requirement["citation"]
    where = _short(citation["guideline"], catalogue) + pages_text(citation["pages"])
    return Row((mark, _claim(requirement), evidence, where), tone)


def _mark(requirement: RequirementShown) -> tuple[str, Tone]:
    if requirement["kind"] == "advice":
        # An advice is the guideline's, so it is neither unmet nor missing: it is followed, or there to be considered.
        return "to consider" if requirement["status"] in {"unmet", "undocumented"} else "advice", "quiet"
    if requirement.get("assumed"):
        return "assumed", "open"
    outcome = outcome_of(requirement)
    return _COUNTED[outcome], _TONES[outcome]


def _claim(requirement: RequirementShown) -> str:
    marks: list[str] = []
    if requirement["reviewer_reading"]:
        marks.append("a reviewer's reading")
    if requirement["to_verify"]:
        marks.append(BASES[requirement["basis"]])
    # "Unmet" before a claim that denies something would be a double negative. That an exception applies is no claim of
    # the guideline, which would stand beside "not documented" as if it did.
    says = requirement["status"] == "unmet" or requirement["id"].endswith(f"/{STANCE_ID}")
    said = requirement["says"] if says else requirement["claim"]
    return said + (f" [{'; '.join(marks)}]" if marks else "")
