"""The objects of a PDF file that is written (ISO 32000-1, 7.3), and the file (7.5).

The classes are named as in pydyf, with which WeasyPrint writes, so that `tags.tree` can complete a file of either. Here
every object is written out once, and the same objects give the same bytes.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import md5
from operator import attrgetter
from typing import Any, TypeAlias

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property

Value: TypeAlias = "str | int | float | Object"
"""What a dictionary or an array holds; a ``str`` is written as it is: a name, a reference, a keyword."""
_SPECIAL = pattern(r"([\\()])")
_LEVEL = 1
"""It takes a quarter of the time that level 4 takes, to a file that is larger by four percent."""
_HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


class Object:
    """Anything that can be written. ``number`` is given by the file; objects inside others have none."""

    number = 0
    reference = ""
    """What other objects refer to it by."""

    @property
    def source(self) -> str:
        """As it is written."""
        raise NotImplementedError

    @property
    def data(self) -> bytes:
        """The same as bytes."""
        return self.source.encode("ascii")


def packed(content: bytes) -> bytes:
    """What differs from letter to letter, compressed."""
    return zlib.compress(content, _LEVEL)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:f}".rstrip("0")


class Dictionary(Object, dict[str, Any]):
    """Entries by their names, which are given without the slash."""

    @property
    def source(self) -> str:
        entries = [
            f"/{key} {value if type(value) is str else _WAYS[type(value)](value)}" for key, value in self.items()
        ]
        return f"<<{''.join(entries)}>>"


class Array(Object, list[Any]):
    """Values in order."""

    @property
    def source(self) -> str:
        return f"[{' '.join([_WAYS[type(value)](value) for value in self])}]"


class FixedArray(Array):
    """An array that several files have in common, and that is written out once."""

    @lazy_property
    def source(self) -> str:
        return Array(self).source


class FixedDictionary(Dictionary):
    """A dictionary that several files have in common, with the same number, and that is written out once."""

    @lazy_property
    def source(self) -> str:
        return Dictionary(self).source


class String(Object):
    """A text: literal if it is ASCII, otherwise in UTF-16 (7.9.2.2)."""

    def __init__(self, string: str) -> None:
        self.string = string

    @property
    def source(self) -> str:
        if self.string.isascii():
            escaped = _SPECIAL.sub(r"\\\1", self.string)
            return f"({escaped})"
        return f"<feff{self.string.encode('utf-16-be').hex()}>"


class _Ways(dict[type, Callable[[Any], str]]):
    """How each kind of value is written."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        found = self[kind] = attrgetter("source") if issubclass(kind, Object) else str
        return found


_WAYS = _Ways({float: _number})


class Stream(Object):
    """Bytes with a dictionary that describes them.

    Args:
        stream: pieces of what it holds, not compressed.
        extra: the entries of its dictionary, without its length.
        packed: the same, compressed, if it shall be.
    """

    def __init__(
        self, stream: Iterable[bytes] = (), extra: Mapping[str, Any] | None = None, packed: bytes | None = None
    ) -> None:
        self.stream, self.extra, self.packed = list(stream), dict(extra or {}), packed

    @property
    def data(self) -> bytes:
        """As it is written."""
        content, extra = b"\n".join(self.stream), Dictionary(self.extra)
        if self.packed is not None:
            content, extra["Filter"] = self.packed, "/FlateDecode"
        extra["Length"] = len(content)
        return b"%b\nstream\n%b\nendstream" % (extra.source.encode(), content)


class FixedStream(Stream):
    """A stream that several files have in common, with the same number, and that is written out once."""

    @lazy_property
    def data(self) -> bytes:
        return Stream(self.stream, self.extra, self.packed).data

    @lazy_property
    def digest(self) -> bytes:
        """Stands for its bytes in the identifier of a file."""
        return md5(self.data, usedforsecurity=False).digest()


class PDF:
    """A file. Its objects are numbered from 1, in the order in which they are added."""

    def __init__(self) -> None:
        self.objects: list[Object] = [Object()]  # numbered from 1
        self._streams: list[int] = []
        """The numbers of those that are streams."""
        self.pages = Dictionary({"Type": "/Pages", "Kids": Array(), "Count": 0})
        self.add_object(self.pages)
        self.info = Dictionary()
        self.catalog = Dictionary({"Type": "/Catalog", "Pages": self.pages.reference})
        self.add_object(self.catalog)

    def add_object(self, item: Object) -> None:
        item.number = len(self.objects)
        item.reference = f"{item.number} 0 R"
        if isinstance(item, Stream):
            self._streams.append(item.number)
        self.objects.append(item)

    def add_numbered(self, items: Sequence[Object]) -> None:
        """Objects that have their numbers already: those that come next."""
        self._streams += [item.number for item in items if isinstance(item, Stream)]
        self.objects += items

    def add_page(self, page: Dictionary) -> None:
        self.pages["Count"] += 1
        self.add_object(page)
        self.pages["Kids"].append(page.reference)

    def write(self, identifier: str) -> bytes:
        """The bytes of the file, its streams first and then all other objects in one stream of their own (7.5.7).

        Args:
            identifier: the first half of the identifier of the file; its content decides the second.
        """
        self.add_object(self.info)
        out, place = [_HEAD], len(_HEAD)
        table: list[tuple[int, int, int]] = [(0, 0, 65535)]
        held: list[str] = []
        numbers: list[int] = []
        digest = md5(usedforsecurity=False)
        holder, begun = len(self.objects), 1
        for number in [*self._streams, holder]:
            between = [item.source for item in self.objects[begun:number]]
            digest.update("".join(between).encode("ascii"))
            inside = range(len(held), len(held) + len(between))
            table += zip(itertools.repeat(2), itertools.repeat(holder), inside, strict=False)
            held += between
            numbers += range(begun, number)
            begun = number + 1
            if number < holder:
                item = self.objects[number]
                data = item.data
                digest.update(item.digest if isinstance(item, FixedStream) else data)
                table.append((1, place, 0))
                out.append(b"%d 0 obj\n%b\nendobj\n" % (number, data))
                place += len(out[-1])
        places = itertools.accumulate(map((1).__add__, map(len, held)), initial=0)
        first = " ".join(map("%d %d".__mod__, zip(numbers, places, strict=False)))
        content = "\n".join([first, *held]).encode("ascii")
        pool = Stream([content], {"Type": "/ObjStm", "N": len(held), "First": len(first) + 1}, packed(content)).data
        digest.update(pool)
        table.append((1, place, 0))
        out.append(b"%d 0 obj\n%b\nendobj\n" % (holder, pool))
        place += len(out[-1])
        table.append((1, place, 0))
        out.append(self._references(table, place, (identifier, digest.hexdigest())))
        return b"".join(out)

    def _references(self, table: list[tuple[int, int, int]], place: int, identifiers: tuple[str, str]) -> bytes:
        """The table of where each object is, as a stream (7.5.8), and the end of the file."""
        wide = (place.bit_length() + 7) // 8
        widths = 1, wide, 2
        if wide == 2:  # as in most files
            rows = struct.pack(">" + "BHH" * len(table), *itertools.chain.from_iterable(table))
        else:
            as_bytes, unused = struct.Struct(">BIH").pack, 4 - wide
            rows = b"".join([row[:1] + row[1 + unused :] for row in itertools.starmap(as_bytes, table)])
        stream = Stream([rows], {
            "Type": "/XRef", "Index": Array([0, len(table)]), "W": Array(widths), "Size": len(table),
            "Root": self.catalog.reference, "Info": self.info.reference, "ID": Array(map(String, identifiers)),
        }, packed(rows))  # fmt: skip
        return b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(table) - 1, stream.data, place)
