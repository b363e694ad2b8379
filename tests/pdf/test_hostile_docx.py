"""Hostile Word files: each ends in a clear refusal or a right PDF, in little time and memory, and fetches nothing.

All are printed by one process of their own, which may use so many more seconds of the processor for each, and is ended
by the system when it takes longer.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.documents import PIXEL, docx, field, paragraph, picture, text

SECONDS, MEGABYTES = 10, 500
FOREIGN = "http://127.0.0.1:9/fetched"

if not Path("/proc/self/status").exists():
    pytest.skip("what a process uses is not told here", allow_module_level=True)


def with_member(data: bytes, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", method) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return out.getvalue()


def many_members() -> bytes:
    out = io.BytesIO(docx(paragraph("Words")))
    with zipfile.ZipFile(out, "a") as archive:
        for at in range(5000):
            archive.writestr(f"word/media/{at}.bin", b"")
    return out.getvalue()


def lying() -> bytes:
    """The directory says ten bytes, the member holds twenty million."""
    data = bytearray(with_member(docx(paragraph("Words")), "word/media/a.bin", bytes(20_000_000)))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def nested_zip() -> bytes:
    inner = docx(paragraph("Words"))
    for _ in range(4):
        inner = with_member(docx(paragraph("Words")), "word/embeddings/a.docx", inner)
    return inner


def entities(first: bytes = b"") -> bytes:
    defined = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10 if at else b"lol") for at in range(12))
    bomb = first + b"<!DOCTYPE z [" + defined + b"]>"
    return changed(docx(paragraph("Dear")), "word/document.xml", lambda xml: bomb + xml.replace(b"Dear", b"&a11;"))


def linked(kind: str, body: str, **more: Any) -> bytes:
    """A letter with a relationship of this kind to an address outside."""
    data = docx(body, links={"rIdL": FOREIGN}, **more)
    return changed(data, "word/_rels/document.xml.rels", lambda xml: xml.replace(b"/hyperlink", b"/" + kind.encode()))


def table(rows: str, columns: int = 1) -> str:
    grid = '<w:gridCol w:w="500"/>' * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def nested_tables(deep: int, wide: int = 1) -> bytes:
    inner = paragraph("deep")
    for _ in range(deep):
        inner = table("<w:tr>" + f"<w:tc>{inner}<w:p/></w:tc>" * wide + "</w:tr>", wide)
    return docx(inner)


def numbered(shape: str, start: object, label: str = "%1.", lists: int = 1, level: int = 0) -> bytes:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{shape}"/>'
        f'<w:lvlText w:val="{label}"/></w:lvl></w:abstractNum>'
    ) + "".join(f'<w:num w:numId="{at}"><w:abstractNumId w:val="0"/></w:num>' for at in range(1, lists + 1))
    item = paragraph("item", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')
    return docx(item * 2, numbering=numbering)


def styles(count: int, *, cycle: bool = False) -> bytes:
    named = "".join(
        f'<w:style w:type="paragraph" w:styleId="S{at}"><w:name w:val="s{at}"/>'
        f'<w:basedOn w:val="S{(at - 1) % count if cycle else at - 1}"/><w:rPr><w:b/></w:rPr></w:style>'
        for at in range(count)
    )
    return docx(paragraph("styled", f'<w:pStyle w:val="S{count - 1}"/>') * 3, styles=named)


def png(wide: int, high: int, *, whole: bool = True) -> bytes:
    """All black; not whole, only the head says how large it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pack = zlib.compressobj(9)
    row = b"\0" + bytes(wide * 3 if whole else 0)
    points = b"".join(pack.compress(row) for _ in range(high if whole else 1))
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", points + pack.flush()) + chunk(b"IEND", b"")


def pictured(data: bytes) -> bytes:
    return docx(paragraph(inner=picture(description="A picture")), pictures={"rIdPicture": data})


def boxes(deep: int) -> bytes:
    inner = paragraph("deep")
    for _ in range(deep):
        shape = '<v:shape style="position:absolute;width:100pt;height:40pt"><v:textbox><w:txbxContent>'
        inner = f"<w:p><w:r><w:pict>{shape}{inner}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    return docx(inner)


VAST_JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08" + b"\xff" * 4 + b"\x03\x01\x11\0\x02\x11\0\x03\x11\0"
BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
CODES = ("INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "LINK Excel.Sheet.8", "DDEAUTO cmd.exe", "RD", "DATABASE")
NOTE = '<w:r><w:footnoteReference w:id="1"/></w:r>'
SECTION = '<w:p><w:pPr><w:sectPr><w:pgSz w:w="12240" w:h="15840"/></w:sectPr></w:pPr></w:p>'
LONGER = "longer than any letter"

REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "zip bomb": (lambda: with_member(docx(paragraph("a")), "word/media/a.bin", bytes(70_000_000)), "unpack to 66 MB"),
    "lying zip": (lying, "damaged"),
    "many members": (many_members, "5007 parts"),
    "entity bomb": (entities, "DOCTYPE"),
    "entity bomb behind a comment": (lambda: entities(b"<!--" + b"x" * 5000 + b"-->"), "damaged|DOCTYPE"),
    "million tags": (lambda: docx("<w:p/>" * 1_000_001 + "<!--" + os.urandom(100_000).hex() + "-->"), "larger than"),
    "paragraphs": (lambda: docx(paragraph("Some words.") * 45_000), LONGER),
    "runs": (lambda: docx(paragraph(inner="<w:r><w:t>a</w:t></w:r>" * 600_000)), "unpack to 13 MB"),
    "words": (lambda: docx(paragraph("words " * 750_000)), LONGER),
    "endless word": (lambda: docx(paragraph("x" * 250_000)), LONGER),
    "page breaks": (lambda: docx(paragraph(inner='<w:r><w:br w:type="page"/></w:r>' * 15_000)), LONGER),
    "tabs": (lambda: docx(paragraph(inner="<w:r><w:tab/></w:r>" * 250_000)), LONGER),
    "sections": (lambda: docx((paragraph("a") + SECTION) * 5000), LONGER),
    "table rows": (lambda: docx(table("<w:tr><w:tc><w:p/></w:tc></w:tr>" * 100_000)), LONGER),
    "nested tables": (lambda: nested_tables(60), "nested too deep"),
    "tables in two cells each": (lambda: nested_tables(14, 2), LONGER),
    "nested tags": (lambda: docx("<w:sdt><w:sdtContent>" * 200 + "</w:sdtContent></w:sdt>" * 200), "damaged"),
    "nested links": (lambda: docx(paragraph(inner="<w:hyperlink>" * 90 + text("x") + "</w:hyperlink>" * 90)), "deep"),
    "nested fields": (lambda: docx(paragraph(inner=(BEGIN + SEPARATE) * 3000 + text("x") + END * 3000)), "deep"),
    "note in itself": (
        lambda: docx(paragraph(inner=NOTE), footnotes=f'<w:footnote w:id="1">{paragraph(inner=NOTE)}</w:footnote>'),
        "nested too deep",
    ),
    "style chain": (lambda: styles(5000), "More than 64 styles"),
    "long label": (lambda: numbered("decimal", 1, "%1" * 50_000), "100000 characters long"),
    "large picture": (lambda: pictured(png(12_000, 12_000)), "144,000,000 pixels"),
    "picture that says it is large": (lambda: pictured(png(2**31 - 1, 2**31 - 1, whole=False)), "pixels, more than"),
    "JPEG that says it is vast": (lambda: pictured(VAST_JPEG), "178,956,970 pixels, more than"),
    "tall header": (
        lambda: docx(paragraph("a") + paragraph("b", "<w:pageBreakBefore/>"),
                     headers={"default": paragraph("a"), "even": paragraph("tall") * 250},
                     settings="<w:evenAndOddHeaders/>"),
        "as tall as the page",
    ),
    "huge indents": (
        lambda: docx(paragraph("a", '<w:ind w:left="999999999999" w:right="-99999999" w:firstLine="88888888"/>')),
        "run off page 1",
    ),
}  # fmt: skip
PRINTED: dict[str, bytes | Callable[[], bytes]] = {
    "nested zip": nested_zip,
    "linked picture": lambda: linked("image", paragraph("Words", inner=picture("rIdL"))),
    "attached template": lambda: linked("attachedTemplate", paragraph("Words")),
    "chunk and subdocument": lambda: linked("aFChunk", '<w:altChunk r:id="rIdL"/><w:subDoc r:id="rIdL"/><w:p/>'),
    "field codes": lambda: docx(paragraph(inner="".join(field(f'{code} "{FOREIGN}"', "kept") for code in CODES))),
    "embedded font": lambda: with_member(docx(paragraph("Words")), "word/fonts/a.odttf", os.urandom(100_000)),
    "damaged picture": lambda: pictured(png(100, 100)[:-30]),
    "picture without size": lambda: changed(
        pictured(PIXEL), "word/document.xml", lambda xml: xml.replace(b"457200", b"9" * 40)
    ),
    "style cycle": lambda: styles(3, cycle=True),
    "wide span": lambda: docx(
        table(
            '<w:tr><w:trPr><w:gridBefore w:val="99999999"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/>'
            "</w:tcPr><w:p/></w:tc></w:tr>"
        )
    ),
    "tall row": lambda: docx(
        table('<w:tr><w:trPr><w:trHeight w:val="99999999999"/></w:trPr><w:tc><w:p/></w:tc></w:tr>')
    ),
    "million letters": lambda: numbered("lowerLetter", 10**12),
    "million numerals": lambda: numbered("upperRoman", 10**12),
    "number without end": lambda: numbered("decimal", "9" * 10_000),
    "level without end": lambda: numbered("decimal", 1, level=10**9),
    "many lists": lambda: numbered("decimal", 1, lists=20_000),
    "nested boxes": lambda: boxes(15),
    "tables in tables": lambda: nested_tables(30),
    "many columns": lambda: docx(paragraph("words " * 300), section='<w:cols w:num="1000000000" w:space="0"/>'),
    "tiny letters": lambda: docx(paragraph("words " * 300, run='<w:sz w:val="0"/>')),
    "tab stops without distance": lambda: docx(
        paragraph(inner="<w:r><w:tab/></w:r>" * 100 + text("x")), settings='<w:defaultTabStop w:val="0"/>'
    ),
    "late page number": lambda: docx(
        paragraph("a"), section='<w:pgNumType w:start="2000000000"/>', footers={"default": paragraph("a")}
    ),
}  # fmt: skip

_RUNNER = """
import json, resource, socket, sys
from datetime import date
from pathlib import Path
sys.path.insert(0, {root!r})
from letters.errors import LettersError
from letters.pdf.convert import convert

def refuse(*given, **more):
    raise SystemError("something was fetched")

socket.socket.connect = refuse

def printed(file):
    data = file.read_bytes()
    try:
        made = convert(data, dated=date(2019, 8, 19))
    except LettersError as error:
        return ["refused", str(error)]
    return ["printed", [note.code for note in made.notes]]

def measured(file):
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + {seconds}, resource.RLIM_INFINITY))
    try:
        outcome = printed(file)
    except BaseException as error:
        outcome = ["fell", repr(error)]
    most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # since this process began
    return [*outcome, int(most.split()[1]) // 1024]

for file in sorted(Path(sys.argv[1]).iterdir()):
    print(json.dumps([file.stem, *measured(file)]), flush=True)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    every = {name: make for name, (make, _) in REFUSED.items()} | PRINTED
    for name, make in every.items():
        (folder / f"{name}.docx").write_bytes(make() if callable(make) else make)
    code = _RUNNER.format(root=str(ROOT), seconds=SECONDS)
    run = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr
    return {name: outcome for name, *outcome in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_letter_is_like_is_refused_in_plain_words(outcomes: dict[str, Any], name: str) -> None:
    assert name in outcomes, "it took too long, or one before it did"
    outcome, said, megabytes = outcomes[name]

    assert outcome == "refused", said
    assert re.search(REFUSED[name][1], said), said
    assert "letter.docx" in said
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_only_odd_is_printed_and_fetches_nothing(outcomes: dict[str, Any], name: str) -> None:
    assert name in outcomes, "it took too long, or one before it did"
    outcome, said, megabytes = outcomes[name]

    assert outcome == "printed", said
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("name", ["linked picture", "damaged picture"])
def test_a_picture_that_is_not_there_is_noted(outcomes: dict[str, Any], name: str) -> None:
    assert set(outcomes[name][1]) & {"not-carried-over", "picture"}
