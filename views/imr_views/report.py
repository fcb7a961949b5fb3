"""What a person reads of a result, as blocks, and how blocks become plain text or Markdown; `terminal` paints them.

The order is that of the person who has to act: the verdict and whether only paperwork is missing, what is missing and
what would mend it, then each requirement with its evidence.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from imr_criteria import default_catalogue
from imr_engine.answer.result import RequestResult, RequirementShown, Result
from imr_engine.answer.words import fact_text, in_force, pages_text

Style = Literal["approve", "deny", "not-addressed", "met", "unmet", "undocumented", "not-applicable", "note", ""]
WIDTH = 100
STATUS_ORDER = ("unmet", "undocumented", "met", "not-applicable")


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, a list or a table. `style` names what a painter may color."""

    kind: Literal["verdict", "heading", "text", "list", "table"]
    text: str = ""
    style: Style = ""
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


def blocks_of(results: list[Result], several: bool, failures: int, rationale: bool = False) -> Iterator[Block]:
    """All blocks of a run; the rationale in prose says the same as the table, and goes into documents only."""
    for result in results:
        for request in result["requests"]:
            yield from _request(result, request)
            if rationale:
                yield Block("heading", "Rationale")
                for sentence in request["rationale_sentences"][:-1]:
                    yield Block("text", sentence["text"])
    if several:
        yield Block("text", _summary(results, failures), "note")
    for advice in dict.fromkeys(result["advice"] for result in results):
        yield Block("text", advice, "note")


def _request(result: Result, request: RequestResult) -> Iterator[Block]:
    verdict = request["verdict"]
    title = f": {request['title']}" if request["title"] else ""
    yield Block("verdict", f"{verdict.upper()}  {result['case_id']}, request {request['id']}{title}", verdict)
    yield Block("text", _counts(request))
    if request["explanation"]:
        yield Block("text", request["explanation"])
    date = request["date_used"]
    for criterion in request["criteria"]:
        if criterion["role"] != "compared":
            catalogue = default_catalogue()
            guideline = catalogue.guidelines[criterion["guideline"]]
            dated = f"; judged by the {date['source']} date {date['date']}" if date["date"] else ""
            dates = f"{in_force(catalogue, guideline.id)}{dated}"
            yield Block("text", f"{criterion['role']}: {guideline.short}, {criterion['title']} ({dates})", "note")
    if request["agreement"] is not None:
        yield Block("text", _agreement(request))
    if request["remedies"]:
        yield Block("heading", "What is missing, and what would mend it")
        yield Block("list", items=tuple(remedy["text"] for remedy in request["remedies"]))
    if request["requirements"]:
        yield Block("heading", "Requirements")
        ordered = sorted(
            request["requirements"], key=lambda r: (r["kind"] == "advice", STATUS_ORDER.index(r["status"]))
        )
        yield Block(
            "table",
            columns=("Status", "Requirement", "Evidence", "Citation"),
            rows=tuple((_status(r), _claim(r), _evidence(r), _citation(r)) for r in ordered),
        )
    if request["assumptions"]:
        yield Block("heading", "Assumed, because nobody recorded otherwise")
        claims = {r["id"]: r["claim"] for r in request["requirements"]}
        yield Block("list", items=tuple(claims[a["requirement"]] for a in request["assumptions"]))
    compared = [c for c in request["criteria"] if c["role"] == "compared"]
    if compared:
        words = {"approve": "would approve", "deny": "would deny", "not-addressed": "would not decide"}
        names = default_catalogue().guidelines
        yield Block("heading", "For comparison only")
        yield Block(
            "list", items=tuple(f"{names[c['guideline']].short}, {c['title']}: {words[c['verdict']]}" for c in compared)
        )


def _counts(request: RequestResult) -> str:
    counts = request["counts"]
    words = {
        "unmet": "contradicted",
        "undocumented": "not documented",
        "met": "met",
        "not-applicable": "not applicable",
    }
    said = ", ".join(f"{counts[key]} {word}" for key, word in words.items() if counts[key])
    if request["only_documentation_missing"]:
        return f"{said}. Nothing is contradicted: only documentation is missing."
    return f"{said}." if said else f"No criterion decides it ({request['because']}); this is not a denial."


def _agreement(request: RequestResult) -> str:
    label, agreement = request["label"], request["agreement"]
    assert label is not None
    assert agreement is not None
    said = f"Label: {label['verdict']}; the verdict {'agrees' if agreement['verdict'] else 'DIFFERS'}"
    missed = [reason["requirement"] for reason in agreement["reasons_missed"]]
    found = len(label["reasons"]) - len(missed)
    if label["reasons"]:
        said += f"; {found} of {len(label['reasons'])} reasons found"
    if missed:
        said += f" (missed: {', '.join(missed)})"
    if agreement["conceded_contradicted"]:
        said += f"; concessions contradicted: {', '.join(agreement['conceded_contradicted'])}"
    return said + "."


def _status(requirement: RequirementShown) -> str:
    if requirement["kind"] == "advice":
        return "advice"
    if requirement["kind"] == "exclusion" and requirement["status"] == "undocumented":
        return "assumed"
    return requirement["status"]


def _claim(requirement: RequirementShown) -> str:
    marks: list[str] = [requirement["status"]] if requirement["kind"] == "advice" else []
    if requirement["reviewer_reading"]:
        marks.append("a reviewer's reading")
    if requirement["to_verify"]:
        marks.append(f"to be verified: {requirement['basis']}")
    return requirement["claim"] + (f" [{'; '.join(marks)}]" if marks else "")


def _citation(requirement: RequirementShown) -> str:
    citation = requirement["citation"]
    return default_catalogue().guidelines[citation["guideline"]].short + pages_text(citation["pages"])


def _evidence(requirement: RequirementShown) -> str:
    return "; ".join(said for fact in requirement["facts"] if (said := fact_text(fact)))


def _summary(results: list[Result], failures: int) -> str:
    requests = [request for result in results for request in result["requests"]]
    verdicts = Counter(request["verdict"] for request in requests)
    said = f"{len(results)} cases, {len(requests)} requests: " + ", ".join(
        f"{n} {v}" for v, n in sorted(verdicts.items())
    )
    compared = [request["agreement"] for request in requests if request["agreement"] is not None]
    if compared:
        said += f"; {sum(a['verdict'] for a in compared)} of {len(compared)} labels agree"
    return said + (f"; {failures} problems, see the messages" if failures else "") + "."


def plain(blocks: Iterator[Block]) -> str:
    """Plain text of at most WIDTH columns, for pipes and files."""
    lines: list[str] = []
    before = ""
    for block in blocks:
        if block.kind == "text" and before in {"list", "table"}:
            lines.append("")
        before = block.kind
        if block.kind == "verdict":
            lines += ["" if lines else None, *_wrapped(block.text, ""), "=" * 8]  # type: ignore[list-item]
        elif block.kind == "heading":
            lines += ["", block.text]
        elif block.kind == "text":
            lines += _wrapped(block.text, "")
        elif block.kind == "list":
            lines += [line for item in block.items for line in _wrapped(item, "  - ")]
        else:
            lines += [line for row in block.rows for line in _row(row)]
    return "\n".join(line for line in lines if line is not None) + "\n"


def _row(row: tuple[str, ...]) -> Iterator[str]:
    status, claim, evidence, citation = row
    yield from _wrapped(f"{claim} ({citation})", f"  {status:<15} ")
    if evidence:
        yield from _wrapped(evidence, " " * 18 + "> ")


def _wrapped(text: str, lead: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False)


def markdown(blocks: Iterator[Block]) -> str:
    """GitHub-flavored Markdown."""
    parts: list[str] = []
    for block in blocks:
        if block.kind == "verdict":
            verdict, _, rest = block.text.partition("  ")
            parts.append(f"## {verdict}: {_escape(rest)}")
        elif block.kind == "heading":
            parts.append(f"### {block.text}")
        elif block.kind == "text":
            parts.append(_escape(block.text))
        elif block.kind == "list":
            parts.append("\n".join(f"- {_escape(item)}" for item in block.items))
        else:
            head = f"| {' | '.join(block.columns)} |\n|{'---|' * len(block.columns)}"
            rows = "\n".join(f"| {' | '.join(_escape(cell) for cell in row)} |" for row in block.rows)
            parts.append(f"{head}\n{rows}")
    return "\n\n".join(parts) + "\n"


def _escape(text: str) -> str:
    """Text of a case is text, whatever Markdown or HTML it looks like."""
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")
