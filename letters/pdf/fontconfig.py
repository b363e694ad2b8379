"""The fonts installed on this machine, found through fontconfig, the library through which they will also be drawn."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from html import escape

from letters.errors import CannotWrite, Problem

INSTALL_FONTS = (
    "sudo apt-get install fonts-liberation fonts-dejavu-core fonts-crosextra-carlito fonts-crosextra-caladea"
)

_BOLD_FROM = 180  # fontconfig's FC_WEIGHT_DEMIBOLD
_ITALIC_FROM = 90  # between FC_SLANT_ROMAN (0) and FC_SLANT_ITALIC (100)
_REGULAR, _BOLD, _ITALIC = 80, 200, 100


@dataclass(frozen=True, slots=True)
class FontFace:
    """A font file, or one font in a collection."""

    family: str
    file: str
    index: int
    bold: bool
    italic: bool
    cut: tuple[int, int, int] = (0, 0, 0)
    """Weight, slant and width, in the numbers of fontconfig."""
    version: int = 0


_LIBRARIES = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")


@cache
def installed_faces() -> dict[str, tuple[FontFace, ...]]:
    """Every usable face by case-folded family name, in a fixed order. Raises CannotWrite when there is none."""
    found: dict[str, list[FontFace]] = {}
    for face in sorted(_faces(_fontconfig()), key=lambda face: (face.family, face.file, face.index)):
        found.setdefault(face.family.casefold(), []).append(face)
    if not found:
        raise CannotWrite(
            Problem(
                "No fonts are installed on this computer, so no PDF can be made.",
                hint=f"Install some: {INSTALL_FONTS}. The .docx can still be made with --format docx.",
                code="no-fonts",
            )
        )
    return {family: tuple(faces) for family, faces in found.items()}


@cache
def alternatives(family: str, bold: bool, italic: bool, language: str) -> tuple[FontFace, ...]:
    """The faces in which to look for characters that a family lacks, in the order of fontconfig."""
    library = _fontconfig()
    _declare(library)
    known = {(face.file, face.index): face for faces in installed_faces().values() for face in faces}
    config, pattern = library.FcInitLoadConfigAndFonts(), library.FcPatternCreate()
    try:
        library.FcPatternAddString(pattern, b"family", family.encode())
        library.FcPatternAddString(pattern, b"lang", language.encode())
        library.FcPatternAddInteger(pattern, b"weight", _BOLD if bold else _REGULAR)
        library.FcPatternAddInteger(pattern, b"slant", _ITALIC if italic else 0)
        library.FcConfigSubstitute(config, pattern, 0)
        library.FcDefaultSubstitute(pattern)
        fonts = library.FcFontSort(config, pattern, 1, None, ctypes.byref(ctypes.c_int()))
        if not fonts:
            return ()
        found = [
            known.get((_text_in(library, each, b"file"), _number_in(library, each, b"index", 0)))
            for each in (fonts.contents.fonts[at] for at in range(fonts.contents.nfont))
        ]
        library.FcFontSetDestroy(fonts)
        return tuple(dict.fromkeys(face for face in found if face is not None))
    finally:
        library.FcPatternDestroy(pattern)
        library.FcConfigDestroy(config)


def older_versions() -> tuple[str, ...]:
    """Files of fonts that are also installed in a newer version.

    A character that the newer version lacks would be taken from the older one; but as both have the same name, the PDF
    would embed one of them and show the wrong character.
    """
    newest: dict[tuple[str, tuple[int, int, int]], FontFace] = {}
    for family, faces in installed_faces().items():
        for face in faces:
            known = newest.setdefault((family, face.cut), face)
            if (face.version, known.file) > (known.version, face.file):
                newest[family, face.cut] = face
    kept = {face.file for face in newest.values()}
    return tuple(sorted({face.file for faces in installed_faces().values() for face in faces} - kept))


def without(files: tuple[str, ...], config: int) -> None:
    """Remove font files from a loaded configuration of fontconfig.

    Args:
        config: its address in memory.
    """
    library = _fontconfig()
    library.FcConfigParseAndLoadFromMemory.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    library.FcConfigBuildFonts.argtypes = (ctypes.c_void_p,)
    globs = "".join(f"<glob>{escape(file)}</glob>" for file in files)
    rules = f"<fontconfig><selectfont><rejectfont>{globs}</rejectfont></selectfont></fontconfig>"
    library.FcConfigParseAndLoadFromMemory(config, rules.encode(), 0)
    library.FcConfigBuildFonts(config)


def require_fonts() -> None:
    """Raise CannotWrite when there is no font at all, which would make Pango end the process (SIGSEGV)."""
    installed_faces()


def _fontconfig() -> ctypes.CDLL:
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise CannotWrite(
        Problem(
            "The fontconfig library is missing, so no PDF can be made.",
            hint=("Install it: sudo apt-get install libfontconfig1. The .docx can still be made with --format docx."),
            code="no-fontconfig",
        )
    )


class _FontSet(ctypes.Structure):
    _fields_ = (
        ("nfont", ctypes.c_int),
        ("sfont", ctypes.c_int),
        ("fonts", ctypes.POINTER(ctypes.c_void_p)),
    )


def _declare(library: ctypes.CDLL) -> None:
    """Tell the types of the functions that are used."""
    library.FcInitLoadConfigAndFonts.restype = ctypes.c_void_p
    library.FcConfigGetFonts.restype = ctypes.POINTER(_FontSet)
    library.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
    library.FcConfigDestroy.argtypes = (ctypes.c_void_p,)
    library.FcPatternGetString.argtypes = (
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p),
    )  # fmt: skip
    library.FcPatternGetInteger.argtypes = (
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int),
    )  # fmt: skip
    library.FcPatternCreate.restype = ctypes.c_void_p
    library.FcPatternDestroy.argtypes = (ctypes.c_void_p,)
    library.FcPatternAddString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
    library.FcPatternAddInteger.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    library.FcConfigSubstitute.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    library.FcDefaultSubstitute.argtypes = (ctypes.c_void_p,)
    library.FcFontSort.restype = ctypes.POINTER(_FontSet)
    library.FcFontSort.argtypes = (
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int),
    )  # fmt: skip
    library.FcFontSetDestroy.argtypes = (ctypes.POINTER(_FontSet),)


def _faces(library: ctypes.CDLL) -> list[FontFace]:
    """The fonts of the loaded configuration; only scalable TrueType and OpenType fonts."""
    _declare(library)
    config = library.FcInitLoadConfigAndFonts()
    if not config:
        return []
    try:
        fonts = library.FcConfigGetFonts(config, 0)
        if not fonts:
            return []
        return [face for at in range(fonts.contents.nfont) for face in _read_face(library, fonts.contents.fonts[at])]
    finally:
        library.FcConfigDestroy(config)


def _text_in(library: ctypes.CDLL, pattern: int | None, key: bytes, at: int = 0) -> str:
    value = ctypes.c_char_p()
    if library.FcPatternGetString(pattern, key, at, ctypes.byref(value)) or value.value is None:
        return ""
    return value.value.decode("utf-8", "replace")


def _number_in(library: ctypes.CDLL, pattern: int | None, key: bytes, otherwise: int) -> int:
    value = ctypes.c_int()
    return otherwise if library.FcPatternGetInteger(pattern, key, 0, ctypes.byref(value)) else value.value


def _read_face(library: ctypes.CDLL, pattern: int | None) -> list[FontFace]:
    def text(key: bytes, at: int = 0) -> str:
        return _text_in(library, pattern, key, at)

    def number(key: bytes, otherwise: int) -> int:
        return _number_in(library, pattern, key, otherwise)

    file, index = text(b"file"), number(b"index", 0)
    # Only formats whose tables we read; the upper half of the index is the instance of a variable font.
    if text(b"fontformat") not in ("TrueType", "CFF") or index >> 16 or not file:
        return []
    cut = number(b"weight", 80), number(b"slant", 0), number(b"width", 100)
    bold, italic, version = cut[0] >= _BOLD_FROM, cut[1] >= _ITALIC_FROM, number(b"fontversion", 0)
    if cut[2] != 100:
        # A condensed face has the name of its family, which must not be measured with it.
        return [FontFace(f"{text(b'fullname')}", file, index, bold, italic, cut, version)]
    names = [name for at in range(4) if (name := text(b"family", at))]
    return [FontFace(name, file, index, bold, italic, cut, version) for name in names]
