"""Loads and validates the criteria: from YAML, or from the generated `catalogue.json` where that is fresh.

The YAML files are the source. Reading YAML takes tenths of a second, so the package carries the same data as JSON
with the digest of the YAML it was made from; where the digests differ (somebody edits a criterion) YAML is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from imr_criteria.conditions import Quantity
from imr_criteria.model import (
    Attribute,
    Criterion,
    Fact,
    Guideline,
    Inference,
    Region,
    SearchSequence,
    Silence,
    Treatment,
    Vocabulary,
)
from imr_criteria.problems import Problem

ROOT = Path(__file__).parent / "data"
GENERATED = "catalogue.json"
ModelT = TypeVar("ModelT", bound=BaseModel)


class CatalogueError(Exception):
    """The criteria are not usable. `problems` says everything that is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Catalogue:
    """Everything known, by id. Treat as read-only."""

    digest: str
    vocabulary: Vocabulary
    criteria: dict[str, Criterion]
    inferences: dict[str, Inference]
    files: dict[str, str] = field(default_factory=dict)

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Facts by id."""
        return {fact.id: fact for fact in self.vocabulary.facts}

    @cached_property
    def treatments(self) -> dict[str, Treatment]:
        """Treatments by id."""
        return {treatment.id: treatment for treatment in self.vocabulary.treatments}

    @cached_property
    def brands(self) -> dict[str, str]:
        """Brand names, in small letters with hyphens, and the treatments that they stand for."""
        return {b.lower().replace(" ", "-"): t.id for t in self.vocabulary.treatments for b in t.brands}

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """Attributes of requests by id."""
        return {attribute.id: attribute for attribute in self.vocabulary.attributes}

    @cached_property
    def regions(self) -> dict[str, Region]:
        """Body regions by id."""
        return {region.id: region for region in self.vocabulary.regions}

    @cached_property
    def guidelines(self) -> dict[str, Guideline]:
        """Guidelines by id."""
        return {guideline.id: guideline for guideline in self.vocabulary.guidelines}

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """Derived quantities by id."""
        return {quantity.id: quantity for quantity in self.vocabulary.quantities}

    @property
    def search_sequence(self) -> SearchSequence:
        """The order of sources."""
        return self.vocabulary.search_sequence

    @cached_property
    def requirement_ids(self) -> dict[str, str]:
        """Full requirement ids (`criterion/requirement`) and their claims, the stance of a criterion included."""
        ids = {}
        for criterion in self.criteria.values():
            if criterion.stance == "not-recommended":
                ids[f"{criterion.id}/{STANCE_ID}"] = STANCE_CLAIM
            ids.update({f"{criterion.id}/{r.id}": r.claim for r in criterion.requirements})
        return ids

    def lineage(self, treatment: str) -> list[str]:
        """A treatment and the classes that it belongs to, the most specific first."""
        line = [treatment]
        while (parent := self.treatments[line[-1]].class_) is not None:
            line.append(parent)
        return line

    def members(self, names: list[str]) -> set[str]:
        """The treatments that are one of `names` or belong to one of them."""
        wanted = set(names)
        return {t for t in self.treatments if wanted & set(self.lineage(t))}

    def silence(self, guideline: str, treatment: str) -> Silence | None:
        """The record that a guideline is silent on a treatment, if there is one."""
        return next((s for s in self.vocabulary.silences if (s.guideline, s.treatment) == (guideline, treatment)), None)


STANCE_ID = "recommendation"
STANCE_CLAIM = "The guideline recommends the treatment, or a listed exception applies."


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The catalogue that ships with the program, read once in a process."""
    digest = digest_of(ROOT)
    generated = ROOT / GENERATED
    if generated.is_file():
        data = json.loads(generated.read_text(encoding="utf-8"))
        if data["digest"] == digest:
            return _build(ROOT, digest, data["vocabulary"], data["criteria"], data["inferences"], {})
    return load_catalogue(ROOT)


def load_catalogue(root: Path) -> Catalogue:
    """The catalogue of a folder of YAML files.

    Raises CatalogueError with every problem found: unreadable YAML, unknown keys, unknown ids, ids used twice.
    """
    from imr_criteria.lint import lint  # noqa: PLC0415 (only when YAML is read)
    from imr_criteria.yaml_source import read_yaml  # noqa: PLC0415

    problems: list[Problem] = []
    vocabulary: dict[str, Any] = {}
    criteria: list[dict[str, Any]] = []
    inferences: list[dict[str, Any]] = []
    files: dict[str, str] = {}
    for path in yaml_files(root):
        name = path.relative_to(root).as_posix()
        data, found = read_yaml(path, name)
        problems += found
        if not isinstance(data, dict):
            continue
        if path.parent.name == "vocabulary":
            vocabulary.update(data)
            files.update({f"vocabulary {key}": name for key in data})
        elif path.name == "criterion.yaml":
            criteria.append(data)
            files[str(data.get("id"))] = name
        elif path.name == "inference.yaml":
            inferences.append(data)
            files[f"inference {data.get('finding')}"] = name
    if problems:
        raise CatalogueError(problems)
    catalogue = _build(root, digest_of(root), vocabulary, criteria, inferences, files)
    if found := lint(catalogue, len(criteria), len(inferences)):
        raise CatalogueError(found)
    return catalogue


def generated_text(root: Path = ROOT) -> str:
    """The text that `catalogue.json` has to have for the YAML files as they are."""
    catalogue = load_catalogue(root)

    def plain(model: BaseModel) -> Any:
        return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    data = {
        "digest": catalogue.digest,
        "vocabulary": plain(catalogue.vocabulary),
        "criteria": [plain(c) for c in catalogue.criteria.values()],
        "inferences": [plain(i) for i in catalogue.inferences.values()],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def yaml_files(root: Path) -> Iterator[Path]:
    """The source files below a folder, in a fixed order."""
    found = [*root.glob("vocabulary/*.yaml"), *root.glob("inferences/*/*.yaml"), *root.glob("*/*/criterion.yaml")]
    yield from sorted(set(found), key=lambda path: path.relative_to(root).as_posix())


def digest_of(root: Path) -> str:
    """SHA-256 over names and contents of the source files: which criteria an answer rests on."""
    total = hashlib.sha256()
    for path in yaml_files(root):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _build(
    root: Path,
    digest: str,
    vocabulary: dict[str, Any],
    criteria: list[dict[str, Any]],
    inferences: list[dict[str, Any]],
    files: dict[str, str],
) -> Catalogue:
    problems: list[Problem] = []

    def read(model: type[ModelT], data: dict[str, Any], name: str) -> ModelT | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            from imr_criteria.yaml_source import explain  # noqa: PLC0415 (only when something is wrong)

            for detail in error.errors(include_url=False, include_input=False):
                file = files.get(f"{name} {detail['loc'][0]}" if name == "vocabulary" and detail["loc"] else name)
                problems.append(explain(detail["loc"], detail["msg"], root, file or name))
            return None

    words = read(Vocabulary, vocabulary, "vocabulary")
    made = [read(Criterion, data, str(data.get("id"))) for data in criteria]
    drawn = [read(Inference, data, f"inference {data.get('finding')}") for data in inferences]
    if problems or words is None:
        raise CatalogueError(problems)
    return Catalogue(
        digest=digest,
        vocabulary=words,
        criteria={c.id: c for c in made if c is not None},
        inferences={i.finding: i for i in drawn if i is not None},
        files=files,
    )
