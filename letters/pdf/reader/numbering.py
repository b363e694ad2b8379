"""Word's numbering: the levels of each list, and the label of each paragraph in turn."""

from __future__ import annotations

import re
from itertools import islice

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters.docx.attribute_values import flag, number_of, value_of
from letters.docx.names import Node, w
from letters.errors import LettersError, Problem
from letters.pdf.numerals import format_number
from letters.pdf.reader.formats import Props, paragraph_properties, run_properties
from letters.pdf.reader.styles import Styles

_LEVELS = 9
"""The most a list can have (17.9.6)."""
_PLACE = pattern("%([1-9])")
"""In the text of a level: where the number of a level goes."""
_LONGEST_LABEL = 255
_MOST_LABELS = 200


class Level(Struct, frozen=True):
    """One level of a list (17.9.6)."""

    start: int
    format: str
    text: str
    suffix: str
    align: str
    restart: int | None
    legal: bool
    paragraph: Props
    run: Props
    style: str


class NumberedList(Struct, frozen=True):
    """A list, as the file describes it."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]
    """Levels that this list restarts, and their first numbers (17.9.27)."""
    labels: dict[tuple[object, ...], str] = field(default_factory=dict)
    """The texts of labels so far, by their level and the counters."""


class Numbering:
    """``word/numbering.xml``, and its counters so far.

    Args:
        lists: those that have been read already, in this letter or others with the same styles and lists.
    """

    def __init__(self, root: Node | None, styles: Styles, lists: dict[str, NumberedList | None]) -> None:
        self._styles, self._lists = styles, lists
        self._begun: set[str] = set()
        self._counters: dict[str, dict[int, int]] = {}
        self._abstract: dict[str, Node] = {}
        self._nums: dict[str, Node] = {}
        if root is None:
            return
        # What has no id, nothing refers to.
        self._abstract = {
            name: node for node in root.iterchildren(w("abstractNum")) if (name := node.get(w("abstractNumId")))
        }
        self._nums = {name: node for node in root.iterchildren(w("num")) if (name := node.get(w("numId")))}
        self._order = {name: at for at, name in enumerate(sorted(self._abstract))}

    def _list(self, list_id: str) -> NumberedList | None:
        """A list, read on first use: a file has many that no paragraph uses."""
        if list_id not in self._lists:
            node = self._nums.get(list_id)
            abstract = "" if node is None else self._resolve(value_of(node, "abstractNumId") or "")
            known = node is not None and abstract in self._abstract
            self._lists[list_id] = self._read_list(node, abstract) if known and node is not None else None
        return self._lists[list_id]

    def _resolve(self, abstract: str, depth: int = 0) -> str:
        """Follow ``numStyleLink``: the numbering style defines the list (17.9.21)."""
        node = self._abstract.get(abstract)
        link = value_of(node, "numStyleLink")
        if link and depth < 5:
            for chained in reversed(self._styles.chain(link)):
                if chained.number and chained.number[0] in self._nums:
                    return self._resolve(value_of(self._nums[chained.number[0]], "abstractNumId") or "", depth + 1)
        return abstract

    def _read_list(self, node: Node, abstract: str) -> NumberedList:
        levels = dict(map(self._read_level, islice(self._abstract[abstract].iterchildren(w("lvl")), _LEVELS)))
        starts = {}
        for override in islice(node.iterchildren(w("lvlOverride")), _LEVELS):
            level = int(number_of(override.get(w("ilvl"))))
            if (own := override.find(w("lvl"))) is not None:
                levels[level] = self._read_level(own)[1]
            if (start := value_of(override, "startOverride")) is not None:
                starts[level] = int(number_of(start, 1))
        return NumberedList(abstract, levels, starts)

    def _read_level(self, node: Node) -> tuple[int, Level]:
        restart = value_of(node, "lvlRestart")
        text_node = node.find(w("lvlText"))
        text = "" if text_node is None else text_node.get(w("val"), "")
        if len(text) > _LONGEST_LABEL:
            raise LettersError(
                Problem(f"The number format of a list is {len(text)} characters long.", where="numbering")
            )
        return int(number_of(node.get(w("ilvl")))), Level(
            start=int(number_of(value_of(node, "start"), 0 if node.find(w("start")) is None else 1)),
            format=value_of(node, "numFmt") or "decimal",
            text=text,
            suffix=value_of(node, "suff") or "tab",
            align={"start": "left", "end": "right"}.get(
                value_of(node, "lvlJc") or "left", value_of(node, "lvlJc") or "left"
            ),
            restart=None if restart is None else int(number_of(restart)),
            legal=flag(node, "isLgl"),
            paragraph=paragraph_properties(node.find(w("pPr"))),
            run=run_properties(node.find(w("rPr")), self._styles.fonts),
            style=value_of(node, "pStyle") or "",
        )

    def level(self, list_id: str, level: int) -> Level | None:
        found = self._list(list_id)
        return None if found is None else found.levels.get(level)

    def level_of_style(self, list_id: str, style_ids: list[str]) -> int | None:
        """The level linked to a paragraph style (17.9.23)."""
        found = self._list(list_id)
        for level, described in () if found is None else found.levels.items():
            if described.style and described.style in style_ids:
                return level
        return None

    def abstract_id(self, list_id: str) -> int:
        found = self._list(list_id)
        return self._order.get(found.abstract, -1) if found else -1

    def next(self, list_id: str, level: int) -> str:
        """Count one paragraph, and return the text of its label."""
        found = self._list(list_id)
        assert found is not None
        counters = self._counters.setdefault(found.abstract, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            for at, start in found.starts.items():
                counters[at] = start - 1
                for deeper in [key for key in counters if key > at]:
                    del counters[deeper]
        for above in range(level):
            counters.setdefault(above, found.levels[above].start if above in found.levels else 1)
        start = found.levels[level].start
        counters[level] = counters[level] + 1 if level in counters else start
        for deeper in [key for key in counters if key > level]:
            after = found.levels[deeper].restart if deeper in found.levels else None
            if after is None or (after > 0 and level < after):
                del counters[deeper]
        return self._label(found, level, counters)

    def label(self, list_id: str, level: int) -> str:
        """The label that this level shows now, without counting a paragraph."""
        found = self._list(list_id)
        return "" if found is None or level not in found.levels else self._label(found, level, self._of(found))

    def counts(self, list_id: str, level: int) -> tuple[int, ...]:
        """The numbers of the levels down to this one, as they are now."""
        found = self._list(list_id)
        counters = {} if found is None else self._of(found)
        return tuple(counters.get(at, 0) for at in range(level + 1))

    def _of(self, found: NumberedList) -> dict[int, int]:
        return self._counters.setdefault(found.abstract, {})

    def _label(self, found: NumberedList, level: int, counters: dict[int, int]) -> str:
        described = found.levels[level]

        key = level, *counters.items()
        known = found.labels.get(key)
        if known is not None:
            return known

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shape = found.levels[at].format if at in found.levels else "decimal"
            if described.legal and shape not in ("none", "bullet"):
                shape = "decimal"
            return format_number(counters.get(at, 1), shape)

        if described.format == "none":
            return ""
        return remember(found.labels, _MOST_LABELS, key, _PLACE.sub(number, described.text))
