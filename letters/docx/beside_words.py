"""What a Word file holds beside its words, as lines: styles, lists, pages, tables, pictures, links, fields, properties.

In a redline these changes are listed at the end, and in the report of changes after the paragraphs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from lxml import etree
from msgspec import Struct

from letters.docx.markup import all_styles, text_of
from letters.docx.names import (
    DOC_PR,
    FLD_CHAR,
    FLD_SIMPLE,
    HYPERLINK,
    INSTR,
    LINK_ID,
    SECT_PR,
    TBL,
    TC_PR,
    TR_PR,
    VAL,
    A,
    Node,
    P,
    w,
    ws,
)
from letters.docx.package import Package

_HEADINGS = ("header", "footer")
_PAGES = {"default": "", "first": "first-page ", "even": "even-page "}
_PASSING_SETTINGS = ws(
    "rsids proofState zoom view compat docVars decimalSymbol listSeparator mathPr themeFontLang clrSchemeMapping "
    "shapeDefaults hdrShapeDefaults characterSpacingControl defaultTabStop activeWritingStyle footnotePr endnotePr "
    "hideSpellingErrors hideGrammaticalErrors removePersonalInformation removeDateAndTime attachedSchema "
    "savePreviewPicture"
)  # written by the program on its own, or without effect on a page
_PASSING_PROPERTIES = frozenset(
    [
        "revision",
        "created",
        "modified",
        "lastModifiedBy",
        "lastPrinted",
        "TotalTime",
        "Pages",
        "Words",
        "Characters",
        "Application",
        "DocSecurity",
        "Lines",
        "Paragraphs",
        "CharactersWithSpaces",
        "AppVersion",
        "ScaleCrop",
        "LinksUpToDate",
        "SharedDoc",
        "HyperlinksChanged",
    ]
)


class Appendix(Struct, frozen=True):
    """A text file that is approved with the letter: its old and new lines, shown under a heading at the end."""

    name: str
    old: Sequence[str]
    new: Sequence[str]


def beside_the_words(old: Package, new: Package, *, in_place: bool = False) -> Iterator[Appendix]:
    """What changed beside the words, as lines under headings.

    Args:
        in_place: leave out what a redline shows in its place: pictures, and links and fields that are new or gone.
    """
    for title, lines_of in _BESIDE.items():
        before, now = (list(dict.fromkeys(lines_of(each))) for each in (old, new))
        gone, come = [line for line in before if line not in now], [line for line in now if line not in before]
        is_shown = (
            title in _TRACKED
            or (title in _SEEN and not (gone and come))
            or (title == _PAGES_TITLE and len(before) == len(now))
        )
        if (gone or come) and not (in_place and is_shown):
            yield Appendix(title, gone, come)


def part_of(package: Package, kind: str) -> str | None:
    """The part of that kind which belongs to the document, such as ``numbering``."""
    links = package.links(package.main).values()
    return next((link.target for link in links if link.kind == kind and link.target in package.parts), None)


def headings(package: Package) -> dict[str, list[str]]:
    """The parts of headers and footers by what they are called, such as ``first-page header``; each part once."""
    links = package.links(package.main)
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for section in package.tree(package.main).iter(SECT_PR):
        for node in section.iter(*map(w, ("headerReference", "footerReference"))):
            link = links.get(node.get(LINK_ID, ""))
            if link is not None and link.target in package.parts and link.target not in seen:
                seen.add(link.target)
                name = f"{_PAGES.get(node.get(w('type'), 'default'), '')}{link.kind}"
                found.setdefault(name, []).append(link.target)
    return found


def _stories(package: Package) -> list[str]:
    """The parts with words: the body, headers, footers and notes."""
    notes = [part for part in (part_of(package, kind) for kind in ("footnotes", "endnotes")) if part is not None]
    return [package.main, *(part for parts in headings(package).values() for part in parts), *notes]


def _style_lines(package: Package) -> list[str]:
    found = []
    for style in all_styles(package):
        name = style.find(w("name"))
        words = [_in_words(each) for each in style if each.tag not in (w("name"), w("rsid"))]
        shown = (style.get(w("styleId"), "") if name is None else name.get(VAL, "")) or "?"
        found.append(f"{shown}: {', '.join(filter(None, words)) or 'nothing'}")
    part = part_of(package, "styles")
    defaults = [] if part is None else list(package.tree(part).iter(w("docDefaults")))
    return [*(f"what every style begins with: {_in_words(each)}" for each in defaults), *found]


def _theme_lines(package: Package) -> list[str]:
    part = part_of(package, "theme")
    found = []
    for node in [] if part is None else package.tree(part).iter(f"{{{A}}}latin", f"{{{A}}}srgbClr"):
        outer = node.getparent()
        if outer is not None:
            value = node.get("typeface") or node.get("val", "")
            found.append(f"{etree.QName(outer).localname}: {value}")
    return found


def _numbering_lines(package: Package) -> list[str]:
    part = part_of(package, "numbering")
    levels = [] if part is None else list(package.tree(part).iter(w("lvl")))
    return [f"list level {level.get(w('ilvl'))}: {_in_words(level)}" for level in levels]


def _page_lines(package: Package) -> list[str]:
    """The sections: size of the page, margins, columns, page numbers."""
    passing = ws("headerReference footerReference sectPrChange")
    found = []
    for number, section in enumerate(package.tree(package.main).iter(SECT_PR), 1):
        words = [_in_words(each) for each in section if isinstance(each.tag, str) and each.tag not in passing]
        found.append(f"section {number}: {', '.join(filter(None, words))}")
    return found


def _table_lines(package: Package) -> list[str]:
    found = []
    for part in _stories(package):
        for number, table in enumerate(package.tree(part).iter(TBL), 1):
            for name in (w("tblPr"), TR_PR, TC_PR):
                words = dict.fromkeys(_in_words(each) for each in table.iter(name))
                found.append(f"table {number}: {'; '.join(filter(None, words))}")
    return found


def _setting_lines(package: Package) -> list[str]:
    part = part_of(package, "settings")
    nodes = [] if part is None else list(package.tree(part))
    return [_in_words(node) for node in nodes if isinstance(node.tag, str) and node.tag not in _PASSING_SETTINGS]


def _picture_lines(package: Package) -> list[str]:
    found = []
    for part, data in sorted(package.parts.items()):
        if "/media/" in part:
            found.append(f"{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}")
    return found


def _description_lines(package: Package) -> list[str]:
    nodes = [node for part in _stories(package) for node in package.tree(part).iter(DOC_PR)]
    return [f"described as: {node.get('descr')}" for node in nodes if node.get("descr")]


def _link_lines(package: Package) -> list[str]:
    found = []
    for part in _stories(package):
        links = package.links(part)
        for node in package.tree(part).iter(HYPERLINK):
            link = links.get(node.get(LINK_ID, ""))
            target = "" if link is None else link.target
            place = f"#{anchor}" if (anchor := node.get(w("anchor"))) else ""
            found.append(f"“{' '.join(text_of(node).split())}” leads to {target}{place}")
    return found


def _field_lines(package: Package) -> list[str]:
    found = []
    for part in _stories(package):
        codes: list[str] = []
        for node in package.tree(part).iter(FLD_CHAR, INSTR, FLD_SIMPLE):
            if node.tag == FLD_SIMPLE:
                found.append(node.get(w("instr"), ""))
            elif node.tag == INSTR:
                codes.append(node.text or "")
            elif codes:
                found.append("".join(codes))
                codes = []
    return [" ".join(each.split()) for each in found]


def _comment_lines(package: Package) -> list[str]:
    part = part_of(package, "comments")
    nodes = [] if part is None else list(package.tree(part).iter(w("comment")))
    return [f"{node.get(w('author'))}: {' / '.join(text_of(each) for each in node.iter(P))}" for node in nodes]


def _property_lines(package: Package) -> list[str]:
    parts = [link.target for link in package.links("").values() if link.kind.endswith("-properties")]
    nodes = [node for part in parts if part in package.parts for node in package.tree(part)]
    found = []
    for node in nodes:
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        words = " ".join((node.text or "").split())  # properties of one's own keep theirs in another element
        if name and words and name not in _PASSING_PROPERTIES:
            found.append(f"{name}: {words}")
    return found


def _in_words(element: Node) -> str:
    """An element as its name and values, such as “b”, “sz 24”, or “spacing after 120”."""
    values = [
        f"{etree.QName(name).localname} {value}" if name != VAL else str(value)
        for name, value in element.items()
        if not etree.QName(name).localname.startswith("rsid")
    ]
    inside = [_in_words(each) for each in element if isinstance(each.tag, str)]
    own = " ".join([etree.QName(element).localname, *values]) if not inside or values else ""
    return ", ".join(filter(None, (own, *inside)))


_PAGES_TITLE = "Pages"
_TRACKED = ("Pictures", "Tables")
_SEEN = ("Descriptions of pictures", "Links", "Fields")
_BESIDE: Mapping[str, Callable[[Package], list[str]]] = {
    "Styles": _style_lines,
    "Fonts and colors of the theme": _theme_lines,
    "Lists": _numbering_lines,
    _PAGES_TITLE: _page_lines,
    "Tables": _table_lines,
    "Pictures": _picture_lines,
    "Descriptions of pictures": _description_lines,
    "Links": _link_lines,
    "Fields": _field_lines,
    "Comments": _comment_lines,
    "Settings": _setting_lines,
    "Document properties": _property_lines,
}
