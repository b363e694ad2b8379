"""Charts as their part of the file describes them: kinds, series, axes, and the values that Word last stored (21.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from letters.docx.attribute_values import number_of
from letters.docx.names import A, Node
from letters.pdf.reader.drawingml import color

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
Kind = Literal["bar", "line", "area", "pie", "doughnut"]
_KINDS: dict[str, Kind] = {
    "barChart": "bar", "bar3DChart": "bar", "lineChart": "line", "line3DChart": "line", "areaChart": "area",
    "area3DChart": "area", "pieChart": "pie", "pie3DChart": "pie", "doughnutChart": "doughnut",
}  # fmt: skip
ROUND: frozenset[Kind] = frozenset({"pie", "doughnut"})
_MOST_VALUES, _LARGEST = 2_000, 1e15


class Labels(Struct, frozen=True):
    """What is written at each value."""

    value: bool = False
    share: bool = False
    category: bool = False
    series: bool = False

    def __bool__(self) -> bool:
        return self.value or self.share or self.category or self.series


class Series(Struct, frozen=True):
    """Values that belong together, by the index of their category."""

    name: str
    values: Mapping[int, float]
    number_format: str
    color: str
    points: Mapping[int, str]
    """Colors of single values."""
    labels: Labels


class Plot(Struct, frozen=True):
    """Series that are drawn in one way."""

    kind: Kind
    series: tuple[Series, ...]
    lying: bool = False
    """Bars run from left to right."""
    stacked: bool = False
    shares: bool = False
    """Stacked to a hundred percent."""
    gap: float = 1.5
    """The space between the bars of two categories, as a multiple of the width of a bar."""
    overlap: float = 0.0
    first_angle: float = 0.0
    """Where the first slice begins, in degrees clockwise from the top."""
    hole: float = 0.5


class Axis(Struct, frozen=True):
    """An axis: what is written at it, and for values, from where to where it goes."""

    shown: bool = True
    title: str = ""
    lowest: float | None = None
    highest: float | None = None
    step: float | None = None
    number_format: str = ""
    grid: bool = False
    backwards: bool = False


class Chart(Struct, frozen=True):
    """A chart. Sizes of fonts are in points."""

    plots: tuple[Plot, ...]
    categories: tuple[str, ...]
    values: Axis
    names: Axis
    """The axis of the categories."""
    title: str
    title_size: float
    legend: Literal["", "r", "l", "t", "b"]
    size: float
    is_solid: bool
    """Drawn in three dimensions."""
    fill: str
    line: str
    """The colors of the ground and of the line around it; empty for none."""

    @property
    def is_round(self) -> bool:
        return self.plots[0].kind in ROUND


def chart_of(root: Node, theme: Mapping[str, str]) -> Chart | None:
    """The chart in a part of a file (its root is a ``c:chartSpace``); None if it is of a kind not known here."""
    chart = root.find(_c("chart"))
    area = None if chart is None else chart.find(_c("plotArea"))
    if chart is None or area is None:
        return None
    said = [node for node in area if str(node.tag).endswith("Chart")]
    kinds = [_KINDS.get(str(node.tag).rpartition("}")[2]) for node in said]
    values, names = area.findall(_c("valAx")), [*area.findall(_c("catAx")), *area.findall(_c("dateAx"))]
    if not said or None in kinds or len([axis for axis in values if not _flag(axis, "delete")]) > 1:
        return None
    number, plots = 0, list[Plot]()
    for node, kind in zip(said, kinds, strict=True):
        assert kind is not None
        plots.append(_plot(node, kind, number, theme))
        number += len(plots[-1].series)
    categories = _categories(said)
    count = sum(len(each.values) for plot in plots for each in plot.series)
    if not 0 < count <= _MOST_VALUES or len({plot.kind in ROUND for plot in plots}) > 1:
        return None
    title, look = chart.find(_c("title")), root.find(_c("spPr"))
    alone = plots[0].series[0].name if number == 1 else ""
    legend = chart.find(_c("legend"))
    where = "" if legend is None else _said(legend, "legendPos", "r")
    return Chart(
        tuple(plots),
        categories,
        _axis(values[0] if values else None),
        _axis(names[0] if names else None),
        "" if title is None else _words(title) or alone,
        _size(title, 18.0),
        "r" if where == "tr" else where if where in ("r", "l", "t", "b") else "",  # type: ignore[arg-type]
        _size(root.find(_c("txPr")), 10.0),
        any("3D" in str(node.tag) for node in said),
        color(None if look is None else look.find(f"{{{A}}}solidFill"), theme),
        color(None if look is None else look.find(f"{{{A}}}ln/{{{A}}}solidFill"), theme),
    )


def _plot(node: Node, kind: Kind, number: int, theme: Mapping[str, str]) -> Plot:
    series = [_series(each, number + at, node, theme, kind) for at, each in enumerate(node.findall(_c("ser")))]
    grouping = _said(node, "grouping", "standard")
    return Plot(
        kind,
        tuple(series[:1] if kind == "pie" else series),
        _said(node, "barDir", "col") == "bar",
        grouping in ("stacked", "percentStacked"),
        grouping == "percentStacked",
        number_of(_said(node, "gapWidth", "150")) / 100,
        number_of(_said(node, "overlap", "0")) / 100,
        number_of(_said(node, "firstSliceAng", "0")),
        number_of(_said(node, "holeSize", "50")) / 100,
    )


def _series(node: Node, number: int, plot: Node, theme: Mapping[str, str], kind: Kind) -> Series:
    values = next((found for name in ("val", "yVal") if (found := node.find(_c(name))) is not None), None)
    numbers = {at: value for at, text in _stored(values) if (value := _value(text)) is not None}
    look = node.find(_c("spPr"))
    path = f"{{{A}}}ln/{{{A}}}solidFill" if kind == "line" else f"{{{A}}}solidFill"
    own = color(None if look is None else look.find(path), theme)
    points = {}
    if kind in ROUND:
        points = {at: _accent(at, theme) for at in numbers}
    for each in node.findall(_c("dPt")):
        fill = each.find(f"{_c('spPr')}/{{{A}}}solidFill")
        points[int(number_of(_said(each, "idx", "0")))] = color(fill, theme) or _accent(number, theme)
    labels = node.find(_c("dLbls"))
    return Series(
        " ".join(" ".join(text for _, text in _stored(node.find(_c("tx")))).split()),
        numbers,
        "" if values is None else values.findtext(f".//{_c('formatCode')}") or "",
        own or _accent(number, theme),
        points,
        _labels(labels if labels is not None else plot.find(_c("dLbls"))),
    )


def _value(text: str) -> float | None:
    """A stored number, which may have an exponent; None for anything else, and for one that no axis could show."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < _LARGEST else None


def _accent(number: int, theme: Mapping[str, str]) -> str:
    """The color of a series that names none."""
    usual = ("#4f81bd", "#c0504d", "#9bbb59", "#8064a2", "#4bacc6", "#f79646")
    return theme.get(f"accent{number % 6 + 1}", usual[number % 6])


def _labels(node: Node | None) -> Labels:
    if node is None or _flag(node, "delete"):
        return Labels()
    return Labels(*(_flag(node, name) for name in ("showVal", "showPercent", "showCatName", "showSerName")))


def _categories(plots: list[Node]) -> tuple[str, ...]:
    """The names of the categories; their numbers where they have none."""
    found = dict[int, str]()
    most = 0
    for plot in plots:
        for each in plot.findall(_c("ser")):
            for at, text in _stored(each.find(_c("cat"))):
                found.setdefault(at, text)
            most = max(most, *(at + 1 for at, _ in _stored(each.find(_c("val")))), 0)
    return tuple(" ".join(found.get(at, str(at + 1)).split()) for at in range(max(most, *(at + 1 for at in found), 0)))


def _stored(node: Node | None) -> Iterator[tuple[int, str]]:
    """The texts or numbers that were stored, by their indices; of categories on several levels, the innermost."""
    if node is None:
        return
    level = node.find(f".//{_c('lvl')}")
    for point in (node if level is None else level).iter(_c("pt")):
        at = int(number_of(point.get("idx")))
        if 0 <= at < _MOST_VALUES:
            yield at, point.findtext(_c("v")) or ""
    if node.find(_c("v")) is not None:
        yield 0, node.findtext(_c("v")) or ""


def _axis(node: Node | None) -> Axis:
    if node is None:
        return Axis()
    title, code, scaling = node.find(_c("title")), node.find(_c("numFmt")), node.find(_c("scaling"))

    def limit(parent: Node | None, name: str) -> float | None:
        found = None if parent is None else parent.find(_c(name))
        return None if found is None else _value(found.get("val", ""))

    linked = code is None or code.get("sourceLinked") in ("1", "true")
    return Axis(
        not _flag(node, "delete") and _said(node, "tickLblPos", "nextTo") != "none",
        "" if title is None else _words(title),
        limit(scaling, "min"),
        limit(scaling, "max"),
        limit(node, "majorUnit"),
        "" if code is None or linked else code.get("formatCode", ""),
        node.find(_c("majorGridlines")) is not None,
        scaling is not None and _said(scaling, "orientation", "minMax") == "maxMin",
    )


def _words(node: Node) -> str:
    """The words of a title: typed in the chart, or stored from the cells that it refers to."""
    typed = "".join(node.itertext(f"{{{A}}}t"))
    return " ".join((typed or " ".join(text for _, text in _stored(node.find(_c("tx"))))).split())


def _size(node: Node | None, otherwise: float) -> float:
    """The size of a font, in hundredths of a point in the file."""
    for look in () if node is None else node.iter(f"{{{A}}}rPr", f"{{{A}}}defRPr"):
        if (size := number_of(look.get("sz")) / 100) > 0:
            return min(size, 100.0)
    return otherwise


def _said(node: Node, name: str, otherwise: str) -> str:
    found = node.find(_c(name))
    return otherwise if found is None else found.get("val", otherwise)


def _flag(node: Node, name: str) -> bool:
    found = node.find(_c(name))
    return found is not None and found.get("val", "1") in ("1", "true")


def _c(name: str) -> str:
    return f"{{{CHART}}}{name}"
