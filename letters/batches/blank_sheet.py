"""An empty spreadsheet for one kind of letter: headings, help and drop-down lists from the model and the questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO

from letters._text.toml_inline import in_toml
from letters.assembly.assembler import Assembler
from letters.batches.column_mapping import parts_of
from letters.batches.csv_rows import csv_writer
from letters.batches.excel import SheetColumn, empty_workbook
from letters.batches.field_lookup import FieldLookup
from letters.errors import Problem, Usage
from letters.library.office_files import ids_for
from letters.model.fields import Field
from letters.model.kinds import letter_type

_MAX_COLUMNS = 20  # for a field that holds several choices


def blank_sheet(
    assembler: Assembler, kind: str, suffix: str, *, names: Collection[str] = (), only_required: bool = False
) -> bytes:
    """The bytes of an empty spreadsheet for letters of one kind. The columns that every letter needs come first.

    Args:
        suffix: ``.xlsx`` or ``.csv``.
        names: of the columns, or the fields, that it gets in this order; all if empty.
        only_required: only the columns that every letter needs, and those that are named.

    Raises:
        Usage: there is no such column; or openpyxl is not installed.
    """
    every = list(_columns(assembler, kind))
    columns = _chosen(every, names, kind)
    if only_required:
        columns = [column for column in every if column.required and column not in columns] + columns
    elif not names:
        columns = sorted(every, key=lambda column: not column.required)
    if suffix == ".xlsx":
        return empty_workbook(columns, kind)
    file = StringIO(newline="")
    csv_writer(file)(column.name for column in columns)
    return file.getvalue().encode("utf-8-sig")


def _chosen(columns: Sequence[SheetColumn], names: Iterable[str], kind: str) -> list[SheetColumn]:
    """The columns of these names, titles or fields. Raises Usage if there is none."""
    found: list[SheetColumn] = []
    problems = []
    for name in names:
        wanted = name.casefold()
        exact = [column for column in columns if column.name.casefold() == wanted]
        titled = [column for column in columns if column.title.casefold() == wanted]
        of_name = exact or titled or [column for column in columns if column.name.casefold().startswith(f"{wanted}.")]
        if not of_name:
            near = get_close_matches(name, [column.name for column in columns], 1)
            hint = f"Did you mean {near[0]}?" if near else f"`letters fields {kind}` lists them."
            problems.append(Problem(f"There is no column “{name}”.", "--columns", hint, "column"))
        found += [column for column in of_name if column not in found]
    if problems:
        raise Usage(problems)
    return found


def _columns(assembler: Assembler, kind: str) -> Iterator[SheetColumn]:
    lookup = FieldLookup(assembler, [kind])
    asked, ids = lookup.questions(kind), ids_for(kind, assembler.rulebook)
    needs_law = letter_type(kind, assembler.library.kinds[kind].form).needs_legal_basis
    for field in lookup.of(kind).values():
        if field.name == "kind" or field.kind == "table":
            continue
        question = asked.get(field.name)
        wording = dict(question.choices) if question else {}
        choices = _choices(field, wording, ids.get(field.name, {}))
        text = " ".join(filter(None, (question.ask if question else "", field.description, _format_help(field))))
        parts = parts_of(field)
        if parts:
            for number in range(1, 3 if field.kind == "persons" else 2):
                for part in parts.values():
                    each = f"{field.title}: {part.title.lower()}. {part.description}{_example(part)}"
                    needed = field.required and part.required and number == 1
                    name = f"{field.name}.{number}.{part.name}"
                    yield SheetColumn(name, part.title, each, part.kind, needed, _choices(part, {}, {}))
        elif field.kind == "choices":
            for number in range(1, max(1, min(_MAX_COLUMNS, len(choices))) + 1):
                needed = (field.required or (needs_law and field.name == "legal_basis")) and number == 1
                yield SheetColumn(f"{field.name}.{number}", field.title, text, "choice", needed, choices)
        else:
            yield SheetColumn(field.name, field.title, text + _example(field), field.kind, field.required, choices)


def _choices(field: Field, wording: Mapping[str, str], ids: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if field.kind == "yes-no":
        return (("yes", ""), ("no", ""))
    if ids:
        return tuple((name, line or wording.get(name, "")) for name, line in ids.items())
    return tuple((value, wording.get(value, "")) for value in field.choices)


def _format_help(field: Field) -> str:
    if field.kind == "date":
        return "A date."
    if field.kind == "list":
        return "Separate several with semicolons."
    return "Write one in each column." if field.kind == "choices" else ""


def _example(field: Field) -> str:
    if field.example in (None, [], {}):
        return ""
    text = "; ".join(map(str, field.example)) if field.kind == "list" else in_toml(field.example).strip('"')
    return f" Example: {text}"
