"""Cases that are approved, for tests that change one thing in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.strategies import favourable

Case = dict[str, Any]


@pytest.fixture
def relaxant() -> Case:
    """A case of cyclobenzaprine that is approved: four days of use by the request."""
    case = favourable("cyclobenzaprine")
    case["facts"] = {k: v for k, v in case["facts"].items() if k != "muscle-relaxant-use-days"}
    case["records"] = {"medications": [{"drug": "cyclobenzaprine", "from": "2013-11-10", "status": "current"}]}
    return case


@pytest.fixture
def therapy() -> Case:
    """A first course of CBT that is approved."""
    case = favourable("cognitive-behavioral-therapy")
    gone = {"prior-treatment-count", "last-treatment-date", "pain-relief-percent", "pain-relief-weeks"}
    case["facts"] = {k: v for k, v in case["facts"].items() if k not in gone | {"medication-use-reduced"}}
    case["facts"]["prior-treatment"] = "absent"
    return case
