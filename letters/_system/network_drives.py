"""Whether a file is on a network drive, where locks and flushes cannot be relied on."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

_REMOTE = 4  # DRIVE_REMOTE
_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "davfs", "9p"})
_USER_SPACE = ("fuse.sshfs", "fuse.davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.gvfsd-fuse")


def network_drive(file: Path, mounts: str | None = None) -> str:
    """The kind of network file system a path is on, such as ``nfs4``; empty if it is on a disk, as far as is known.

    Args:
        file: need not exist.
        mounts: the mounted file systems as Linux lists them; those of this machine if None.
    """
    path = str(file.absolute())
    if path.startswith(("\\\\", "//")):
        return "shared folder"
    if sys.platform == "win32":
        return "network drive" if _windows_drive(file.absolute().anchor) == _REMOTE else ""
    if mounts is None:
        with suppress(OSError):
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    longest, found = "", ""
    for line in (mounts or "").splitlines():
        _, point, kind, *_ = [*line.split(" "), "", "", ""]
        point = point.replace("\\040", " ")
        if len(point) >= len(longest) and (path == point or path.startswith(f"{point.rstrip('/')}/")):
            longest, found = point, kind
    return found if found in _NETWORK or found in _USER_SPACE else ""


def _windows_drive(root: str) -> int:
    """What kind of drive a letter such as ``Z:\\`` stands for, as Windows numbers them; 0 if it does not say."""
    import ctypes

    windows = getattr(ctypes, "windll", None)
    return int(windows.kernel32.GetDriveTypeW(root)) if windows is not None else 0
