"""The pages of docs/criteria/: one per criterion, no dead links, and a check that finds stale pages."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from imr_criteria import Catalogue
from imr_views.sources import source_links

TOP = Path(__file__).parents[2]
PAGES = TOP / "docs" / "criteria"


@pytest.fixture
def generate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/generate.py, working on a copy of the pages only."""
    spec = importlib.util.spec_from_file_location("generate", TOP / "tools" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "generate", module)
    spec.loader.exec_module(module)
    copied = tmp_path / "criteria"
    shutil.copytree(PAGES, copied)
    monkeypatch.setattr(module, "TOP", tmp_path)
    monkeypatch.setattr(module, "PAGES", copied)
    wanted = {copied / path.name: path.read_text(encoding="utf-8") for path in PAGES.iterdir()}
    monkeypatch.setattr(module, "files", wanted.items)
    return module


def anchor(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(title) for title in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)}


def test_there_is_a_page_for_each_criterion(catalogue: Catalogue) -> None:
    names = {f"{name}.md" for name in catalogue.criteria} | {"README.md", "inferences.md", "sources.md"}
    assert {path.name for path in PAGES.iterdir()} == names


@pytest.mark.parametrize("page", sorted(PAGES.iterdir()), ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    links = re.findall(r"(?<!\\)\]\(([^)#]+)(?:#([^)]+))?\)", page.read_text(encoding="utf-8"))
    assert links
    for target, part in links:
        path = (page.parent / target).resolve()
        assert path.is_file(), target
        assert path.is_relative_to(TOP)
        assert not part or part in anchors(path), f"{target}#{part}"


def test_a_page_has_every_requirement(catalogue: Catalogue) -> None:
    for name in catalogue.requirement_ids():
        criterion, _, requirement = name.partition("/")
        assert requirement in anchors(PAGES / f"{criterion}.md")


def test_a_page_says_which_guideline_stands_in_and_what_its_author_remarks(catalogue: Catalogue) -> None:
    requirements = {r.id: r for r in catalogue.criteria["cp09-cyclobenzaprine"].requirements}

    def shown(name: str) -> str:
        return "".join(p if isinstance(p, str) else p.text for p in source_links(catalogue, requirements[name]))

    assert shown("short-course").startswith("letter-003, CM16-0234464 (MTUS Chronic Pain 2016), CM16-")
    assert shown("early-effect").startswith("CM17-0005412 (MTUS Chronic Pain 2016). The letter says so of ")
    assert shown("dose") == "none"


def test_the_sources_page_has_every_source(catalogue: Catalogue) -> None:
    assert anchors(PAGES / "sources.md") >= set(catalogue.sources)
    labelled = {source.labelled for source in catalogue.sources.values()} - {None}
    assert labelled == {path.name for path in (TOP / "letters" / "imr_letters" / "cases").glob("*.json")}


def test_check_finds_stale_and_orphaned_pages(generate: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0
    (generate.PAGES / "odg-gone.md").write_text("# odg-gone\n", encoding="utf-8")
    (generate.PAGES / "odg-gym.md").unlink()
    (generate.PAGES / "sources.md").write_text("old", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert set(capsys.readouterr().out.splitlines()) == {
        "orphaned: criteria/odg-gone.md",
        "stale: criteria/odg-gym.md",
        "stale: criteria/sources.md",
    }
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    assert not (generate.PAGES / "odg-gone.md").exists()
