"""Takes an office's form in: refuses what cannot be a template, and removes what a form that goes out must not hold.

This is done once, so that the file that is vetted is the file that is filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letters._text.personal import masked, personal
from letters.errors import LettersError, Problem
from letters.forms.acroform import FieldKind, FormInFile, annotations_of, fields_in, form_of, kind_conflict
from letters.pdf.pdf_objects import Array, Dictionary, Pdf, Stream, opened, reading, text_of

_HARMLESS_ACTIONS = ("/URI", "/GoTo")
_MOST_PARENTS = 20
_MOST_PAGES = 2_000
_MOST_LZW = 1_000_000  # bytes; even today's largest forms have none, and old ones have little
_DAMAGED = "The PDF is damaged, so its form cannot be read."


class NotAForm(LettersError):
    """The file cannot be used as a form; the message says why and what to do."""


def open_form(data: bytes, name: str) -> Pdf:
    """A PDF form. Raises NotAForm, or NotAPdf, in words.

    Args:
        name: what messages call the file.
    """
    if not data[:1024].lstrip().startswith(b"%PDF-"):
        raise NotAForm(Problem("This is not a PDF.", name, "Save the form as PDF, and use that file.", "not-a-pdf"))
    with reading(name, _DAMAGED):
        pdf = opened(data)
        count, _ = len(pdf.pages), pdf.Root
        if count > _MOST_PAGES:
            raise NotAForm(Problem(f"The PDF has {count:,} pages, more than any form.", name, code="long"))
        if any(_unpacks_without_limit(each) for each in pdf.objects):
            raise ValueError("LZW")
        return pdf


def _unpacks_without_limit(each: Any) -> bool:
    """Whether it is a large stream in the one compression whose result the library cannot limit."""
    return isinstance(each, Stream) and "LZW" in str(each.get("/Filter")) and len(each.read_raw_bytes()) > _MOST_LZW


def refuse_unusable(pdf: Pdf, form: FormInFile, name: str) -> None:
    """Raise NotAForm with every reason for which a form cannot be filled."""
    if problems := list(_unusable(pdf, form, name)):
        raise NotAForm(problems)


def _unusable(pdf: Pdf, form: FormInFile, name: str) -> Iterator[Problem]:
    if is_dynamic(pdf):
        yield Problem(
            "The form is built by Adobe Reader when it is opened (dynamic XFA): the PDF itself holds no form that any "
            "other program shows.",
            name,
            "Ask its publisher for an ordinary PDF form (AcroForm), or print it to PDF and add fields to that.",
            "xfa",
        )
        return
    if signed := signed_fields(form):
        yield Problem(
            f"The form has been signed (field “{signed[0]}”). Filling it would break the signature.",
            name,
            "Use the form as it was before anybody signed it.",
            "signed",
        )
    if not form.fields:
        yield Problem(
            "The PDF has no fields to fill.",
            name,
            "Add fields in a PDF editor. If it is a form to print and fill by hand, send it as it is.",
            "no-fields",
        )
    for each in form.fields.values():
        if problem := kind_conflict(each, name):
            yield problem


def refuse_hidden(pdf: Pdf, form: FormInFile, name: str) -> None:
    """Raise NotAForm with every text that the file holds without showing it, or that states a number or a wage."""
    problems = [
        Problem(
            f"The field “{each.name}” holds words that no page shows: “{masked(each.words)[:60]}”.",
            name,
            "Empty it, or show it, in the program that made the form.",
            "hidden",
            each.name,
        )
        for each in form.fields.values()
        if each.hidden and each.can_be_filled and each.words and each.kind is FieldKind.TEXT
    ]
    for place, words in hidden_texts(pdf, form):
        if place.startswith("annotation") and words.strip():
            problems.append(
                Problem("The form has a comment.", f"{name}, {place}", "Delete it in a PDF editor.", "comments")
            )
        problems += [
            Problem(f"The form states a {found.what}.", f"{name}, {place}", "Remove it there.", "personal")
            for found in personal(words)
        ]
    if problems:
        raise NotAForm(problems)


def is_dynamic(pdf: Pdf) -> bool:
    """Whether only Adobe Reader can show the form, because its pages are made from XFA data when it is opened."""
    form = form_of(pdf)
    if form is None or "/XFA" not in form:
        return False
    return bool(pdf.Root.get("/NeedsRendering")) or not fields_in(pdf).fields


def signed_fields(form: FormInFile) -> list[str]:
    """The names of the fields that hold a signature."""
    return [
        each.name
        for each in form.fields.values()
        if each.kind is FieldKind.SIGNATURE and any(isinstance(obj.get("/V"), Dictionary) for obj in each.objects)
    ]


def clean(pdf: Pdf) -> tuple[str, ...]:
    """Remove what a form that goes out must not hold; what was removed, each in words. Nothing, if it is clean."""
    return tuple(_cleaned(pdf, remove=True))


def adopt(pdf: Pdf) -> int:
    """Add fields on pages that the form does not list, and return how many."""
    if form_of(pdf) is None and fields_in(pdf).orphans:
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array()))
    form, found = form_of(pdf), fields_in(pdf)
    if form is None:
        return 0
    if not isinstance(form.get("/Fields"), Array):
        form.Fields = Array()
    known = {widget.obj.objgen for each in found.fields.values() for widget in each.widgets}
    added = 0
    for page in pdf.pages:
        for annotation in annotations_of(page.obj):
            is_field = annotation.get("/Subtype") == "/Widget" and "/T" in annotation and "/FT" in annotation
            if is_field and annotation.objgen not in known and "/Parent" not in annotation:
                form.Fields.append(annotation)
                added += 1
    return added


def uncleaned(pdf: Pdf) -> tuple[str, ...]:
    """What `clean` would remove."""
    return tuple(_cleaned(pdf, remove=False))


def _cleaned(pdf: Pdf, *, remove: bool) -> Iterator[str]:
    root, form = pdf.Root, form_of(pdf)
    holders = [
        (form, "/XFA", "a second copy of the form for Adobe programs (XFA)"),
        (form, "/CO", "the order of calculations"),
        (form, "/NeedAppearances", "the request that each reader draw the fields in its own way (NeedAppearances)"),
        (root, "/NeedsRendering", "the request to build the pages when the file is opened"),
        (root, "/Perms", "usage rights, or a certification"),
        (root, "/OpenAction", "an action on opening the file"),
        (root, "/AA", "actions of the document"),
        (root, "/Collection", "a portfolio"),
        (names_of(root), "/JavaScript", "scripts of the document"),
        (names_of(root), "/EmbeddedFiles", "attached files"),
    ]
    for holder, key, words in holders:
        if holder is None or key not in holder or _is_destination(key, holder):
            continue
        if remove:
            del holder[key]
        yield words
    actions = list(_actions(pdf))
    for holder, key in actions:
        if remove and key in holder:
            del holder[key]
    if actions:
        count = len(actions)
        yield (
            "1 action of a field or page (script, submission)"
            if count == 1
            else (f"{count} actions of fields and pages (scripts, submissions)")
        )
    attached = [
        (page, each)
        for page in pdf.pages
        for each in annotations_of(page.obj)
        if str(each.get("/Subtype")) in ("/FileAttachment", "/Movie", "/Sound", "/Screen", "/RichMedia", "/3D")
    ]
    for page, each in attached if remove else ():
        page.obj.Annots = Array([kept for kept in page.obj.Annots if getattr(kept, "objgen", None) != each.objgen])
    if attached:
        yield f"attachments and media on pages: {len(attached)}"
    if pdf.is_encrypted:  # what is saved is never encrypted
        yield "restrictions on printing or changing it (an owner password)"


def names_of(root: Any) -> Any:
    """The name dictionary of a document; None if it has none."""
    found = root.get("/Names")
    return found if isinstance(found, Dictionary) else None


def _is_destination(key: str, holder: Any) -> bool:
    """Whether what happens on opening is only to show a page."""
    action = holder.get(key)
    return key == "/OpenAction" and (
        isinstance(action, Array) or (isinstance(action, Dictionary) and str(action.get("/S")) in _HARMLESS_ACTIONS)
    )


def _actions(pdf: Pdf) -> Iterator[tuple[Any, str]]:
    """Every dictionary with an action that runs or sends something, and the entry that holds it."""
    seen: set[tuple[Any, str]] = set()
    for page in pdf.pages:
        if "/AA" in page.obj:
            yield page.obj, "/AA"
        for annotation in annotations_of(page.obj):
            holder: Any = annotation
            for _ in range(_MOST_PARENTS):
                if not isinstance(holder, Dictionary):
                    break
                for key in ("/AA", "/A"):
                    action = holder.get(key)
                    if action is None or (holder.objgen, key) in seen or _is_destination_action(key, action):
                        continue
                    if holder.objgen != (0, 0):
                        seen.add((holder.objgen, key))
                    yield holder, key
                holder = holder.get("/Parent")


def _is_destination_action(key: str, action: Any) -> bool:
    return key == "/A" and isinstance(action, Dictionary) and str(action.get("/S")) in _HARMLESS_ACTIONS


def left_values(form: FormInFile) -> dict[str, str]:
    """What the fields of a form say before anything is filled in, by name; ticks that are set included."""
    return {each.name: each.words for each in form.fields.values() if each.words and each.can_be_filled}


def hidden_texts(pdf: Pdf, form: FormInFile) -> Iterator[tuple[str, str]]:
    """Texts that the file holds without showing them, each with its place in words: for the scan of what is disclosed.

    They are values, defaults and rich values of fields, words of annotations, and the document information.
    """
    for each in form.fields.values():
        for entry, words in (("/V", "value"), ("/DV", "default value"), ("/RV", "formatted value")):
            for obj in each.objects:
                if entry in obj:
                    yield f"{words} of the field {each.name}", _flat(obj[entry])
    for number, page in enumerate(pdf.pages, 1):
        for annotation in annotations_of(page.obj):
            if annotation.get("/Subtype") in ("/Widget", "/Link"):
                continue
            for entry in ("/Contents", "/RC", "/Subj", "/T"):
                if entry in annotation:
                    yield f"annotation on page {number}", _flat(annotation[entry])
    info = pdf.trailer.get("/Info")
    for key, value in info.items() if isinstance(info, Dictionary) else ():
        if key not in ("/CreationDate", "/ModDate", "/Producer", "/Creator", "/Trapped"):
            yield f"document information, {key[1:]}", _flat(value)


def _flat(value: Any) -> str:
    if isinstance(value, Array):
        return "\n".join(text_of(each) for each in value)
    if isinstance(value, Stream) or not isinstance(value, Dictionary):
        try:
            return text_of(value)
        except UnicodeError:
            return ""
    return ""


def claims_ua(pdf: Pdf) -> bool:
    """Whether the metadata claims PDF/UA."""
    data = pdf.Root.get("/Metadata")
    return isinstance(data, Stream) and b"pdfuaid" in bytes(data.read_bytes())


def is_tagged(pdf: Pdf) -> bool:
    """Whether the document has a structure tree that says how it is read aloud."""
    marked = pdf.Root.get("/MarkInfo")
    return "/StructTreeRoot" in pdf.Root and isinstance(marked, Dictionary) and bool(marked.get("/Marked", False))
