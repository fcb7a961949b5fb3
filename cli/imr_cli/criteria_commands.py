"""`imr-check criteria list|show|lint`: what the program knows, for those who write cases or criteria."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from imr_cli.checking import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, say
from imr_criteria import Catalogue, CatalogueError, default_catalogue
from imr_criteria.compiled import altered
from imr_criteria.conditions import as_written
from imr_criteria.files import ROOT
from imr_criteria.folder import load_catalogue
from imr_criteria.lint import lint as problems_of
from imr_criteria.model import TO_VERIFY, Criterion, Requirement
from imr_criteria.problems import Problem, nearest
from imr_engine.answer.words import cite, describe, in_force
from imr_engine.rules.compiler import compile_criterion
from imr_views.report import Block, plain

Listed = Literal["criteria", "facts", "treatments", "attributes", "regions", "guidelines", "records"]
Form = Literal["text", "json"]
Row = dict[str, Any]


def list_(what: Listed, form: Form) -> int:
    """Prints the criteria, or one kind of words."""
    rows = _LISTS[what](default_catalogue())
    if form == "json":
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _table([{key: _cell(value) for key, value in row.items()} for row in rows])
    return EXIT_OK


def show(name: str, form: Form) -> int:
    """Prints one criterion, the criteria of one treatment, or one fact."""
    catalogue = default_catalogue()
    if name in catalogue.criteria:
        return _print(_criterion(catalogue, catalogue.criteria[name]), form, _criterion_text)
    if name in catalogue.treatments:
        found = catalogue.criteria_for(catalogue.lineage(name))
        data = {**_row(catalogue.treatments[name]), "criteria": [_criterion(catalogue, c) for c in found]}
        return _print(data, form, _treatment_text)
    if name in catalogue.facts:
        return _print(_fact(catalogue, name), form, _fact_text)
    known = [*catalogue.criteria, *catalogue.treatments, *catalogue.facts]
    say([Problem("", "no criterion, treatment or fact of that name", nearest(name, known, catalogue.brands))])
    return EXIT_ERROR


def lint(folder: Path | None) -> int:
    """Checks criteria files, the shipped ones unless a folder is given; reports every problem with file and line."""
    root = folder or (ROOT if ROOT.is_dir() else None)
    if folder is not None and not (folder / "vocabulary").is_dir():
        say([Problem("", "is not a folder of criteria (it has no vocabulary/)", file=str(folder))])
        return EXIT_ERROR
    try:
        catalogue = load_catalogue(root) if root is not None else default_catalogue()
    except CatalogueError as error:
        say(error.problems)
        return EXIT_FAILED_ON
    problems = problems_of(catalogue) + (altered(default_catalogue()) if folder is None else [])
    problems = problems or list(_compiled(catalogue))
    say(problems)
    if problems:
        return EXIT_FAILED_ON
    requirements = sum(len(c.requirements) for c in catalogue.criteria.values())
    print(
        f"{len(catalogue.criteria)} criteria with {requirements} requirements, {len(catalogue.inferences)} inferences, "
        f"{len(catalogue.facts)} facts: nothing wrong. Digest {catalogue.digest[:12]}."
    )
    return EXIT_OK


def _compiled(catalogue: Catalogue) -> Iterator[Problem]:
    """Criteria that cannot be compiled: too many ways to a conclusion, or more than the rule engine holds."""
    from imr_engine.evaluate import Engine  # noqa: PLC0415

    engine = Engine(catalogue)
    for criterion in catalogue.criteria.values():
        try:
            engine.evaluator(criterion.id)
        except (ValueError, RuntimeError) as error:
            yield Problem("$.requirements", str(error), file=catalogue.pieces[f"criterion {criterion.id}"].file)


def _print(data: Row, form: Form, text: Any) -> int:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n" if form == "json" else plain(text(data)))
    return EXIT_OK


def _row(model: Any) -> Row:
    made: Row = as_written(model)
    return made


def _criteria_rows(catalogue: Catalogue) -> list[Row]:
    rows = []
    for criterion in catalogue.criteria.values():
        bases = Counter(r.basis for r in criterion.requirements)
        rows.append(
            {
                "id": criterion.id,
                "guideline": criterion.guideline,
                "title": criterion.title,
                "treatments": list(criterion.treatments),
                "in_force": in_force(catalogue, criterion.guideline),
                "stance": criterion.stance,
                "requirements": len(criterion.requirements),
                "to_verify": sum(count for basis, count in bases.items() if basis in TO_VERIFY),
            }
        )
    return rows


def _fact_rows(catalogue: Catalogue) -> list[Row]:
    return [{"id": f.id, "takes": _takes(f), "reading": f.reading, "name": f.name} for f in catalogue.facts.values()]


def _takes(word: Any) -> str:
    """What a fact or attribute takes as its value."""
    if word.type == "state":
        return "present, absent, undocumented"
    if word.type == "date":
        return "YYYY-MM-DD"
    if word.type == "code":
        return ", ".join(word.codes)
    return f"{word.type} {word.minimum} to {word.maximum} {word.unit}"


def _treatment_rows(catalogue: Catalogue) -> list[Row]:
    return [
        {"id": t.id, "class": t.class_ or "", "brands": list(t.brands), "attributes": list(t.attributes)}
        for t in catalogue.treatments.values()
    ]


def _attribute_rows(catalogue: Catalogue) -> list[Row]:
    return [{"id": a.id, "takes": _takes(a), "name": a.name} for a in catalogue.attributes.values()]


def _region_rows(catalogue: Catalogue) -> list[Row]:
    return [{"id": r.id, "covers": r.covers} for r in catalogue.regions.values()]


def _guideline_rows(catalogue: Catalogue) -> list[Row]:
    return [
        {"id": g.id, "in_force": in_force(catalogue, g.id), "source": g.source, "title": g.title}
        for g in catalogue.guidelines.values()
    ]


def _record_rows(catalogue: Catalogue) -> list[Row]:
    return [
        {"id": "studies", "takes": list(catalogue.studies)},
        {"id": "findings", "takes": list(catalogue.study_findings)},
        {"id": "outcomes", "takes": list(catalogue.outcomes)},
        {"id": "units", "takes": list(catalogue.units)},
    ]


_LISTS = {
    "criteria": _criteria_rows,
    "facts": _fact_rows,
    "treatments": _treatment_rows,
    "attributes": _attribute_rows,
    "regions": _region_rows,
    "guidelines": _guideline_rows,
    "records": _record_rows,
}


def _criterion(catalogue: Catalogue, criterion: Criterion) -> Row:
    program = compile_criterion(catalogue, criterion)
    return {
        "id": criterion.id,
        "title": criterion.title,
        "citation": cite(catalogue, criterion.citation),
        "treatments": list(criterion.treatments),
        "stance": criterion.stance,
        "requirements": [_requirement(catalogue, criterion, r) for r in criterion.requirements],
        "reads": list(map(str, program.inputs)),
    }


def _requirement(catalogue: Catalogue, criterion: Criterion, requirement: Requirement) -> Row:
    condition = requirement.condition
    never = "never (no exception is listed)"
    return {
        "id": f"{criterion.id}/{requirement.id}",
        "kind": requirement.kind,
        "claim": requirement.claim,
        "when": describe(catalogue, requirement.when) if requirement.when is not None else None,
        "met_if": describe(catalogue, condition) or never,
        "citation": cite(catalogue, requirement.citation),
        "basis": requirement.basis,
        "sources": list(requirement.sources),
        "to_verify": requirement.basis in TO_VERIFY,
        "reviewer_reading": requirement.reviewer_reading,
        "ask": requirement.ask,
        "remedy": as_written(requirement.remedy),
    }


def _fact(catalogue: Catalogue, name: str) -> Row:
    fact = catalogue.facts[name]
    data: Row = {
        "id": fact.id,
        "name": fact.name,
        "takes": _takes(fact),
        "reading": fact.reading,
        "regional": fact.regional,
    }
    if fact.note:
        data["note"] = fact.note
    if fact.records is not None:
        data["also_from"] = f"records.{fact.records.list_}"
    inference = catalogue.inferences.get(name)
    if inference is not None:
        data["inferred"] = {
            "reading": inference.reading,
            "present_if": describe(catalogue, inference.present_when) if inference.present_when is not None else None,
            "absent_if": describe(catalogue, inference.absent_when) if inference.absent_when is not None else None,
            "basis": inference.basis,
        }
    return data


def _criterion_text(data: Row) -> Iterator[Block]:
    yield Block("verdict", f"{data['id']}  {data['title']}")
    yield Block("text", f"{data['citation']}. Treatments: {', '.join(data['treatments'])}. Stance: {data['stance']}.")
    yield Block("heading", "Requirements")
    rows = []
    for requirement in data["requirements"]:
        when = f"Applies if {requirement['when']}. " if requirement["when"] else ""
        marks = f"basis: {requirement['basis']}" + (", to be verified" if requirement["to_verify"] else "")
        marks += ", a reviewer's reading" if requirement["reviewer_reading"] else ""
        short = requirement["id"].partition("/")[2]
        rows.append(
            (requirement["kind"], f"{short}: {requirement['claim']}", f"{when}Met if {requirement['met_if']}.", marks)
        )
    yield Block("table", columns=("Kind", "Requirement", "Condition", "Basis"), rows=tuple(rows))
    yield Block("heading", "What a case may record for it")
    yield Block("text", ", ".join(key for key in data["reads"] if "@" not in key and not key.startswith("records:")))


def _treatment_text(data: Row) -> Iterator[Block]:
    yield Block("verdict", f"{data['id']}  {data['name']}")
    if data.get("attributes"):
        yield Block("text", f"Attributes of a request: {', '.join(data['attributes'])}.")
    if not data["criteria"]:
        yield Block("text", "No criterion for a request of it is encoded.")
    for criterion in data["criteria"]:
        yield from _criterion_text(criterion)


def _fact_text(data: Row) -> Iterator[Block]:
    yield Block("verdict", f"{data['id']}  {data['name']}")
    yield Block(
        "text", f"Takes: {data['takes']}. Reading: {data['reading']}. Of the request's region only: {data['regional']}."
    )
    for key, word in (("note", "Note"), ("also_from", "Also read from")):
        if key in data:
            yield Block("text", f"{word}: {data[key]}.")
    if "inferred" in data:
        inferred = data["inferred"]
        yield Block("heading", f"Inferred ({inferred['basis']})")
        yield Block("text", inferred["reading"])
        for key in ("present_if", "absent_if"):
            if inferred[key]:
                yield Block("list", items=(f"{key.replace('_', ' ')} {inferred[key]}",))


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(rows: list[dict[str, str]]) -> None:
    """A table on a terminal, tab-separated lines (with a head) in a pipe."""
    columns = list(rows[0])
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in rows:
            print("\t".join(row.values()))
        return
    from imr_views.terminal import table  # noqa: PLC0415 (rich, for terminals only)

    table(columns, [list(row.values()) for row in rows])
