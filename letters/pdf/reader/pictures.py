"""Pictures."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from letters.docx.attribute_values import number_of
from letters.docx.names import PIC, RELATIONSHIPS, WP, A, Node, V
from letters.errors import Problem
from letters.pdf.document import Floating, Image, PictureEdge
from letters.pdf.metafiles import as_png, is_metafile
from letters.pdf.reader.context import StoryPart
from letters.pdf.reader.drawingml import emu, line_of
from letters.pdf.reader.vml import length, share, style_of, vml_position
from letters.pdf.size_limits import MOST_PIXELS, MOST_PIXELS_TOGETHER, CannotConvert

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

Point = tuple[float, float]
_PIXEL = 0.75
_ADEC = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_CONVERTIBLE = frozenset({"gif", "bmp", "tif", "tiff", "dib"})
_BITMAPS = ["BMP", "DIB", "GIF", "TIFF", "PNG", "JPEG"]
_IMAGE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


def picture_in(
    part: StoryPart, frame: Node, picture: Node, size: tuple[float, float], place: Floating | None
) -> Image | None:
    """A picture of this size in points (20.2.2.5), whose alternative text its frame has; None, with a note, if there
    is nothing to show.
    """
    blip = picture.find(f".//{{{A}}}blip")
    relation = None if blip is None else part.links.get(blip.get(f"{{{RELATIONSHIPS}}}embed", ""))
    properties = frame.find(f"{{{WP}}}docPr")
    if relation is None or relation.external or relation.target not in part.context.package.parts:
        part.note(
            "A linked picture is not carried over.",
            "In Word: Insert, Pictures, Insert (not Link).",
        )
        return None
    decorative = properties is not None and any(
        mark.get("val") in ("1", "true") for mark in properties.iter(f"{{{_ADEC}}}decorative")
    )
    words = "" if properties is None or decorative else (properties.get("descr") or properties.get("title") or "")
    crop = picture.find(f"{{{PIC}}}blipFill/{{{A}}}srcRect")
    cut = [number_of(crop.get(side)) / 100_000 if crop is not None else 0.0 for side in "trbl"]
    look = picture.find(f"{{{PIC}}}spPr")
    turn = None if look is None else _turn(look.find(f"{{{A}}}xfrm"))
    form = _cut_out(look, size)
    found = _readable(part, relation.target, cut, size, form, turn, _tone(blip))
    if found is None:
        return None
    words = " ".join(words.split())
    if turn is None:
        line = line_of(part, picture, look)
        corners = form.points if form else ((0.0, 0.0), (size[0], 0.0), size, (0.0, size[1]))
        edge = None if line is None else PictureEdge(line, corners)
        return Image(*found, *size, words, place, decorative, around=space_around(frame), edge=edge)
    covered = turn.covers(*size)
    return Image(*found, *covered, words, _around_the_same_middle(place, size, covered), decorative)


class CutOut(Struct, frozen=True):
    """The form that a picture is cut to, in points from the top left corner of a rectangle of this size."""

    points: tuple[Point, ...]
    size: tuple[float, float]

    def applied(self, picture: PillowImage) -> PillowImage:
        """The picture without what is beyond the form, which then is in the file no more."""
        from PIL import Image as Pillow
        from PIL import ImageDraw

        fine = 4 if picture.width * picture.height <= _FINE else 1
        size = picture.width * fine, picture.height * fine
        across, down = (length / shown for length, shown in zip(size, self.size, strict=True))
        mask = Pillow.new("L", size)
        ImageDraw.Draw(mask).polygon([(x * across, y * down) for x, y in self.points], 255)
        nothing = Pillow.new("RGBA", picture.size, (255, 255, 255, 0))
        return Pillow.composite(picture.convert("RGBA"), nothing, mask.resize(picture.size, Pillow.Resampling.BOX))


_FINE = 1_000_000
"""Pixels of a picture that may be cut out smoothly: that takes sixteen times as many for a moment."""


def _cut_out(look: Node | None, size: tuple[float, float]) -> CutOut | None:
    """The form of a picture with these properties (``spPr``); None if it is a rectangle, or not known here."""
    preset = None if look is None else look.find(f"{{{A}}}prstGeom")
    if look is None or min(size) <= 0 or (preset is not None and preset.get("prst") == "rect"):
        return None
    from letters.pdf.reader.geometry import outlines_of

    outlines = outlines_of(look, size) or ()
    return next((CutOut(tuple(each.points), size) for each in outlines if each.filled and len(each.points) > 2), None)


class Turn(Struct, frozen=True):
    """How a picture is turned, by an angle clockwise in degrees, after it is mirrored."""

    angle: float
    left_right: bool
    top_bottom: bool

    def covers(self, width: float, height: float) -> tuple[float, float]:
        """The width and the height that a picture of this size then takes."""
        across, down = abs(math.cos(math.radians(self.angle))), abs(math.sin(math.radians(self.angle)))
        return width * across + height * down, width * down + height * across

    def applied(self, picture: PillowImage) -> PillowImage:
        from PIL import Image as Pillow

        if self.left_right:
            picture = picture.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)
        if self.top_bottom:
            picture = picture.transpose(Pillow.Transpose.FLIP_TOP_BOTTOM)
        if self.angle % 90:
            picture = picture.convert("RGBA")  # the corners show what is below
        return picture.rotate(-self.angle, Pillow.Resampling.BICUBIC, expand=True)


def _turn(frame: Node | None) -> Turn | None:
    """How a frame is turned (20.1.7.6); None if it is not."""
    if frame is None:
        return None
    mirrored = [frame.get(name) in ("1", "true") for name in ("flipH", "flipV")]
    angle = number_of(frame.get("rot")) / 60_000 % 360
    return Turn(angle, *mirrored) if angle or any(mirrored) else None


class Tone(Struct, frozen=True):
    """How the colors of a picture are changed: each part of a color, from 0 to 1, is multiplied and added to.

    ``opacity`` is how little of what is below shows through.
    """

    gain: float = 1.0
    more: float = 0.0
    opacity: float = 1.0
    gray: bool = False

    def applied(self, picture: PillowImage) -> PillowImage:
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        plain = picture.convert("L" if self.gray or picture.mode in ("1", "L") else "RGB")
        changed = plain.point([round(255 * self._shade(at / 255)) for at in range(256)] * len(plain.getbands()))
        if self.opacity < 1:
            alpha = (plain.convert("L").point([255] * 256) if alpha is None else alpha).point(
                [round(at * self.opacity) for at in range(256)]
            )
        if alpha is not None:
            changed = changed.convert("RGB")
            changed.putalpha(alpha)
        return changed

    def _shade(self, part: float) -> float:
        return min(max(self.gain * part + self.more, 0.0), 1.0)


def _tone_of(gain: float, brighter: float, opacity: float, gray: bool) -> Tone | None:
    """By how much light and dark differ more, and how much lighter all is; None if nothing is changed."""
    found = Tone(gain, (1 - gain) / 2 + brighter, min(max(opacity, 0.0), 1.0), gray)
    return None if found == Tone() else found


def _tone(blip: Node | None) -> Tone | None:
    """How the colors of a picture are changed (20.1.8.42, 20.1.8.4, 20.1.8.34), as by Word's Washout; None if not."""
    if blip is None:
        return None
    light, clear = blip.find(f"{{{A}}}lum"), blip.find(f"{{{A}}}alphaModFix")
    bright, contrast = (
        0.0 if light is None else number_of(light.get(name)) / 100_000 for name in ("bright", "contrast")
    )
    gain = 1 + contrast if contrast < 0 else 1 / max(1 - contrast, 0.01)
    opacity = 1.0 if clear is None else number_of(clear.get("amt"), 100_000) / 100_000
    return _tone_of(gain, bright / 2, opacity, blip.find(f"{{{A}}}grayscl") is not None)


def _vml_tone(data: Node) -> Tone | None:
    """The same of a picture in VML (Part 4, 19.1.2.11)."""
    gain, brighter = share(data.get("gain"), 1.0), share(data.get("blacklevel"))
    return _tone_of(gain, brighter, 1.0, data.get("grayscale") in ("t", "true"))


def _around_the_same_middle(
    place: Floating | None, before: tuple[float, float], after: tuple[float, float]
) -> Floating | None:
    """A position for another size: lengths place the corner of what is not turned, alignments what is."""
    if place is None:
        return None
    across, down = ((one - other) / 2 for one, other in zip(before, after, strict=True))
    return replace(place, x=place.x + (0 if place.x_align else across), y=place.y + (0 if place.y_align else down))


def space_around(frame: Node) -> tuple[float, float, float, float]:
    """The space above, at the right, below and at the left that the effects of a drawing take in its line (20.4.2.6).
    Less than a pixel is what Word rounds its size by.
    """
    extent = frame.find(f"{{{WP}}}effectExtent") if frame.tag == f"{{{WP}}}inline" else None
    top, right, bottom, left = (space if (space := emu(extent, side)) > _PIXEL else 0.0 for side in "trbl")
    return top, right, bottom, left


def _readable(
    part: StoryPart, name: str, cut: list[float], shown: tuple[float, float], *changes: CutOut | Turn | Tone | None
) -> tuple[bytes, str] | None:
    """The bytes of a picture and its media type, as PNG if a PDF cannot hold it; None, with a note, if unreadable.

    Cropped edges (top, right, bottom, left) are removed from the file, so that what they show is not sent out unseen.
    """
    data, suffix = part.context.package.parts[name], name.rsplit(".", 1)[-1].lower()
    cuts = any(share > 0 for share in cut) and cut[0] + cut[2] < 1 and cut[1] + cut[3] < 1 and min(cut) >= 0
    if is_metafile(data):
        whole = 1 - cut[1] - cut[3], 1 - cut[0] - cut[2]
        drawn = as_png(data, *(length / max(share, 0.01) for length, share in zip(shown, whole, strict=True)))
        data, suffix = drawn or data, "png" if drawn else suffix
    changed = cuts or any(changes)
    _refuse_large(part, name, data, unpacked=changed or not data.startswith(b"\xff\xd8"))
    if data.startswith(b"\xff\xd8") and not changed:
        return data, "image/jpeg"
    damaged = data.startswith(b"\x89PNG") and not _is_whole(data)
    if data.startswith(b"\x89PNG") and not (changed or damaged or _is_fine_grey(data)):
        return data, "image/png"
    if not damaged and suffix in _CONVERTIBLE | _IMAGE_TYPES.keys():
        from PIL import Image as Pillow  # a dependency of WeasyPrint
        from PIL import UnidentifiedImageError

        try:
            with Pillow.open(io.BytesIO(data), formats=_BITMAPS) as opened:
                picture = opened if opened.mode in ("1", "L", "RGB") else _as_8_bit(opened)
                wide, high = picture.size
                if cuts:
                    top, right, bottom, left = cut
                    edges = left * wide, top * high, (1 - right) * wide, (1 - bottom) * high
                    picture = picture.crop((round(edges[0]), round(edges[1]), round(edges[2]), round(edges[3])))
                for change in changes:
                    picture = picture if change is None else change.applied(picture)
                out = io.BytesIO()
                kind = "JPEG" if opened.format == "JPEG" and picture.mode in ("L", "RGB") else "PNG"
                picture.save(out, kind, **({"quality": 92} if kind == "JPEG" else {}))
                return out.getvalue(), f"image/{kind.lower()}"
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
            pass
    why = "it is damaged" if damaged else "it is of a kind that cannot be drawn here"
    part.note(f"The picture {name} is not carried over: {why}.", "Insert it again as PNG.", "picture")
    return None


def _is_whole(data: bytes) -> bool:
    """Whether a PNG is complete and undamaged (ISO/IEC 15948, 5)."""
    at, kind = 8, b""
    while kind != b"IEND" and at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != struct.unpack(">I", data[end : end + 4])[0]:
            return False
        at = end + 4
    return kind == b"IEND"


def _is_fine_grey(data: bytes) -> bool:
    """Whether a PNG is grayscale with 16 bits per pixel, which a PDF cannot show."""
    return data[24:26] == b"\x10\0"


def _as_8_bit(picture: PillowImage) -> PillowImage:
    """A picture in another mode as RGBA; 16-bit grayscale as 8-bit grayscale."""
    return (
        picture.point(lambda shade: shade / 256).convert("L")
        if picture.mode.startswith("I")
        else picture.convert("RGBA")
    )


_MOST_PACKED = 170_000_000
"""Pixels of a JPEG, which goes into the PDF as it is; Pillow opens none that is larger."""


def _refuse_large(part: StoryPart, name: str, data: bytes, *, unpacked: bool) -> None:
    """Raise CannotConvert if decoding a picture would take too much memory."""
    pixels = part.context.pixels
    if name in pixels:
        return
    its = _pixels_of(data)
    if unpacked:
        pixels[name] = its
    together = sum(pixels.values())
    most = MOST_PIXELS if unpacked else _MOST_PACKED
    if its > most or together > MOST_PIXELS_TOGETHER:
        many = f"picture {name} has {its:,}" if its > most else f"pictures have {together:,}"
        raise CannotConvert(
            Problem(
                f"The {many} pixels, more than a letter needs.",
                where=part.context.package.name,
                hint="In Word: Picture Format, Compress Pictures; or insert it again as a smaller file.",
                code="picture-size",
            )
        )


def _pixels_of(data: bytes) -> int:
    """The number of pixels according to the file's header; nothing is decoded."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        wide, high = struct.unpack(">II", data[16:24])
        return int(wide * high)
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings(action="ignore"), Pillow.open(io.BytesIO(data), formats=_BITMAPS) as opened:
            return opened.size[0] * opened.size[1]
    except Pillow.DecompressionBombError:
        return 2 * (Pillow.MAX_IMAGE_PIXELS or _MOST_PACKED)  # at least
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 0


def vml_pictures(part: StoryPart, node: Node) -> Iterator[Image]:
    """Embedded pictures of VML shapes (Part 4, 19.1)."""
    for data in node.iter(f"{{{V}}}imagedata"):
        shape = data.getparent()
        if shape is None or shape.find(f"{{{V}}}textbox") is not None:
            continue
        relation = part.links.get(data.get(f"{{{RELATIONSHIPS}}}id", ""))
        if relation is None or relation.external or relation.target not in part.context.package.parts:
            part.note("A picture in an old format is not carried over.", "Insert it again as PNG.", "picture")
            continue
        style = style_of(shape)
        width, height = length(style.get("width")), length(style.get("height"))
        cut = [share(data.get(f"crop{side}")) for side in ("top", "right", "bottom", "left")]
        tone = _vml_tone(data)
        found = _readable(part, relation.target, cut, (width, height), tone) if width and height else None
        if found is not None:
            words = " ".join((shape.get("alt") or "").split())
            yield Image(*found, width, height, words, vml_position(part, shape))
