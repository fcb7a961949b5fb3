"""The full command line: subcommands, options, completion, and help by example."""

from __future__ import annotations

import sys
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperGroup

from imr_cli.options import EXIT_OK, EngineName, FailOn, Form, Format, LetterForm, Listed
from imr_criteria.outside import visible
from imr_engine import __version__

# \b keeps typer from rewrapping a paragraph.
EXAMPLES = """\b
Examples:
  imr-check case.json                    verdict, reasons, remedies
  imr-check cases/ --format jsonl        every case in a folder, one line each
  imr-check - --format json < case.json  from standard input, for programs
  imr-check case.json --fail-on deny     exit code 1 if a request is denied
  imr-check criteria list facts          the facts a case may state
  imr-check criteria show cp09-trigger-point-injection

\b
A minimal case:
  {"schema": "imr-check/case/1", "case_id": "A-1",
   "date_of_injury": "2013-01-05",
   "facts": {"twitch-response": "present", "radiculopathy": "absent"},
   "requests": [{"id": "1", "treatment": "trigger-point-injection",
                 "date": "2013-11-14", "region": "neck",
                 "attributes": {"injections-per-session": 3}}]}

\b
Exit codes:
  0  evaluated, and --fail-on did not apply
  1  --fail-on applied (by default: a verdict differs from its label)
  2  bad input, bad usage, output that cannot be written, internal error
"""

# The entry point looks for --debug itself, since the error may come before the command does.
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an internal error. It may quote the file.")]


class _CheckByDefault(TyperGroup):
    """`imr-check case.json` means `imr-check check case.json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {"-h", "--help", "--version", "--install-completion", "--show-completion", *self.commands}
        if args and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)


_HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    cls=_CheckByDefault,
    context_settings=_HELP,
    name="imr-check",
    help="Re-evaluates medical treatment requests against California's MTUS criteria.\n\n" + EXAMPLES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
criteria = typer.Typer(help="Criteria, and the vocabulary of cases.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(criteria, name="criteria")
letter = typer.Typer(help="Historical determination letters.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(letter, name="letter")


def run(arguments: list[str]) -> int:
    """Runs the command line and returns its exit code. Errors in its use are reported on standard error."""
    try:
        code = app(args=arguments, prog_name="imr-check", standalone_mode=False)
    except Exception as error:
        # Typer's own errors, whose classes have moved between its versions, show themselves. They quote arguments.
        if not isinstance(error_code := getattr(error, "exit_code", None), int) or not hasattr(error, "show"):
            raise
        if type(error).__name__ != "NoArgsIsHelpError":
            error.message = visible(error.message.removeprefix("Value error, "))  # type: ignore[attr-defined]
        error.show()
        return error_code
    return code if isinstance(code, int) else EXIT_OK


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"imr-check {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that precede a subcommand."""


@app.command("check", epilog="See imr-check --help for examples.")
def check(
    cases: Annotated[
        list[str], typer.Argument(help="Case files, folders of them, or - for standard input.", show_default=False)
    ],
    form: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = "text",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file; - is standard output. A link is followed; an input is never replaced.",
        ),
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Evaluate as of this date (YYYY-MM-DD).")] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Apply this guideline regardless of the date; the answer says so.")
    ] = None,
    fail_on: Annotated[
        list[str],  # typer has no lists of choices
        typer.Option(
            metavar=f"[{'|'.join(get_args(FailOn))}]",
            autocompletion=lambda: list(get_args(FailOn)),
            help="When to exit with code 1; may be repeated.",
        ),
    ] = ["mismatch"],  # noqa: B006 (typer does not change it)
    engine: Annotated[EngineName | None, typer.Option(help="The evaluator to run; both give the same answers.")] = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="In JSON, include the requirements of compared criteria and the rationale's sources."
        ),
    ] = False,
    debug: Debug = False,
) -> None:
    """Check requests against the criteria. This is the default: imr-check CASE.json does the same."""
    from imr_cli import checking  # noqa: PLC0415 (each command loads what it needs)

    raise typer.Exit(checking.check(cases, form, output, as_of, guideline, fail_on, engine, full, debug))


@criteria.command("list")
def criteria_list(
    what: Annotated[Listed, typer.Argument(help="What to list.")] = "criteria",
    form: Annotated[Form, typer.Option("--format", "-f", help="Output format.")] = "text",
    debug: Debug = False,
) -> None:
    """List the criteria, or the vocabulary that cases use."""
    from imr_cli import criteria_commands  # noqa: PLC0415

    raise typer.Exit(criteria_commands.list_(what, form))


@criteria.command("show")
def criteria_show(
    name: Annotated[str, typer.Argument(help="The id of a criterion, a treatment or a fact.")],
    form: Annotated[Form, typer.Option("--format", "-f", help="Output format.")] = "text",
    debug: Debug = False,
) -> None:
    """Show a criterion, a treatment or a fact. A treatment comes with its criteria, a fact with its inference."""
    from imr_cli import criteria_commands  # noqa: PLC0415

    raise typer.Exit(criteria_commands.show(name, form))


@criteria.command("lint")
def criteria_lint(
    folder: Annotated[str | None, typer.Argument(help="A folder of criteria; by default, the ones that ship.")] = None,
    debug: Debug = False,
) -> None:
    """Validate criteria files: structure, ids, citations, folders. Exit code 1 if anything is wrong."""
    from imr_cli import criteria_commands  # noqa: PLC0415

    raise typer.Exit(criteria_commands.lint(folder))


@letter.command("read")
def letter_read(
    letters: Annotated[
        list[str], typer.Argument(help="Letters (PDF or text), folders of them, or -.", show_default=False)
    ],
    form: Annotated[LetterForm, typer.Option("--format", "-f", help="Output format.")] = "json",
    debug: Debug = False,
) -> None:
    """Read letters as structured data. Items, decisions, guidelines and pages, each with its place in the text."""
    from imr_cli import letter_commands  # noqa: PLC0415

    raise typer.Exit(letter_commands.read(letters, form, debug))


@letter.command("lint")
def letter_lint(
    letters: Annotated[
        list[str], typer.Argument(help="Letters (PDF or text), folders of them, or -.", show_default=False)
    ],
    form: Annotated[LetterForm, typer.Option("--format", "-f", help="Output format.")] = "text",
    debug: Debug = False,
) -> None:
    """Report inconsistencies in letters. Exit code 1 if there are any."""
    from imr_cli import letter_commands  # noqa: PLC0415

    raise typer.Exit(letter_commands.lint(letters, form, debug))
