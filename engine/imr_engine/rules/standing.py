"""What a requirement's status means for the verdict, by its kind."""

from __future__ import annotations

from typing import Literal

from imr_criteria.model import Kind

Status = Literal["met", "unmet", "undocumented", "not-applicable"]
Standing = Literal["satisfies", "fails", "assumed", "advises", "no-bearing"]

STANDING: dict[tuple[Kind, Status], Standing] = {
    ("required", "met"): "satisfies",
    ("required", "unmet"): "fails",
    ("required", "undocumented"): "fails",
    ("required", "not-applicable"): "satisfies",
    ("exclusion", "met"): "satisfies",
    ("exclusion", "unmet"): "fails",
    # Unless nothing at all speaks for it: then it is assumed to be met.
    ("exclusion", "undocumented"): "fails",
    ("exclusion", "not-applicable"): "satisfies",
    ("advice", "met"): "no-bearing",
    # The request goes against the advice.
    ("advice", "unmet"): "advises",
    ("advice", "undocumented"): "no-bearing",
    ("advice", "not-applicable"): "no-bearing",
}
"""`fails` is a reason to deny, `assumed` counts as satisfied, and advice has no bearing on the verdict."""
