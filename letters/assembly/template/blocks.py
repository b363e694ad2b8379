"""Blocks: conditions and loops. Pairs each with its end, and removes paragraphs, rows and cells that only hold a tag.

A block whose ends are not in the same container is refused, because leaving it out would damage the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from lxml import etree
from msgspec.structs import replace

from letters.assembly.template.grammar import BEYOND
from letters.assembly.template.tag_positions import TagPosition
from letters.assembly.template.tags import CELL_WORDS, TEXT, TOKEN, Tag, short, token
from letters.docx.markup import around, remove, style_of, text_of
from letters.docx.names import BOOKMARKS, BR, FLD_CHAR, FLD_SIMPLE, P_PR, SECT_PR, TBL, TC, TR, P, w
from letters.errors import Problem

_ALONE = ("is never ended.", "that was never started.", "is not inside an “if”.")
_OPENS = {"endif": "if", "endfor": "for"}
_DEEPEST = 15  # nested blocks; Python allows no more than 20 nested loops


def pair(tags: list[TagPosition], broken: Iterable[str] = ()) -> tuple[list[list[TagPosition]], list[Problem]]:
    """The blocks of a part, each as its tags from start to end, and problems with tags that form no block.

    Args:
        broken: instructions that cannot be read. What lacks its other end because of them is no problem of its own.
    """
    blocks: list[list[TagPosition]] = []
    problems: list[Problem] = []
    stack: list[list[TagPosition]] = []
    for position in tags:
        word = position.tag.word
        if word in ("if", "for"):
            stack.append([position])
            if len(stack) == _DEEPEST + 1:
                message = f"{short(position.tag.raw, 60)} is nested inside {_DEEPEST} other blocks, which is too deep."
                problems.append(position.tag.fault(message, "Nest fewer blocks.", "block"))
        elif word in ("elif", "else"):
            problems += _take_branch(stack, position)
        elif word in _OPENS:
            block, faults = _close(stack, position)
            blocks += [block] if block else []
            problems += faults
        elif word in ("vm", "hm") and not any(open_[0].tag.word == "for" for open_ in stack):
            problems.append(position.tag.fault(f"{position.tag.raw} works only inside a loop.", "Delete it.", "block"))
        elif word in CELL_WORDS and position.tag.medium == TEXT and around(position.node, TC) is None:
            message = f"{position.tag.raw} works only in a cell of a table."
            problems.append(position.tag.fault(message, "Move it into the cell, or delete it.", "block"))
    problems += [_unclosed(open_[0]) for open_ in stack]
    return blocks, list(_without_follow_ons(problems, Counter(broken)))


def _without_follow_ons(problems: list[Problem], broken: Counter[str]) -> Iterator[Problem]:
    """The problems with blocks, except those that the instructions which cannot be read explain."""
    for problem in problems:
        word = problem.about.word if isinstance(problem.about, Tag) else ""
        partner = _OPENS.get(word, f"end{word}")
        is_branch = word in ("elif", "else") and any(broken[each] for each in ("if", "for"))
        is_alone = problem.code == "block" and problem.message.endswith(_ALONE) and (is_branch or broken[partner])
        if not is_alone:
            yield problem
        elif not is_branch:
            broken[partner] -= 1


def _close(stack: list[list[TagPosition]], position: TagPosition) -> tuple[list[TagPosition] | None, list[Problem]]:
    """The block that ``position`` ends, removed from the stack, and problems with blocks left open inside it."""
    wanted = _OPENS[position.tag.word]
    opening = _opening(stack, position, wanted)
    if opening is None:
        article = "an" if wanted == "if" else "a"
        message = f"{position.tag.raw} ends {article} “{wanted}” that was never started."
        return None, [position.tag.fault(message, f"Put {{% {wanted} … %}} before it, or delete it.", "block")]
    if opening[0].source is not position.source:
        if not position.source.within(opening[0].source):
            stack.remove(opening)
        return None, [_across(opening[0], position)]
    problems = []
    while stack[-1] is not opening:
        problems.append(_unclosed(stack.pop()[0]))
    return [*stack.pop(), position], problems


def _opening(stack: list[list[TagPosition]], position: TagPosition, word: str) -> list[TagPosition] | None:
    """The block that ``position`` belongs to: the innermost one in the same file, or else in another."""
    blocks = [open_ for open_ in reversed(stack) if open_[0].tag.word == word]
    return next((open_ for open_ in blocks if open_[0].source is position.source), blocks[0] if blocks else None)


def _across(first: TagPosition, last: TagPosition) -> Problem:
    """The problem with a block that starts in one file and ends in another."""
    message = f"{short(last.tag.raw, 60)} belongs to {short(first.tag.raw, 60)} in another file: {first.tag.place}."
    return last.tag.fault(message, "Start and end a block in the same file.", "block")


def _unclosed(position: TagPosition) -> Problem:
    word = position.tag.word
    level = position.tag.level
    return position.tag.fault(
        f"{short(position.tag.raw, 60)} is never ended.",
        f"Put {{%{level} end{word} %}} where it should end.",
        "block",
    )


def _take_branch(stack: list[list[TagPosition]], position: TagPosition) -> list[Problem]:
    word, problems = position.tag.word, []
    if any(open_[0].source is position.source for open_ in stack):
        while not position.source.within(stack[-1][0].source):  # left open by a passage that has ended
            problems.append(_unclosed(stack.pop()[0]))
    if not stack or (word == "elif" and stack[-1][0].tag.word == "for"):
        return [position.tag.fault(f"{position.tag.raw} is not inside an “if”.", "Put {% if … %} before it.", "block")]
    if stack[-1][0].source is not position.source:
        return [*problems, _across(stack[-1][0], position)]
    if any(member.tag.word == "else" for member in stack[-1]):
        return [
            position.tag.fault(f"{position.tag.raw} comes after the “else” of the same block.", "Move it up.", "block")
        ]
    stack[-1].append(position)
    return problems


def assign_levels(blocks: list[list[TagPosition]]) -> Iterator[Problem]:
    """Decide which blocks remove whole paragraphs. Yields a problem for each block not within one container.

    A plain ``{% if %}`` alone in its paragraph, with its ``{% endif %}`` in another, is read as ``{%p if %}``. Read
    literally, it would leave a blank line.
    """
    for block in blocks:
        apart = len({position.paragraph for position in block}) > 1
        if apart and all(position.alone and position.tag.level in ("", "p") for position in block):
            for position in block:
                position.tag = replace(position.tag, level="p")
        if any(position.tag.level and position.element is position.node for position in block):
            continue  # of a table that is not there, which is reported of each
        yield from islice(_misfits(block[0], block[1:]), 1)


def _misfits(first: TagPosition, others: list[TagPosition]) -> Iterator[Problem]:
    for position in others:
        if position.container != first.container or (not first.tag.level and position.paragraph is not first.paragraph):
            yield _torn(first, position)
        elif position.field_depth != first.field_depth:
            yield position.tag.fault(
                f"Only one end of the block {short(first.tag.raw, 60)} is inside a field.",
                "Put both tags before or after the field.",
                "block",
            )


def _torn(first: TagPosition, last: TagPosition) -> Problem:
    opening, closing = short(first.tag.raw, 60), short(last.tag.raw, 60)
    rows = [around(position.node, TR) for position in (first, last)]
    cells = [around(position.node, TC) for position in (first, last)]
    word, code = first.tag.word, "block"
    if rows[0] is not None and rows[0] is rows[1] and cells[0] is not cells[1]:
        message = f"{opening} is in one cell and {closing} in another."
        hint = f"Put {{%tr {word} {first.tag.says} %}} in a row above and {{%tr end{word} %}} in a row below."
    elif first.tag.level != last.tag.level:
        message = f"{opening} and {closing} do not apply to the same thing (text, paragraph, row, or cell)."
        hint = f"Use the same letters in both, such as {{%p {word} … %}} and {{%p end{word} %}}."
    elif cells[0] is not cells[1]:
        message = f"Only one of {opening} and {closing} is in a table cell (or both are, in different cells)."
        hint = "Put both in the same cell, or both outside the table."
    else:
        message = f"{opening} starts here, but {closing} is in another place: {last.tag.place}."
        hint = f"Give each a paragraph of its own: {{%p {word} {first.tag.says} %}} and {{%p end{word} %}}."
        code = BEYOND if not first.tag.level and _as_deep(first, last) else code
    return first.tag.fault(message, hint, code)


def _as_deep(first: TagPosition, last: TagPosition) -> bool:
    """Whether two tags are at the same depth in sibling paragraphs, which docxtpl would merge into one."""
    ways = [
        [node.tag for node in takewhile(lambda n: n.tag != P, position.node.iterancestors())]
        for position in (first, last)
    ]
    return ways[0] == ways[1] and first.paragraph.getparent() is last.paragraph.getparent()


def unwrap(tags: list[TagPosition]) -> Iterator[Problem]:
    """Replace each paragraph, row or cell that only holds a tag with that tag. Yields a problem where more would go."""
    unwrapped: dict[etree._Element, list[TagPosition]] = {}
    for position in tags:
        if position.tag.level and position.tag.word != "include":  # refused already
            unwrapped.setdefault(position.element, []).append(position)
    for element, group in unwrapped.items():
        yield from _why_not_unwrapped(element, group)
    for element, (position, *_) in unwrapped.items():
        if element is position.node:
            continue
        for bookmark in list(element.iter(*BOOKMARKS)) if position.tag.level == "p" else ():
            element.addprevious(bookmark)
        remove(element, token(position.tag, position.number) if position.tag.mark == "{%" else "")


def _why_not_unwrapped(element: etree._Element, group: list[TagPosition]) -> Iterator[Problem]:
    tag = group[0].tag
    kind = {"p": "paragraph", "tr": "row", "tc": "cell"}[tag.level]
    if element is group[0].node:
        yield tag.fault(f"{tag.raw} is not in a table.", "Use {%p instead.", "lift")
    elif len(group) > 1:
        plain = "Use {% if %} without the letter" if kind == "paragraph" else f"Put each in a {kind} of its own"
        yield tag.fault(f"There are {len(group)} {{%{tag.level} tags in one {kind}.", f"{plain}.", "lift")
    elif tag.mark == "{#":
        return  # a comment with a letter is used to remove what is beside it
    elif beside := _beside(group[0]):
        yield tag.fault(
            f"{short(tag.raw, 60)} removes its whole {kind}, including {beside}.",
            f"Put the tag in a {kind} of its own, or write it without the “{tag.level}”.",
            "lift",
        )


_OTHER_CONTENT = {
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


def _beside(position: TagPosition) -> str:
    """What else is in the paragraph, row or cell of a tag, in words; empty if nothing is."""
    text = text_of(position.element)
    text = TOKEN.sub("", text).strip()
    if text:
        return f"the text “{short(text, 40)}”"
    return other_content(position.element)


def other_content(element: etree._Element) -> str:
    """What a paragraph, row or cell contains other than text, in words; empty if nothing."""
    for node in element.iter(*_OTHER_CONTENT, BR):
        if node.tag == BR and node.get(w("type")) in ("page", "column"):
            return "a page break"
        if node.tag in _OTHER_CONTENT:
            return _OTHER_CONTENT[str(node.tag)]
    return ""


def running_numbers(blocks: list[list[TagPosition]], numbered_styles: frozenset[str]) -> Iterator[Problem]:
    """Notes on loops with several numbered paragraphs, whose numbering continues from one pass to the next."""
    before: dict[etree._Element, int] = {}  # numbered paragraphs before each element, among those beside it

    def is_numbered(node: etree._Element) -> bool:
        if node.tag == P and style_of(node) in numbered_styles:
            return True
        return node.find(f"{P_PR}/{w('numPr')}") is not None

    def count(parent: etree._Element) -> None:
        found = 0
        for node in parent:
            before[node] = found
            found += is_numbered(node)

    for block in blocks:
        if block[0].tag.word != "for" or block[0].tag.level != "p":
            continue
        first, last = block[0].element, block[-1].element
        for element in (first, last):
            if element not in before and (parent := element.getparent()) is not None:
                count(parent)
        if before.get(last, 0) - before.get(first, 0) - is_numbered(first) > 1:
            yield block[0].tag.fault(
                "The numbering in this loop continues from one pass to the next.",
                "Number these paragraphs by hand, or use only one numbered paragraph per pass.",
                "numbering",
            )
