"""Letters per second and core, from PDF and from text, and memory over 10,000 letters: `python bench/letters.py`.

Reads the published letters if they are in `shared/` next to the project, otherwise those written for the tests.
"""

from __future__ import annotations

import itertools
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from imr_letters.reader import read_letter
from imr_letters.text.pdf.process import PDFS
from imr_letters.text.sources import text_of

TOP = Path(__file__).parent.parent
SHARED = TOP.parent / "shared" / "letters" / "2016-2017"
TARGETS = {"pdf": 150, "text": 200}
LETTERS = 10_000
A_ROUND = 2_000
# How much peak memory may grow after the 1,000th letter, in MB: room for allocator noise, not for kept letters.
FLAT = 15


def samples() -> dict[str, list[bytes]]:
    """The contents of the letters, by kind of file ("pdf", "text")."""
    if SHARED.is_dir():
        return {kind: [path.read_bytes() for path in sorted((SHARED / kind).iterdir())] for kind in TARGETS}
    sys.path.insert(0, str(TOP))
    from tests.letters.pdf import pages_of, pdf_of  # noqa: PLC0415

    written = [path.read_text(encoding="utf-8") for path in sorted((TOP / "tests/letters/written").glob("*.txt"))]
    return {"text": [t.encode() for t in written], "pdf": [pdf_of(pages_of(t)) for t in written]}


def speed(letters: list[bytes], rounds: int = 3) -> float:
    """Letters per CPU-second of all processes, the best of several rounds. Each starts its own reader of PDFs."""
    repeats = -(-A_ROUND // len(letters))
    return max(_round(letters * repeats) for _ in range(rounds))


def _round(letters: list[bytes]) -> float:
    started = _cpu()
    for content in letters:
        read(content)
    PDFS.close()
    return len(letters) / (_cpu() - started)


def _cpu() -> float:
    """CPU seconds of this process and of those that it has seen end."""
    return sum(usage.ru_utime + usage.ru_stime for usage in _usage())


def _usage() -> list[resource.struct_rusage]:
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def read(content: bytes) -> None:
    """Turns the bytes of a file into JSON."""
    read_letter(text_of(content).text).model_dump_json(by_alias=True)


def growth(letters: list[bytes], report: Callable[[int, float], None]) -> float:
    """How much the peak memory of both processes grows after the 1,000th letter, in MB."""
    peaks = []
    for number, content in enumerate(itertools.islice(itertools.cycle(letters), LETTERS), 1):
        read(content)
        if number in {1000, LETTERS}:
            PDFS.close()  # the system counts what a process used when it has ended
            peaks.append(sum(usage.ru_maxrss for usage in _usage()) / 1024)
            report(number, peaks[-1])
    return peaks[1] - peaks[0]


def main() -> int:
    """Prints the figures. One that falls short is marked, but is not an error."""
    found = samples()
    for kind, target in TARGETS.items():
        rate = speed(found[kind])
        print(f"{kind:5} {rate:8.0f} letters per second and core, target {target}: {'ok' if rate >= target else 'LOW'}")
    grown = growth([*found["pdf"], *found["text"]], lambda n, mb: print(f"{n:6} letters, peak {mb:.0f} MB", flush=True))
    print(f"peak grew by {grown:.1f} MB from 1,000 to {LETTERS:,} letters: {'flat' if grown <= FLAT else 'NOT FLAT'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
