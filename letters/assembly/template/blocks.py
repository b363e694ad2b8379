"""Blocks: conditions and loops, paired from opening to end and cut out where they stand for whole paragraphs.

A block whose ends do not share a container would tear the document when it is left out, so it is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, takewhile

from lxml import etree

from letters.assembly.template.grammar import BEYOND
from letters.assembly.template.spots import TagSpot
from letters.assembly.template.tags import TOKEN, short, token
from letters.docx.markup import (
    BOOKMARKS,
    BR,
    FLD_CHAR,
    FLD_SIMPLE,
    P_PR,
    SECT_PR,
    TBL,
    TC,
    TR,
    P,
    around,
    remove,
    style_of,
    text_of,
    w,
)
from letters.errors import Problem

_OPENS = {"endif": "if", "endfor": "for"}
_DEEPEST = 15  # blocks inside one another; Python follows no more than 20 loops


def pair(spots: list[TagSpot]) -> tuple[list[list[TagSpot]], list[Problem]]:
    """The blocks of a part, each as its tags from opening to end, and what is wrong with the rest."""
    blocks: list[list[TagSpot]] = []
    problems: list[Problem] = []
    stack: list[list[TagSpot]] = []
    for spot in spots:
        word = spot.tag.word
        if word in ("if", "for"):
            stack.append([spot])
            if len(stack) == _DEEPEST + 1:
                message = f"{short(spot.tag.raw, 60)} stands inside {_DEEPEST} other blocks, which is too deep."
                problems.append(spot.tag.fault(message, "Use fewer blocks inside one another.", "block"))
        elif word in ("elif", "else"):
            problems += _take_branch(stack, spot)
        elif word in _OPENS:
            block, faults = _close(stack, spot)
            blocks += [block] if block else []
            problems += faults
        elif word in ("vm", "hm") and not any(open_[0].tag.word == "for" for open_ in stack):
            problems.append(spot.tag.fault(f"{spot.tag.raw} works only inside a loop.", "Delete it.", "block"))
    return blocks, problems + [_unclosed(open_[0]) for open_ in stack]


def _close(stack: list[list[TagSpot]], spot: TagSpot) -> tuple[list[TagSpot] | None, list[Problem]]:
    """The block that ``spot`` ends, taken off the stack, and what stayed open inside it."""
    wanted = _OPENS[spot.tag.word]
    opening = _opening(stack, spot, wanted)
    if opening is None:
        message = f"{spot.tag.raw} closes an “{wanted}” that was never opened."
        return None, [spot.tag.fault(message, f"Put {{% {wanted} … %}} before it, or delete it.", "block")]
    if opening[0].source is not spot.source:
        if not spot.source.within(opening[0].source):
            stack.remove(opening)
        return None, [_across(opening[0], spot)]
    problems = []
    while stack[-1] is not opening:
        problems.append(_unclosed(stack.pop()[0]))
    return [*stack.pop(), spot], problems


def _opening(stack: list[list[TagSpot]], spot: TagSpot, word: str) -> list[TagSpot] | None:
    """The block that ``spot`` belongs to: the innermost of its own file, or else of another."""
    blocks = [open_ for open_ in reversed(stack) if open_[0].tag.word == word]
    return next((open_ for open_ in blocks if open_[0].source is spot.source), blocks[0] if blocks else None)


def _across(first: TagSpot, last: TagSpot) -> Problem:
    """A block with one end in a passage and the other outside."""
    message = f"{short(last.tag.raw, 60)} belongs to {short(first.tag.raw, 60)} in another file: {first.tag.place}."
    return last.tag.fault(message, "Open and close a block in the same file.", "block")


def _unclosed(spot: TagSpot) -> Problem:
    word = spot.tag.word
    level = spot.tag.level
    return spot.tag.fault(
        f"{short(spot.tag.raw, 60)} is opened here and never closed.",
        f"Put {{%{level} end{word} %}} where it should end.",
        "block",
    )


def _take_branch(stack: list[list[TagSpot]], spot: TagSpot) -> list[Problem]:
    word, problems = spot.tag.word, []
    if any(open_[0].source is spot.source for open_ in stack):
        while not spot.source.within(stack[-1][0].source):  # left open by a passage that has ended
            problems.append(_unclosed(stack.pop()[0]))
    if not stack or (word == "elif" and stack[-1][0].tag.word == "for"):
        return [spot.tag.fault(f"{spot.tag.raw} stands outside any “if”.", "Put {% if … %} before it.", "block")]
    if stack[-1][0].source is not spot.source:
        return [*problems, _across(stack[-1][0], spot)]
    if any(member.tag.word == "else" for member in stack[-1]):
        return [spot.tag.fault(f"{spot.tag.raw} comes after the “else” of the same block.", "Move it up.", "block")]
    stack[-1].append(spot)
    return problems


def settle(blocks: list[list[TagSpot]]) -> Iterator[Problem]:
    """Decide what each block's tags take with them, and refuse blocks whose ends do not share a container.

    A plain ``{% if %}`` alone in its paragraph whose ``{% endif %}`` is in another means ``{%p if %}``: read
    literally it would leave a blank line.
    """
    for block in blocks:
        apart = len({spot.paragraph for spot in block}) > 1
        if apart and all(spot.alone and spot.tag.level in ("", "p") for spot in block):
            for spot in block:
                spot.tag = replace(spot.tag, level="p")
        yield from islice(_misfits(block[0], block[1:]), 1)


def _misfits(first: TagSpot, others: list[TagSpot]) -> Iterator[Problem]:
    for spot in others:
        if spot.holder != first.holder or (not first.tag.level and spot.paragraph is not first.paragraph):
            yield _torn(first, spot)
        elif spot.field_depth != first.field_depth:
            yield spot.tag.fault(
                f"The block {short(first.tag.raw, 60)} closes on the other side of a field's edge.",
                "Put both tags before or after the field.",
                "block",
            )


def _torn(first: TagSpot, last: TagSpot) -> Problem:
    opening, closing = short(first.tag.raw, 60), short(last.tag.raw, 60)
    rows = [around(spot.node, TR) for spot in (first, last)]
    cells = [around(spot.node, TC) for spot in (first, last)]
    word, code = first.tag.word, "block"
    if rows[0] is not None and rows[0] is rows[1] and cells[0] is not cells[1]:
        message = f"{opening} opens in one cell and {closing} stands in another."
        hint = f"Put {{%tr {word} {first.tag.says} %}} into a row above and {{%tr end{word} %}} below."
    elif first.tag.level != last.tag.level:
        message = f"{opening} and {closing} do not stand for the same thing (text, paragraph, row or cell)."
        hint = f"Use the same letters in both, such as {{%p {word} … %}} and {{%p end{word} %}}."
    elif cells[0] is not cells[1]:
        message = f"Only one of {opening} and {closing} stands in a table cell (or both, in different ones)."
        hint = "Put both into the same cell, or both outside."
    else:
        message = f"{opening} opens here and {closing} stands in another place: {last.tag.place}."
        hint = f"Give each a paragraph of its own: {{%p {word} {first.tag.says} %}} and {{%p end{word} %}}."
        code = BEYOND if not first.tag.level and _as_deep(first, last) else code
    return first.tag.fault(message, hint, code)


def _as_deep(first: TagSpot, last: TagSpot) -> bool:
    """Whether two tags stand alike in two paragraphs side by side, so that docxtpl makes one paragraph of both."""
    ways = [[node.tag for node in takewhile(lambda n: n.tag != P, spot.node.iterancestors())] for spot in (first, last)]
    return ways[0] == ways[1] and first.paragraph.getparent() is last.paragraph.getparent()


def lift(spots: list[TagSpot]) -> Iterator[Problem]:
    """Replace the paragraphs, rows and cells that stand for a tag by the tag itself."""
    lifted: dict[etree._Element, list[TagSpot]] = {}
    for spot in spots:
        if spot.tag.level and spot.tag.word != "include":  # refused already
            lifted.setdefault(spot.element, []).append(spot)
    for element, group in lifted.items():
        yield from _why_not_lifted(element, group)
    for element, (spot, *_) in lifted.items():
        if element is spot.node:
            continue
        for bookmark in list(element.iter(*BOOKMARKS)) if spot.tag.level == "p" else ():
            element.addprevious(bookmark)
        remove(element, token(spot.tag, spot.number) if spot.tag.mark == "{%" else "")


def _why_not_lifted(element: etree._Element, group: list[TagSpot]) -> Iterator[Problem]:
    tag = group[0].tag
    kind = {"p": "paragraph", "tr": "row", "tc": "cell"}[tag.level]
    if element is group[0].node:
        yield tag.fault(f"{tag.raw} does not stand in a table.", "Use {%p instead.", "lift")
    elif len(group) > 1:
        plain = "Use {% if %} without the letter" if kind == "paragraph" else f"Give each a {kind} of its own"
        yield tag.fault(f"{len(group)} {{%{tag.level} tags stand in one {kind}.", f"{plain}.", "lift")
    elif tag.mark == "{#":
        return  # to take away what it stands beside is the use of such a remark
    elif beside := _beside(group[0]):
        yield tag.fault(
            f"{short(tag.raw, 60)} takes its whole {kind} away, and with it {beside}.",
            f"Put the tag into a {kind} of its own, or write it without the “{tag.level}”.",
            "lift",
        )


_COMPANY = {
    SECT_PR: "a section break",
    w("drawing"): "a picture",
    w("pict"): "a picture",
    w("object"): "an object",
    w("footnoteReference"): "a footnote",
    w("endnoteReference"): "an endnote",
    FLD_CHAR: "a field",
    FLD_SIMPLE: "a field",
    TBL: "a table",
}


def _beside(spot: TagSpot) -> str:
    """What else stands in the paragraph, row or cell of a lifted tag, in words; empty when nothing does."""
    text = text_of(spot.element)
    text = TOKEN.sub("", text).strip()
    if text:
        return f"the text “{short(text, 40)}”"
    return company(spot.element)


def company(element: etree._Element) -> str:
    """What stands in a paragraph, row or cell beside text, in words; empty when nothing does."""
    for node in element.iter(*_COMPANY, BR):
        if node.tag == BR and node.get(w("type")) in ("page", "column"):
            return "a page break"
        if node.tag in _COMPANY:
            return _COMPANY[str(node.tag)]
    return ""


def numbered_twice(blocks: list[list[TagSpot]], numbered_styles: frozenset[str]) -> Iterator[Problem]:
    """Loops that hold several numbered paragraphs: their numbering runs on into the next round."""
    for block in blocks:
        if block[0].tag.word != "for" or block[0].tag.level != "p":
            continue
        inside, node = 0, block[0].element.getnext()
        while node is not None and node is not block[-1].element:
            style = node.tag == P and style_of(node) in numbered_styles
            inside += bool(style or node.find(f"{P_PR}/{w('numPr')}") is not None)
            node = node.getnext()
        if inside > 1:
            yield block[0].tag.fault(
                "The numbering in this loop runs on from one round to the next.",
                "Number such paragraphs by hand, or use one numbered paragraph a round.",
                "numbering",
            )
