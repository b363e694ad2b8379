"""The line of each table and key in a prompt file: `tomli` says what a file contains, but not where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern

_HEADER = pattern(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = pattern(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")


class TableLines(Struct):
    """One table of a prompt file: the line where it begins, the line of each key, and the tables inside it."""

    line: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    within: list[TableLines] = field(default_factory=list)

    def of(self, key: str) -> int:
        """The line of a key, or else of the table; 0 if it is not known."""
        return self.keys.get(key, self.line)


def table_lines(text: str, data: Mapping[str, object]) -> TableLines:
    """The whole file with its sections, their questions and their items, in order.

    Tables not written with a header of their own have no line.
    """
    file = TableLines()
    table = file
    for number, line in _lines_outside_texts(text):
        if header := _HEADER.match(line):
            steps = [step.strip().strip("\"'") for step in header[1].split(".")]
            table = _opened(file, steps, number)
        elif key := _KEY.match(line):
            table.keys.setdefault(key[1].split(".")[0].strip().strip("\"'"), number)
    _drop_lines_unless_alike(file, data.get("section"), ("question", "item"))
    return file


def _opened(file: TableLines, steps: Sequence[str], number: int) -> TableLines:
    depth = {("section",): 0, ("section", "question"): 1, ("section", "question", "item"): 2}.get(tuple(steps))
    if depth is None:  # [section.question.default_by], or [set]
        holder, names = file, list(steps)
        while names and names[0] in ("section", "question", "item") and holder.within:
            holder = holder.within[-1]
            names.pop(0)
        holder.keys.setdefault(names[0] if names else "", number)
        return TableLines(number) if holder is not file else _table(file, names[0] if names else "", number)
    holder = file
    for _ in range(depth):
        if not holder.within:
            holder.within.append(TableLines())
        holder = holder.within[-1]
    holder.within.append(TableLines(number))
    return holder.within[-1]


def _table(file: TableLines, name: str, number: int) -> TableLines:
    file.keys[name] = number
    return TableLines(number)


def _lines_outside_texts(text: str) -> Iterator[tuple[int, str]]:
    """Lines that may begin a table or a key: not those inside a multi-line text."""
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        yield number, line
        for marks in ('"""', "'''"):
            if line.split("#")[0].count(marks) % 2:
                closing = marks


def _drop_lines_unless_alike(table: TableLines, tables: object, below: Sequence[str]) -> None:
    """Lines are used only where this scan and `tomli` found the same number of tables."""
    entries = [entry for entry in tables if isinstance(entry, dict)] if isinstance(tables, list) else []
    if len(entries) != len(table.within):
        table.within = [TableLines(table.line) for _ in entries]
    if below:
        for inner, entry in zip(table.within, entries, strict=True):
            _drop_lines_unless_alike(inner, entry.get(below[0]), below[1:])
