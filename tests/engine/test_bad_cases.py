"""Laws of refusal: every problem stands where it says, and the work on a bad case is bounded."""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imr_criteria import Catalogue
from imr_criteria.problems import MAX_PROBLEMS
from imr_engine.cases import positions, shapes
from imr_engine.cases.intake import CaseError, check_case, read_case, read_json
from imr_engine.cases.lookalikes import as_seen
from imr_engine.cases.positions import Path
from imr_engine.cases.strict_json import MAX_KEYS, parse
from imr_engine.evaluate import Engine
from tests.engine.fuzz_cases import WHOLE, damaged, damaged_data, outcome, problems_of

A_KEY = "(a key)"


@pytest.fixture(scope="module")
def plain(catalogue: Catalogue) -> Engine:
    """The plain evaluator."""
    return Engine(catalogue, "plain")


@pytest.mark.parametrize("part", range(4))
def test_damaged_cases_are_evaluated_or_refused(plain: Engine, part: int) -> None:
    for seed in range(part * 200, part * 200 + 200):
        outcome(damaged(random.Random(seed)), plain)


def written_by_line(data: Any, path: Path = (), depth: int = 0) -> Iterator[tuple[Path, str]]:
    """Lines of JSON, one for each part and each end of one, with the path of the part that begins there."""
    name = f"{json.dumps(path[-1])}: " if path and isinstance(path[-1], str) else ""
    if not isinstance(data, dict | list) or not data:
        yield path, name + json.dumps(data)
        return
    yield path, name + ("{" if isinstance(data, dict) else "[")
    parts = list(data.items()) if isinstance(data, dict) else list(enumerate(data))
    for n, (part, inner) in enumerate(parts):
        lines = list(written_by_line(inner, (*path, part), depth + 1))
        lines[-1] = (lines[-1][0], lines[-1][1] + ("," if n < len(parts) - 1 else ""))
        yield from lines
    yield path, "}" if isinstance(data, dict) else "]"


def fits(path: str, parts: Path) -> bool:
    """Whether a path as shown is that of these parts."""
    shown = re.findall(r"\.(\(a key\)|[^.\[]+)|\[(\d+)\]", path)
    return len(shown) == len(parts) and all(
        key in {part, A_KEY} if isinstance(part, str) else index == str(part)
        for part, (key, index) in zip(parts, shown, strict=True)
    )


def test_every_problem_stands_where_it_says(plain: Engine) -> None:
    """The path is in the file, or names a key that an object of the file lacks; the line is that of either."""
    refused = 0
    for seed in range(600):
        data = damaged_data(random.Random(seed))
        lines = list(written_by_line(data))
        begins = {number: path for number, (path, text) in enumerate(lines, 1) if text.rstrip(",") not in {"}", "]"}}
        for problem in problems_of("\n".join(text for _, text in lines).encode("utf-8", "surrogatepass"), plain):
            if not problem.path:
                continue
            refused += 1
            assert problem.line is not None
            parts = begins[problem.line]
            missing = problem.path.rpartition(".")[0] if "is required" in problem.message else None
            assert fits(problem.path if missing is None else missing, parts), (seed, str(problem), parts)
    assert refused > 1000


REQUEST = WHOLE["requests"][0]
LABEL = {"verdict": "deny"}
# what is many: the case that has n of it
MANY: dict[str, Callable[[int], dict[str, Any]]] = {
    "observations with an unknown key": lambda n: {"facts": {"twitch-response": [{"stat": "present"}] * n}},
    "observations that are none": lambda n: {"facts": {"twitch-response": [3] * n}},
    "unknown facts": lambda n: {"facts": {f"twitch-responses-{i}": "present" for i in range(n)}},
    "unknown facts with long names": lambda n: {"facts": {"x" * 5000 + str(i): "present" for i in range(n)}},
    "unknown keys": lambda n: {f"k{i}": 1 for i in range(n)},
    "records of unknown treatments": lambda n: {"records": {"treatments": [{"treatment": "physical"}] * n}},
    "records without a treatment": lambda n: {"records": {"treatments": [{"x": 1, "y": 2}] * n}},
    "unknown findings": lambda n: {
        "records": {"studies": [{"study": "mri", "findings": {f"f{i}": "present" for i in range(n)}}]}
    },
    "requests that depend on each other": lambda n: {
        "requests": [{**REQUEST, "id": str(i), "depends_on": str((i + 1) % n)} for i in range(n)]
    },
    "requests with one id": lambda n: {"requests": [REQUEST] * n},
    "unknown attributes": lambda n: {"requests": [{**REQUEST, "attributes": {f"a{i}": 1 for i in range(n)}}]},
    "reasons that are no requirements": lambda n: {
        "requests": [{**REQUEST, "label": {**LABEL, "reasons": [{"requirement": "a/b", "status": "unmet"}] * n}}]
    },
    "concessions that are no requirements": lambda n: {
        "requests": [{**REQUEST, "label": {**LABEL, "conceded": ["a"] * n}}]
    },
    "NaN": lambda n: {"facts": {"pain-relief-percent": [{"value": float("nan")}] * n}},
}


def calls(run: Callable[[], object]) -> int:
    """How many functions a run calls, those in C included: work that no other process can slow down."""
    count = 0

    def counted(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", MANY)
def test_work_ends_with_the_problems_that_are_shown(catalogue: Catalogue, kind: str) -> None:
    def refused(content: bytes) -> None:
        with pytest.raises(CaseError) as error:
            read_case(content, catalogue)
        assert len(error.value.problems) <= MAX_PROBLEMS + 1
        assert "has more problems" in str(error.value)

    few, many = (json.dumps({**WHOLE, **MANY[kind](n)}).encode() for n in (100, 900))
    refused(few)
    assert calls(lambda: refused(many)) < calls(lambda: refused(few)) + 800 * 100


def test_requests_that_depend_on_each_other_are_ordered_in_linear_time(catalogue: Catalogue) -> None:
    def ordered(n: int) -> None:
        chain = [{**REQUEST, "id": str(i), **({"depends_on": str(i - 1)} if i else {})} for i in range(n)]
        case = check_case({**WHOLE, "requests": chain[::-1]}, catalogue)
        assert [request.id for request in case.in_turn()] == [str(i) for i in range(n)]

    ordered(10)
    assert calls(lambda: ordered(900)) < 10 * calls(lambda: ordered(90))


def test_where_things_stand_is_found_in_linear_time() -> None:
    def located(depth: int) -> None:
        text = '{"a": [1, ' * depth + "[]" + "]}" * depth
        path = ("a", 1) * depth
        assert positions.positions(text, [path])[path][0].column == 10 * depth + 1

    assert calls(lambda: located(400)) < 4.1 * calls(lambda: located(100))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": [0,\n {"b": NaN}]}', ["2: $.a[1].b: is NaN or an infinite number, which is not valid JSON"]),
        ('{"a": 1,\n"b": {},\n "a": 2}', ["3: $.a: stands twice in one object, first in line 1"]),
        ('[1, {"x": 1, "x": 2, "x": -Infinity}]', ["1: $[1].x: stands twice", "1: $[1].x: is NaN"]),
        ('{"a": 1e999,\n "b": ' + "9" * 41 + "}", ["1: $.a: is a number too large", "2: $.b: is a number too large"]),
        (
            '{"Jane Doe": {"a": [{},\n' + '{"b":[' * 400_000,
            ["2: $.(a key).a[1].b[0].b[0]"],
        ),
        ('{"a":\n{' + ", ".join(f'"{n}": 0' for n in range(MAX_KEYS + 1)) + "}}", ["1: $.a: has more than 1,000 keys"]),
        ('{"a": NaN,\n "b": }', ["2: is not JSON (Expecting value, column 7)"]),
    ],
)
def test_what_json_may_not_have_is_refused_with_its_place(text: str, says: list[str]) -> None:
    with pytest.raises(CaseError) as error:
        read_json(text.encode())
    said = [str(problem).removeprefix(":") for problem in error.value.problems]
    assert len(said) == len(says)
    assert all(one.startswith(start) for one, start in zip(said, says, strict=True)), said


@pytest.mark.parametrize(
    "part",
    ["[[[[]]]],", "{},", '{"a":{"b":0}},', "1,", '"",', "NaN,", '{"a":1,"a":1},', "[", '{"a":', '"[,\\\\",{}', ",,"],
)
def test_too_many_values_are_refused_before_they_take_memory(part: str) -> None:
    text = "[" + part * (9_000_000 // len(part))
    tracemalloc.start()
    with pytest.raises(CaseError) as error:
        parse(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(error.value) == "$: has more than 1,000,000 values"
    assert peak < 5 * len(text)


@pytest.mark.parametrize("text", ["[,{", 'a "quoted", [b]', "\\", '\\",', "é,\n"])
def test_marks_in_a_text_are_no_values(text: str) -> None:
    long = text * 1_000_000
    assert read_json(json.dumps({"a": [long, 1], "b": {}}).encode()) == {"a": [long, 1], "b": {}}


STRANGE = [
    *(None, True, 0, -1, 1.5, 10**9, 10**30, -1e300, "", "x" * 3000, "\x00", "\ud800", "2013-02-30"),
    *([], ["x"], [1], [{}], {}, {"int": 1, "float": 2}, {"value": {"int": "x"}}, {"": {}}),
]
RAW = re.compile(r"Input|Value error|\b[Ll]ist should|valid (?!Unicode)|validation|\bshould\b|pydantic")


def refusal(data: Any, catalogue: Catalogue) -> str:
    """What is said of a case; nothing if it is accepted."""
    try:
        check_case(data, catalogue)
    except CaseError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_every_problem_is_said_in_our_words(catalogue: Catalogue, strange: Any) -> None:
    """At every place of a case; what checks its shape has words of its own."""
    for path, _ in written_by_line(WHOLE):
        case = copy.deepcopy(WHOLE)
        at: Any = case
        for part in path[:-1]:
            at = at[part]
        if path:
            at[path[-1]] = strange
        said = refusal(case if path else strange, catalogue)
        assert not RAW.search(said), path


def test_an_object_for_a_number_is_one_problem(catalogue: Catalogue) -> None:
    for key in ("int", "float", "constrained-int", "value"):
        amount = {"value": {key: "x"}, "unit": "injections"}
        with pytest.raises(CaseError) as error:
            check_case({**WHOLE, "requests": [{**REQUEST, "quantity": amount}]}, catalogue)
        assert str(error.value) == "$.requests[0].quantity.value: must be a number"


def test_a_note_and_the_schema_for_editors_decide_nothing(plain: Engine) -> None:
    noted = {"$schema": "../docs/schema/case.schema.json", **WHOLE, "note": "asked again on Monday"}
    assert plain.check(check_case(noted, plain.catalogue)) == plain.check(check_case(WHOLE, plain.catalogue))


@pytest.mark.parametrize("key", ["$schema", "note"])
@pytest.mark.parametrize("written", ["x" * 2001, "\x1b[31m", "\u202e", 3, ["x"], {}])
def test_a_note_is_a_text_like_others(catalogue: Catalogue, key: str, written: Any) -> None:
    assert refusal({**WHOLE, key: written}, catalogue).startswith(f"$.{key}: ")


@pytest.mark.parametrize(
    "key", ["schema_", "from_", "int", "float", "[key]", "__class__", "as_of_", "schema_uri", "$note"]
)
def test_names_of_the_program_are_no_keys(catalogue: Catalogue, key: str) -> None:
    for place in ({key: "2013-01-01"}, {"records": {"medications": [{"drug": "cyclobenzaprine", key: "2013-01-01"}]}}):
        with pytest.raises(CaseError, match="unknown key"):
            check_case({**WHOLE, **place}, catalogue)


@pytest.mark.parametrize(
    "key",
    ["as_of ", "as_of\u200b", "as\u00ad_of", "\u00a0as_of", "\uff41s_of", "as_of\ufe0f", "as_of\u034f", "as_of\u3164"],
)
def test_a_key_that_only_looks_like_a_known_one_is_called_so(catalogue: Catalogue, key: str) -> None:
    case = {**WHOLE, key: WHOLE["as_of"]}
    case["facts"] = {**case["facts"], key.replace("as_of", "radiculopathy").replace("as", "radiculopathy"): "absent"}
    with pytest.raises(CaseError, match="unknown key, though it looks like a known one; allowed: nearest known: as_of"):
        check_case(case, catalogue)


@pytest.mark.parametrize("other", ["1 ", "1\u200b", "\uff11", "\u00a01", "1\u2060"])
def test_two_requests_whose_ids_look_the_same_are_refused(catalogue: Catalogue, other: str) -> None:
    assert as_seen(other) == "1"
    with pytest.raises(CaseError, match="looks like the id of another request"):
        check_case({**WHOLE, "requests": [REQUEST, {**REQUEST, "id": other}]}, catalogue)


def test_each_list_of_a_case_can_be_validated_by_entry() -> None:
    for path in shapes.ENTRIES:
        assert shapes._entries(WHOLE, path)
