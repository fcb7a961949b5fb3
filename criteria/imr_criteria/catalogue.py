"""The catalogue: all knowledge by id, each part built on first access.

A catalogue is built from pieces: the vocabulary, each inference, each criterion. `folder` builds it from YAML,
`compiled` from the pieces that ship with an installation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from imr_criteria import decode
from imr_criteria.cached import cached_property
from imr_criteria.model import (
    Attribute,
    Criterion,
    Fact,
    Guideline,
    Inference,
    Region,
    Requirement,
    SearchSequence,
    Silence,
    Source,
    Treatment,
)
from imr_criteria.problems import Problem
from imr_criteria.quantities import Quantity

T = TypeVar("T")
Json = dict[str, Any]
VOCABULARY = "vocabulary"


class CatalogueError(Exception):
    """The criteria that are needed cannot be used. `problems` lists everything wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Piece(Protocol):
    """One part of a catalogue. Messages refer to it as `file`."""

    file: str
    head: Json
    """What must be known about a criterion before it is read: guideline and treatments."""

    def data(self) -> Json:
        """The complete piece as JSON. Raises CatalogueError if it cannot be used."""

    @property
    def digest(self) -> str:
        """SHA-256 of the piece: as read if it has been read, otherwise as recorded."""


@dataclass
class Held:
    """A piece in memory, or the problems that make it unusable."""

    file: str
    content: Json
    head: Json = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def data(self) -> Json:
        """The piece. Raises CatalogueError if it is broken."""
        if self.problems:
            raise CatalogueError(self.problems)
        return self.content

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the piece."""
        return digest_of(canonical(self.content))


class Entries(Mapping[str, T], Generic[T]):
    """Objects by id, each built from its data on first access."""

    def __init__(self, raw: Mapping[str, Any], make: Callable[[Any], T]) -> None:
        self._raw = raw
        self._make = make
        self.made: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        made = self.made.get(key)
        if made is None:
            made = self.made[key] = self._make(self._raw[key])
        return made

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class Catalogue:
    """All knowledge, by id. Treat as read-only.

    Raises CatalogueError, here or on access, if a piece cannot be read.
    """

    def __init__(self, vocabulary: Piece, criteria: Mapping[str, Piece], inferences: Mapping[str, Piece]) -> None:
        self.pieces: dict[str, Piece] = {VOCABULARY: vocabulary}
        self.pieces |= {f"inference {name}": piece for name, piece in inferences.items()}
        self.pieces |= {f"criterion {name}": piece for name, piece in criteria.items()}
        self._words = vocabulary.data()
        self._digest: tuple[int, str] | None = None
        self._requirements: dict[str, Requirement] = {}
        self._heads = {name: piece.head for name, piece in criteria.items()}
        self.criteria: Entries[Criterion] = Entries(criteria, _made_by(decode.criterion))
        self.inferences: Entries[Inference] = Entries(inferences, _made_by(decode.inference))
        self.facts: Mapping[str, Fact] = self._entries("facts", decode.fact)
        self.treatments: Mapping[str, Treatment] = self._entries("treatments", decode.treatment)
        self.attributes: Mapping[str, Attribute] = self._entries("attributes", decode.attribute)
        self.regions: Mapping[str, Region] = self._entries("regions", decode.region)
        self.guidelines: Mapping[str, Guideline] = self._entries("guidelines", decode.guideline)
        self.sources: Mapping[str, Source] = self._entries("sources", decode.source)
        self.quantities: Mapping[str, Quantity] = self._entries("quantities", decode.quantity)

    @property
    def digest(self) -> str:
        """SHA-256 over all pieces: identifies the criteria behind an answer.

        A piece altered after compilation counts as it was read.
        """
        read = len(self.criteria.made) + len(self.inferences.made)
        if self._digest is None or self._digest[0] != read:
            listed = "".join(f"{name}\0{self.pieces[name].digest}\n" for name in sorted(self.pieces))
            self._digest = read, digest_of(listed)
        return self._digest[1]

    @cached_property
    def brands(self) -> dict[str, str]:
        """Brand names, lower-case and hyphenated, with the treatments they stand for."""
        return {
            brand.lower().replace(" ", "-"): treatment["id"]
            for treatment in self._words["treatments"]
            for brand in treatment.get("brands", ())
        }

    @cached_property
    def facts_from_records(self) -> tuple[Fact, ...]:
        """The facts of which entries of the records are observations."""
        return tuple(self.facts[fact["id"]] for fact in self._words["facts"] if "records" in fact)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Units of a request's quantity."""
        return tuple(self._words["units"])

    @cached_property
    def studies(self) -> dict[str, str]:
        """Kinds of study that a record may name, with their names."""
        return dict(self._words["studies"])

    def name_of_record(self, name: str) -> str:
        """What an entry of the records is about, in words: a treatment, a drug or a study."""
        return self.studies[name] if name in self.studies else self.treatments[name].name

    @cached_property
    def study_parts(self) -> dict[str, tuple[str, ...]]:
        """The studies that are several in one, with what they consist of."""
        return {name: tuple(parts) for name, parts in self._words.get("study_parts", {}).items()}

    @cached_property
    def study_findings(self) -> dict[str, str]:
        """Findings of studies, with their meanings."""
        return dict(self._words["study_findings"])

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """Possible outcomes of a treatment."""
        return tuple(self._words["outcomes"])

    @cached_property
    def silences(self) -> tuple[Silence, ...]:
        """Guidelines recorded as silent on a treatment."""
        return tuple(map(decode.silence, self._words.get("silences", ())))

    @cached_property
    def search_sequence(self) -> SearchSequence:
        """The order in which sources are searched."""
        written = self._words["search_sequence"]
        return SearchSequence(citation=written["citation"], order=tuple(written["order"]))

    def requirement_ids(self) -> dict[str, str]:
        """Claims by full requirement id (`criterion/requirement`). Skips criteria that cannot be read."""
        found: dict[str, str] = {}
        for name in self.criteria:
            try:
                criterion = self.criteria[name]
            except CatalogueError:
                continue
            found.update({criterion.full_id(r): r.claim for r in criterion.requirements})
        return found

    def has_requirement(self, full_id: str) -> bool:
        """Whether a full requirement id exists. Reads only its criterion; raises CatalogueError if that is broken."""
        if full_id not in self._requirements and full_id.partition("/")[0] in self.criteria:
            self._index(full_id)
        return full_id in self._requirements

    def requirement(self, full_id: str) -> Requirement:
        """A requirement by its full id. Raises KeyError if there is none."""
        if full_id not in self._requirements:
            self._index(full_id)
        return self._requirements[full_id]

    def _index(self, full_id: str) -> None:
        criterion = self.criteria[full_id.partition("/")[0]]
        self._requirements.update({criterion.full_id(r): r for r in criterion.requirements})

    def criteria_for(self, treatments: Iterable[str], guideline: str | None = None) -> list[Criterion]:
        """The criteria for these treatments, from one guideline or from all. Raises CatalogueError if one is broken."""
        # A criterion so broken that its treatments are unknown could be about any that its guideline addresses.
        names = dict.fromkeys(name for key in (*treatments, None) for name in self._by_treatment.get(key, ()))
        return [self.criteria[n] for n in names if guideline is None or self._heads[n]["guideline"] == guideline]

    def is_drug(self, treatment: str) -> bool:
        """Whether a treatment is a drug or a class of drugs."""
        return any(self.treatments[name].drug for name in self.lineage(treatment))

    def lineage(self, treatment: str) -> list[str]:
        """A treatment and the classes it belongs to, most specific first. Raises KeyError if it is unknown."""
        line = [treatment]
        while (parent := self.treatments[line[-1]].class_) is not None:
            line.append(parent)
        return line

    def members(self, names: Iterable[str]) -> set[str]:
        """The treatments in `names` and all members of those that are classes."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._children.get(name, ())
        return found

    def silence(self, guideline: str, treatment: str) -> Silence | None:
        """The record of a guideline's silence on a treatment, or None."""
        return next((s for s in self.silences if (s.guideline, s.treatment) == (guideline, treatment)), None)

    @cached_property
    def _by_treatment(self) -> dict[str | None, list[str]]:
        index: dict[str | None, list[str]] = {}
        for name, head in self._heads.items():
            for treatment in head["treatments"] if head["treatments"] is not None else (None,):
                index.setdefault(treatment, []).append(name)
        return index

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for treatment in self._words["treatments"]:
            if "class" in treatment:
                children.setdefault(treatment["class"], []).append(treatment["id"])
        return children

    def _entries(self, key: str, make: Callable[[Json], T]) -> Entries[T]:
        try:
            return Entries({entry["id"]: entry for entry in self._words[key]}, make)
        except (KeyError, TypeError):
            raise CatalogueError([Problem(f"$.{key}", "is damaged", file=self.pieces[VOCABULARY].file)]) from None


def canonical(data: Json) -> str:
    """JSON text of a piece; equal data give equal text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str | bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _made_by(make: Callable[[Json], T]) -> Callable[[Piece], T]:
    def read(piece: Piece) -> T:
        data = piece.data()
        try:
            return make(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CatalogueError([Problem("", f"is damaged ({type(error).__name__})", file=piece.file)]) from None

    return read
