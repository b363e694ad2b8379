"""Changes a Word package: adds parts, links and content types, and keeps them consistent."""

from __future__ import annotations

import posixpath
import urllib.parse
from itertools import count

from lxml import etree

from letters.docx.markup import serialized
from letters.docx.names import PACKAGE_RELATIONSHIPS, RELATIONSHIPS, TYPES, W
from letters.docx.package import Package, parse_xml

_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


class PackageEditor:
    """Collects changes to a package and returns a new one."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._trees: dict[str, etree._Element] = {}
        self._new: dict[str, bytes] = {}
        self._single: dict[str, str] = {}

    @property
    def main(self) -> str:
        return self._package.main

    def result(self) -> Package:
        """The package with all changes so far."""
        changed = {name: serialized(root) for name, root in self._trees.items()}
        return Package(self._package.name, {**self._package.parts, **self._new, **changed})

    def has(self, part: str) -> bool:
        return part in self._package.parts or part in self._new or part in self._trees

    def tree(self, part: str) -> etree._Element:
        """A part as a tree that may be changed. A part that was asked for is serialized again."""
        if part not in self._trees:
            data = self._new.get(part) or self._package.parts[part]
            self._trees[part] = parse_xml(data, part, self._package.name)
        return self._trees[part]

    def of_kind(self, kind: str, root: str) -> etree._Element:
        """The body's only part of this kind (``styles``, ``numbering``), created if there is none.

        Args:
            root: name of the root element of a new part.
        """
        if kind not in self._single:
            links = self._package.links(self.main).values()
            parts = [link.target for link in links if link.kind == kind and not link.external]
            self._single[kind] = next(filter(self.has, parts), "") or self.add_word_part(kind, root)[0]
        return self.tree(self._single[kind])

    def add_word_part(self, kind: str, root: str) -> tuple[str, str]:
        """Add an empty part of this kind, linked to the body. Returns its name and the id of the link."""
        part = self.free_name(posixpath.join(posixpath.dirname(self.main), f"{kind}.xml"))
        data = f'<w:{root} xmlns:w="{W}" xmlns:r="{RELATIONSHIPS}"/>'.encode()
        self._trees[part] = parse_xml(data, part, self._package.name)
        self.declare(part, f"{_MAIN_TYPE}.{kind}+xml")
        return part, self.link(self.main, f"{RELATIONSHIPS}/{kind}", part)

    def add(self, wanted: str, data: bytes, content_type: str) -> str:
        """Add a part. Returns its name, which is ``wanted`` if that is free."""
        part = self.free_name(wanted)
        self._new[part] = data
        self.declare(part, content_type)
        return part

    def free_name(self, wanted: str) -> str:
        """``wanted``, with a number if another part has that name."""
        taken = {name.lower() for name in (*self._package.parts, *self._new, *self._trees)}
        stem, dot, ending = wanted.rpartition(".")
        name, copy = wanted, 1
        while name.lower() in taken:
            copy += 1
            name = f"{stem}{copy}{dot}{ending}"
        return name

    def declare(self, part: str, content_type: str) -> None:
        """Declare the content type of a part, unless its extension already implies it."""
        types = self.tree(TYPES)
        extension = part.rpartition(".")[2].lower()
        for node in types:
            if node.get("Extension", "").lower() == extension and node.get("ContentType") == content_type:
                return
        name = etree.QName(types, "Override")
        etree.SubElement(types, name, {"PartName": f"/{part}", "ContentType": content_type})

    def link(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """Link ``part`` to another part or an external address, only once. Returns the id of the link."""
        if not external:
            target = urllib.parse.quote(posixpath.relpath(target, posixpath.dirname(part) or "."))
        links = self.links_of(part)
        wanted = {"Type": kind, "Target": target}
        if external:
            wanted["TargetMode"] = "External"
        for node in links:
            if {name: value for name, value in node.items() if name != "Id"} == wanted:
                return str(node.get("Id"))
        taken = {node.get("Id") for node in links}
        free = next(name for number in count(1) if (name := f"rId{number}") not in taken)
        etree.SubElement(links, etree.QName(PACKAGE_RELATIONSHIPS, "Relationship"), {"Id": free} | wanted)
        return free

    def links_of(self, part: str) -> etree._Element:
        """The relationships of a part, created if it has none."""
        folder, base = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(source):
            data = f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"/>'.encode()
            self._trees[source] = parse_xml(data, source, self._package.name)
        return self.tree(source)
