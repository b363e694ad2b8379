"""Diagrams and locked drawings, which are printed as the shapes that Word stored for them."""

from __future__ import annotations

import pytest
from helpers.documents import docx, paragraph
from helpers.drawn_parts import DIAGRAM, canvas, diagram_parts, frame, stored_shape
from helpers.pages import place, places, printed

from letters.docx.package import open_package
from letters.pdf.document import Image, Text, inlines, paragraphs
from letters.pdf.reader.drawn_parts import with_drawn_parts
from letters.pdf.reader.reader import read_document


@pytest.mark.usefixtures("writer")
def test_a_diagram_is_printed_as_word_last_drew_it() -> None:
    shapes = stored_shape("First", 0) + stored_shape("Second", 1_270_000)
    letter = printed(paragraph("before", inner=frame(DIAGRAM)) + paragraph("after"), others=diagram_parts(shapes))
    first, second = place(letter.data, "First"), place(letter.data, "Second")
    assert second[0] - first[0] == pytest.approx(100, abs=10)
    assert 72 < first[0] < 172
    assert place(letter.data, "after")[1] > 72 + 100  # below the drawing, which takes its own room
    assert not letter.notes


def test_words_of_a_diagram_stand_where_word_gave_them_room() -> None:
    room = '<dsp:txXfrm><a:off x="635000" y="0"/><a:ext cx="635000" cy="635000"/></dsp:txXfrm>'
    plain, moved = (
        printed(paragraph("x", inner=frame(DIAGRAM)), others=diagram_parts(stored_shape("Word", 0, more=more)))
        for more in ("", room)
    )
    assert place(moved.data, "Word")[0] - place(plain.data, "Word")[0] == pytest.approx(25, abs=1)


def test_words_of_a_diagram_are_as_small_as_word_made_them_to_fit() -> None:
    body = '<a:bodyPr><a:normAutofit fontScale="50000"/></a:bodyPr>'
    shapes = stored_shape("Word", 0).replace("<a:bodyPr/>", body)
    found = read_document(
        with_drawn_parts(open_package(docx(paragraph("x", inner=frame(DIAGRAM)), others=diagram_parts(shapes)), "x"))[0]
    )
    words = [item for each in paragraphs(found.sections[0].blocks) for item in each.content if isinstance(item, Text)]
    assert {item.text: item.format.size for item in words} == {"x": 12.0, "Word": 7.0}


def test_a_diagram_without_stored_shapes_is_left_out_with_a_note() -> None:
    parts = {name: part for name, part in diagram_parts("").items() if name == "rIdData"}
    letter = printed(paragraph("x", inner=frame(DIAGRAM)), others=parts)
    assert [note.code for note in letter.notes] == ["drawing"]


def test_the_shapes_of_a_locked_drawing_cover_one_another_in_their_order() -> None:
    """A rectangle, an ellipse upon it, and words upon both."""
    document = read_document(
        with_drawn_parts(open_package(docx(paragraph("x", inner=frame(canvas("Words")))), "letter.docx"))[0]
    )
    found = [item for each in paragraphs(document.sections[0].blocks) for item in inlines(each.content)]
    *shapes, room = [item for item in found if isinstance(item, Image)]
    assert [b"#ff0000" in shape.data for shape in shapes] == [True, False]
    assert (room.width, room.height, room.floating) == (200, 100, None)
    assert all(shape.floating is not None and shape.floating.behind for shape in shapes)
    letter = printed(paragraph("x", inner=frame(canvas("Words"))))
    assert "Words" in [words for words, _, _ in places(letter.data)]
    assert not letter.notes
