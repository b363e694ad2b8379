"""Letters in a folder, on this machine or on a shared drive. Each file appears complete or not at all.

An existing file is left alone, unless it is identical to the one to be written: that is how a run continues that was
interrupted after it wrote a letter and before it wrote the journal. Files are not synced to disk one by one, because
that takes longer than making the letters. Instead, all are synced once before the journal says that the batch is done,
and a resumed run checks that every file in the journal is intact.
"""

# ruff: noqa: PTH105, PTH108, PTH113, PTH120 - objects for paths take longer than what is done with them

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from letters._system.output import why_unwritten
from letters.batches.storage import WORK_FOLDER, FileState, JournalFile, Receipt, is_written
from letters.errors import CannotWrite, Problem


class FolderStorage:
    """A folder on this machine or on a shared drive.

    Args:
        root: the folder.
        key: of the batch, in the names of its journal and temporary files.
    """

    def __init__(self, root: Path, key: str) -> None:
        self._root = root
        self._parts = root / WORK_FOLDER / f"{key}.parts"
        self._known_folders: set[str] = set()
        self._own = uuid.uuid4().hex  # machines that share the folder may have the same process numbers
        self._numbers = itertools.count()

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> Receipt:
        staged: list[tuple[str, str]] = []
        finished: list[str] = []
        try:
            for name, data in files.items():
                part, path = f"{self._parts}/{self._own}-{next(self._numbers)}", f"{self._root}/{name}"
                staged.append((path, part))
                self._make_folder(os.path.dirname(path))
                try:
                    _write(part, data)
                except FileNotFoundError:  # a folder has been deleted in the meantime
                    self._known_folders.clear()
                    for each, _ in staged:
                        self._make_folder(os.path.dirname(each))
                    _write(part, data)
            for (path, part), data in zip(staged, files.values(), strict=True):
                if overwrite:
                    os.replace(part, path)
                elif _renamed(part, path, data):
                    finished.append(path)
        except OSError as error:
            for path in finished:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            error.filename = error.filename or staged[-1][0]  # which the system does not say of a file that is open
            raise CannotWrite(why_unwritten(error)) from error
        finally:
            for _, part in staged:
                with contextlib.suppress(OSError):
                    os.unlink(part)
        return is_written

    def _make_folder(self, folder: str) -> None:
        """Make a folder of letters, and that of unfinished ones, unless they are known to be there."""
        if folder in self._known_folders:
            return
        for each in (self._parts, Path(folder)):
            self._refuse_outside(each)
            try:
                each.mkdir(parents=True, exist_ok=True)
            except FileExistsError:  # there is a file where the folder should be
                raise NotADirectoryError(20, "Not a directory", str(each)) from None
        self._known_folders.add(folder)

    def _refuse_outside(self, folder: Path) -> None:
        """Raise CannotWrite if a link leads out of the output folder."""
        if not folder.resolve().is_relative_to(self._root.resolve()):
            raise CannotWrite(
                Problem(
                    "is a link that leads out of the output folder.",
                    where=str(folder),
                    hint="Remove the link, or choose another --out.",
                    code="outside",
                )
            )

    def exists(self, name: str) -> bool:
        return os.path.lexists(f"{self._root}/{name}")

    def state(self, name: str, size: int, digest: str) -> FileState:
        path = self._root / name
        try:
            if path.stat().st_size == size and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return "same"
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error
        return "changed"

    def shown(self, name: str) -> str:
        return str(self._root / name)

    def has_journal(self, key: str) -> bool:
        return (self._root / WORK_FOLDER / f"{key}.journal").exists()

    def journal(self, key: str) -> JournalFile:
        log = LocalJournalFile(self._root / WORK_FOLDER / f"{key}.journal")
        self._delete_unfinished()
        return log

    def _delete_unfinished(self) -> None:
        """Delete files that an interrupted run left unfinished."""
        if self._parts.is_dir():
            for part in self._parts.iterdir():
                part.unlink(missing_ok=True)

    def flush(self) -> None:
        if hasattr(os, "sync"):  # not on Windows
            os.sync()

    def clean_up(self) -> None:
        with contextlib.suppress(OSError):
            self._parts.rmdir()


def _write(path: str, data: bytes) -> None:
    """Write without a buffer, which would only add system calls."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _renamed(part: str, path: str, data: bytes) -> bool:
    """Give a finished file its name, unless that is taken; false if an identical file already has it."""
    try:
        os.link(part, path)
    except FileExistsError:
        if _is_same(path, data):
            return False
        raise FileExistsError(17, "File exists", path) from None
    except OSError as error:
        if error.errno in (28, 30):
            raise
        if os.path.lexists(path):  # a file system without hard links
            if _is_same(path, data):
                return False
            raise FileExistsError(17, "File exists", path) from None
        os.replace(part, path)
    return True


def _is_same(path: str, data: bytes) -> bool:
    """Whether a file already is what is to be written."""
    return os.path.isfile(path) and Path(path).read_bytes() == data


class LocalJournalFile:
    """A journal in a file, locked for this run. A last line that a crash cut short is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("a+b")
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise CannotWrite(
                Problem(
                    "Another run is writing this batch.",
                    where=str(path),
                    hint="Wait until it is done, or stop it.",
                    code="busy",
                )
            ) from error

    def lines(self) -> Iterator[str]:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield line.decode("utf-8", "replace")
        self._file.truncate(whole)

    def begin(self, line: str) -> None:
        self._file.truncate(0)
        self.add(line)

    def add(self, lines: str) -> None:
        try:
            self._file.write(lines.encode())
            self._file.flush()
        except OSError as error:
            error.filename = str(self._path)
            raise CannotWrite(why_unwritten(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def _lock(file: IO[bytes]) -> None:
    """Lock the file. Raises OSError if another run has locked it. The system unlocks it however the run ends."""
    module: Any
    try:
        import fcntl as module
    except ImportError:  # Windows
        import msvcrt as module

        file.seek(0)
        module.locking(file.fileno(), module.LK_NBLCK, 1)
        return
    module.flock(file, module.LOCK_EX | module.LOCK_NB)
