"""What no rule reads is said, with what the case says of it; it decides nothing."""

from __future__ import annotations

from typing import Any

from tests.engine.strategies import favourable
from tests.engine.support import a_case, checked


def unread(case: dict[str, Any], number: int = 0) -> dict[str, str]:
    """What no rule reads for a request, by path."""
    return {one["path"]: one["text"] for one in checked(case)["requests"][number]["unread"]}


def test_a_fact_is_named_with_its_state() -> None:
    """ "No rule reads: fibromyalgia" reads as if the patient had it."""
    spasm = [{"state": "undocumented"}, {"state": "present"}]
    seen = {"fibromyalgia": "absent", "pain-relief-percent": 60, "muscle-spasm": spasm}
    case = a_case("cognitive-behavioral-therapy", {**seen, "fear-avoidance-screen": "present"})
    assert unread(case) == {
        "facts.fibromyalgia": "fibromyalgia: absent",
        "facts.muscle-spasm": "muscle spasm on examination: present",
    }
    assert "No rule reads: fibromyalgia: absent; muscle spasm" in checked(case)["requests"][0]["rationale"]


def test_what_nobody_found_written_is_nothing_to_read() -> None:
    assert unread(a_case("cognitive-behavioral-therapy", {"fibromyalgia": "undocumented"})) == {}
    wishes = {"imaging-guidance": "undocumented"}
    assert "request.attributes.imaging-guidance" not in unread(a_case(attributes=wishes))


def test_an_attribute_is_named_with_its_value() -> None:
    case = a_case(attributes={"imaging-guidance": "ultrasound"})
    assert unread(case)["request.attributes.imaging-guidance"] == "imaging guidance: ultrasound"


def test_what_decides_another_request_is_read() -> None:
    """The facts on the injections were told as unread beside a request for a drug, and the other way round."""
    case = favourable("trigger-point-injection")
    case["requests"].append({**favourable("cyclobenzaprine")["requests"][0], "id": "2"})
    case["records"] = {
        "treatments": [{"treatment": "cognitive-behavioral-therapy"}],
        "studies": [{"study": "mri", "findings": {"stenosis": "absent"}}],
    }
    for number in (0, 1):
        paths = unread(case, number)
        assert "records.studies[0]" not in paths
        assert "records.treatments[0]" in paths
        assert not {"facts.twitch-response", "facts.nsaid-failed", "facts.acute-exacerbation"} & set(paths)
    case["requests"].append({"id": "3", "treatment": "cognitive-behavioral-therapy", "date": "2013-11-14"})
    assert "records.treatments[0]" not in unread(case, 0)


def test_a_dependence_that_no_rule_reads_is_said() -> None:
    case = favourable("trigger-point-injection")
    name = case["requests"][0]["id"]
    case["requests"].append({**favourable("cyclobenzaprine")["requests"][0], "id": "2", "depends_on": name})
    assert unread(case, 1)["request.depends_on"] == f'that it depends on request "{name}"'


def test_an_entry_is_told_with_the_days_it_covers() -> None:
    treatments = [
        {"treatment": "stretching", "from": "2013-01-01", "to": "2014-03-01"},
        {"treatment": "stretching", "from": "2013-01-01", "outcome": "failed"},
        {"treatment": "stretching", "date": "2013-01-01"},
    ]
    case = a_case("cognitive-behavioral-therapy") | {"records": {"treatments": treatments}}
    assert list(unread(case).values()) == [
        "stretching, 2013-01-01 to 2014-03-01",
        "stretching, failed, from 2013-01-01",
        "stretching, 2013-01-01",
    ]
