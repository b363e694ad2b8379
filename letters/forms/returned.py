"""A form that came back: what its sender claims, and how far it can be relied on that the form is ours.

Every value is a claim. It is shown to counsel and confirmed one by one; it never becomes law, consent, or a signature.
Whatever could make counsel confirm something other than what the file holds (a field that shows other words than it
stores, a hidden field, a second copy of the data) is reported, and that value is not proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from letters._system.time_limit import OutOfTime, time_limit
from letters._text.personal import masked
from letters.errors import Problem
from letters.forms.acroform import FieldKind, FormField, FormInFile, annotations_of, fields_in, form_of
from letters.forms.data_files import NotFormData, read_fdf, read_xfdf
from letters.forms.enclosure_file import Enclosure
from letters.forms.enclosures import empty_line, field_lines
from letters.forms.finishing import print_digest
from letters.forms.form_summary import named_list, shortened
from letters.forms.intake import adopt, open_form, signed_fields, uncleaned
from letters.forms.shown_words import Unreadable, agrees, folded, words_shown
from letters.pdf.pdf_objects import Array, Dictionary, Pdf, Stream, reading
from letters.provenance.letter_text import fingerprint, fold, split_fingerprints
from letters.provenance.record import Record
from letters.provenance.seal import Seal
from letters.provenance.xmp import read_xmp

_LARGEST, _MOST_FIELDS = 50_000_000, 5_000
_DEEPEST = 5
_LONGEST_NAME, _LONGEST_ANSWER = 300, 10_000  # characters; more is shown cut off, and never proposed
_SECONDS = 20.0  # of processor time; a form of a hundred pages takes less than one


class FormIdentity(StrEnum):
    """Whether a returned form is ours."""

    OURS = "our form"
    DATA = "data only"
    OTHER = "not our form"


class Claim(Struct, frozen=True):
    """What the sender says in one field.

    Args:
        field: its name in the form.
        label: what the form calls it.
        says: what it stores, in words.
        shows: what it shows, where that differs; empty where it does not.
        to: the dotted name of the answer it may become; empty if none.
        value: as an answer: a text, a list of texts, or true.
        changed: whether we had filled it with something else.
        doubt: why it is not proposed as an answer; empty if it may be.
    """

    field: str
    label: str
    says: str
    shows: str = ""
    to: str = ""
    value: Any = None
    changed: bool = False
    doubt: str = ""

    @property
    def is_proposed(self) -> bool:
        """Whether it may be proposed as an answer, for counsel to confirm."""
        return bool(self.to) and not self.doubt


class ReturnedForm(Struct, frozen=True):
    """A form that came back.

    Args:
        name: of the file.
        enclosure: the enclosure it is a copy of; None if it is not ours.
        record: of the letter it went out with; None if there is none that can be relied on.
    """

    name: str
    identity: FormIdentity
    enclosure: Enclosure | None = None
    record: Record | None = None
    claims: tuple[Claim, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def proposed(self) -> dict[str, Any]:
        """The answers that may be proposed, by dotted name."""
        return {each.to: each.value for each in self.claims if each.is_proposed}

    def as_dict(self) -> dict[str, Any]:
        """All of this as JSON data."""
        return {
            "file": self.name,
            "identity": str(self.identity),
            "kind": self.enclosure.kind if self.enclosure else "",
            "form": self.enclosure.name if self.enclosure else "",
            "claims": [
                {
                    "field": each.field,
                    "label": each.label,
                    "says": each.says,
                    "shows": each.shows or each.says,
                    "answer": each.to,
                    "proposed": each.is_proposed,
                    "changed": each.changed,
                    "doubt": each.doubt,
                }
                for each in self.claims
            ],
            "notes": [note.as_dict() for note in self.notes],
        }


class FormReader:
    """Reads returned forms against the enclosures of one library."""

    def __init__(self, enclosures: Iterable[Enclosure], seal: Seal) -> None:
        self._enclosures, self._seal = tuple(enclosures), seal

    def read(self, data: bytes, name: str) -> ReturnedForm:
        """What a file says: a PDF form, XFDF or FDF.

        Args:
            name: of the file, for messages.

        Raises:
            LettersError: it cannot be read as any of these; says what to do.
        """
        if len(data) > _LARGEST:
            raise NotFormData(Problem("The file is larger than any form.", name, code="too-large"))
        try:
            with time_limit(_SECONDS):
                return self._read(data, name)
        except (OutOfTime, MemoryError) as error:
            message = "The file takes more time or memory to read than any form."
            hint = "Ask the sender for the form again, filled in with another program."
            raise NotFormData(Problem(message, name, hint, "too-large")) from error

    def _read(self, data: bytes, name: str) -> ReturnedForm:
        head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith(b"%PDF-"):
            return self._pdf(data, name)
        if head.startswith(b"%FDF-"):
            return self._data(read_fdf(data, name), name)
        if head.startswith(b"<") or PurePath(name).suffix.lower() == ".xfdf":
            return self._data(read_xfdf(data, name), name)
        hint = "Ask for the form as PDF. If it came on paper or as a picture, type the answers: letters new"
        raise NotFormData(Problem("This is neither a PDF form nor its data.", name, hint, "not-a-form"))

    # --- PDF ---

    def _pdf(self, data: bytes, name: str) -> ReturnedForm:
        with open_form(data, name) as pdf, reading(name, "The form is damaged, so it cannot be read."):
            adopt(pdf)
            metadata = pdf.Root.get("/Metadata")
            record = read_xmp(bytes(metadata.read_bytes()), name) if isinstance(metadata, Stream) else None
            found = fields_in(pdf)
            if len(found.fields) > _MOST_FIELDS:
                raise NotFormData(Problem("The file has more fields than any form.", name, code="too-large"))
            if not found.fields:
                raise NotFormData(_no_fields(pdf, name))
            if extra := _other_data(pdf, found.fields):
                message = f"The file holds a second copy of the answers (XFA), and it says something else: {extra}."
                hint = "Ask the sender to fill in the form with another program, or to send it on paper."
                raise NotFormData(Problem(message, name, hint, "xfa"))
            reason, enclosure = self._why_not_ours(pdf, record)
            notes = [*_notes(pdf, found.fields, name)]
            if reason or enclosure is None or record is None:
                notes.insert(0, Problem(reason, name, "Nothing in it is proposed as an answer.", "not-ours"))
                claims = tuple(_claim(pdf, each, None, None) for each in found.fields.values() if each.words)
                doubted = tuple(replace(each, doubt=each.doubt or "the form is not ours") for each in claims)
                return ReturnedForm(name, FormIdentity.OTHER, None, None, doubted, tuple(notes))
            claims = tuple(_claims(pdf, found.fields, enclosure, self._changed(found, record)))
            return ReturnedForm(name, FormIdentity.OURS, enclosure, record, claims, tuple(notes))

    def _why_not_ours(self, pdf: Pdf, record: Record | None) -> tuple[str, Enclosure | None]:
        """Why a form is not ours, as a sentence; empty if it is: by its record, its fields, and what it prints."""
        if record is None or not record.enclosure:
            return "It is not one of our forms: it has no record of ours.", None
        if record.key != self._seal.name or not record.is_authentic(self._seal):
            return "It is not one of our forms: its record was made with another seal, or was altered.", None
        named = (each for each in self._enclosures if (each.kind, each.name) == (record.kind, record.enclosure))
        enclosure = next(named, None)
        if enclosure is None:
            return f"This library no longer has the form “{record.enclosure}” of {record.kind}.", None
        fields = sum(1 for _ in field_lines(fields_in(pdf)))
        if fields != len(list(split_fingerprints(record.words))):
            return "Fields were added to our form, or removed from it.", None
        if record.looks != self._seal.fingerprint("print", print_digest(pdf)).hex():
            return "Its pages print something else than our form did, or another program has rewritten them.", None
        return "", enclosure

    def _changed(self, form: FormInFile, record: Record) -> dict[str, bool]:
        """The fields that say something else than when the form went out, and whether we had filled them."""
        names = [name for name, each in sorted(form.fields.items()) if each.can_be_filled]
        lines = zip(names, field_lines(form), split_fingerprints(record.words), strict=True)
        return {
            name: fingerprint(fold(empty_line(name)), self._seal) != mark
            for name, line, mark in lines
            if fingerprint(fold(line), self._seal) != mark
        }

    # --- XFDF and FDF ---

    def _data(self, values: Mapping[str, str | tuple[str, ...]], name: str) -> ReturnedForm:
        if len(values) > _MOST_FIELDS:
            raise NotFormData(Problem("The file has more fields than any form.", name, code="too-large"))
        fitting = [
            each
            for each in self._enclosures
            if values and {*values} <= each.known_fields and {*values} & {*each.about.read}
        ]
        about = Problem(
            "The file holds only what was typed, not the form, so nothing shows which words the sender saw.",
            name,
            "Compare each answer with the sender, or ask for the form itself.",
            "data-only",
        )
        kinds = {(each.name, tuple(sorted(each.about.read))) for each in fitting}
        enclosure = fitting[0] if len(kinds) == 1 else None
        claims = tuple(_data_claim(field, value, enclosure) for field, value in values.items() if value not in ("", ()))
        if enclosure is None:
            reason = (
                "Its fields are those of several of our forms."
                if fitting
                else "Its fields are not those of one of our forms."
            )
            not_ours = Problem(reason, name, "Nothing in it is proposed as an answer.", "not-ours")
            doubted = tuple(replace(each, doubt="the form is not known") for each in claims)
            return ReturnedForm(name, FormIdentity.OTHER, None, None, doubted, (not_ours, about))
        return ReturnedForm(name, FormIdentity.DATA, enclosure, None, claims, (about,))


def _claims(
    pdf: Pdf, fields: Mapping[str, FormField], enclosure: Enclosure, changed: Mapping[str, bool]
) -> Iterator[Claim]:
    for each in fields.values():
        if not each.can_be_filled or (each.name not in changed and each.name not in enclosure.about.read):
            continue
        if each.words or each.name in changed:
            yield replace(_claim(pdf, each, enclosure, each.name), changed=changed.get(each.name, False))


def _claim(pdf: Pdf, found: FormField, enclosure: Enclosure | None, name: str | None) -> Claim:
    """What one field claims, with every reason not to propose it."""
    claim = Claim(shortened(found.name), shortened(found.tooltip or found.name, _LONGEST_NAME), found.words)
    if enclosure is not None and name in enclosure.about.read:
        claim = _aimed(claim, found.value, enclosure, found)
    claim = _with_short_answer(claim)
    if claim.doubt:
        return claim
    agreed = agrees(pdf, found)
    if agreed is False:
        try:
            shown = (
                words_shown(pdf, found).strip()
                if found.kind in (FieldKind.TEXT, FieldKind.CHOICE)
                else "something else"
            )
        except Unreadable:
            shown = "something else"
        return replace(claim, shows=shown or "(nothing)", doubt="it shows other words than it stores")
    if agreed is None:
        return replace(claim, doubt="the words it shows could not be compared with what it stores")
    if found.hidden:
        return replace(claim, doubt="no page shows it")
    return claim


def _with_short_answer(claim: Claim) -> Claim:
    """A claim whose words are not longer than anybody would read."""
    if len(claim.says) <= _LONGEST_ANSWER:
        return claim
    doubt = f"it has {len(claim.says)} characters, of which {_LONGEST_ANSWER} are shown"
    return replace(claim, says=claim.says[:_LONGEST_ANSWER], doubt=claim.doubt or doubt)


def _data_claim(name: str, value: str | tuple[str, ...], enclosure: Enclosure | None) -> Claim:
    claim = Claim(
        shortened(name), shortened(name, _LONGEST_NAME), value if isinstance(value, str) else "; ".join(value)
    )
    if enclosure is not None and name in enclosure.about.read:
        return _aimed(claim, value, enclosure, None)
    return _with_short_answer(claim)


def _aimed(claim: Claim, value: Any, enclosure: Enclosure, found: FormField | None) -> Claim:
    """A claim with the answer that it may become."""
    target = enclosure.about.read[claim.field]
    if len(claim.says) > target.longest:
        doubt = f"it has {len(claim.says)} characters, more than the {target.longest} that are read"
        return replace(claim, to=target.to, says=claim.says[: target.longest], doubt=doubt)
    answer: Any = claim.says.strip()
    if target.split == "lines":
        answer = [line.strip() for line in claim.says.split("\n") if line.strip()]
    elif isinstance(value, tuple):
        answer = list(value)
    elif found is not None and found.kind is FieldKind.TICK:
        answer = value is not None
    words = {
        folded(shown): kept for kept, shown in enclosure.about.choices.get(claim.field, {}).items() if kept != "from"
    }
    if isinstance(answer, str) and folded(answer) in words:
        answer = words[folded(answer)]
    return replace(claim, to=target.to, value=answer)


def _notes(pdf: Pdf, fields: Mapping[str, FormField], name: str) -> Iterator[Problem]:
    form = fields_in(pdf)
    if signed := signed_fields(form):
        yield Problem(f"The form is signed ({named_list(signed)}). The signature was not checked.", name, code="signed")
    if left := [each for each in uncleaned(pdf) if "NeedAppearances" not in each]:
        yield Problem(f"The file holds {named_list(left)}. Nothing of it was run.", name, code="active")
    hidden = [each.name for each in fields.values() if each.hidden and each.words and each.can_be_filled]
    if hidden:
        yield Problem(f"Hidden fields have words that no page shows: {named_list(hidden)}.", name, code="hidden")
    if form.orphans:
        yield Problem("Fields were put on pages that do not belong to the form.", name, code="outside-form")
    added = [
        str(number)
        for number, page in enumerate(pdf.pages, 1)
        for each in annotations_of(page.obj)
        if str(each.get("/Subtype")) not in ("/Widget", "/Link")
    ]
    if added:
        pages = ", ".join(dict.fromkeys(added))
        message = f"The sender added comments or drawings on page {pages}, which may cover what the form says."
        yield Problem(message, name, "Look at the page itself.", "annotations")


def _no_fields(pdf: Pdf, name: str) -> Problem:
    form = form_of(pdf)
    if form is not None and "/XFA" in form:
        message = "The form is built by Adobe Reader when it is opened (dynamic XFA), and cannot be read here."
        return Problem(message, name, "Ask for it printed, and type the answers: letters new", "xfa")
    if any(_uses_fonts(page.obj.get("/Resources"), 0) for page in pdf.pages):
        message = "The form came back as print: it was flattened, so answers cannot be told from the form's own words."
        return Problem(message, name, "Open it, and type the answers: letters new", "flattened")
    message = "The file is a picture of a form, scanned or photographed."
    return Problem(message, name, "Look at it, and type the answers: letters new", "scanned")


def _uses_fonts(resources: Any, depth: int) -> bool:
    """Whether a page, or a drawing on it, has a font: then it is print and not a picture."""
    if not isinstance(resources, Dictionary) or depth > _DEEPEST:
        return False
    drawings: Any = resources.get("/XObject")
    kept = [drawings[key] for key in map(str, drawings)] if isinstance(drawings, Dictionary) else []
    return "/Font" in resources or any(
        _uses_fonts(each.get("/Resources"), depth + 1) for each in kept if isinstance(each, Stream)
    )


def _other_data(pdf: Pdf, fields: Mapping[str, FormField]) -> str:
    """Words in XFA data that no field stores, shortened; empty if there are none."""
    form = form_of(pdf)
    xfa = form.get("/XFA") if form is not None else None
    parts = list(xfa) if isinstance(xfa, Array) else [xfa]
    data = b"".join(bytes(each.read_bytes()) for each in parts if isinstance(each, Stream))
    if not data:
        return ""
    stored = {folded(each.words) for each in fields.values()} | {
        folded(value)
        for each in fields.values()
        for value in (each.value if isinstance(each.value, tuple) else (each.value or "",))
    }
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        return "it cannot be read"
    texts = (
        str(each.text).strip()
        for holder in root.iter("{http://www.xfa.org/schema/xfa-data/1.0/}data")
        for each in holder.iter()
        if isinstance(each.tag, str) and len(each) == 0 and each.text
    )
    return next((f"“{masked(text)[:80]}”" for text in texts if text and folded(text) not in stored), "")
