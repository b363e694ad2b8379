"""Finds hidden content in a Word file: names of people, ties to data or another template, tracking that is left on.

No letter contains any of it, but it stays in the template until somebody removes it, as `letters check --fix` does.
Content that would spoil letters is refused when the template is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters._text.leftovers import leftovers
from letters.assembly.template.paragraph_origins import ParagraphOrigins
from letters.assembly.template.tags import short
from letters.docx.attribute_values import is_on
from letters.docx.markup import text_of
from letters.docx.names import SDT, w
from letters.docx.package import Package
from letters.errors import Problem
from letters.linter.formatting import GradedProblem

_SETTINGS, _TEMPLATE = "settings", "attachedTemplate"
_PEOPLE = {
    "creator": "its author",
    "lastModifiedBy": "who changed it last",
    "Company": "a company",
    "Manager": "a manager",
}
_LOST = pattern("[\ufffd\ufffc]")
_ELSEWHERE = pattern(r"(https?|ftp):|\\\\|file:////", re.IGNORECASE)


def hidden_content(package: Package, labels: Mapping[str, str]) -> Iterator[GradedProblem]:
    """The hidden content of a Word file.

    Args:
        labels: what messages call each part of the file.
    """
    yield from _remote_templates(package)
    yield from _settings(package)
    yield from _controls(package, labels)
    yield from _lost_characters(package, labels)
    if people := list(_people(package)):
        named = ", ".join(f"{what} ({who})" for what, who in people)
        message = f"The file's properties name {named}. Letters do not include this, but the template does."
        hint = "In Word: File, Info, Check for Issues, Inspect Document. Or: letters check --fix"
        yield "note", Problem(message, f"{package.name}, document properties", hint, "metadata")


def _remote_templates(package: Package) -> Iterator[GradedProblem]:
    for part in package.parts:
        for link in package.links(part).values() if part.endswith(f"{_SETTINGS}.xml") else ():
            if link.kind == _TEMPLATE and link.external and _ELSEWHERE.match(link.target):
                yield (
                    "error",
                    Problem(
                        f"The file downloads a template whenever it is opened: {short(link.target, 60)}.",
                        f"{package.name}, document settings",
                        "In Word: Developer, Document Template, and clear the field. Or: letters check --fix",
                        "remote-template",
                    ),
                )


def _settings(package: Package) -> Iterator[GradedProblem]:
    for link in package.links(package.main).values():
        is_there = link.kind == _SETTINGS and link.target in package.parts
        if is_there and is_on(package.tree(link.target).find(w("trackRevisions"))):
            message = "Track Changes is on, so the next edit will be a tracked change."
            hint = "In Word, turn off Review, Track Changes. Or: letters check --fix"
            yield "note", Problem(message, f"{package.name}, document settings", hint, "tracking")


def _controls(package: Package, labels: Mapping[str, str]) -> Iterator[GradedProblem]:
    for part, label in labels.items():
        root = package.tree(part) if part in package.parts else None
        if root is None or next(root.iter(SDT), None) is None:
            continue
        origins = ParagraphOrigins(root, label)
        for control in root.iter(SDT):
            properties = control.find(w("sdtPr"))
            if properties is not None:
                yield from _control(control, properties, origins)


def _control(control: etree._Element, properties: etree._Element, origins: ParagraphOrigins) -> Iterator[GradedProblem]:
    inside = next(control.iter(w("p")), control)
    words = short(text_of(control), 40)
    if any(etree.QName(node).localname == "dataBinding" for node in properties):
        message = f"The content control “{words}” is bound to data in the file, which Word would show instead."
        hint = "Letters do not keep the binding. To remove it: letters check --fix"
        yield "note", origins.where(inside).fault(message, hint, "bound-control")
    is_prompt = is_on(properties.find(w("showingPlcHdr")))
    if is_prompt and not any(each.certain for each in leftovers(text_of(control))):  # those are found wherever they are
        message = f"The words “{words}” are a placeholder, which Word may not print."
        hint = "Letters print them as text. Type over them in Word, or: letters check --fix"
        if "{" not in words and words:
            message = f"The words “{words}” prompt for text in a control, which letters would print."
            hint = "Type over them in Word: the words of the letter, or a tag."
        yield (
            "note" if "{" in words or not words else "error",
            origins.where(inside).fault(message, hint, "placeholder"),
        )


def _lost_characters(package: Package, labels: Mapping[str, str]) -> Iterator[GradedProblem]:
    """Signs that stand for what a program could not read, and would be printed."""
    for part, label in labels.items():
        root = package.tree(part) if part in package.parts else None
        found = [] if root is None else [text for text in root.iter(w("t")) if _LOST.search(text.text or "")]
        origins = ParagraphOrigins(root, label) if root is not None and found else None
        for text in found:
            sign = _LOST.search(text.text or "")
            paragraph = next(text.iterancestors(w("p")), None)
            if origins is not None and sign and paragraph is not None:
                message = f"The sign U+{ord(sign[0]):04X} stands here for a letter or a picture that was lost."
                hint = "Type the word again, or insert the picture again."
                yield "error", origins.where(paragraph).fault(message, hint, "lost-character")


def _people(package: Package) -> Iterator[tuple[str, str]]:
    for link in package.links("").values():
        if link.kind in ("core-properties", "extended-properties") and link.target in package.parts:
            for node in package.tree(link.target):
                what, who = _PEOPLE.get(etree.QName(node).localname, ""), (node.text or "").strip()
                if what and who and "{" not in who:
                    yield what, who
