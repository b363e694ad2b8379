"""A library opened once for all calls of a program, and anew when one of its files has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from letters._system.arguments import BYTES, PATH, Arguments
from letters._system.result_files import keep_results
from letters.assembly.assembler import Assembler
from letters.library.library import Library

LibraryLike = Library | Path | str | None
"""A library, the folder of one, or None for the one `Library.find` finds."""

_Seen = tuple[tuple[str, int, int], ...]
_READ = 'For a file of answers: tomllib.loads(Path(…).read_text("utf-8")).'
_MOST = 8  # libraries kept open
_open: OrderedDict[Path, tuple[_Seen, Assembler]] = OrderedDict()


def library_from(library: LibraryLike) -> Library:
    """The library meant. Raises LibraryAtFault where there is none, and Usage for what cannot be one."""
    if library is not None and not isinstance(library, (Library, *PATH)):
        refused = Arguments()
        refused.refuse("library", library, "a Library or the path of its folder")
        refused.check()
    if isinstance(library, Library):
        return library
    return Library.find() if library is None else Library.open(library)


def assembler_for(library: LibraryLike) -> Assembler:
    """The assembler of a library: the one of the last call, unless a file of the library has changed since."""
    keep_results()
    found = library_from(library)
    seen = _seen(found.root)
    kept = _open.get(found.root)
    if kept is None or kept[0] != seen or kept[1].library.signers != found.signers:
        _open[found.root] = kept = (seen, Assembler(found))
    _open.move_to_end(found.root)
    while len(_open) > _MOST:
        _open.popitem(last=False)
    return kept[1]


def _seen(root: Path) -> _Seen:
    """Name, time of change and size of every file an office owns; kept versions of earlier approvals never change."""
    found = []
    waiting = [root / "templates", root / "prompts"]
    while waiting:
        for each in waiting.pop().iterdir():
            if each.is_dir():
                if each.name != ".vetted":
                    waiting.append(each)
                continue
            about = each.stat()
            found.append((str(each), about.st_mtime_ns, about.st_size))
    return tuple(sorted(found))


def answers_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a call. Raises Usage if they are not a mapping."""
    arguments = Arguments()
    arguments.must_be("answers", answers, Mapping, "a mapping of fields to answers", _READ)
    arguments.check()
    return dict(answers)


def file_from(name: str, data: bytes, expected: str) -> bytes:
    """The bytes of a file that a call was given. Raises Usage for anything else, such as its path."""
    arguments = Arguments()
    arguments.must_be(name, data, BYTES, expected, "For a file: Path(…).read_bytes().")
    arguments.check()
    return bytes(data)
