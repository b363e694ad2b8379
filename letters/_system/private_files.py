"""Files for their owner alone: by permissions on macOS and Linux, by an access list (icacls) on Windows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from letters._system.environment import user_name, variable

_SYSTEM = "*S-1-5-18"  # the account of Windows itself, for backups
_PRIVATE_FOLDERS: set[Path] = set()
"""Folders made private by this process; on Windows, the files in them are private without doing anything."""


def make_private(path: Path) -> bool:
    """Let only the owner read a file or folder.

    Returns:
        Whether it is private now; a drive without permissions, such as a USB stick, may make that impossible.
    """
    folder = path.is_dir()
    if sys.platform != "win32":
        path.chmod(0o700 if folder else 0o600)
        return not path.stat().st_mode & 0o077
    if path.parent in _PRIVATE_FOLDERS:
        return True
    if not _restricted(path, "(OI)(CI)F" if folder else "F"):
        return False
    if folder:
        _PRIVATE_FOLDERS.add(path)
    return True


def private_folder(folder: Path) -> bool:
    """Create a folder that only its owner may read, or make an existing one of theirs private. Raises OSError.

    Folders above it that do not exist yet are created for the owner alone, too.

    Returns:
        Whether it is private now.
    """
    _make(folder)
    if sys.platform == "win32" or (folder.stat().st_mode & 0o077 and folder.stat().st_uid == os.getuid()):
        return folder in _PRIVATE_FOLDERS or make_private(folder)
    return not folder.stat().st_mode & 0o077


def _make(folder: Path) -> None:
    """As `mkdir`, which makes the folder alone private, and not those above it that it has to create."""
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
    except FileNotFoundError:
        if folder.parent == folder:  # a drive that is not there
            raise
        _make(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def _restricted(path: Path, rights: str) -> bool:
    import subprocess  # here, because only Windows needs it

    domain = variable("USERDOMAIN")
    user = f"{domain}\\{user_name()}" if domain else user_name()
    grants = ("/grant:r", f"{user}:{rights}", f"{_SYSTEM}:{rights}")
    try:
        done = subprocess.run(["icacls", str(path), "/inheritance:r", *grants], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
