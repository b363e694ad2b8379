"""Letters in a folder of this machine or of a shared drive. Each file appears whole or not at all.

A name that is taken is left alone, unless the file there is the very one to be written: that is how a run that was cut
off between writing a letter and noting it goes on. Nothing is forced to the disk letter by letter, which would cost
more than making them; a resumed run looks instead whether each file noted is there and whole.
"""

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
from letters.batches.destination import KEPT, Log, State
from letters.errors import CannotWrite, Problem


class Folder:
    """A folder of this machine or of a shared drive."""

    def __init__(self, root: Path, key: str) -> None:
        self._root = root
        self._parts = root / KEPT / f"{key}.parts"
        self._made: set[Path] = set()
        self._own = uuid.uuid4().hex  # machines that share the folder may share process numbers too
        self._numbers = itertools.count()

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> None:
        staged: dict[Path, Path] = {}
        placed: list[Path] = []
        try:
            for name, data in files.items():
                part = self._parts / f"{self._own}-{next(self._numbers)}"
                staged[self._root / name] = part
                self._make(staged)
                try:
                    _write(part, data)
                except FileNotFoundError:  # a folder that was there has been taken away
                    self._made.clear()
                    self._make(staged)
                    _write(part, data)
            for (path, part), data in zip(staged.items(), files.values(), strict=True):
                if overwrite:
                    part.replace(path)
                elif _placed(part, path, data):
                    placed.append(path)
        except OSError as error:
            for path in placed:
                path.unlink(missing_ok=True)
            raise CannotWrite(why_unwritten(error)) from error
        finally:
            for part in staged.values():
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)

    def _make(self, staged: Mapping[Path, Path]) -> None:
        for folder in (self._parts, *(path.parent for path in staged)):
            if folder not in self._made:
                self._refuse_outside(folder)
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except FileExistsError:  # a file stands where the folder should be
                    raise NotADirectoryError(20, "Not a directory", str(folder)) from None
                self._made.add(folder)

    def _refuse_outside(self, folder: Path) -> None:
        """A link in the folder may lead anywhere."""
        if not folder.resolve().is_relative_to(self._root.resolve()):
            raise CannotWrite(
                Problem(
                    "is a link that leads out of the folder of this batch.",
                    where=str(folder),
                    hint="Take the link away, or choose another --out.",
                    code="outside",
                )
            )

    def exists(self, name: str) -> bool:
        return os.path.lexists(f"{self._root}/{name}")

    def state(self, name: str, size: int, digest: str) -> State:
        path = self._root / name
        try:
            if path.stat().st_size == size and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return "same"
        except FileNotFoundError:
            return "gone"
        except OSError as error:
            raise CannotWrite(why_unwritten(error)) from error
        return "changed"

    def shown(self, name: str) -> str:
        return str(self._root / name)

    def has_journal(self, key: str) -> bool:
        return (self._root / KEPT / f"{key}.journal").exists()

    def journal(self, key: str) -> Log:
        log = FileLog(self._root / KEPT / f"{key}.journal")
        self._sweep()
        return log

    def _sweep(self) -> None:
        """Take away what a run that was cut off had begun to write."""
        if self._parts.is_dir():
            for part in self._parts.iterdir():
                part.unlink(missing_ok=True)

    def settle(self) -> None:
        with contextlib.suppress(OSError):
            self._parts.rmdir()


def _write(path: Path, data: bytes) -> None:
    """All of it at once: a buffer between would ask the system more than it spares."""
    with path.open("wb", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]


def _placed(part: Path, path: Path, data: bytes) -> bool:
    """Give a finished file its name, unless it is taken; false when the very same file is there already."""
    try:
        os.link(part, path)
    except FileExistsError:
        if path.is_file() and path.read_bytes() == data:
            return False
        raise FileExistsError(17, "File exists", str(path)) from None
    except OSError as error:
        if error.errno in (28, 30):
            raise
        if os.path.lexists(path):  # a file system without hard links
            if path.is_file() and path.read_bytes() == data:
                return False
            raise FileExistsError(17, "File exists", str(path)) from None
        part.replace(path)
    return True


class FileLog:
    """A file of lines, locked for this run. What a crash left of a last line is dropped."""

    def __init__(self, path: Path) -> None:
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
                    "Another run is writing this batch just now.",
                    where=str(path),
                    hint="Wait for it, or stop it.",
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
            raise CannotWrite(why_unwritten(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def _lock(file: IO[bytes]) -> None:
    """Raises OSError when somebody else has it. The system lets go of it however the run ends."""
    module: Any
    try:
        import fcntl as module
    except ImportError:  # Windows
        import msvcrt as module

        file.seek(0)
        module.locking(file.fileno(), module.LK_NBLCK, 1)
        return
    module.flock(file, module.LOCK_EX | module.LOCK_NB)
