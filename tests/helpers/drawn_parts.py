"""Diagrams as Word stores them, in the smallest form that it could have written."""

from __future__ import annotations

_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_DRAWN = "http://schemas.microsoft.com/office/drawing/2008/diagram"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
_DRAWN_LINK = "http://schemas.microsoft.com/office/2007/relationships/diagramDrawing"
DIAGRAM = f'<dgm:relIds xmlns:dgm="{_DIAGRAM}" r:dm="rIdData"/>'


def frame(content: str, width: int = 200, height: int = 100) -> str:
    """A run with a drawing of this size in points in line with the text."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{width * 12_700}" cy="{height * 12_700}"/>'
        '<wp:docPr id="1" name="d"/><a:graphic>'
        f'<a:graphicData uri="x">{content}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def diagram_parts(shapes: str) -> dict[str, tuple[str, str]]:
    """The parts of a diagram: its data, which name the shapes that Word drew, and these."""
    named = f'<dsp:dataModelExt xmlns:dsp="{_DRAWN}" relId="rIdDrawn"/>'
    data = f'<dgm:dataModel xmlns:dgm="{_DIAGRAM}" xmlns:a="{_DRAWING}"><a:ext>{named}</a:ext></dgm:dataModel>'
    drawn = f'<dsp:drawing xmlns:dsp="{_DRAWN}" xmlns:a="{_DRAWING}"><dsp:spTree>{shapes}</dsp:spTree></dsp:drawing>'
    return {"rIdData": (_LINK, data), "rIdDrawn": (_DRAWN_LINK, drawn)}


def stored_shape(words: str, x: int, *, more: str = "") -> str:
    """A blue rectangle of 100 by 50 points with white words, at a distance in English metric units."""
    return (
        f'<dsp:sp><dsp:spPr><a:xfrm><a:off x="{x}" y="0"/><a:ext cx="1270000" cy="635000"/></a:xfrm>'
        '<a:prstGeom prst="rect"/><a:solidFill><a:srgbClr val="0000FF"/></a:solidFill></dsp:spPr>'
        f'<dsp:txBody><a:bodyPr/><a:p><a:pPr algn="ctr"/><a:r><a:rPr sz="1400"><a:solidFill><a:srgbClr val="FFFFFF"/>'
        f"</a:solidFill></a:rPr><a:t>{words}</a:t></a:r></a:p></dsp:txBody>{more}</dsp:sp>"
    )


def canvas(words: str) -> str:
    """A locked drawing: a red rectangle, and on it an ellipse with words."""
    size = '<a:off x="0" y="0"/><a:ext cx="2540000" cy="1270000"/>'
    inner = '<a:chOff x="0" y="0"/><a:chExt cx="2540000" cy="1270000"/>'
    text = f"<a:txSp><a:txBody><a:bodyPr/><a:p><a:r><a:t>{words}</a:t></a:r></a:p></a:txBody></a:txSp>"

    def shape(kind: str, ink: str, more: str = "") -> str:
        look = f'<a:prstGeom prst="{kind}"/><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
        return f"<a:sp><a:spPr><a:xfrm>{size}</a:xfrm>{look}</a:spPr>{more}</a:sp>"

    return (
        '<lc:lockedCanvas xmlns:lc="http://schemas.openxmlformats.org/drawingml/2006/lockedCanvas">'
        f"<a:grpSpPr><a:xfrm>{size}{inner}</a:xfrm></a:grpSpPr>{shape('rect', 'FF0000')}"
        f"{shape('ellipse', 'FFFFFF', text)}</lc:lockedCanvas>"
    )
