"""Makes an installation with many times the shipped criteria, treatments and facts, compiled as in a wheel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from imr_criteria.compiled import PACKAGE, write_compiled
from imr_criteria.files import CRITERION, ROOT
from imr_criteria.folder import load_catalogue
from imr_criteria.yaml_source import parse_yaml


def installation(target: Path, times: int) -> tuple[Path, int]:
    """Writes the installation into a folder; returns the folder and the number of criteria.

    The copies concern copied treatments and facts, so the answer to a case stays the same.
    """
    data = target / "data"
    shutil.copytree(ROOT, data)
    treatments = [entry for path in sorted(ROOT.glob("treatments/*.yaml")) for entry in _read(path)["treatments"]]
    facts = [entry for path in sorted(ROOT.glob("vocabulary/facts/*.yaml")) for entry in _read(path)["facts"]]
    for number in range(1, times):
        mine = [{**t, "id": f"{t['id']}-{number}", "brands": []} for t in treatments]
        _write(data / "treatments" / f"copy-{number}.yaml", {"treatments": mine})
        _write(
            data / "vocabulary" / "facts" / f"copy-{number}.yaml",
            {"facts": [{**fact, "id": f"{fact['id']}-{number}"} for fact in facts]},
        )
        for path in sorted(ROOT.glob(f"*/*/{CRITERION}")):
            criterion = _read(path)
            criterion["id"] = f"{criterion['id']}-{number}"
            criterion["treatments"] = [f"{treatment}-{number}" for treatment in criterion["treatments"]]
            _write(data / path.parent.parent.name / criterion["id"] / CRITERION, criterion)
    catalogue = load_catalogue(data)
    write_compiled(catalogue, data, target / PACKAGE)
    shutil.rmtree(data)
    shutil.copytree(ROOT.parent, target / "imr_criteria", ignore=shutil.ignore_patterns("data", "__pycache__"))
    return target, len(catalogue.criteria)


def _read(path: Path) -> Any:
    return parse_yaml(path.read_text(encoding="utf-8"))


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
