"""The library: the folder an office owns, with `templates/` and `prompts/`. Where it is, and what kinds it has.

Nothing heavy is imported here, so that `letters kinds` answers at once.
"""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from letters._system.environment import variable, working_folder
from letters.errors import Collector, LibraryAtFault, Problem
from letters.library.toml import loads

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter, as `templates/<kind>/kind.toml` describes it."""

    name: str
    title: str
    summary: str
    use_when: str
    order: int
    folder: Path


@dataclass(frozen=True)
class Library:
    """An office's own files.

    Args:
        root: holds `templates` and `prompts`.
        signers: a file of allowed signers outside of it, for who may sign approvals; None where its own counts.
    """

    root: Path
    signers: Path | None = field(default=None, kw_only=True)

    @classmethod
    def find(cls, chosen: Path | str | None = None) -> Library:
        """The library the command line uses. Raises LibraryAtFault.

        The order is: ``chosen`` (what ``--library`` names), the environment variable ``LETTERS_LIBRARY``, the nearest
        `letters.toml` upward from the working folder, the library shipped with the program. Who may sign approvals is
        listed in the library, or in the file that ``LETTERS_ALLOWED_SIGNERS`` names.
        """
        found = find_library(str(chosen) if chosen else None, variable("LETTERS_LIBRARY"), working_folder())
        signers = variable("LETTERS_ALLOWED_SIGNERS")
        return replace(found, signers=Path(signers).absolute()) if signers else found

    @classmethod
    def open(cls, folder: Path | str) -> Library:
        """The library in this folder. Raises LibraryAtFault where the folder is none."""
        return cls.find(folder)

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def prompts(self) -> Path:
        return self.root / "prompts"

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind the library has, in the order its owner gave. Raises LibraryAtFault."""
        found, problems = [], Collector()
        for file in sorted(self.templates.glob("*/kind.toml")):
            with problems.collect():
                found.append(self._kind(file))
        problems.stop_if_any(LibraryAtFault)
        if not found:
            raise LibraryAtFault(
                Problem(
                    "The library has no kind of letter.",
                    where=str(self.templates),
                    hint="A kind is a folder with kind.toml and letter.docx in it.",
                )
            )
        return {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.name))}

    @property
    def passages(self) -> tuple[str, ...]:
        """The names of the shared passages, in `templates/shared`."""
        files = (self.templates / "shared").glob("*.docx")
        return tuple(sorted(file.stem for file in files if not file.name.startswith("~$")))

    def _kind(self, file: Path) -> Kind:
        data = self.toml(file)
        texts = {}
        for name in ("title", "summary", "use_when"):
            if not isinstance(data.get(name), str):
                raise LibraryAtFault(
                    Problem(f"“{name}” is missing.", where=self.name_of(file), hint=f'Add a line: {name} = "…"')
                )
            texts[name] = data[name]
        order = data.get("order", 99)
        return Kind(file.parent.name, **texts, order=order if isinstance(order, int) else 99, folder=file.parent)

    def name_of(self, file: Path) -> str:
        """How messages call a file of the library."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)

    def read(self, file: Path) -> bytes:
        """A file of the library. Raises LibraryAtFault when it cannot be read."""
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise LibraryAtFault(
                Problem("The file is missing.", where=self.name_of(file), hint=f"It belongs in {file.parent}.")
            ) from None
        except OSError as error:
            raise LibraryAtFault(
                Problem(f"The file cannot be read: {error.strerror}.", where=self.name_of(file))
            ) from error

    def read_once(self) -> Library:
        """The same library, each file read when first asked for and never again: what is vetted is what is used."""
        return _ReadOnce(self.root, signers=self.signers)

    def text(self, file: Path) -> str:
        """A text file of the library, in UTF-8."""
        try:
            return self.read(file).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LibraryAtFault(
                Problem("The file is not text in UTF-8.", where=self.name_of(file), hint="Save it again as UTF-8.")
            ) from error

    def toml(self, file: Path) -> dict[str, Any]:
        """A TOML file of the library. Raises LibraryAtFault naming the line."""
        try:
            return loads(self.text(file))
        except (RecursionError, ValueError) as error:  # TOMLDecodeError is a ValueError; so is a number of 5,000 digits
            reason = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
            raise LibraryAtFault(
                Problem(
                    f"The file cannot be read{reason}.",
                    where=self.name_of(file),
                    hint="Check quotation marks and brackets there; a key may stand only once.",
                )
            ) from error


class _ReadOnce(Library):
    @cached_property
    def _contents(self) -> dict[Path, bytes]:
        return {}

    def read(self, file: Path) -> bytes:
        if file not in self._contents:
            self._contents[file] = super().read(file)
        return self._contents[file]

    @cached_property
    def _parsed(self) -> dict[Path, bytes]:
        return {}

    def toml(self, file: Path) -> dict[str, Any]:
        if file not in self._parsed:
            self._parsed[file] = pickle.dumps(super().toml(file))
        return cast(dict[str, Any], pickle.loads(self._parsed[file]))  # our own bytes; each caller gets its own


def find_library(chosen: str | None, environment: str | None, working_folder: Path) -> Library:
    """The library to use.

    Args:
        chosen: what ``--library`` named.
        environment: what ``LETTERS_LIBRARY`` named.
        working_folder: from here upward the nearest `letters.toml` counts.

    The order is: ``--library``, ``LETTERS_LIBRARY``, `letters.toml`, the library shipped with the program.
    """
    for source, value in (("--library", chosen), ("LETTERS_LIBRARY", environment)):
        if value:
            return _at(Path(value), source)
    for folder in (working_folder, *working_folder.parents):
        if (folder / "letters.toml").is_file():
            return _at(folder, str(folder / "letters.toml"))
    return _at(_shipped(), "the library shipped with Letters")


def is_shipped(library: Library) -> bool:
    """Whether this is the library that comes with Letters, which everybody has."""
    return library.root == _shipped().resolve()


def _shipped() -> Path:
    """In the installed package, or around the package in a checkout."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent


def _at(root: Path, source: str) -> Library:
    for name in ("templates", "prompts"):
        if not (root / name).is_dir():
            raise LibraryAtFault(
                Problem(
                    f"There is no folder “{name}” in {root}.",
                    where=f"Library ({source})",
                    hint="A library is a folder that holds the folders templates and prompts.",
                )
            )
    return Library(root.resolve())
