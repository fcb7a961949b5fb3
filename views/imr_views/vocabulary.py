"""Lists of the criteria and of the vocabulary, as rows (for JSON) and as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypedDict

from imr_criteria import Catalogue
from imr_criteria.model import TO_VERIFY
from imr_engine.answer.words import in_force
from imr_views.blocks import Column, Row, Table
from imr_views.criterion import takes

Listed = Literal["criteria", "facts", "treatments", "attributes", "regions", "guidelines", "records"]
RowData = dict[str, Any]


class _Lists(TypedDict):
    """One list for each choice: mypy refuses a table that lacks one."""

    criteria: Callable[[Catalogue], list[RowData]]
    facts: Callable[[Catalogue], list[RowData]]
    treatments: Callable[[Catalogue], list[RowData]]
    attributes: Callable[[Catalogue], list[RowData]]
    regions: Callable[[Catalogue], list[RowData]]
    guidelines: Callable[[Catalogue], list[RowData]]
    records: Callable[[Catalogue], list[RowData]]


def list_data(catalogue: Catalogue, what: Listed) -> list[RowData]:
    """The rows of a list, all with the same keys."""
    return _LISTS[what](catalogue)


def list_table(rows: list[RowData]) -> Table:
    """Rows as a table, ids first."""
    first, *others = rows[0]
    columns = (Column(first, "main", wraps=False), *map(Column, others))
    return Table(columns, tuple(Row(tuple(map(_cell, row.values()))) for row in rows))


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _criteria(catalogue: Catalogue) -> list[RowData]:
    return [
        {
            "id": criterion.id,
            "guideline": criterion.guideline,
            "title": criterion.title,
            "treatments": list(criterion.treatments),
            "in_force": in_force(catalogue, criterion.guideline),
            "stance": criterion.stance,
            "requirements": len(criterion.requirements),
            "to_verify": sum(requirement.basis in TO_VERIFY for requirement in criterion.requirements),
        }
        for criterion in catalogue.criteria.values()
    ]


def _facts(catalogue: Catalogue) -> list[RowData]:
    return [{"id": f.id, "takes": takes(f), "reading": f.reading, "name": f.name} for f in catalogue.facts.values()]


def _treatments(catalogue: Catalogue) -> list[RowData]:
    return [
        {"id": t.id, "class": t.class_ or "", "brands": list(t.brands), "attributes": list(t.attributes)}
        for t in catalogue.treatments.values()
    ]


def _attributes(catalogue: Catalogue) -> list[RowData]:
    return [{"id": a.id, "takes": takes(a), "name": a.name} for a in catalogue.attributes.values()]


def _regions(catalogue: Catalogue) -> list[RowData]:
    return [{"id": r.id, "covers": r.covers} for r in catalogue.regions.values()]


def _guidelines(catalogue: Catalogue) -> list[RowData]:
    return [
        {"id": g.id, "in_force": in_force(catalogue, g.id), "source": g.source, "title": g.title}
        for g in catalogue.guidelines.values()
    ]


def _records(catalogue: Catalogue) -> list[RowData]:
    return [
        {"id": "studies", "takes": list(catalogue.studies)},
        {"id": "findings", "takes": list(catalogue.study_findings)},
        {"id": "outcomes", "takes": list(catalogue.outcomes)},
        {"id": "units", "takes": list(catalogue.units)},
    ]


_LISTS: _Lists = {
    "criteria": _criteria,
    "facts": _facts,
    "treatments": _treatments,
    "attributes": _attributes,
    "regions": _regions,
    "guidelines": _guidelines,
    "records": _records,
}
