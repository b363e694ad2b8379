"""The .docx file as a container: opened with suspicion, written the same way every time.

A .docx is a zip of parts tied together by relationships (ISO/IEC 29500-2). Both the filling of templates and the
printing of letters read through here, so a file that would explode, hide a second copy of a part, or pull
something in from elsewhere is refused once, in plain words, before anything looks inside.
"""

from __future__ import annotations

import binascii
import io
import posixpath
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial

from lxml import etree

from letters.errors import LettersError, Problem

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# What a file says of itself: Word's own properties, and an office's.
CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"

# A letter is small. These are far above any real one and far below what hurts (a 48 KB file can hold 48 MB).
MAX_MEMBERS = 2_000
MAX_TOTAL = 64 * 1024 * 1024
_MAX_TAGS = 1_000_000  # of one part; each takes some two hundred bytes once it is read
_RATIO_FROM = 5 * 1024 * 1024
_MAX_RATIO = 150

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STAMP = (0, (1 << 5) | 1)  # midnight, 1 January 1980: the earliest a zip can say; the same for every letter


class NotAWordFile(LettersError):
    """The file cannot be used as a Word document; the message says why and what to click."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another part, or to an outside address when ``external``."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """Last word of the type, such as ``header`` or ``image``."""
        return self.type.rsplit("/", 1)[-1]


_TREES: dict[bytes, etree._Element] = {}
"""Parts that were read in letters before, by their bytes."""
_SEEN: set[int] = set()
_TREES_KEPT, _SEEN_KEPT, _LARGEST_KEPT = 32, 500, 500_000


def _keep(data: bytes, tree: etree._Element) -> None:
    """Keep a part that is seen a second time: most are never seen again."""
    seen = hash(data)
    if seen in _SEEN and len(data) <= _LARGEST_KEPT:
        if len(_TREES) >= _TREES_KEPT:
            _TREES.clear()
        _TREES[data] = tree
    if len(_SEEN) >= _SEEN_KEPT:
        _SEEN.clear()
    _SEEN.add(seen)


@dataclass(frozen=True)
class Package:
    """The parts of one .docx: name without leading slash, to bytes. Order as in the file."""

    name: str
    parts: Mapping[str, bytes]

    @cached_property
    def main(self) -> str:
        """Name of the part that holds the body, usually ``word/document.xml``."""
        for link in self.links("").values():
            if link.kind == "officeDocument":
                return link.target
        raise NotAWordFile(Problem("This is not a Word document: it has no body.", where=self.name))

    def xml(self, part: str) -> etree._Element:
        """The part, strictly parsed. Raises NotAWordFile when it is not well-formed."""
        return parse_xml(self.parts[part], part, self.name)

    def tree(self, part: str) -> etree._Element:
        """The part as ``xml`` gives it, parsed once and shared: only to be read, never to be changed.

        Letters have all but their text in common, so that other parts are shared with letters read before.
        """
        if part not in self._trees:
            data = self.parts[part]
            tree = _TREES.get(data)
            if tree is None:
                tree = self.xml(part)
                _keep(data, tree)
            self._trees[part] = tree
        return self._trees[part]

    @cached_property
    def _trees(self) -> dict[str, etree._Element]:
        return {}

    def links(self, part: str) -> dict[str, Relationship]:
        """Relationships of ``part`` (``""`` is the package itself), by id. Targets are resolved to part names."""
        folder, base = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{base}.rels")
        if source not in self.parts:
            return {}
        found = {}
        for node in self.tree(source).iter(f"{{{_RELATIONSHIPS}}}Relationship"):
            external = node.get("TargetMode") == "External"
            target = node.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, urllib.parse.unquote(target))).lstrip("/")
            found[node.get("Id", "")] = Relationship(node.get("Id", ""), node.get("Type", ""), target, external)
        return found

    def content_type(self, part: str) -> str:
        """The declared content type of ``part``, or an empty string."""
        extension = part.rsplit(".", 1)[-1].lower()
        default = ""
        for node in self.tree("[Content_Types].xml"):
            if node.get("PartName", "").lstrip("/").lower() == part.lower():
                return str(node.get("ContentType", ""))
            if node.get("Extension", "").lower() == extension:
                default = str(node.get("ContentType", ""))
        return default


def parse_xml(data: bytes, part: str, name: str) -> etree._Element:
    """Strictly parse one part: no DOCTYPE, no entities, no network, no repair."""
    if b"<!DOCTYPE" in data[:4096]:  # before its entities are counted
        raise _with_doctype(part, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_blank_text=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _damaged(part, name) from error
    # libxml2 forgets an undeclared prefix over a warning that comes after it.
    if any(entry.type_name.startswith("NS_ERR") for entry in parser.error_log):
        raise _damaged(part, name)
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(part, name)
    return root


def _refusal(name: str, message: str, hint: str = "") -> NotAWordFile:
    return NotAWordFile(Problem(message, where=name, hint=hint, code="not-a-word-file"))


def _damaged(part: str, name: str) -> NotAWordFile:
    hint = "Open the file in Word, save it under a new name, and use that."
    return _refusal(name, f"The part {part} is damaged.", hint)


def _with_doctype(part: str, name: str) -> NotAWordFile:
    message = f"The part {part} carries a DOCTYPE, which no word processor writes."
    return _refusal(name, message, "Do not use this file; ask where it came from.")


def open_package(data: bytes, name: str) -> Package:
    """Open the bytes of a .docx (or .dotx), or raise NotAWordFile saying what it is instead.

    Args:
        data: the whole file.
        name: how messages call the file.
    """

    refuse = partial(_refusal, name)
    if posixpath.basename(name).startswith("~$"):
        raise refuse("This is Word's lock file: somebody has the document open.", "Close it in Word.")
    if data.startswith(_OLE):
        raise refuse(
            "This is an old .doc file, or one protected by a password.",
            "In Word: File, Save As, Word Document (.docx), without a password.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_unsafe(archive.infolist(), len(data), name)
            parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,  # names that are no text, places before the file begins
        OSError,
        struct.error,
    ) as error:
        raise refuse("The file is damaged or incomplete.", "Copy it again, or save it again in Word.") from error

    if "[Content_Types].xml" not in parts or "_rels/.rels" not in parts:
        raise refuse("This is a zip file but not a Word document.")
    if _STRICT.encode() in parts["_rels/.rels"]:
        raise refuse(
            "This was saved as Strict Open XML.",
            "In Word: File, Save As, Word Document (not Strict Open XML Document).",
        )
    package = Package(name, parts)
    for part, content in parts.items():
        if part.endswith((".xml", ".rels")) and content.count(b"<") > _MAX_TAGS:
            raise refuse(f"The part {part} is larger than that of any letter.")
    for part in parts:
        if part.endswith((".xml", ".rels")) and b"<!" in parts[part][:4096]:
            package.xml(part)  # refuses a DOCTYPE; comments pass
    kind = package.content_type(package.main)
    if "macroEnabled" in kind or any(part.endswith("vbaProject.bin") for part in parts):
        raise refuse("The file holds macros.", "In Word: File, Save As, Word Document (.docx), which drops them.")
    if kind == _TEMPLATE_TYPE:
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            _TEMPLATE_TYPE.encode(), DOCUMENT_TYPE.encode()
        )
    elif kind != DOCUMENT_TYPE:
        raise refuse("This is not a Word document.")
    if package.main not in parts:
        raise refuse("The file is damaged: it has no body.")
    return package


def _refuse_unsafe(members: list[zipfile.ZipInfo], size: int, name: str) -> None:
    refuse = partial(_refusal, name)
    if len(members) > MAX_MEMBERS:
        raise refuse(f"The file holds {len(members)} parts; no letter has so many.")
    total = sum(member.file_size for member in members)
    if total > MAX_TOTAL or (total > _RATIO_FROM and total > size * _MAX_RATIO):
        raise refuse(f"The file would unpack to {total // 1024 // 1024} MB, which no letter needs.")
    seen: set[str] = set()
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(f"The part {member.filename} is packed in a way no word processor packs.", "Save it again.")
        if member.flag_bits & 1:
            raise refuse("The file is protected by a password.", "Save it without one.")
        if member.filename in seen:
            raise refuse(f"The file holds the part {member.filename} twice.", "Save it again in Word.")
        if member.filename.startswith("/") or ".." in member.filename.split("/") or "\\" in member.filename:
            raise refuse(f"The file holds a part with an unsafe name: {member.filename!r}.")
        seen.add(member.filename)


@dataclass(frozen=True, slots=True)
class Packed:
    """One zip member, already deflated, so that it can be written many times for the price of a copy."""

    name: str
    crc: int
    size: int
    data: bytes
    _content: bytes | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, name: str, content: bytes) -> Packed:
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        return cls(name, binascii.crc32(content), len(content), deflate.compress(content) + deflate.flush(), content)

    @property
    def content(self) -> bytes:
        """The part as it was before it was packed."""
        return zlib.decompress(self.data, -15) if self._content is None else self._content


def write_letter(members: Mapping[str, Packed]) -> bytes:
    """A .docx of these parts, in the order Word expects them: same parts, same bytes, on every machine and day."""
    return write_package(members[name] for name in in_writing_order(members))


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """The same of parts that are not packed yet."""
    return write_letter({name: Packed.of(name, content) for name, content in parts.items()})


def write_package(members: Iterable[Packed]) -> bytes:
    """A zip of ``members`` in the order given."""
    out, directory, count = io.BytesIO(), io.BytesIO(), 0
    for member in members:
        name, common = _heading(member.name, member.crc, len(member.data), member.size)
        directory.write(b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, out.tell()) + name)
        out.write(b"PK\x03\x04" + common + name)
        out.write(member.data)
        count += 1
    start, index = out.tell(), directory.getvalue()
    out.write(index + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(index), start, 0))
    return out.getvalue()


@lru_cache(maxsize=128)
def _heading(name: str, crc: int, packed: int, size: int) -> tuple[bytes, bytes]:
    """A member's name, and what is said of it at both of its places; kept, as most are the same in every letter."""
    said = name.encode()
    return said, struct.pack("<HHHHHIIIHH", 20, 0x800, 8, *_STAMP, crc, packed, size, len(said), 0)


def members_of(data: bytes) -> dict[str, Packed]:
    """The members of a zip that ``write_package`` wrote, still packed, in order; of any other file, some or none."""
    found: dict[str, Packed] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04" and len(data) >= at + 30:
        head = struct.unpack_from("<HHHHHIIIHH", data, at + 4)
        crc, packed, size, length, more = head[5:]
        if head[:5] != (20, 0x800, 8, *_STAMP) or more or at + 30 + length + packed > len(data):
            break
        start = at + 30 + length
        name = data[at + 30 : start].decode(errors="replace")
        found[name] = Packed(name, crc, size, data[start : start + packed])
        at = start + packed
    return found


def in_writing_order(names: Iterable[str]) -> Iterator[str]:
    """Part names in the order Word expects them: the types first, then the package's links, then by name."""
    first = ("[Content_Types].xml", "_rels/.rels")
    listed = set(names)
    yield from (name for name in first if name in listed)
    yield from sorted(listed.difference(first))
