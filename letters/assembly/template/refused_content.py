"""Finds content a template must not contain: tracked changes, comments, hidden text, external fields, stray tags.

None of it may reach the recipient, and only the author knows what was meant. So each is reported with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.assembly.template.paragraph_origins import ParagraphOrigins
from letters.assembly.template.tags import NOT_A_TOKEN, TagPlace
from letters.docx.attribute_values import is_on
from letters.docx.fields import fields, is_web_link, why_refused
from letters.docx.markup import all_styles, around, ids_of, style_of, text_of
from letters.docx.names import HYPERLINK, ID, INSTR, LINK_ID, PATH_ON_DISK, R_PR, VAL, P, R, T, w, ws
from letters.docx.package import Package
from letters.docx.revisions import TRACKED
from letters.errors import Problem

_COMMENTS = ws("commentReference commentRangeStart")
_ELSEWHERE = {
    "docProps/app.xml": "document property Company or Manager",
    "docProps/custom.xml": "custom document properties",
    "word/settings.xml": "document settings",
}
_Where = Callable[[etree._Element], TagPlace]


def refused_content(
    root: etree._Element, origins: ParagraphOrigins, hidden_styles: Collection[str]
) -> Iterator[Problem]:
    """Everything in one part that is refused, except tracked changes."""
    where = origins.where
    yield from _comments(root, where)
    yield from _hidden_text(root, where, hidden_styles)
    for each in fields(root):
        if NOT_A_TOKEN.match(each.code.lstrip()):
            message = "A tag determines what this field does."
            yield where(each.begin).fault(message, "Replace the field with text.", "outside")
        elif refused := why_refused(each.code, nested=each.nested):
            yield where(each.begin).fault(*refused)
    yield from _paths(root, where)


def hides(element: etree._Element) -> bool:
    """Whether a run or style is marked as hidden."""
    return is_on(element.find(f"{R_PR}/{w('vanish')}"))


def hidden_styles(package: Package) -> frozenset[str]:
    """The ids of styles that hide their text."""
    return ids_of(style for style in all_styles(package) if hides(style))


def tracked_changes(root: etree._Element, where: _Where) -> Iterator[Problem]:
    """One problem if a part contains tracked changes."""
    tracked = list(root.iter(*TRACKED))
    if not tracked:
        return
    authors = sorted({node.get(w("author"), "") for node in tracked} - {""})
    number = "1 tracked change is" if len(tracked) == 1 else f"{len(tracked)} tracked changes are"
    deleted = "".join(node.text or "" for node in root.iter(w("delText")))
    struck = re.findall(r"\{[{%].*?[}%]\}", deleted)
    tags = f" The tag {struck[0]} is in deleted text." if struck else ""
    yield where(tracked[0]).fault(
        f"{number} left (by {', '.join(authors) or 'an unknown author'}).{tags}",
        "In Word: Review, Accept All Changes, and turn off Track Changes.",
        "tracked-changes",
    )


def _comments(root: etree._Element, where: _Where) -> Iterator[Problem]:
    comments = list(root.iter(*_COMMENTS))
    if comments:
        count = len({node.get(ID) for node in comments})
        yield where(comments[0]).fault(
            f"{count} {'comment is' if count == 1 else 'comments are'} left.",
            "In Word: Review, Delete All Comments.",
            "comments",
        )


def _hidden_text(root: etree._Element, where: _Where, hidden_styles: Collection[str]) -> Iterator[Problem]:
    for run in root.iter(R):
        text = text_of(run).strip()
        if not text:
            continue
        style, paragraph = run.find(f"{R_PR}/{w('rStyle')}"), around(run, P)
        styles = {"" if style is None else style.get(VAL, ""), "" if paragraph is None else style_of(paragraph)}
        if hides(run) or not styles.isdisjoint(hidden_styles):
            yield where(run).fault(
                f"The text “{text[:60]}” is hidden, but the recipient of the letter can show it.",
                "Delete it, or clear the Hidden box under Font.",
                "hidden-text",
            )


def refused_links(package: Package, parts: Iterable[str]) -> Iterator[Problem]:
    """Links to a disk, a script or a program, which a letter must not contain."""
    for part in parts:
        for link in package.links(part).values():
            if link.kind != "hyperlink" or not link.external or _may_be_tag(link.target) or is_web_link(link.target):
                continue
            yield Problem(
                f"A link goes to “{link.target[:60]}”, which is neither a web page nor an email address.",
                _words_of_link(package, part, link.id),
                "In Word: right-click the link, then Edit Hyperlink or Remove Hyperlink.",
                "outside",
            )


def _may_be_tag(target: str) -> bool:
    return "{{" in target or "{%" in target or "%7b%7b" in target.casefold()  # reported as a tag that is never filled


def _words_of_link(package: Package, part: str, link_id: str) -> str:
    for node in package.tree(part).iter(HYPERLINK) if part.endswith(".xml") else ():
        if node.get(LINK_ID) == link_id:
            return f"{part}, “{text_of(node)[:60]}”"
    return part


def _paths(root: etree._Element, where: _Where) -> Iterator[Problem]:
    """Attributes that name a file on somebody's disk, as Word writes into the description of a picture."""
    for node in root.iter(etree.Element):
        for value in node.attrib.values():
            if PATH_ON_DISK.match(str(value)):
                yield where(node).fault(
                    f"The file names a path on somebody's disk: “{str(value)[:60]}”.",
                    "Right-click the picture or the link in Word, and delete the path.",
                    "metadata",
                )


def unread_tags(root: etree._Element, origins: ParagraphOrigins) -> Iterator[Problem]:
    """Tags where they are never filled, such as in formulas."""
    for node in root.iter(etree.Element):
        for text in (node.text or "", node.tail or "", *map(str, node.attrib.values())):
            if NOT_A_TOKEN.search(text) and node.tag not in (T, INSTR):
                yield Problem(
                    f"The tag “{text.strip()[:60]}” is in a place where tags are never filled.",
                    origins.source(node).label,
                    "Move it into ordinary text.",
                    "unfilled",
                )


_OPENED, _CLOSED = pattern("%7b", re.I), pattern("%7d", re.I)
_TAG = pattern(r"\{\{.{0,60}|\{%.{0,60}|\{#.{0,60}")


def tags_elsewhere(package: Package, filled: Collection[str]) -> Iterator[Problem]:
    """Tags in parts that are never filled, although the author may think they work.

    Those in comments are about the letter, and go with the comments.
    """
    for part, data in package.parts.items():
        if part in filled or not part.endswith((".xml", ".rels")) or part.startswith("word/comments"):
            continue
        text = data.decode("utf-8", "replace")
        text = _OPENED.sub("{", _CLOSED.sub("}", text)).replace("%25", "%")
        if match := _TAG.search(text):
            shown = re.split('[<"&]', match[0])[0].replace("%20", " ")
            yield Problem(
                f"The tag “{shown}” is in a place where tags are never filled.",
                _ELSEWHERE.get(part, "link target" if part.endswith(".rels") else part),
                "Delete it there.",
                "unfilled",
            )
