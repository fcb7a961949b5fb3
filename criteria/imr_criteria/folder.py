"""Loads a folder of YAML files as a catalogue.

A broken criterion or inference is kept as broken, and the others work. A broken vocabulary is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from imr_criteria.catalogue import VOCABULARY, Catalogue, CatalogueError, Held, Piece, canonical
from imr_criteria.conditions import as_written
from imr_criteria.files import is_criterion, is_inference, key_of, source_files
from imr_criteria.form import WrittenCriterion, WrittenInference, complete_vocabulary
from imr_criteria.lint import criterion_problems, inference_problems, vocabulary_problems
from imr_criteria.model import Vocabulary
from imr_criteria.problems import Problem, first
from imr_criteria.yaml_source import explain, locate, read_yaml

T = TypeVar("T")
Place = tuple[str, int]
"""A file, and the index of an entry in one of its lists."""


def load_catalogue(root: Path, fresh: Mapping[str, Piece] | None = None) -> Catalogue:
    """Loads the catalogue of a folder. Source files that `fresh` has a piece for are not read.

    Raises CatalogueError if the vocabulary cannot be used. Other problems stay with their pieces.
    """
    fresh = fresh or {}
    names = source_files(root)
    words = _Words(root, [name for name in names if not is_criterion(name) and not is_inference(name)])
    vocabulary = fresh.get(VOCABULARY) or words.piece()
    read: list[Held] = []

    def pieces(wanted: list[str], make: Any) -> dict[str, Piece]:
        found: dict[str, Piece] = {}
        for name in wanted:
            piece = fresh.get(name)
            if piece is None:
                piece = make(root, name)
                read.append(piece)
            if (key := key_of(name)) in found:
                twice = Problem("$.id", f"id '{key}' is also used in {found[key].file}", file=name)
                piece = Held(name, {}, piece.head, [twice])
            found[key] = piece
        return found

    criteria = pieces([name for name in names if is_criterion(name)], _criterion)
    inferences = pieces([name for name in names if is_inference(name)], _inference)
    catalogue = Catalogue(vocabulary, criteria, inferences)
    if VOCABULARY not in fresh and (found := words.placed(catalogue)):
        raise CatalogueError(found)
    for held in read:
        if not held.problems:
            check = criterion_problems if is_criterion(held.file) else inference_problems
            found = first(check(catalogue, key_of(held.file), held.file), held.file)
            held.problems += [_placed(problem, root) for problem in found]
    # The checks read pieces that have since turned out to be broken; a new catalogue has none of them cached.
    return Catalogue(vocabulary, criteria, inferences)


class _Words:
    """The vocabulary, assembled from its files."""

    def __init__(self, root: Path, names: list[str]) -> None:
        self.root = root
        self.names = names
        self.words: dict[str, Any] = {}
        self.places: dict[str, list[Place]] = {}

    def piece(self) -> Held:
        """The vocabulary. Raises CatalogueError if it is invalid."""
        problems = [problem for name in self.names for problem in first(self._read(name), name)]
        problems += first(self._used_twice())
        vocabulary = None
        try:
            vocabulary = TypeAdapter(Vocabulary).validate_json(canonical(self.words))
        except ValidationError as error:
            problems += first(map(self._explained, error.errors(include_url=False, include_input=False)))
        if problems or vocabulary is None:
            raise CatalogueError(problems)
        return Held(VOCABULARY, as_written(complete_vocabulary(vocabulary)))

    def placed(self, catalogue: Catalogue) -> list[Problem]:
        """Inconsistencies within the vocabulary, each with its file and line."""
        return first(self._placed(key, name, problem) for key, name, problem in vocabulary_problems(catalogue))

    def _placed(self, key: str, name: str, problem: Problem) -> Problem:
        entries = self.words[key]
        at = next((n for n, entry in enumerate(entries) if isinstance(entry, dict) and entry.get("id") == name), 0)
        file, place = self.places[key][at]
        return replace(problem, file=file, line=locate((key, place), self.root, file)[1])

    def _read(self, name: str) -> Iterator[Problem]:
        data, problems = read_yaml(self.root / name, name)
        yield from problems
        for key, value in (data or {}).items():
            known = self.words.setdefault(key, [] if isinstance(value, list) else value)
            if isinstance(value, list) and isinstance(known, list):
                known.extend(value)
                self.places.setdefault(key, []).extend((name, n) for n in range(len(value)))
            elif key in self.places:
                yield Problem(f"$.{key}", f"is also in {self.places[key][0][0]}", file=name)
            else:
                self.places[key] = [(name, 0)]

    def _used_twice(self) -> Iterator[Problem]:
        """Ids or terms that occur twice in one list, whichever files it spans."""
        for key, entries in self.words.items():
            if not isinstance(entries, list):
                continue
            seen: dict[str, Place] = {}
            for entry, place in zip(entries, self.places[key], strict=True):
                name = entry.get("id") if isinstance(entry, dict) else entry
                if not isinstance(name, str):
                    continue
                if name in seen:
                    (first, at), (second, again) = seen[name], place
                    said = f"id '{name}' is also in {first}:{locate((key, at), self.root, first)[1]}"
                    yield Problem(f"$.{key}", said, file=second, line=locate((key, again), self.root, second)[1])
                seen.setdefault(name, place)

    def _explained(self, detail: Any) -> Problem:
        key, *rest = detail["loc"] or ("",)
        file = self.names[0] if self.names else ""
        if key in self.places:
            listed: bool = isinstance(self.words[key], list) and bool(rest) and isinstance(rest[0], int)
            file, at = self.places[key][rest[0] if listed else 0]
            rest = [at, *rest[1:]] if listed else rest
        return explain((key, *rest), detail["type"], detail["msg"], self.root, file)


def _placed(problem: Problem, root: Path) -> Problem:
    """A problem that lint found, with its line: `$.requirements.ID` is the entry with that id."""
    if not problem.path or problem.file is None:
        return problem
    return replace(problem, line=locate(problem.path.split(".")[1:], root, problem.file)[1])


def _criterion(root: Path, name: str) -> Held:
    guideline, key, _ = name.rsplit("/", 2)
    data, problems = read_yaml(root / name, name)
    head: dict[str, Any] = {"guideline": guideline, "treatments": None}
    if data is not None and isinstance(data.get("treatments"), list):
        head["treatments"] = [treatment for treatment in data["treatments"] if isinstance(treatment, str)]
    written = _validated(WrittenCriterion, data, root, name, problems)
    if written is None:
        return Held(name, {}, head, problems)
    for what, said, folder in (("id", written.id, key), ("guideline", written.guideline, guideline)):
        if said != folder:
            problems.append(Problem(f"$.{what}", f"is '{said}', but its folder is named '{folder}'", file=name))
    return Held(name, as_written(written.complete()), head, problems)


def _inference(root: Path, name: str) -> Held:
    data, problems = read_yaml(root / name, name)
    written = _validated(WrittenInference, data, root, name, problems)
    if written is None:
        return Held(name, {}, {}, problems)
    if written.concludes != (folder := key_of(name)):
        said = f"is '{written.concludes}', but its folder is named '{folder}'"
        problems.append(Problem("$.concludes", said, file=name))
    return Held(name, as_written(written.complete()), {}, problems)


def _validated(model: type[T], data: Any, root: Path, name: str, problems: list[Problem]) -> T | None:
    if data is None:
        return None
    try:
        made: T = TypeAdapter(model).validate_json(canonical(data))
        return made
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        problems += first((explain(one["loc"], one["type"], one["msg"], root, name) for one in errors), name)
        return None
