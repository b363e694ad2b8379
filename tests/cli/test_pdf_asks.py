"""`letters pdf` in a terminal asks for the alternative text of pictures."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pikepdf
from helpers import ROOT
from helpers.documents import PIXEL, docx, paragraph, picture
from helpers.terminals import in_terminal


def test_a_person_is_asked_what_each_picture_shows(tmp_path: Path) -> None:
    body = "".join(paragraph(words, inner=picture()) for words in ("One", "Two", "Three"))
    (tmp_path / "letter.docx").write_bytes(docx(body, pictures={"rIdPicture": PIXEL}))
    child = in_terminal(["pdf", "letter.docx", "--library", str(ROOT)], tmp_path, dict(os.environ), columns=200)
    for number, typed in ((1, "The seal of the Department"), (2, "-"), (3, "")):
        child.expect(f"Picture {number} has no alternative text")
        child.expect("> ")
        child.sendline(typed)
    child.expect("Picture 3 has no alternative text")  # the one that is left, as a note
    child.expect("letter.pdf")
    child.wait()
    with pikepdf.open(io.BytesIO((tmp_path / "letter.pdf").read_bytes())) as pdf:
        shown = [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert shown == ["The seal of the Department"]
