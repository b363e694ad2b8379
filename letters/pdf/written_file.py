"""Reads back a PDF that this package has just written: its pages, fonts and structure tree.

Only what our writers write is understood, strictly by the table of references at its end (ISO 32000-1, 7.5.7, 7.5.8);
for anything else there is `pdf_file`, which takes longer to load and to read.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import groupby, pairwise, repeat
from operator import itemgetter
from typing import Any

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.pdf.decoded_text import (
    SHOWING,
    DecodedFont,
    GlyphWidths,
    PageReader,
    PageText,
    PdfWords,
    gathered,
    is_ours,
    written_blocks,
    written_instructions,
)

_TOKEN = pattern(
    r"\s*(?:(?P<begin><<|\[)|(?P<end>>>|\])|(?P<reference>\d+) 0 R|(?P<number>-?\d*\.\d*|-?\d+)"
    r"|(?P<simple>/[^\s/<>\[\]()]+|<[0-9A-Fa-f]*>|\((?:[^\\()]|\\.)*\)|true|false|null)|(?P<other>\S+))\s*",
    re.DOTALL,
)
_STREAM = pattern(rb"(\d+) 0 obj\n(<<.*?>>)\nstream\n", re.DOTALL)


class OtherSyntax(Exception):
    """The file, or something in it, is written in another way than ours."""


class Reference(int):
    """The number of an object."""


def words_of_written(data: bytes) -> PdfWords:
    """The text of a tagged PDF, and where it is painted.

    Raises:
        OtherSyntax: the file is not written as ours are.
    """
    try:
        return _OwnFile(data).words()
    except (IndexError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise OtherSyntax from error


@lru_cache(maxsize=6_000)
def _parsed(source: str) -> Any:
    """An object: a dictionary or a list, which nobody changes, a number, a reference; all else stays as it is written.

    Letters of one kind have most objects in common.
    """
    content: list[Any] = []
    outer: list[tuple[str, list[Any]]] = []
    for found in _TOKEN.finditer(source):
        kind, token = found.lastgroup, found[found.lastindex or 0]
        if kind == "simple":
            content.append(token)
        elif kind == "reference":
            content.append(Reference(token))
        elif kind == "number":
            content.append(float(token) if "." in token else int(token))
        elif kind == "begin":
            outer.append((token, content))
            content = []
        elif kind == "end":
            begun, around = outer.pop()
            if begun == "<<" and token == ">>":
                around.append(dict(zip(content[::2], content[1::2], strict=True)))
            elif begun == "[" and token == "]":
                around.append(content)
            else:
                raise OtherSyntax(source)
            content = around
        else:
            raise OtherSyntax(token)
    (value,) = content
    if outer:
        raise OtherSyntax(source)
    return value


class _Glyphs:
    """The texts and widths of glyphs on which the subsets of one font agree, in all files read so far."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[str, float]] = {}


_AGREED: dict[str, _Glyphs] = {}
_MOST_FONTS = 100


class _Subset(Struct, frozen=True):
    """A font of one file."""

    font: DecodedFont
    glyphs: _Glyphs
    codes: frozenset[int]
    """Those of the glyphs that this subset has."""


@lru_cache(maxsize=_MOST_FONTS)
def _font(name: str, source: bytes, widths: str) -> _Subset:
    """A font.

    Args:
        name: of the font, without that of the subset.
        source: its compressed ToUnicode map.
        widths: the object with its widths.
    """
    font = DecodedFont(zlib.decompress(source), partial(_widths, widths))
    own, agreed = font.known(), _AGREED.get(name)
    if agreed is None or any(agreed.known.get(code, glyph) != glyph for code, glyph in own.items()):
        agreed = remember(_AGREED, _MOST_FONTS, name, _Glyphs())
    agreed.known.update(own)
    return _Subset(font, agreed, frozenset(own))


def _widths(source: str) -> GlyphWidths:
    font = _parsed(source)
    values = font.get("/W", [])
    known = [
        (first + more, width / 1000)
        for first, widths in zip(values[::2], values[1::2], strict=True)
        for more, width in enumerate(widths)
    ]
    return GlyphWidths(font.get("/DW", 1000) / 1000, known)


class _Point:
    """A point between two blocks: what decides what the next block shows, and the blocks read there so far."""

    __slots__ = ("known", "state")

    def __init__(self, state: tuple[Any, ...]) -> None:
        self.state = state
        self.known: dict[bytes, _Block] = {}


class _Block(Struct):
    """What a block shows."""

    content: bytes
    before: _Point
    texts: list[PageText]
    after: _Point
    having: tuple[_Subset, ...]
    """The last fonts that were found to have its glyphs."""
    used: dict[str, set[int]] | None = None
    """The codes of these glyphs, by the names of the fonts, once they are asked for: most new blocks come but once."""

    def is_in(self, fonts: dict[str, _Subset]) -> bool:
        """Whether these fonts have all its glyphs."""
        if self.used is None:
            shown = _strings(written_instructions(self.content), self.before.state[0])
            self.used = {name: set[int]().union(*map(fonts[name].font.split, each)) for name, each in shown.items()}
        return all(codes <= fonts[name].codes for name, codes in self.used.items())


class _Blocks:
    """The blocks of pages read so far, a limited number; letters of one kind have most blocks in common."""

    most, longest = 4_000, 10_000

    def __init__(self) -> None:
        self.points: dict[tuple[object, ...], _Point] = {}
        self.count = 0

    def point(self, glyphs: tuple[object, ...], state: tuple[Any, ...]) -> _Point:
        """The point where these fonts and this state decide what comes next."""
        key = glyphs, state
        if key not in self.points:
            self.points[key] = _Point(state)
        return self.points[key]

    def keep(self, block: _Block) -> None:
        if len(block.content) > self.longest:
            return
        if self.count >= self.most:
            for each in list(self.points.values()):
                each.known.clear()
            self.points.clear()
            self.count = 0
        block.before.known[block.content] = block
        self.count += 1


_BLOCKS = _Blocks()


def _shown(content: bytes, fonts: dict[str, _Subset]) -> list[PageText]:
    """What a page shows."""
    reader, found = PageReader(lambda name: fonts[name].font, positions=True), list[PageText]()
    glyphs = tuple([(name, font.glyphs) for name, font in fonts.items()])
    subsets = tuple(fonts.values())
    point: _Point | None = _BLOCKS.point(glyphs, reader.state or ())
    ours = False
    for block in written_blocks(content):
        if point is not None and (known := point.known.get(block)) is not None:
            if known.having != subsets and known.is_in(fonts):
                known.having = subsets
            if known.having == subsets:
                point = known.after
                found += known.texts
                continue
        ours = ours or is_ours(content)
        if not ours:
            raise OtherSyntax
        if point is not None:
            reader.state = point.state
        texts = _by_mark(list(reader.read(written_instructions(block))))
        found += texts
        before, after = point, reader.state
        point = None if after is None else _BLOCKS.point(glyphs, after)
        if before is not None and point is not None:
            _BLOCKS.keep(_Block(block, before, texts, point, subsets))
    return found


def _by_mark(texts: list[PageText]) -> list[PageText]:
    """The same with one text for all in a row that have the same mark."""
    return texts if len(texts) < 2 else [_joined(list(group)) for _, group in groupby(texts, key=itemgetter(0))]


def _joined(texts: list[PageText]) -> PageText:
    """One text of several with the same mark."""
    placed = tuple([place for text in texts for place in text.placed])
    return PageText(texts[0].mark, "".join([text.text for text in texts]), placed)


def _strings(instructions: Iterable[tuple[str, Any]], name: Any) -> dict[str, list[bytes]]:
    """The strings that are shown, by the names of their fonts, beginning with the font ``name``."""
    shown: dict[str, list[bytes]] = {}
    for operator, operands in instructions:
        if operator == "Tf":
            name = operands[0]
        elif operator in SHOWING and name:
            shown.setdefault(name, []).extend([piece for piece in operands if isinstance(piece, bytes)])
    return shown


def _table(rows: bytes, *widths: int) -> list[tuple[int, ...]]:
    """Kind, place and index of each object, in fields of these widths, in bytes."""
    if set(widths) <= _CODES.keys():  # that of any file of less than 64 KB
        return list(struct.iter_unpack(">" + "".join([_CODES[width] for width in widths]), rows))
    ends = [sum(widths[:at]) for at in range(len(widths) + 1)]
    return [
        tuple([int.from_bytes(rows[at + one : at + other], "big") for one, other in pairwise(ends)])
        for at in range(0, len(rows), ends[-1])
    ]


_CODES = {1: "B", 2: "H", 4: "I"}


class _KnownTree(Struct, frozen=True):
    """A structure tree that has been read."""

    elements: list[Reference]
    last: Reference
    rows: list[tuple[int, ...]]
    """Where each is, all of them in one stream of objects."""
    places: list[int]
    """The index of each in that stream."""
    sources: list[str]
    """As each is written."""
    order: list[tuple[int, int]]

    def is_in(self, file: _OwnFile) -> bool:
        """Whether a file has the same elements, in the same places and written in the same way."""
        table = file.table
        if self.last >= len(table) or list(map(table.__getitem__, self.elements)) != self.rows:
            return False
        return list(map(file.objects(self.rows[0][1]).__getitem__, self.places)) == self.sources


_TREES: dict[tuple[str, tuple[Reference, ...]], _KnownTree] = {}
"""By the root of the tree, as it is written, and the pages."""
_MOST_TREES, _LARGEST_TREE = 32, 2_000


class _OwnFile:
    """A file, opened at its table of references."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        if not data.startswith(b"%PDF-1.7\n") or not data.endswith(b"\n%%EOF\n"):
            raise OtherSyntax
        start = int(data[data.rindex(b"startxref\n") + 10 : -7])
        extra, rows = self._stream_at(start)
        widths: list[int] = extra["/W"]
        if len(widths) != 3 or extra["/Index"] != [0, extra["/Size"]]:
            raise OtherSyntax
        self.table = _table(rows, *widths)
        self.root = self.get(extra["/Root"])

    def _stream_at(self, place: int, number: int | None = None) -> tuple[dict[str, Any], bytes]:
        """The dictionary and the content of a stream, as it is stored or decompressed."""
        extra, raw = self._raw_stream(place, number)
        return extra, zlib.decompress(raw) if extra.get("/Filter") == "/FlateDecode" else raw

    def _raw_stream(self, place: int, number: int | None = None) -> tuple[dict[str, Any], bytes]:
        match = _STREAM.match(self.data, place)
        if match is None or (number is not None and int(match[1]) != number):
            raise OtherSyntax
        extra: dict[str, Any] = _parsed(match[2].decode("ascii"))
        end = match.end() + extra["/Length"]
        if self.data[end : end + 18] != b"\nendstream\nendobj\n":
            raise OtherSyntax
        return extra, self.data[match.end() : end]

    @lazy_property
    def _held(self) -> dict[int, list[str]]:
        """The objects in each stream of objects, by its number."""
        return {}

    def source(self, reference: Any) -> str:
        """An object that is not a stream, as it is written."""
        if not isinstance(reference, Reference):
            raise OtherSyntax
        kind, holder, at = self.table[reference]
        if kind != 2:
            raise OtherSyntax
        return self.objects(holder)[at]

    def objects(self, holder: int) -> list[str]:
        """The objects in a stream of objects, as they are written."""
        if holder not in self._held:
            kind, place, _ = self.table[holder]
            extra, content = self._stream_at(place, holder)
            said = content.decode("ascii")
            first = extra["/First"]
            index = list(map(int, said[:first].split()))
            if kind != 1 or extra["/Type"] != "/ObjStm" or len(index) != 2 * extra["/N"]:
                raise OtherSyntax
            places = [*map(first.__add__, index[1::2]), len(said)]
            self._held[holder] = list(map(said.__getitem__, map(slice, places, places[1:])))
            rows = zip(repeat(2), repeat(holder), range(extra["/N"]), strict=False)
            if list(map(self.table.__getitem__, index[::2])) != list(rows):
                raise OtherSyntax
        return self._held[holder]

    def get(self, value: Any) -> Any:
        """A value, or what it refers to."""
        return _parsed(self.source(value)) if isinstance(value, Reference) else value

    def stream(self, reference: Reference) -> tuple[dict[str, Any], bytes]:
        """The dictionary of a stream and its bytes as they are stored."""
        kind, place, _ = self.table[reference]
        if kind != 1:
            raise OtherSyntax
        return self._raw_stream(place, reference)

    def words(self) -> PdfWords:
        """Its text."""
        pages: list[Reference] = self.get(self.root["/Pages"])["/Kids"]
        texts, fonts = [], dict[Reference, dict[str, _Subset]]()
        for page in map(self.get, pages):
            extra, packed = self.stream(page["/Contents"])
            content = zlib.decompress(packed) if extra.get("/Filter") == "/FlateDecode" else packed
            resources = page["/Resources"]
            if resources not in fonts:
                fonts[resources] = {
                    name: self.font(font) for name, font in self.get(self.get(resources)["/Font"]).items()
                }
            texts.append(_shown(content, fonts[resources]))
        return gathered(texts, self._order(pages))

    def font(self, reference: Reference) -> _Subset:
        """A composite font."""
        font = self.get(reference)
        extra, texts = self.stream(font["/ToUnicode"])
        (inner,) = font["/DescendantFonts"]
        if font["/Subtype"] != "/Type0" or extra["/Filter"] != "/FlateDecode":
            raise OtherSyntax
        return _font(font["/BaseFont"].partition("+")[2], texts, self.source(inner))

    def _order(self, pages: list[Reference]) -> list[tuple[int, int]]:
        """The page and mark of every piece of content, along the structure tree (14.7.4).

        Letters of one kind often have the same tree: if it is written as in an earlier file, it has the same order.
        """
        root = self.root["/StructTreeRoot"]
        key = self.source(root), tuple(pages)
        known = _TREES.get(key)
        if known is not None and known.is_in(self):
            return known.order
        numbers, elements = {page: at for at, page in enumerate(pages)}, list[Reference]()
        order = list(self._marks_in_order(self.get(root)["/K"], numbers, elements))
        rows = [self.table[each] for each in elements]
        if len({holder for _, holder, _ in rows}) == 1 and len(rows) <= _LARGEST_TREE:
            places = [at for _, _, at in rows]
            known = _KnownTree(elements, max(elements), rows, places, list(map(self.source, elements)), order)
            remember(_TREES, _MOST_TREES, key, known)
        return order

    def _marks_in_order(
        self, kids: list[Any], numbers: dict[Reference, int], elements: list[Reference]
    ) -> Iterator[tuple[int, int]]:
        """The same, read anew.

        Args:
            numbers: of the pages, from 0.
            elements: gets every element that is looked at.
        """
        waiting: list[tuple[Any, int | None]] = [(kid, None) for kid in reversed(kids)]
        while waiting:
            kid, page = waiting.pop()
            if type(kid) is int:
                if page is not None:
                    yield page, kid
                continue
            node = self.get(kid)
            if isinstance(kid, Reference):
                elements.append(kid)
            if "/Pg" in node:
                page = numbers.get(node["/Pg"], page)
            if "/MCID" in node:
                if page is not None:
                    yield page, node["/MCID"]
            elif "/K" in node:
                waiting += [(each, page) for each in reversed(node["/K"])]
