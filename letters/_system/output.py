"""Files written whole or not at all, never over another unless told, under names every system can hold.

The order is: every file is written beside its place and forced to the disk; then each takes its place; then the folders
are forced to the disk. Whenever the power fails or the program is killed, a name leads to the whole old file or to the
whole new one. What a killed program leaves is a hidden file of its own, taken away by whoever writes there a day later.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from letters.errors import CannotWrite, Problem

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_ASIDE = ".letters-"  # how the names of files begin that are not in their places yet
_ABANDONED = 86_400  # seconds after which a file of that name is nobody's
MAX_STEM = 100  # characters: with folder and suffix well within the 255 bytes of common file systems


def safe_stem(text: str) -> str:
    """A file name without suffix made from ``text``: plain letters, digits, dot, hyphen and underscore."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-._")[:MAX_STEM].rstrip("-._")
    first, dot, rest = stem.partition(".")
    return f"{first}-letter{dot}{rest}" if _DEVICES.fullmatch(first) else stem or "letter-letter"


def file_names(stem: str, formats: Iterable[str], *, is_draft: bool) -> dict[str, str]:
    """The names a letter's files take, by format; a draft says so in its name."""
    return {suffix: f"{stem}{'-DRAFT' if is_draft else ''}.{suffix}" for suffix in formats}


def refuse_existing(paths: Mapping[Path, object], *, overwrite: bool) -> None:
    """Raise CannotWrite naming every path that exists, unless overwriting is wanted."""
    existing = [path for path in paths if path.exists() or path.is_symlink()]
    if existing and not overwrite:
        raise CannotWrite(
            Problem(
                "already exists.",
                where=str(path),
                hint="Use --overwrite to replace it, or another --out.",
                code="exists",
            )
            for path in existing
        )


def write_all(files: Mapping[Path, bytes], *, overwrite: bool = False, private: bool = False) -> list[Path]:
    """Write every file, or none.

    Args:
        files: path to content. Missing folders are made.
        overwrite: replace files that exist; otherwise they are all named in a CannotWrite and nothing is written.
        private: readable by the owner only (answers and drafts).

    Raises:
        CannotWrite: the folder or disk refuses; what had been written by this call is taken away again.
    """
    refuse_existing(files, overwrite=overwrite)
    staged: dict[Path, Path] = {}
    replaced: dict[Path, Path] = {}
    placed: list[Path] = []
    folders: set[Path] = set()
    try:
        for path, content in files.items():
            folders |= _make_folder(path.parent)
            staged[path] = _stage(path, content, private=private)
        for path, temporary in staged.items():
            if not overwrite:
                _place_new(temporary, path)
            else:
                if path.exists():
                    replaced[path] = _set_aside(path)
                temporary.replace(path)
            placed.append(path)
        for folder in folders:
            _force_to_disk(folder)
        for folder in {path.parent for path in staged}:
            _sweep(folder, next(path for path in staged if path.parent == folder))
    except OSError as error:
        for path in placed:
            path.unlink(missing_ok=True)
        for path, old in replaced.items():
            old.replace(path)
        replaced.clear()
        raise CannotWrite(why_unwritten(error)) from error
    finally:
        for temporary in (*staged.values(), *replaced.values()):
            temporary.unlink(missing_ok=True)
    return placed


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, or close one that stood open. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix" and folder.stat().st_mode & 0o077 and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)


def _make_folder(folder: Path) -> set[Path]:
    """The folders whose entries are about to change: this one, and those a new one was made in."""
    changed = {folder}
    above = folder
    while not above.exists() and above != above.parent:
        above = above.parent
        changed.add(above)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # a file stands where the folder should be
        raise NotADirectoryError(20, "Not a directory", str(folder)) from None
    return changed


def _force_to_disk(folder: Path) -> None:
    """The names in a folder, where the system can be told so: not on Windows, nor on some shared drives."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path, written: Path) -> None:
    """Take away what programs that were killed have left here, judged by the time of the file just written."""
    with contextlib.suppress(OSError):
        now = written.stat().st_mtime
        with os.scandir(folder) as entries:
            left = [entry for entry in entries if entry.name.startswith(_ASIDE)]
        for entry in left:
            if now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                Path(entry.path).unlink()


def _set_aside(path: Path) -> Path:
    """A second name for a file that is about to be replaced, so that it can be brought back."""
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    handle, name = tempfile.mkstemp(prefix=_ASIDE, suffix=".old", dir=path.parent)
    os.close(handle)
    shutil.copy2(path, name)
    return Path(name)


def _stage(path: Path, content: bytes, *, private: bool) -> Path:
    """The content in a file beside its place, safely on disk."""
    handle, name = tempfile.mkstemp(prefix=_ASIDE, suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o600 if private else 0o666 & ~umask)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _place_new(temporary: Path, path: Path) -> None:
    """Give the staged file its name, unless somebody took the name in the meantime."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with contextlib.suppress(FileNotFoundError):
            path.lstat()
            raise FileExistsError(17, "File exists", str(path)) from None
        temporary.replace(path)


def why_unwritten(error: OSError) -> Problem:
    """What stopped a file from being written, and what to do."""
    place = str(error.filename2 or error.filename or "")
    hints = {
        2: "Choose a folder that can be made, with --out.",
        13: "Choose a folder you may write to, with --out.",
        17: "Another program wrote it just now. Use --overwrite to replace it.",
        21: "A folder has that name. Rename it, or choose another --out.",
        20: "A part of that path is a file, not a folder. Choose another --out.",
        28: "Free some space, or choose another disk with --out.",
        30: "The disk cannot be written to. Choose another --out.",
        36: "Choose a shorter name.",
    }
    reason = (error.strerror or str(error)).lower()
    return Problem(
        f"cannot be written: {reason}.",
        where=place,
        hint=hints.get(error.errno or 0, ""),
        code="exists" if error.errno == 17 else "cannot-write",
    )
