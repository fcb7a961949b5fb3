"""Fixtures for the engine tests."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.strategies import favourable

if TYPE_CHECKING:
    from tests.engine.watched import Watched

Case = dict[str, Any]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """The C extension of durable_rules under observation, installed where the adapter looks for it.

    No ruleset made before is used, so that the making of each is observed too.
    """
    import imr_engine.evaluators.durable as adapter  # noqa: PLC0415 (may be missing)
    from tests.engine.watched import Watched  # noqa: PLC0415

    made = Watched()
    monkeypatch.setattr(adapter, "durable_rules_engine", made)
    monkeypatch.setattr(adapter, "_shared", weakref.WeakValueDictionary())
    return made


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
