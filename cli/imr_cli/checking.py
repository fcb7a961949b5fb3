"""`imr-check CASE.json…`: evaluates files one by one and turns the results into output and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from imr_cli.files import Source, many, sources, write_whole
from imr_cli.output import show
from imr_criteria import Catalogue, CatalogueError, default_catalogue
from imr_criteria.dates import day
from imr_criteria.problems import Problem, nearest
from imr_engine.answer.result import RequestResult, Result
from imr_engine.cases.intake import MAX_BYTES, CaseError, read_case
from imr_engine.cases.model import Case
from imr_engine.evaluate import Engine, EngineName, EngineUnavailableError

if TYPE_CHECKING:
    from imr_views.blocks import Block

EXIT_OK, EXIT_FAILED_ON, EXIT_ERROR = 0, 1, 2
Format = Literal["text", "json", "jsonl", "markdown"]
FailOn = Literal["mismatch", "deny", "undocumented", "not-addressed", "never"]


def check(
    arguments: list[str],
    form: Format = "text",
    output: Path | None = None,
    as_of: str | None = None,
    guideline: str | None = None,
    fail_on: FailOn = "mismatch",
    engine_name: EngineName | None = None,
) -> int:
    """Evaluates every file, prints the results, reports problems, and returns the exit code."""
    usage, engine = _prepare(arguments, output, as_of, guideline, engine_name)
    if usage or engine is None:
        say(usage)
        return EXIT_ERROR
    problems: list[Problem] = []
    results: list[Result] = []
    for source in sources(arguments, ("*.json",), MAX_BYTES):
        result, found = _evaluate(engine, source, as_of, guideline)
        say(found)
        problems += found
        if result is not None:
            results.append(result)
    if results or many(arguments):
        problems += _write(results, engine.catalogue, form, output, many(arguments), len(problems))
    if problems:
        return EXIT_ERROR
    return EXIT_FAILED_ON if any(failed_on(r, fail_on) for result in results for r in result["requests"]) else EXIT_OK


def failed_on(request: RequestResult, fail_on: FailOn) -> bool:
    """Whether --fail-on applies to the answer."""
    if fail_on == "mismatch":
        return request["agreement"] is not None and not request["agreement"]["verdict"]
    if fail_on == "undocumented":
        return request["counts"]["undocumented"] > 0
    return request["verdict"] == fail_on


def say(problems: Iterable[Problem]) -> None:
    """Reports problems on standard error, one line each."""
    for problem in problems:
        print(f"imr-check: {problem}", file=sys.stderr)


def _prepare(
    arguments: list[str], output: Path | None, as_of: str | None, guideline: str | None, engine_name: EngineName | None
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
    if output is not None and any(Path(a).resolve() == output.resolve() for a in arguments if a != "-"):
        wrong.append(Problem("--output", "is one of the input files"))
    try:
        return wrong, Engine(catalogue, engine_name)
    except EngineUnavailableError as error:
        return [*wrong, Problem("--engine", str(error))], None


def _evaluate(
    engine: Engine, source: Source, as_of: str | None, guideline: str | None
) -> tuple[Result | None, list[Problem]]:
    """One file's result, or its problems: one bad file never stops the others."""
    if source.content is None:
        return None, [source.problem] if source.problem is not None else []
    try:
        case = read_case(source.content, engine.catalogue)
        if as_of is not None:
            case = Case.model_construct(**{**dict(case), "as_of": day(as_of)})
        return engine.check(case, guideline), []
    except CaseError as error:
        return None, [replace(problem, file=source.name) for problem in error.problems]
    except CatalogueError as error:
        needs = Problem("", "needs criteria that cannot be used; nothing was evaluated", file=source.name)
        return None, [needs, *error.problems]
    except Exception as error:
        return None, [Problem("", f"internal error ({type(error).__name__}); nothing was evaluated", file=source.name)]


def _write(
    results: list[Result], catalogue: Catalogue, form: Format, output: Path | None, several: bool, failures: int
) -> list[Problem]:
    if form == "text" and output is None:
        show(_blocks(results, catalogue, form, several, failures))
        return []
    text = _text(results, catalogue, form, several, failures)
    if output is not None:
        problem = write_whole(output, text)
        say([problem] if problem else [])
        return [problem] if problem else []
    sys.stdout.write(text)
    return []


def _text(results: list[Result], catalogue: Catalogue, form: Format, several: bool, failures: int) -> str:
    if form == "json":
        return json.dumps(results if several else results[0], indent=2, ensure_ascii=False) + "\n"
    if form == "jsonl":
        return "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    blocks = _blocks(results, catalogue, form, several, failures)
    if form == "markdown":
        from imr_views.markdown import markdown  # noqa: PLC0415

        return "".join(markdown(blocks))
    from imr_views.text import text  # noqa: PLC0415 (not needed for JSON)

    return "".join(text(blocks))


def _blocks(
    results: Iterable[Result], catalogue: Catalogue, form: Format, several: bool, failures: int
) -> Iterator[Block]:
    """The blocks of a run, one result at a time."""
    from imr_views.result import Tally, advice_blocks, result_blocks, summary_blocks  # noqa: PLC0415

    tally = Tally()
    for result in results:
        tally.add(result)
        yield from result_blocks(result, catalogue, rationale=form == "markdown")
    if several:
        yield from summary_blocks(tally, failures)
    yield from advice_blocks(tally)
