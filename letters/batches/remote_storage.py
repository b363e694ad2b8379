"""Letters in remote storage, such as s3://bucket/folder. The only module that imports fsspec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from letters.batches.storage import WORK_FOLDER, FileState
from letters.errors import CannotWrite, Problem, Usage


class RemoteStorage:
    """A folder in any file system fsspec supports. An object is written in one step, so it is complete or not there.

    Raises:
        Usage: fsspec, or what it needs for this address, is not installed.
    """

    def __init__(self, address: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise Usage(_no_fsspec()) from error
        try:
            self._system, root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise Usage(
                Problem(f"cannot be written to: {error}.", address, "For S3: pip install 'letters[cluster]'")
            ) from error
        self._root, self._address = root.rstrip("/"), address.rstrip("/")

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> None:
        written: list[str] = []
        try:
            for name, data in files.items():
                if self._write(self._path(name), data, overwrite=overwrite):
                    written.append(name)
        except Exception as error:  # each kind of storage has its own errors
            for name in written:
                self._system.rm_file(self._path(name))
            raise _unwritten(error, self.shown(name)) from error

    def _write(self, path: str, data: bytes, *, overwrite: bool) -> bool:
        """Write one file; false if an identical one is already there."""
        if not overwrite:
            self._system.invalidate_cache(self._system._parent(path))
            if self._system.exists(path):
                if self._system.cat_file(path) == data:
                    return False
                raise FileExistsError(17, "File exists", path)
            if self._refuses_existing:
                try:
                    self._system.pipe_file(path, data, mode="create")
                except FileExistsError:  # a worker that was thought lost has written it
                    if self._system.cat_file(path) != data:
                        raise
                return True
        self._system.makedirs(self._system._parent(path), exist_ok=True)
        self._system.pipe_file(path, data)
        return True

    @cached_property
    def _refuses_existing(self) -> bool:
        """Whether the storage itself can refuse to replace a file."""
        return "s3" in _protocols(self._system)

    def exists(self, name: str) -> bool:
        return name in self._sizes

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        """The size of every file, by name: one listing instead of a request for each file."""
        try:
            found = self._system.find(self._root, detail=True, refresh=True) if _refreshes(self._system) else None
            found = self._system.find(self._root, detail=True) if found is None else found
        except FileNotFoundError:
            return {}
        except Exception as error:
            raise _unwritten(error, self._address) from error
        return {path[len(self._root) :].lstrip("/"): int(each["size"]) for path, each in found.items()}

    def state(self, name: str, size: int, digest: str) -> FileState:
        if name not in self._sizes:
            return "missing"
        return "same" if self._sizes[name] == size else "changed"

    def shown(self, name: str) -> str:
        return f"{self._address}/{name}"

    def has_journal(self, key: str) -> bool:
        return bool(self.journal(key).names())

    def journal(self, key: str) -> RemoteJournalFile:
        return RemoteJournalFile(self._system, self._path(f"{WORK_FOLDER}/{key}.journal"))

    def clean_up(self) -> None:
        """Nothing is left over."""

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class RemoteJournalFile:
    """A journal in storage that cannot append to a file: each addition is an object of its own, with a number."""

    def __init__(self, system: Any, folder: str) -> None:
        self._system, self._folder = system, folder
        self._next = len(self.names())

    def names(self) -> list[str]:
        self._system.invalidate_cache()
        try:
            return sorted(self._system.find(self._folder))
        except FileNotFoundError:
            return []
        except Exception as error:
            raise _unwritten(error, self._folder) from error

    def lines(self) -> Iterator[str]:
        for name in self.names():
            yield from self._system.cat_file(name).decode("utf-8", "replace").splitlines(keepends=True)

    def begin(self, line: str) -> None:
        for name in self.names():
            self._system.rm_file(name)
        self._next = 0
        self.add(line)

    def add(self, lines: str) -> None:
        try:
            self._system.makedirs(self._folder, exist_ok=True)
            self._system.pipe_file(f"{self._folder}/{self._next:08d}", lines.encode())
        except Exception as error:
            raise _unwritten(error, self._folder) from error
        self._next += 1

    def close(self) -> None:
        """Nothing is open."""


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _refreshes(system: Any) -> bool:
    return "s3" in _protocols(system)


def _unwritten(error: Exception, where: str) -> CannotWrite:
    if isinstance(error, CannotWrite):
        return error
    if isinstance(error, FileExistsError):
        return CannotWrite(Problem("already exists.", where, "Use --overwrite to replace it.", "exists"))
    return CannotWrite(
        Problem(
            f"cannot be written: {error or type(error).__name__}.", where, "Check the address and your access to it."
        )
    )


def _no_fsspec() -> Problem:
    return Problem(
        "Remote storage needs fsspec, which is not installed.",
        hint="Install it: pip install 'letters[cluster]'",
        code="no-fsspec",
    )
