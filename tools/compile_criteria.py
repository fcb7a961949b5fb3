"""Compiles the criteria at build time, so that a wheel carries them instead of YAML.

An editable installation gets them next to its path file, and uses a piece only while its YAML is unchanged.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCriteria(BuildHookInterface):  # type: ignore[type-arg]
    """The build hook for wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Writes the compiled criteria to a temporary folder and includes it in the build."""
        sys.path.insert(0, str(Path(self.root) / "criteria"))
        from imr_criteria.compiled import PACKAGE, write_compiled  # noqa: PLC0415 (only importable from here on)
        from imr_criteria.files import ROOT  # noqa: PLC0415
        from imr_criteria.folder import load_catalogue  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory()
        target = Path(self._folder.name) / PACKAGE
        write_compiled(load_catalogue(ROOT), ROOT, target)
        key = "force_include_editable" if version == "editable" else "force_include"
        build_data[key][str(target)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the temporary folder."""
        self._folder.cleanup()
