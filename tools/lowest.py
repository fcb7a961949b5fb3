"""Prints the lowest version that pyproject.toml allows of each direct dependency, as constraints for pip.

Those of the project, of its build and of its tests. Exits with an error if one has no lower bound.
"""

from __future__ import annotations

import sys
from pathlib import Path

from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]


def lowest(requirement: Requirement) -> str:
    """The requirement, fixed to its lower bound."""
    for specifier in requirement.specifier:
        if specifier.operator in {"==", ">=", "~="}:
            return f"{requirement.name}=={specifier.version}"
    sys.exit(f"pyproject.toml: {requirement.name} has no lower bound")


def main() -> None:
    """Prints one constraint a line."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = written["project"]
    needed = [
        *written["build-system"]["requires"],
        *project["dependencies"],
        *project["optional-dependencies"]["durable"],
        *project["optional-dependencies"]["test"],
    ]
    for line in sorted({lowest(Requirement(text)) for text in needed}, key=str.lower):
        print(line)


if __name__ == "__main__":
    main()
