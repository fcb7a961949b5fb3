"""What is wrong with a case, and how much of it is shown."""

from __future__ import annotations

from imr_criteria.problems import Problem

MAX_PROBLEMS = 50
MORE = Problem("", f"has more problems than these; the first {MAX_PROBLEMS} found are listed")


class CaseError(Exception):
    """A case cannot be evaluated; `problems` lists what is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def in_order(problems: list[Problem]) -> list[Problem]:
    """Problems in the order of the file."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))
