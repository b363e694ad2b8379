"""What deleted words of an old version refer to, such as pictures and addresses, brought into the new package."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator
from itertools import count

from lxml import etree

from letters.docx.names import (
    CONTENT_TYPES,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    TYPES,
    Node,
)
from letters.docx.package import Package, Relationship, parse_xml

_RELATION = f"{{{PACKAGE_RELATIONSHIPS}}}Relationship"


class AdoptedParts:
    """The parts of the new version, to which parts of the old one are added as far as something refers to them."""

    def __init__(self, old: Package, new: Package) -> None:
        self.parts = dict(new.parts)
        self._old, self._new = old, new
        self._planned: dict[str, dict[str, Relationship]] = {}
        self._names: dict[str, str] = {}  # of parts that were brought in, by their old name
        self._numbers = count(1)

    def relink(self, root: Node, source: Package, part: str, into: str) -> None:
        """Rewrite the relationship ids in a tree of ``source`` to ids of the part ``into`` of the new version.

        The same target has the same id afterward, whichever version it comes from.
        """
        links, ids = source.links(part), self._ids(into)
        for node in root.iter(etree.Element):
            for name, value in node.attrib.items():
                link = links.get(value) if name.startswith(f"{{{RELATIONSHIPS}}}") else None
                if link is None:
                    continue
                target = _identity(source, link)
                if target not in ids:
                    ids[target] = f"rIdOld{next(self._numbers)}"
                    self._planned.setdefault(into, {})[ids[target]] = link
                node.set(name, ids[target])

    def finish(self, root: Node, part: str) -> None:
        """Bring in what the finished tree of a part refers to."""
        used = {
            value for node in root.iter(etree.Element) for name, value in node.attrib.items()
            if name.startswith(f"{{{RELATIONSHIPS}}}")
        }  # fmt: skip
        for relation, link in self._planned.get(part, {}).items():
            if relation in used:
                self._link(part, relation, link)

    def add(self, part: str, data: bytes, content_type: str, kind: str, main: str) -> None:
        """Add a part that the document did not have, such as that of the footnotes."""
        self.parts[part] = data
        self._declare(part, content_type)
        self._relation(main, f"rIdOld{next(self._numbers)}", f"{RELATIONSHIPS}/{kind}", part, external=False)

    def free_name(self, part: str) -> str:
        """A name for a part of the old version that no part has yet."""
        stem, extension = posixpath.splitext(part)
        return next(name for name in _numbered(stem, extension) if name.lower() not in map(str.lower, self.parts))

    def _ids(self, into: str) -> dict[tuple[str, ...], str]:
        ids: dict[tuple[str, ...], str] = {}
        for link in self._new.links(into).values():
            ids.setdefault(_identity(self._new, link), link.id)
        for relation, link in self._planned.get(into, {}).items():
            ids.setdefault(_identity(self._old, link), relation)
        return ids

    def _link(self, part: str, relation: str, link: Relationship) -> None:
        target = link.target
        if not link.external and target in self._old.parts:
            target = self._bring(target)
        self._relation(part, relation, link.type, target, external=link.external)

    def _bring(self, part: str) -> str:
        """Bring in a part with all that it refers to; its name in the new package."""
        if part not in self._names:
            name = self._names[part] = self.free_name(part)
            self.parts[name] = self._old.parts[part]
            self._declare(name, self._old.content_type(part))
            for link in self._old.links(part).values():
                self._link(name, link.id, link)
        return self._names[part]

    def _relation(self, part: str, relation: str, kind: str, target: str, *, external: bool) -> None:
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        namespaces = {None: PACKAGE_RELATIONSHIPS}
        root = (
            parse_xml(self.parts[name], name, self._new.name)
            if name in self.parts
            else etree.Element(f"{{{PACKAGE_RELATIONSHIPS}}}Relationships", nsmap=namespaces)
        )
        values = {"Id": relation, "Type": kind, "Target": target if external else f"/{target}"}
        etree.SubElement(root, _RELATION, values | ({"TargetMode": "External"} if external else {}))
        self.parts[name] = _bytes(root)

    def _declare(self, part: str, content_type: str) -> None:
        root = parse_xml(self.parts[TYPES], TYPES, self._new.name)
        etree.SubElement(
            root, f"{{{CONTENT_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": content_type or "text/plain"}
        )
        self.parts[TYPES] = _bytes(root)


def _identity(package: Package, link: Relationship) -> tuple[str, ...]:
    """What tells the targets of relationships apart, in any package."""
    if link.external or link.target not in package.parts:
        return link.type, link.target
    return link.type, hashlib.sha256(package.parts[link.target]).hexdigest()


def _numbered(stem: str, extension: str) -> Iterator[str]:
    yield from (f"{stem}-old{'' if number == 1 else number}{extension}" for number in count(1))


def _bytes(root: Node) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data
