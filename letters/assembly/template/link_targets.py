"""Links whose address contains tags: `mailto:{{ office.email }}`.

Word keeps the address of a link outside the text, in the relationships of the part, with the braces in percent codes.
Such a link becomes a HYPERLINK field, whose address is in the text, where tags are read and filled like any other.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.assembly.template.package_editor import PackageEditor
from letters.docx.markup import remove
from letters.docx.names import FLD_CHAR, HYPERLINK, INSTR, LINK_ID, RELATIONSHIPS, SPACE, R, w
from letters.docx.package import Package

# A tag as typed or in percent codes, from its opening to its closing braces.
_TAG = pattern(r"(?:%7b|\{)(?:%7b|%25|%23|[{%#]).{0,500}?(?:%7d|%25|%23|[}%#])(?:%7d|\})", re.IGNORECASE)
_MAY_BE_TAG = pattern(r"(?:%7b|\{)(?:%7b|%25|[{%])", re.IGNORECASE)


def with_links_as_fields(package: Package, part: str, root: etree._Element) -> Package:
    """The package without the relationships of links whose address contains tags; in the tree they become fields.

    Args:
        root: the tree of the part, which is changed.
    """
    targets = {
        link.id: link.target
        for link in package.links(part).values()
        if link.kind == "hyperlink" and link.external and _MAY_BE_TAG.search(link.target)
    }
    if not targets:
        return package
    # A picture may be a link, too, but it can be no field: its address stays, and is reported.
    for node in root.iter(etree.Element):
        for name, value in node.items():
            if value in targets and name.startswith(f"{{{RELATIONSHIPS}}}") and node.tag != HYPERLINK:
                del targets[value]
    used = {node.get(LINK_ID) for node in root.iter(HYPERLINK)}
    targets = {name: target for name, target in targets.items() if name in used}
    for node in list(root.iter(HYPERLINK)):
        if (found := targets.get(node.get(LINK_ID, ""))) is not None:
            _to_field(node, _TAG.sub(lambda tag: unquote(tag[0]), found))
    editor = PackageEditor(package)
    for relationship in list(editor.links_of(part)):
        if relationship.get("Id") in targets:
            remove(relationship)
    return editor.result()


def _to_field(link: etree._Element, address: str) -> None:
    """Replace a link by a field around the same runs (17.16.5.25)."""
    code = f' HYPERLINK "{address}"'
    if anchor := link.get(w("anchor")):
        code += f' \\l "{anchor}"'
    if tooltip := link.get(w("tooltip")):
        code += f' \\o "{tooltip}"'
    instruction = etree.Element(INSTR, {SPACE: "preserve"})
    instruction.text = f"{code} "
    for run in (_run(_mark("begin")), _run(instruction), _run(_mark("separate"))):
        link.addprevious(run)
    for child in list(link):
        link.addprevious(child)
    link.addprevious(_run(_mark("end")))
    remove(link)


def _mark(kind: str) -> etree._Element:
    return etree.Element(FLD_CHAR, {w("fldCharType"): kind})


def _run(content: etree._Element) -> etree._Element:
    run = etree.Element(R)
    run.append(content)
    return run
