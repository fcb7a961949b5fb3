"""The values of the options, and the exit codes. Imports nothing heavy, so that help and completion start fast."""

from __future__ import annotations

from typing import Literal

EXIT_OK, EXIT_FAILED_ON, EXIT_ERROR = 0, 1, 2
Format = Literal["text", "json", "jsonl", "markdown"]
FailOn = Literal["mismatch", "deny", "undocumented", "not-addressed", "never"]
EngineName = Literal["durable", "plain"]
Form = Literal["text", "json"]
LetterForm = Literal["text", "json", "jsonl"]
Listed = Literal["criteria", "facts", "treatments", "attributes", "regions", "guidelines", "records"]
