"""Has the command read a folder of damaged PDFs: `python -m tests.letters.damaged_pdfs [COUNT] [SEED]`.

Between them lie whole letters, all of which must come out, in valid JSON. Peak memory is that of the largest process.
"""

from __future__ import annotations

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from imr_letters.text.limits import PDF_MEMORY
from tests.conftest import COMMAND, WRITTEN
from tests.letters.hostile import CATALOG, FONT, HOSTILE, composite, draws, form, one_page, packed, page, stream
from tests.letters.pdf import file_of, pages_of, pdf_of

LETTER = (WRITTEN / "2016.txt").read_text(encoding="utf-8")
WHOLE = pdf_of(pages_of(LETTER))
# One in so many files is a whole letter, and one of the damaged ones was made to exhaust its reader.
WHOLE_ONE_IN, HOSTILE_ONE_IN = 40, 50
# In MB; memory may be used up faster than the reader looks.
PEAK = 2 * PDF_MEMORY

SIZES = (0, 1, 255, 65_536, 2**31 - 1, 2**32, 2**63, 10**30)
TOKENS = (
    b"[", b"]", b"<<", b">>", b"(", b")", b"<", b"endobj\n", b"endstream\n", b"stream\n", b"null ", b"R ", b"/Kids ",
    b"/Filter /FlateDecode ", b"/Filter /LZWDecode ", b"/Filter /ASCII85Decode ", b"/Length 5 0 R ", b"q ", b"BT ",
    b"/X Do ", b"/F1 9 Tf ", b"1 beginbfrange ", b"trailer ", b"/Prev 9 ", b"\x00", b"\xff",
)  # fmt: skip


def bases() -> list[bytes]:
    """Whole files of many features, to be damaged: letters, forms, maps, compressed streams."""
    lines = [line.encode("cp1252", "replace") for line in LETTER.splitlines()[:60]]
    shown = b"BT /F1 9 Tf 12 TL 40 700 Td " + b"".join(b"<%s> Tj T* " % line.hex().encode() for line in lines) + b"ET"
    forms = [form(shown + b" /X Do", draws(6)), form(shown + b" /X Do", draws(7)), form(shown, FONT)]
    cmap = b"1 beginbfrange <0000> <00FF> <0041> endbfrange 2 beginbfchar <0001> <0042> <0002> <004300440045> endbfchar"
    fonts = composite(b"/Identity-H /ToUnicode 5 0 R", b"/W [0 [500 600] 10 20 700]")
    tree = [CATALOG, b"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>", page(FONT), packed(shown), page(FONT)]
    return [
        WHOLE,
        one_page(stream(shown + b" /X Do"), draws(5), forms),
        one_page(packed(shown), fonts, [packed(cmap)]),
        one_page(stream(shown), fonts, [stream(cmap)]),
        file_of(tree),
    ]


def damaged(content: bytes, rng: random.Random) -> bytes:
    """The content with a few faults."""
    made = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 10))):
        rng.choice((_bytes, _cut, _slice, _number, _number, _reference, _reference, _token))(made, rng)
    return b"%PDF-1.4\n" + bytes(made)


def _bytes(made: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 20)):
        if made:
            made[rng.randrange(len(made))] = rng.randrange(256)


def _cut(made: bytearray, rng: random.Random) -> None:
    if rng.random() < 0.2:
        del made[rng.randint(0, len(made)) :]


def _slice(made: bytearray, rng: random.Random) -> None:
    """Moves, repeats or removes a part."""
    start = rng.randint(0, len(made))
    part = made[start : start + rng.choice((5, 50, 500, 5000))]
    if rng.random() < 0.6:
        del made[start : start + len(part)]
    if rng.random() < 0.6:
        place = rng.randint(0, len(made))
        made[place:place] = part * rng.choice((1, 1, 3, 50))


def _number(made: bytearray, rng: random.Random) -> None:
    _replace(made, rng, rb"\d+", b"%d" % (rng.choice((-1, 1)) * rng.choice(SIZES)))


def _reference(made: bytearray, rng: random.Random) -> None:
    _replace(made, rng, rb"\d+ 0 R", b"%d 0 R" % rng.randint(1, 9))


def _token(made: bytearray, rng: random.Random) -> None:
    place = rng.randint(0, len(made))
    made[place:place] = rng.choice(TOKENS) * rng.choice((1, 1, 1, 100, 20_000))


def _replace(made: bytearray, rng: random.Random, pattern: bytes, by: bytes) -> None:
    found = list(re.finditer(pattern, made))
    if found:
        start, end = rng.choice(found).span()
        made[start:end] = by


def run(folder: Path, count: int, seed: int, hostile: bool = True) -> str:
    """Writes `count` damaged files and some whole ones, has them read, checks the outcome, and returns a report."""
    rng = random.Random(seed)
    ordinary = bases()
    whole = set()
    for number in range(count):
        if number % WHOLE_ONE_IN == 0:
            name = f"{number:05}-whole.pdf"
            (folder / name).write_bytes(WHOLE)
            whole.add(name)
        made_to_exhaust = hostile and number % HOSTILE_ONE_IN == 1
        base = rng.choice(list(HOSTILE.values()))() if made_to_exhaust else rng.choice(ordinary)
        (folder / f"{number:05}.pdf").write_bytes(damaged(base, rng))
    began = time.monotonic()
    done = subprocess.run([COMMAND, "letter", "read", str(folder)], capture_output=True, check=False)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    read = [Path(letter["file"]).name for letter in json.loads(done.stdout)]
    said = [line.partition(f"{folder}/")[2].partition(": ") for line in done.stderr.decode().splitlines()]
    refused = {name: why for name, _, why in said if not why.startswith("warning: ")}
    assert done.returncode == (2 if refused else 0), done.returncode
    assert sorted([*read, *refused]) == sorted(path.name for path in folder.iterdir()), "each file has one outcome"
    assert whole <= set(read), "whole letters are read"
    assert not any("internal error" in why for why in refused.values()), refused
    assert peak < PEAK, f"{peak} MB"
    reasons = "\n".join(f"{times:6} {why}" for why, times in Counter(refused.values()).most_common())
    return (
        f"{count} damaged and {len(whole)} whole PDFs in {seconds:.0f} s: {len(read)} letters read, and refused\n"
        f"{reasons}\npeak memory of the largest process: {peak} MB"
    )


if __name__ == "__main__":
    count, seed = (*map(int, sys.argv[1:]), *(2000, 0)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as made:
        print(run(Path(made), count, seed))
