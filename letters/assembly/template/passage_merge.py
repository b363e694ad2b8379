"""Merges what a shared passage needs into a template: styles, lists, pictures, links and bookmarks.

It works like pasting in Word with “Use Destination Styles”: where both have a style of the same name, the template's
wins; a style the template lacks is copied.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterable
from copy import deepcopy

from lxml import etree

from letters.assembly.template.package_editor import PackageEditor
from letters.docx.markup import all_styles, remove
from letters.docx.names import (
    ALTERNATIVES,
    BOOKMARK_START,
    BOOKMARKS,
    CHOICE,
    FALLBACK,
    FLD_SIMPLE,
    HYPERLINK,
    ID,
    IGNORABLE,
    INSTR,
    NAME,
    RELATIONSHIPS,
    STYLE_ID,
    VAL,
    W,
    w,
)
from letters.docx.package import Package

_KINDS = {w("pStyle"): "paragraph", w("rStyle"): "character", w("tblStyle"): "table"}
_PARTNER = {"paragraph": "character", "character": "paragraph"}
_NUM, _NUM_ID, _NUM_PR = w("num"), w("numId"), w("numPr")
_ABSTRACT, _ABSTRACT_ID = w("abstractNum"), w("abstractNumId")
_LEVEL_STYLES = (w("pStyle"), w("styleLink"))
_LONGEST_NAME = 40  # of a bookmark, in Word
_Pairs = list[tuple[etree._Element, etree._Element]]


class PassageMerge:
    """Merges one passage into one template, once for each time the template includes it.

    Args:
        editor: of the template's package.
        passage: where the blocks are copied from.
        name: of the passage in tags; the files it needs are named after it.
        bookmarks: names in use in the template; new ones are added.
    """

    def __init__(self, editor: PackageEditor, passage: Package, name: str, bookmarks: set[str]) -> None:
        self._editor, self._passage, self._name = editor, passage, name
        self._bookmarks = bookmarks
        self._styles = _StyleMerge(editor, passage, name)
        self._media: dict[str, str] = {}
        self._times = 0

    def prepared(self, root: etree._Element, passage: etree._Element) -> etree._Element:
        """``root``, or a new one with its children, that declares the namespace prefixes used by ``passage``."""
        ignorable = [passage.nsmap[prefix] for prefix in passage.get(IGNORABLE, "").split() if prefix in passage.nsmap]
        names = dict(root.nsmap)
        for prefix, uri in passage.nsmap.items():
            if prefix and uri not in names.values():
                while prefix in names:
                    prefix += "_"
                names[prefix] = uri
        if len(names) > len(root.nsmap):
            new = etree.Element(root.tag, dict(root.attrib), names)
            new.extend(list(root))
            root = new
        prefixes = _prefixes(root)
        ignored = list(dict.fromkeys([*root.get(IGNORABLE, "").split(), *(prefixes[uri] for uri in ignorable)]))
        if ignored:
            root.set(IGNORABLE, " ".join(ignored))
        return root

    def merge(self, part: str, root: etree._Element, pairs: Iterable[tuple[etree._Element, etree._Element]]) -> None:
        """Adapt the references of copied blocks so that they mean in ``part`` what they mean in the passage.

        Args:
            part: of the template, into which the copies were already inserted.
            root: of that part.
            pairs: copy and original of each block.
        """
        copies = list(pairs)
        self._times += 1
        blocks = [copy for copy, _ in copies]
        _adapt_alternatives(copies, _prefixes(root))
        for block in blocks:
            self._styles.apply(block)
            self._adapt_links(block, part)
        self._adapt_bookmarks(blocks)
        lists: dict[str, str] = {}
        for block in blocks:
            for node in [node for properties in block.iter(_NUM_PR) for node in properties.iter(_NUM_ID)]:
                node.set(VAL, self._styles.lists.number(node.get(VAL, "0"), lists))

    def _adapt_links(self, block: etree._Element, part: str) -> None:
        links = self._passage.links(self._passage.main)
        for node in block.iter(etree.Element):
            for name, id_ in node.items():
                if not name.startswith(f"{{{RELATIONSHIPS}}}") or not id_:
                    continue
                link = links.get(id_)
                if link is None or not (link.external or link.target in self._passage.parts):
                    del node.attrib[name]  # a dead link; here its id might belong to another one
                    continue
                target = link.target if link.external else self._file(link.target)
                node.set(name, self._editor.link(part, link.type, target, external=link.external))

    def _file(self, source: str) -> str:
        """The template's copy of a file of the passage, such as a picture."""
        if source not in self._media:
            wanted = posixpath.join(
                posixpath.dirname(self._editor.main), "media", f"{self._name}-{posixpath.basename(source)}"
            )
            kind = self._passage.content_type(source)
            self._media[source] = self._editor.add(wanted, self._passage.parts[source], kind)
        return self._media[source]

    def _adapt_bookmarks(self, blocks: list[etree._Element]) -> None:
        """Give bookmarks unique ids and names, and update the references to them."""
        renamed: dict[str, str] = {}
        for node in [node for block in blocks for node in block.iter(*BOOKMARKS)]:
            node.set(ID, f"{self._name}-{self._times}-{node.get(ID, '')}")  # `UniqueIds` makes it a number later
            if node.tag == BOOKMARK_START:
                name = _free(node.get(NAME, ""), self._bookmarks, _LONGEST_NAME)
                self._bookmarks.add(name)
                if name != node.get(NAME):
                    renamed[node.get(NAME, "")] = name
                    node.set(NAME, name)
        if not renamed:
            return
        old = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, renamed))})(?!\w)")
        for block in blocks:
            for node in block.iter(HYPERLINK, INSTR, FLD_SIMPLE):
                if node.tag == INSTR:
                    node.text = old.sub(lambda match: renamed[match[1]], node.text or "")
                    continue
                name = w("anchor") if node.tag == HYPERLINK else w("instr")
                if name in node.attrib:
                    node.set(name, old.sub(lambda match: renamed[match[1]], node.get(name, "")))


class _StyleMerge:
    """Maps the styles of a passage to styles of the template."""

    def __init__(self, editor: PackageEditor, passage: Package, name: str) -> None:
        self._editor = editor
        self._theirs = {(_type(style), style.get(STYLE_ID, "")): style for style in all_styles(passage)}
        self._found: dict[tuple[str, str], str | None] = {}
        self.copied: set[str] = set()
        self.lists = _ListMerge(editor, passage, name, self)

    def apply(self, block: etree._Element) -> None:
        for node in list(block.iter(*_KINDS)):
            _set_or_remove(node, self.id(_KINDS[str(node.tag)], node.get(VAL, "")))

    def id(self, kind: str, theirs: str) -> str | None:
        """The id that a style of the passage has in the template; None for no style."""
        if (kind, theirs) not in self._found:
            style = self._theirs.get((kind, theirs))
            self._found[kind, theirs] = None
            if style is not None:
                ours = list(self._root().iter(w("style")))
                alike = self._alike(style, ours)
                if alike is None and not _is_default(style):
                    self._copy(kind, theirs, style, {one.get(STYLE_ID, "") for one in ours})
                else:
                    self._found[kind, theirs] = alike
        return self._found[kind, theirs]

    def _root(self) -> etree._Element:
        return self._editor.of_kind("styles", "styles")

    def _alike(self, style: etree._Element, ours: list[etree._Element]) -> str | None:
        """The template's style of the same kind and name; for a default style, otherwise the template's default."""
        same_kind = [one for one in ours if _type(one) == _type(style)]
        name = _style_name(style)
        for alike in (
            lambda one: _style_name(one) == name,
            lambda one: _style_name(one).casefold() == name.casefold(),
            lambda one: _is_default(style) and _is_default(one),
        ):
            for one in filter(alike, same_kind):
                return str(one.get(STYLE_ID, ""))
        return None

    def _copy(self, kind: str, theirs: str, style: etree._Element, taken: set[str]) -> None:
        new = _free(theirs, taken, 200, between="")
        self._found[kind, theirs] = new
        self.copied.add(new)
        copy = _plain(style)
        copy.set(STYLE_ID, new)
        copy.attrib.pop(w("default"), None)
        self._root().append(copy)
        partner = _PARTNER.get(kind, "")
        for name, of in (("basedOn", kind), ("next", "paragraph"), ("link", partner)):
            node = copy.find(w(name))
            if node is not None:
                found = self.id(of, node.get(VAL, ""))
                _set_or_remove(node, found if name != "link" or found in self.copied else None)
        for node in copy.iter(_NUM_ID):
            node.set(VAL, self.lists.number(node.get(VAL, "0"), self.lists.of_styles))


class _ListMerge:
    """Maps the lists of a passage to lists of the template."""

    def __init__(self, editor: PackageEditor, passage: Package, name: str, styles: _StyleMerge) -> None:
        self._editor, self._name, self._styles = editor, name, styles
        self.of_styles: dict[str, str] = {}
        self._theirs: dict[str, etree._Element] = {}
        for link in passage.links(passage.main).values():
            if link.kind == "numbering" and link.target in passage.parts:
                for node in passage.tree(link.target):
                    if node.tag == _NUM:
                        self._theirs[node.get(_NUM_ID, "")] = node
                    elif node.tag == _ABSTRACT:
                        self._theirs[f"abstract {node.get(_ABSTRACT_ID, '')}"] = node

    def number(self, theirs: str, made: dict[str, str]) -> str:
        """The number of the list's copy. ``made`` has the copies of one inclusion; the next one counts anew."""
        list_ = self._theirs.get(theirs)
        if list_ is None:
            return "0"  # no list
        if theirs not in made:
            root = self._editor.of_kind("numbering", "numbering")
            copy = _plain(list_)
            made[theirs] = _next(root, _NUM, _NUM_ID)
            copy.set(_NUM_ID, made[theirs])
            last = next(root.iterchildren(w("numIdMacAtCleanup")), None)
            root.append(copy) if last is None else last.addprevious(copy)
            self._adapt_levels(copy, made)
            for node in copy.findall(_ABSTRACT_ID):
                _set_or_remove(node, self._abstract(node.get(VAL, ""), made))
        return made[theirs]

    def _abstract(self, theirs: str, made: dict[str, str]) -> str | None:
        key = f"abstract {theirs}"
        if key not in made and key in self._theirs:
            root = self._editor.of_kind("numbering", "numbering")
            copy = _plain(self._theirs[key])
            made[key] = _next(root, _ABSTRACT, _ABSTRACT_ID)
            copy.set(_ABSTRACT_ID, made[key])
            for node in copy.iter(w("nsid")):  # Word merges lists that have the same one
                node.set(VAL, f"{zlib.crc32(f'{self._name} {made[key]}'.encode()):08X}")
            before = next(root.iterchildren(_NUM, w("numIdMacAtCleanup")), None)
            root.append(copy) if before is None else before.addprevious(copy)
            self._adapt_levels(copy, made)
            for node in list(copy.iter(w("numStyleLink"))):
                _set_or_remove(node, self._styles.id("numbering", node.get(VAL, "")))
        return made.get(key)

    def _adapt_levels(self, copy: etree._Element, made: dict[str, str]) -> None:
        """Link levels only to styles that were copied with them, and replace picture bullets with plain ones."""
        for node in list(copy.iter(*_LEVEL_STYLES)):
            kind = "paragraph" if node.tag == _LEVEL_STYLES[0] else "numbering"
            found = self._styles.id(kind, node.get(VAL, "")) if made is self.of_styles else None
            _set_or_remove(node, found if found in self._styles.copied else None)
        for node in list(copy.iter(w("lvlPicBulletId"))):
            remove(node)


def _adapt_alternatives(copies: _Pairs, prefixes: dict[str, str]) -> None:
    """Update the prefixes that say which extensions a drawing requires, since the template may use other prefixes."""
    for copy, original in copies:
        for ours, theirs in zip(copy.iter(CHOICE), original.iter(CHOICE), strict=True):
            needed = [(prefix, theirs.nsmap.get(prefix)) for prefix in theirs.get("Requires", "").split()]
            ours.set("Requires", " ".join(prefixes.get(uri or "", prefix) for prefix, uri in needed))


def _prefixes(root: etree._Element) -> dict[str, str]:
    return {uri: prefix for prefix, uri in root.nsmap.items() if prefix}


def _plain(node: etree._Element) -> etree._Element:
    """A copy without later extensions of the format, which affect only the appearance."""
    copy = deepcopy(node)
    copy.tail = None
    for alternatives in list(copy.iter(ALTERNATIVES)):
        for older in alternatives.iterfind(FALLBACK):
            for child in list(older):
                alternatives.addprevious(child)
        remove(alternatives)
    for inner in list(copy.iter(etree.Element)):
        if etree.QName(inner).namespace != W:
            remove(inner)
            continue
        for name in inner.attrib:
            if etree.QName(name).namespace != W:
                del inner.attrib[name]
    return copy


def _set_or_remove(node: etree._Element, value: str | None) -> None:
    if value is None:
        remove(node)
    else:
        node.set(VAL, value)


def _type(style: etree._Element) -> str:
    return str(style.get(w("type"), "paragraph"))


def _style_name(style: etree._Element) -> str:
    node = style.find(NAME)
    return str(style.get(STYLE_ID, "") if node is None else node.get(VAL, ""))


def _is_default(style: etree._Element) -> bool:
    return style.get(w("default"), "0") in ("1", "true", "on")


def _next(root: etree._Element, tag: str, attribute: str) -> str:
    used = [int(value) for node in root.iterchildren(tag) if (value := node.get(attribute, "")).isdigit()]
    return str(max(used, default=0) + 1)


def _free(wanted: str, taken: set[str], longest: int, between: str = "_") -> str:
    name, copy = wanted, 1
    while name in taken:
        copy += 1
        ending = f"{between}{copy}"
        name = wanted[: longest - len(ending)] + ending
    return name
