"""Coverage-guided fuzzing by hand: `pip install '.[fuzz]'`, then `python tests/letters/fuzz.py -max_total_time=60`.

The first byte selects text or PDF.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports():
    from tests.letters.attempt import attempt


def one_input(data: bytes) -> None:
    """Tries one input."""
    attempt(b"%PDF-1.4\n" + data[1:] if data[:1] < b"\x40" else data[1:])


if __name__ == "__main__":
    seeds = Path(__file__).parent / "written"
    atheris.Setup([*sys.argv, f"-dict={seeds.parent / 'fuzz.dict'}", "-max_len=20000", "-timeout=10"], one_input)
    atheris.Fuzz()
