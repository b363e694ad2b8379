"""The fields of a page in HTML, as its author wrote them.

An input is one of three elements of ours, each with a name and a label:

    <field name="request.purpose" label="Purpose" lines="4" value="{{ … }}" required readonly longest="200"></field>
    <tick name="agreed" label="We agree" checked></tick>
    <choose name="request.nature" label="Nature" value="{{ … }}" options="Criminal; Civil"></choose>
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lxml import etree
from msgspec import Struct

from letters.errors import Problem, TemplateAtFault

if TYPE_CHECKING:
    from letters.forms.filling import FieldValue

OURS = ("field", "tick", "choose")
_FOREIGN = (
    "input",
    "textarea",
    "select",
    "button",
    "form",
    "script",
    "iframe",
    "object",
    "embed",
    "img",
    "link",
    "base",
)


class PageField(Struct, frozen=True):
    """A field of a page, as its author wrote it."""

    name: str
    kind: str
    label: str
    value: FieldValue
    lines: int = 1
    longest: int = 0
    required: bool = False
    read_only: bool = False
    options: tuple[str, ...] = ()


def fields_written(body: Any, where: str) -> list[PageField]:
    """The fields of a page. Raises TemplateAtFault with everything that is wrong with the page.

    Args:
        body: of the page, as lxml reads it.
        where: what messages call it.
    """
    problems: list[Problem] = []
    for element in body.iter(*_FOREIGN):
        place = f"{where}, line {element.sourceline}"
        message = f"A page of a library may not have <{element.tag}>."
        problems.append(
            Problem(message, place, f"For fields there are {', '.join(f'<{each}>' for each in OURS)}.", "page")
        )
    found: dict[str, PageField] = {}
    for element in body.iter(*OURS):
        place = f"{where}, line {element.sourceline}"
        field = field_written(element)
        if not field.name or not field.label:
            message = "A field has no name." if not field.name else f"“{field.name}” has no label."
            problems.append(Problem(message, place, 'Write name="…" and label="…".', "page"))
        elif field.name in found:
            problems.append(
                Problem(f"A second field is called “{field.name}”.", place, "Give it another name.", "page")
            )
        found[field.name] = field
    if problems:
        raise TemplateAtFault(problems)
    return list(found.values())


def field_written(element: Any) -> PageField:
    """The field that one of our elements describes."""
    text = " ".join((element.get("label") or "").split())
    number = {key: int(element.get(key) or 0) for key in ("lines", "longest") if (element.get(key) or "0").isdigit()}
    options = tuple(each.strip() for each in (element.get("options") or "").split(";") if each.strip())
    value: FieldValue = (
        element.get("checked") is not None if element.tag == "tick" else (element.get("value") or "").strip()
    )
    return PageField(
        element.get("name") or "", element.tag, text, value, max(number.get("lines", 1), 1), number.get("longest", 0),
        element.get("required") is not None, element.get("readonly") is not None, options,
    )  # fmt: skip


def names_in(source: str) -> Iterator[str]:
    """The names of the fields of a page, whose tags need not be filled."""
    body = etree.fromstring(f"<html><body>{source}</body></html>", etree.HTMLParser())
    yield from (element.get("name") or "" for element in body.iter(*OURS))
