"""How claims are written in results, rationales and pages."""

from __future__ import annotations

import pytest

from imr_criteria import Catalogue
from imr_engine.answer.words import mid_sentence


@pytest.mark.parametrize(
    ("claim", "within"),
    [
        ("Palpation evokes a twitch.", "palpation evokes a twitch."),
        ("NSAIDs have failed.", "NSAIDs have failed."),
        ("A local anesthetic is injected.", "a local anesthetic is injected."),
        ("MRI-guided injections.", "MRI-guided injections."),
        ("X-rays are negative.", "X-rays are negative."),
        ("Non-sedating agents are preferred.", "non-sedating agents are preferred."),
        ("Flexeril-like drugs.", "Flexeril-like drugs."),
        ("Flexeril was tried.", "Flexeril was tried."),
        ("C6 is weak.", "C6 is weak."),
    ],
)
def test_a_claim_in_mid_sentence(catalogue: Catalogue, claim: str, within: str) -> None:
    assert mid_sentence(catalogue, claim) == within
