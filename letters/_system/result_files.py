"""Keeps results from run to run, in files beside the compiled modules: see `letters._text.between_runs`.

Each result is kept under a digest of all that it was made from. All are dropped when the code changes.
"""

from __future__ import annotations

import atexit
import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar, cast

from letters._system.kept_files import PYTHON, kept_file, read_kept, write_kept
from letters._text.between_runs import is_kept_here, keep_in
from letters._text.lazy_property import lazy_property

_Result = TypeVar("_Result")

_PACKAGE = Path(__file__).parent.parent
_LIBRARIES = ("docxtpl", "holidays", "jinja2", "lxml", "markupsafe", "msgspec", "pydantic", "pydantic_core")
"""Whose code results come from."""
_FILES = 300
"""That are kept: a library has some thirty, and those of old ones go."""


class ResultFiles:
    """Results in files.

    Args:
        folder: where they are kept; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._groups: dict[str, _Group] = {}

    def of(
        self,
        group: str,
        made_from: Callable[[], Iterable[str | bytes]],
        make: Callable[[], _Result],
        is_kept: Callable[[_Result], bool],
        most: int,
    ) -> _Result:
        """See `between_runs.kept`."""
        if group not in self._groups:
            file = self._folder / _digest([group]).hex()
            self._groups[group] = _Group(file, read_kept(file, self._version))
        known = self._groups[group]
        key = _digest(made_from())
        if (data := known.results.get(key)) is not None:
            with suppress(Exception):  # nothing that can be wrong with it may stop a letter: it is made anew
                found = cast("_Result", pickle.loads(data))
                known.used[key] = None
                return found
        result = make()
        if is_kept(result) and _digest(made_from()) == key:  # nobody has changed a file meanwhile
            known.results[key] = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
            known.used[key] = None
            known.most, known.is_saved = most, False
        return result

    def save(self) -> None:
        """Keep what has been made, unless it cannot be written."""
        unsaved = [group for group in self._groups.values() if not group.is_saved]
        if not unsaved:
            return
        with suppress(OSError):
            for group in unsaved:
                group.is_saved = write_kept(group.file, group.latest(), self._version)
            files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in files[_FILES:]:
                old.unlink()

    @lazy_property
    def _version(self) -> bytes:
        """That of the code: what is made may differ with every change of it."""
        libraries = [str(spec.origin) for name in _LIBRARIES if (spec := find_spec(name))]
        return PYTHON + _digest([*_state(_PACKAGE), *map(_times, libraries)]).hex().encode()


class _Group:
    """Results that are in one file.

    Args:
        results: each as `pickle` writes it, by what it was made from.
    """

    def __init__(self, file: Path, results: dict[bytes, bytes]) -> None:
        self.file, self.results = file, results
        self.used: dict[bytes, None] = {}
        self.most, self.is_saved = 1, True

    def latest(self) -> dict[bytes, bytes]:
        """The results to keep: those that were used in this run are the last to go."""
        keys = dict.fromkeys([*self.used, *reversed(self.results)])
        return {key: self.results[key] for key in [*keys][: self.most]}


def _digest(parts: Iterable[str | bytes]) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.digest()


def _state(folder: Path | str) -> Iterator[str]:
    """The modules in a folder, each with its size and when it was changed."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.endswith((".py", ".toml")):
                yield _times(entry)
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _state(entry.path)


def _times(file: os.DirEntry[str] | str) -> str:
    path, found = (file, Path(file).stat()) if isinstance(file, str) else (file.path, file.stat())
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def keep_results() -> None:
    """Keep results beside the compiled modules, if Python keeps those, unless they are kept already.

    Those of this process are there for others when it ends, or at `between_runs.save_kept`.
    """
    folder = kept_file("results")
    if folder is not None and not is_kept_here():
        files = ResultFiles(folder)
        keep_in(files)
        atexit.register(files.save)
