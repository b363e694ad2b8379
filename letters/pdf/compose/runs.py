"""What lines are drawn of: text of one format as glyphs, and the lines of formulas."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from letters.pdf.compose.shaping import Font, ShapedText
from letters.pdf.document import Footnote, Link, RunFormat
from letters.pdf.tags.structure import Node

SOFT_HYPHEN = "\u00ad"


class Run(Struct, frozen=True, gc=False):
    """Text of one format."""

    shaped: ShapedText
    font: Font
    size: float
    run_format: RunFormat
    node: Node | None
    """The structure node; None in headers and footers."""
    rise: float = 0.0
    link: Link | None = None
    typed: str = ""
    """The text as typed, where it is shown in capitals."""
    note: Footnote | None = None
    """The footnote, if this is its reference mark."""
    level: int = 0
    """How deep it is embedded in text of the other direction; odd levels are written from right to left."""
    page_field: int = 0
    """The identity of the field, if it is a page number in the text."""
    slanted: bool = False
    emboldened: bool = False
    """Whether it is made italic or bold because its font has no such face."""
    spelled: bool = False
    """Whether its glyphs may stand for other characters elsewhere, so that the PDF must say what these stand for."""

    def width(self, start: int, end: int) -> float:
        shaped = self.shaped
        edges, units = shaped.edges, shaped.units
        look = self.run_format
        return (edges[end] / units - edges[start] / units) * self.size * look.stretch + look.spacing * (end - start)

    def hyphen(self) -> Run:
        """The hyphen that appears where a line ends with a soft one."""
        shaped = self.font.shape("-", kerning=False, ligatures=False, language="en")
        return replace(self, shaped=replace(shaped, text=SOFT_HYPHEN), typed="", note=None, spelled=True)

    def bare_end(self, start: int, end: int) -> int:
        """Where the text from ``start`` to ``end`` stops and its trailing spaces begin."""
        return start + len(self.shaped.text[start:end].rstrip(" "))


class Stroke(Struct, frozen=True, gc=False):
    """A line through some points, as formulas have them: across from the left margin, up from the baseline."""

    points: tuple[tuple[float, float], ...]
    thick: float
    color: str
