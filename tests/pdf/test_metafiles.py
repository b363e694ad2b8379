"""Pictures in the formats EMF and WMF are printed, or reported; never printed wrong."""

from __future__ import annotations

import io
import struct

import pytest
from helpers.documents import docx, paragraph, picture
from helpers.metafiles import (
    bitmap,
    brush,
    curve,
    emf,
    font,
    pen,
    polygons,
    record,
    rectangle,
    select,
    wmf,
    wmf_record,
    words,
)
from PIL import Image

from letters.pdf.convert import convert
from letters.pdf.metafiles import as_png, is_metafile

RED, BLUE = 0x0000FF, 0xFF0000
SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200)]
HOLE = [(130, 130), (170, 130), (170, 170), (130, 170)]


def drawn(data: bytes) -> Image.Image:
    """The picture, 300 by 200 pixels or a multiple of it."""
    assert is_metafile(data)
    png = as_png(data, 72.0, 48.0)
    assert png is not None
    return Image.open(io.BytesIO(png))


def at(shown: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return shown.getpixel((x, y))  # type: ignore[return-value]


def test_shapes_have_their_places_colors_and_holes() -> None:
    shown = drawn(emf(brush(1, RED), pen(2, 0, 3), rectangle(10, 10, 90, 60), brush(3, BLUE), polygons(SQUARE, HOLE)))
    assert shown.size == (300, 200)
    assert at(shown, 50, 40) == (255, 0, 0, 255)
    assert at(shown, 10, 40) == (0, 0, 0, 255)
    assert at(shown, 115, 150) == (0, 0, 255, 255)
    assert at(shown, 150, 150)[3] == at(shown, 250, 50)[3] == 0  # the hole, and what is empty


def test_a_bitmap_that_leaves_all_as_it_is_draws_nothing() -> None:
    copied, nothing = (struct.pack("<I", operation) for operation in (0xCC0020, 0xAA0029))
    green = bitmap(0, 0, 300, 200, [(0, 128, 0)])
    shown = drawn(emf(brush(1, RED), rectangle(10, 10, 90, 60), green.replace(copied, nothing)))
    assert at(shown, 50, 40) == (255, 0, 0, 255)
    assert at(shown, 150, 150)[3] == 0


def test_curves_text_and_bitmaps_are_drawn() -> None:
    shown = drawn(
        emf(
            pen(1, RED, 4), curve((10, 100), (60, 20), (120, 180), (160, 100)), font(2, "Arial", 40),
            words("Seal", 10, 10),
            bitmap(200, 100, 80, 40, [(0, 128, 0), (0, 0, 200)]),
        )
    )  # fmt: skip
    assert at(shown, 89, 100) == (255, 0, 0, 255)
    assert at(shown, 205, 120) == (0, 128, 0, 255)
    assert at(shown, 275, 120) == (0, 0, 200, 255)
    letters = shown.crop((10, 10, 90, 55)).getchannel("A").getextrema()
    assert letters == (0, 255)


def test_paths_windows_and_saved_states() -> None:
    window = record(17, struct.pack("<I", 8)) + record(9, struct.pack("<2i", 3000, 2000))
    window += record(11, struct.pack("<2i", 300, 200))
    path = record(59) + record(27, struct.pack("<2i", 1000, 1000)) + record(54, struct.pack("<2i", 2000, 1000))
    path += record(54, struct.pack("<2i", 2000, 1900)) + record(61) + record(60) + record(62, bytes(16))
    kept = record(33) + brush(1, RED) + record(34, struct.pack("<i", -1)) + select(0x80000004)
    shown = drawn(emf(window, brush(2, BLUE), kept, path))
    assert at(shown, 190, 120) == (0, 0, 0, 255)  # black, the stock brush chosen last
    assert at(shown, 110, 180)[3] == 0


def test_windows_metafiles_are_drawn() -> None:
    tools = wmf_record(0x02FC, struct.pack("<HIH", 0, RED, 0)) + wmf_record(0x012D, struct.pack("<H", 0))
    shapes = wmf_record(0x041B, struct.pack("<4h", 60, 90, 10, 10)) + wmf_record(
        0x0324, struct.pack("<h8h", 4, *[value for corner in SQUARE for value in corner])
    )
    said = wmf_record(0x0521, struct.pack("<h4s2h", 4, b"Seal", 150, 10))
    shown = drawn(wmf(tools, shapes, said))
    assert at(shown, 50, 40) == at(shown, 150, 150) == (255, 0, 0, 255)
    assert at(shown, 250, 50)[3] == 0


def test_a_wmf_picture_is_clipped_until_its_state_is_restored() -> None:
    red = wmf_record(0x02FC, struct.pack("<HIH", 0, RED, 0)) + wmf_record(0x012D, struct.pack("<H", 0))
    clip = wmf_record(0x001E) + wmf_record(0x0416, struct.pack("<4h", 100, 150, 0, 0))
    wide, below = (wmf_record(0x041B, struct.pack("<4h", *edges)) for edges in ((90, 290, 10, 10), (190, 290, 120, 10)))
    shown = drawn(wmf(red, clip, wide, wmf_record(0x0127, struct.pack("<h", -1)), below))
    assert [at(shown, *place)[3] for place in ((50, 50), (250, 50), (250, 150))] == [255, 0, 255]


@pytest.mark.parametrize(
    "data",
    [emf(), emf(record(118, bytes(40))), emf(record(43, b"")), emf(rectangle(1, 1, 9, 9))[:-30], wmf()],
    ids=["nothing", "a gradient", "a damaged record", "cut off", "nothing in an old one"],
)
def test_what_cannot_be_drawn_is_reported_and_not_printed_in_part(data: bytes) -> None:
    assert as_png(data, 72.0, 48.0) is None
    letter = convert(docx(paragraph("Words", inner=picture(description="Seal")), pictures={"rIdPicture": data}))
    assert [note.code for note in letter.notes if note.code == "picture"] == ["picture"]


def test_a_picture_inside_a_newer_kind_of_metafile_is_shown() -> None:
    inner = io.BytesIO()
    Image.new("RGB", (4, 4), (0, 99, 0)).save(inner, "PNG")
    content = b"EMF+" + bytes(28) + inner.getvalue()
    shown = drawn(emf(record(70, struct.pack("<I", len(content)) + content)))
    assert at(shown, 100, 100) == (0, 99, 0, 255)


def test_a_metafile_is_printed_with_its_description() -> None:
    data = emf(brush(1, RED), rectangle(10, 10, 290, 190))
    letter = convert(docx(paragraph("Words", inner=picture(description="The seal")), pictures={"rIdPicture": data}))
    assert letter.notes == ()
    assert b"/Image" in letter.data
