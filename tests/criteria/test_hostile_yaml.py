"""Files made to take time or memory: one message with file and line each, and little work."""

from __future__ import annotations

import shutil
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest

from imr_criteria import CatalogueError, conditions
from imr_criteria.folder import _criterion, load_catalogue
from imr_criteria.lint import _Lint, lint
from imr_criteria.problems import MAX_PROBLEMS
from imr_criteria.yaml_source import MAX_BYTES
from imr_engine.rules.compiler import compile_criterion
from tests.conftest import DATA, P122

FILE = "mtus-chronic-pain-2009/cp09-trigger-point-injection/criterion.yaml"
INFERENCE = "inferences/trigger-point/inference.yaml"
LAUGHS = "".join(f"{a}: &{a} [{', '.join([f'*{b}'] * 10)}]\n" for a, b in zip("bcdefghi", "abcdefgh", strict=True))

# what a file holds: (its text, the line and the message)
HOSTILE = {
    "aliases of aliases": ("a: &a [x, x]\n" + LAUGHS, ":1: anchors and aliases are not accepted"),
    "an alias of itself": ("b: 1\na: &a [*a]\n", ":2: anchors and aliases are not accepted"),
    "an anchor alone": ("title: 1\n\nid: &x a\n", ":3: anchors and aliases are not accepted"),
    "an anchor within flow": ('{"a":&x 1}', ":1: anchors and aliases are not accepted"),
    "a merge": ("a: {b: 1}\nc:\n  !!merge <<: {d: 1}\n", ":3: tags are not accepted"),
    "a tag of Python": ("schema: !!python/object/apply:os.system [x]\n", ":1: tags are not accepted"),
    "lists in lists": ("a: " + "[" * 90_000, ":1: exceeded maximum nesting depth"),
    "mappings in mappings": ("a:\n " + "{a: " * 40_000, ":2: exceeded maximum nesting depth"),
    "blocks in blocks": ("\n".join(" " * n + "a:" for n in range(600)), ":21: $: is nested too deeply"),
    "conditions in conditions": (
        "schema: imr-check/criterion/2\nrequirements:\n- condition: " + "{not: " * 250 + "{fact: a}" + "}" * 250,
        ":3: $: is nested too deeply",
    ),
    "a long number": ("a: 1\nb: " + "9" * 100_000, ":2: found a number too large to be read"),
    "a long number in base 16": ("b: 0x" + "f" * 100_000, ":1: found a number too large to be read"),
    "no number": ("a: 1\nb: .nan", ":2: found a number that is infinite, or none"),
    "an infinite number": ("b: 1e999", ":1: found a number that is infinite, or none"),
    "many entries": ("requirements: [" + "{}, " * 45_000 + "{}]", ":1: found more than 5,000 entries in one file"),
    "many keys": ("".join(f"k{n}: 1\n" for n in range(15_000)), ":1: found more than 5,000 entries in one file"),
    "a long text": ("a: " + "x" * MAX_BYTES, "is larger than 200 kB"),
    "a control character": ("a: 1\nb: \0", ":2: has a character that YAML does not allow"),
    "another encoding": ("a: 1\nb: é".encode("latin-1"), ":2: is not UTF-8 text (at byte 8)"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped criteria."""
    shutil.copytree(DATA, tmp_path / "criteria")
    return tmp_path / "criteria"


def problems(folder: Path) -> list[str]:
    """Everything that the loader and lint find wrong with a folder."""
    try:
        return list(map(str, lint(load_catalogue(folder))))
    except CatalogueError as error:
        return list(map(str, error.problems))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gives_one_message(tmp_path: Path, kind: str) -> None:
    text, says = HOSTILE[kind]
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    tracemalloc.start()
    found = _criterion(tmp_path, FILE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    said = list(map(str, found.problems))
    assert len(said) == 1
    assert said[0].startswith(FILE)
    assert says in said[0]
    assert peak < 60_000_000


def test_a_file_that_is_no_file(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    assert problems(folder) == [f"{FILE}: is not a file"]


def test_only_the_first_problems_of_a_file_are_listed(folder: Path) -> None:
    path = folder / FILE
    before, fact, after = path.read_text(encoding="utf-8").partition("{fact: twitch-response}")
    arms = ", ".join(f"{{fact: no-such-fact-{n}}}" for n in range(1000))
    path.write_text(f"{before}{{any: [{arms}]}}{after}", encoding="utf-8")
    said = problems(folder)
    assert fact
    assert len(said) == MAX_PROBLEMS + 1
    assert said[-1] == f"{FILE}: has more problems than these; the first {MAX_PROBLEMS} found are listed"
    assert said[0].startswith(f"{FILE}:{before.count(chr(10)) + 1}: $.requirements.")
    assert "unknown fact 'no-such-fact-0'" in said[0]


def test_a_list_in_one_file_and_a_word_in_another(folder: Path) -> None:
    (folder / "vocabulary" / "aaa.yaml").write_text("facts: 3\n", encoding="utf-8")
    assert any("$.facts: is also in vocabulary/aaa.yaml" in said for said in problems(folder))


def test_classes_that_contain_each_other(folder: Path) -> None:
    (folder / "treatments" / "more.yaml").write_text(
        "treatments:\n  - {id: one, name: one, class: two}\n  - {id: two, name: two, class: one}\n", encoding="utf-8"
    )
    said = problems(folder)
    assert [one.partition(": ")[0] for one in said] == ["treatments/more.yaml:2", "treatments/more.yaml:3"]
    assert all("is a class of itself" in one for one in said)


@pytest.mark.parametrize("last", [0, 1])
def test_a_long_chain_of_inferences(last: int) -> None:
    """Longer than Python's stack; circular if the last reads the first."""
    depth = 2 * sys.getrecursionlimit()
    chain = {
        str(n): SimpleNamespace(present_when=conditions.Test(fact=str((n + 1) % depth)), absent_when=None)
        for n in range(last, depth)
    }
    catalogue = SimpleNamespace(inferences=chain)
    assert _Lint(catalogue)._depends_on_itself("1") == (last == 0)  # type: ignore[arg-type]


PAIR = "{any: [{fact: taut-band}, {fact: twitch-response}]}"
ALL_OF_PAIRS = "{all: [" + ", ".join([PAIR] * 30) + "]}"
HALF = "{at_least: 20, of: [" + ", ".join(["{fact: taut-band}"] * 40) + "]}"


@pytest.mark.parametrize(
    ("condition", "split"), [(ALL_OF_PAIRS, "inference"), (HALF, "inference"), (HALF, "condition")]
)
def test_a_condition_with_billions_of_ways_is_refused(folder: Path, condition: str, split: str) -> None:
    if split == "inference":
        text = (folder / INFERENCE).read_text(encoding="utf-8").partition("present_when")[0]
        (folder / INFERENCE).write_text(f"{text}present_when: {condition}\n", encoding="utf-8")
    else:
        text = (folder / FILE).read_text(encoding="utf-8")
        (folder / FILE).write_text(text.replace("{fact: twitch-response}", condition, 1), encoding="utf-8")
    catalogue = load_catalogue(folder)
    with pytest.raises(ValueError, match=f"split the {split}"):
        compile_criterion(catalogue, catalogue.criteria[P122])
