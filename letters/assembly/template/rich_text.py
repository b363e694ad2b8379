"""Answers with formatting: `{{ extra.note|rich }}` becomes paragraphs, list items, bold, italics and links.

While a part is filled, such an answer is one marked text. Here its paragraph is replaced with as many as the answer
has, each with the look of the template's own: bold and italics are runs, lists are Word's lists, and links are Word's
links.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters._text.light_markup import RichBlock, RichPiece, parse_rich_text
from letters._text.picture_answers import picture_parts
from letters.assembly.template.package_editor import PackageEditor
from letters.assembly.template.pictures import picture_run
from letters.docx.markup import text_of
from letters.docx.names import P_PR, R_PR, VAL, P, T, w
from letters.docx.package import Package
from letters.errors import Problem, TemplateAtFault

START, END, LINE, _PICTURE = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
_MARKED = pattern(f"{START}([^{END}]*){END}")
_MOST_LISTS = 12  # numbered lists in one letter, each of which begins at 1
_BULLET, _INDENT = "\u2022", ("720", "360")
_ORDER = ("rStyle", "rFonts", "b", "bCs", "i", "iCs")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class RichText(str):
    """A text whose formatting is to be printed as formatting."""

    @property
    def marked(self) -> str:
        """The text as it stands in a part until the part is filled."""
        return f"{START}{self.replace(chr(10), LINE)}{END}"


class PictureText(RichText):
    """A picture to be printed, as its answer names it."""

    @property
    def marked(self) -> str:
        """The answer as it stands in a part until the part is filled."""
        return f"{START}{_PICTURE}{self}{END}"


class ListNumbering(Struct, frozen=True):
    """The lists that a template has for such answers: ids in its numbering part.

    Args:
        bullet: of the bulleted list.
        numbered: of numbered lists, one for each that a letter may have.
    """

    bullet: str
    numbered: tuple[str, ...]


def with_list_numbering(package: Package) -> tuple[Package, ListNumbering]:
    """The package with a bulleted and some numbered lists."""
    editor = PackageEditor(package)
    root = editor.of_kind("numbering", "numbering")
    abstract = _next_id(root.iter(w("abstractNum")), "abstractNumId")
    number = _next_id(root.iter(w("num")), "numId")
    first = next(iter(root.iter(w("num"))), None)
    for offset, (form, text) in enumerate((("bullet", _BULLET), ("decimal", "%1."))):
        node = _abstract(str(abstract + offset), form, text)
        if first is None:
            root.append(node)
        else:
            first.addprevious(node)
    ids = [str(number + offset) for offset in range(_MOST_LISTS + 1)]
    nums = [n for n in root if n.tag == w("num")]
    at = root.index(nums[-1]) + 1 if nums else len(root)
    for offset, id_ in enumerate(ids):
        num = etree.Element(w("num"), {w("numId"): id_})
        etree.SubElement(num, w("abstractNumId"), {VAL: str(abstract + (offset > 0))})
        if offset:
            override = etree.SubElement(num, w("lvlOverride"), {w("ilvl"): "0"})
            etree.SubElement(override, w("startOverride"), {VAL: "1"})
        root.insert(at + offset, num)
    return editor.result(), ListNumbering(ids[0], tuple(ids[1:]))


def _next_id(nodes: Iterable[etree._Element], name: str) -> int:
    return max((int(node.get(w(name), "0")) for node in nodes), default=0) + 1


def _abstract(id_: str, form: str, text: str) -> etree._Element:
    node = etree.Element(w("abstractNum"), {w("abstractNumId"): id_})
    etree.SubElement(node, w("multiLevelType"), {VAL: "singleLevel"})
    level = etree.SubElement(node, w("lvl"), {w("ilvl"): "0"})
    for name, value in (("start", "1"), ("numFmt", form), ("lvlText", text), ("lvlJc", "left")):
        etree.SubElement(level, w(name), {VAL: value})
    properties = etree.SubElement(level, P_PR)
    etree.SubElement(properties, w("ind"), {w("left"): _INDENT[0], w("hanging"): _INDENT[1]})
    return node


def is_marked(xml: str) -> bool:
    """Whether a filled part has such an answer."""
    return START in xml


class _Expansion(Struct):
    lists: ListNumbering | None
    where: str
    used: int = 0
    number: str = field(default="")

    def list_id(self, block: RichBlock, before: RichBlock | None) -> str:
        if self.lists is None or block.kind == "paragraph":
            return ""
        if block.kind == "bullet":
            return self.lists.bullet
        if before is None or before.kind != "number":
            if self.used == len(self.lists.numbered):
                raise TemplateAtFault(Problem(f"The letter has more than {_MOST_LISTS} numbered lists.", self.where))
            self.number = self.lists.numbered[self.used]
            self.used += 1
        return self.number


def expanded(xml: str, lists: ListNumbering | None, where: str) -> str:
    """A filled part with its marked answers as paragraphs.

    Args:
        lists: of the template.
        where: the part, for messages.

    Raises:
        TemplateAtFault: such an answer is not alone in its paragraph, or cannot be printed.
    """
    root = etree.fromstring(xml)
    state = _Expansion(lists, where)
    for paragraph in [node for node in root.iter(P) if START in text_of(node)]:
        _expand(paragraph, state)
    return etree.tostring(root, encoding="unicode")


def _expand(paragraph: etree._Element, state: _Expansion) -> None:
    text = text_of(paragraph)
    found = _MARKED.findall(text)
    around = _MARKED.sub("", text).strip()
    if len(found) == 1 and found[0].startswith(_PICTURE):
        _expand_within(paragraph, [picture_run(*picture_parts(found[0][1:]))])
        return
    try:
        blocks = [block for source in found for block in parse_rich_text(source.replace(LINE, "\n"))]
    except ValueError as error:
        raise TemplateAtFault(Problem(f"A formatted answer {error}", state.where, code="template-value")) from None
    if len(found) > 1 or (around and (len(blocks) > 1 or any(block.kind != "paragraph" for block in blocks))):
        message = "A formatted answer has paragraphs or lists, and other words stand in its paragraph."
        hint = "Put {{ …|rich }} in a paragraph of its own."
        raise TemplateAtFault(Problem(message, state.where, hint, "template-value"))
    _, run = _marked_in(paragraph)
    if around:
        _expand_within(paragraph, _runs(run, blocks[0].pieces) if blocks else [])
        return
    previous: RichBlock | None = None
    for block in blocks:
        new = etree.Element(P)
        properties = paragraph.find(P_PR)
        if properties is not None:
            new.append(deepcopy(properties))
        if list_id := state.list_id(block, previous):
            _number(new, list_id)
        new.extend(_runs(run, block.pieces))
        paragraph.addprevious(new)
        previous = block
    if blocks:
        _drop(paragraph)
    else:
        _drop(run)


def _marked_in(paragraph: etree._Element) -> tuple[etree._Element, etree._Element]:
    """The text that has the mark, and its run."""
    holder = next(node for node in paragraph.iter(T) if START in (node.text or ""))
    run = holder.getparent()
    assert run is not None
    return holder, run


def _expand_within(paragraph: etree._Element, new: list[etree._Element]) -> None:
    """Put runs in the place of the mark, between the words around it."""
    holder, run = _marked_in(paragraph)
    before, _, rest = (holder.text or "").partition(START)
    after = rest.partition(END)[2]
    runs = [_run(run, RichPiece(before))] if before else []
    runs += new
    runs += [_run(run, RichPiece(after))] if after else []
    for each in runs:
        run.addprevious(each)
    _drop(run)


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def _number(paragraph: etree._Element, list_id: str) -> None:
    properties = paragraph.find(P_PR)
    if properties is None:
        properties = etree.Element(P_PR)
        paragraph.insert(0, properties)
    for name in ("numPr", "ind"):
        for old in properties.findall(w(name)):
            properties.remove(old)
    node = etree.Element(w("numPr"))
    etree.SubElement(node, w("ilvl"), {VAL: "0"})
    etree.SubElement(node, w("numId"), {VAL: list_id})
    before = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
    at = sum(child.tag in {w(name) for name in before} for child in properties)
    properties.insert(at, node)


def _runs(model: etree._Element, pieces: Iterable[RichPiece]) -> list[etree._Element]:
    found: list[etree._Element] = []
    for piece in pieces:
        if piece.link:
            found += _link(model, piece)
        else:
            found.append(_run(model, piece))
    return found


def _run(model: etree._Element, piece: RichPiece) -> etree._Element:
    run = etree.Element(w("r"))
    properties = model.find(R_PR)
    kept = deepcopy(properties) if properties is not None else etree.Element(R_PR)
    for on, names in ((piece.bold, ("b", "bCs")), (piece.italic, ("i", "iCs"))):
        for name in names if on else ():
            for old in kept.findall(w(name)):
                kept.remove(old)
            etree.SubElement(kept, w(name))
    if piece.bold or piece.italic:
        rank = {w(name): at for at, name in enumerate(_ORDER)}
        kept[:] = sorted(kept, key=lambda node: rank.get(str(node.tag), len(rank)))
    if len(kept):
        run.append(kept)
    text = etree.SubElement(run, T)
    text.text = piece.words
    text.set(_SPACE, "preserve")
    return run


def _link(model: etree._Element, piece: RichPiece) -> list[etree._Element]:
    """A link as a field, which needs no entry among the relationships of the part."""

    def run(name: str, text: str = "", **attributes: str) -> etree._Element:
        made = etree.Element(w("r"))
        node = etree.SubElement(made, w(name), {w(key): value for key, value in attributes.items()})
        if text:
            node.text = text
            node.set(_SPACE, "preserve")
        return made

    return [
        run("fldChar", fldCharType="begin"),
        run("instrText", f' HYPERLINK "{piece.link}" '),
        run("fldChar", fldCharType="separate"),
        _run(model, piece),
        run("fldChar", fldCharType="end"),
    ]
