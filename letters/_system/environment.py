"""The environment of this process: its environment variables and its working folder.

Only the command line and `Library` (for the library and its signers) read these; everything else gets them passed in.
"""

from __future__ import annotations

import os
from pathlib import Path


def variable(name: str) -> str:
    """The value of an environment variable; empty if it is not set."""
    return os.environ.get(name, "")


def working_folder() -> Path:
    """The working folder of this process."""
    return Path.cwd()
