"""Texts as an attacker would write them into a case, a letter or a file name."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis import strategies as st

UNTIMED = settings(deadline=None)  # a busy machine is no failure

FRAGMENTS = (
    "\n", "\r\n", "\r", "\t", "\v", "\x00", "\x1b[31m", "\x1b]0;title\x07", "\x9b2J", "\x7f", "\x85", "\u2028",
    "\u2029", "\u202e", "\u2066", "\u200e", "\u061c", "\u200b", "\u2060", "\ufeff", "\xad", "\U000e0041", "\ufe0f",
    "\udcff", "::error::", "::", ":", "##[error]", "##[", "##vso[task.complete]", "##teamcity[", "#", "##",
    "::set-output name=x::", "@octocat", "@", "octocat", "a@b.com", "org/repo#12", "#123", "GH-123", "!12",
    "$x^2$", ":smile:", "[[x]]", "[[", "[[x|y]]", "[TOC]",
    "http://evil.example/x", "HTTPS:", "//", "www.evil.example", "www", "evil.com", ".com", "mailto:a@b.com",
    "[x](http://y)", "![x](http://y/z.png)", "<b>", "<img src=x>", "<http://y.example>", "<!--", "&#64;", "&lt;",
    "`", "``", "~~", "|", "\\", "*", "**", "_", "[", "]", "(", ")", "<", ">", "- ", "1. ", "1)", "+ ", "===", "---",
    "> ", "    ", "# ", '"', "'", "a5c3785ed8d6a35868bc169f07e40e889087fd2e", "APPROVE", "x" * 120, " ", "é", "痛",
)  # fmt: skip

texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=8).map("".join)

# What Linux allows in the name of a file, as Python gives it.
file_names = (
    texts.map(
        lambda text: re.sub(r"[/\x00]", "", text.encode("utf-8", "surrogatepass").decode(errors="surrogateescape"))
    )
    .map(lambda name: name.encode(errors="surrogateescape")[:80].decode(errors="surrogateescape"))
    .filter(lambda name: name not in {"", ".", ".."})
)

_HARMLESS = re.compile(r"(?!\s*::)(?!.*##[\w.-]*\[)[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*", re.I)


def harmful(output: str) -> list[str]:
    """The lines of an output that could drive a terminal or a CI system."""
    return [line for line in output.split("\n") if not _HARMLESS.fullmatch(line)]
