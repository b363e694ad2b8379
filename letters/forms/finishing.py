"""The last steps of every enclosure: the draft notice, the metadata with the record, and the bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from letters._system.version import VERSION
from letters.forms.intake import claims_ua
from letters.forms.shaped_text import EmbeddedText, typeface
from letters.library.office_languages import draft_title
from letters.pdf.pdf_objects import Array, Dictionary, Name, Pdf, PdfError, Stream, String, integer, saved, with_drawing
from letters.pdf.tags.claims import UA
from letters.pdf.tags.metadata import metadata
from letters.provenance.letter_text import fingerprint, fold
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.xmp import with_file_fingerprint, xmp_of

_RED = "0.545 0 0"
_SIZE, _FROM_EDGE = 10.0, 6.0  # points
_DEEPEST = 12
_NOT_PRINTED = frozenset({"/Parent", "/P", "/StructParent", "/StructParents", "/Length", "/Filter", "/DecodeParms"})


class EnclosureRecord(Struct, frozen=True):
    """What a finished enclosure says about itself.

    Args:
        title: for the window and the archive.
        language: such as ``en-US``.
        dated: the date of its letter.
        record: of its letter, with the name of the enclosure.
        draft: the words of the draft notice; empty if the letter is no draft.
        accessible: whether the file may claim PDF/UA-1; it may too if its form did.
    """

    title: str
    language: str
    dated: date
    record: Record
    draft: str = ""
    accessible: bool = False


def finished(pdf: Pdf, about: EnclosureRecord, lines: Iterable[str], seal: Seal) -> bytes:
    """The finished file. The same form and values give the same bytes.

    Args:
        lines: what its fields say, as `field_lines` gives them.
        seal: of the library, which fingerprints the file.
    """
    if about.draft:
        mark_draft(pdf, about.draft)
    for page in pdf.pages:
        page.contents_coalesce()
    standards = frozenset({UA}) if about.accessible or claims_ua(pdf) else frozenset[str]()
    title = draft_title(about.draft, about.title) if about.draft else about.title
    info = {"Creator": "Letters", "Producer": f"Letters {VERSION}"}
    record = sealed(about.record, lines, pdf, seal)
    xmp = metadata(title, about.language, about.dated, standards, info, xmp_of(record))
    pdf.Root.Metadata = pdf.make_stream(xmp, Type=Name.Metadata, Subtype=Name.XML)
    day = f"D:{about.dated:%Y%m%d}"
    entries = {**info, "Title": title, "CreationDate": day, "ModDate": day}
    pdf.trailer.Info = pdf.make_indirect(Dictionary({f"/{key}": String(value) for key, value in entries.items()}))
    if "/Lang" not in pdf.Root:
        pdf.Root.Lang = String(about.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    return with_file_fingerprint(saved(pdf), seal)


def sealed(record: Record, lines: Iterable[str], pdf: Pdf, seal: Seal) -> Record:
    """The record with the fingerprints of what the fields say, and of what the pages print around them."""
    marks = [fingerprint(fold(line), seal) for line in lines]
    return record.sealed(seal, words="".join(marks), looks=seal.fingerprint("print", print_digest(pdf)).hex())


def print_digest(pdf: Pdf) -> bytes:
    """A digest of what the pages print apart from fields: their contents, and the drawings and fonts these use."""
    found = hashlib.sha256()
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        for each in contents if isinstance(contents, Array) else [contents]:
            if isinstance(each, Stream):
                found.update(bytes(each.read_bytes()))
        _add_streams(found, page.obj.get("/Resources"), set(), 0)
        found.update(b"page")
    return found.digest()


def _add_streams(digest: Any, holder: Any, seen: set[Any], depth: int) -> None:
    """Add what a page uses, each object once: a drawing may draw itself."""
    if depth > _DEEPEST or not isinstance(holder, Dictionary | Array | Stream):
        return
    if holder.objgen in seen:
        digest.update(b"again")
        return
    if holder.is_indirect:
        seen.add(holder.objgen)
    if isinstance(holder, Stream):
        digest.update(_content(holder))
    if isinstance(holder, Dictionary):  # a stream is one too
        for key in sorted(map(str, holder)):
            if key not in _NOT_PRINTED:
                digest.update(key.encode())
                _add_streams(digest, holder[key], seen, depth + 1)
    elif isinstance(holder, Array):
        for each in holder:
            _add_streams(digest, each, seen, depth + 1)


def _content(stream: Any) -> bytes:
    """A stream as its writer meant it; a picture, such as a JPEG, as it is in the file."""
    try:
        return bytes(stream.read_bytes())
    except PdfError:
        return bytes(stream.read_raw_bytes())


def mark_draft(pdf: Pdf, words: str) -> None:
    """Write the draft notice at the top of every page, as it is held when it is read."""
    face, text = typeface("Helvetica-Bold"), EmbeddedText()
    wide, high = text.width(words, face) * _SIZE, face.line_height * _SIZE
    content = (
        f"q 1 g 0 0 {wide + 8:.3f} {high + 2:.3f} re f {_RED} rg BT 1 0 0 1 4 {1 + face.down * _SIZE:.3f} Tm "
        f"{text.shown(words, face, _SIZE)} ET Q"
    )
    fonts = pdf.make_indirect(Dictionary())
    text.embed(pdf, fonts)
    box = Array([0, 0, round(wide + 8, 3), round(high + 2, 3)])
    notice = pdf.make_stream(
        content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary(Font=fonts)
    )
    for page in pdf.pages:
        left, bottom, right, top = (float(each) for each in page.cropbox)
        turn = integer(page.obj.get("/Rotate")) % 360
        across, up = right - left, top - bottom
        place = {
            90: (0, 1, -1, 0, left + _FROM_EDGE + high, bottom + (up - wide) / 2),
            180: (-1, 0, 0, -1, left + (across + wide) / 2, bottom + _FROM_EDGE + high),
            270: (0, -1, 1, 0, right - _FROM_EDGE - high, bottom + (up + wide) / 2),
        }.get(turn, (1, 0, 0, 1, left + (across - wide) / 2, top - _FROM_EDGE - high))
        name = with_drawing(page, notice)
        matrix = " ".join(f"{each:.3f}" for each in place)
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(f"\nQ\n/Artifact <</Type /Pagination>> BDC q {matrix} cm {name} Do Q EMC".encode())
