"""Charts as Word stores them, in the smallest form that it could have written."""

from __future__ import annotations

from collections.abc import Sequence

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
CHART = f'<c:chart xmlns:c="{_CHART}" r:id="rIdChart"/>'
MONTHS = ("January", "February", "March")


def series(name: str, values: Sequence[float | None], *, more: str = "", code: str = "General") -> str:
    """Values by month."""
    categories = "".join(f'<c:pt idx="{at}"><c:v>{month}</c:v></c:pt>' for at, month in enumerate(MONTHS))
    points = "".join(f'<c:pt idx="{at}"><c:v>{each}</c:v></c:pt>' for at, each in enumerate(values) if each is not None)
    return (
        f'<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f"{more}<c:cat><c:strRef><c:strCache>{categories}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>"
        f"<c:formatCode>{code}</c:formatCode>{points}</c:numCache></c:numRef></c:val></c:ser>"
    )


def chart_parts(
    plot: str, *, title: str = "", legend: str = "r", axes: str = "<c:catAx/><c:valAx/>"
) -> dict[str, tuple[str, str]]:
    """The part of a chart, which is the one that `CHART` refers to."""
    words = f"<a:p><a:r><a:t>{title}</a:t></a:r></a:p>"
    named = f"<c:title><c:tx><c:rich>{words}</c:rich></c:tx></c:title>" if title else ""
    key = f'<c:legend><c:legendPos val="{legend}"/></c:legend>' if legend else ""
    chart = f"<c:chart>{named}<c:plotArea>{plot}{axes}</c:plotArea>{key}</c:chart>"
    return {"rIdChart": (_LINK, f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}">{chart}</c:chartSpace>')}
