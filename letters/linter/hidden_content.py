"""What a Word file brings along that no letter takes over, and that its author should know of all the same.

What would spoil a letter is refused when the template is read; this here is dropped from every letter, and stays in the
template until somebody takes it out: `letters check --fix` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from letters.assembly.template.origins import Origins
from letters.assembly.template.tags import short
from letters.docx.markup import SDT, on, text_of, w
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
_ELSEWHERE = re.compile(r"(https?|ftp):|\\\\|file:////", re.IGNORECASE)


def remains(package: Package, labels: Mapping[str, str]) -> Iterator[GradedProblem]:
    """What is left in one Word file, template or passage.

    Args:
        labels: what messages call its parts, the file first.
    """
    yield from _remote_templates(package)
    yield from _settings(package)
    yield from _controls(package, labels)
    if people := list(_people(package)):
        named = ", ".join(f"{what} ({who})" for what, who in people)
        message = (
            f"The file's properties name {named}. No letter takes them over; whoever gets the template reads them."
        )
        hint = "In Word: File, Info, Check for Issues, Inspect Document. Or: letters check --fix"
        yield "note", Problem(message, f"{package.name}, document properties", hint, "metadata")


def _remote_templates(package: Package) -> Iterator[GradedProblem]:
    for part in package.parts:
        for link in package.links(part).values() if part.endswith(f"{_SETTINGS}.xml") else ():
            if link.kind == _TEMPLATE and link.external and _ELSEWHERE.match(link.target):
                yield (
                    "error",
                    Problem(
                        f"The file fetches a template from elsewhere whenever it is opened: {short(link.target, 60)}.",
                        f"{package.name}, document settings",
                        "In Word: Developer, Document Template, and empty the field. Or: letters check --fix",
                        "remote-template",
                    ),
                )


def _settings(package: Package) -> Iterator[GradedProblem]:
    for link in package.links(package.main).values():
        is_there = link.kind == _SETTINGS and link.target in package.parts
        if is_there and on(package.tree(link.target).find(w("trackRevisions"))):
            message = "Word is set to track changes, so the next edit will be a tracked change."
            hint = "In Word: Review, Track Changes. Or: letters check --fix"
            yield "note", Problem(message, f"{package.name}, document settings", hint, "tracking")


def _controls(package: Package, labels: Mapping[str, str]) -> Iterator[GradedProblem]:
    for part, label in labels.items():
        root = package.tree(part) if part in package.parts else None
        if root is None or next(root.iter(SDT), None) is None:
            continue
        origins = Origins(root, label)
        for control in root.iter(SDT):
            properties = control.find(w("sdtPr"))
            if properties is not None:
                yield from _control(control, properties, origins)


def _control(control: etree._Element, properties: etree._Element, origins: Origins) -> Iterator[GradedProblem]:
    inside = next(control.iter(w("p")), control)
    words = short(text_of(control), 40)
    if any(etree.QName(node).localname == "dataBinding" for node in properties):
        message = f"The control “{words}” is bound to data kept in the file, which Word would show instead."
        hint = "No letter keeps the tie. To be rid of it: letters check --fix"
        yield "note", origins.where(inside).fault(message, hint, "bound-control")
    if on(properties.find(w("showingPlcHdr"))):
        message = f"Word takes the words “{words}” for a prompt that asks for words, not for words."
        hint = "No letter keeps the mark. Type over it in Word, or: letters check --fix"
        yield "note", origins.where(inside).fault(message, hint, "placeholder")


def _people(package: Package) -> Iterator[tuple[str, str]]:
    for link in package.links("").values():
        if link.kind in ("core-properties", "extended-properties") and link.target in package.parts:
            for node in package.tree(link.target):
                what, who = _PEOPLE.get(etree.QName(node).localname, ""), (node.text or "").strip()
                if what and who and "{" not in who:
                    yield what, who
