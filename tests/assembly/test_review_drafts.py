"""Drafts of a template that is being reviewed: made as if its changes were accepted, and without its comments."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path

import pytest
from helpers.edits import edit
from helpers.offices import COUNSEL, office_of_one_kind

from letters.approval.approve import check_before_approval
from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.docx.package import open_package
from letters.errors import LibraryAtFault
from letters.library.library import Library

KIND = "own-records"
REMARK = '<w:commentRangeStart w:id="0"/>{}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
ASKED = '<w:comments xmlns:w="w"><w:comment w:id="0"><w:p>Is it {{ x }}, or {% if …?</w:p></w:comment></w:comments>'
RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
REVIEWED = (
    f"<w:p>{REMARK.format(RUN.format('A new paragraph '))}"
    f'<w:ins w:id="7" w:author="Pat">{RUN.format("of ours")}</w:ins>'
    '<w:del w:id="8" w:author="Pat"><w:r><w:delText>of theirs</w:delText></w:r></w:del></w:p>'
)


def test_a_letter_from_it_is_a_draft_that_says_why_and_shows_no_review(tmp_path: Path) -> None:
    root = office_of_one_kind(tmp_path, KIND)
    edit(root / "templates" / KIND / "letter.docx", "word/document.xml", "<w:body>", f"<w:body>{REVIEWED}")
    with zipfile.ZipFile(root / "templates" / KIND / "letter.docx", "a") as template:
        template.writestr("word/comments.xml", ASKED)  # a tag that somebody asks about is none
    assembler = Assembler(Library(root))
    sample = tomllib.loads((root / "templates" / KIND / "sample.toml").read_text(encoding="utf-8"))
    letter = assembler.check(sample)
    made = assembler.make(letter, ["docx"])
    assert made.is_draft
    context, properties = assembler.context(letter), DocumentProperties("t", "a", "en-US", letter.date)
    read = [words for _, words in assembler.anatomy(KIND).fill(context, properties)]
    assert "A new paragraph of ours" in read, "so that previews and proofs show it"
    assert "its template is still being reviewed: 2 tracked changes are left (by Pat)" in assembler.why_draft(letter)
    package = open_package(made.files["docx"], "letter")
    main = package.parts[package.main].decode()
    assert "A new paragraph " in main
    assert "of ours" in main
    for trace in ("of theirs", "w:ins ", "w:del ", "comment", "Pat"):
        assert trace not in main, trace
    with pytest.raises(LibraryAtFault, match="Review, Accept All Changes"):
        check_before_approval(assembler, [KIND], COUNSEL.on)
