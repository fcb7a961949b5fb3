"""Coverage-guided fuzzing by hand: `pip install '.[fuzz]'`, then `python tests/letters/fuzz.py -max_total_time=60`.

The first byte selects text or PDF. Any outcome but a letter or one of the two errors is a bug.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from imr_letters.check import lint
    from imr_letters.reader import NotALetterError, read_letter
    from imr_letters.text.sources import UnreadableError, text_of

from imr_criteria import default_catalogue

CATALOGUE = default_catalogue()


def attempt(data: bytes) -> None:
    """Reads and lints one input."""
    content = data[1:]
    if data[:1] < b"\x40":
        content = b"%PDF-1.4\n" + content
    try:
        letter = read_letter(text_of(content).text)
    except (NotALetterError, UnreadableError):
        return
    lint(letter, CATALOGUE)
    letter.model_dump_json()


if __name__ == "__main__":
    seeds = Path(__file__).parent / "written"
    atheris.Setup([*sys.argv, f"-dict={seeds.parent / 'fuzz.dict'}", "-max_len=20000", "-timeout=10"], attempt)
    atheris.Fuzz()
