"""A fixed copy of a Word file: everything that is safe to fix is fixed, and no word of the text is changed.

Tracked changes are accepted, comments are removed, and tags are written the way they are read (straight quotes, plain
dashes, ``{%p``). Ties to data and to another template are removed, and so are the names of people in the properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from letters.assembly.template.compilation import part_labels
from letters.assembly.template.grammar import read_tag
from letters.assembly.template.package_editor import PackageEditor
from letters.assembly.template.tag_positions import replace_ranges, visible_text
from letters.assembly.template.tags import OBJECT, TEXT, TagPlace, scan, tidy
from letters.docx.markup import own_nodes, remove
from letters.docx.names import TYPES, P, w
from letters.docx.package import Package, write_parts
from letters.docx.revisions import COMMENTS, TRACKED, accept_changes, drop_comments

_DROPPED = frozenset(
    {
        "comments",
        "commentsExtended",
        "commentsIds",
        "commentsExtensible",
        "people",
        "attachedTemplate",
    }
)
_PEOPLE = frozenset({"creator", "lastModifiedBy", "Company", "Manager", "revision", "TotalTime"})


def fixed(package: Package) -> tuple[bytes, tuple[str, ...]]:
    """The fixed file, and what was done to it, in words; nothing if there was nothing to fix."""
    editor, done = PackageEditor(package), dict[str, None]()
    for part in part_labels(package):
        if part in package.parts:
            done |= dict.fromkeys(_fix_part(editor, part))
    done |= dict.fromkeys(_remove_ties(package, editor))
    done |= dict.fromkeys(_remove_names(package, editor))
    result = editor.result()
    parts, removed = _without_dropped(result)
    done |= dict.fromkeys(removed)
    return write_parts(parts), tuple(done)


def _fix_part(editor: PackageEditor, part: str) -> Iterator[str]:
    root = editor.tree(part)
    if next(root.iter(*TRACKED), None) is not None:
        accept_changes(root)
        yield "tracked changes accepted"
    if next(root.iter(*COMMENTS), None) is not None:
        drop_comments(root)
        yield "comments removed"
    for control in list(root.iter(w("sdtPr"))):
        for node in list(control):
            if etree.QName(node).localname in ("dataBinding", "showingPlcHdr", "placeholder"):
                remove(node)
                yield "content controls unbound from data"
    for paragraph in root.iter(P):
        pieces = visible_text(own_nodes(paragraph))
        text = "".join(words for _, words in pieces)
        edits = [(*span, better) for span in scan(text)[0] if (better := rewritten(text[slice(*span)]))]
        if edits:
            replace_ranges(pieces, edits)
            yield "tags rewritten in plain form"


def rewritten(raw: str) -> str:
    """The tag in plain form; empty if it is already in plain form, or cannot be read."""
    tag, problems = read_tag(raw, TagPlace(""), TEXT)
    if problems or OBJECT in raw or tag.mark == "{#" or not raw.startswith((tag.mark + " ", tag.mark)):
        return ""
    inside = raw[2:-2]
    misplaced = tag.mark == "{%" and re.match(r"\s+(p|tr|tc|r)\s", inside, re.IGNORECASE)
    capital = tag.word and tag.word not in inside
    if tidy(inside) == inside.strip() and not misplaced and not capital:
        return ""
    if tag.mark == "{{":
        return f"{{{{ {tag.says} }}}}"
    return f"{{%{tag.level} {tag.word}{' ' if tag.says else ''}{tag.says} %}}"


def _remove_ties(package: Package, editor: PackageEditor) -> Iterator[str]:
    for link in package.links(package.main).values():
        if link.kind != "settings" or link.target not in package.parts:
            continue
        root = editor.tree(link.target)
        for name, words in (
            ("attachedTemplate", "link to a template removed"),
            ("trackRevisions", "Track Changes turned off"),
        ):
            for node in list(root.iter(w(name))):
                remove(node)
                yield words


def _remove_names(package: Package, editor: PackageEditor) -> Iterator[str]:
    for link in package.links("").values():
        if link.kind in ("core-properties", "extended-properties") and link.target in package.parts:
            for node in list(editor.tree(link.target)):
                if etree.QName(node).localname in _PEOPLE and (node.text or "").strip():
                    remove(node)
                    yield "names removed from document properties"


def _without_dropped(package: Package) -> tuple[dict[str, bytes], list[str]]:
    """The parts that are kept, without links to those that are not; and what was removed, in words."""
    editor = PackageEditor(package)
    dropped: set[str] = set()
    done: list[str] = []
    for source in [name for name in package.parts if name.endswith(".rels")]:
        folder, _, base = source.rpartition("_rels/")
        for link in package.links(f"{folder}{base.removesuffix('.rels')}".strip("/")).values():
            if link.kind in _DROPPED:
                done += ["comments removed"] if link.kind == "comments" else []
                dropped |= set() if link.external else {link.target}
                for node in list(editor.tree(source)):
                    if node.get("Id") == link.id:
                        remove(node)
    for node in list(editor.tree(TYPES)) if dropped else ():
        if node.get("PartName", "").lstrip("/") in dropped:
            remove(node)
    parts = {name: data for name, data in editor.result().parts.items() if name not in dropped}
    return parts, done
