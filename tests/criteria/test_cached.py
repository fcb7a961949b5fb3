"""Cached properties are computed without a lock."""

from __future__ import annotations

import os

import pytest

from tests.engine.support import run_script


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_a_property_is_computed() -> None:
    """Python before 3.12 computes cached properties under a lock, which a forked process inherits taken."""
    run_script(
        "import os, signal, threading\n"
        "from imr_criteria.cached import cached_property\n"
        "computing, forked = threading.Event(), threading.Event()\n"
        "class Thing:\n"
        "    @cached_property\n"
        "    def value(self):\n"
        "        if threading.current_thread() is not threading.main_thread():\n"
        "            computing.set()\n"
        "            forked.wait()\n"
        "        return [1]\n"
        "thread = threading.Thread(target=lambda: Thing().value)\n"
        "thread.start()\n"
        "computing.wait()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    signal.alarm(10)\n"
        "    thing = Thing()\n"
        "    os._exit(0 if thing.value is thing.value else 1)\n"
        "forked.set()\n"
        "thread.join()\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
