"""The command line in full: subcommands, options, completion, and help that teaches by example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from imr_cli import checking, criteria_commands
from imr_cli.criteria_commands import Form
from imr_engine import __version__
from imr_engine.evaluate import EngineName
from imr_views.vocabulary import Listed

# \b keeps typer from joining the lines of a paragraph.
EXAMPLES = """\b
Examples:
  imr-check case.json                    verdict, reasons, what would help
  imr-check cases/ --format jsonl        every case of a folder, a line each
  imr-check - --format json < case.json  from standard input, for programs
  imr-check case.json --fail-on deny     exit code 1 when a request is denied
  imr-check criteria list facts          the words that a case may use
  imr-check criteria show cp09-trigger-point-injection

\b
A case in its shortest form:
  {"schema": "imr-check/case/1", "case_id": "A-1",
   "date_of_injury": "2013-01-05",
   "facts": {"twitch-response": "present", "radiculopathy": "absent"},
   "requests": [{"id": "1", "treatment": "trigger-point-injection",
                 "date": "2013-11-14", "region": "neck",
                 "attributes": {"injections-per-session": 3}}]}

\b
Exit codes:
  0  evaluated, and nothing of --fail-on happened
  1  it happened (unless you say otherwise: a verdict other than the label's)
  2  bad input or usage, or an internal error
"""


LetterForm = Literal["text", "json", "jsonl"]


class _CheckByDefault(TyperGroup):
    """`imr-check case.json` means `imr-check check case.json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {"--help", "--version", "--install-completion", "--show-completion", *self.commands}
        if args and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_CheckByDefault,
    name="imr-check",
    help="Re-evaluates medical treatment requests against California's MTUS criteria.\n\n" + EXAMPLES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
criteria = typer.Typer(help="The criteria and the words of cases.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(criteria, name="criteria")
letter = typer.Typer(help="Historical determination letters.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(letter, name="letter")


def _version(asked: bool) -> None:
    if asked:
        print(f"imr-check {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that go before a subcommand."""


@app.command("check", epilog="See imr-check --help for examples.")
def check(
    cases: Annotated[
        list[str], typer.Argument(help="Case files, folders of them, or - for standard input.", show_default=False)
    ],
    form: Annotated[checking.Format, typer.Option("--format", "-f", help="What to print.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Judge the files as of this day (YYYY-MM-DD).")] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Use this guideline whatever the date; the answer says so.")
    ] = None,
    fail_on: Annotated[checking.FailOn, typer.Option(help="What ends with exit code 1.")] = "mismatch",
    engine: Annotated[
        EngineName | None, typer.Option(help="durable_rules, or the plain evaluator; both give the same answers.")
    ] = None,
) -> None:
    """Check requests against the criteria (the default: imr-check CASE.json means the same)."""
    raise typer.Exit(checking.check(cases, form, output, as_of, guideline, fail_on, engine))


@criteria.command("list")
def criteria_list(
    what: Annotated[Listed, typer.Argument(help="What to list.")] = "criteria",
    form: Annotated[Form, typer.Option("--format", "-f", help="What to print.")] = "text",
) -> None:
    """List the criteria, or the words that a case may use."""
    raise typer.Exit(criteria_commands.list_(what, form))


@criteria.command("show")
def criteria_show(
    name: Annotated[str, typer.Argument(help="A criterion, a treatment or a fact.")],
    form: Annotated[Form, typer.Option("--format", "-f", help="What to print.")] = "text",
) -> None:
    """Show a criterion with its requirements, a treatment with its criteria, or a fact with its inference."""
    raise typer.Exit(criteria_commands.show(name, form))


@criteria.command("lint")
def criteria_lint(
    folder: Annotated[Path | None, typer.Argument(help="A folder of criteria; the shipped ones unless given.")] = None,
) -> None:
    """Check the criteria files: shapes, ids, citations, folders. Exit code 1 when something is wrong."""
    raise typer.Exit(criteria_commands.lint(folder))


@letter.command("read")
def letter_read(
    letters: Annotated[
        list[str], typer.Argument(help="Letters (PDF or text), folders of them, or -.", show_default=False)
    ],
    form: Annotated[LetterForm, typer.Option("--format", "-f", help="What to print.")] = "json",
) -> None:
    """Read letters: items, decisions, guidelines and pages, with the place of each in the text."""
    from imr_cli import letter_commands  # noqa: PLC0415 (reads letters only when asked to)

    raise typer.Exit(letter_commands.read(letters, form))


@letter.command("lint")
def letter_lint(
    letters: Annotated[
        list[str], typer.Argument(help="Letters (PDF or text), folders of them, or -.", show_default=False)
    ],
    form: Annotated[LetterForm, typer.Option("--format", "-f", help="What to print.")] = "text",
) -> None:
    """Say what in letters does not hold together. Exit code 1 when something does not."""
    from imr_cli import letter_commands  # noqa: PLC0415

    raise typer.Exit(letter_commands.lint(letters, form))
