"""Fonts that a Word file brings along, read from its parts and kept in memory (ECMA-376 Part 1, 17.8.3).

A family gets a name of its own, made from its contents, so that letters that embed different fonts of one name do not
meet. The newest few dozen are kept: letters of one kind have theirs in common.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Lock

import uharfbuzz
from msgspec import Struct

from letters.pdf.font_files import FontFace, faces_of_font

_KEPT = 48
"""Families that are kept; a letter that embeds more has the first ones."""
_OBFUSCATED = 32
"""Bytes at the beginning of a font that are mixed with its key (17.8.1)."""


class FontStyle(Struct, frozen=True):
    bold: bool = False
    italic: bool = False


_FAMILIES: OrderedDict[str, tuple[FontFace, ...]] = OrderedDict()
_CONTENTS: dict[str, bytes] = {}
"""The bytes of each font, by the name that its face has instead of a file's."""
_ONE_AT_A_TIME = Lock()


def clear_text(data: bytes, key: str) -> bytes:
    """The font in a part, whose first bytes are mixed with the digits of its key; a key of zeros changes nothing.

    Raises:
        ValueError: the key is not one.
    """
    if not key:
        return data
    mixed_with = bytes.fromhex(re.sub("[{}-]", "", key))[::-1]
    if len(mixed_with) != 16:
        raise ValueError(key)
    head = bytes(byte ^ mixed_with[at % 16] for at, byte in enumerate(data[:_OBFUSCATED]))
    return head + data[_OBFUSCATED:]


def keep(family: str, fonts: Mapping[FontStyle, bytes]) -> str:
    """Keep the fonts of a family, and return the name under which they are found; empty if none of them is usable."""
    digest = hashlib.sha256(b"".join([bytes((style.bold, style.italic)) + data for style, data in fonts.items()]))
    plain = " ".join(re.sub("[^A-Za-z0-9 -]+", " ", family).split()) or "Font"
    name = f"{plain} {digest.hexdigest()[:12]}"
    known = name.casefold()
    with _ONE_AT_A_TIME:
        if known not in _FAMILIES:
            _FAMILIES[known] = tuple(_kept_faces(name, fonts))
        _FAMILIES.move_to_end(known)
        while len(_FAMILIES) > _KEPT:
            for gone in _FAMILIES.popitem(last=False)[1]:
                del _CONTENTS[gone.file]
        return name if _FAMILIES[known] else ""


def _kept_faces(family: str, fonts: Mapping[FontStyle, bytes]) -> Iterator[FontFace]:
    """The usable fonts, as HarfBuzz writes them: what is broken in them is left out."""
    everything = uharfbuzz.SubsetInput()
    everything.keep_everything()
    for at, (style, data) in enumerate(fonts.items()):
        with suppress(struct.error, ValueError, LookupError, RuntimeError, uharfbuzz.HarfBuzzError):
            written = everything.subset(uharfbuzz.Face(data))
            clean = bytes(written.blob.data) if written.table_tags else b""
            if (found := next(faces_of_font(io.BytesIO(clean)), None)) is not None:
                face = FontFace(
                    family, f"{family}/{at}", 0, style.bold, style.italic, (700 if style.bold else 400, found.cut[1])
                )
                _CONTENTS[face.file] = clean
                yield face


def embedded_faces(family: str) -> tuple[FontFace, ...]:
    """The faces of a family that `keep` has named; none for any other family."""
    return _FAMILIES.get(family.casefold(), ())


def contents_of(face: FontFace) -> bytes | None:
    """The bytes of an embedded font; None for a font in a file."""
    return _CONTENTS.get(face.file)
