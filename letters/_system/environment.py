"""What the surroundings of this process say: its environment variables and its working folder.

Only the command line and the search for the library (`Library.find`) look here. Everything else is told.
"""

from __future__ import annotations

import os
from pathlib import Path


def variable(name: str) -> str:
    """The value of an environment variable; empty where it is not set."""
    return os.environ.get(name, "")


def working_folder() -> Path:
    """The folder this process works in."""
    return Path.cwd()
