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
GRID, RULE = "#c0c0c0", "#868686"
"""The usual colors of the lines behind the values, and of those of the axes."""


class TextLook(Struct, frozen=True):
    """How text looks, as far as its markup says so: nothing is 0, empty, or None."""

    size: float = 0.0
    color: str = ""
    bold: bool | None = None

    @classmethod
    def of(cls, node: Node | None, theme: Mapping[str, str]) -> TextLook:
        looks = [] if node is None else list(node.iter(f"{{{A}}}rPr", f"{{{A}}}defRPr"))
        inks = (color(each.find(f"{{{A}}}solidFill"), theme) for each in looks)
        bold = (each.get("b") in ("1", "true") for each in looks if each.get("b") is not None)
        return cls(_size(node, 0.0), next(filter(None, inks), ""), next(bold, None))


class Labels(Struct, frozen=True):
    """What is written at each value, or at one of them (21.2.2.47, 21.2.2.49), and how it looks."""

    value: bool = False
    share: bool = False
    category: bool = False
    series: bool = False
    text: str = ""
    """Words of its own, which stand in place of all of these."""
    number_format: str = ""
    between: str = "; "
    where: str = ""
    """As the file calls it, such as ``inEnd``; empty for where labels of this kind of chart usually are."""
    size: float = 0.0
    """In points; 0 for that of the chart."""
    color: str = ""
    bold: bool = False

    def __bool__(self) -> bool:
        return bool(self.text) or self.value or self.share or self.category or self.series


class Series(Struct, frozen=True):
    """Values that belong together, by the index of their category."""

    name: str
    values: Mapping[int, float]
    number_format: str
    color: str
    points: Mapping[int, str]
    """Colors of single values."""
    labels: Labels
    own_labels: Mapping[int, Labels]
    """Those of single values that have others."""

    def labels_at(self, at: int) -> Labels:
        return self.own_labels.get(at, self.labels)


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
    grid: str = ""
    """The color of the lines behind the values; empty for none."""
    backwards: bool = False
    look: TextLook = TextLook()
    """Of what is written at it, as far as it differs from that of the chart."""
    line: str = RULE
    """Its color; empty for none."""


class Chart(Struct, frozen=True):
    """A chart. Sizes of fonts are in points."""

    plots: tuple[Plot, ...]
    categories: tuple[str, ...]
    values: Axis
    names: Axis
    """The axis of the categories."""
    title: str
    title_look: TextLook
    legend: Literal["", "r", "l", "t", "b"]
    legend_look: TextLook
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
        _axis(values[0] if values else None, theme),
        _axis(names[0] if names else None, theme),
        "" if title is None else _words(title) or alone or "Chart Title",  # as Word itself writes
        TextLook.of(title, theme),
        "r" if where == "tr" else where if where in ("r", "l", "t", "b") else "",  # type: ignore[arg-type]
        TextLook.of(None if legend is None else legend.find(_c("txPr")), theme),
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
    labels = next((found for of in (node, plot) if (found := of.find(_c("dLbls"))) is not None), None)
    common = _labels(labels, Labels(), theme)
    return Series(
        " ".join(" ".join(text for _, text in _stored(node.find(_c("tx")))).split()),
        numbers,
        "" if values is None else values.findtext(f".//{_c('formatCode')}") or "",
        own or _accent(number, theme),
        points,
        common,
        {
            int(number_of(_said(each, "idx", "0"))): _labels(each, common, theme)
            for each in (() if labels is None else labels.iterchildren(_c("dLbl")))
        },
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


def _labels(node: Node | None, common: Labels, theme: Mapping[str, str]) -> Labels:
    """What ``c:dLbls`` or ``c:dLbl`` says.

    Args:
        common: what holds where it says nothing.
    """
    if node is None or _flag(node, "delete"):
        return Labels()

    def flag(name: str, otherwise: bool) -> bool:
        return _flag(node, name) if node.find(_c(name)) is not None else otherwise

    typed, code, look = node.find(f"{_c('tx')}/{_c('rich')}"), node.find(_c("numFmt")), node.find(_c("txPr"))
    has_fields = typed is not None and next(typed.iter(f"{{{A}}}fld"), None) is not None
    linked = code is None or code.get("sourceLinked") in ("1", "true")
    own, whole = TextLook.of(typed, theme), TextLook.of(look, theme)
    return Labels(
        value=flag("showVal", common.value),
        share=flag("showPercent", common.share),
        category=flag("showCatName", common.category),
        series=flag("showSerName", common.series),
        text="" if typed is None or has_fields else " ".join("".join(typed.itertext(f"{{{A}}}t")).split()),
        number_format=common.number_format if code is None else "" if linked else code.get("formatCode", ""),
        between=node.findtext(_c("separator")) or common.between,
        where=_said(node, "dLblPos", common.where),
        size=own.size or whole.size or common.size,
        color=own.color or whole.color or common.color,
        bold=next((each for each in (own.bold, whole.bold) if each is not None), common.bold),
    )


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


def _axis(node: Node | None, theme: Mapping[str, str]) -> Axis:
    if node is None:
        return Axis()
    title, code, scaling = node.find(_c("title")), node.find(_c("numFmt")), node.find(_c("scaling"))

    def limit(parent: Node | None, name: str) -> float | None:
        found = None if parent is None else parent.find(_c(name))
        return None if found is None else _value(found.get("val", ""))

    linked = code is None or code.get("sourceLinked") in ("1", "true")
    grid = node.find(_c("majorGridlines"))
    return Axis(
        not _flag(node, "delete") and _said(node, "tickLblPos", "nextTo") != "none",
        "" if title is None else _words(title),
        limit(scaling, "min"),
        limit(scaling, "max"),
        limit(node, "majorUnit"),
        "" if code is None or linked else code.get("formatCode", ""),
        "" if grid is None else _line_color(grid, GRID, theme),
        scaling is not None and _said(scaling, "orientation", "minMax") == "maxMin",
        TextLook.of(node.find(_c("txPr")), theme),
        _line_color(node, RULE, theme),
    )


def _line_color(node: Node, usual: str, theme: Mapping[str, str]) -> str:
    """The color of a line that is drawn for this element; empty if none is."""
    line = node.find(f"{_c('spPr')}/{{{A}}}ln")
    if line is None:
        return usual
    return "" if line.find(f"{{{A}}}noFill") is not None else color(line.find(f"{{{A}}}solidFill"), theme) or usual


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
