"""The letter that all programs make, a page and a half long, as a template for each of them, and its rows.

It has a header with a logo, a footer with a page number, eight paragraphs, a condition, a list of three items, a table
of three rows, and 25 values. In Letters it is a kind that an office has added: 25 questions, a Word file, no Python.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

KIND = "work"
VALUES = (
    *("reference", "written", "delivery", "name", "title", "office", "agency", "street", "city", "subject", "matter"),
    *("theirs", "received", "records", "period", "system", "section", "reason", "contact", "telephone", "email"),
    *("hours", "signer", "signer_title", "deadline"),
)
ITEMS, EARLIER = 3, 3
PARAGRAPHS = (
    "We have your request of {received}, which you mark {theirs} and which concerns {matter}. We read it as a request "
    "for {records} for {period}, and it reached this office on the day it bears.",
    "The records are kept in {system}, under the care of the {section}. They are confidential while they are kept "
    "there, and whoever works with them answers for that by name, which is why we look at every request by itself.",
    "Your request does not say for what the records are to be used, nor why they cannot be had elsewhere. We cannot "
    "weigh it for that reason: {reason}. A request that says both is looked at again, without delay.",
    "Please send what is missing to {contact} by {deadline}. The office answers the telephone at {telephone} during "
    "{hours}; what is written may be sent to {email} as well, and is answered in the order in which it comes.",
    "Nothing in this letter keeps you from asking for records that are open to all. The custodian of records answers "
    "such requests within the time the law gives, and tells you if more of it is needed than was thought at first.",
    "Earlier requests from your office, and when they reached us, are listed below so that you can compare them with "
    "your own file. If one is missing, please tell us its number and we will look for it among our papers.",
    "We are glad to talk about what a request should hold before it is written. It saves both of us a second letter, "
    "and the {section} knows from practice what can be found quickly and what takes a search by hand.",
)
_MERGE_FIELD = (
    '</w:t></w:r><w:fldSimple w:instr=" MERGEFIELD \\1 "><w:r><w:t>«\\1»</w:t></w:r></w:fldSimple>'
    '<w:r><w:t xml:space="preserve">'
)
IF_URGENT = "You asked us to hurry. This answer goes out ahead of its turn for that reason."


@dataclass(frozen=True)
class Dialect:
    """How one engine writes its tags.

    Args:
        loop: the tags that open and close a loop over a list, and the tag for a part of an entry.
        condition: the tags that open and close a condition.
        rows: where the tags of a table loop go: in rows of their own, or in the first and last cells.
    """

    value: Callable[[str], str]
    loop: Callable[[str, bool], tuple[str, str]]
    part: Callable[[str], str]
    condition: tuple[str, str]
    has_rows: bool


JINJA = Dialect(
    value=lambda name: f"{{{{ extra.{name} }}}}",
    loop=lambda name, in_table: (
        f"{{%{'tr' if in_table else 'p'} for each in {name} %}}",
        f"{{%{'tr' if in_table else 'p'} endfor %}}",
    ),
    part=lambda name: f"{{{{ each.{name} }}}}" if name else "{{ each }}",
    condition=("{%p if extra.urgent %}", "{%p endif %}"),
    has_rows=True,
)
BRACES = Dialect(
    value=lambda name: f"{{{name}}}",
    loop=lambda name, in_table: (f"{{#{name.rsplit('.')[-1]}}}", f"{{/{name.rsplit('.')[-1]}}}"),
    part=lambda name: f"{{{name or 'item'}}}",
    condition=("{#urgent}", "{/urgent}"),
    has_rows=False,
)

FIELDS = Dialect(
    value=lambda name: f"«{name}»",
    loop=lambda name, in_table: ("", ""),
    part=lambda name: f"«{name}»" if name else "«contact»",
    condition=("", ""),
    has_rows=False,
)


def template(dialect: Dialect) -> bytes:
    """The letter as a template."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt

    document = docx.Document()
    document.styles["Normal"].font.size = Pt(11)
    section = document.sections[0]
    header = section.header.paragraphs[0]
    picture = header.add_run().add_picture(io.BytesIO(logo()), width=Inches(1.2))
    picture._inline.docPr.set("descr", "Seal of the office")
    header.add_run("  Example Department, Office of General Counsel")
    footer = section.footer.paragraphs[0]
    footer.add_run("Page ")
    for kind in ("begin", "", "separate", "end"):
        node = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            node.set(qn("w:fldCharType"), kind)
        else:
            node.text = " PAGE "
        footer.add_run()._r.append(node)
    of = dialect.value

    def said(text: str) -> str:
        return text.format_map({name: of(name) for name in VALUES})

    for line in ("{written}", "{delivery}", "{name}, {title}", "{office}", "{agency}", "{street}", "{city}"):
        document.add_paragraph(said(line))
    document.add_paragraph(said("Re: {subject} ({reference})"))
    for text in PARAGRAPHS[:3]:
        document.add_paragraph(said(text))
    opening, closing = dialect.condition
    for text in (opening, IF_URGENT, closing):
        document.add_paragraph(text)
    document.add_paragraph(said(PARAGRAPHS[3]))
    opening, closing = dialect.loop("copies", False)
    document.add_paragraph(opening)
    document.add_paragraph(dialect.part(""), style="List Bullet")
    document.add_paragraph(closing)
    for text in PARAGRAPHS[4:6]:
        document.add_paragraph(said(text))
    _table(document, dialect)
    document.add_paragraph(said(PARAGRAPHS[6]))
    for line in ("Sincerely,", "{signer}", "{signer_title}"):
        document.add_paragraph(said(line))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Any, dialect: Dialect) -> None:
    opening, closing = dialect.loop("request.earlier", True)
    heads, parts = (
        ("Channel", "Reached", "Number"),
        [dialect.part(name) for name in ("channel", "reached", "reference")],
    )
    table = document.add_table(rows=0, cols=len(heads))
    lines = [heads, (opening, "", ""), parts, (closing, "", "")]
    if not dialect.has_rows:
        lines = [heads, (opening + parts[0], parts[1], parts[2] + closing)]
    for line in lines:
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = text


def logo() -> bytes:
    """A picture of 200 by 200 points, like the logo of a letterhead."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 200
    lines = b"".join(b"\0" + bytes(40 + 60 * (x // 25 * (y // 25) % 4) for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


# --- rows ------------------------------------------------------------------------------------------------------------


_WITH_DIGITS = ("reference", "written", "street", "theirs", "received", "period", "telephone", "deadline")


def values(number: int) -> dict[str, str]:
    """The 25 values of one letter, all different and of realistic length."""
    digits = f"{number:06d}"
    letters = digits.translate(str.maketrans("0123456789", "abcdefghij"))
    return {
        name: f"{name.replace('_', ' ').capitalize()} of the request {digits if name in _WITH_DIGITS else letters}"
        for name in VALUES
    }


def nested(number: int) -> dict[str, Any]:
    """The values as a Jinja template takes them."""
    earlier = [
        {"channel": "letter", "reached": f"Bureau {number} {each}", "reference": f"E-{number:06d}-{each}"}
        for each in range(1, EARLIER + 1)
    ]
    return {
        "extra": {**values(number), "urgent": number % 2 == 0},
        "copies": [f"Copy {number} to Office {each}" for each in range(1, ITEMS + 1)],
        "request": {"earlier": earlier},
    }


def flat(number: int) -> dict[str, Any]:
    """The values as a template with braces takes them."""
    found = nested(number)
    copies = [{"item": each} for each in found["copies"]]
    return {**found["extra"], "copies": copies, "earlier": found["request"]["earlier"]}


def row(number: int) -> dict[str, str]:
    """A row of the table that Letters reads: the same values, and what every request needs."""
    from helpers.batches import ROW

    found, common = nested(number), {**ROW, "request.requester.agency": f"Example Agency {number}"}
    for name in ("legal_basis", "responsible", "reference"):
        del common[name]
    own = {f"extra.{name}": value for name, value in values(number).items()}
    own["extra.urgent"] = "yes" if found["extra"]["urgent"] else "no"
    own["copies"] = "; ".join(found["copies"])
    for place, each in enumerate(found["request"]["earlier"], 1):
        own |= {f"request.earlier.{place}.{part}": text for part, text in each.items()}
        own |= {f"request.earlier.{place}.day": "2019-07-01", f"request.earlier.{place}.answered": "2019-07-03"}
    return common | own


def save_rows(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write a CSV file, row by row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = None
        for each in rows:
            writer = writer or csv.DictWriter(file, list(each))
            if not file.tell():
                writer.writeheader()
            writer.writerow(each)


# --- the library -----------------------------------------------------------------------------------------------------


def add_kind(library: Path) -> None:
    """Add the letter to a library, as a new kind."""
    folder = library / "templates" / KIND
    folder.mkdir()
    (folder / "kind.toml").write_text(
        'title = "Work"\nsummary = "The letter of the benchmarks."\nuse_when = "Speed is measured."\norder = 99\n',
        encoding="utf-8",
    )
    (folder / "letter.docx").write_bytes(template(JINJA))
    questions = ['[[section]]\ntitle = "Values"\n']
    for name in (*VALUES, "urgent"):
        kind = "yes-no" if name == "urgent" else "text"
        questions.append(
            f'[[section.question]]\nfield = "extra.{name}"\nask = "{name}?"\ntype = "{kind}"\n'
            f"required = {'false' if name == 'urgent' else 'true'}\n"
        )
    (library / "prompts" / f"{KIND}.toml").write_text("\n".join(questions), encoding="utf-8")


def prepare(folder: Path) -> None:
    """Create the vetted library, and the templates of the other programs."""
    from helpers.batches import vetted_library

    if not (folder / "library").exists():
        vetted_library(folder / "library", add_kind)
        (folder / "jinja.docx").write_bytes(template(JINJA))
        (folder / "braces.docx").write_bytes(template(BRACES))
        (folder / "fields.docx").write_bytes(with_merge_fields(template(FIELDS)))
        _fill_for_others(folder)


def _fill_for_others(folder: Path) -> None:
    """Create a finished letter, for the floor."""
    from letters.batches.api import batch

    (made,) = batch([row(0)], kind=KIND, library=folder / "library", formats=["docx"], workers=0)
    (folder / "finished.docx").write_bytes(made.data["docx"])


def with_merge_fields(docx: bytes) -> bytes:
    """A copy in which «name» becomes a merge field."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = re.sub("«(\\w+)»", _MERGE_FIELD, data.decode()).encode()
            target.writestr(name, data)
    return out.getvalue()


def prepare_rows(folder: Path, count: int) -> Path:
    """A table of so many rows; for the programs in Node also as JSON, one object per line."""
    path = folder / f"rows-{count}.csv"
    if not path.exists():
        save_rows(path, map(row, range(count)))
        if count <= 10_000:
            with (folder / f"values-{count}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(flat(number))}\n" for number in range(count))
    return path
