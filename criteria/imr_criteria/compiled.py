"""The compiled catalogue: a file for each piece and an index, written when the program is built or installed.

    index.json          for each piece: its file and SHA-256, its sources and theirs, and its head
    <piece>.json        the complete piece

An installation carries nothing else. In a checkout (installed with `pip install --editable`) a piece is used only while
its YAML is unchanged; otherwise the YAML is read. Nothing is written at run time.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from imr_criteria.catalogue import VOCABULARY, Catalogue, CatalogueError, Json, Piece, canonical, digest_of
from imr_criteria.files import ROOT, is_criterion, is_inference, key_of, source_files
from imr_criteria.problems import Problem

PACKAGE = "imr_criteria_compiled"
INDEX = "index.json"
REINSTALL = "the installed criteria are incomplete or damaged; install imr-check again"


class Stored:
    """A piece in a file of the compiled catalogue, read on demand."""

    def __init__(self, folder: Path, entry: Json) -> None:
        self._path = folder / entry["file"]
        self.file = str(self._path)
        self.head: Json = entry["head"]
        self.recorded: str = entry["digest"]
        self.digest: str = entry["digest"]

    def data(self) -> Json:
        """The piece. Raises CatalogueError if its file is missing or not a JSON object."""
        try:
            content = self._path.read_bytes()
            data = json.loads(content)
        except (OSError, ValueError, RecursionError):
            raise CatalogueError([Problem("", REINSTALL, file=self.file)]) from None
        if not isinstance(data, dict):
            raise CatalogueError([Problem("", REINSTALL, file=self.file)])
        self.digest = digest_of(content)
        return data


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The catalogue that ships with the program, opened once per process. Raises CatalogueError if it is unusable."""
    stored = _stored(compiled_folder())
    if ROOT.is_dir():
        return _of_checkout(stored)
    if VOCABULARY not in stored:
        raise CatalogueError([Problem("", REINSTALL)])
    pieces = {name: piece for name, (piece, _) in stored.items()}
    return Catalogue(pieces[VOCABULARY], _named("criterion ", pieces), _named("inference ", pieces))


def _named(kind: str, pieces: Mapping[str, Piece]) -> dict[str, Piece]:
    return {name.removeprefix(kind): piece for name, piece in pieces.items() if name.startswith(kind)}


def _of_checkout(stored: Mapping[str, tuple[Stored, Mapping[str, str]]]) -> Catalogue:
    digests = {name: _file_digest(ROOT / name) for name in source_files(ROOT)}
    fresh = _fresh(stored, digests)
    criteria, inferences = ([n for n in digests if is_kind(n)] for is_kind in (is_criterion, is_inference))
    if VOCABULARY in fresh and fresh.keys() >= {*criteria, *inferences}:
        pieces = [{key_of(name): fresh[name] for name in names} for names in (criteria, inferences)]
        return Catalogue(fresh[VOCABULARY], *pieces)
    from imr_criteria.folder import load_catalogue  # noqa: PLC0415 (only when YAML is read)

    return load_catalogue(ROOT, fresh)


def compiled_folder() -> Path | None:
    """Where the compiled catalogue is installed; None if it is not."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def write_compiled(catalogue: Catalogue, root: Path, target: Path) -> None:
    """Writes the compiled form of a catalogue, loaded from `root`. Raises CatalogueError if a piece is broken."""
    target.mkdir(parents=True, exist_ok=True)
    words = [name for name in source_files(root) if not _is_entry(name)]
    index: dict[str, Json] = {}
    for name, piece in catalogue.pieces.items():
        content = canonical(piece.data())
        file = f"{name.replace(' ', '-')}.json"
        (target / file).write_text(content, encoding="utf-8", newline="\n")
        sources = words if name == VOCABULARY else [piece.file]
        index[name] = {
            "file": file,
            "digest": digest_of(content),
            "head": piece.head,
            "sources": {source: _file_digest(root / source) for source in sources},
        }
    (target / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    (target / "__init__.py").write_text('"""The criteria, compiled from YAML at build time."""\n', encoding="utf-8")


def altered(catalogue: Catalogue) -> list[Problem]:
    """Problems with pieces that were altered after they were compiled. Reads every piece."""
    problems: list[Problem] = []
    for name, piece in catalogue.pieces.items():
        if isinstance(piece, Stored):
            try:
                data = piece.data()
            except CatalogueError as error:
                problems += error.problems
                continue
            if piece.digest != piece.recorded:
                problems.append(Problem("", f"{name} was altered after it was compiled", file=piece.file))
            elif piece.head and any(data.get(key) != value for key, value in piece.head.items()):
                problems.append(Problem("", f"the index disagrees with {name}", file=piece.file))
    return problems


def _stored(folder: Path | None) -> dict[str, tuple[Stored, Mapping[str, str]]]:
    """The pieces of a compiled catalogue with the digests of their sources; none without a usable index."""
    if folder is None:
        return {}
    try:
        index: dict[str, Any] = json.loads((folder / INDEX).read_bytes())
        return {name: (Stored(folder, entry), entry["sources"]) for name, entry in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _fresh(stored: Mapping[str, tuple[Stored, Mapping[str, str]]], digests: Mapping[str, str]) -> dict[str, Piece]:
    """The pieces whose sources are unchanged, by source file.

    Criteria depend on the vocabulary: once that has changed, everything is read from YAML.
    """
    if VOCABULARY not in stored:
        return {}
    vocabulary, sources = stored[VOCABULARY]
    if sources != {name: digest for name, digest in digests.items() if not _is_entry(name)}:
        return {}
    found: dict[str, Piece] = {VOCABULARY: vocabulary}
    for piece, made_from in stored.values():
        for name, digest in made_from.items():
            if _is_entry(name) and digests.get(name) == digest:
                found[name] = piece
    return found


def _is_entry(name: str) -> bool:
    return is_criterion(name) or is_inference(name)


def _file_digest(path: Path) -> str:
    try:
        # Line endings differ between checkouts and carry no meaning.
        return digest_of(path.read_bytes().replace(b"\r\n", b"\n"))
    except OSError:
        return "unreadable"  # and so changed; reading it as a piece says why
