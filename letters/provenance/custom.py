"""The record in a .docx: custom properties, which Word shows under File, Info, Properties, Advanced Properties, Custom.

Word and LibreOffice keep them when a letter is saved again. None has more than 255 characters, the most Word shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from letters.docx.markup import DOCUMENT_HEAD
from letters.docx.package import CUSTOM, Package, Packed
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.words import Words, marks, words_in

_PREFIX = "Letters "
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of properties that users name (ISO/IEC 29500-1, 22.3)
_MOST = 250


def with_record(members: Mapping[str, Packed], record: Record, seal: Seal) -> dict[str, Packed]:
    """The parts of a letter written here, with its record filled in for what it says.

    Args:
        members: of a .docx, as they are packed, by name.
        record: all that does not depend on the file.
    """
    words = words_in(members.values())
    full = sealed_for(record, words, seal, file=mark_of_file(members, seal))
    return {**members, CUSTOM: Packed.of(CUSTOM, _written(full))}


def sealed_for(record: Record, words: Words, seal: Seal, *, cased: bool = True, file: str = "") -> Record:
    """The record for these words, and for a file with this mark."""
    looks = seal.mark("looks", words.looks.encode()).hex() if cased else ""
    body, headings = ("".join(marks(lines, seal, cased=cased)) for lines in (words.body, words.headings))
    return record.sealed(seal, words=body, headings=headings, looks=looks, file=file)


def mark_of_file(members: Mapping[str, Packed], seal: Seal) -> str:
    """The fingerprint of a whole .docx, as its members are packed, without the record."""
    data = b"".join(
        f"{name}\0{len(member.data)}\0".encode() + member.data
        for name, member in sorted(members.items())
        if name != CUSTOM
    )
    return seal.mark("docx", data).hex()


def _written(record: Record) -> bytes:
    properties = "".join(
        f'<property fmtid="{_FORMAT}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(_in_pieces(record.as_mapping()), 2)
    )
    return f'{DOCUMENT_HEAD}<Properties xmlns="{_NAMESPACE}" xmlns:vt="{_TYPES}">{properties}</Properties>'.encode()


def _in_pieces(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        for number, at in enumerate(range(0, len(value), _MOST), 1):
            yield f"{_PREFIX}{name}{f' {number}' if len(value) > _MOST else ''}", value[at : at + _MOST]


def read_custom(package: Package) -> Record | None:
    """The record of a Word file; None where it has none. Raises NotAWordFile."""
    said: dict[str, dict[int, str]] = {}
    for link in package.links("").values():
        if link.kind != "custom-properties" or link.target not in package.parts:
            continue
        for node in package.tree(link.target).iter(f"{{{_NAMESPACE}}}property"):
            match = re.fullmatch(rf"{_PREFIX}([a-z]+)(?: (\d{{1,3}}))?", node.get("name", ""))
            if match:
                said.setdefault(match[1], {})[int(match[2] or 0)] = "".join(node.itertext()).strip()
    return Record.of({name: "".join(pieces[number] for number in sorted(pieces)) for name, pieces in said.items()})
