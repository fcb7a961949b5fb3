"""The loader: mistakes in criteria are reported with file and line, and never loaded."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from imr_criteria import Catalogue, CatalogueError
from imr_criteria.folder import load_catalogue
from imr_criteria.lint import lint
from imr_criteria.model import STANCE_ID, TO_VERIFY
from tests.conftest import DATA

CRITERION = "mtus-chronic-pain-2009/cp09-trigger-point-injection/criterion.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped criteria."""
    shutil.copytree(DATA, tmp_path / "criteria", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "criteria"


def problems(folder: Path) -> str:
    """Everything the loader and lint find wrong with a folder."""
    try:
        return "\n".join(map(str, lint(load_catalogue(folder))))
    except CatalogueError as error:
        return str(error)


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
        (
            CRITERION,
            "guideline: mtus-chronic-pain-2009",
            "guideline: mtus-2009",
            "is 'mtus-2009', but its folder",
        ),
        (
            CRITERION,
            "basis: letter\n    sources: [letter-003]",
            "basis: letter\n    sources: []",
            "basis letter needs sources",
        ),
        (
            CRITERION,
            "sources: [letter-003]",
            "sources: [letter-3]",
            "unknown source 'letter-3'; allowed: nearest known",
        ),
        (
            "inferences/trigger-point/inference.yaml",
            "sources: [letter-002]",
            "sources: [letter 002]",
            "inference.yaml:6: $.sources[0]",
        ),
        (CRITERION, "sources: [letter-003]", "sources: [cm16-0234464]", "the basis is proxy"),
        ("vocabulary/silences.yaml", "[cm17-0016761]", "[cm17]", "unknown source 'cm17'"),
        ("vocabulary/sources.yaml", ", labelled: letter-003.json", "", "sources.yaml:13: $.sources[3]: a letter needs"),
        ("vocabulary/sources.yaml", "restates: [odg]", "restates: [odk]", "unknown guideline 'odk'"),
        (CRITERION, "kind: change, attribute: injections-per-session, to: 4", "kind: change", "names an attribute"),
        (
            CRITERION,
            "remedy: {kind: wait}",
            "remedy: {kind: stop}",
            "kind stop does not fit the cond",
        ),
        (
            CRITERION,
            "quantity: symptom-months, more_than",
            "quantity: symptom-months, at_most",
            "wait does not fit",
        ),
        (CRITERION, "remedy: {kind: wait}", "remedy: {kind: first}", "says what to do"),
        (
            "mtus-chronic-pain-2009/cp09-cbt/criterion.yaml",
            "applies_when: {quantity: symptom-months, at_least: 3}",
            "applies_when: {quantity: symptom-months, at_least: 4}",
            "$.applies_when: no exclusion has this condition",
        ),
        (
            "vocabulary/facts/diagnoses.yaml",
            "type: date, reading: fixed",
            "type: date, reading: ever",
            "a number or date as latest, growing or fixed",
        ),
        (
            CRITERION,
            "      undocumented: No twitch response on palpation is documented.\n",
            "",
            "says.undocumented: is req",
        ),
        (
            CRITERION,
            "      applies: Whether trigger points were injected before is not documented.\n",
            "",
            "says.applies",
        ),
        (CRITERION, "title: Trigger point injections", "title: a\ntitle: b", "criterion.yaml:4: found duplicate key"),
        (CRITERION, "stance: conditional", "stance: no", "'recommended', 'conditional' or 'not-recommended'"),
        (
            "vocabulary/facts/palpation.yaml",
            "id: twitch-response",
            "id: trigger-point",
            "'trigger-point' is also in",
        ),
        (
            "treatments/muscle-relaxants.yaml",
            "class: muscle-relaxant",
            "class: relaxant",
            "unknown treatment 'relaxant'",
        ),
        (
            "vocabulary/quantities.yaml",
            "{quantity: prior-visits}",
            "{quantity: visits-in-all}",
            "is not defined above it",
        ),
        (
            "inferences/radiculopathy-on-exam/inference.yaml",
            "{fact: reflex-loss}",
            "{fact: radiculopathy}",
            "depends on itself",
        ),
    ],
)
def test_a_mistake_is_reported(folder: Path, file: str, old: str, new: str, says: str) -> None:
    edit(folder, file, old, new)
    said = problems(folder)
    assert says in said
    assert file.rpartition("/")[2].split(".")[0] in said


def test_yaml_that_cannot_be_read(folder: Path) -> None:
    (folder / CRITERION).write_text("a: [1,\nb: 2", encoding="utf-8")
    assert f"{CRITERION}:2:" in problems(folder)


def test_yaml_is_1_2(folder: Path) -> None:
    """`no` is a word, not false, and 010 is ten: quoting never changes what a criterion means."""
    edit(folder, CRITERION, "at_most: 4", "at_most: 010")
    found = load_catalogue(folder).criteria["cp09-trigger-point-injection"]
    assert next(r for r in found.requirements if r.id == "injections-per-session").condition.at_most == 10  # type: ignore[union-attr]


def test_the_digest_changes_with_every_source(folder: Path) -> None:
    before = load_catalogue(folder).digest
    edit(folder, "vocabulary/regions.yaml", "name: knee", "name: the knee")
    assert load_catalogue(folder).digest != before


def test_comments_do_not_change_the_digest(folder: Path) -> None:
    before = load_catalogue(folder).digest
    edit(folder, CRITERION, "requirements:", "requirements:  # in the guideline's order")
    assert load_catalogue(folder).digest == before


def test_one_broken_criterion_leaves_the_others_usable(folder: Path) -> None:
    edit(folder, CRITERION, "fact: twitch-response", "fact: twitch")
    found = load_catalogue(folder)
    assert found.criteria["cp09-cbt"].requirements
    with pytest.raises(CatalogueError, match="unknown fact 'twitch'"):
        found.criteria["cp09-trigger-point-injection"]


def test_an_unreadable_criterion_is_never_skipped(folder: Path) -> None:
    """Nobody knows which treatment it was about, so its guideline answers for none."""
    (folder / CRITERION).write_text("a: [1,", encoding="utf-8")
    found = load_catalogue(folder)
    assert found.criteria_for(["gym-membership"], "odg")
    with pytest.raises(CatalogueError):
        found.criteria_for(["cognitive-behavioral-therapy"], "mtus-chronic-pain-2009")


def test_a_list_may_span_files_but_an_id_appears_once(folder: Path) -> None:
    more = folder / "treatments" / "more.yaml"
    more.write_text("treatments:\n  - {id: aquatic-therapy, name: aquatic therapy}\n", encoding="utf-8")
    assert "aquatic-therapy" in load_catalogue(folder).treatments
    more.write_text("treatments:\n  - {id: massage, name: massage}\n", encoding="utf-8")
    assert re.search(r"therapies.yaml:\d+: .*id 'massage' is also in treatments/more.yaml:2", problems(folder))


def test_a_duplicate_criterion_id_names_both_files(folder: Path) -> None:
    shutil.copytree(folder / "odg" / "odg-gym", folder / "acoem-2004-ch-12" / "odg-gym")
    said = problems(folder)
    assert "odg/odg-gym/criterion.yaml: $.id: id 'odg-gym' is also used in acoem-2004-ch-12/odg-gym/" in said


def test_a_folder_is_named_after_its_criterion(folder: Path) -> None:
    (folder / "odg" / "odg-gym").rename(folder / "odg" / "gym")
    assert "$.id: is 'odg-gym', but its folder is named 'gym'" in problems(folder)


def test_loading_completes_what_is_written(catalogue: Catalogue) -> None:
    """A denying stance becomes a requirement, citations name a guideline, members inherit their class's attributes."""
    assert catalogue.criteria["odg-gym"].requirements[0].id == "recommendation"
    assert catalogue.treatments["metaxalone"].attributes == catalogue.treatments["muscle-relaxant"].attributes
    for criterion in catalogue.criteria.values():
        assert all(requirement.citation.guideline in catalogue.guidelines for requirement in criterion.requirements)


def test_requirements_are_well_formed(catalogue: Catalogue) -> None:
    """A claim is a sentence, `ask` is a question, and a basis names its sources unless it is still to be verified."""
    for criterion in catalogue.criteria.values():
        for requirement in criterion.requirements:
            assert requirement.claim.endswith(".")
            assert requirement.ask.endswith("?") or requirement.id == STANCE_ID
            assert requirement.basis in TO_VERIFY or requirement.sources
