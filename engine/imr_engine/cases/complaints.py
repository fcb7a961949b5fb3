"""Collects what is wrong with a case, and finds the place of each problem in the file."""

from __future__ import annotations

from imr_criteria.problems import MAX_PROBLEMS, MORE, Problem, json_path
from imr_engine.cases.positions import Path, Position, positions


class CaseError(Exception):
    """A case cannot be evaluated; `problems` lists what is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Complaints:
    """The problems of one case, which may have been read from `text`.

    Work on a bad case ends with the first problem that would not be shown: the next one raises CaseError.
    """

    def __init__(self, text: str | None = None) -> None:
        self._text = text
        self._found: dict[tuple[Path, str], str | None] = {}

    def say(self, path: Path, message: str, allowed: str | None = None) -> None:
        """Notes a problem at a path, unless it is known. Raises CaseError if enough are known."""
        if (path, message) in self._found:
            return
        if len(self._found) == MAX_PROBLEMS:
            raise CaseError([*self._problems(), MORE])
        self._found[path, message] = allowed

    def end(self) -> None:
        """Raises CaseError if there are problems."""
        if self._found:
            raise CaseError(self._problems())

    def _problems(self) -> list[Problem]:
        """The problems in the order of the file, as far as it is known."""
        places = self._places([path for path, _ in self._found])
        listed = []
        for (path, message), allowed in self._found.items():
            place = next((places[path[:n]][0] for n in range(len(path), -1, -1) if path[:n] in places), None)
            line, column = place if place is not None else (None, None)
            listed.append(Problem(json_path(path), message, allowed, line=line, column=column))
        return in_order(listed)

    def _places(self, paths: list[Path]) -> dict[Path, list[Position]]:
        """A missing key stands where its object does."""
        if self._text is None:
            return {}
        try:
            return positions(self._text, paths)
        except RecursionError:  # nested just as deeply as can still be read
            return {}


def in_order(problems: list[Problem]) -> list[Problem]:
    """Problems in the order of the file."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))
