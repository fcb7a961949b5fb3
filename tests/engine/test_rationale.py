"""The rationale is true: a sentence that cites a fact says what the case says of it, and numbers what it lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_engine.answer.facts import limits_of
from imr_engine.answer.result import RequestResult
from imr_engine.rules.keys import Input
from imr_views.result import request_blocks
from imr_views.text import text as as_text
from tests.engine.remedied import DENIALS
from tests.engine.strategies import ENCODED, FAVOURABLE, STEADY, Case, favourable, observations, records
from tests.engine.support import CATALOGUE, PLAIN, a_case, checked

TOLD = re.compile(
    r"(?P<state>present|absent|not documented|not described since|elsewhere not described|left open)"
    r"(?P<inferred>, inferred)?(?: \((?P<places>(?:[^()]|\([^()]*\))*)\))?"
)
SILENT = {"not documented", "not described since", "elsewhere not described", "left open"}


def stated(case: Case, request: Case, name: str) -> Iterator[tuple[str, str]]:
    """What the case and the request state of a fact, and where, as a sentence gives the place."""
    for facts in (request.get("facts", {}), case["facts"]):
        written = facts.get(name, [])
        for one in written if isinstance(written, list) else [written]:
            seen = one if isinstance(one, dict) else {"state": one}
            evidence = seen.get("evidence", {})
            document = f'"{evidence["document"]}" ({evidence["section"]})' if "document" in evidence else None
            page = f"p.{evidence['page']}" if "page" in evidence else None
            yield seen.get("state", ""), ", ".join(filter(None, (document, seen.get("date"), page)))


def recorded(case: Case, name: str) -> Iterator[tuple[str, str]]:
    """What each entry of the records could say of a fact, and where, whichever of them count."""
    for rule in CATALOGUE.facts[name].records:
        for number, entry in enumerate(case["records"].get(rule.list_, ())):
            thing = entry.get("treatment") or entry.get("drug") or entry["study"]
            about = f"{CATALOGUE.name_of_record(thing)}, entry {number + 1}"
            value = entry.get(rule.state.field or "", "done" if rule.state.field == "status" else None)
            state = rule.state.given or ("present" if value in rule.state.present else None)
            state = state or ("absent" if value in rule.state.absent else None)
            if rule.state.finding is not None:
                state = entry.get("findings", {}).get(rule.state.finding)
            # A class may not be the drug that is meant, and with another finding a study is not negative.
            others = entry.get("findings", {}).values()
            if state is None or "present" in others or CATALOGUE.members([thing]) != {thing}:
                yield "undocumented", about
            # Whether a drug is taken is read from its days, too.
            taken = {"current": "present", "stopped": "absent"}.get(str(value))
            yield state or taken or "undocumented", about


def told(sentence: str, name: str) -> Iterator[tuple[str, str | None]]:
    """Each state of a fact that a sentence tells, with its places; one that is inferred needs none."""
    for start in re.finditer(rf"(?:: |; ){re.escape(name)}: (?:in conflict, )?", sentence):
        at = start.end()
        while found := TOLD.match(sentence, at):
            yield ("inferred" if found["inferred"] else found["state"]), found["places"]
            joint = re.compile(", | against ").match(sentence, found.end())
            at = joint.end() if joint else len(sentence)


def agrees(case: Case, answer: RequestResult) -> Iterator[str]:
    """Checks each state of a fact that a sentence tells. Yields what it told; raises AssertionError."""
    request = next(r for r in case["requests"] if r["id"] == answer["id"])
    for sentence in answer["rationale_sentences"]:
        for name in (source for source in sentence["sources"] if source in CATALOGUE.facts):
            if CATALOGUE.facts[name].type != "state":
                continue
            entries = list(recorded(case, name))
            known = [*stated(case, request, name), *entries]
            for said, places in told(sentence["text"], CATALOGUE.facts[name].name):
                yield said
                state = "undocumented" if said in SILENT else said
                if said == "inferred":
                    continue
                if places is None and said == "not documented":
                    assert "; what does not count: " in sentence["text"], sentence
                    continue
                assert any(state == one for one, _ in known), (sentence, known)
                for place in places.split("; ") if places else ():
                    assert any(
                        state == one and (place == where or (entry and place.startswith(where)))
                        for one, where in known
                        for entry in [(one, where) in entries]
                    ), (said, place, sentence, known)


@st.composite
def doubtful(draw: st.DrawFn) -> Case:
    """A case in which little is missing, with facts and entries of which something is left open."""
    case = favourable(draw(st.sampled_from(ENCODED)))
    names = sorted(name for name in FAVOURABLE if CATALOGUE.facts[name].type == "state")
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        seen = draw(st.lists(observations(CATALOGUE.facts[name]), min_size=1, max_size=3))
        case["facts"] = {**case["facts"], name: seen}
    left_out = draw(st.lists(st.sampled_from(names), max_size=3))
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name not in left_out}
    return {**case, "records": draw(records(CATALOGUE))}


def test_a_sentence_says_what_the_case_says() -> None:
    seen: Counter[str] = Counter()

    @given(DENIALS | doubtful())
    @settings(STEADY, max_examples=600)
    def look(case: Case) -> None:
        for answer in checked({"records": {}, **case})["requests"]:
            seen.update(agrees({"records": {}, **case}, answer))

    look()
    assert min(seen[state] for state in ("present", "absent", "not documented", "inferred")) > 5, seen


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            [("present", "2013-01-01", "January"), ("undocumented", "2013-10-01", "October")],
            'present ("January", 2013-01-01), not described since ("October", 2013-10-01).',
        ),
        (
            [("absent", "2013-10-01", "A"), ("undocumented", None, "B")],
            'absent ("A", 2013-10-01), elsewhere not described ("B").',
        ),
        (
            [("present", None, "A"), ("undocumented", "2013-10-01", "B")],
            'present ("A"), elsewhere not described ("B", 2013-10-01).',
        ),
    ],
)
def test_a_doubt_names_what_was_found(seen: list[tuple[str, str | None, str]], said: str) -> None:
    """What was found and is left open is not told as missing."""
    case = favourable("trigger-point-injection")
    found = [
        {"state": state, "evidence": {"document": document}} | ({"date": date} if date else {})
        for state, date, document in seen
    ]
    case["facts"] = {**case["facts"], "active-therapy": found}
    assert f"active therapy in progress: {said}" in checked(case)["requests"][0]["rationale"]


def test_a_number_in_doubt_is_shown() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {
        **case["facts"],
        "pain-relief-percent": [{"value": 60, "date": "2013-10-01"}, {"state": "undocumented"}],
        "last-treatment-date": [{"value": "2013-06-01", "date": "2013-10-01"}, {"state": "undocumented"}],
    }
    text = checked(case)["requests"][0]["rationale"]
    assert "pain relief after the last treatment of the same kind: 60 % (2013-10-01), elsewhere not described;" in text
    assert "2013-06-01 (date of the last treatment of the same kind, 2013-10-01)" in text


def test_an_entry_without_a_result_is_not_one_that_shows_nothing() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name != "radiculopathy"}
    case["records"] = {
        "studies": [
            {"study": "mri", "date": "2013-05-05", "findings": {"nerve-root-compromise": "absent"}},
            {"study": "ct", "date": "2013-06-05"},
        ]
    }
    text = checked(case)["requests"][0]["rationale"]
    assert re.search(r"nerve root compromise on imaging: absent \(.*2013-05-05\), left open \(.*2013-06-05\)", text)


def test_no_side_of_long_evidence_is_left_out() -> None:
    case = favourable("trigger-point-injection")
    day = [{"state": "present", "date": f"2012-01-{n:02}"} for n in range(1, 29)]
    case["facts"] = {**case["facts"], "radicular-pain": [*day, {"state": "undocumented", "date": "2013-10-01"}]}
    text = checked(case)["requests"][0]["rationale"]
    assert "2012-01-05; and 14 more), not described since (2013-10-01), with 9 more." in text


@given(DENIALS)
@settings(STEADY, max_examples=150)
def test_every_value_is_shown_on_its_side_of_each_limit(case: Case) -> None:
    for answer in checked(case)["requests"]:
        for requirement in answer["requirements"]:
            limits = limits_of(PLAIN.program(requirement["id"].partition("/")[0]))
            for fact in requirement["facts"]:
                if isinstance(value := fact["value"], int | float):
                    key = Input.parse(fact["fact"] if ":" in fact["fact"] else f"fact:{fact['fact']}")
                    if fact["text"] == "less than 1 month":
                        assert not any(0 < limit < 1 for limit in limits.get(key, ()))
                        continue
                    shown = Decimal(fact["text"].partition(" ")[0])
                    for limit in limits.get(key, ()):
                        assert (shown > limit, shown < limit) == (value > limit, value < limit), (fact, limit)


@given(DENIALS)
@settings(STEADY, max_examples=150)
def test_every_number_is_that_of_the_requirement_listed(case: Case) -> None:
    """ "Requirement 7" is the seventh of those that the sentences on the guidelines list, over all of them."""
    for answer in checked(case)["requests"]:
        text = answer["rationale"]
        listed = [int(n) for n in re.findall(r"[;:] \((\d+)\) ", text)]
        assert listed == list(range(1, len(listed) + 1))
        told = [int(n) for n in re.findall(r"^Requirement (\d+) ", text, re.MULTILINE)]
        assert sorted(told) == listed
        for requirement in answer["requirements"]:
            if requirement["kind"] != "advice" and requirement["status"] == "met" and listed:
                assert requirement["claim"][1:] in text


@pytest.mark.parametrize("form", [{}, {"injections-per-session": 1}])
def test_an_attribute_is_told_with_its_unit_and_a_region_by_its_name(form: Case) -> None:
    case = a_case(region="low-back", attributes={"injectate": "glucose", **form})
    text = checked(case)["requests"][0]["rationale"]
    assert "for the low back" in text
    assert "substance injected: glucose or dextrose" in text
    assert ("per session: 1 injection." in text) == bool(form)
    assert not re.search(r"low-back|local-anesthetic|\b1 injections\b", text)


def test_a_guideline_that_recommends_nothing_is_its_own_sentence() -> None:
    """No record contradicts that a guideline does not recommend a treatment."""
    request = checked(a_case(region="low-back"), guideline="acoem-2004-ch-12")["requests"][0]
    sentences = request["rationale"].splitlines()
    assert sentences[-2].startswith("The guideline does not recommend the treatment, and lists no exception. [Low back")
    assert "record" not in request["rationale"]
    assert sentences[-1] == "1 requirement is unmet; as it stands, deny."


@pytest.mark.parametrize(
    ("entry", "as_of", "said"),
    [
        ({"from": "2013-11-10", "to": "2014-01-10"}, None, "since 2013-11-10"),
        ({"from": "2013-11-10", "status": "current"}, None, "since 2013-11-10"),
        ({"from": "2013-11-10"}, "2013-12-01", "since 2013-11-10"),
        ({"date": "2013-11-10", "status": "current"}, None, "2013-11-10"),
        ({"status": "current"}, None, ""),
    ],
)
def test_what_runs_is_dated_by_when_it_began(entry: Case, as_of: str | None, said: str) -> None:
    """A drug that is taken in November was told with the day in January on which it will end."""
    case = favourable("cyclobenzaprine") | {"records": {"medications": [{"drug": "methocarbamol", **entry}]}}
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name != "other-muscle-relaxant"}
    text = checked(case | ({"as_of": as_of} if as_of else {}))["requests"][0]["rationale"]
    place = ", ".join(filter(None, ("methocarbamol, entry 1 of the medications recorded", said)))
    assert f"another muscle relaxant is taken: present ({place})." in text


@pytest.mark.parametrize(
    ("as_of", "why"), [(None, "not before the request"), ("2013-11-20", "later than the date of the file")]
)
def test_a_file_without_a_date_is_not_said_to_have_one(as_of: str | None, why: str) -> None:
    entry = {"drug": "methocarbamol", "from": "2013-12-01", "status": "current"}
    case = favourable("cyclobenzaprine") | {"records": {"medications": [entry]}}
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name != "other-muscle-relaxant"}
    text = checked(case | ({"as_of": as_of} if as_of else {}))["requests"][0]["rationale"]
    assert f"2013-12-01), {why}." in text
    assert ("date of the file" in text) == bool(as_of)


GONE = {"fibromyalgia", "last-treatment-date", "pain-relief-percent", "pain-relief-weeks", "medication-use-reduced"}


def test_an_approval_says_what_does_not_apply_and_what_is_assumed() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {name: value for name, value in case["facts"].items() if name not in GONE}
    case["facts"] |= {"prior-treatment": "absent", "prior-treatment-count": 0}
    text = checked(case)["requests"][0]["rationale"].splitlines()
    assert text[-1] == (
        "Every requirement that applies is met, or assumed to be where nobody recorded otherwise; "
        "the request agrees with the guideline."
    )
    assert "Requirement 11 (at least two months have passed since the last injection) does not apply." in text


def test_what_is_recorded_of_another_region_is_not_said_to_be_recorded_nowhere() -> None:
    case = favourable("trigger-point-injection")
    left = {"radicular-pain": {"state": "present", "region": "neck"}}
    case["facts"] = {name: seen for name, seen in case["facts"].items() if name != "fibromyalgia"} | left
    result = checked(case)
    request = result["requests"][0]
    assert request["verdict"] == "approve"
    last = request["rationale"].splitlines()[-1]
    assert last.startswith("Every requirement is met, or assumed to be where nothing that counts says otherwise;")
    shown = "".join(as_text(request_blocks(result, request, CATALOGUE)))
    otherwise = "Assumed, because nothing that counts says otherwise\n  - The injections are not for radicular pain."
    assert otherwise in shown
    assert "Assumed, because nobody recorded otherwise\n  - One session" in shown


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"date": "2013-11-14"}, "date of the request, 2013-11-14"),
        ({"utilization_review_date": "2013-11-20"}, "date of the utilization review, 2013-11-20"),
        ({}, "date of the file, 2013-12-01"),
    ],
)
def test_a_date_is_named_after_its_source(given: Case, name: str) -> None:
    case = {**favourable("trigger-point-injection"), "as_of": "2013-12-01"}
    case["requests"] = [{**{k: v for k, v in case["requests"][0].items() if k != "date"}, **given}]
    result = checked(case)
    request = result["requests"][0]
    assert request["rationale"].count(name) > 2
    shown = "\n".join(as_text(request_blocks(result, request, CATALOGUE)))
    assert " ".join(shown.split()).count(name) >= 1
    others = {"date of the request", "date of the utilization review", "date of the file"} - {name.partition(",")[0]}
    assert not any(other in said for other in others for said in (request["rationale"], " ".join(shown.split())))


def test_a_value_beside_its_limit_is_on_its_side() -> None:
    case = favourable("trigger-point-injection")
    case["facts"] = {**case["facts"], "symptom-onset": "2013-08-13", "pain-relief-percent": 50.0001}
    said = checked(case)["requests"][0]["rationale"]
    assert "time since the onset of the symptoms: 3.03 months" in said
    assert "50.0001 %" in said
