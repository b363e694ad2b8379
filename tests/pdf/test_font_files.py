"""Which fonts there are: read from their files, the same with and without fontconfig."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from helpers import ROOT
from helpers.documents import docx, paragraph

from letters._system import font_folders as where
from letters.pdf import fonts
from letters.pdf.convert import Writer, convert
from letters.pdf.font_files import FontFace, faces_in, faces_of_family, installed_faces


def some_font() -> FontFace:
    return fonts.metrics("Times New Roman").face


def test_fonts_are_found_in_folders_below_and_each_once(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    shutil.copy(some_font().file, tmp_path / "a" / "deep" / "É font.TTF")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "broken.ttf").write_bytes(b"\0\1\0\0\0\4nothing")
    (tmp_path / "a" / "empty.otf").touch()
    [face] = faces_in([tmp_path / "a", tmp_path / "b", tmp_path / "none"])
    assert (face.family, face.bold, face.italic, face.cut) == ("Liberation Serif", False, False, (400, 5))
    assert fonts.Metrics(face).width("Words") == fonts.Metrics(some_font()).width("Words")  # whatever its name


def test_fontconfig_finds_the_same_families() -> None:
    if shutil.which("fc-list") is None:
        pytest.skip("no fontconfig to compare with")
    listed = subprocess.run(
        ["fc-list", ":scalable=true:variable=false", "family"], capture_output=True, text=True, check=True
    ).stdout
    theirs = {name.casefold() for line in listed.splitlines() for name in line.split(",")[:1]}
    ours = set(installed_faces())
    assert not {name for name in theirs - ours if "liberation" in name or "noto sans" in name or "carlito" in name}


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("win32", {"SYSTEMROOT": r"D:\Windows", "LOCALAPPDATA": r"C:\Users\Ana\AppData\Local"}, r"D:\Windows/Fonts"),
        ("win32", {"LOCALAPPDATA": "C:/Users/Ana"}, "C:/Users/Ana/Microsoft/Windows/Fonts"),
        ("darwin", {}, "/System/Library/Fonts"),
        ("darwin", {"HOME": "/Users/ana"}, "/Users/ana/Library/Fonts"),
        ("linux", {}, "/usr/share/fonts"),
        ("linux", {"HOME": "/home/ana"}, "/home/ana/.local/share/fonts"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/fonts"),
    ],
)
def test_every_system_has_its_folders(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    for name in ("XDG_DATA_HOME", "FONTCONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Path(folder) in where.font_folders()


def test_the_settings_of_fontconfig_may_name_other_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    monkeypatch.setenv("HOME", "/home/ana")
    settings = tmp_path / "fonts.conf"
    settings.write_text('<fontconfig><dir>/a &amp; b</dir><dir prefix="xdg">own</dir><dir>~/mine</dir></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(settings))
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert where.font_folders() == (Path("/a & b"), Path("/data/own"), Path("/home/ana/mine"))


def test_fonts_for_other_scripts_are_asked_in_the_same_order_everywhere() -> None:
    order = [face.family for face in fonts.alternatives("Liberation Serif", False, False, "en-US")]
    assert order.index("Noto Serif") < order.index("Noto Sans Hebrew")
    assert len(order) == len(set(order)) > 3
    bold = fonts.alternatives("Liberation Sans", True, False, "en-US")
    assert next(face for face in bold if face.family == "Liberation Serif").bold


GLYPHS = [".notdef", "space", "A", "B"]


def box(width: int, pen: Any) -> Any:
    pen.moveTo((0, 0))
    for corner in ((0, 700), (width, 700), (width, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen


def font_file(path: Path, family: str, *, cubic: bool) -> None:
    """A font whose letters are boxes: with cubic outlines, or with a weight that varies, to twice the width in bold."""
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.setupGlyphOrder(GLYPHS)
    builder.setupCharacterMap({0x20: "space", 0x41: "A", 0x42: "B"})
    if cubic:
        pens = {name: box(500, T2CharStringPen(600, None)) for name in GLYPHS}
        builder.setupCFF(family.replace(" ", ""), {}, {name: pen.getCharString() for name, pen in pens.items()}, {})
    else:
        builder.setupGlyf({name: box(500, TTGlyphPen(None)).glyph() for name in GLYPHS})
    builder.setupHorizontalMetrics(dict.fromkeys(GLYPHS, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400, sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    if not cubic:
        builder.setupFvar([("wght", 400, 400, 700, "Weight")], [])
        wider = TupleVariation(
            {"wght": (0.0, 1.0, 1.0)}, [(0, 0), (0, 0), (600, 0), (600, 0), (0, 0), (600, 0), None, None]
        )
        builder.setupGvar({name: [wider] for name in ("A", "B")})
    builder.save(path)


def test_fonts_with_cubic_outlines_and_of_varying_weight_are_set_without_weasyprint(tmp_path: Path) -> None:
    font_file(tmp_path / "cubic.otf", "Cubic Boxes", cubic=True)
    font_file(tmp_path / "varying.ttf", "Varying Boxes", cubic=False)
    cubic, regular, bold = faces_in([tmp_path])
    assert [(face.bold, face.cut[0]) for face in (cubic, regular, bold)] == [(False, 400), (False, 400), (True, 700)]
    assert (fonts.Metrics(regular).width("AB"), fonts.Metrics(bold).width("AB")) == (1.2, 2.4)
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    words = "".join(
        paragraph("AB BA", run=f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}"/>{style}')
        for name, style in (("Cubic Boxes", ""), ("Varying Boxes", ""), ("Varying Boxes", "<w:b/>"))
    )
    script = (
        "import sys; from letters.pdf.convert import convert\n"
        "letter = convert(sys.stdin.buffer.read(), writer='composer')\n"
        "sys.stderr.write(repr(letter.notes)); sys.stdout.buffer.write(letter.data)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=docx(words), capture_output=True, check=True, cwd=ROOT,
        env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")},
    )  # fmt: skip
    assert done.stderr == b"()"  # it claims what other letters do
    with pikepdf.open(io.BytesIO(done.stdout)) as pdf:
        found = [
            key for each in pdf.objects if isinstance(each, pikepdf.Dictionary) for key in each if "FontFile" in key
        ]
    assert sorted(found) == ["/FontFile2", "/FontFile2", "/FontFile3"]
    document = pdfium.PdfDocument(done.stdout)
    words_shown = document[0].get_textpage()
    assert words_shown.get_text_range().split() == ["AB", "BA"] * 3
    left, _, right, _ = words_shown.get_rect(words_shown.count_rects() - 1)
    assert right - left > 50  # five letters of 12 points, twice as wide in bold


@pytest.mark.parametrize("writer", ["composer", "html"])
def test_the_fonts_that_a_letter_embeds_are_used(tmp_path: Path, writer: Writer) -> None:
    font_file(tmp_path / "boxes.otf", "Boxes", cubic=True)
    named = '<w:rFonts w:ascii="Wide Boxes" w:hAnsi="Wide Boxes"/>'
    embedded = {"Wide Boxes": (tmp_path / "boxes.otf").read_bytes()}
    letter = convert(docx(paragraph("ABBA", run=named), fonts=embedded), writer=writer)
    assert letter.notes == ()
    page = pdfium.PdfDocument(letter.data)[0].get_textpage()
    assert page.get_text_range() == "ABBA"
    first, second = (page.get_charbox(at, loose=True)[0] for at in (0, 1))
    assert second - first == pytest.approx(7.2, abs=0.01)  # as wide as the font says, in 12 points


def test_an_embedded_font_is_not_taken_for_another_of_its_name_nor_when_damaged(tmp_path: Path) -> None:
    for name, cubic in (("one", True), ("other", False)):
        font_file(tmp_path / name, "Boxes", cubic=cubic)
    named = '<w:rFonts w:ascii="Boxes" w:hAnsi="Boxes"/>'
    one, other = ((tmp_path / name).read_bytes() for name in ("one", "other"))
    for data, used in ((one, "FontFile3"), (other, "FontFile2"), (one, "FontFile3")):
        with pikepdf.open(io.BytesIO(convert(docx(paragraph("AB", run=named), fonts={"Boxes": data})).data)) as pdf:
            assert any(f"/{used}" in each for each in pdf.objects if isinstance(each, pikepdf.Dictionary))
    for broken in (b"", one[:60], b"no font at all" * 9):
        [note] = convert(docx(paragraph("AB", run=named), fonts={"Boxes": broken})).notes
        assert note.message.startswith("The font Boxes is not installed")
    # A font that comes with Letters precedes one that is embedded, so that our letters look alike everywhere.
    assert convert(docx(paragraph("Any words"), fonts={"Liberation Serif": one})).notes == ()


def test_a_family_alone_has_the_faces_that_it_has_among_all():
    for family, faces in installed_faces().items():
        styles = {(face.italic, face.cut) for face in faces_of_family(family)}
        assert set(faces_of_family(family)) <= set(faces)
        if styles < {(face.italic, face.cut) for face in faces}:  # what is left out is a style that nothing asks for
            assert styles >= {(italic, (weight, 5)) for italic in (False, True) for weight in (400, 700)}
    assert faces_of_family("no such family") == faces_of_family("") == ()


def test_the_best_known_fonts_are_looked_for_in_the_files_that_bear_their_names(tmp_path: Path) -> None:
    for name, family in (("ArialMT.ttf", "Arial"), ("timesbd.ttf", "Times New Roman"), ("other.ttf", "Courier New")):
        font_file(tmp_path / name, family, cubic=False)
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    script = (
        "from letters.pdf.font_files import faces_of_family\n"
        "print([len(faces_of_family(name)) for name in ('arial', 'times new roman', 'courier new', 'calibri')])"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert done.stdout == "[2, 2, 0, 0]\n"


@pytest.mark.parametrize(
    ("bold", "italic", "wide"), [(False, False, 7.025), (True, False, 7.458), (False, True, 6.756), (True, True, 7.224)]
)
def test_caladea_is_as_wide_and_its_lines_as_high_as_cambria(bold: bool, italic: bool, wide: float) -> None:
    """As Cambria is in PDFs that Word made: 0.95 em above the baseline, and 0.222 below it."""
    cambria = fonts.metrics("Caladea", bold, italic)
    assert cambria.width("20 C.F.R. § 603.4") == pytest.approx(wide, abs=0.001)
    assert (cambria.single, cambria.descent) == pytest.approx((1.172, 0.222), abs=0.001)
