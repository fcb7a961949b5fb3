"""`imr-check criteria list|show|lint`: what the program knows, for authors of cases and criteria."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from imr_cli.options import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, Form, Listed
from imr_cli.output import line_text, show_json, show_table
from imr_cli.output import show as show_blocks
from imr_cli.streams import say
from imr_criteria import Catalogue, CatalogueError, default_catalogue
from imr_criteria.compiled import altered
from imr_criteria.files import ROOT
from imr_criteria.folder import load_catalogue
from imr_criteria.lint import lint as problems_of
from imr_criteria.problems import Problem, nearest
from imr_views.criterion import (
    criterion_blocks,
    criterion_data,
    fact_blocks,
    fact_data,
    treatment_blocks,
    treatment_data,
)
from imr_views.vocabulary import list_data, list_table


def list_(what: Listed, form: Form) -> int:
    """Prints the criteria, or one part of the vocabulary."""
    rows = list_data(default_catalogue(), what)
    if form == "json":
        show_json(rows)
    else:
        show_table(list_table(rows))
    return EXIT_OK


def show(name: str, form: Form) -> int:
    """Prints a criterion, a treatment with its criteria, or a fact."""
    catalogue = default_catalogue()
    if name in catalogue.criteria:
        criterion = criterion_data(catalogue, catalogue.criteria[name])
        show_json(criterion) if form == "json" else show_blocks(criterion_blocks(criterion))
        return EXIT_OK
    if name in catalogue.treatments:
        treatment = treatment_data(catalogue, name)
        show_json(treatment) if form == "json" else show_blocks(treatment_blocks(treatment))
        return EXIT_OK
    if name in catalogue.facts:
        fact = fact_data(catalogue, name)
        show_json(fact) if form == "json" else show_blocks(fact_blocks(fact))
        return EXIT_OK
    known = [*catalogue.criteria, *catalogue.treatments, *catalogue.facts]
    say([Problem("", "no criterion, treatment or fact has this name", nearest(name, known, catalogue.brands))])
    return EXIT_ERROR


def lint(folder: str | None) -> int:
    """Validates criteria files (by default, the ones that ship) and reports every problem with file and line."""
    if folder is not None and (wrong := _no_criteria(folder)):
        say([Problem("", wrong, file=folder)])
        return EXIT_ERROR
    root = Path(folder) if folder is not None else ROOT if ROOT.is_dir() else None
    try:
        catalogue = load_catalogue(root) if root is not None else default_catalogue()
        problems = problems_of(catalogue) + (altered(default_catalogue()) if folder is None else [])
    except CatalogueError as error:
        problems = error.problems
    problems = problems or list(_compiled(catalogue))
    say(problems)
    if problems:
        return EXIT_FAILED_ON
    requirements = sum(len(c.requirements) for c in catalogue.criteria.values())
    line = (
        f"{len(catalogue.criteria)} criteria with {requirements} requirements, {len(catalogue.inferences)} inferences, "
        f"{len(catalogue.facts)} facts: no problems found. Digest {catalogue.digest[:12]}."
    )
    sys.stdout.write(line_text(line))
    return EXIT_OK


def _no_criteria(folder: str) -> str | None:
    """Why this is not a folder of criteria, if so."""
    if not folder:
        return "a file name is empty"
    try:
        os.stat(folder)  # noqa: PTH116 (a Path("") would be the current folder)
        os.stat(os.path.join(folder, "vocabulary"))  # noqa: PTH116, PTH118
    except (FileNotFoundError, NotADirectoryError):
        return "is not a folder of criteria (it has no vocabulary/)"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def _compiled(catalogue: Catalogue) -> Iterator[Problem]:
    """Criteria that cannot be compiled: too many paths to a conclusion, or too large for the rule engine."""
    from imr_engine.evaluate import Engine  # noqa: PLC0415

    engine = Engine(catalogue)
    for criterion in catalogue.criteria.values():
        try:
            engine.evaluator(criterion.id)
        except (ValueError, RuntimeError) as error:
            yield Problem("$.requirements", str(error), file=catalogue.pieces[f"criterion {criterion.id}"].file)
