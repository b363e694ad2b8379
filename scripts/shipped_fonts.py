"""Puts the fonts that scripts/fonts gathered into the wheel; without them it is built all the same, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedFonts(BuildHookInterface):  # type: ignore[type-arg]
    """The build hook."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is written."""
        if version == "editable":
            return
        if (Path(self.root) / "fonts" / "LICENSES.txt").is_file():
            build_data["force_include"]["fonts"] = "letters/shipped/fonts"
        else:
            self.app.display_warning("Without fonts: run scripts/fonts first, or those of each computer are used.")
