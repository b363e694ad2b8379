"""An empty sheet for one kind of letter: headings, help and drop-downs, all from the model and the questions."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

from letters._text.toml_inline import in_toml
from letters.assembly.assembler import Assembler
from letters.batches.columns import SEVERAL, Vocabulary, parts_of
from letters.batches.excel import Heading, blank_sheet
from letters.batches.rows import text_writer
from letters.library.office_files import ids_for
from letters.model.fields import Field

_MOST = 20  # columns for a field that holds several choices


def blank(assembler: Assembler, kind: str, suffix: str) -> bytes:
    """The bytes of an empty .xlsx or .csv for letters of one kind."""
    headings = list(_headings(assembler, kind))
    if suffix == ".xlsx":
        return blank_sheet(headings, kind)
    file = StringIO(newline="")
    text_writer(file)(heading.name for heading in headings)
    return file.getvalue().encode("utf-8-sig")


def _headings(assembler: Assembler, kind: str) -> Iterator[Heading]:
    vocabulary = Vocabulary(assembler, [kind])
    asked, ids = vocabulary.questions(kind), ids_for(kind, assembler.rulebook)
    for field in vocabulary.of(kind).values():
        if field.name == "kind" or field.kind == "table":
            continue
        question = asked.get(field.name)
        wording = dict(question.choices) if question else {}
        choices = _choices(field, wording, ids.get(field.name, {}))
        text = " ".join(filter(None, (question.ask if question else "", field.description, _how(field))))
        parts = parts_of(field)
        if parts:
            for number in range(1, 3 if field.kind == "persons" else 2):
                for part in parts.values():
                    each = f"{field.title}: {part.title.lower()}. {part.description}{_example(part)}"
                    needed = field.required and part.required and number == 1
                    name = f"{field.name}.{number}.{part.name}"
                    yield Heading(name, part.title, each, part.kind, needed, _choices(part, {}, {}))
        elif field.kind == "choices":
            for number in range(1, max(1, min(_MOST, len(choices))) + 1):
                yield Heading(
                    f"{field.name}.{number}", field.title, text, "choice", field.required and number == 1, choices
                )
        else:
            yield Heading(field.name, field.title, text + _example(field), field.kind, field.required, choices)


def _choices(field: Field, wording: dict[str, str], ids: Any) -> tuple[tuple[str, str], ...]:
    if field.kind == "yes-no":
        return (("yes", ""), ("no", ""))
    if ids:
        return tuple((name, line) for name, line in ids.items())
    return tuple((value, wording.get(value, "")) for value in field.choices)


def _how(field: Field) -> str:
    if field.kind == "date":
        return "A date."
    if field.kind in SEVERAL and field.kind == "list":
        return "Several are parted by semicolons."
    return "One in each of its columns." if field.kind == "choices" else ""


def _example(field: Field) -> str:
    if field.example in (None, [], {}):
        return ""
    said = "; ".join(map(str, field.example)) if field.kind == "list" else in_toml(field.example).strip('"')
    return f" For example: {said}"
