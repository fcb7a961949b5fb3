"""Reads YAML files and finds lines in them. YAML 1.2 (`no` is a word, 012 is twelve), safe, no key twice.

ruamel.yaml because it is the maintained YAML 1.2 loader; PyYAML reads `no` as false.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from imr_criteria.problems import Problem, json_path

MAX_BYTES = 1_000_000


def read_yaml(path: Path, name: str) -> tuple[Any, list[Problem]]:
    """The data of a YAML file and what is wrong with it; `name` is how messages call the file."""
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            return None, [Problem("", f"larger than {MAX_BYTES} bytes", file=name)]
        data = YAML(typ="safe", pure=True).load(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem("", f"cannot be read ({type(error).__name__})", file=name)]
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "is not YAML 1.2"
        return None, [Problem("", str(said), file=name, line=mark.line + 1 if mark else None)]
    if not isinstance(data, dict):
        return None, [Problem("$", "is not a mapping", file=name)]
    return _dates_as_text(data), []


def explain(loc: tuple[str | int, ...], message: str, root: Path, file: str) -> Problem:
    """A problem of a validated model, at the place in the YAML where it comes from."""
    path: list[str | int] = []
    node: Node | None = None
    try:
        node = YAML(typ="safe", pure=True).compose((root / file).read_text(encoding="utf-8"))
    except (OSError, YAMLError):
        return Problem(json_path(part for part in loc), message, file=file)
    for part in loc:
        child = _child(node, part)
        # The tags of unions stand in pydantic's locations too; they are not in the file.
        if child is not None:
            node = child
            path.append(part)
    if message.startswith("Extra inputs"):
        message = "unknown key"
    elif message == "Field required":
        message = "is required"
        path.append(loc[-1])
    return Problem(json_path(path), message, file=file, line=node.start_mark.line + 1 if node else None)


def _child(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: Node = node.value[part]
        return found
    return None


def _dates_as_text(data: Any) -> Any:
    """Dates as ISO text, as JSON has them: one form for both sources."""
    if isinstance(data, dict):
        return {str(key): _dates_as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_dates_as_text(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data
