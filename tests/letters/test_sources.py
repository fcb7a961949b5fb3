"""Readable and unreadable files: PDF and text, encrypted, damaged, scanned, huge; the letter commands; fuzzing."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from imr_criteria import default_catalogue
from imr_letters.check import lint
from imr_letters.reader import read_letter
from imr_letters.text.sources import text_of
from tests.conftest import WRITTEN, Command
from tests.letters.attempt import attempt
from tests.letters.pdf import pages_of, pdf_of
from tests.letters.test_reader import facts_of

LETTER = (WRITTEN / "2016.txt").read_text(encoding="utf-8")
PDF = pdf_of(pages_of(LETTER))


@pytest.mark.parametrize("layout", ["2013", "2014", "2016"])
def test_pdf_and_text_give_the_same_letter(layout: str) -> None:
    text = (WRITTEN / f"{layout}.txt").read_text(encoding="utf-8").replace("â¿¢", "")
    found = text_of(pdf_of(pages_of(text, lines=25)))
    assert found.kind == "pdf"
    assert len(found.pages) > 1
    assert facts_of(read_letter(found.text)) == facts_of(read_letter(text))


def encrypted() -> bytes:
    import io  # noqa: PLC0415

    writer = PdfWriter(io.BytesIO(PDF))
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


CANNOT = {
    "empty": (b"", "is empty"),
    "not a letter": (b"Dear Sir, thank you.", "is not an IMR determination letter"),
    "a scan": (pdf_of([[], []]), "without text (perhaps a scan)"),
    "damaged": (b"%PDF-1.4\n" + b"\x00\xff" * 500, "is a damaged PDF"),
    "truncated": (PDF[:60], "is a damaged PDF"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "neither a PDF nor text"),
    "zeros": (bytes(5000), "neither a PDF nor text"),
    "huge": (b"a" * 50_000_001, "is larger than 50 MB"),
    "too long": (b"a " * 1_100_000, "longer than"),
}


@pytest.mark.parametrize("kind", [*CANNOT, "encrypted"])
def test_an_unreadable_file_is_reported_with_the_reason(command: Command, tmp_path: Path, kind: str) -> None:
    content, says = (encrypted(), "is encrypted") if kind == "encrypted" else CANNOT[kind]
    bad, good = tmp_path / "a.pdf", tmp_path / "b.txt"
    bad.write_bytes(content)
    good.write_text(LETTER, encoding="utf-8")
    done = command("letter", "read", str(bad))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"imr-check: {bad}: ")
    assert says in done.stderr
    both = command("letter", "read", str(tmp_path), "--format", "jsonl")
    assert both.returncode == 2
    assert json.loads(both.stdout)["case_number"] == "CM16-0999001"


def test_a_damaged_letter_is_read_in_part_with_warnings(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "cut.txt"
    path.write_text(LETTER[LETTER.index("IMR ISSUES") :], encoding="utf-8")
    done = command("letter", "read", str(path))
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["items"]) == 3
    assert "warning: the clinical case summary is missing" in done.stderr
    path.write_bytes(LETTER.encode() + "\u2019 d\xe9j\xe0".encode("cp1252"))
    done = command("letter", "read", str(path))
    assert "read as Windows-1252" in done.stderr
    assert json.loads(done.stdout)["items"][-1]["rationale"].endswith("' d\xe9j\xe0")


def test_output_formats(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(PDF)
    one = json.loads(command("letter", "read", str(path)).stdout)
    assert set(one) >= {"case_number", "date_of_injury", "decision_date", "reviewer", "summary", "items"}
    assert set(one["items"][0]) >= {
        "title", "treatment", "decision", "claims_administrator_guideline", "reviewer_guideline", "rationale",
    }  # fmt: skip
    assert set(one["items"][0]["reviewer_guideline"]["sources"][0]) >= {"guideline", "section", "pages"}
    several = json.loads(command("letter", "read", str(path), str(path)).stdout)
    assert several == [one, one]
    text = command("letter", "read", str(path), "--format", "text").stdout
    assert "Overturned      MRI of the lumbar spine without contrast" in text
    assert json.loads(command("letter", "read", "-", stdin=PDF).stdout)["items"] == one["items"]


def test_lint(command: Command, tmp_path: Path) -> None:
    text = (WRITTEN / "2014.txt").read_text(encoding="utf-8")
    path = tmp_path / "letter.txt"
    path.write_text(text, encoding="utf-8")
    done = command("letter", "lint", str(path))
    assert done.returncode == 1
    assert [line.split(": ")[1] for line in done.stdout.splitlines()] == ["study-date", "no-evidence"]
    assert "the rationale dates an MRI 2014-01-09, the summary 2014-01-07" in done.stdout
    for old, new, code in (
        ("a date of injury of 03/04/2011", "a date of injury of 03/04/2014", "date-order"),
        ("is dated 2/20/14", "is dated 2/20/17", "out-of-force"),
        ("The number of visits", "The claimant had physical therapy of the knee", "body-part"),
        ("The number of visits", "The record has no finding of the left shoulder,", "side"),
        ("NSAIDs, GI \n\nsymptoms & cardiovascular risk Page(s): 68", "", "no-section"),
    ):
        assert old in text
        assert code in codes(text.replace(old, new)), code
    assert "no-rationale" in codes(text[: text.index("Decision rationale: The worker")])


def codes(text: str) -> set[str]:
    letter = read_letter(text)
    found = lint(letter, default_catalogue())
    assert all(0 <= remark.start <= remark.end <= len(text) for remark in found)
    return {remark.code for remark in found}


# Fuzzing

PIECES = [
    "CLINICAL CASE SUMMARY", "IMR ISSUES, DECISIONS AND RATIONALES", "Claims Administrator guideline:",
    "MAXIMUS guideline:", "Decision rationale:", ": Upheld", "Overturned", "Decision based on MTUS ",
    "Decision based on Non-MTUS Citation ", "Section(s): ", "Page(s): 1,2-9", " was the original request. ",
    "portion of the original request, ", "Case Number: CM16-1", "Date of Injury: 1/1/16",
    "has determined the request for ", "is not medically necessary.", "ISSUE AT DISPUTE: ",
    "Final Determination Letter for IMR Case Number", "Board Certified in ", "â€™", "-\n", "\x02\r\n",
    "\u00ad", "\f", "\n\n", " ", "Low Back Complaints 2004", "Forearm, Wrist, and Hand ", "and ", ", ",
    "x " * 50, "(" * 40, "2 x 4 ", "#30", "L5-S1 ", "13/45/2016",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=60).map("".join)


@settings(max_examples=400, deadline=2000, derandomize=True)
@given(texts)
@example(LETTER)
@example("Upheld Claims Administrator guideline:" * 400)
def test_no_text_crashes_the_reader(text: str) -> None:
    letter = attempt(text)
    for item in letter.items if letter else ():
        for start, end in item.offsets.values():
            assert 0 <= start <= end <= len(text)


@settings(max_examples=150, deadline=5000, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(PDF) - 1), st.integers(0, 255)), max_size=40), st.integers(0, len(PDF)))
def test_no_damaged_pdf_crashes_the_reader(changes: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(PDF)
    for place, byte in changes:
        content[place] = byte
    attempt(bytes(content[: cut or None]))


@pytest.mark.parametrize(
    "piece", [*PIECES, "a", "A. ", "\n", "Upheld\nClaims Administrator guideline: ", "1 of 2 ", "was "]
)
def test_repetition_takes_linear_time(piece: str) -> None:
    """No pattern backtracks: 300,000 characters are read or refused within seconds."""
    text = (piece * (300_000 // len(piece)))[:300_000]
    started = time.process_time()
    attempt(text)
    attempt(LETTER + text + LETTER)
    attempt(piece + " " * 200_000 + LETTER)
    assert time.process_time() - started < 20


def test_memory_is_bounded() -> None:
    tracemalloc.start()
    attempt(LETTER * 300)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300_000_000
