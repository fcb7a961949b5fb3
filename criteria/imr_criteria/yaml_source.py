"""Reads YAML files and locates lines in them. YAML 1.2 (`no` is text, 012 is twelve), safe, no duplicate keys.

PyYAML on libyaml, with the YAML 1.2 core schema from yamlcore, is seventeen times as fast as ruamel.yaml's 1.2 loader
and knows the line of every node.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
import yamlcore

from imr_criteria.problems import Problem, json_path

MAX_BYTES = 1_000_000


class _Loader(yamlcore.CCoreLoader):  # type: ignore[misc]
    """The core schema; keys must be text and unique."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, "found a key that is not text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, "found duplicate key", key_node.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def parse_yaml(text: str) -> Any:
    """The data in a YAML text. Raises yaml.YAMLError if it is invalid."""
    return yaml.load(text, Loader=_Loader)


def read_yaml(path: Path, name: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The data in a YAML file, or None and its problems; messages refer to the file as `name`."""
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            return None, [Problem("", f"larger than {MAX_BYTES} bytes", file=name)]
        data = parse_yaml(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem("", f"cannot be read ({type(error).__name__})", file=name)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "is not YAML 1.2"
        # A missing end is noticed after the last line.
        line = min(mark.line + 1, content.count(b"\n") + 1) if mark else None
        return None, [Problem("", str(said), file=name, line=line)]
    if not isinstance(data, dict):
        return None, [Problem("$", "is not a mapping", file=name)]
    return data, []


def explain(loc: tuple[str | int, ...], kind: str, message: str, root: Path, file: str) -> Problem:
    """A validation error (`loc` and `kind` are pydantic's) as a problem at its line in the YAML file."""
    path, line = locate(loc, root, file)
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        message = "unknown key"
    elif kind in {"missing", "missing_keyword_only_argument"}:
        message = "is required"
        path.append(loc[-1])
    return Problem(json_path(path), message.removeprefix("Value error, "), file=file, line=line)


def locate(loc: tuple[str | int, ...], root: Path, file: str) -> tuple[list[str | int], int | None]:
    """The part of a pydantic location that exists in a file, and its line; no line if the file cannot be read.

    Pydantic's locations also contain the tags of unions, which the file does not.
    """
    path: list[str | int] = []
    try:
        node = yaml.compose((root / file).read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, yaml.YAMLError):
        return list(loc), None
    for part in loc:
        child = _child(node, part)
        if child is not None:
            node = child
            path.append(part)
    return path, node.start_mark.line + 1 if node is not None else None


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None
