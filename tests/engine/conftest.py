"""Fixtures for the engine tests."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engine.watched import Watched


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
