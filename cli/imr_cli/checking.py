"""`imr-check CASE.json…`: evaluates files one by one and turns the results into output and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from imr_cli.files import STANDARD_STREAM, InputFile, many, sources
from imr_cli.guard import failure
from imr_cli.options import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, EngineName, FailOn, Format
from imr_cli.report import Report, report
from imr_cli.streams import say
from imr_criteria import CatalogueError, default_catalogue
from imr_criteria.dates import day
from imr_criteria.problems import Problem, nearest
from imr_engine.answer.result import Extra, RequestResult, Result
from imr_engine.cases.intake import MAX_BYTES, CaseError, read_case
from imr_engine.evaluate import Engine, EngineUnavailableError

if TYPE_CHECKING:
    from imr_cli.target import Target

ENDINGS = (".json",)
KINDS: tuple[str, ...] = get_args(FailOn)


def check(
    arguments: list[str],
    form: Format = "text",
    output: str | None = None,
    as_of: str | None = None,
    guideline: str | None = None,
    fail_on: Collection[str] = ("mismatch",),
    engine_name: EngineName | None = None,
    full: bool = False,
    debug: bool = False,
) -> int:
    """Evaluates every file, prints the results, reports problems, and returns the exit code."""
    if output == STANDARD_STREAM:
        output = None
    usage, engine = _prepare(arguments, as_of, guideline, fail_on, engine_name)
    file: Target | Problem | None = None
    if output is not None:
        from imr_cli.target import target, write_whole  # noqa: PLC0415 (a check seldom writes a file)

        file = target(output, arguments, ENDINGS)
    if isinstance(file, Problem):
        usage.append(file)
    if usage or engine is None or isinstance(file, Problem):
        say(usage)
        return EXIT_ERROR
    include: list[Extra] = ["compared", "sentences"] if full else ["sentences"] if form == "markdown" else []
    made = report(form, engine.catalogue, many(arguments), own=output is None)
    run = _Run(engine, as_of, guideline, fail_on, include, made, debug)
    pieces = run.pieces(sources(arguments, ENDINGS, MAX_BYTES), even_if_none=file is None)
    if file is None:
        sys.stdout.writelines(pieces)
    elif problem := write_whole(file, pieces):
        run.report([problem])
    if run.problems:
        return EXIT_ERROR
    return EXIT_FAILED_ON if run.failed else EXIT_OK


class _Run:
    """The evaluation of files one at a time: no result is kept, only what the exit code and the summary need."""

    def __init__(
        self,
        engine: Engine,
        as_of: str | None,
        guideline: str | None,
        fail_on: Collection[str],
        include: Collection[Extra],
        made: Report,
        debug: bool,
    ) -> None:
        self.engine = engine
        self.problems = 0
        self.failed = False
        self._as_of = as_of
        self._guideline = guideline
        self._fail_on = fail_on
        self._include = include
        self._made = made
        self._debug = debug

    def report(self, problems: list[Problem]) -> None:
        """Reports problems and counts them."""
        say(problems)
        self.problems += len(problems)

    def pieces(self, files: Iterable[InputFile], even_if_none: bool) -> Iterator[str]:
        """The output, a piece for each file that can be evaluated and shown: one bad file never stops the others.

        The last piece ends the output; if there was none before, it is left out unless `even_if_none`.
        """
        ends = even_if_none
        for file in files:
            if isinstance(file.content, Problem):
                self.report([file.content])
            elif (piece := self._piece(file.name, file.content)) is not None:
                ends = True
                yield piece
        if ends:
            yield self._made.end(self.problems)

    def _piece(self, name: str, content: bytes) -> str | None:
        try:
            result = self._evaluate(content)
            piece = self._made.piece(result)
            self.failed |= any(failed_on(request, self._fail_on) for request in result["requests"])
            return piece
        except CaseError as error:
            self.report([replace(problem, file=name) for problem in error.problems])
        except CatalogueError as error:
            needs = Problem("", "needs criteria that cannot be used; nothing was evaluated", file=name)
            self.report([needs, *error.problems])
        except Exception as error:
            self.report([failure(error, "nothing was answered", name, self._debug)])
        return None

    def _evaluate(self, content: bytes) -> Result:
        case = read_case(content, self.engine.catalogue)
        if self._as_of is not None:
            case = case._replace(as_of=day(self._as_of))
        return self.engine.check(case, self._guideline, self._include)


def failed_on(request: RequestResult, kinds: Collection[str]) -> bool:
    """Whether any kind of --fail-on applies to the answer."""
    return any(_failed_on(request, kind) for kind in kinds)


def _failed_on(request: RequestResult, kind: str) -> bool:
    if kind == "mismatch":
        return request["agreement"] is not None and not request["agreement"]["verdict"]
    if kind == "undocumented":
        # Evidence in conflict leaves a requirement undocumented too, though no paper is missing.
        return request["counts"]["undocumented"] + request["counts"]["in-conflict"] > 0
    return request["verdict"] == kind


def _prepare(
    arguments: list[str],
    as_of: str | None,
    guideline: str | None,
    fail_on: Collection[str],
    engine_name: EngineName | None,
) -> tuple[list[Problem], Engine | None]:
    """The engine, and any problems with the arguments."""
    wrong: list[Problem] = []
    if arguments.count("-") > 1:
        wrong.append(Problem("", "standard input (-) can be read only once"))
    if as_of is not None:
        try:
            day(as_of)
        except ValueError as error:
            wrong.append(Problem("--as-of", str(error)))
    try:
        catalogue = default_catalogue()
    except CatalogueError as error:
        return error.problems, None
    if guideline is not None and guideline not in catalogue.guidelines:
        wrong.append(Problem("--guideline", "unknown guideline", nearest(guideline, catalogue.guidelines)))
    if not set(fail_on) <= set(KINDS):
        wrong.append(Problem("--fail-on", "unknown kind", ", ".join(KINDS)))
    if "never" in fail_on and len(set(fail_on)) > 1:
        wrong.append(Problem("--fail-on", "never stands alone"))
    try:
        return wrong, Engine(catalogue, engine_name)
    except EngineUnavailableError as error:
        return [*wrong, Problem("--engine", str(error))], None
