"""The draft notice: words at the top of every page, so that nobody mistakes the letter for the final one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from letters.assembly.template.package_editor import PackageEditor
from letters.docx.attribute_values import is_on
from letters.docx.names import (
    BODY,
    CORE,
    CORE_LINK,
    CORE_PROPERTIES,
    CORE_TYPE,
    DUBLIN_CORE,
    LINK_ID,
    P_PR,
    SECT_PR,
    SPACE,
    w,
)
from letters.docx.package import QUICK, Package, Packed, package_of
from letters.library.office_languages import draft_title

_TITLE = f"{{{DUBLIN_CORE}}}title"
# Every property a style might set is set here, so that the notice looks the same in every template.
_PARAGRAPH = {
    "pageBreakBefore": {"val": "0"},
    "spacing": {
        "before": "0",
        "beforeAutospacing": "0",
        "after": "120",
        "afterAutospacing": "0",
        "line": "240",
        "lineRule": "auto",
    },
    "ind": {"left": "0", "right": "0", "firstLine": "0"},
    "jc": {"val": "center"},
}
_RUN = {
    "b": {},
    "bCs": {},
    "i": {"val": "0"},
    "iCs": {"val": "0"},
    "caps": {"val": "0"},
    "smallCaps": {"val": "0"},
    "strike": {"val": "0"},
    "color": {"val": "8B0000"},
    "sz": {"val": "24"},
    "szCs": {"val": "24"},
    "u": {"val": "none"},
}


def mark_draft(members: Mapping[str, Packed], words: str) -> dict[str, Packed]:
    """The parts of a letter with ``words`` at the top of every page, and their beginning before its title."""
    package = package_of(members, "letter")
    editor = PackageEditor(package)
    for part in dict.fromkeys(_headers(package, editor)):
        editor.tree(part).insert(0, _notice(words))
    _mark_title(package, editor, words)
    return {
        name: members[name] if data is package.parts.get(name) else Packed.of(name, data, level=QUICK)
        for name, data in editor.result().parts.items()
    }


def _headers(package: Package, editor: PackageEditor) -> Iterator[str]:
    """The header parts that are shown on some page. Missing ones are created."""
    links = package.links(package.main)
    even = any(
        is_on(package.tree(link.target).find(w("evenAndOddHeaders")))
        for link in links.values()
        if link.kind == "settings" and link.target in package.parts
    )
    current: dict[str, str] = {}  # the header for each kind of page, which sections inherit
    for section in editor.tree(package.main).iter(SECT_PR):
        parent = section.getparent()
        if parent is None or parent.tag not in (BODY, P_PR):
            continue  # the former settings in a tracked change
        for node in section.iterfind(w("headerReference")):
            link = links.get(node.get(LINK_ID, ""))
            if link is not None and link.target in package.parts:
                current[node.get(w("type"), "default")] = link.target
        for kind, used in (("default", True), ("first", is_on(section.find(w("titlePg")))), ("even", even)):
            if not used:
                continue
            if kind not in current:
                current[kind], id_ = editor.add_word_part("header", "hdr")
                section.insert(0, etree.Element(w("headerReference"), {w("type"): kind, LINK_ID: id_}))
            yield current[kind]


def _notice(words: str) -> etree._Element:
    paragraph = etree.Element(w("p"))
    _set(etree.SubElement(paragraph, P_PR), _PARAGRAPH)
    run = etree.SubElement(paragraph, w("r"))
    _set(etree.SubElement(run, w("rPr")), _RUN)
    etree.SubElement(run, w("t"), {SPACE: "preserve"}).text = words
    return paragraph


def _set(holder: etree._Element, properties: dict[str, dict[str, str]]) -> None:
    for name, values in properties.items():
        etree.SubElement(holder, w(name), {w(key): value for key, value in values.items()})


def _mark_title(package: Package, editor: PackageEditor, words: str) -> None:
    targets = [link.target for link in package.links("").values() if link.kind == "core-properties"]
    part = next(filter(editor.has, targets), "")
    if not part:
        part = editor.add(CORE, f'<cp:coreProperties xmlns:cp="{CORE_PROPERTIES}"/>'.encode(), CORE_TYPE)
        editor.link("", CORE_LINK, part)
    root = editor.tree(part)
    title = root.find(_TITLE)
    if title is None:
        title = etree.SubElement(root, _TITLE)
    title.text = draft_title(words, title.text or "")
