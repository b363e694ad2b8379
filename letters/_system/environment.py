"""The environment of this process: its environment variables and its working folder.

Only the command line, `Library` (for the library and its signers), the place of the register, the folders of fonts,
and the limits on time read these; everything else gets them passed in.
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


def home_folder() -> Path | None:
    """The user's own folder; None if there is none, as for some services."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def user_name() -> str:
    """The name of the user this process runs for; ``unknown`` where the system does not say."""
    import getpass  # here, because few commands need it

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
