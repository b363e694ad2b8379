"""Files written whole or not at all, never over an existing file unless told to, under names every system accepts.

First, every file is written under a temporary name in its folder and flushed to disk; then each is renamed; then the
folders are flushed. If the power fails or the program is killed, each name has either the whole old file or the whole
new one. A killed program may leave hidden temporary files, which Letters removes when it writes there a day later.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path

from letters._system.private_files import make_private
from letters._text.lazy_pattern import pattern
from letters.errors import CannotWrite, Problem

_DEVICES = pattern(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_TEMPORARY = ".letters-"  # how the names of temporary files begin
_ABANDONED = 86_400  # seconds after which a temporary file belongs to no running program
MAX_STEM = 100  # characters; with a suffix, well within the 255 bytes that common file systems allow
_NOT_PLAIN = pattern("[^A-Za-z0-9._]")
# Latin letters that are not a plain letter with an accent.
_LATIN = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H",
}  # fmt: skip


def safe_stem(text: str) -> str:
    """A file name without suffix made from ``text``: letters, digits, dot, hyphen and underscore.

    Latin letters become plain ones (``Straße`` gives ``Strasse``); letters of other scripts stay as they are.
    """
    if text.isascii():
        plain = _NOT_PLAIN.sub("-", text)
    else:
        plain = "".join(map(_plain_letter, unicodedata.normalize("NFC", text)))
    stem = re.sub(r"-+", "-", plain).strip("-._")
    stem = stem.encode()[:MAX_STEM].decode(errors="ignore").rstrip("-._")
    first, dot, rest = stem.partition(".")
    return f"{first}-letter{dot}{rest}" if _DEVICES.fullmatch(first) else stem or "letter-letter"


def _plain_letter(character: str) -> str:
    """A character as a file name has it; a hyphen for whatever is neither letter nor figure."""
    if character.isascii():
        return character if character.isalnum() or character in "._" else "-"
    if character in _LATIN:
        return _LATIN[character]
    if base := unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode():
        return base if base.isalnum() else "-"
    return character if unicodedata.category(character)[0] in "LMN" else "-"


def file_names(stem: str, formats: Iterable[str], *, is_draft: bool) -> dict[str, str]:
    """The names of a letter's files, by suffix; a draft says so in its name.

    Args:
        formats: such as ``pdf``; for what goes out with the letter, such as ``targeted-request.pdf``.
    """
    names = {}
    for suffix in formats:
        name, _, ending = suffix.rpartition(".")
        names[suffix] = f"{stem}{f'-{name}' if name else ''}{'-DRAFT' if is_draft else ''}.{ending}"
    return names


def refuse_existing(paths: Mapping[Path, object], *, overwrite: bool) -> None:
    """Raise CannotWrite, naming every path that exists, unless ``overwrite``."""
    existing = [path for path in paths if path.exists() or path.is_symlink()]
    if existing and not overwrite:
        raise CannotWrite(
            Problem(
                "There is a file of this name already.",
                where=str(path),
                hint="Use --overwrite to replace it, or another --out.",
                code="exists",
            )
            for path in existing
        )


def write_all(files: Mapping[Path, bytes], *, overwrite: bool = False, private: bool = False) -> list[Path]:
    """Write every file, or none.

    Args:
        files: the content of each file, by path. Missing folders are created.
        overwrite: replace existing files; otherwise they are all named in a CannotWrite, and nothing is written.
        private: readable by the owner only (answers and drafts).

    Raises:
        CannotWrite: the folder or disk refuses; whatever this call had written is removed again.
    """
    refuse_existing(files, overwrite=overwrite)
    with NewFiles(overwrite=overwrite, private=private) as new:
        for path, content in files.items():
            new.stage(path, content)
        return new.place()


class NewFiles:
    """Files that are written all or none: each is staged as soon as there is its content, and then all are placed.

    Once it is left, nothing remains of files that were not placed.

    Args:
        overwrite: replace existing files; otherwise one that exists is an error once the files are placed.
        private: readable by the owner only.
    """

    def __init__(self, *, overwrite: bool = False, private: bool = False) -> None:
        self._overwrite, self._private = overwrite, private
        self._staged: dict[Path, Path] = {}
        self._folders: set[Path] = set()
        self._made: list[Path] = []

    def __enter__(self) -> NewFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._staged.values():
            temporary.unlink(missing_ok=True)
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):  # something is in it
                folder.rmdir()

    def stage(self, path: Path, content: bytes) -> None:
        """Write a file under a temporary name, flushed to disk. Missing folders are created. Raises CannotWrite."""
        try:
            made = _make_folder(path.parent)
            self._made += made
            self._folders |= {path.parent, *(folder.parent for folder in made)}
            if path in self._staged:
                self._staged.pop(path).unlink()
            self._staged[path] = _stage(path, content, private=self._private)
        except OSError as error:
            raise CannotWrite(why_unwritten(error, path)) from error

    def place(self) -> list[Path]:
        """Give all files their names, and return these.

        Raises:
            CannotWrite: the folder or disk refuses; no file has got its name.
        """
        replaced: dict[Path, Path] = {}
        placed: list[Path] = []
        path = None
        try:
            last = next(reversed(self._staged), None)
            for path, temporary in self._staged.items():
                if not self._overwrite:
                    _place_new(temporary, path)
                else:
                    if path.is_dir():
                        raise IsADirectoryError(21, "Is a directory", str(path))
                    if path != last and path.exists():  # after the last, nothing is undone
                        replaced[path] = _back_up(path)
                    temporary.replace(path)
                placed.append(path)
            for folder in self._folders:
                _flush(folder)
            for folder in {path.parent for path in placed}:
                _remove_leftovers(folder, next(path for path in placed if path.parent == folder))
        except OSError as error:
            for done in placed:
                _put_back(done, replaced.pop(done, None))
            raise CannotWrite(why_unwritten(error, path)) from error
        finally:
            for copy in replaced.values():
                copy.unlink(missing_ok=True)
        self._made.clear()
        return placed


def _put_back(path: Path, old: Path | None) -> None:
    """Undo what was written at a path. A copy of the file that was there stays when another program prevents that."""
    with contextlib.suppress(OSError):
        if old is None:
            path.unlink(missing_ok=True)
        else:
            old.replace(path)


def _make_folder(folder: Path) -> list[Path]:
    """Create a folder and those above it that are missing; the folders that were created, the uppermost first."""
    missing = list(takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # a file is where the folder should be
        raise NotADirectoryError(20, "Not a directory", str(folder)) from None
    return missing[::-1]


def _flush(folder: Path) -> None:
    """Flush a folder's entries to disk, where the system allows it: not on Windows, nor on some shared drives."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_leftovers(folder: Path, written: Path) -> None:
    """Remove what killed programs left here, judging age by the time of the file just written."""
    with contextlib.suppress(OSError):
        now = written.stat().st_mtime
        with os.scandir(folder) as entries:
            left = [entry for entry in entries if entry.name.startswith(_TEMPORARY)]
        for entry in left:
            if now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                Path(entry.path).unlink()


def _back_up(path: Path) -> Path:
    """A copy of a file that is about to be replaced, so that it can be restored."""
    handle, copy = _new_file(path.parent, ".old", private=True)
    os.close(handle)
    shutil.copy2(path, copy)
    return copy


def _stage(path: Path, content: bytes, *, private: bool) -> Path:
    """The content in a temporary file in the same folder, flushed to disk."""
    handle, temporary = _new_file(path.parent, ".part", private=private)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if private:
            make_private(temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _new_file(folder: Path, suffix: str, *, private: bool) -> tuple[int, Path]:
    """A file that no other program has, open for writing, with a name that nobody can guess."""
    path = folder / f"{_TEMPORARY}{os.urandom(8).hex()}{suffix}"
    alone = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, alone, 0o600 if private else 0o666), path


def _place_new(temporary: Path, path: Path) -> None:
    """Give the staged file its name, unless something else took the name in the meantime."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with contextlib.suppress(FileNotFoundError):
            path.lstat()
            raise FileExistsError(17, "File exists", str(path)) from None
        temporary.replace(path)


def why_unwritten(error: OSError, path: Path | None = None) -> Problem:
    """What stopped a file from being written, and what to do.

    Args:
        path: of the file; an error that comes after the file is open, such as that of a full disk, does not name it.
    """
    place = str(error.filename2 or error.filename or path or "")
    if _is_open_elsewhere(error):
        hint = "Close it there, then do this again."
        return Problem("is open in another program, such as Word, so it was left as it is.", place, hint, "open")
    hints = {
        2: "Choose a folder that can be created.",
        13: "Choose a folder you may write to.",
        17: "Another program just wrote it. Use --overwrite to replace it.",
        21: "A folder has that name. Rename it, or choose another folder.",
        20: "Part of that path is a file, not a folder. Choose another folder.",
        28: "Free some space, or choose another disk.",
        30: "The disk is read-only. Choose another one.",
        36: "Choose a shorter name.",
    }
    number = 36 if error.errno == 2 and len(place) >= _LONGEST_ON_WINDOWS else error.errno or 0
    reason = "the path is too long" if number == 36 else (error.strerror or str(error)).lower()
    return Problem(
        f"cannot be written: {reason}.",
        where=place,
        hint=hints.get(number, ""),
        code="exists" if error.errno == 17 else "cannot-write",
    )


def why_unread(error: OSError, place: str) -> Problem:
    """What stopped a file from being read, and what to do."""
    if _is_open_elsewhere(error):
        return Problem("is open in another program.", place, "Close it there, then do this again.", "unreadable")
    return Problem(f"cannot be read: {(error.strerror or str(error)).lower()}.", where=place, code="unreadable")


_LONGEST_ON_WINDOWS = 260
_SHARING = (32, 33)  # numbers of Windows: another program uses the file, or has locked a part of it


def _is_open_elsewhere(error: OSError) -> bool:
    """Whether the file is open in a program that lets nobody else write it, as Word and Excel do on Windows."""
    if getattr(error, "winerror", None) in _SHARING:
        return True
    named = error.filename2 or error.filename
    return error.errno == 13 and isinstance(named, str | os.PathLike) and has_owner_file(Path(os.fspath(named)))


def has_owner_file(path: Path) -> bool:
    """Whether Word, Excel, or LibreOffice has left the file beside it that says who has it open."""
    marks = (f"~${path.name[2:]}", f"~${path.name[1:]}", f"~${path.name}", f".~lock.{path.name}#")
    return any(path.with_name(mark).exists() for mark in marks)
