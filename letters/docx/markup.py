"""Reading and changing WordprocessingML: the steps on an element or on the text of a part that several rooms need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, cast

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters.docx.names import FALLBACK, P_PR, R_PR, STYLE_ID, TXBX, VAL, Node, P, T, w, ws
from letters.docx.package import Package

MAX_DEPTH = 40
"""How deep tables and content controls may be nested."""
# Children of a run or paragraph that print nothing, and those whose content takes their place.
SILENT = ws(
    "rPr pPr proofErr bookmarkEnd lastRenderedPageBreak commentRangeStart commentRangeEnd commentReference "
    "annotationRef permStart permEnd instrText delInstrText delText sdtPr sdtEndPr moveFromRangeStart moveFromRangeEnd "
    "moveToRangeStart moveToRangeEnd customXmlPr smartTagPr separator continuationSeparator tblPr tblGrid trPr tcPr "
    "sectPr tblPrEx softHyphen"
)
THROUGH = ws("sdt sdtContent smartTag customXml ins moveTo dir bdo")

# Marks a paragraph or run that filling may leave empty. It is a processing instruction because no text can look like
# one in a serialized part (its “<” would be escaped), and those of a template are dropped when it is read.
MARK = etree.PI
_PARAGRAPH_MARK, _RUN_MARK = "<?letters p?>", "<?letters r?>"
# Matched in the text, not in the tree, which would have to be serialized once more: every letter has such runs. The
# mark and the empty text are spelled as lxml writes what we set; a run that looks different stays.
# No possessive quantifiers: Python before 3.11.5 matches them wrongly (CPython gh-106052). This pattern cannot
# backtrack far, because no part of it matches the `<` that the next part begins with.
_EMPTY_RUN = pattern(
    r"<w:r><\?letters r\?>(?:<w:rPr/>|<w:rPr>(?:<(?!/w:rPr>)[^<]*)*</w:rPr>)?"
    r'(?:<w:t xml:space="preserve"(?:/>|></w:t>))+</w:r>'
)
# Two periods side by side, at most with the end of a run and the start of another between them. Not an ellipsis, and
# not part of a path such as ../file.
_BETWEEN_RUNS = (
    r"(?:</?w:(?:t|r|hyperlink|bookmarkStart|bookmarkEnd)(?=[ />])[^<>]*>|<w:rPr/>|<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)*"
)
_TWO_PERIODS = pattern(rf"(?<!\.)\.({_BETWEEN_RUNS})\.(?=[\s<&)\]\u2019\u201d]|$)", re.DOTALL)

# A quotation that ends an answer, with the comma or period of the template after it; after a colon, it stays outside.
_QUOTED_END = pattern(
    rf"(?<![:;,\u2013\u2014])([.?!]?)(\u2019?\u201d)({_BETWEEN_RUNS})([.,])"
    r"(?=[\s<&)\]\u2014\u2019\u201d]|$)(?! ?[.\u2026])",
    re.DOTALL,
)

STRICT = etree.XMLParser(resolve_entities=False, no_network=True)
DOCUMENT_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def mark_maybe_blank(element: Node) -> None:
    """Mark a paragraph or a run that filling may leave empty."""
    element.insert(0, MARK("letters", etree.QName(element).localname))


def without_empty_runs(xml: str) -> str:
    """A filled part without the marked runs that came out empty, and without the marks of the others."""
    return _EMPTY_RUN.sub("", xml).replace(_RUN_MARK, "") if _RUN_MARK in xml else xml


def without_repeated_periods(text: str) -> str:
    """A filled part or a plain text in which a name that ends with a period ends its sentence with the same period.

    “… from I.C.E.” and not “… from I.C.E..”, also where the name and the period are in different runs.
    """
    return _TWO_PERIODS.sub(r".\1", text) if ".." in text or ">." in text else text


def with_stops_inside_quotations(text: str) -> str:
    """A filled part or a plain text with commas and periods before closing quotation marks, as American printers do.

    It ends with .” and not with ”. even where the mark and the period are in different runs.
    """
    return _QUOTED_END.sub(_with_stop_inside, text) if "\u201d" in text else text


def with_stops_set(text: str, *, is_american: bool) -> str:
    """A filled part or a plain text with the stops that its template puts after answers as they should be.

    Args:
        is_american: whether commas and periods stand inside quotation marks.
    """
    once = without_repeated_periods(text)
    return with_stops_inside_quotations(once) if is_american else once


def _with_stop_inside(found: re.Match[str]) -> str:
    end, mark, between, stop = found.groups()
    if not end or end + stop == ".,":
        return f"{end}{stop}{mark}{between}"
    return found[0] if stop == "," else f"{end}{mark}{between}"


def without_blank_marks(xml: str) -> str:
    """A filled part without the marks of paragraphs."""
    return xml.replace(_PARAGRAPH_MARK, "")


def serialized(root: Node) -> bytes:
    """A part as the bytes that go into the package."""
    xml: str = etree.tostring(root, encoding="unicode")
    return (DOCUMENT_HEAD + xml).encode()


_Found = TypeVar("_Found")
_MOST_KNOWN, _LONG_MARKUP = 3_000, 10_000
_MISSING = object()


class ByMarkup(Generic[_Found]):
    """Remembers what a function makes of an element, by the markup of the element: a limited number.

    Letters of one kind have most paragraphs in common.

    Args:
        work: depends on nothing but the element and what is in it, and gives what nobody changes.
    """

    def __init__(self, work: Callable[[Node], _Found]) -> None:
        self._work = work
        self._known: dict[str, _Found] = {}

    def __call__(self, element: Node, markup: str) -> _Found:
        """What the function makes of an element.

        Args:
            markup: that of the element, as `Package.markup` gives it.
        """
        known = self._known.get(markup, _MISSING)
        if known is not _MISSING:
            return cast(_Found, known)
        found = self._work(element)
        if len(markup) <= _LONG_MARKUP:
            remember(self._known, _MOST_KNOWN, markup, found)
        return found

    def of_all(self, marked: Sequence[tuple[Node, str]]) -> list[_Found]:
        """The same for many elements.

        Args:
            marked: each with its markup.
        """
        known = self._known
        found = [known.get(markup, _MISSING) for _, markup in marked]
        return [self(*each) if its is _MISSING else cast(_Found, its) for its, each in zip(found, marked, strict=True)]


def text_of(element: Node) -> str:
    """All the text in it, including that of text boxes."""
    return "".join(node.text or "" for node in element.iter(T))


def first_words(node: Node) -> str:
    """The first words of a paragraph, for messages about it."""
    text = ""
    for piece in node.iter(T):
        text += piece.text or ""
        if len(text) > 60:
            break
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:40].rsplit(" ", 1)[0] + " …"


def numbered(root: Node) -> Iterator[tuple[int, Node]]:
    """Every paragraph with its number; the fallback copy of a text box has the numbers of the first copy."""
    number, copies, copied = 0, None, 0
    for paragraph in root.iter(P):
        fallback = around(paragraph, FALLBACK)
        if fallback is None:
            number += 1
            yield number, paragraph
            continue
        copied = copied + 1 if fallback is copies else 1
        copies = fallback
        choice = fallback.getprevious()
        first = number - (0 if choice is None else sum(1 for _ in choice.iter(P)))
        yield min(first + copied, number), paragraph


def style_of(paragraph: Node) -> str:
    """The id of a paragraph's style; empty for the default style."""
    properties = next(paragraph.iterchildren(tag=etree.Element), None)  # they come first, so nothing else is looked at
    style = properties.find(w("pStyle")) if properties is not None and properties.tag == P_PR else None
    return "" if style is None else style.get(VAL, "")


def all_styles(package: Package) -> list[Node]:
    """The styles of a document, for reading only."""
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            return list(package.tree(link.target).iter(w("style")))
    return []


def ids_of(styles: Iterable[Node]) -> frozenset[str]:
    """The ids of these styles."""
    return frozenset(style.get(STYLE_ID, "") for style in styles)


def around(node: Node, kind: str) -> Node | None:
    """The nearest paragraph, row and so on that contains ``node``."""
    return next(node.iterancestors(kind), None)


def own_nodes(element: Node) -> list[Node]:
    """Its descendants in order, except those of paragraphs inside it (text boxes)."""
    found: list[Node] = []
    _add_own_nodes(element, found)
    return found


def _add_own_nodes(element: Node, found: list[Node]) -> None:
    for child in element:
        tag = child.tag
        if tag in (TXBX, P) or not isinstance(tag, str):
            continue
        found.append(child)
        if tag not in (P_PR, R_PR) and len(child):
            _add_own_nodes(child, found)


def is_marker(node: Node) -> bool:
    """Whether it marks the start or end of a range, such as a bookmark, and holds no text."""
    name = etree.QName(node).localname
    return name.endswith(("RangeStart", "RangeEnd", "Start", "End")) and len(node) == 0


def remove(node: Node, instead: str = "") -> None:
    """Remove ``node`` and keep the text that follows it, preceded by the text ``instead``."""
    parent = node.getparent()
    if parent is None:
        return
    previous, text = node.getprevious(), instead + (node.tail or "")
    parent.remove(node)
    if text and previous is not None:
        previous.tail = (previous.tail or "") + text
    elif text:
        parent.text = (parent.text or "") + text
