"""The .docx file as a container: opened with suspicion, written the same way every time.

A .docx is a zip of parts connected by relationships (ISO/IEC 29500-2). Every Word file, template or letter, is opened
here, so that a zip bomb, a second copy of a part hidden behind the first, or a macro is refused in one place, with a
message that says what to do.
"""

from __future__ import annotations

import codecs
import io
import posixpath
import struct
import zipfile
import zlib
from binascii import crc32
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import count
from typing import cast

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember, remembered_by_identity, was_seen
from letters._text.stretches import has_long_stretch
from letters.docx.names import BODY, DOCUMENT_TYPE, PACKAGE_LINKS, PACKAGE_RELATIONSHIPS, TEMPLATE_TYPE, TYPES, Node, P
from letters.docx.paragraph_texts import OutlinedPart, StoredParagraph, as_written, taken_apart
from letters.docx.strict import is_strict, transitional
from letters.errors import LettersError, Problem

# Far more than any real letter, and far less than what does harm (a zip of 48 KB can hold 48 MB).
MAX_MEMBERS = 2_000
MAX_TOTAL = 64 * 1024 * 1024
_MAX_TAGS = 1_000_000  # in one part; each takes about 200 bytes of memory
_MEMBER = b"PK\x01\x02"
_MOST_LISTED = 20_000  # in all its directories, with those of other zip files that are in it
_RATIO_FROM = 5 * 1024 * 1024
_MAX_RATIO = 150
_PICTURES = (".emf", ".wmf", ".bmp", ".dib", ".tif", ".tiff", ".png", ".gif")
"""Plain pictures may be a thousand times smaller in a zip; they are not parsed, so only their total size counts."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STAMP = (0, (1 << 5) | 1)  # midnight, January 1, 1980, the earliest time a zip can hold


class NotAWordFile(LettersError):
    """The file cannot be used as a Word document; the message says why, and what to do in Word."""


class Relationship(Struct, frozen=True):
    """A link from one part to another part, or to an outside address when ``external``."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """Last word of the type, such as ``header`` or ``image``."""
        return _kind(self.type)


@lru_cache(maxsize=500)
def _kind(relationship_type: str) -> str:
    return relationship_type.rsplit("/", 1)[-1]


_LINKS: dict[tuple[str, bytes], Mapping[str, Relationship]] = {}
"""The relationships of parts, by the name and the content of the part that lists them."""
_LINKS_KEPT = 64
_TREES: dict[bytes, Node] = {}
"""Parsed parts of earlier letters, by their bytes."""
_SEEN: set[int] = set()
_TREES_KEPT, _SEEN_KEPT, _LARGEST_KEPT = 32, 500, 500_000


def _keep(data: bytes, tree: Node) -> None:
    """Keep a part the second time it is seen: most are seen only once."""
    if was_seen(_SEEN, _SEEN_KEPT, data) and len(data) <= _LARGEST_KEPT:
        remember(_TREES, _TREES_KEPT, data, tree)


_NAMESPACES: dict[frozenset[tuple[str | None, str]], str] = {}
"""The namespaces that parts have declared, with a number for each set of them."""
_MOST_NAMESPACES, _NUMBERS = 500, count()


class Package(Struct, frozen=True, dict=True):
    """The parts of a .docx, by name without a leading slash, in the order of the file."""

    name: str
    parts: Mapping[str, bytes]

    @lazy_property
    def main(self) -> str:
        """The name of the part with the body, usually ``word/document.xml``."""
        for link in self.links("").values():
            if link.kind == "officeDocument":
                return link.target
        raise NotAWordFile(Problem("This is not a Word document: it has no body.", where=self.name))

    def xml(self, part: str) -> Node:
        """The part, parsed strictly. Raises NotAWordFile when it is not well-formed."""
        return parse_xml(self.parts[part], part, self.name)

    def tree(self, part: str) -> Node:
        """The part as ``xml`` gives it, but parsed once and shared: read it, never change it.

        Letters have everything but their text in common, so the other parts are shared with earlier letters too.
        """
        if part not in self._trees:
            data = self.parts[part]
            tree = _TREES.get(data)
            if tree is None:
                tree = self.xml(part)
                _keep(data, tree)
            self._trees[part] = tree
        return self._trees[part]

    def markup(self, node: Node) -> str:
        """An element of a tree that `tree` gave, as it is written: once for all that look for what they know of it."""
        found = self._markup.get(node)
        if found is None:
            root = node.getroottree().getroot()
            if root not in self._spelled:
                self._spelled.add(root)
                self._markup.update(self._as_written(root))
                found = self._markup.get(node)
        if found is None:
            found = self._markup[node] = etree.tostring(node, encoding="unicode", with_tail=False)
        return found

    def marked(self, part: str) -> list[tuple[Node, str]]:
        """The paragraphs of a part in order, each as it is written."""
        if part not in self._marked:
            self._marked[part] = [(node, self.markup(node)) for node in self.paragraphs(part)]
        return self._marked[part]

    @lazy_property
    def _marked(self) -> dict[str, list[tuple[Node, str]]]:
        return {}

    def _as_written(self, root: Node) -> Iterable[tuple[Node, str]]:
        """The paragraphs of a part as they stand in it, without having them written anew, if they can be told apart.

        With each goes the number of the namespaces of the part, which decide what it means.
        """
        part = next((part for part, tree in self._trees.items() if tree is root), None)
        found = as_written(self.stored(part)) if part is not None and b"\0" not in self.parts[part] else None
        spaces = frozenset(root.nsmap.items())
        if spaces not in _NAMESPACES and len(_NAMESPACES) < _MOST_NAMESPACES:
            _NAMESPACES[spaces] = f"{next(_NUMBERS)} "
        number = _NAMESPACES.get(spaces)
        if part is not None and found is not None and number is not None and len(found) == len(self.paragraphs(part)):
            return zip(self.paragraphs(part), [number + written for written in found], strict=True)
        return ()

    def stored(self, part: str) -> tuple[StoredParagraph, ...]:
        """The paragraphs of a part as they are stored, each shared with the letters that have it, too."""
        if part not in self._stored:
            self._stored[part] = taken_apart(self.parts[part].decode("utf-8", "replace"))
        return self._stored[part]

    @lazy_property
    def _stored(self) -> dict[str, tuple[StoredParagraph, ...]]:
        return {}

    def paragraphs(self, part: str) -> Mapping[Node, int]:
        """The paragraphs of a part in order, each with its index."""
        if part not in self._numbered:
            self._numbered[part] = {node: at for at, node in enumerate(self.tree(part).iter(P))}
        return self._numbered[part]

    @lazy_property
    def _numbered(self) -> dict[str, dict[Node, int]]:
        return {}

    @lazy_property
    def _spelled(self) -> set[Node]:
        return set()

    @lazy_property
    def _markup(self) -> dict[Node, str]:
        return {}

    @lazy_property
    def _trees(self) -> dict[str, Node]:
        return {}

    def links(self, part: str) -> Mapping[str, Relationship]:
        """Relationships of ``part`` (``""`` is the package itself), by id. Targets are resolved to part names."""
        if part not in self._linked:
            self._linked[part] = self._links(part)
        return self._linked[part]

    @lazy_property
    def _linked(self) -> dict[str, Mapping[str, Relationship]]:
        return {}

    def _links(self, part: str) -> Mapping[str, Relationship]:
        folder, base = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{base}.rels")
        if source not in self.parts:
            return {}
        known = _LINKS.get((source, self.parts[source]))
        if known is not None:
            return known
        found = {}
        for node in self.tree(source).iter(f"{{{PACKAGE_RELATIONSHIPS}}}Relationship"):
            external = node.get("TargetMode") == "External"
            target = node.get("Target", "")
            if not external:
                if "%" in target:
                    from urllib.parse import unquote  # here, because few files need it

                    target = unquote(target)
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if name := node.get("Id"):  # what has no id, nothing refers to
                found[name] = Relationship(name, node.get("Type", ""), target, external)
        remember(_LINKS, _LINKS_KEPT, (source, self.parts[source]), found)
        return found

    def content_type(self, part: str) -> str:
        """The declared content type of ``part``, or an empty string."""
        extension = part.rsplit(".", 1)[-1].lower()
        default = ""
        for node in self.tree(TYPES):
            if node.get("PartName", "").lstrip("/").lower() == part.lower():
                return str(node.get("ContentType", ""))
            if node.get("Extension", "").lower() == extension:
                default = str(node.get("ContentType", ""))
        return default


def package_of(members: Mapping[str, Packed], name: str) -> Package:
    """A letter that was just put together here, opened without being written first.

    Args:
        name: what messages call it.
    """
    return Package(name, {part: members[part].content for part in in_writing_order(members)})


_DECLARED = pattern(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({b"utf-8", b"utf-16", b"us-ascii"})  # ISO/IEC 29500-2, 9.1.4; ASCII is a part of the first
# How a part begins in UTF-32 and EBCDIC, which a reader of XML may also recognize.
_OTHER_BEGINNINGS = (b"\0\0\xfe\xff", b"\xff\xfe\0\0", b"\0\0\0<", b"<\0\0\0", b"\x4c\x6f\xa7\x94")
_LONG_TAG = 8192  # bytes from one tag to the next, in which there may be so many attributes
_MOST_ATTRIBUTES = 500  # of an element; to look at one more takes libxml2 the longer the more there are


def parse_xml(data: bytes, part: str, name: str) -> Node:
    """Parse a part strictly: UTF-8 or UTF-16, no DOCTYPE, no entities, no network, no repair."""
    _refuse_other_encodings(data, part, name)
    if b"<!DOCTYPE" in data[:4096]:  # before its entities are counted
        raise _with_doctype(part, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_blank_text=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _damaged(part, name) from error
    # An undeclared prefix is an error that libxml2 forgets when a warning follows it.
    if any(entry.type_name.startswith("NS_ERR") for entry in parser.error_log):
        raise _damaged(part, name)
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(part, name)
    if has_long_stretch(data, b"<", _LONG_TAG) and any(
        len(node.attrib) > _MOST_ATTRIBUTES for node in root.iter(etree.Element)
    ):
        raise _refusal(
            name, f"An element of the part {part} has thousands of attributes, which no word processor writes."
        )
    return root


def _refuse_other_encodings(data: bytes, part: str, name: str) -> None:
    """Refuse a part in an encoding in which its characters could be read differently elsewhere, such as UTF-7."""
    declared = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8)[:1000])
    if data.startswith(_OTHER_BEGINNINGS):
        found = "an unusual encoding"
    elif declared and declared[1].lower() not in _ENCODINGS:
        found = f"the encoding “{declared[1][:20].decode('ascii', 'replace')}”"
    else:
        return
    message = f"The part {part} is written in {found}, which no word processor uses."
    raise _refusal(name, message, "Do not use this file; ask where it came from.")


def _refusal(name: str, message: str, hint: str = "") -> NotAWordFile:
    return NotAWordFile(Problem(message, where=name, hint=hint, code="not-a-word-file"))


def _damaged(part: str, name: str) -> NotAWordFile:
    hint = "Open the file in Word, save it under a new name, and use that."
    return _refusal(name, f"The part {part} is damaged.", hint)


def _with_doctype(part: str, name: str) -> NotAWordFile:
    message = f"The part {part} carries a DOCTYPE, which no word processor writes."
    return _refusal(name, message, "Do not use this file; ask where it came from.")


_SAVE_AS = "Open it in Word or LibreOffice, and save it as a Word Document (.docx)."
_CHOOSE = "Choose the Word file (.docx) instead."
_OTHER_FILES = {
    rb"{\rtf": "an RTF file",
    b"%pdf-": "a PDF file",
    b"<html": "a web page",
    b"<!doctype html": "a web page",
    b"mime-version:": "a web page with its pictures",
    b"<?xml": "an XML file",
}
_OTHER_ARCHIVES = {
    "mimetype": "an OpenDocument file",
    "xl/workbook.xml": "an Excel workbook",
    "ppt/presentation.xml": "a PowerPoint presentation",
}
_FINISHED = ("a PDF file", "an Excel workbook", "a PowerPoint presentation", "a zip file")  # and no text to write in


def open_package(data: bytes, name: str) -> Package:
    """Open the bytes of a .docx or .dotx.

    Args:
        data: the whole file.
        name: what messages call the file.

    Raises:
        NotAWordFile: it is something else; the message says what.
    """

    refuse = partial(_refusal, name)
    if posixpath.basename(name).startswith("~$"):
        raise refuse("This is Word's lock file: somebody has the document open.", "Close it in Word.")
    if data.startswith(_OLE):
        raise refuse(
            "This is an old .doc file, or one protected by a password.",
            "In Word: File, Save As, Word Document (.docx), without a password.",
        )
    for beginning, what in _OTHER_FILES.items():
        if data[:64].lstrip().lower().startswith(beginning):
            raise refuse(f"This is {what}, whatever its name says.", _CHOOSE if what in _FINISHED else _SAVE_AS)
    if not data:
        raise refuse("The file is empty.", "Copy it again, or save it again in Word.")
    if data.count(_MEMBER) > _MOST_LISTED:  # before a list of them takes memory
        raise refuse(f"The file has more than {_MOST_LISTED:,} parts; no letter has so many.")
    try:
        parts = _own_parts(data, name) or _parts(data, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,  # undecodable names, offsets before the start of the file
        OSError,
        struct.error,
    ) as error:
        raise refuse("The file is damaged or incomplete.", "Copy it again, or save it again in Word.") from error

    if TYPES not in parts or PACKAGE_LINKS not in parts:
        what = next((what for part, what in _OTHER_ARCHIVES.items() if part in parts), "a zip file")
        raise refuse(f"This is {what}, not a Word document.", _CHOOSE if what in _FINISHED else _SAVE_AS)
    for part, content in parts.items():
        if len(content) > _MAX_TAGS and part.endswith((".xml", ".rels")) and content.count(b"<") > _MAX_TAGS:
            raise refuse(f"The part {part} is larger than that of any letter.")
    if is_strict(parts[PACKAGE_LINKS]):
        for part, content in parts.items():
            if part.endswith((".xml", ".rels")):
                parts[part] = transitional(content, partial(parse_xml, part=part, name=name))
    package = Package(name, parts)
    for part in parts:
        if part.endswith((".xml", ".rels")) and b"<!" in parts[part][:4096]:
            package.xml(part)  # refuses a DOCTYPE; comments pass
    kind = package.content_type(package.main)
    if "macroEnabled" in kind or any(part.endswith("vbaProject.bin") for part in parts):
        raise refuse("The file contains macros.", "In Word: File, Save As, Word Document (.docx), which drops them.")
    if kind == TEMPLATE_TYPE:
        parts[TYPES] = parts[TYPES].replace(TEMPLATE_TYPE.encode(), DOCUMENT_TYPE.encode())
    elif kind != DOCUMENT_TYPE:
        raise refuse("This is not a Word document.")
    if package.main not in parts:
        raise refuse("The file is damaged: it has no body.")
    body = parts[package.main]
    if sum(map(body.count, _BODIES)) > 1 or not any(each in body for each in _PARAGRAPHS):
        parts[package.main] = _with_one_body(package.xml(package.main))
    return package


_BODIES = b"</w:body>", b"<w:body/>"
_PARAGRAPHS = b"<w:p ", b"<w:p>", b"<w:p/>"


def _with_one_body(root: Node) -> bytes:
    """The main part with everything in one body, with a paragraph in it, as Word has it: programs that make surveys
    write a body for each paragraph.
    """
    bodies = root.findall(BODY)
    for other in bodies[1:]:
        bodies[0].extend(list(other))
        root.remove(other)
    if bodies and next(root.iter(P), None) is None:
        bodies[0].insert(0, etree.Element(P))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


_MEMBERS: dict[tuple[object, ...], tuple[bytes, bytes]] = {}
"""Members that several files have: as they stand in these, and what they hold. By what the directory says of them."""
_MEMBERS_KEPT, _MEMBERS_SEEN = 100, set[int]()


def _parts(data: bytes, name: str) -> dict[str, bytes]:
    """The parts of any zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        listed = [_Listed(each.filename, each.file_size, each.compress_type, each.flag_bits) for each in members]
        _refuse_unsafe(listed, len(data), name)
        return {each.filename: _read(archive, each, data) for each in members if not each.is_dir()}


def _own_parts(data: bytes, name: str) -> dict[str, bytes] | None:
    """The parts of a file that `write_package` wrote, whose directory says nothing but what its members say; None for
    any other file, and for one that is damaged.
    """
    members = own_members(data)
    if members is None or not all(map(_is_plain, members)):
        return None
    _refuse_unsafe(
        [_Listed(part, each.size, zipfile.ZIP_DEFLATED, 0) for part, each in members.items()], len(data), name
    )
    parts = {part: _content(member) for part, member in members.items()}
    return None if None in parts.values() else cast(dict[str, bytes], parts)


@lru_cache(maxsize=500)
def _is_plain(part: str) -> bool:
    """Whether every program reads the name of a part in the same way."""
    return part.isascii() and part.isprintable() and "\\" not in part and not part.endswith("/")


def _content(member: Packed) -> bytes | None:
    """What a member holds; None if it does not hold what is said of it."""
    said = member.name, member.crc, member.size
    known = _MEMBERS.get(said)
    if known is not None and known[0] == member.data:
        return known[1]
    unpacking = zlib.decompressobj(-15)
    content = unpacking.decompress(member.data, member.size + 1)
    if not unpacking.eof or unpacking.unused_data or len(content) != member.size or crc32(content) != member.crc:
        return None
    _keep_member(said, member.data, content)
    return content


def _keep_member(said: tuple[object, ...], packed: bytes, content: bytes) -> None:
    """Keep a member the second time it is seen: most of those that are not in all files are in one alone."""
    if len(content) <= _LARGEST_KEPT and was_seen(_MEMBERS_SEEN, _SEEN_KEPT, said):
        remember(_MEMBERS, _MEMBERS_KEPT, said, (packed, content))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, data: bytes) -> bytes:
    """The content of a member. If it is written as in an earlier file, it holds the same, and is not unpacked again."""
    said = info.orig_filename, info.CRC, info.file_size, info.compress_size, info.compress_type, info.flag_bits
    known = _MEMBERS.get(said)
    if known is not None and data.startswith(known[0], info.header_offset):
        return known[1]
    content = archive.read(info)
    name, more = struct.unpack_from("<HH", data, info.header_offset + 26)
    end = info.header_offset + 30 + name + more + info.compress_size
    _keep_member(said, data[info.header_offset : end], content)
    return content


class _Listed(Struct, frozen=True):
    """What the directory of a zip says of a member."""

    filename: str
    file_size: int
    compress_type: int
    flag_bits: int


def _refuse_unsafe(members: list[_Listed], size: int, name: str) -> None:
    refuse = partial(_refusal, name)
    if len(members) > MAX_MEMBERS:
        raise refuse(f"The file has {len(members)} parts; no letter has so many.")
    total = sum(member.file_size for member in members)
    pressed = sum(member.file_size for member in members if not member.filename.lower().endswith(_PICTURES))
    if total > MAX_TOTAL or (pressed > _RATIO_FROM and pressed > size * _MAX_RATIO):
        raise refuse(f"The file would unpack to {total // 1024 // 1024} MB, which no letter needs.")
    seen: set[str] = set()
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(f"The part {member.filename} is packed in a way no word processor packs.", "Save it again.")
        if member.flag_bits & 1:
            raise refuse("The file is protected by a password.", "Save it without one.")
        if member.filename in seen:
            raise refuse(f"The part {member.filename} appears twice in the file.", "Save it again in Word.")
        if member.filename.startswith("/") or ".." in member.filename.split("/") or "\\" in member.filename:
            hint = "Open it in Word or LibreOffice, if you trust who sent it, and save it again."
            raise refuse(f"The file has a part with an unsafe name: “{member.filename[:100]}”.", hint)
        seen.add(member.filename)


THOROUGH, QUICK = 6, 3
"""How hard zlib tries: a letter's own parts take 40 % of the time, and a twentieth more bytes, if it tries less."""


class Packed(Struct, frozen=True, eq=False):
    """A zip member, already deflated, so that writing it again costs no more than copying it."""

    name: str
    crc: int
    size: int
    data: bytes
    _content: bytes | None = None
    outlined: OutlinedPart | None = None
    """The part by its outline, if it has one."""
    _paragraphs: list[tuple[StoredParagraph, ...]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        name: str,
        content: bytes,
        *paragraphs: tuple[StoredParagraph, ...],
        outlined: OutlinedPart | None = None,
        level: int = THOROUGH,
    ) -> Packed:
        """A part, now deflated.

        Args:
            paragraphs: those of the part, if they are known.
            outlined: the part by its outline, if it has one.
            level: `THOROUGH` for what many letters share, `QUICK` for what is packed for one of them.
        """
        deflate = zlib.compressobj(level, zlib.DEFLATED, *_sizes_for(len(content), level))
        data = deflate.compress(content) + deflate.flush()
        return cls(name, crc32(content), len(content), data, content, outlined, [*paragraphs])

    @property
    def content(self) -> bytes:
        """The part, not deflated."""
        return zlib.decompress(self.data, -15) if self._content is None else self._content

    @property
    def paragraphs(self) -> tuple[StoredParagraph, ...]:
        """The paragraphs of the part, taken apart when they are first asked for."""
        if not self._paragraphs:
            if self.outlined is not None:
                self._paragraphs.append(self.outlined.paragraphs)
            else:
                self._paragraphs.append(taken_apart(self.content.decode("utf-8", "replace")))
        return self._paragraphs[0]


def _sizes_for(size: int, level: int) -> tuple[int, int]:
    """The window and the memory, as zlib counts them, that pack so many bytes as the largest would, or nearly.

    Most of the time that it takes to pack a small part goes into clearing memory that it has no use for.
    """
    window = min(max((size + _BEYOND_WINDOW).bit_length(), 13), 15)
    return -window, 6 if size < _SMALL or level == QUICK else 8


_BEYOND_WINDOW = 262  # bytes at the end of its window that zlib does not look back to
_SMALL = 4_000  # bytes, which never are more symbols than the smaller memory holds


def write_letter(members: Mapping[str, Packed]) -> bytes:
    """A .docx of these parts, in the order of `in_writing_order`: the same parts give the same bytes, always."""
    shared, own = shared_and_own(members)
    beginning = _together(*shared)
    return _with_directory(beginning, _one_after_another(own, len(beginning.data)))


def shared_and_own(members: Mapping[str, Packed]) -> tuple[list[Packed], list[Packed]]:
    """The parts that letters of one kind may share, and the others, each in the order of `in_writing_order`."""
    shared, own = _in_writing_order(tuple(members))
    return [members[name] for name in shared], [members[name] for name in own]


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """The same for parts that are not deflated yet."""
    return write_letter({name: Packed.of(name, content) for name, content in parts.items()})


def write_package(members: Iterable[Packed]) -> bytes:
    """A zip of ``members`` in the order given."""
    return _with_directory(_one_after_another(members))


class _Stretch(Struct, frozen=True):
    """Members that follow one another in a file.

    Args:
        data: as they stand there.
        entries: in the directory of the file.
        count: how many there are.
    """

    data: bytes
    entries: bytes
    count: int


def _one_after_another(members: Iterable[Packed], at: int = 0) -> _Stretch:
    """Members in the order given, from some place in a file on."""
    out: list[bytes] = []
    entries: list[bytes] = []
    for member in members:
        data = member.data
        heading, entry, name = _heading(member.name, member.crc, len(data), member.size)
        entries += (entry, _OFFSET.pack(at), name)
        out += (heading, data)
        at += len(heading) + len(data)
    return _Stretch(b"".join(out), b"".join(entries), len(out) // 2)


@remembered_by_identity(8)
def _together(*members: Packed) -> _Stretch:
    """The members with which a file begins, of which several files have the very same ones."""
    return _one_after_another(members)


def _with_directory(*stretches: _Stretch) -> bytes:
    """A zip of all of them."""
    at, count = sum(len(each.data) for each in stretches), sum(each.count for each in stretches)
    index = b"".join([each.entries for each in stretches])
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(index), at, 0)
    return b"".join([*(each.data for each in stretches), index, end])


_OFFSET = struct.Struct("<I")


@lru_cache(maxsize=128)
def _heading(name: str, crc: int, packed: int, size: int) -> tuple[bytes, bytes, bytes]:
    """What stands before a member, its entry in the directory as far as its offset, and its name after that.

    Cached, as most are the same in every letter.
    """
    said = name.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0x800, 8, *_STAMP, crc, packed, size, len(said), 0)
    return b"PK\x03\x04" + common + said, b"PK\x01\x02\x14\x00" + common + bytes(10), said


def members_of(data: bytes) -> dict[str, Packed]:
    """The members of a zip that ``write_package`` wrote, still deflated, in order; of any other file, some or none."""
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


@remembered_by_identity(1)  # a letter is opened, and then compared with its record
def own_members(data: bytes) -> Mapping[str, Packed] | None:
    """The members of a zip that ``write_package`` wrote, still deflated, in order; None for any other file."""
    members = members_of(data)
    return members if write_package(members.values()) == data else None


_FIRST = (TYPES, PACKAGE_LINKS)
_LAST = ("docProps/c", "word/document", "word/endnotes", "word/footer", "word/footnotes", "word/header")


def in_writing_order(names: Iterable[str]) -> tuple[str, ...]:
    """Part names in the order Word expects: content types, then the relationships of the package, then by name.

    What may differ from letter to letter comes last, so that letters of one kind begin with the same bytes.
    """
    shared, own = _in_writing_order(tuple(names))
    return (*shared, *own)


@lru_cache(maxsize=64)
def _in_writing_order(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the parts that letters may share, and of the others."""
    others = sorted({*names}.difference(_FIRST))
    shared = (*(name for name in _FIRST if name in names), *(name for name in others if not name.startswith(_LAST)))
    return shared, tuple(name for name in others if name.startswith(_LAST))
