"""Gives Caladea the widths and line heights of Cambria, in whose place it is set.

Caladea was once made with these widths; the version that Debian has sets words 2 to 4 percent narrower, and lines 2
percent lower, so that letters in Cambria would have other lines and pages than in Word. Glyphs are made wider or
narrower, and figures take the forms that are all of one width, as those of Cambria are.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from statistics import mean

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

CHANGED = "Changed for Letters: widths and line heights are those of Cambria; without hints."
_ABOVE, _BELOW = 950, 222
"""Of a line, in thousandths of the font size."""
_STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
_MOST = 0.16
"""A glyph that would be stretched or squeezed by more keeps its form, and is set in the middle of its new width."""


def with_widths_of_cambria(folder: Path) -> None:
    """Change the four files of Caladea in a folder."""
    lines = Path(__file__).with_name("cambria.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    for at, style in enumerate(_STYLES, start=1):
        file = folder / f"Caladea-{style}.ttf"
        with TTFont(file, recalcTimestamp=False) as font:
            _change(font, {int(row[0].removeprefix("U+"), 16): int(row[at]) for row in rows})
            font.save(file)


def _change(font: TTFont, widths: dict[int, int]) -> None:
    advances, em = font["hmtx"], font["head"].unitsPerEm
    for table in font["cmap"].tables:
        table.cmap |= {code: f"{name}.tf" for code, name in table.cmap.items() if f"{name}.tf" in advances.metrics}
    cmap = font.getBestCmap()
    known = {code: widths[code] * em / 1000 / advances[name][0] for code, name in cmap.items() if code in widths}
    usual = mean(ratio for code, ratio in known.items() if chr(code).isalpha())
    ratios: dict[str, float] = {}
    for code, name in cmap.items():
        if (ratio := known.get(code)) is None and chr(code).isalpha():
            ratio = known.get(ord(unicodedata.normalize("NFD", chr(code))[0]), usual)
        if ratio is not None and advances[name][0]:
            ratios.setdefault(name, ratio)
    shapes = font.getGlyphSet()
    drawn = {}
    for name in ratios:
        drawn[name] = DecomposingRecordingPen(shapes)
        shapes[name].draw(drawn[name])
    for name, ratio in ratios.items():
        wide = round(advances[name][0] * ratio)
        form = (ratio, 0, 0, 1, 0, 0) if abs(ratio - 1) <= _MOST else (1, 0, 0, 1, (wide - advances[name][0]) / 2, 0)
        pen = TTGlyphPen(None)
        drawn[name].replay(TransformPen(pen, form))
        glyph = font["glyf"][name] = pen.glyph()
        glyph.recalcBounds(font["glyf"])
        advances[name] = wide, getattr(glyph, "xMin", 0)
    _move_anchors(font, ratios)
    _without_hints(font)
    _lines(font, em)


def _move_anchors(font: TTFont, ratios: dict[str, float]) -> None:
    """Accents that follow a letter stay over its middle."""
    for lookup in font["GPOS"].table.LookupList.Lookup if "GPOS" in font else ():
        for table in lookup.SubTable:
            if table.LookupType == 4:  # marks on letters
                for name, record in zip(table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True):
                    for anchor in filter(None, record.BaseAnchor):
                        anchor.XCoordinate = round(anchor.XCoordinate * ratios.get(name, 1))


def _without_hints(font: TTFont) -> None:
    for name in ("fpgm", "prep", "cvt ", "gasp", "DSIG"):
        if name in font:
            del font[name]
    for name in font.getGlyphOrder():
        font["glyf"][name].removeHinting()


def _lines(font: TTFont, em: int) -> None:
    above, below = round(_ABOVE * em / 1000), round(_BELOW * em / 1000)
    across, lines = font["OS/2"], font["hhea"]
    lines.ascent, lines.descent, lines.lineGap = above, -below, 0
    across.sTypoAscender, across.sTypoDescender, across.sTypoLineGap = above, -below, 0
    across.usWinAscent, across.usWinDescent = above, below
