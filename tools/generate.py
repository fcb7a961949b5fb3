"""Writes every generated file, or with --check says which are stale (exit code 1).

    python tools/generate.py [--check]

docs/schema/case.schema.json             JSON Schema of a case
docs/schema/criterion.schema.json        JSON Schema of criterion.yaml
docs/schema/inference.schema.json        JSON Schema of inference.yaml
docs/schema/letter.schema.json           JSON Schema of a letter, read
docs/criteria.md                         what is encoded, on what evidence
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from imr_criteria import Catalogue
from imr_criteria.files import ROOT
from imr_criteria.folder import load_catalogue
from imr_criteria.form import WrittenCriterion, WrittenInference
from imr_criteria.model import Criterion
from imr_engine.answer.words import cite, describe, in_force, pages_text
from imr_engine.cases.schema import case_schema
from imr_letters.model import Letter

TOP = Path(__file__).parent.parent


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it has to have."""
    catalogue = load_catalogue(ROOT)
    schemas = TOP / "docs" / "schema"
    yield schemas / "case.schema.json", _json(case_schema(catalogue))
    yield schemas / "criterion.schema.json", _json(TypeAdapter(WrittenCriterion).json_schema())
    yield schemas / "inference.schema.json", _json(TypeAdapter(WrittenInference).json_schema())
    yield schemas / "letter.schema.json", _json(Letter.model_json_schema(by_alias=True))
    yield TOP / "docs" / "criteria.md", _page(catalogue)


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _page(catalogue: Catalogue) -> str:
    lines = [
        "# What is encoded",
        "",
        "Generated from the criteria by `make generate`. *Basis* says how well a requirement is evidenced: `letter`",
        "(a reviewer restates it), `secondary` (a public page restates it), `proxy` (seen for a later edition),",
        "`recalled` (known, not checked against the text). Proxy and recalled ones are to be verified.",
        "",
        "| criterion | guideline | in force | stance | required | exclusions | advice | to verify |",
        "|---|---|---|---|--:|--:|--:|--:|",
    ]
    for criterion in catalogue.criteria.values():
        kinds = Counter(r.kind for r in criterion.requirements)
        weak = sum(r.basis in {"proxy", "recalled"} for r in criterion.requirements)
        lines.append(
            f"| [{criterion.id}](#{criterion.id}) | {catalogue.guidelines[criterion.guideline].short} "
            f"| {in_force(catalogue, criterion.guideline)} | {criterion.stance} "
            f"| {kinds['required']} | {kinds['exclusion']} | {kinds['advice']} | {weak} |"
        )
    for criterion in catalogue.criteria.values():
        lines += _criterion(catalogue, criterion)
    lines += [
        "",
        "## Inferences",
        "",
        "| finding | reading | present if | absent if | basis |",
        "|---|---|---|---|---|",
    ]
    for inference in catalogue.inferences.values():
        sides = [inference.present_when, inference.absent_when]
        said = " | ".join(describe(catalogue, side) if side is not None else "stated" for side in sides)
        lines.append(f"| {inference.finding} | {inference.reading} | {said} | {inference.basis} |")
    return "\n".join(lines) + "\n"


def _criterion(catalogue: Catalogue, criterion: Criterion) -> Iterator[str]:
    yield from ("", f"## {criterion.id}", "", f"{criterion.title}. {cite(catalogue, criterion.citation)}.", "")
    yield from ("| requirement | kind | claim | met if | citation | basis |", "|---|---|---|---|---|---|")
    for requirement in criterion.requirements:
        when = f"applies if {describe(catalogue, requirement.when)}; " if requirement.when is not None else ""
        met = describe(catalogue, requirement.condition) or "never"
        citation = requirement.citation
        marks = requirement.basis + (", a reviewer's reading" if requirement.reviewer_reading else "")
        cells = (
            requirement.id,
            requirement.kind,
            requirement.claim,
            when + met,
            citation.section + pages_text(citation.pages),
            marks,
        )
        yield f"| {' | '.join(cells)} |"


def main() -> int:
    """Writes or checks; the exit code."""
    check = sys.argv[1:] == ["--check"]
    stale = []
    for path, text in files():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current != text:
            stale.append(path.relative_to(TOP))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
