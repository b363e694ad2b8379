"""Content controls that show data of the file (17.5.2.6): Word shows what the data say, whatever was saved as the text.

Programs that fill a letter in through its data leave the old text in place, which must not be printed unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.docx.names import Node, w
from letters.docx.package import NotAWordFile, Package
from letters.errors import Problem

_DATA = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_STEP = pattern(r"/(?:([\w.-]+):)?([\w.-]+)(?:\[(\d+)\])?")
_PATH = pattern(rf"(?:{_STEP.pattern})+(?:/@[\w.-]+)?")
_PREFIX = pattern(r"""xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""")
_NOT_TEXT = frozenset(w(name) for name in ("date", "picture", "comboBox", "dropDownList", "docPartObj", "docPartList"))


def stale_controls(package: Package) -> Iterator[Problem]:
    """A note on each control of plain text whose text is not that of its data."""
    stores: dict[str, Node] | None = None
    for part, data in package.parts.items():
        if not part.endswith(".xml") or b"dataBinding" not in data:
            continue
        stores = _stores(package) if stores is None else stores
        for binding in package.tree(part).iter(w("dataBinding")):
            store = stores.get(binding.get(w("storeItemID"), "").upper())
            control = next(binding.iterancestors(w("sdt")), None)
            found = None if store is None or control is None else _value(store, binding)
            if control is None or found is None or not _is_text(control):
                continue
            shown = "".join([node.text or "" for node in control.iter(w("t"))])
            if " ".join(found.split()) != " ".join(shown.split()):
                yield Problem(
                    f"A content control shows “{shown[:40]}”, but the data behind it say “{found[:40]}”, which Word "
                    "would show.",
                    where=package.name,
                    hint="Open the letter in Word and save it.",
                    code="field",
                )


def _stores(package: Package) -> dict[str, Node]:
    """The data of the file, by their identifiers."""
    found: dict[str, Node] = {}
    for part in package.parts:
        for link in package.links(part).values() if part.startswith("customXml/") else ():
            if link.kind == "customXmlProps" and link.target in package.parts:
                try:
                    name = package.tree(link.target).get(f"{{{_DATA}}}itemID", "")
                    found[name.upper()] = package.tree(part)
                except NotAWordFile:  # data that nobody can read change nothing
                    continue
    return found


def _is_text(control: Node) -> bool:
    """Whether it is of plain text, filled in, and nothing else."""
    properties = control.find(w("sdtPr"))
    if properties is None or properties.find(w("showingPlcHdr")) is not None:
        return False
    kinds = {str(child.tag) for child in properties.iterchildren(tag=etree.Element)}
    return not kinds & _NOT_TEXT and not any(kind.endswith("}checkbox") for kind in kinds)


def _value(store: Node, binding: Node) -> str | None:
    """The text that a path leads to; None if it leads nowhere, or is more than names and numbers."""
    path, prefixes = binding.get(w("xpath"), ""), dict(_PREFIX.findall(binding.get(w("prefixMappings"), "")))
    if not _PATH.fullmatch(path):
        return None
    path, _, attribute = path.partition("/@")
    nodes: list[Node] = []
    for at, (prefix, name, number) in enumerate(_STEP.findall(path)):
        tag = f"{{{prefixes.get(prefix, '')}}}{name}" if prefix else name
        inside = [store] if not at else list(nodes[0].iterchildren(tag)) if nodes else []
        inside = [node for node in inside if node.tag == tag]
        wanted = int(number or 1)
        nodes = inside[wanted - 1 : wanted]
    if not nodes:
        return None
    return nodes[0].get(attribute) if attribute else "".join(nodes[0].itertext())
