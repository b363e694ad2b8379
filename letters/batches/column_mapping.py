"""Maps the columns of a table to fields, and the cells of a row to answers.

A heading is a field's dotted name, its title or its question. A field that holds several answers takes one column, with
the answers separated by semicolons, or numbered columns: `copies.1`, “Copies 2”, `request.earlier.1.day`, “Persons
responsible 1 name”.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from msgspec import Struct, field

from letters._text.english import folded_words
from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.batches.cells import BadCell, answer_of, answers_of, is_blank, text_of
from letters.batches.field_lookup import FieldLookup, normalized
from letters.batches.row_source import TableRow, column_letters
from letters.errors import Problem
from letters.model.by_answers import steps_of
from letters.model.fields import Field, fields_of_model, put
from letters.model.office import Person

SEVERAL = ("list", "choices", "persons", "group")
_MOST_PROBLEMS = 100  # with headings, that are reported
_MOST_KINDS, _READ_KEPT = 200, 200
_Reader = Callable[[Any], Any]
_Reading = tuple[int, _Reader | None, tuple[str, ...] | None, str, "Column"]
"""The place of a column; what reads its cells, which is None for row numbers; the group that its texts go into, which
is None if that is not certain; their name there; and the column."""
ROW = "row"  # a column of this name holds the number of each row
_NUMBERED = pattern(r"(?P<base>.*?)[\s.,:#_-]*\(?(?P<number>\d{1,3})\)?(?:[\s.,:_-]+(?P<part>\S.*))?")


def parts_of(target: Field) -> dict[str, Field]:
    """The parts of one entry, for a field whose entries have parts."""
    if target.kind == "persons":
        return dict(fields_of_model(Person))
    return {part.name: part for part in target.parts}


class Column(Struct, frozen=True):
    """What one column holds: a field, one item of it, or one part of an item; or the number of the row.

    Args:
        place: of the column; the first is 0.
        name: of the field, dotted.
        item: which item of the field, from 1; 0 is the whole field.
        part: of the item; empty for the whole item.
    """

    place: int
    name: str
    item: int = 0
    part: str = ""


class TableColumns(Struct, dict=True):
    """The columns of a table, or the keys of one JSON row.

    Args:
        headings: or keys.
        lookup: what they may mean.
        ignored: places of columns to leave out.
        columns: those whose headings name a field.
        problems: headings that name no field, more than one, or one that is taken; each with its place.
    """

    headings: tuple[str, ...]
    lookup: FieldLookup
    ignored: frozenset[int] = frozenset()
    columns: list[Column] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    _readings: dict[str, list[_Reading]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken: dict[str, dict[int, dict[str, int]]] = {}
        for place, heading in enumerate(self.headings):
            if place in self.ignored:
                continue
            found = self._column(place, heading)
            if isinstance(found, Problem):
                self.problems.append((place, found))
                continue
            clash = self._clash(found, taken)
            if clash is not None:
                self.problems.append((place, _twice(found, self.headings[clash])))
                continue
            taken.setdefault(found.name, {}).setdefault(found.item, {})[found.part] = place
            self.columns.append(found)
        if len(self.problems) > _MOST_PROBLEMS:
            place, more = self.problems[_MOST_PROBLEMS][0], len(self.problems) - _MOST_PROBLEMS - 1
            problem = Problem(
                f"and {more:,} more columns cannot be used either.", hint="Correct these first.", code="heading"
            )
            self.problems[_MOST_PROBLEMS:] = [(place, problem)]

    def _column(self, place: int, heading: str) -> Column | Problem:
        if not heading.strip():
            hint = f"Give the column a heading, delete it, or use --ignore-columns {column_letters(place)}."
            return Problem("has no heading.", hint=hint, code="heading")
        if folded_words(heading) == ROW:
            return Column(place, ROW)
        names = self.lookup.named(heading)
        if len(names) == 1:
            return Column(place, next(iter(names)))
        if names:
            return Problem(
                "could mean more than one field.", hint=f"Write one of: {', '.join(sorted(names))}.", code="heading"
            )
        return self._whole(place, heading) or self._numbered(place, heading) or self._unknown(heading)

    def _whole(self, place: int, heading: str) -> Column | None:
        """A group of answers, as nested JSON has them: `request`."""
        nested = any(name.startswith(f"{heading}.") for name in self.lookup.all)
        return Column(place, heading) if nested else None

    def _numbered(self, place: int, heading: str) -> Column | Problem | None:
        match = _NUMBERED.fullmatch(heading.strip())
        if not match:
            return None
        names = self.lookup.named(match["base"])
        if len(names) != 1:
            return None
        target = self.lookup.all[next(iter(names))]
        if target.kind not in SEVERAL:
            return Problem(
                f"is numbered, but {target.name} holds a single answer.", hint="Remove the number.", code="heading"
            )
        item, parts = int(match["number"]), parts_of(target)
        if not parts:
            return None if match["part"] else Column(place, target.name, item)
        if not match["part"]:
            return Column(place, target.name, item) if target.kind == "persons" else None
        spellings = {normalized(part.name): name for name, part in parts.items()}
        spellings |= {normalized(part.title): name for name, part in parts.items()}
        part = spellings.get(normalized(match["part"]))
        if part is None:
            near = get_close_matches(normalized(match["part"]), spellings, n=1)
            close = f"Did you mean {target.name}.{item}.{spellings[near[0]]}?" if near else ""
            hint = close or f"The parts are: {', '.join(parts)}."
            return Problem(f"does not name a part of {target.name}.", hint=hint, code="heading")
        return Column(place, target.name, item, part)

    def _unknown(self, heading: str) -> Problem:
        near = self.lookup.nearest(heading) if len(self.problems) < _MOST_PROBLEMS else ""
        kinds = self.lookup.kinds
        command = f"letters fields {kinds[0] if len(kinds) == 1 else 'KIND'}"
        hint = f"Did you mean {near}?" if near else f"`{command}` lists the fields."
        words = " ".join(heading.split())
        ignored = f' To leave the column out, use --ignore-columns "{words}".' if len(words) <= 60 else ""
        return Problem("is not a field of a letter.", hint=f"{hint}{ignored}", code="heading")

    def _clash(self, new: Column, taken: Mapping[str, Mapping[int, Mapping[str, int]]]) -> int | None:
        """The place of the column that already holds all or part of what this one holds."""
        items = taken.get(new.name, {})
        if not new.item:
            parts = next(iter(items.values()), {})
            return next(iter(parts.values()), None)
        parts = items.get(0) or items.get(new.item, {})
        if not new.part or 0 in items:
            return next(iter(parts.values()), None)
        return parts.get("", parts.get(new.part))

    @lazy_property
    def places(self) -> dict[tuple[str, int, str], Column]:
        """The columns by what they hold: name, item, part."""
        return {(column.name, column.item, column.part): column for column in self.columns}

    # --- a row ---------------------------------------------------------------------------------------------------

    def read(self, row: TableRow, constants: Mapping[str, Any], kind: str | None) -> ParsedRow:
        """The answers in a row, on top of those that all rows share. Blank cells change nothing."""
        reading = ParsedRow(self, row)
        answers = reading.answers = _copied(constants)
        if kind is not None:
            answers["kind"] = kind
        own = kind or self._kind(row, constants)
        groups: dict[tuple[str, ...], dict[str, Any] | None] = {}
        grouped: dict[str, dict[int, Any]] = {}
        cells: Sequence[Any] = row.cells
        if len(cells) < len(self.headings):
            cells = [*cells, *[None] * (len(self.headings) - len(cells))]
        for place, read, path, last, column in self._reading_for(own):
            cell = cells[place]
            if type(cell) is str:
                if not cell or cell.isspace():
                    continue
                if read is text_of and cell[0].isalpha() and path in groups and (group := groups[path]) is not None:
                    group[last] = cell  # as below, and sooner
                    continue
            elif is_blank(cell):
                continue
            if read is None:
                reading.label = str(cell).strip()
                continue
            try:
                value = read(cell)
            except BadCell as bad:
                reading.problems.append((column, bad.problem))
                value = None
            if path is not None and type(value) is str:
                group = groups.get(path)
                if group is None:
                    group = groups[path] = _group_in(answers, path)
                if group is None:
                    _put(answers, column.name, value)
                else:
                    group[last] = value
            elif not column.item:
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
        """The kind of letter a row asks for, or that all rows share."""
        for column in self.columns:
            if column.name == "kind" and column.place < len(row.cells) and not is_blank(row.cells[column.place]):
                said = str(row.cells[column.place]).strip()
                return self.lookup.choices("", self.lookup.all["kind"]).get(folded_words(said), said)
        return str(constants.get("kind", ""))

    def _reading_for(self, kind: str) -> list[_Reading]:
        """How each column is read in rows of one kind."""
        found = self._readings.get(kind)
        if found is None:
            if len(self._readings) > _MOST_KINDS:  # a column of kinds may hold anything
                self._readings.clear()
            found = self._readings[kind] = [self._reading(column, kind) for column in self.columns]
        return found

    def _reading(self, column: Column, kind: str) -> _Reading:
        *path, last = steps_of(column.name)
        around = {".".join(path[:length]) for length in range(1, len(path) + 1)}
        is_single = not column.item and around.isdisjoint(each.name for each in self.columns)
        reader = None if column.name == ROW else self._new_reader(column, kind)
        return column.place, reader, tuple(path) if is_single else None, last, column

    def _new_reader(self, column: Column, kind: str) -> _Reader:
        known = self.lookup.of(kind) if kind in self.lookup.kinds else self.lookup.all
        target = known.get(column.name) or self.lookup.all.get(column.name)
        if target is None:
            return partial(_nested, column.name)
        if column.part:
            inner = parts_of(target)[column.part]
            choices = self.lookup.choices(kind, target, column.part) if kind in self.lookup.kinds else {}
            return text_of if inner.kind == "text" else _remembering(partial(answer_of, field=inner, choices=choices))
        is_known = kind in self.lookup.kinds or target.name == "kind"
        choices = self.lookup.choices(kind, target) if is_known else {}
        if target.kind in SEVERAL and not column.item:
            return partial(answers_of, field=target, choices=choices)
        if target.kind == "persons":
            return lambda cell: answers_of(cell, target, choices)[0]
        return text_of if target.kind == "text" else _remembering(partial(answer_of, field=target, choices=choices))


def _remembering(read: _Reader) -> _Reader:
    """A reader of choices, dates and the like, which many rows have in common, that reads the same text once."""
    known: dict[str, Any] = {}

    def read_or_known(cell: Any) -> Any:
        if type(cell) is not str:
            return read(cell)
        if cell not in known:
            remember(known, _READ_KEPT, cell, read(cell))
        return known[cell]

    return read_or_known


class ParsedRow(Struct):
    """A row's answers, and the column each came from.

    Args:
        problems: cells that cannot be read as answers.
        items: the numbers of the items of each field that has numbered columns.
        label: what the column ``row`` holds.
    """

    columns: TableColumns
    row: TableRow
    answers: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[Column, Problem]] = field(default_factory=list)
    items: dict[str, list[int]] = field(default_factory=dict)
    label: str = ""

    def column_of(self, name: str) -> Column | None:
        """The column that holds an answer, or part of it; None if no column does."""
        places = self.columns.places
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

    def unreadable(self) -> Iterator[str]:
        """The fields whose cells could not be read, so that they are not also reported as missing."""
        for column, _ in self.problems:
            yield column.name


def _nested(name: str, cell: Any) -> Any:
    """Answers nested as in an answers file."""
    if not isinstance(cell, Mapping):
        raise BadCell("is not a group of answers.", f"Give its fields one by one: {name}.…")
    return cell


def _twice(column: Column, other: str) -> Problem:
    return Problem(
        f"names {column.name or ROW}, which the column “{' '.join(other.split())[:60]}” already holds.",
        hint="Keep one of them.",
        code="twice",
    )


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in answers.items()}


def _merge(answers: dict[str, Any], name: str, value: Any) -> None:
    """Set an answer; a group of answers is merged with what is there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _merge(answers, f"{name}.{key}", inner)
    elif value is not None:
        _put(answers, name, value)


def _group_in(answers: dict[str, Any], path: Iterable[str]) -> dict[str, Any] | None:
    """The group of answers at a path, made if it is not there; None if something else is in the way."""
    for step in path:
        answers = answers.setdefault(step, {})
        if type(answers) is not dict:
            return None
    return answers


def _put(answers: dict[str, Any], name: str, value: Any) -> None:
    try:
        put(answers, name, value)
    except AttributeError:  # something other than a group is in the way; the model will report it
        answers[name] = value


def _without_none(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {name: value for name, value in item.items() if value is not None}
