"""Letters in remote storage, such as s3://bucket/folder. The only module that imports fsspec."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from letters._system.stopwatch import seconds
from letters._text.lazy_property import lazy_property
from letters.batches.storage import WORK_FOLDER, FileState, Receipt, is_written
from letters.errors import CannotWrite, Problem, Usage

_ONCE = "written-once"
"""An object that is written twice, to see whether the storage refuses to replace what is there."""
_REFUSED = "PreconditionFailed"
_NOTED_EVERY = 5.0
"""Seconds from one object of the journal to the next."""


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
        self._tried: asyncio.Future[bool] | None = None

    def put(self, files: Mapping[str, bytes], *, overwrite: bool) -> Receipt:
        """Write all of these files or none. Where requests can be underway at the same time, they are."""
        if not self._is_concurrent:
            with suppress(StopIteration):
                self._put(files, overwrite).send(None)  # it never waits
            return is_written
        future = asyncio.run_coroutine_threadsafe(self._put(files, overwrite), self._system.loop)
        return future.result

    async def _put(self, files: Mapping[str, bytes], overwrite: bool) -> None:
        writing = [self._outcome(self._path(name), data, overwrite) for name, data in files.items()]
        outcomes = await asyncio.gather(*writing) if self._is_concurrent else [await each for each in writing]
        failed = [(name, each) for name, each in zip(files, outcomes, strict=True) if isinstance(each, Exception)]
        if not failed:
            return
        for name, outcome in zip(files, outcomes, strict=True):
            if outcome is True:
                await self._call("rm_file", self._path(name))
        name, error = failed[0]
        raise _unwritten(error, self.shown(name)) from error

    async def _outcome(self, path: str, data: bytes, overwrite: bool) -> bool | Exception:
        """Whether one file was written, or why it was not."""
        try:
            return await self._write(path, data, overwrite)
        except Exception as error:  # each kind of storage has its own errors
            return error

    async def _write(self, path: str, data: bytes, overwrite: bool) -> bool:
        """Write one file; false if an identical one is already there."""
        if not overwrite and self._is_s3 and await self._refuses_existing():
            try:
                await self._create(path, data)
            except FileExistsError:  # an interrupted run, or a worker that was thought lost, has written it
                if await self._call("cat_file", path) != data:
                    raise
                return False
            return True
        if not overwrite:
            self._system.invalidate_cache(self._system._parent(path))
            if await self._call("exists", path):
                if await self._call("cat_file", path) == data:
                    return False
                raise FileExistsError(17, "File exists", path)
        if not self._is_s3:
            await self._call("makedirs", self._system._parent(path), exist_ok=True)
        await self._call("pipe_file", path, data)
        return True

    async def _call(self, name: str, *arguments: Any, **more: Any) -> Any:
        """Call a method of the file system, in the way it offers."""
        if self._is_concurrent:
            return await getattr(self._system, f"_{name}")(*arguments, **more)
        return getattr(self._system, name)(*arguments, **more)

    @lazy_property
    def _is_concurrent(self) -> bool:
        """Whether requests can be underway at the same time; otherwise each is waited for."""
        return bool(getattr(self._system, "async_impl", False))

    @lazy_property
    def _is_s3(self) -> bool:
        return _speaks_s3(self._system)

    async def _refuses_existing(self) -> bool:
        """Whether the storage itself refuses to replace a file. Not all that speak S3 do, so it is tried once."""
        if self._tried is None:
            self._tried = asyncio.ensure_future(self._try_to_replace())
        return await asyncio.shield(self._tried)

    async def _try_to_replace(self) -> bool:
        path = self._path(f"{WORK_FOLDER}/{_ONCE}")
        for _ in range(3):
            with suppress(OSError, ValueError):  # another worker tries, too; or it does not know the condition
                try:
                    await self._create(path, b"")
                except FileExistsError:
                    return True
        return False

    async def _create(self, path: str, data: bytes) -> None:
        """Write a file in one request. Raises FileExistsError if there is one of that name."""
        try:
            await self._call("pipe_file", path, data, mode="create")
        except OSError as error:
            if _REFUSED in str(error.__cause__):  # not every server says which condition it was
                raise FileExistsError(17, "File exists", path) from error
            raise

    def exists(self, name: str) -> bool:
        return name in self._sizes

    @lazy_property
    def _sizes(self) -> Mapping[str, int]:
        """The size of every file, by name: one listing instead of a request for each file."""
        try:
            found = self._system.find(self._root, detail=True, refresh=True) if _speaks_s3(self._system) else None
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

    def flush(self) -> None:
        """Nothing to do: what the storage has accepted, it keeps."""

    def clean_up(self) -> None:
        if self._is_s3:
            with suppress(Exception):  # it does no harm there
                self._system.rm_file(self._path(f"{WORK_FOLDER}/{_ONCE}"))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


class RemoteJournalFile:
    """A journal in storage that cannot append to a file: each addition is an object of its own, with a number.

    What is added within a few seconds becomes one object. Letters that an interrupted run wrote and did not note are
    made again by the next, and found to be the same.
    """

    def __init__(self, system: Any, folder: str) -> None:
        self._system, self._folder = system, folder
        self._next = len(self.names())
        self._waiting: list[str] = []
        self._noted = -_NOTED_EVERY

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
        self._waiting.clear()
        if not _speaks_s3(self._system):  # there it would make a bucket, even one whose name is mistyped
            with _naming(self._folder):
                self._system.makedirs(self._folder, exist_ok=True)
        self._write(line)

    def add(self, lines: str) -> None:
        self._waiting.append(lines)
        if seconds() - self._noted >= _NOTED_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what is still waiting."""
        if self._waiting:
            self._write("".join(self._waiting))
            self._waiting.clear()
            self._noted = seconds()

    def _write(self, lines: str) -> None:
        with _naming(self._folder):
            self._system.pipe_file(f"{self._folder}/{self._next:08d}", lines.encode())
        self._next += 1

    def close(self) -> None:
        with suppress(CannotWrite):  # what is not noted is found to be the same by the next run
            self.flush()


@contextmanager
def _naming(where: str) -> Iterator[None]:
    """Turn what goes wrong with the storage into a problem with this place."""
    try:
        yield
    except Exception as error:
        raise _unwritten(error, where) from error


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _speaks_s3(system: Any) -> bool:
    return "s3" in _protocols(system)


def _unwritten(error: Exception, where: str) -> CannotWrite:
    if isinstance(error, CannotWrite):
        return error
    if isinstance(error, FileExistsError):
        return CannotWrite(
            Problem("There is a file of this name already.", where, "Use --overwrite to replace it.", "exists")
        )
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
