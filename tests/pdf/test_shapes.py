"""Drawn shapes: their outlines, their colors, and the words in them."""

from __future__ import annotations

import io
import struct

import pikepdf
import pypdfium2 as pdfium
import pytest
from helpers.documents import docx, paragraph, picture
from helpers.metafiles import emf, record
from helpers.pages import place, places, printed, texts_turned
from helpers.pictures import pixel, pixels
from lxml import etree
from PIL import Image as Pillow

from letters.docx.names import WPS, A, w
from letters.docx.package import open_package
from letters.pdf.convert import convert
from letters.pdf.document import Box, Document, Image, inlines, paragraphs
from letters.pdf.job import ConvertedLetter
from letters.pdf.metafiles import as_png
from letters.pdf.reader.geometry import outlines_of
from letters.pdf.reader.reader import read_document

RED, BLUE = "FF0000", "0000FF"


def solid(ink: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'


def gradient(how: str) -> str:
    stops = "".join(f'<a:gs pos="{at}"><a:srgbClr val="{ink}"/></a:gs>' for at, ink in ((0, RED), (100_000, BLUE)))
    return f"<a:gradFill><a:gsLst>{stops}</a:gsLst>{how}</a:gradFill>"


def named(kind: str, adjusted: str = "") -> str:
    return f'<a:prstGeom prst="{kind}"><a:avLst>{adjusted}</a:avLst></a:prstGeom>'


def shape(look: str, *, words: str = "", description: str = "", inline: bool = False) -> str:
    """A shape 100 points wide and 50 points high, one inch below its line and as far to the right."""
    text = f"<wps:txbx><w:txbxContent>{paragraph(words)}</w:txbxContent></wps:txbx>" if words else ""
    drawn = (
        f'<wp:extent cx="1270000" cy="635000"/><wp:wrapNone/><wp:docPr id="1" name="s" descr="{description}"/>'
        f'<a:graphic><a:graphicData uri="x"><wps:wsp xmlns:wps="{WPS}"><wps:spPr>{look}</wps:spPr>{text}<wps:bodyPr/>'
        "</wps:wsp></a:graphicData></a:graphic>"
    )
    if inline:
        return f"<w:r><w:drawing><wp:inline>{drawn.replace('<wp:wrapNone/>', '')}</wp:inline></w:drawing></w:r>"
    offset = "<wp:posOffset>914400</wp:posOffset>"
    return (
        f'<w:r><w:drawing><wp:anchor behindDoc="0"><wp:positionH relativeFrom="column">{offset}</wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph">{offset}</wp:positionV>{drawn}</wp:anchor></w:drawing></w:r>'
    )


def read(drawn: str) -> Document:
    return read_document(open_package(docx(paragraph("x", inner=drawn)), "letter.docx"))


def pictures(document: Document) -> list[Image]:
    found = [item for each in paragraphs(document.sections[0].blocks) for item in inlines(each.content)]
    return [item for item in found if isinstance(item, Image)]


def test_a_named_shape_is_a_picture_of_its_outline() -> None:
    document = read(shape(named("ellipse") + solid(RED)))
    (image,) = pictures(document)
    assert pixel(image, 0.5, 0.5) == (255, 0, 0, 255)
    assert pixel(image, 0.02, 0.02)[3] == 0  # nothing in the corner
    assert image.decorative
    assert (image.floating and round(image.floating.x), round(image.width)) == (72, 101)
    assert not document.notes


def test_a_freeform_is_drawn_by_its_points_and_not_as_a_rectangle() -> None:
    path = (
        '<a:custGeom><a:gdLst><a:gd name="half" fmla="*/ w 1 2"/></a:gdLst><a:pathLst><a:path w="1270000" h="635000">'
        '<a:moveTo><a:pt x="0" y="0"/></a:moveTo><a:lnTo><a:pt x="half" y="635000"/></a:lnTo>'
        '<a:lnTo><a:pt x="1270000" y="0"/></a:lnTo><a:close/></a:path></a:pathLst></a:custGeom>'
    )
    (image,) = pictures(read(shape(path + solid(BLUE))))
    assert pixel(image, 0.5, 0.8) == (0, 0, 255, 255)
    assert pixel(image, 0.1, 0.8)[3] == 0


@pytest.mark.parametrize(
    ("how", "first", "last"),
    [
        ('<a:lin ang="0"/>', (0.05, 0.5), (0.95, 0.5)),
        ('<a:lin ang="5400000"/>', (0.5, 0.1), (0.5, 0.9)),
        ('<a:lin ang="2700000"/>', (0.05, 0.1), (0.95, 0.9)),
        ('<a:path path="circle"/>', (0.5, 0.5), (0.97, 0.95)),
    ],
)
def test_a_color_changes_in_its_direction(how: str, first: tuple[float, float], last: tuple[float, float]) -> None:
    (image,) = pictures(read(shape(named("rect") + gradient(how))))
    start, end = pixel(image, *first), pixel(image, *last)
    assert start[0] > 200 > 60 > start[2]
    assert end[2] > 200 > 60 > end[0]


def test_a_shape_is_turned_and_mirrored() -> None:
    turned = '<a:xfrm rot="5400000" flipV="1"/>'
    (image,) = pictures(read(shape(turned + named("rtTriangle") + solid(RED))))
    assert (round(image.width), round(image.height)) == (51, 101)
    assert pixel(image, 0.9, 0.05)[3] == 255
    assert pixel(image, 0.1, 0.9)[3] == 0


def two_colors(kind: str) -> bytes:
    """A picture 40 pixels wide and 20 high: red at the left, blue at the right."""
    colors = Pillow.new("RGB", (40, 20), (255, 0, 0))
    colors.paste((0, 0, 255), (20, 0, 40, 20))
    out = io.BytesIO()
    colors.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("said", "size", "red", "blue"),
    [
        ('rot="5400000"', (50, 100), (0.5, 0.1), (0.5, 0.9)),
        ('rot="16200000"', (50, 100), (0.5, 0.9), (0.5, 0.1)),
        ('rot="10800000"', (100, 50), (0.9, 0.5), (0.1, 0.5)),
        ('flipH="1"', (100, 50), (0.9, 0.5), (0.1, 0.5)),
        ('flipV="1"', (100, 50), (0.1, 0.5), (0.9, 0.5)),
        ('rot="5400000" flipH="1"', (50, 100), (0.5, 0.9), (0.5, 0.1)),
        ('rot="1800000"', (111.6, 93.3), (0.2, 0.3), (0.8, 0.7)),
    ],
)
def test_a_picture_is_turned_and_mirrored_about_its_middle(
    said: str, size: tuple[float, float], red: tuple[float, float], blue: tuple[float, float], kind: str
) -> None:
    shown = shape(f"<a:xfrm {said}/>").replace("wps:wsp", "pic:pic").replace("wps:spPr", "pic:spPr")
    shown = shown.replace("<pic:spPr>", '<pic:blipFill><a:blip r:embed="rIdPicture"/></pic:blipFill><pic:spPr>')
    letter = docx(paragraph("Here", inner=shown), pictures={"rIdPicture": two_colors(kind)})
    (image,) = pictures(read_document(open_package(letter, "letter.docx")))
    assert image.floating is not None
    assert (image.width, image.height) == pytest.approx(size, abs=0.1)
    middle = image.floating.x + image.width / 2, image.floating.y + image.height / 2
    assert middle == pytest.approx((72 + 50, 72 + 25), abs=0.1)
    assert pixel(image, *red)[0] > 200 > 50 > pixel(image, *red)[2]
    assert pixel(image, *blue)[2] > 200 > 50 > pixel(image, *blue)[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("effect", "old", "red", "blue"),
    [
        (
            '<a:lum bright="70000" contrast="-70000"/>',
            'gain="19661f" blacklevel="22938f"',
            (255, 178, 178),
            (178, 178, 255),
        ),
        ('<a:lum contrast="50000"/>', 'gain="2"', (255, 0, 0), (0, 0, 255)),
        ('<a:lum bright="40000"/>', 'blacklevel=".2"', (255, 51, 51), (51, 51, 255)),
        ("<a:grayscl/>", 'grayscale="t"', (76, 76, 76), (29, 29, 29)),
        ('<a:alphaModFix amt="50000"/>', "", (255, 0, 0), (0, 0, 255)),
    ],
)
def test_the_colors_of_a_picture_are_changed_as_word_changes_them(
    kind: str, effect: str, old: str, red: tuple[int, ...], blue: tuple[int, ...]
) -> None:
    blip = '<a:blip r:embed="rIdPicture"{}'
    drawn = picture(floats=True).replace(blip.format("/>"), blip.format(f">{effect}</a:blip>"))
    vml = f'<v:shape style="width:36pt;height:36pt"><v:imagedata r:id="rIdPicture" {old}/></v:shape>'
    for shown in (drawn, f"<w:r><w:pict>{vml}</w:pict></w:r>" if old else drawn):
        letter = docx(paragraph("Here", inner=shown), pictures={"rIdPicture": two_colors(kind)})
        (image,) = pictures(read_document(open_package(letter, "letter.docx")))
        left, right = pixel(image, 0.2, 0.5), pixel(image, 0.8, 0.5)
        assert left[:3] == pytest.approx(red, abs=4)
        assert right[:3] == pytest.approx(blue, abs=4)
        assert left[3] == (128 if "alpha" in effect else 255)


def test_what_is_clear_in_a_picture_is_white_for_viewers_that_make_it_smaller() -> None:
    colors = Pillow.new("RGBA", (2, 1), (0, 0, 0, 0))
    colors.putpixel((1, 0), (0, 0, 0, 1))
    out = io.BytesIO()
    colors.save(out, "PNG")
    letter = docx(paragraph("x", inner=picture()), pictures={"rIdPicture": out.getvalue()})
    with pikepdf.open(io.BytesIO(convert(letter, writer="composer").data)) as pdf:
        (shown,) = pdf.pages[0].Resources.XObject.as_dict().values()
        assert shown.read_bytes() == bytes([255, 255, 255, 0, 0, 0])


def test_a_slanting_line_has_its_arrowhead() -> None:
    line = f'<a:ln w="25400">{solid(BLUE)}<a:tailEnd type="triangle"/></a:ln>'
    (image,) = pictures(read(shape(named("straightConnector1") + line)))
    assert pixel(image, 0.5, 0.5)[2] > 200
    alpha = pixels(image).getchannel("A")
    wide, high = alpha.size
    corners = (0, 0, wide // 5, high // 3), (wide * 4 // 5, high * 2 // 3, wide, high)
    ends = [alpha.crop(corner).histogram()[255] for corner in corners]
    assert ends[1] > ends[0] * 1.1


def test_the_words_of_a_shape_stand_within_it_before_its_picture() -> None:
    document = read(shape(named("diamond") + solid(RED), words="Words"))
    (image,) = pictures(document)
    box = next(each for each in document.sections[0].blocks if isinstance(each, Box))
    assert image.floating is not None
    assert image.floating.behind
    assert box.padding == pytest.approx((12.5 + 3.6, 25 + 7.2, 12.5 + 3.6, 25 + 7.2))
    assert not box.shading
    assert not document.notes
    letter = printed(paragraph("x", inner=shape(named("diamond") + solid(RED), words="Words")))
    assert place(letter.data, "Words")[0] > 72 + 72 + 25
    assert not letter.notes


def test_what_is_not_known_is_noted() -> None:
    assert [note.code for note in read(shape(named("gear9") + solid(RED))).notes] == ["not-carried-over"]
    assert [note.code for note in read(shape(named("gear9") + solid(RED), words="Words")).notes] == ["shape"]
    inline = read(shape(named("rect") + gradient(""), words="Words", inline=True))
    assert [note.message for note in inline.notes] == ["The shading of a drawn box is printed as one color."]
    assert next(each for each in inline.sections[0].blocks if isinstance(each, Box)).shading == "#7f007f"


def test_the_alternative_text_of_a_shape_is_that_of_its_picture() -> None:
    (image,) = pictures(read(shape(named("star5") + solid(RED), description="Five stars")))
    assert (image.description, image.decorative) == ("Five stars", False)


@pytest.mark.parametrize(
    "look", [named("rect") + "<a:noFill/>", named("rect") + solid(RED), named("star5") + solid(RED)]
)
def test_a_shape_in_a_line_takes_up_its_own_size(look: str) -> None:
    """Whether anybody sees it or not, and whatever its outline and arrowheads take up beyond it."""
    line = f'<a:ln w="38100">{solid(BLUE)}</a:ln>' if "noFill" not in look else ""
    letter = printed(paragraph("before ", inner=shape(look + line, inline=True)) + paragraph("after"))
    plain = printed(paragraph("before ") + paragraph("after"))
    (_, first), (_, then) = place(letter.data, "before"), place(letter.data, "after")
    (_, usual), (_, below) = place(plain.data, "before"), place(plain.data, "after")
    assert then - first == pytest.approx(below - usual, abs=0.1)
    assert first - usual == pytest.approx(50 - 11.2, abs=0.05)  # 11.2: how far 12 points rise above their line
    (image,) = pictures(read(shape(look + line, inline=True)))
    above, right, under, left = image.around
    assert (image.width + left + right, image.height + above + under) == pytest.approx((100.0, 50.0))


def test_every_named_shape_has_an_outline_of_its_size() -> None:
    from letters.pdf.reader.geometry import _PRESETS

    for kind in _PRESETS:
        look = etree.fromstring(f'<wps:spPr xmlns:wps="{WPS}" xmlns:a="{A}">{named(kind)}</wps:spPr>')
        outlines = outlines_of(look, (100.0, 50.0))
        assert outlines, kind
        across = [x for each in outlines for x, _ in each.points]
        assert (min(across), max(across)) == pytest.approx((0.0, 100.0), abs=7.0), kind


def test_a_formula_that_cannot_be_worked_out_is_nothing() -> None:
    path = (
        '<a:custGeom><a:gdLst><a:gd name="no" fmla="*/ w 1 0"/><a:gd name="far" fmla="sqrt -1"/></a:gdLst><a:pathLst>'
        '<a:path w="0" h="0"><a:moveTo><a:pt x="no" y="far"/></a:moveTo><a:arcTo wR="w" hR="h" stAng="0" swAng="cd2"/>'
        "</a:path></a:pathLst></a:custGeom>"
    )
    look = etree.fromstring(f'<wps:spPr xmlns:wps="{WPS}" xmlns:a="{A}" xmlns:w="{w("x")[1:-2]}">{path}</wps:spPr>')
    (outline,) = outlines_of(look, (100.0, 50.0)) or ()
    assert outline.points[0] == (0.0, 0.0)
    assert outline.points[-1] == pytest.approx((-200.0, 0.0))


def test_a_metafile_may_change_its_color_across_a_rectangle() -> None:
    corners = struct.pack("<2i4H", 0, 0, 0xFF00, 0, 0, 0) + struct.pack("<2i4H", 300, 200, 0, 0, 0xFF00, 0)
    filled = record(118, bytes(16) + struct.pack("<3I", 2, 1, 0) + corners + struct.pack("<2I", 0, 1))
    png = as_png(emf(filled), 72.0, 48.0)
    assert png is not None
    image = Image(png, "image/png", 72.0, 48.0, "")
    assert pixel(image, 0.05, 0.5)[0] > 200
    assert pixel(image, 0.95, 0.5)[2] > 200
    assert as_png(emf(filled.replace(struct.pack("<3I", 2, 1, 0), struct.pack("<3I", 2, 1, 2))), 72.0, 48.0) is None


def old_shape(element: str, more: str = "", inner: str = "") -> str:
    """A red shape of 100 by 50 points, as Word writes it for older versions of itself."""
    style = "position:absolute;margin-left:72pt;margin-top:72pt;width:100pt;height:50pt;" + more
    kind = element.partition(" ")[0]
    return f'<w:r><w:pict><v:{element} style="{style}" fillcolor="red" stroked="f">{inner}</v:{kind}></w:pict></w:r>'


def test_an_old_ellipse_is_drawn_behind_its_words() -> None:
    box = f"<v:textbox><w:txbxContent>{paragraph('Page 1')}</w:txbxContent></v:textbox>"
    document = read(old_shape("oval", inner=box))
    (image,) = pictures(document)
    assert pixel(image, 0.5, 0.1) == (255, 0, 0, 255)
    assert pixel(image, 0.02, 0.02)[3] == 0
    assert image.floating is not None
    assert image.floating.behind
    letter = printed(paragraph("x", inner=old_shape("oval", inner=box)))
    assert place(letter.data, "Page 1")[0] > 72 + 72 + 14
    assert not letter.notes


def test_an_old_shape_with_a_number_is_the_one_that_word_has_a_name_for() -> None:
    (arrow,) = pictures(read(old_shape('shape type="#_x0000_t13"')))
    (back,) = pictures(read(old_shape('shape type="#_x0000_t13"', "flip:x")))
    assert [pixel(each, 0.97, 0.5)[3] for each in (arrow, back)] == [255, 255]
    assert [pixel(each, 0.9, 0.3)[3] for each in (arrow, back)] == [0, 255]
    assert [note.code for note in read(old_shape('shape type="#_x0000_t999"')).notes] == ["not-carried-over"]


def art(words: str, more: str = "", opacity: str = ".5", kind: str = "136") -> str:
    """WordArt 200 points wide and 50 points high, as Word writes a watermark."""
    style = "position:absolute;margin-left:0;margin-top:0;width:200pt;height:50pt;z-index:-1;" + more
    return (
        f'<w:r><w:pict><v:shape type="#_x0000_t{kind}" style="{style}" fillcolor="red"><v:fill opacity="{opacity}"/>'
        f'<v:textpath style="font-family:&quot;Arial&quot;;font-weight:bold" string="{words}"/>'
        "</v:shape></w:pict></w:r>"
    )


def test_a_watermark_is_drawn_as_wide_and_high_as_its_shape_and_as_clear() -> None:
    document = read(art("III"))
    (image,) = pictures(document)
    assert (round(image.width), round(image.height), image.description) == (200, 50, "III")
    assert pixel(image, 0.05, 0.5) == (255, 0, 0, 128)
    assert pixel(image, 0.33, 0.5)[3] == 0  # between the letters
    assert image.floating is not None
    assert image.floating.behind
    assert not document.notes


def test_a_watermark_is_turned_about_its_middle() -> None:
    (image,) = pictures(read(art("DRAFT", "rotation:315")))
    assert image.floating is not None
    side = (200 + 50) / 2**0.5
    assert (image.width, image.height) == pytest.approx((side, side), abs=2)
    assert (image.floating.x, image.floating.y) == pytest.approx(((200 - side) / 2, (50 - side) / 2), abs=2)
    assert pixel(image, 0.98, 0.98)[3] == 0


def test_word_art_that_cannot_be_drawn_is_noted() -> None:
    assert [note.code for note in read(art("שלום")).notes] == ["watermark"]
    assert [note.code for note in read(art("")).notes] == ["watermark"]
    assert [note.code for note in read(art("Bent", kind="144")).notes] == ["look"]


def test_a_box_made_to_fit_its_words_is_as_tall_as_they_are() -> None:
    """Page numbers stand in such boxes, with a height that would push them up from the end of the page."""
    drawn = shape(named("rect"), words="12").replace('cy="635000"', 'cy="9000000"')
    fitting = drawn.replace("<wps:bodyPr/>", "<wps:bodyPr><a:spAutoFit/></wps:bodyPr>")
    fixed, fitted = (place(printed(paragraph("x", inner=each)).data, "12")[1] for each in (drawn, fitting))
    assert fixed < 72 + 72 < fitted


def test_empty_paragraphs_at_the_end_do_not_make_a_box_higher_that_keeps_its_height() -> None:
    """It would be moved up, over other words, where it would end below the page."""
    drawn = shape(named("rect"), words="Page 1")
    drawn = drawn.replace("</w:p></w:txbxContent>", "</w:p><w:p/><w:p/><w:p/></w:txbxContent>")
    drawn = drawn.replace(
        'relativeFrom="paragraph"><wp:posOffset>914400', f'relativeFrom="page"><wp:posOffset>{740 * 12700}'
    )
    (shown, _, lower) = next(each for each in places(printed(paragraph("x", inner=drawn)).data) if each[0] == "Page 1")
    assert shown == "Page 1"
    assert lower == pytest.approx(740 + 3.6 + 10.7, abs=1)


def test_the_words_of_a_box_without_line_wrap_are_on_one_line() -> None:
    """Such as the label of a document's confidentiality, whose box says that it is narrower."""
    words = "Classified as confidential, for the recipient only"
    drawn = shape(named("rect"), words=words).replace("<wps:bodyPr/>", '<wps:bodyPr wrap="none"/>')
    old = old_shape(
        "rect", "mso-wrap-style:none", f"<v:textbox><w:txbxContent>{paragraph(words)}</w:txbxContent></v:textbox>"
    )
    for each in (drawn, old):
        assert [shown for shown, _, _ in places(printed(paragraph("x", inner=each)).data) if len(shown) > 1] == [words]


def test_an_old_box_made_to_fit_its_words_is_as_tall_as_they_are() -> None:
    words = f"<w:txbxContent>{paragraph('12')}</w:txbxContent>"
    boxes = (
        old_shape("rect", "height:800pt", f'<v:textbox style="{fit}">{words}</v:textbox>')
        for fit in ("", "mso-fit-shape-to-text:t")
    )
    fixed, fitted = (place(printed(paragraph("x", inner=each)).data, "12")[1] for each in boxes)
    assert fixed < 72 + 72 < fitted


def test_words_in_boxes_side_by_side_are_narrowed_where_another_font_has_no_room_for_them() -> None:
    font = '<w:rFonts w:ascii="Tahoma" w:hAnsi="Tahoma"/>'
    left, right = (shape(named("rect"), words=each) for each in ("www.example.or", "g"))
    right = right.replace("<wp:posOffset>914400<", f"<wp:posOffset>{144 * 12700}<", 1)
    boxes = f"{left}{right}".replace("<w:rPr></w:rPr>", f"<w:rPr>{font}</w:rPr>")
    at = {shown: x for shown, x, _ in places(printed(paragraph("x", inner=boxes)).data)}
    assert at["g"] - at["www.example.or"] == pytest.approx(72, abs=0.1)


def test_text_of_a_box_that_is_warped_or_turned_is_plain_with_a_note() -> None:
    room = '<wps:bodyPr vert="wordArtVert"><a:prstTxWarp prst="textArchUp"/></wps:bodyPr>'
    warped = shape(named("rect"), words="Words").replace("<wps:bodyPr/>", room)
    assert [note.message for note in read(warped).notes] == [
        "The words of WordArt are printed on straight lines.",
        "Turned text in a text box is printed upright.",
    ]


@pytest.mark.parametrize(("vert", "direction"), [("vert", (0, -1)), ("vert270", (0, 1))])
def test_turned_text_in_a_box_reads_upward_or_downward(vert: str, direction: tuple[int, int]) -> None:
    box = shape(named("rect") + solid(RED), words="Side").replace("<wps:bodyPr/>", f'<wps:bodyPr vert="{vert}"/>')
    letter = printed(paragraph("x", inner=box))
    assert not letter.notes
    assert [(round(a), round(b)) for _, _, a, b in texts_turned(letter.data)] == [direction]


def test_turned_text_in_an_old_box_is_turned_as_it_says() -> None:
    style = 'style="layout-flow:vertical;mso-layout-flow-alt:bottom-to-top"'
    box = f"<v:textbox {style}><w:txbxContent>{paragraph('Side')}</w:txbxContent></v:textbox>"
    letter = printed(paragraph("x", inner=old_shape("rect", inner=box)))
    assert [(round(a), round(b)) for _, _, a, b in texts_turned(letter.data)] == [(0, 1)]


def framed(form: str, line: str = "") -> ConvertedLetter:
    """A red picture half an inch square, in this form and with this outline."""
    out = io.BytesIO()
    Pillow.new("RGB", (40, 40), "red").save(out, "JPEG")
    drawn = picture().replace('<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>', form + line)
    return printed(paragraph("", inner=drawn), pictures={"rIdPicture": out.getvalue()})


def seen(letter: ConvertedLetter, x: float, y: float) -> tuple[int, ...]:
    """The color of the first page so many points from the left and the top edge."""
    with pdfium.PdfDocument(letter.data) as document:
        page = document[0].render(scale=4).to_pil().convert("RGB")
        return page.getpixel((round(4 * x), round(4 * y)))  # type: ignore[return-value]


def test_a_picture_is_cut_to_its_form_and_what_is_beyond_it_is_not_in_the_file() -> None:
    round_, square = framed(named("ellipse")), framed(named("rect"))
    assert seen(square, 73.5, 73.5)[1] < 40
    assert seen(round_, 73.5, 73.5) == (255, 255, 255)
    assert seen(round_, 90, 90)[:2] > (240, 0)
    with pikepdf.open(io.BytesIO(round_.data)) as pdf:
        images = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and "/SMask" in each]
        corners = {pikepdf.PdfImage(each).as_pil_image().convert("RGB").getpixel((0, 0)) for each in images}
        assert corners == {(255, 255, 255)}


@pytest.mark.parametrize("form", ["rect", "ellipse"])
def test_a_picture_has_the_line_around_it_that_its_file_gives_it(form: str) -> None:
    line = f'<a:ln w="50800">{solid(BLUE)}</a:ln>'
    letter = framed(named(form), line)
    for x, y in ((71, 90), (109, 90), (90, 71), (90, 109)):  # the line is four points wide, half of it outside
        red, _, blue = seen(letter, x, y)
        assert (red < 60, blue > 200) == (True, True), (x, y)
    assert seen(letter, 90, 90)[0] > 200
    assert seen(framed(named(form)), 71, 90) == (255, 255, 255)
