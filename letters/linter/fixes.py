"""A cleaned copy of a Word file: what is safe to put right is put right, and no word of its text is changed.

Tracked changes are accepted, comments dropped, tags written as they are read (straight quotes, plain dashes, ``{%p``),
ties to data, to a remote template and to the people who wrote it cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from letters.assembly.template.compilation import part_labels
from letters.assembly.template.grammar import read_tag
from letters.assembly.template.spots import gather, pieces_of
from letters.assembly.template.tags import OBJECT, TEXT, TagPlace, scan, tidy
from letters.assembly.template.workbench import TYPES, Workbench
from letters.docx.markup import P, own_nodes, remove, w
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


def mended(package: Package) -> tuple[bytes, tuple[str, ...]]:
    """The cleaned file, and what was done to it, in words; nothing when it was clean."""
    bench, done = Workbench(package), dict[str, None]()
    for part in part_labels(package):
        if part in package.parts:
            done |= dict.fromkeys(_mend(bench, part))
    done |= dict.fromkeys(_cut_ties(package, bench))
    done |= dict.fromkeys(_forget_people(package, bench))
    result = bench.result()
    parts, gone = _without_dropped(result)
    done |= dict.fromkeys(gone)
    return write_parts(parts), tuple(done)


def _mend(bench: Workbench, part: str) -> Iterator[str]:
    root = bench.tree(part)
    if next(root.iter(*TRACKED), None) is not None:
        accept_changes(root)
        yield "tracked changes accepted"
    if next(root.iter(*COMMENTS), None) is not None:
        drop_comments(root)
        yield "comments dropped"
    for control in list(root.iter(w("sdtPr"))):
        for node in list(control):
            if etree.QName(node).localname in ("dataBinding", "showingPlcHdr", "placeholder"):
                remove(node)
                yield "controls freed from their data"
    for paragraph in root.iter(P):
        pieces = pieces_of(own_nodes(paragraph))
        text = "".join(words for _, words in pieces)
        edits = [(*span, better) for span in scan(text)[0] if (better := rewritten(text[slice(*span)]))]
        if edits:
            gather(pieces, edits)
            yield "tags written out plainly"


def rewritten(raw: str) -> str:
    """The tag as it is read; empty when it is written so already, or cannot be read at all."""
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


def _cut_ties(package: Package, bench: Workbench) -> Iterator[str]:
    for link in package.links(package.main).values():
        if link.kind != "settings" or link.target not in package.parts:
            continue
        root = bench.tree(link.target)
        for name, words in (
            ("attachedTemplate", "the tie to a template cut"),
            ("trackRevisions", "tracking switched off"),
        ):
            for node in list(root.iter(w(name))):
                remove(node)
                yield words


def _forget_people(package: Package, bench: Workbench) -> Iterator[str]:
    for link in package.links("").values():
        if link.kind in ("core-properties", "extended-properties") and link.target in package.parts:
            for node in list(bench.tree(link.target)):
                if etree.QName(node).localname in _PEOPLE and (node.text or "").strip():
                    remove(node)
                    yield "names in the document's properties removed"


def _without_dropped(package: Package) -> tuple[dict[str, bytes], list[str]]:
    """The parts without those nothing refers to any more, and without the links to them."""
    bench = Workbench(package)
    dropped: set[str] = set()
    told: list[str] = []
    for source in [name for name in package.parts if name.endswith(".rels")]:
        folder, _, base = source.rpartition("_rels/")
        for link in package.links(f"{folder}{base.removesuffix('.rels')}".strip("/")).values():
            if link.kind in _DROPPED:
                told += ["comments dropped"] if link.kind == "comments" else []
                dropped |= set() if link.external else {link.target}
                for node in list(bench.tree(source)):
                    if node.get("Id") == link.id:
                        remove(node)
    for node in list(bench.tree(TYPES)) if dropped else ():
        if node.get("PartName", "").lstrip("/") in dropped:
            remove(node)
    parts = {name: data for name, data in bench.result().parts.items() if name not in dropped}
    return parts, told
