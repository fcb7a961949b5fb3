"""Reads and lints one input, for the fuzzer and the tests. Any outcome but a letter or a refusal is a bug."""

from __future__ import annotations

from imr_criteria import default_catalogue
from imr_letters.check import lint
from imr_letters.model import Letter
from imr_letters.reader import NotALetterError, read_letter
from imr_letters.text.sources import UnreadableError, text_of


def attempt(given: str | bytes) -> Letter | None:
    """The letter that a text or the content of a file holds; None if it is refused."""
    try:
        letter = read_letter(given if isinstance(given, str) else text_of(given).text)
    except (NotALetterError, UnreadableError):
        return None
    lint(letter, default_catalogue())
    letter.model_dump_json()
    return letter
