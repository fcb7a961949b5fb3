"""Every command in every format on an 80-column terminal: the same result as in a pipe, and it fits.

Commands and formats come from the typer app; a new command fails here until RUNS says how to run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from imr_cli.app import app
from imr_letters import LABELLED_CASES
from tests.cli.terminal import Leaf, groups, leaves, on_terminal
from tests.conftest import LETTER_002, WRITTEN, Command

LETTER = str(WRITTEN / "2014.txt")

# Arguments to run each command with, besides its choices.
RUNS: dict[tuple[str, ...], list[list[str]]] = {
    ("check",): [[LETTER_002], [str(LABELLED_CASES)]],
    ("criteria", "list"): [[]],
    ("criteria", "show"): [
        ["cp09-trigger-point-injection"],
        ["cyclobenzaprine"],
        ["radiculopathy"],
        ["no-such-thing"],
    ],
    ("criteria", "lint"): [[]],
    ("letter", "read"): [[LETTER], [str(WRITTEN)]],
    ("letter", "lint"): [[LETTER], [str(WRITTEN)]],
}
OPTIONS = {"form": "--format"}
# Choices that do not change what is printed.
IGNORED = {"fail_on", "engine"}


def runs() -> Iterator[list[str]]:
    for leaf in leaves(app):
        for arguments in RUNS[leaf.words]:
            for choice in _combined(leaf):
                yield [*leaf.words, *arguments, *choice]


def _combined(leaf: Leaf) -> list[list[str]]:
    """Every combination of a command's choices, as arguments."""
    made: list[list[str]] = [[]]
    for name, values in leaf.choices.items():
        if name not in IGNORED:
            option = [OPTIONS[name]] if name in OPTIONS else []
            made = [[*before, *option, value] for before in made for value in values]
    return made


def is_text(arguments: list[str]) -> bool:
    """Whether the output is for people; JSON and Markdown are for programs and are not wrapped."""
    return not {"json", "jsonl", "markdown"} & set(arguments)


ALL = list(runs())
TEXT = [arguments for arguments in ALL if is_text(arguments)]
# All others have bold and dim text only.
COLORED = [arguments for arguments in TEXT if arguments[0] == "check" or arguments[:2] == ["letter", "read"]]
COLOR = re.compile(r"\x1b\[(\d+;)*(3|4|9|10)\d[;m]")
HELP = [[*words, "--help"] for words, _ in groups(app)] + [[*leaf.words, "--help"] for leaf in leaves(app)]


@pytest.mark.parametrize("arguments", ALL, ids=" ".join)
def test_terminal_output_matches_piped_output(command: Command, arguments: list[str]) -> None:
    code, written = on_terminal(*arguments)
    piped = command(*arguments)
    assert code == piped.returncode
    assert code in ({2} if "no-such-thing" in arguments else {0, 1})
    assert bool(COLOR.search(written)) == (arguments in COLORED)
    if is_text(arguments):
        assert widest(written) <= 80
        # A stacked table drops the heading of its first column.
        assert words(piped.stdout) - {"id"} <= words(written)
    else:
        assert written == piped.stdout


@pytest.mark.parametrize("arguments", COLORED, ids=" ".join)
def test_no_color_is_honored(arguments: list[str]) -> None:
    assert COLOR.search(on_terminal(*arguments)[1])
    assert not COLOR.search(on_terminal(*arguments, NO_COLOR="1")[1])


@pytest.mark.parametrize("arguments", [*HELP, ["--version"]], ids=" ".join)
def test_help_fits(command: Command, arguments: list[str]) -> None:
    code, written = on_terminal(*arguments)
    assert code == 0
    assert widest(written) <= 80
    assert written.split() == command(*arguments).stdout.split()


@pytest.mark.parametrize("width", [30, 120, 200])
def test_other_widths_fit_too(width: int) -> None:
    for arguments in (["check", LETTER_002], ["letter", "read", LETTER, "-f", "text"], ["criteria", "list", "facts"]):
        assert widest(on_terminal(*arguments, width=width)[1]) <= width


def plain(written: str) -> str:
    """Output without color codes."""
    return re.sub(r"\x1b\[[\d;]*m", "", written)


def widest(written: str) -> int:
    """The width of the widest line, trailing blanks included."""
    return max(map(cell_len, plain(written).splitlines()), default=0)


def words(written: str) -> set[str]:
    """The words of an output, whatever its layout, without long ones: a narrow terminal folds those."""
    return {word for word in re.findall(r"[a-zA-Z0-9]+", plain(written)) if len(word) < 15}
