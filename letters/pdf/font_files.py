"""The fonts that can be used: those that come with Letters, and those installed on this machine.

The fonts are read from their files, so that they are the same with and without fontconfig. Those that come with Letters
precede others of the same name, so that a letter looks alike on every computer.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from letters._system.font_folders import font_folders
from letters.errors import CannotWrite, Problem

_PACKAGE = Path(__file__).resolve().parent.parent
_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_BOLD_FROM = 600  # the weight of a demibold face
_REGULAR_WIDTH = 5
_WIDTH_WORDS = ("narrow", "condensed", "compressed", "expanded", "extended", "wide")
_FAMILY, _FULL_NAME, _TYPOGRAPHIC_FAMILY = 1, 4, 16  # numbers of names in a font
_ENGLISH = 0x409
_UNUSABLE = ("lastresort", "last resort", "adobe blank")
"""Fonts with a picture, or nothing, for every character there is."""
_ALL_STYLES = {(italic, (weight, _REGULAR_WIDTH)) for italic in (False, True) for weight in (400, 700)}
_FILES_OF = {
    "arial": "arial", "arial narrow": "arial", "arial black": "ari", "helvetica": "helvetica", "calibri": "calibri",
    "calibri light": "calibri", "cambria": "cambria", "cambria math": "cambria", "courier": "cour",
    "courier new": "cour", "georgia": "georgia", "tahoma": "tahoma", "times": "times", "times new roman": "times",
    "verdana": "verdana",
}  # fmt: skip
"""What the names of the files of the best-known fonts begin with, on Windows, on macOS and where Linux installs them.

Nearly every letter asks for one of these, and few Linux machines have it; other files are not opened to look for it."""
_MOST_FONTS = 1_000  # in a collection; those of macOS have a few dozen


class FontFace(Struct, frozen=True):
    """A font file, or one font in a collection; a face whose family has several names stands under each."""

    family: str
    file: str
    index: int
    bold: bool
    italic: bool
    cut: tuple[int, int] = (400, 5)
    """Weight (400 is regular, 700 bold) and width (5 is regular), in the numbers of OpenType."""
    version: int = 0
    pinned: int = 0
    """The weight at which a variable font is used; 0 for other fonts."""


@cache
def installed_faces() -> dict[str, tuple[FontFace, ...]]:
    """Every usable face by case-folded family name, in a fixed order. Raises CannotWrite when there is none."""
    found: dict[str, list[FontFace]] = {}
    for face in _usable():
        found.setdefault(face.family.casefold(), []).append(face)
    if not found:
        raise CannotWrite(
            Problem(
                "No fonts are installed on this computer, so no PDF can be made.",
                hint="Install Letters from its wheel, which has fonts, or install some, such as the Liberation fonts. "
                "The .docx can still be made with --format docx.",
                code="no-fonts",
            )
        )
    return {family: tuple(faces) for family, faces in found.items()}


@cache
def faces_of_family(family: str) -> tuple[FontFace, ...]:
    """The usable faces of one family, as in `installed_faces`, of which no more is read than that takes.

    Args:
        family: its name, case-folded.
    """
    ours = [face for face in _shipped_with(family) if face.family.casefold() == family]
    styles = {(face.italic, face.cut) for face in ours}
    if not styles >= _ALL_STYLES:  # then none of the machine's is nearer to any style that is asked for
        ours += [
            face for face in _machine_faces_of(family)
            if face.family.casefold() == family and (face.italic, face.cut) not in styles
        ]  # fmt: skip
    return tuple(sorted(ours, key=_in_order))


def _shipped_with(family: str) -> Iterator[FontFace]:
    """The faces in the files that are named after a family, as all of those that come with Letters are."""
    if begins := family.replace(" ", ""):
        for name, file in _shipped_files():
            if name.startswith(begins):
                yield from _faces_of(file)


@cache
def _shipped_files() -> tuple[tuple[str, str], ...]:
    """The case-folded name of each file that comes with Letters, and its place."""
    return tuple((os.path.basename(file).casefold(), file) for file in _files(shipped_fonts()))  # noqa: PTH119


def shipped_fonts() -> Path:
    """The folder of the fonts that come with Letters: in the installed package, or around it in a checkout."""
    installed = _PACKAGE / "shipped" / "fonts"
    return installed if installed.is_dir() else _PACKAGE.parent / "fonts"


def is_shipped(face: FontFace) -> bool:
    """Whether a face comes with Letters, so that every computer has it."""
    return face.file.startswith(str(shipped_fonts()))


def superseded() -> tuple[str, ...]:
    """Files of fonts that are also there in another version, which is used instead.

    A character that the version used lacks would be taken from the other one; but as both have the same name, the PDF
    would embed one of them and show the wrong character.
    """
    newest: dict[tuple[str, bool, tuple[int, int]], FontFace] = {}
    for face in _usable():
        style = face.family.casefold(), face.italic, face.cut
        known = newest.setdefault(style, face)
        if (face.version, known.file) > (known.version, face.file):
            newest[style] = face
    kept = {face.file for face in newest.values()}
    return tuple(sorted({face.file for face in (*_shipped_faces(), *_machine_faces())} - kept))


def _usable() -> list[FontFace]:
    """The faces that come with Letters, and those of the machine in other families and styles, in a fixed order."""
    ours = _shipped_faces()
    styles = {(face.family.casefold(), face.italic, face.cut) for face in ours}
    others = (face for face in _machine_faces() if (face.family.casefold(), face.italic, face.cut) not in styles)
    return sorted((*ours, *others), key=_in_order)


def _in_order(face: FontFace) -> tuple[str, str, int]:
    return face.family, face.file, face.index


@cache
def _shipped_faces() -> tuple[FontFace, ...]:
    return tuple(faces_in([shipped_fonts()]))


@cache
def _machine_faces() -> tuple[FontFace, ...]:
    return tuple(faces_in(font_folders()))


def _machine_faces_of(family: str) -> Iterator[FontFace]:
    """The machine's faces that may be of a family: those of every font file among whose names it is."""
    if begins := _FILES_OF.get(family):
        for file in _machine_files():
            if os.path.basename(file).casefold().startswith(begins):  # noqa: PTH119
                yield from _faces_of(file)
        return
    if not family.isascii():  # its capital letters have other bytes
        yield from _machine_faces()
        return
    spellings = family.encode("utf-16-be"), family.encode()
    for file, names in _names_in_files():
        if any(spelling in names for spelling in spellings):
            yield from _faces_of(file)


@cache
def _names_in_files() -> tuple[tuple[str, bytes], ...]:
    """The machine's font files, with their names as they stand there but in lowercase: less than half the work."""
    return tuple((file, _raw_names(file).lower()) for file in _machine_files())


@cache
def _machine_files() -> tuple[str, ...]:
    return tuple(_files_in(font_folders()))


def _raw_names(file: str) -> bytes:
    """The table of names of a font, not read; of a collection, those of all its fonts. Empty if there is none."""
    with suppress(OSError, struct.error), open(file, "rb", buffering=0) as opened:  # noqa: PTH123
        return b"".join([_table(opened, _directory(opened, start).get("name", (0, 0))) for start in _starts(opened)])
    return b""


def faces_in(folders: Iterable[Path]) -> Iterator[FontFace]:
    """The faces in some folders and those below them; a file that is in several of them counts once."""
    for file in _files_in(folders):
        yield from _faces_of(file)


def _files_in(folders: Iterable[Path]) -> Iterator[str]:
    seen: set[str] = set()
    for folder in folders:
        real_folder = os.path.realpath(folder)
        for file in _files(folder):
            real = os.path.realpath(file) if os.path.islink(file) else real_folder + file[len(str(folder)) :]  # noqa: PTH114
            if real not in seen:
                seen.add(real)
                yield file


def _files(folder: Path) -> list[str]:
    """The font files in a folder and those below it, in a fixed order."""
    found = [
        os.path.join(path, name)  # noqa: PTH118 - several times as fast, for thousands of files
        for path, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(_ENDINGS)
    ]
    return sorted(found)


# ---------------------------------------------------------------- reading font files


def _faces_of(file: str) -> list[FontFace]:
    """The faces in a file, one for each name of its family; none if it cannot be used."""
    with suppress(OSError, struct.error, UnicodeError, LookupError, ValueError), open(file, "rb") as opened:  # noqa: PTH123
        return [face for index, start in enumerate(_starts(opened)) for face in _read_face(opened, file, index, start)]
    return []


def faces_of_font(file: BinaryIO) -> Iterator[FontFace]:
    """The face of a font that is not in a file of its own, once for each name of its family.

    Raises:
        struct.error, ValueError, LookupError: it is not a font.
    """
    return _read_face(file, "", 0, 0)


def _starts(file: BinaryIO) -> list[int]:
    """Where the fonts of a file begin."""
    head = file.read(12)
    if head[:4] != b"ttcf":
        return [0]
    (count,) = struct.unpack_from(">I", head, 8)
    return list(struct.unpack(f">{count}I", file.read(4 * count))) if count <= _MOST_FONTS else []


def _read_face(file: BinaryIO, path: str, index: int, start: int) -> Iterator[FontFace]:
    tables = _directory(file, start)
    if not ({"glyf", "CFF "} & tables.keys() and {"cmap", "head", "name", "hhea"} <= tables.keys()):
        return
    head = _table(file, tables["head"])
    (version,) = struct.unpack_from(">i", head, 4)
    (style,) = struct.unpack_from(">H", head, 44)
    weight, width, selection = 700 if style & 1 else 400, _REGULAR_WIDTH, 0
    if "OS/2" in tables:
        os2 = _table(file, tables["OS/2"])
        weight, width = struct.unpack_from(">HH", os2, 4)
        (selection,) = struct.unpack_from(">H", os2, 62)
        weight = weight * 100 if weight < 10 else weight
    bold = weight >= _BOLD_FROM or bool(selection & 1 << 5)
    italic = bool(selection & (1 | 1 << 9) or style & 2)
    weights = [(weight, bold, 0)]
    if "fvar" in tables:
        weights = [(each, each >= _BOLD_FROM, each) for each in _weights(_table(file, tables["fvar"]), weight)]
    for family in _families(_names(_table(file, tables["name"])), width):
        if not family.startswith(".") and not family.casefold().startswith(_UNUSABLE):
            for own, heavy, pinned in weights:
                yield FontFace(family, path, index, heavy, italic, (own, width), version, pinned)


def _weights(table: bytes, usual: int) -> list[int]:
    """The weights at which a variable font is used: regular and bold, as far as it goes."""
    offset, _, count, size = struct.unpack_from(">4H", table, 4)
    for start in range(offset, offset + count * size, size):
        tag, least, _, most = struct.unpack_from(">4s3i", table, start)
        if tag == b"wght":
            return sorted({min(max(each, least >> 16), most >> 16) for each in (400, 700)})
    return [usual]


def _directory(file: BinaryIO, start: int) -> dict[str, tuple[int, int]]:
    """Where each table of a font begins, and its length."""
    file.seek(start)
    (count,) = struct.unpack_from(">H", file.read(12), 4)
    entries = file.read(16 * count)
    return {
        tag.decode("latin-1"): (offset, length)
        for tag, _, offset, length in struct.iter_unpack(">4sIII", entries[: len(entries) // 16 * 16])
    }


def _table(file: BinaryIO, place: tuple[int, int]) -> bytes:
    file.seek(place[0])
    return file.read(place[1])


def _families(names: dict[int, list[str]], width: int) -> list[str]:
    """The names of the family of a face, without those it shares with faces of other widths.

    A condensed face has the name of its family, which must not be measured with it.
    """
    family, wider = names.get(_FAMILY, []), names.get(_TYPOGRAPHIC_FAMILY, [])
    if width == _REGULAR_WIDTH:
        return list(dict.fromkeys([*wider, *family]))
    own = [name for name in family if any(word in name.casefold() for word in _WIDTH_WORDS)]
    return own or names.get(_FULL_NAME, [])[:1]


def _names(table: bytes) -> dict[int, list[str]]:
    """The names in a font that are used here, English ones first."""
    _, count, start = struct.unpack_from(">HHH", table)
    found: dict[int, list[tuple[bool, str]]] = {}
    for platform, _, language, name, length, offset in struct.iter_unpack(">6H", table[6 : 6 + 12 * count]):
        if name not in (_FAMILY, _FULL_NAME, _TYPOGRAPHIC_FAMILY) or platform not in (0, 1, 3):
            continue
        if platform == 1 and name in found:
            continue  # an old Macintosh name, beside one in Unicode
        raw = table[start + offset : start + offset + length]
        encoding = "utf-16-be" if platform != 1 else "ascii" if raw.isascii() else "mac-roman"
        text = raw.decode(encoding, "replace").strip("\0 ")
        if text:
            found.setdefault(name, []).append((platform == 3 and language != _ENGLISH, text))
    return {name: [text for _, text in sorted(texts, key=lambda each: each[0])] for name, texts in found.items()}
