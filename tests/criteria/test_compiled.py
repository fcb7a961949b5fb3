"""The compiled catalogue: the same data as the YAML, never stale, never altered unnoticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from imr_criteria import Catalogue, CatalogueError, compiled
from imr_criteria.compiled import altered, write_compiled
from imr_criteria.folder import load_catalogue
from tests.conftest import DATA, P122

SOURCE = f"mtus-chronic-pain-2009/{P122}/criterion.yaml"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the criteria and their compiled form, in place of the shipped ones."""
    shutil.copytree(DATA, tmp_path / "data")
    write_compiled(load_catalogue(tmp_path / "data"), tmp_path / "data", tmp_path / "compiled")
    monkeypatch.setattr(compiled, "ROOT", tmp_path / "data")
    monkeypatch.setattr(compiled, "compiled_folder", lambda: tmp_path / "compiled")
    return tmp_path


@pytest.fixture
def installed(checkout: Path) -> Path:
    """The same without the YAML, as a wheel installs it."""
    shutil.rmtree(checkout / "data")
    return checkout


def opened() -> Catalogue:
    return compiled.default_catalogue.__wrapped__()


def limit(catalogue: Catalogue) -> object:
    """The maximum number of injections per session."""
    found = next(r for r in catalogue.criteria[P122].requirements if r.id == "injections-per-session")
    return found.condition.at_most  # type: ignore[union-attr]


def test_compiled_and_yaml_are_the_same(installed: Path) -> None:
    found, source = opened(), load_catalogue(DATA)
    for kind in (
        "criteria",
        "inferences",
        "facts",
        "treatments",
        "attributes",
        "quantities",
        "guidelines",
        "regions",
        "sources",
    ):
        assert dict(getattr(found, kind)) == dict(getattr(source, kind))
    assert (found.silences, found.search_sequence) == (source.silences, source.search_sequence)
    assert found.digest == source.digest
    assert altered(found) == []


def test_only_what_is_asked_for_is_read(installed: Path) -> None:
    for path in (installed / "compiled").glob("criterion-*.json"):
        if P122 not in path.name:
            path.unlink()
    assert opened().criteria_for(["trigger-point-injection"], "mtus-chronic-pain-2009")[0].id == P122


def test_a_checkout_reads_yaml_that_has_changed(checkout: Path) -> None:
    assert limit(opened()) == 4
    before = opened().digest
    path = checkout / "data" / SOURCE
    path.write_text(path.read_text().replace("at_most: 4", "at_most: 3"))
    assert limit(opened()) == 3
    assert opened().digest != before


def test_a_checkout_without_changes_reads_no_yaml(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imr_criteria.folder.read_yaml", lambda *_: pytest.fail("YAML was read"))
    assert limit(opened()) == 4


def test_a_checkout_notices_an_edit_of_the_vocabulary(checkout: Path) -> None:
    path = checkout / "data" / "vocabulary" / "regions.yaml"
    path.write_text(path.read_text().replace("name: knee", "name: a knee"))
    found = opened()
    assert found.regions["knee"].name == "a knee"
    assert P122 in found.criteria


def test_a_checkout_notices_a_deletion(checkout: Path) -> None:
    shutil.rmtree((checkout / "data" / SOURCE).parent)
    found = opened()
    assert P122 not in found.criteria
    assert "cp09-cbt" in found.criteria


def test_altered_data_change_the_digest_and_are_reported(installed: Path) -> None:
    before = opened().digest
    path = installed / "compiled" / f"criterion-{P122}.json"
    data = json.loads(path.read_text())
    data["requirements"] = [r for r in data["requirements"] if r["id"] != "twitch-response"]
    path.write_text(json.dumps(data))
    found = opened()
    assert len(found.criteria[P122].requirements) == len(data["requirements"])
    assert found.digest != before
    assert [str(problem) for problem in altered(opened())] == [
        f"{path}: criterion {P122} was altered after it was compiled"
    ]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"requirements": 1}', "null"])
def test_a_damaged_criterion_gives_one_message(installed: Path, damage: str) -> None:
    (installed / "compiled" / f"criterion-{P122}.json").write_text(damage)
    found = opened()
    assert found.criteria["cp09-cbt"].requirements
    with pytest.raises(CatalogueError) as caught:
        found.criteria[P122]
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"facts": 1}', None])
@pytest.mark.parametrize("file", ["index.json", "vocabulary.json"])
def test_damage_to_a_shared_file_gives_one_message(installed: Path, file: str, damage: str | None) -> None:
    path = installed / "compiled" / file
    path.unlink() if damage is None else path.write_text(damage)
    with pytest.raises(CatalogueError) as caught:
        opened()
    assert len(caught.value.problems) == 1
