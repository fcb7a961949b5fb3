"""What a requirement's status means for the verdict, by its kind.

kind        met         unmet       undocumented   not-applicable
required    satisfies   fails       fails          satisfies
exclusion   satisfies   fails       is assumed     satisfies
advice      -           advises     -              -
"""

from __future__ import annotations

from typing import Literal

from imr_criteria.model import Kind

Status = Literal["met", "unmet", "undocumented", "not-applicable"]


def fails(kind: Kind, status: Status) -> bool:
    """Whether it is a reason to deny."""
    return (kind != "advice" and status == "unmet") or (kind == "required" and status == "undocumented")


def is_assumed(kind: Kind, status: Status) -> bool:
    """Whether it counts as satisfied because nobody recorded otherwise."""
    return kind == "exclusion" and status == "undocumented"


def decides(kind: Kind, status: Status) -> bool:
    """Whether it counts among what was decided: advice never does, nor does what was assumed."""
    return kind != "advice" and not is_assumed(kind, status)


def advises(kind: Kind, status: Status) -> bool:
    """Whether it is advice that the request does not follow."""
    return kind == "advice" and status == "unmet"
