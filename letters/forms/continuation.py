"""The continuation sheet: the whole of each answer that does not fit its field, on pages after the form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from letters.docx.builder import DocumentBuilder
from letters.docx.package import open_package
from letters.forms.filling import TooLongText
from letters.pdf.convert import convert_package
from letters.pdf.pdf_objects import Array, Dictionary, NumberTree, Pdf, integer, opened


def append_sheet(pdf: Pdf, title: str, texts: Sequence[TooLongText], dated: date, language: str) -> None:
    """Add a continuation sheet to a form. Its pages are read aloud after those of the form.

    Args:
        title: of the form.
        texts: what does not fit.
    """
    sheet = DocumentBuilder(f"Continuation sheet: {title}", dated, language)
    sheet.heading(f"Continuation sheet: {title}")
    for each in texts:
        sheet.heading(each.field.tooltip or each.field.name, 2)
        for line in each.text.split("\n"):
            sheet.say(line)
    data = convert_package(open_package(sheet.written(), "continuation sheet"), dated=dated).data
    with opened(data) as pages:
        append(pdf, pages)


def append(pdf: Pdf, more: Pdf) -> None:
    """Add the pages of one file to another, with their structure if both are tagged."""
    before = len(pdf.pages)
    pdf.pages.extend(more.pages)
    added = [pdf.pages[at].obj for at in range(before, len(pdf.pages))]
    ours, theirs = pdf.Root.get("/StructTreeRoot"), more.Root.get("/StructTreeRoot")
    if not isinstance(ours, Dictionary) or not isinstance(theirs, Dictionary):
        for page in added:
            if "/StructParents" in page:
                del page["/StructParents"]
        return
    _append_structure(pdf, ours, more, theirs, added)


def _append_structure(pdf: Pdf, ours: Any, more: Pdf, theirs: Any, pages: list[Any]) -> None:
    old = NumberTree(theirs.ParentTree)
    if not isinstance(ours.get("/ParentTree"), Dictionary):
        ours.ParentTree = pdf.make_indirect(Dictionary(Nums=Array()))
    tree = NumberTree(ours.ParentTree)
    shift = max([integer(ours.get("/ParentTreeNextKey")), *(key + 1 for key in tree)], default=0)
    tops = theirs.K if isinstance(theirs.K, Array) else [theirs.K]
    for top in tops:
        copied = pdf.copy_foreign(top if top.is_indirect else more.make_indirect(top))
        copied.P = ours
        kids = ours.get("/K")
        if kids is None:
            ours.K = Array([copied])
        elif isinstance(kids, Array):
            kids.append(copied)
        else:
            ours.K = Array([kids, copied])
    keys = list(old.keys())
    for key in keys:
        parents = old[key]
        tree[key + shift] = pdf.copy_foreign(parents if parents.is_indirect else more.make_indirect(parents))
    for page in pages:
        if "/StructParents" in page:
            page.StructParents = integer(page.StructParents) + shift
        for annotation in page.get("/Annots") or ():
            if "/StructParent" in annotation:
                annotation.StructParent = integer(annotation.StructParent) + shift
    ours.ParentTreeNextKey = max([shift, *(key + shift + 1 for key in keys)])
