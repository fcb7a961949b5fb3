"""Many requests over long records: what a request says of them is bounded, and the work grows with either, not more."""

from __future__ import annotations

import json
from typing import Any

from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine
from tests.engine.test_bad_cases import calls


def long(entries: int, requests: int = 1) -> dict[str, Any]:
    """A case with as many entries in each list; most are of nothing that a rule about injections reads."""
    return {
        "schema": "imr-check/case/1",
        "case_id": "long",
        "facts": {"muscle-spasm": "present"},
        "records": {
            "treatments": [
                {"treatment": "gym-membership", "date": "2013-01-01", "outcome": ("failed", "helped")[n % 2]}
                for n in range(entries)
            ],
            "medications": [
                {"drug": ("naproxen", "ibuprofen")[n % 2], "outcome": ("failed", "helped")[n % 2]}
                for n in range(entries)
            ],
            "studies": [{"study": "mri", "date": "2013-01-01", "findings": {"stenosis": "present"}}] * entries,
        },
        "requests": [
            {"id": str(n), "treatment": "trigger-point-injection", "date": "2014-01-30", "region": "neck"}
            for n in range(requests)
        ],
    }


def test_the_first_twenty_of_what_no_rule_reads_are_listed_and_the_others_counted(engine: Engine) -> None:
    (request,) = engine.check(check_case(long(30), engine.catalogue))["requests"]
    assert [one["path"] for one in request["unread"]] == [
        "facts.muscle-spasm",
        *(f"records.treatments[{n}]" for n in range(19)),
        "records",
    ]
    assert request["unread"][-1]["text"] == "11 more in the records"
    assert "; 11 more in the records." in request["rationale"]


def test_an_answer_is_no_longer_for_longer_records(engine: Engine) -> None:
    few, many = (len(json.dumps(engine.check(check_case(long(n), engine.catalogue)))) for n in (200, 2000))
    assert many < few + 1000


def test_work_grows_with_the_records_and_with_the_requests(engine: Engine) -> None:
    def work(entries: int, requests: int) -> int:
        case = check_case(long(entries, requests), engine.catalogue)
        engine.check(case)
        return calls(lambda: engine.check(case))

    assert work(900, 1) < 10 * work(90, 1)
    assert work(90, 30) < 10 * work(90, 3)
