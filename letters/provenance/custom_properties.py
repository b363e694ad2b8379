"""The record in a .docx: custom document properties (in Word: File, Info, Properties, Advanced Properties, Custom).

Word and LibreOffice keep them when they save a letter. Word shows at most 255 characters of each, so longer values are
split over several.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from letters._text.entities import escaped
from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remembered_by_identity
from letters.docx.markup import DOCUMENT_HEAD
from letters.docx.names import CUSTOM, CUSTOM_PROPERTIES, PROPERTY_TYPES, Node
from letters.docx.package import QUICK, Package, Packed, shared_and_own
from letters.provenance.letter_text import LetterText, fingerprints, text_of_members
from letters.provenance.record import Record
from letters.provenance.seal import Seal, digest_after

_PREFIX = "Letters "
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # format ID of user-defined properties (ISO/IEC 29500-1, 22.3)
_LONGEST = 250
_PROPERTY = pattern(rf"{_PREFIX}([a-z]+)(?: (\d{{1,3}}))?")


def with_record(
    members: Mapping[str, Packed], record: Record, seal: Seal, text: LetterText | None = None
) -> dict[str, Packed]:
    """The parts of a new letter, including its record.

    Args:
        members: the packed parts of the .docx, by name.
        record: all the fields that do not depend on the content of the letter.
        text: of the letter, if it has been read already.
    """
    full = sealed_record(record, text or text_of_members(members.values()), seal, file=file_fingerprint(members, seal))
    return {**members, CUSTOM: Packed.of(CUSTOM, _properties(full), level=QUICK)}


def sealed_record(record: Record, text: LetterText, seal: Seal, *, cased: bool = True, file: str = "") -> Record:
    """The record for a letter with this text, sealed.

    Args:
        cased: whether capital letters count; false in a PDF, which has no fingerprint of the formatting either.
        file: fingerprint of the whole file.
    """
    looks = seal.fingerprint("looks", text.looks.encode()).hex() if cased else ""
    body, headings = (fingerprints(lines, seal, cased=cased) for lines in (text.body, text.headings))
    return record.sealed(seal, words=body, headings=headings, looks=looks, file=file)


def file_fingerprint(members: Mapping[str, Packed], seal: Seal) -> str:
    """The fingerprint of a whole .docx as its parts are packed, without the record.

    The parts that letters share come first, so that they are gone through once for all of them.
    """
    shared, own = shared_and_own(members)
    return digest_after(_begun(seal, *shared), _stated(own)).hex()


@remembered_by_identity(8)
def _begun(seal: Seal, *shared: Packed) -> hashlib.blake2b:
    return seal.begun("docx", _stated(shared))


def is_fingerprint_of(said: str, members: Mapping[str, Packed], seal: Seal) -> bool:
    """Whether it is the fingerprint of these parts, which Letters 0.2.0 took in the order of their names."""
    if said == file_fingerprint(members, seal):
        return True
    return said == seal.fingerprint("docx", _stated([members[name] for name in sorted(members)])).hex()


def _stated(members: Iterable[Packed]) -> bytes:
    found: list[bytes] = []
    for member in members:
        if member.name != CUSTOM:
            found += f"{member.name}\0{len(member.data)}\0".encode(), member.data
    return b"".join(found)


def _properties(record: Record) -> bytes:
    properties = "".join(
        [_property(number, name, value) for number, (name, value) in enumerate(_split(record.as_mapping()), 2)]
    )
    return (
        f'{DOCUMENT_HEAD}<Properties xmlns="{CUSTOM_PROPERTIES}" xmlns:vt="{PROPERTY_TYPES}">{properties}</Properties>'
    ).encode()


@lru_cache(maxsize=64)
def _property(number: int, name: str, value: str) -> str:
    """Cached, because most of them are the same in all letters of a batch."""
    return (
        f'<property fmtid="{_FORMAT}" pid="{number}" name="{name}"><vt:lpwstr>{escaped(value)}</vt:lpwstr></property>'
    )


def _split(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if len(value) <= _LONGEST:
            yield f"{_PREFIX}{name}", value
            continue
        for number, at in enumerate(range(0, len(value), _LONGEST), 1):
            yield f"{_PREFIX}{name} {number}", value[at : at + _LONGEST]


def _text_in(node: Node) -> str:
    """The value of a property, which is nearly always the text of its only element."""
    if len(node) == 1 and not len(node[0]) and isinstance(node[0].tag, str):
        return f"{node.text or ''}{node[0].text or ''}{node[0].tail or ''}".strip()
    return "".join(node.itertext()).strip()


def read_record(package: Package) -> Record | None:
    """The record of a Word file; None if it has none. Raises NotAWordFile."""
    found: dict[str, dict[int, str]] = {}
    for link in package.links("").values():
        if link.kind != "custom-properties" or link.target not in package.parts:
            continue
        for node in package.tree(link.target).iter(f"{{{CUSTOM_PROPERTIES}}}property"):
            match = _PROPERTY.fullmatch(node.get("name", ""))
            if match:
                found.setdefault(match[1], {})[int(match[2] or 0)] = _text_in(node)
    values = {name: "".join(pieces[number] for number in sorted(pieces)) for name, pieces in found.items()}
    return Record.from_properties(values)
