"""Blocks built from results, criteria and facts, and what the package must not import."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, get_args

import pytest

import imr_views
from imr_criteria import Catalogue
from imr_engine.answer.result import Outcome, Result
from imr_engine.answer.words import WOULD
from imr_engine.cases.intake import check_case
from imr_engine.cases.model import Verdict
from imr_engine.evaluate import Engine
from imr_engine.rules.standing import Status
from imr_letters.model import Decision
from imr_views import letter, result
from imr_views.blocks import Block, Column, Heading, Paragraph, Row, Table, Title
from imr_views.criterion import (
    criterion_blocks,
    criterion_data,
    fact_blocks,
    fact_data,
    treatment_blocks,
    treatment_data,
)
from imr_views.result import Tally, advice_blocks, request_blocks, result_blocks, summary_blocks
from imr_views.vocabulary import Listed, list_data, list_table
from tests.engine.strategies import favourable
from tests.engine.support import checked as answered

PACKAGE = Path(imr_views.__file__).parent


@pytest.fixture
def checked(engine: Engine, complete: dict[str, Any]) -> Result:
    """The result of the complete case."""
    return engine.check(check_case(complete, engine.catalogue), include=["sentences"])


def test_every_verdict_status_and_decision_has_a_tone_and_words() -> None:
    assert set(result._VERDICT_TONES) == set(WOULD) == set(get_args(Verdict))
    assert set(result._TONES) == set(result._COUNTED) == set(get_args(Outcome)) == {*get_args(Status), "in-conflict"}
    assert set(letter._TONES) == set(get_args(Decision))


def test_a_table_refuses_a_row_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="one cell for each column"):
        Table((Column("a"), Column("b")), (Row(("x",)),))


def test_a_request_begins_with_its_verdict(checked: Result, catalogue: Catalogue) -> None:
    blocks = list(request_blocks(checked, checked["requests"][0], catalogue))
    assert blocks[0] == Title("APPROVE", "complete, request 1", "good")
    assert any(isinstance(block, Table) and len(block.rows) == 17 for block in blocks)
    assert Heading("Rationale") not in blocks
    assert Heading("Rationale") in list(result_blocks(checked, catalogue, rationale=True))


def test_an_advice_has_no_status(catalogue: Catalogue) -> None:
    """ "Non-sedating agents are preferred. [not documented]" says of the guideline what is missing of the patient."""
    case = favourable("cyclobenzaprine")
    case["facts"] = {**case["facts"], "nsaid-taken": "present"}
    answer = answered(case)
    (table,) = (block for block in request_blocks(answer, answer["requests"][0], catalogue) if isinstance(block, Table))
    advice = {str(row.cells[1]): row.cells[0] for row in table.rows if row.cells[0] in {"advice", "to consider"}}
    assert advice["There is no added benefit in combining it with an NSAID."] == "to consider"
    assert advice["Non-sedating agents are preferred."] == "to consider"
    assert advice["The usual dose is 5 mg, up to 10 mg, three times a day. [not checked against the text]"] == "advice"


def test_no_ids_or_codes_are_shown(catalogue: Catalogue) -> None:
    """Ids of requirements and studies, reasons and the bases of requirements are codes for programs."""
    case = favourable("trigger-point-injection")
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name != "radiculopathy"}
    study = {"study": "emg-ncs", "date": "2013-05-05", "findings": {"radiculopathy": "present"}}
    case["records"] = {"studies": [study, {"study": "x-ray", "findings": {"stenosis": "present"}}]}
    twitch = {"requirement": "cp09-trigger-point-injection/twitch-response", "status": "undocumented"}
    case["requests"][0]["label"] = {"verdict": "deny", "reasons": [twitch]}
    case["requests"].append({"id": "2", "treatment": "carisoprodol", "date": "2013-11-14"})
    shown = str(list(result_blocks(answered(case), catalogue, rationale=True)))
    assert "(missed: palpation of the trigger point evokes a local twitch response)" in shown
    assert "present (EMG and nerve conduction studies, entry 1 of the studies recorded, 2013-05-05)" in shown
    assert "X-ray" in shown
    assert "No criterion decides this request; this is not a denial." in shown
    for code in ("twitch-response", "cp09-", "not-encoded", "emg ncs", "x ray", "recalled", "proxy"):
        assert code not in shown


def test_a_run_is_summarized_by_its_counts(checked: Result) -> None:
    tally = Tally()
    checked["engine"].pop("because", "")
    for _ in range(3):
        tally.add(checked)
    assert list(summary_blocks(tally, 0)) == [Paragraph("3 cases, 3 requests: 3 approve.", "quiet")]
    assert list(summary_blocks(tally, 2)) == [
        Paragraph("3 cases, 3 requests: 3 approve; 2 problems, see the messages.", "quiet")
    ]
    assert list(advice_blocks(tally)) == [Paragraph(checked["advice"], "quiet")]
    single = Tally()
    single.add(checked)
    assert list(summary_blocks(single, 1)) == [
        Paragraph("1 case, 1 request: 1 approve; 1 problem, see the messages.", "quiet")
    ]


def test_a_run_ends_by_saying_that_the_rule_engine_is_missing(checked: Result) -> None:
    checked["engine"] |= {"name": "plain", "because": "durable_rules is not installed"}
    tally = Tally()
    tally.add(checked)
    tally.add(checked)
    said = Paragraph("Evaluated by the plain evaluator: durable_rules is not installed.", "quiet")
    assert list(advice_blocks(tally)) == [said, Paragraph(checked["advice"], "quiet")]


def test_everything_in_the_catalogue_can_be_shown(catalogue: Catalogue) -> None:
    shown: list[Block] = []
    for criterion in catalogue.criteria.values():
        shown += criterion_blocks(criterion_data(catalogue, criterion))
    for name in catalogue.treatments:
        shown += treatment_blocks(treatment_data(catalogue, name))
    for name in catalogue.facts:
        shown += fact_blocks(fact_data(catalogue, name))
    shown += [list_table(list_data(catalogue, what)) for what in get_args(Listed)]
    assert sum(isinstance(block, Title) for block in shown) > 100


def test_only_the_terminal_imports_rich_and_no_view_loads_a_catalogue() -> None:
    for path in PACKAGE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert path.name == "terminal.py" or not any(module.startswith("rich") for module in modules), path
        assert "default_catalogue" not in names, path
        assert not any(module.startswith("pydantic") for module in modules), path
