"""A copy of a Word file with a comment at each finding, for people who prefer to see findings in Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from lxml import etree

from letters.assembly.template.compilation import part_labels
from letters.assembly.template.package_editor import PackageEditor
from letters.docx.markup import numbered
from letters.docx.names import ID, P_PR, SPACE, P, w
from letters.docx.package import Package, write_parts
from letters.linter.findings import Finding

_AUTHOR, _INITIALS = "letters check", "LC"


def with_comments(package: Package, findings: Iterable[Finding], day: date) -> bytes:
    """The file with a comment for each finding, in addition to the comments it has.

    Word allows comments only in the body, so findings in headers, footers and notes become comments on the first
    paragraph.

    Args:
        day: the date of the comments.
    """
    editor = PackageEditor(package)
    comments = editor.of_kind("comments", "comments")
    used = [int(value) for node in comments if (value := node.get(ID, "")).isdigit()]
    body: dict[int, etree._Element] = {}
    for place, node in numbered(editor.tree(package.main)):
        body.setdefault(place, node)  # not the fallback copy of a text box, which Word does not show
    labels = part_labels(package)
    for number, found in enumerate(findings, max(used, default=-1) + 1):
        in_body = found.part.split(", ")[0] in ("", labels[package.main])
        paragraph = body.get(found.paragraph if in_body else 0, body.get(1))
        if paragraph is None:
            continue
        where, sentence = found.told
        _comment(comments, number, [*([] if in_body and found.paragraph else [where]), sentence, found.hint], day)
        _mark(paragraph, number)
    return write_parts(editor.result().parts)


def _comment(comments: etree._Element, number: int, lines: Sequence[str], day: date) -> None:
    attributes = {ID: str(number), w("author"): _AUTHOR, w("initials"): _INITIALS}
    attributes[w("date")] = f"{day.isoformat()}T00:00:00Z"
    comment = etree.SubElement(comments, w("comment"), attributes)
    for line in filter(None, lines):
        run = etree.SubElement(etree.SubElement(comment, P), w("r"))
        etree.SubElement(run, w("t"), {SPACE: "preserve"}).text = line


def _mark(paragraph: etree._Element, number: int) -> None:
    """Attach the comment to the whole paragraph."""
    at = 1 if len(paragraph) and paragraph[0].tag == P_PR else 0
    paragraph.insert(at, etree.Element(w("commentRangeStart"), {ID: str(number)}))
    etree.SubElement(paragraph, w("commentRangeEnd"), {ID: str(number)})
    etree.SubElement(etree.SubElement(paragraph, w("r")), w("commentReference"), {ID: str(number)})
