"""The loader: what is wrong with criteria is said with file and line, and nothing wrong is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from imr_criteria import Catalogue, CatalogueError, load_catalogue
from imr_criteria.catalogue import GENERATED, ROOT, digest_of, generated_text
from imr_criteria.model import TO_VERIFY

CRITERION = "mtus-chronic-pain-2009/cp09-trigger-point-injection/criterion.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped criteria."""
    shutil.copytree(ROOT, tmp_path / "criteria", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "criteria"


def problems(folder: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return str(caught.value)


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (CRITERION, "kind: required", "knd: required", "criterion.yaml:9: $.requirements[0].kind: is required"),
        (CRITERION, "kind: required", "kind: required\n    colour: red", "$.requirements[0].colour: unknown key"),
        (
            CRITERION,
            "fact: twitch-response",
            "fact: twitch",
            "unknown fact 'twitch'; allowed: nearest known: twitch-response",
        ),
        (CRITERION, "quantity: symptom-months", "quantity: months", "unknown quantity 'months'"),
        (CRITERION, "attribute: injectate, one_of", "attribute: injecate, one_of", "nearest known: injectate"),
        (CRITERION, "one_of: [neck, low-back]", "one_of: [neck, lower-back]", "nearest known: low-back"),
        (CRITERION, "{fact: twitch-response}", "{fact: twitch-response, more_than: 3}", "the predicate does not fit"),
        (CRITERION, "{fact: twitch-response}", "{quantity: symptom-months, is: present}", "the predicate does not fit"),
        (CRITERION, "{fact: twitch-response}", "{fact: twitch-response, is: 'no'}", "'present' or 'absent'"),
        (CRITERION, "{fact: twitch-response}", "{is: present}", "a condition is one of: all, any, not"),
        (CRITERION, "{fact: twitch-response}", "twitch-response", "a condition is one of"),
        (
            CRITERION,
            "{fact: twitch-response}",
            "{at_least: 3, of: [{fact: taut-band}]}",
            "at least 3 of 1 can never be true",
        ),
        (CRITERION, "id: twitch-response", "id: trigger-point", "id 'trigger-point' is used 2 times"),
        (CRITERION, "guideline: mtus-chronic-pain-2009", "guideline: mtus-2009", "unknown guideline 'mtus-2009'"),
        (
            CRITERION,
            "basis: letter\n    sources: [seed 3]",
            "basis: letter\n    sources: []",
            "basis letter needs its sources",
        ),
        (CRITERION, "kind: change, attribute: injections-per-session, to: 4", "kind: change", "names an attribute"),
        (CRITERION, "title: Trigger point injections", "title: a\ntitle: b", "criterion.yaml:4: found duplicate key"),
        (CRITERION, "stance: conditional", "stance: no", "'recommended', 'conditional' or 'not-recommended'"),
        ("vocabulary/facts.yaml", "id: twitch-response", "id: trigger-point", "id 'trigger-point' is used 2 times"),
        ("vocabulary/treatments.yaml", "class: muscle-relaxant", "class: relaxant", "unknown treatment 'relaxant'"),
        (
            "vocabulary/quantities.yaml",
            "{quantity: prior-visits}",
            "{quantity: visits-in-all}",
            "does not stand above it",
        ),
        (
            "inferences/radiculopathy-on-exam/inference.yaml",
            "{fact: reflex-loss}",
            "{fact: radiculopathy}",
            "rests on itself",
        ),
    ],
)
def test_a_mistake_is_said(folder: Path, file: str, old: str, new: str, says: str) -> None:
    edit(folder, file, old, new)
    said = problems(folder)
    assert says in said
    assert file.rpartition("/")[2].split(".")[0] in said


def test_yaml_that_cannot_be_read(folder: Path) -> None:
    (folder / CRITERION).write_text("a: [1,\nb: 2", encoding="utf-8")
    assert f"{CRITERION}:2:" in problems(folder)


def test_yaml_is_1_2(folder: Path) -> None:
    """`no` is a word and not false, 012 is twelve: a criterion never changes its meaning by how it is quoted."""
    edit(folder, CRITERION, "at_most: 4", "at_most: 010")
    found = load_catalogue(folder).criteria["cp09-trigger-point-injection"]
    assert next(r for r in found.requirements if r.id == "injections-per-session").condition.at_most == 10  # type: ignore[union-attr]


def test_the_generated_file_says_what_the_sources_say(catalogue: Catalogue) -> None:
    assert (ROOT / GENERATED).read_text(encoding="utf-8") == generated_text()
    assert catalogue == load_catalogue(ROOT) or catalogue.criteria == load_catalogue(ROOT).criteria
    assert catalogue.digest == digest_of(ROOT)


def test_a_stale_generated_file_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imr_criteria import catalogue as module  # noqa: PLC0415

    edit(folder, CRITERION, "at_most: 4", "at_most: 3")
    monkeypatch.setattr(module, "ROOT", folder)
    found = module.default_catalogue.__wrapped__().criteria["cp09-trigger-point-injection"]
    assert next(r for r in found.requirements if r.id == "injections-per-session").condition.at_most == 3  # type: ignore[union-attr]
    assert json.loads((folder / GENERATED).read_text(encoding="utf-8"))["digest"] != digest_of(folder)


def test_the_digest_changes_with_every_source(folder: Path) -> None:
    before = digest_of(folder)
    edit(folder, "vocabulary/regions.yaml", "name: knee", "name: the knee")
    assert digest_of(folder) != before


def test_claims_are_ours(catalogue: Catalogue) -> None:
    """A requirement says what is claimed, asks for what is missing, and is honest about its evidence."""
    for criterion in catalogue.criteria.values():
        for requirement in criterion.requirements:
            assert requirement.claim.endswith(".")
            assert requirement.ask.endswith("?")
            assert requirement.basis in TO_VERIFY or requirement.sources
