"""Readable and unreadable files: PDF and text, encrypted, damaged, scanned, huge; the letter commands; fuzzing."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from imr_criteria import default_catalogue
from imr_letters.check import lint
from imr_letters.reader import NotALetterError, read_letter
from imr_letters.text.sources import text_of
from tests.conftest import WRITTEN, Command
from tests.letters.attempt import attempt
from tests.letters.long_texts import PIECES, seconds, stretched
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


@pytest.mark.parametrize("piece", PIECES)
def test_repetition_takes_linear_time(piece: str) -> None:
    """No pattern backtracks: a hundred thousand characters are read or refused within a second or so."""
    text = (piece * (100_000 // len(piece)))[:100_000]
    assert seconds(text) + seconds(LETTER + text + LETTER) + seconds(piece + " " * 100_000 + LETTER) < 8


@pytest.mark.parametrize(
    ("layout", "where", "piece"),
    [
        ("2016", "after Section(s)", ", "),
        ("2016", "after Section(s)", "a, "),
        ("2016", "before MAXIMUS guideline:", "Final Determination Letter for IMR Case Number"),
        ("2014", "before Claims Administrator guideline:", "#30"),
        ("2013", "after Rationale", "a"),
        ("2013", "after Decision", "\n1. a"),
    ],
)
def test_a_long_part_takes_linear_time(layout: str, where: str, piece: str) -> None:
    assert seconds(dict(stretched(layout, piece, 200_000))[where]) < 0.8  # took from 1.1 to more than 20


def test_numbers_in_a_rationale_take_no_time() -> None:
    """Read as they are in titles, they would take ten times as long as the letter."""
    at = LETTER.index("Decision rationale:") + 20
    for piece in ("this patient 1/1/1 ", "this patient 1/1/1. ", "x 3 per week, this patient. "):
        assert seconds(LETTER[:at] + piece * (600_000 // len(piece)) + LETTER[at:]) < 1.5  # took 2 to 4


def test_many_dates_take_linear_time() -> None:
    days = [f"{1 + n % 12}/{1 + n // 12 % 28}/{1900 + n // 336}" for n in range(30_000)]
    summary, rationale = (" ".join(f"MRI {day}." for day in some) for some in (days[::2], days[1::2]))
    start, end = LETTER.index("reviewer developed") + 100, LETTER.index("Decision rationale:") + 20
    assert seconds(LETTER[:start] + summary + LETTER[start:end] + rationale + LETTER[end:]) < 6


def test_a_letter_has_a_limited_number_of_items() -> None:
    letter = (WRITTEN / "2013.txt").read_text(encoding="utf-8")
    stated = "MAXIMUS Federal Services has determined the request for {} is not medically necessary.\n"
    at = letter.index("1) MAXIMUS")
    with pytest.raises(NotALetterError, match="more than 500 items"):
        read_letter(letter[:at] + "".join(map(stated.format, range(501))) + letter[at:])


def test_memory_is_bounded() -> None:
    tracemalloc.start()
    attempt(LETTER * 300)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300_000_000
