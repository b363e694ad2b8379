"""Drops the parts, links and markup of a template that a letter does not keep.

Only content that nobody would miss is dropped here. Content that the author must decide about is refused instead
(see `refused_content`).
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.docx.markup import DOCUMENT_HEAD, remove, serialized
from letters.docx.names import (
    APP,
    BOOKMARK_START,
    BOOKMARKS,
    CORE,
    CORE_LINK,
    CUSTOM,
    CUSTOM_PROPERTIES,
    EXTENDED_PROPERTIES,
    ID,
    NAME,
    PACKAGE_LINKS,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    TYPES,
    W14,
    W,
    w,
    ws,
)
from letters.docx.package import Package, Relationship
from letters.errors import Problem, TemplateAtFault

_MAX_PART = 10_000_000  # bytes
# Parts that reveal where a letter came from, or that Word would show instead of the filled content.
_DROPPED_PARTS = frozenset(
    [
        "core-properties",
        "extended-properties",
        "custom-properties",
        "thumbnail",
        "customXml",
        "glossaryDocument",
        "comments",
        "commentsExtended",
        "commentsIds",
        "commentsExtensible",
        "people",
        "printerSettings",
        "attachedTemplate",
        "mailMergeSource",
        "mailMergeHeaderSource",
        "recipientData",
        "keyMapCustomizations",
        "attachedToolbars",
        "origin",
    ]
)
_ACTIVE = frozenset(["aFChunk", "oleObject", "package", "subDocument", "frame", "control", "ActiveXControl"])
_DROPPED_ELEMENTS = ws(
    "proofErr lastRenderedPageBreak trackRevisions rsids attachedTemplate mailMerge docVars printerSettings "
    "dataBinding showingPlcHdr placeholder"
)
_CONTROL, _OF_CONTROLS = w("sdtPr"), frozenset({"id", "lock", "dataBinding"})
_UTF_16 = (BOM_UTF16_BE, BOM_UTF16_LE, b"\0<", b"<\0")
_RSID = pattern(rb"rsid\w*\s*=")  # as the name of an attribute; most styles have an element of this name
_TRACES = (w("rsid"), f"{{{W14}}}paraId", f"{{{W14}}}textId")


def kept_parts(package: Package) -> tuple[dict[str, list[str]], list[Problem]]:
    """The parts a letter keeps, each with the ids of the links it keeps; and problems with links it must not have."""
    kept: dict[str, list[str]] = {}
    problems: list[Problem] = []
    waiting = [package.main]
    while waiting:
        part = waiting.pop(0)
        if part in kept or part not in package.parts:
            continue
        kept[part] = []
        for link in package.links(part).values():
            if link.kind in _ACTIVE or (link.external and link.kind == "image"):
                problems.append(_refused_link(link, part))
            elif link.kind not in _DROPPED_PARTS and not (link.external and link.kind != "hyperlink"):
                kept[part].append(link.id)
                waiting += [] if link.external else [link.target]
    return kept, problems


def _refused_link(link: Relationship, part: str) -> Problem:
    if link.external:
        message = f"The template loads something from outside ({link.kind}: {link.target})."
        return Problem(message, part, "Delete it, or insert it as a picture.", "outside")
    name = link.target.rpartition("/")[2]
    message = f"Another document or program is embedded ({name}), which a letter cannot contain."
    return Problem(message, part, "Delete it, or insert it as a picture.", "embedded")


def sanitized(package: Package, part: str) -> etree._Element:
    """A parsed part without what a letter does not keep. Raises TemplateAtFault if the part is too large."""
    if len(package.parts[part]) > _MAX_PART:
        raise TemplateAtFault(Problem(f"The part {part} is larger than {_MAX_PART // 1_000_000} MB.", package.name))
    root = package.xml(part)
    if etree.QName(root).namespace == W:
        _drop_traces(root, package.parts[part])
    return root


def _drop_traces(root: etree._Element, data: bytes) -> None:
    """Drop what reveals how the template was edited, or makes Word show something other than the text.

    Args:
        data: the part as it was read.
    """
    etree.strip_tags(root, etree.Comment, etree.PI)
    if b"paraId" in data or b"textId" in data or _RSID.search(data) or data.startswith(_UTF_16):
        for node in root.iter(etree.Element):
            for name in node.keys():  # noqa: SIM118 - iterating over a node gives its children
                if name.startswith(_TRACES):
                    del node.attrib[name]
    last = {node.get(ID) for node in root.iter(BOOKMARK_START) if node.get(NAME) == "_GoBack"}
    dropped = [node for node in root.iter(*BOOKMARKS) if node.get(ID) in last] if last else []
    for control in root.iter(_CONTROL):
        dropped += [each for each in control.iterchildren(etree.Element) if etree.QName(each).localname in _OF_CONTROLS]
    for node in [*dropped, *root.iter(*_DROPPED_ELEMENTS)]:
        remove(node)


def generated_parts(package: Package, kept: Mapping[str, list[str]]) -> Iterator[tuple[str, bytes]]:
    """Links, content types and property parts for exactly the parts that are kept, as (name, bytes)."""
    yield from _links_of_parts(package, kept)
    yield (
        PACKAGE_LINKS,
        (
            f'{DOCUMENT_HEAD}<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">'
            f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument" Target="{package.main}"/>'
            f'<Relationship Id="rId2" Type="{CORE_LINK}" Target="{CORE}"/>'
            f'<Relationship Id="rId3" Type="{RELATIONSHIPS}/extended-properties" Target="{APP}"/>'
            f'<Relationship Id="rId4" Type="{RELATIONSHIPS}/custom-properties" Target="{CUSTOM}"/></Relationships>'
        ).encode(),
    )
    yield (
        APP,
        (
            f'{DOCUMENT_HEAD}<Properties xmlns="{EXTENDED_PROPERTIES}"><Application>Letters</Application></Properties>'
        ).encode(),
    )
    yield (
        CUSTOM,
        f'{DOCUMENT_HEAD}<Properties xmlns="{CUSTOM_PROPERTIES}"/>'.encode(),
    )  # replaced by the letter's record
    yield TYPES, _content_types(package, kept)


def _links_of_parts(package: Package, kept: Mapping[str, list[str]]) -> Iterator[tuple[str, bytes]]:
    for part, ids in kept.items():
        folder, _, base = part.rpartition("/")
        source = f"{folder}/_rels/{base}.rels".lstrip("/")
        if source not in package.parts:
            continue
        root = package.xml(source)
        for node in list(root):
            if node.get("Id") not in ids:
                root.remove(node)
        if len(root):
            yield source, serialized(root)


def _content_types(package: Package, kept: Mapping[str, list[str]]) -> bytes:
    types = package.xml(TYPES)
    for node in list(types):
        name = node.get("PartName", "").lstrip("/")
        if name and (name not in kept or name in (CORE, CUSTOM, APP)):
            types.remove(node)
    for name, kind in (
        (CORE, "package.core"),
        (APP, "officedocument.extended"),
        (CUSTOM, "officedocument.custom"),
    ):
        kind = f"application/vnd.openxmlformats-{kind}-properties+xml"
        etree.SubElement(types, etree.QName(types, "Override"), PartName=f"/{name}", ContentType=kind)
    return serialized(types)
