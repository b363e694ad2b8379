"""Which column is which field, and a row's answers made of its cells.

A heading is a field's dotted name, its title or its question. A field that holds several takes one column, parted by
semicolons, or numbered ones: `copies.1`, “Copies 2”, `request.earlier.1.day`, “Persons responsible 1 name”.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from letters.assembly.assembler import Assembler
from letters.batches.cells import BadCell, folded, is_blank, one, several, text, wording_of
from letters.batches.table import TableRow
from letters.errors import Problem
from letters.library.prompts import Question, load_questionnaire
from letters.model.fields import Field, fields_of, fields_of_model, put
from letters.model.office import Person

SEVERAL = ("list", "choices", "persons", "group")
ROW = "row"  # a column of this name numbers the letters, where it is not a field
_NUMBERED = re.compile(r"(?P<base>.*?)[\s.,:#_-]*\(?(?P<number>\d{1,3})\)?(?:[\s.,:_-]+(?P<part>\S.*))?")


class Vocabulary:
    """The fields of the kinds in play, by every name a heading may call them."""

    def __init__(self, assembler: Assembler, kinds: Sequence[str]) -> None:
        self._desk = assembler
        self.kinds = tuple(kinds)
        self._fields: dict[str, dict[str, Field]] = {}
        self._questions: dict[str, dict[str, Question]] = {}
        self._wording: dict[tuple[str, str, str], dict[str, str]] = {}

    def of(self, kind: str) -> dict[str, Field]:
        """Every field of a kind, those the office has added too."""
        if kind not in self._fields:
            own = [question.field for question in self._desk.extras(kind)]
            self._fields[kind] = {**fields_of(kind), **{each.name: each for each in own}}
        return self._fields[kind]

    @cached_property
    def all(self) -> dict[str, Field]:
        return {name: each for kind in reversed(self.kinds) for name, each in self.of(kind).items()}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {name.casefold(): name for name in self.all}

    @cached_property
    def _called(self) -> dict[str, set[str]]:
        """What a heading may say, folded, to the fields it may mean."""
        found: dict[str, set[str]] = {}
        for kind in self.kinds:
            asked = {question.field.name: question.ask for question in self.questions(kind).values()}
            for name, each in self.of(kind).items():
                for words in (each.title, asked.get(name, "")):
                    if words and name != "extra":
                        found.setdefault(_said(words), set()).add(name)
        return found

    def questions(self, kind: str) -> dict[str, Question]:
        """The questions of a kind by the field each asks for; none where it has no prompt file."""
        if kind not in self._questions:
            library = self._desk.library
            there = (library.prompts / f"{kind}.toml").is_file()
            asked = load_questionnaire(library, kind).questions if there else ()
            self._questions[kind] = {question.field.name: question for question in asked}
        return self._questions[kind]

    def named(self, words: str) -> set[str]:
        """The fields a heading means: none, one, or several it could be."""
        said = _said(words)
        return {self._by_name[said]} if said in self._by_name else self._called.get(said, set())

    @cached_property
    def _near(self) -> dict[str, str]:
        return {_said(name): name for name in self.all} | {words: words for words in self._called}

    def nearest(self, words: str) -> str:
        said = _said(words)
        by_last = {name.rsplit(".", 1)[-1]: name for name in self.all}
        found = get_close_matches(said, self._near, n=1, cutoff=0.7) or get_close_matches(said, by_last, n=1)
        if not found:
            return ""
        if found[0] in self._near:
            names = self._called.get(found[0]) or {self._near[found[0]]}
            return " or ".join(sorted(names))
        return by_last[found[0]]

    def wording(self, kind: str, target: Field, part: str = "") -> Mapping[str, str]:
        """How the choices of a field may be written, folded, to the value each stands for."""
        key = (kind, target.name, part)
        if key not in self._wording:
            question = self.questions(kind).get(target.name)
            if part and question:
                question = next((each for each in question.items if each.field.name == part), None)
            inner = next((each for each in target.parts if each.name == part), target)
            ids = tuple(getattr(self._desk.rulebook, inner.library)) if inner.library else inner.choices
            if target.name == "kind":
                ids = tuple(self._desk.library.kinds)
            self._wording[key] = wording_of(question.choices if question else {}, ids)
        return self._wording[key]


def parts_of(target: Field) -> dict[str, Field]:
    """The parts of one entry of a field that holds several tables."""
    if target.kind == "persons":
        return dict(fields_of_model(Person))
    return {part.name: part for part in target.parts}


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds: a field, an item of it, or a part of an item; or the row's own number."""

    place: int
    name: str
    item: int = 0
    part: str = ""


@dataclass
class TableColumns:
    """The columns of a table, or the keys of one JSON row.

    Args:
        problems: headings that name no field, several, or one that stands there already.
    """

    headings: tuple[str, ...]
    vocabulary: Vocabulary
    columns: list[Column] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    _readers: dict[tuple[str, int], Callable[[Any], Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        taken: dict[tuple[str, int, str], int] = {}
        for place, heading in enumerate(self.headings):
            found = self._column(place, heading)
            if isinstance(found, Problem):
                self.problems.append((place, found))
                continue
            clash = self._clash(found, taken)
            if clash is not None:
                self.problems.append((place, _twice(found, self.headings[clash])))
                continue
            taken[found.name, found.item, found.part] = place
            self.columns.append(found)

    def _column(self, place: int, heading: str) -> Column | Problem:
        if not heading.strip():
            return Problem("has no heading.", hint="Name the column, or delete it.", code="heading")
        if folded(heading) == ROW:
            return Column(place, ROW)
        names = self.vocabulary.named(heading)
        if len(names) == 1:
            return Column(place, next(iter(names)))
        if names:
            return Problem(
                "names more than one field.", hint=f"Write one of: {', '.join(sorted(names))}.", code="heading"
            )
        return self._whole(place, heading) or self._numbered(place, heading) or self._unknown(heading)

    def _whole(self, place: int, heading: str) -> Column | None:
        """A table of answers, as JSON nests them: `request`."""
        nested = any(name.startswith(f"{heading}.") for name in self.vocabulary.all)
        return Column(place, heading) if nested else None

    def _numbered(self, place: int, heading: str) -> Column | Problem | None:
        match = _NUMBERED.fullmatch(heading.strip())
        if not match:
            return None
        names = self.vocabulary.named(match["base"])
        if len(names) != 1:
            return None
        target = self.vocabulary.all[next(iter(names))]
        if target.kind not in SEVERAL:
            return Problem(
                f"is numbered, but {target.name} holds one answer.", hint="Take the number out.", code="heading"
            )
        item, parts = int(match["number"]), parts_of(target)
        if not parts:
            return None if match["part"] else Column(place, target.name, item)
        if not match["part"]:
            return Column(place, target.name, item) if target.kind == "persons" else None
        said = {_said(part.name): name for name, part in parts.items()}
        said |= {_said(part.title): name for name, part in parts.items()}
        part = said.get(_said(match["part"]))
        if part is None:
            near = get_close_matches(_said(match["part"]), said, n=1)
            hint = f"Did you mean {target.name}.{item}.{said[near[0]]}?" if near else f"It may be: {', '.join(parts)}."
            return Problem(f"names no part of {target.name}.", hint=hint, code="heading")
        return Column(place, target.name, item, part)

    def _unknown(self, heading: str) -> Problem:
        near = self.vocabulary.nearest(heading)
        kinds = self.vocabulary.kinds
        hint = (
            f"Did you mean {near}?"
            if near
            else f"`letters fields {kinds[0] if len(kinds) == 1 else 'KIND'}` lists them."
        )
        return Problem("is not a field of a letter.", hint=hint, code="heading")

    def _clash(self, new: Column, taken: Mapping[tuple[str, int, str], int]) -> int | None:
        """The place of the column that already holds what this one does, whole or in part."""
        for (name, item, part), place in taken.items():
            same_item = new.item == item
            apart = (new.item and item) if not same_item else (new.part != part and new.part and part)
            if new.name == name and not apart:
                return place
        return None

    # --- a row ---------------------------------------------------------------------------------------------------

    def read(self, row: TableRow, constants: Mapping[str, Any], kind: str | None) -> RowReading:
        """The answers in a row, over those that are the same for all. Blank cells say nothing."""
        reading = RowReading(self, row)
        answers = reading.answers = _copied(constants)
        if kind is not None:
            answers["kind"] = kind
        own = kind or self._kind(row, constants)
        grouped: dict[str, dict[int, Any]] = {}
        cells = row.cells
        for column in self.columns:
            cell = cells[column.place] if column.place < len(cells) else None
            if is_blank(cell):
                continue
            if column.name == ROW:
                reading.label = str(cell).strip()
                continue
            try:
                value = self._reader(column, own)(cell)
            except BadCell as bad:
                reading.problems.append((column, bad.problem))
                value = None
            if not column.item:
                _merge(answers, column.name, value)
            elif column.part:
                grouped.setdefault(column.name, {}).setdefault(column.item, {})[column.part] = value
            else:
                grouped.setdefault(column.name, {})[column.item] = value
        for name, items in grouped.items():
            reading.items[name] = sorted(items)
            put(answers, name, [_without_none(items[number]) for number in reading.items[name]])
        return reading

    def _kind(self, row: TableRow, constants: Mapping[str, Any]) -> str:
        """The kind a row says it is, or that is said for all."""
        for column in self.columns:
            if column.name == "kind" and column.place < len(row.cells) and not is_blank(row.cells[column.place]):
                said = str(row.cells[column.place]).strip()
                return self.vocabulary.wording("", self.vocabulary.all["kind"]).get(folded(said), said)
        return str(constants.get("kind", ""))

    def _reader(self, column: Column, kind: str) -> Callable[[Any], Any]:
        """What reads the cells of a column, in rows of one kind."""
        read = self._readers.get((kind, column.place))
        if read is None:
            if len(self._readers) > 5000:  # rows may say anything for a kind
                self._readers.clear()
            read = self._readers[kind, column.place] = self._new_reader(column, kind)
        return read

    def _new_reader(self, column: Column, kind: str) -> Callable[[Any], Any]:
        known = self.vocabulary.of(kind) if kind in self.vocabulary.kinds else self.vocabulary.all
        target = known.get(column.name) or self.vocabulary.all.get(column.name)
        if target is None:
            return partial(_nested, column.name)
        if column.part:
            inner = parts_of(target)[column.part]
            wording = self.vocabulary.wording(kind, target, column.part) if kind in self.vocabulary.kinds else {}
            return text if inner.kind == "text" else partial(one, field=inner, wording=wording)
        wording = (
            self.vocabulary.wording(kind, target) if kind in self.vocabulary.kinds or target.name == "kind" else {}
        )
        if target.kind in SEVERAL and not column.item:
            return partial(several, field=target, wording=wording)
        if target.kind == "persons":
            return lambda cell: several(cell, target, wording)[0]
        return text if target.kind == "text" else partial(one, field=target, wording=wording)


@dataclass
class RowReading:
    """A row's answers, and where each came from."""

    columns: TableColumns
    row: TableRow
    answers: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[Column, Problem]] = field(default_factory=list)
    items: dict[str, list[int]] = field(default_factory=dict)
    label: str = ""

    def column_of(self, name: str) -> Column | None:
        """The column in which an answer stands, or stood; None where no column holds it."""
        places = {(column.name, column.item, column.part): column for column in self.columns.columns}
        steps = name.split(".")
        for length in range(len(steps), 0, -1):
            base, rest = ".".join(steps[:length]), steps[length:]
            if (base, 0, "") in places:
                return places[base, 0, ""]
            if base in self.items and rest and rest[0].isdigit() and int(rest[0]) <= len(self.items[base]):
                item = self.items[base][int(rest[0]) - 1]
                part = ".".join(rest[1:])
                return places.get((base, item, part)) or places.get((base, item, ""))
        numbered = [column for column in self.columns.columns if column.name == name]
        return numbered[0] if numbered else None

    def spoilt(self) -> Iterator[str]:
        """The fields whose cells made no answer, so that they are not said to be missing as well."""
        for column, _ in self.problems:
            yield column.name


def _nested(name: str, cell: Any) -> Any:
    """Answers nested as in an answers file."""
    if not isinstance(cell, Mapping):
        raise BadCell("is not a table of answers.", f"Write its fields one by one: {name}.….")
    return cell


def _twice(column: Column, other: str) -> Problem:
    return Problem(
        f"names {column.name or ROW}, which the column “{' '.join(other.split())[:60]}” holds already.",
        hint="Keep one of them.",
        code="twice",
    )


def _said(words: str) -> str:
    return folded(words.strip().rstrip("*:?").strip())


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in answers.items()}


def _merge(answers: dict[str, Any], name: str, value: Any) -> None:
    """Set an answer; a table is laid over what is there."""
    if type(value) is not str and isinstance(value, Mapping):
        for key, inner in value.items():
            _merge(answers, f"{name}.{key}", inner)
    elif value is not None:
        try:
            put(answers, name, value)
        except AttributeError:  # something else than a table stands on the way; the model says so
            answers[name] = value


def _without_none(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {name: value for name, value in item.items() if value is not None}
