"""Reads YAML files and locates lines in them. YAML 1.2 (`no` is text, 012 is twelve), safe, no duplicate keys.

PyYAML on libyaml, with the YAML 1.2 core schema from yamlcore, is seventeen times as fast as ruamel.yaml's 1.2 loader
and knows the line of every node.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
import yamlcore

from imr_criteria.problems import Problem, json_path

MAX_BYTES = 200_000
MAX_ENTRIES = 5000
"""How many entries all lists and mappings of a file may have; validation may find several errors in each."""
MAX_DIGITS = 40
SHOWN_DEPTH = 20
# Where an anchor, an alias or a tag may begin; most texts have no such place.
_INDICATOR = re.compile(r"(?:^|[\s\ufeff\[{,:])[&*!]", re.MULTILINE)


class _RefusedError(yaml.constructor.ConstructorError):
    """YAML that is well formed but not accepted here."""

    def __init__(self, said: str, mark: Any) -> None:
        super().__init__(None, None, said, mark)


class _Loader(yamlcore.CCoreLoader):  # type: ignore[misc]
    """The core schema; keys must be text and unique, and numbers of a size that JSON can hold."""

    entries = 0

    def construct_sequence(self, node: yaml.SequenceNode, deep: bool = False) -> list[Any]:
        self._count(node)
        made: list[Any] = super().construct_sequence(node, deep)
        return made

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self._count(node)
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise _RefusedError("found a key that is not text", key.start_mark)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made

    def _count(self, node: yaml.CollectionNode) -> None:
        self.entries += len(node.value)
        if self.entries > MAX_ENTRIES:
            raise _RefusedError(f"found more than {MAX_ENTRIES:,} entries in one file", node.start_mark)

    def construct_whole(self, node: yaml.ScalarNode) -> int:
        if len(node.value) > MAX_DIGITS:
            raise _RefusedError("found a number too large to be read", node.start_mark)
        number: int = self.construct_yaml_int_core(node)
        return number

    def construct_number(self, node: yaml.ScalarNode) -> float:
        number: float = self.construct_yaml_float_core(node)
        if not math.isfinite(number):
            raise _RefusedError("found a number that is infinite, or none", node.start_mark)
        return number


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_whole)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_number)


def parse_yaml(text: str) -> Any:
    """The data in a YAML text. Raises yaml.YAMLError if it is invalid, or has anchors, aliases or tags.

    A few lines of aliases can stand for gigabytes, or for themselves; criteria need none of the three.
    """
    if _INDICATOR.search(text):
        for event in yaml.parse(text, Loader=_Loader):
            if getattr(event, "anchor", None) is not None:
                raise _RefusedError("anchors and aliases are not accepted", event.start_mark)
            if getattr(event, "tag", None) is not None:
                raise _RefusedError("tags are not accepted", event.start_mark)
    return yaml.load(text, Loader=_Loader)


def read_yaml(path: Path, name: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The data in a YAML file, or None and its problems; messages refer to the file as `name`."""
    content = b""
    line: int | None = None
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None, [Problem("", "is not a file", file=name)]
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            return None, [Problem("", f"is larger than {MAX_BYTES // 1000} kB", file=name)]
        data = parse_yaml(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Problem("", f"is not UTF-8 text (at byte {error.start})", file=name, line=line)]
    except OSError as error:
        return None, [Problem("", f"cannot be read ({error.strerror or type(error).__name__})", file=name)]
    except yaml.reader.ReaderError as error:
        line = content.decode("utf-8").count("\n", 0, error.position or 0) + 1
        return None, [Problem("", "has a character that YAML does not allow", file=name, line=line)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "is not YAML 1.2"
        # A missing end is noticed after the last line.
        line = min(mark.line + 1, content.count(b"\n") + 1) if mark else None
        return None, [Problem("", str(said), file=name, line=line, column=mark.column + 1 if mark else None)]
    if not isinstance(data, dict):
        return None, [Problem("$", "is not a mapping", file=name)]
    return data, []


def explain(loc: tuple[str | int, ...], kind: str, message: str, root: Path, file: str) -> Problem:
    """A validation error (`loc` and `kind` are pydantic's) as a problem at its line in the YAML file."""
    path, line = locate(loc, root, file)
    if kind == "json_invalid":
        # The only thing that JSON made from valid YAML can be; the line would be that of the JSON.
        message, line = "is nested too deeply", _deep_line((root / file).read_text(encoding="utf-8"))
    elif kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        message = "unknown key"
    elif kind in {"missing", "missing_keyword_only_argument"}:
        message = "is required"
        path.append(loc[-1])
    return Problem(
        json_path(path), message.removeprefix("Value error, ").replace("Input should", "must"), file=file, line=line
    )


def locate(loc: Sequence[str | int], root: Path, file: str) -> tuple[list[str | int], int | None]:
    """The part of a location that exists in a file, and its line; no line if the file cannot be read.

    Entries of a list are named by index or by id. Pydantic's locations also have the tags of unions; the file has not.
    """
    path: list[str | int] = []
    try:
        node = _nodes((root / file).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return list(loc), None
    for part in loc:
        child = _child(node, part)
        if child is not None:
            node = child
            path.append(part)
    return path, node.start_mark.line + 1 if node is not None else None


def _deep_line(text: str) -> int | None:
    """The line on which nesting goes beyond SHOWN_DEPTH."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > SHOWN_DEPTH and event.start_mark is not None:
            return event.start_mark.line + 1
    return None


@lru_cache(maxsize=4)
def _nodes(text: str) -> yaml.Node | None:
    """The nodes of a text; one file may have many problems."""
    return yaml.compose(text, Loader=_Loader)


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    if isinstance(node, yaml.SequenceNode) and isinstance(part, str):
        return next((entry for entry in node.value if getattr(_child(entry, "id"), "value", None) == part), None)
    return None
