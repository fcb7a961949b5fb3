"""How the two processes talk: a message is its length (8 bytes, big-endian) and that many bytes."""

from __future__ import annotations

import sys
from typing import IO, TypedDict

_LENGTH = 8

TOOK_TOO_LONG = 80
TOOK_TOO_MUCH = 81
"""Exit codes of a worker that gave up on a PDF: it needs too much time, or too much memory."""


class Answer(TypedDict, total=False):
    """The text of a PDF, the offsets at which its pages begin, and warnings; or else why it was refused."""

    text: str
    pages: list[int]
    warnings: list[str]
    refused: str


class EndedError(Exception):
    """The other process has ended, or sends what is no message."""


def send(pipe: IO[bytes], message: bytes) -> None:
    """Sends a message through an unbuffered pipe."""
    for part in (len(message).to_bytes(_LENGTH, "big"), message):
        rest = memoryview(part)
        while rest:
            try:
                rest = rest[pipe.write(rest) :]
            except OSError:
                raise EndedError from None


def receive(pipe: IO[bytes], limit: int = sys.maxsize) -> bytes:
    """The next message from an unbuffered pipe, of at most `limit` bytes."""
    size = int.from_bytes(_exactly(pipe, _LENGTH), "big")
    if size > limit:
        raise EndedError
    return _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(min(size, 1_000_000))
        if not part:
            raise EndedError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
