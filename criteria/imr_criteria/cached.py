"""`cached_property` without a lock, as in Python 3.12 and later.

Earlier versions hold a lock while they compute. A process forked meanwhile by another thread would wait for it forever.
Without it, two threads may compute the same value; both get the one stored first.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:
    import functools

    class cached_property(functools.cached_property):
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self.attrname, self.func(instance))


__all__ = ["cached_property"]
