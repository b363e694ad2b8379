"""Letters in storage elsewhere, such as s3://bucket/folder. The only module that knows fsspec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from letters.batches.destination import KEPT, State
from letters.errors import CannotWrite, Problem, Usage


class Remote:
    """A folder of any file system fsspec knows. One object is written in one step, so it is whole or not there."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise Usage(_lacks("fsspec")) from error
        try:
            self._system, root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise Usage(
                Problem(f"cannot be written to: {error}.", address, "pip install 'letters[cluster]' brings S3.")
            ) from error
        self._root, self._address = root.rstrip("/"), address.rstrip("/")

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> None:
        placed: list[str] = []
        try:
            for name, data in files.items():
                if self._write(self._path(name), data, overwrite=overwrite):
                    placed.append(name)
        except Exception as error:  # storage fails in its own ways
            for name in placed:
                self._system.rm_file(self._path(name))
            raise _unwritten(error, self.shown(name)) from error

    def _write(self, path: str, data: bytes, *, overwrite: bool) -> bool:
        """False when the very same file is there already."""
        if not overwrite:
            self._system.invalidate_cache(self._system._parent(path))
            if self._system.exists(path):
                if self._system.cat_file(path) == data:
                    return False
                raise FileExistsError(17, "File exists", path)
            if self._creates_alone:
                try:
                    self._system.pipe_file(path, data, mode="create")
                except FileExistsError:  # another worker that was thought lost has written it meanwhile
                    if self._system.cat_file(path) != data:
                        raise
                return True
        self._system.makedirs(self._system._parent(path), exist_ok=True)
        self._system.pipe_file(path, data)
        return True

    @cached_property
    def _creates_alone(self) -> bool:
        """Whether the storage itself refuses a name that is taken."""
        return "s3" in _protocols(self._system)

    def exists(self, name: str) -> bool:
        return name in self._there

    @cached_property
    def _there(self) -> Mapping[str, int]:
        """The size of every file there is, by its name: one listing instead of a question for each."""
        try:
            found = self._system.find(self._root, detail=True, refresh=True) if _refreshes(self._system) else None
            found = self._system.find(self._root, detail=True) if found is None else found
        except FileNotFoundError:
            return {}
        except Exception as error:
            raise _unwritten(error, self._address) from error
        return {path[len(self._root) :].lstrip("/"): int(each["size"]) for path, each in found.items()}

    def state(self, name: str, size: int, digest: str) -> State:
        if name not in self._there:
            return "gone"
        return "same" if self._there[name] == size else "changed"

    def shown(self, name: str) -> str:
        return f"{self._address}/{name}"

    def has_journal(self, key: str) -> bool:
        return bool(self.journal(key).names())

    def journal(self, key: str) -> Segments:
        return Segments(self._system, self._path(f"{KEPT}/{key}.journal"))

    def settle(self) -> None:
        """Nothing is left."""

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class Segments:
    """A journal where files cannot be added to: each addition is an object of its own, in the order of their names."""

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
        """Nothing is held."""


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


def _lacks(library: str) -> Problem:
    return Problem(
        f"Storage elsewhere needs {library}, which is not installed here.",
        hint="pip install 'letters[cluster]'",
        code=f"no-{library}",
    )
