"""What is fuzzed: the .docx reader, filling and printing, and the readers of answers and of a library's TOML files."""

from __future__ import annotations

import atexit
import datetime as dt
import io
import random
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from fuzz.engine import Target
from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.template import Template
from letters.docx.package import Packed, in_writing_order, open_package, write_package
from letters.library.answers import parse_answers
from letters.library.library import Library
from letters.pdf.reader.reader import read_document

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"
_PROPERTIES = DocumentProperties("Letter", "Office", "en-US", dt.date(2019, 8, 2))

_TOKENS = [
    *(
        b"",
        b"0",
        b"-1",
        b"1",
        b"63",
        b"2147483648",
        b"99999999999999999999",
        b"1e9",
        b"NaN",
        b"auto",
        b"true",
        b"%",
        b"\\",
    ),
    *(b"{{ x }}", b"{% if x %}", b"{% endif %}", b"{{", b"}}", b"{%p for a in b %}", b"{%tr endfor %}", b"{# x #}"),
    *(
        b"&amp;",
        b"&#9;",
        b"\xe2\x80\xae",
        b"\xef\xbf\xbf",
        b"\x00",
        b"\xff",
        b"'",
        b'"',
        b"<",
        b">",
        b"]]>",
        b"\n",
        b".",
    ),
    *(
        b"[[x]]",
        b"[x]",
        b"x = 1",
        b"x.y = 2019-08-02",
        b'x = """',
        b"x = [",
        b"{ a = 1 }",
        b"1979-05-27T07:32:00Z",
        b"inf",
    ),
]
_VALUE = re.compile(rb'(?<==")[^"<>]*(?=")')
_ELEMENT = re.compile(rb"<[^<>!?]+/>|<(\w+:\w+)\b[^<>]*>[^<>]*</\1>")
_TAG = re.compile(rb"<[^<>]+>")
_WORD = re.compile(rb"[\w.-]+")


def of_text(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Mutated text: a part removed, repeated or moved, a word replaced, or a line of another input inserted."""
    if not data:
        return chance.choice(_TOKENS)
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.choice((1, 2, 8, 40, 200)))
    match chance.randrange(7):
        case 0:
            return data[:at] + data[end:]
        case 1:
            return data[:at] + data[at:end] * chance.choice((2, 3, 50)) + data[end:]
        case 2:
            return data[:at] + chance.choice(_TOKENS) + data[at:]
        case 3:
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 4:
            line = chance.choice(chance.choice(others).split(b"\n"))
            return data[:at] + b"\n" + line + b"\n" + data[at:]
        case 5:
            lines = data.split(b"\n")
            chance.shuffle(lines)
            return b"\n".join(lines) if chance.random() < 0.2 else _swapped(data, _WORD, chance)
        case _:
            return _swapped(data, _WORD, chance)


def _swapped(data: bytes, pattern: re.Pattern[bytes], chance: random.Random) -> bytes:
    """One match of the pattern replaced by another one from the same input, or by a token."""
    found = list(pattern.finditer(data))
    if not found:
        return data
    one, other = chance.choice(found), chance.choice(found)
    return data[: one.start()] + chance.choice((other[0], chance.choice(_TOKENS))) + data[one.end() :]


def _of_xml(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Mutated XML that mostly stays well-formed: values, whole elements, and sometimes anything."""
    elements = list(_ELEMENT.finditer(data))
    match chance.randrange(8):
        case 0 | 1 | 2:
            return _swapped(data, _VALUE, chance)
        case 3 if elements:
            one = chance.choice(elements)
            return data[: one.start()] + data[one.end() :]
        case 4 if elements:
            one = chance.choice(elements)
            return data[: one.end()] + one[0] * chance.choice((1, 2, 30)) + data[one.end() :]
        case 5 if found := list(_ELEMENT.finditer(other)):
            at = chance.choice(list(_TAG.finditer(data)) or [re.match(b"", data)])
            assert at is not None
            return data[: at.end()] + chance.choice(found)[0] + data[at.end() :]
        case 6 if elements:
            one, depth = chance.choice(elements), chance.choice((2, 10, 400))
            name = chance.choice(
                (b"w:p", b"w:r", b"w:tbl", b"w:sdt", b"w:hyperlink", b"w:txbxContent", b"mc:AlternateContent")
            )
            inside = b"<" + name + b">"
            return (
                data[: one.start()] + inside * depth + one[0] + inside.replace(b"<", b"</") * depth + data[one.end() :]
            )
        case 7:
            return of_text(data, chance, [other])
        case _:
            return _swapped(data, _TAG, chance)


def of_docx(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """A Word file with one part mutated; sometimes the ZIP file itself is mutated."""
    parts = _parts(data)
    if not parts or chance.random() < 0.05:
        return of_text(data, chance, others)
    other = _parts(chance.choice(others)) or parts
    name = chance.choice(["word/document.xml", *parts]) if "word/document.xml" in parts else chance.choice([*parts])
    if chance.random() < 0.03:
        del parts[name]
    elif name.endswith((".xml", ".rels")):
        parts[name] = _of_xml(parts[name], chance, other.get(name, b""))
    else:
        parts[name] = of_text(parts[name], chance, list(other.values()))
    return write_package(Packed.of(each, parts[each]) for each in in_writing_order(parts))


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # a file that was damaged on purpose
        return {}


def _fill(data: bytes) -> object:
    template = Template.compile(data, "letter.docx")
    values = {use.name: "words" for use in template.uses}
    return template.fill(values, _PROPERTIES)


def _print(data: bytes) -> object:
    return read_document(open_package(data, "letter.docx"))


@cache
def _folder() -> Path:
    """A copy of the library, whose files may be damaged."""
    folder = Path(tempfile.mkdtemp(prefix="letters-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("templates", "prompts"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def _with(name: str, read: Callable[[Assembler], object]) -> Callable[[bytes], object]:
    """A function that reads a library in which the input replaces one file."""

    def run(data: bytes) -> object:
        file = _folder() / name
        before = file.read_bytes()
        file.write_bytes(data)
        try:
            return read(Assembler(Library(_folder())))
        finally:
            file.write_bytes(before)

    return run


@cache
def _assembler() -> Assembler:
    return Assembler(Library(ROOT))


def _answers(data: bytes) -> object:
    return _assembler().check(parse_answers(data, "a.toml"))


def _templates() -> list[bytes]:
    return [file.read_bytes() for file in sorted((ROOT / "templates").glob("*/*.docx"))]


def _one(name: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [(ROOT / name).read_bytes()]


def _prompts(assembler: Assembler) -> object:
    from letters.library.prompts import load_questionnaire

    return load_questionnaire(assembler.library, "denial")


TARGETS = {
    target.name: target
    for target in (
        Target("fill", _fill, of_docx, _templates),
        Target("print", _print, of_docx, _templates),
        Target(
            "answers",
            _answers,
            of_text,
            lambda: [f.read_bytes() for f in sorted(ROOT.glob("templates/*/sample*.toml"))],
        ),
        Target("prompts", _with("prompts/denial.toml", _prompts), of_text, _one("prompts/denial.toml")),
        Target(
            "law",
            _with("templates/legal_basis.toml", lambda assembler: assembler.rulebook),
            of_text,
            _one("templates/legal_basis.toml"),
        ),
        Target(
            "office",
            _with("templates/office.toml", lambda assembler: assembler.office),
            of_text,
            _one("templates/office.toml"),
        ),
        Target(
            "advice",
            _with("prompts/advice.toml", lambda assembler: assembler.advice),
            of_text,
            _one("prompts/advice.toml"),
        ),
    )
}


def inputs_of(target: Target) -> list[bytes]:
    """The inputs that every run of a target starts from."""
    return [*target.seeds(), *(file.read_bytes() for file in sorted((CORPUS / target.name).glob("*")))]


__all__ = ["CORPUS", "TARGETS", "inputs_of"]
