"""Text from outside (cases, letters, file names, arguments), made safe to show.

Such text could forge a line of an answer, hide or reorder words, drive the terminal, or command the CI system whose log
it ends up in. Everything that is shown passes `visible`, and every JSON document `json_safe`.
"""

from __future__ import annotations

import re
from functools import cache

# Fixed ranges, since the categories of a character differ between versions of Python: control characters, the line and
# paragraph separators, surrogates, noncharacters, and whatever has no shape of its own (format and bidirectional marks,
# zero-width characters, fillers, variation selectors, tags).
_HIDDEN = (
    "\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
) + "".join(f"{chr(end - 1)}{chr(end)}" for end in range(0x1FFFF, 0x110000, 0x10000))
# GitHub reads a command at "::" that begins a line, however indented, and at "##[" anywhere; others at "##", their name
# and "[": Azure at "##vso[", TeamCity at "##teamcity[". Lines are wrapped later, so no "::" is left.
_COMMANDS = r"::+|##(?=[\w.-]*\[)"


@cache
def _unsafe() -> re.Pattern[str]:
    """What `visible` escapes. Compiled when first needed: most runs show nothing but plain ASCII."""
    return re.compile(rf"[\x00-\x1f{_HIDDEN}]|{_COMMANDS}")


@cache
def _unsafe_in_json() -> re.Pattern[str]:
    return re.compile(rf"[{_HIDDEN}]|(?<=#)#")


def visible(text: str) -> str:
    """The text on one line: characters that are no part of a plain line are shown as escapes, such as \\n or \\u202e.

    A byte of a file name that is not UTF-8 is shown as \\xff. Of "::", "##[" and "##name[", the second character is
    escaped. What was made visible once does not change if this is applied again.
    """
    if text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    return _unsafe().sub(_escape, text)


def quoted(text: str) -> str:
    """The text on one line in quotation marks, which it cannot close."""
    return '"' + visible(text).replace('"', '\\"') + '"'


def json_safe(document: str) -> str:
    """The same JSON document, its strings with escapes for what would be unsafe to show; line ends stay."""
    if document.isascii() and "#" not in document and "\x7f" not in document:
        return document
    return _unsafe_in_json().sub(_json_escape, document)


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] in ":#":
        return found[0] + f"\\x{ord(found[0]):02x}" * (len(found) - 1)
    if "\udc80" <= found <= "\udcff":  # how Python represents a byte that it cannot decode
        return f"\\x{ord(found) - 0xDC00:02x}"
    return found.encode("unicode_escape").decode()


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
