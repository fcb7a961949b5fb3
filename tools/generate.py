"""Writes every generated file and removes orphans; with --check, only reports stale files and orphans (exit code 1).

    python tools/generate.py [--check]

docs/schema/case.schema.json                JSON Schema of a case
docs/schema/criterion.schema.json           JSON Schema of criterion.yaml
docs/schema/inference.schema.json           JSON Schema of inference.yaml
docs/schema/letter.schema.json              JSON Schema of a letter as read
docs/criteria/                              an index, a page per criterion, the inferences and the sources
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from imr_criteria import Catalogue
from imr_criteria.files import ROOT
from imr_criteria.folder import load_catalogue
from imr_criteria.form import WrittenCriterion, WrittenInference
from imr_engine.cases.schema import case_schema
from imr_letters.model import Letter
from imr_views.markdown import markdown
from imr_views.pages import criterion_page, index_page, inferences_page, sources_page

TOP = Path(__file__).parent.parent
PAGES = TOP / "docs" / "criteria"


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file with its expected content."""
    catalogue = load_catalogue(ROOT)
    schemas = TOP / "docs" / "schema"
    yield schemas / "case.schema.json", _json(case_schema(catalogue))
    yield schemas / "criterion.schema.json", _json(TypeAdapter(WrittenCriterion).json_schema())
    yield schemas / "inference.schema.json", _json(TypeAdapter(WrittenInference).json_schema())
    yield schemas / "letter.schema.json", _json(Letter.model_json_schema(by_alias=True))
    for name, text in pages(catalogue):
        yield PAGES / name, text


def pages(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """The files of docs/criteria/, by name."""
    made = {
        "README.md": index_page(catalogue),
        "inferences.md": inferences_page(catalogue),
        "sources.md": sources_page(catalogue),
    }
    made.update({f"{c.id}.md": criterion_page(catalogue, c) for c in catalogue.criteria.values()})
    for name, blocks in made.items():
        yield name, "".join(markdown(blocks, level=1))


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the files, and returns the exit code."""
    check = arguments == ["--check"]
    wanted = dict(files())
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = sorted(set(PAGES.glob("*")) - set(wanted))
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(TOP)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
    for path in orphans:
        print(f"{'orphaned' if check else 'removed'}: {path.relative_to(TOP)}")
        if not check:
            path.unlink()
    return 1 if check and (stale or orphans) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
