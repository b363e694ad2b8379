"""Draws charts as groups of shapes: bars, lines and slices, and the words at them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from letters._text.number_formats import NumberFormatNotSupported, shown
from letters.docx.names import RELATIONSHIPS, Node
from letters.docx.package import Package
from letters.pdf import fonts
from letters.pdf.document import RunFormat
from letters.pdf.reader.charts import Axis, Chart, Plot, Series, chart_of
from letters.pdf.reader.drawn_nodes import Rect, Words, group, outline, rectangle, text_box
from letters.pdf.reader.font_names import theme_fonts

_MARGIN = 6.0
_HIGH = 1.25
"""The height of a line of words, as a multiple of their size."""
_INK, _TITLE_SIZE = "#000000", 18.0
_THICK = 2.25
"""The width of a line that goes through values."""
_MOST_LINES = 3
_NAMES = {"line": "Line", "area": "Area", "pie": "Pie", "doughnut": "Doughnut"}
_MOST_SAID = 60


def drawn_chart(chart: Chart, size: tuple[float, float], family: str, said: str = "") -> Node:
    """A chart of this size in points, with words in this font.

    Args:
        said: its alternative text; by default, its title and its values.
    """
    drawing = _Drawing(chart, family, Rect(_MARGIN, _MARGIN, size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN))
    if chart.fill or chart.line:
        drawing.shapes.append(rectangle(Rect(0.0, 0.0, *size), chart.fill, chart.line))
    drawing.title()
    drawing.legend()
    if chart.is_round:
        drawing.slices(said or _told(chart))
    else:
        drawing.axes(said or _told(chart))
    return group(*size, [*drawing.shapes, *drawing.words])


def chart_in(
    package: Package, part: str, node: Node, size: tuple[float, float], theme: Mapping[str, str], said: str
) -> Node | None:
    """The chart that a ``c:chart`` refers to, drawn in this size in points; None if it cannot be drawn here.

    Args:
        part: the part that the chart is in.
        theme: the colors of the theme.
        said: its alternative text.
    """
    link = package.links(part).get(node.get(f"{{{RELATIONSHIPS}}}id", ""))
    if link is None or link.target not in package.parts:
        return None
    chart = chart_of(package.tree(link.target), theme)
    try:
        return None if chart is None else drawn_chart(chart, size, _family(package), said)
    except ArithmeticError:  # values that no axis can show
        return None


def _family(package: Package) -> str:
    """The font of the text in charts: that of the theme for text."""
    for link in package.links(package.main).values():
        if link.kind == "theme" and link.target in package.parts:
            return theme_fonts(package.tree(link.target)).get("minorHAnsi", "Arial")
    return "Arial"


def _told(chart: Chart) -> str:
    """A chart in words: its kind, its title, and its values."""
    plot = chart.plots[0]
    kind = _NAMES.get(plot.kind) or ("Bar" if plot.lying else "Column")
    found = list[str]()
    for each in (series for plot in chart.plots for series in plot.series):
        values = [f"{_category(chart, at)} {_shown(value, each.number_format)}" for at, value in each.values.items()]
        more = ", …" if len(values) > _MOST_SAID else ""
        found.append(f"{each.name}: {', '.join(values[:_MOST_SAID])}{more}".removeprefix(": "))
    title = f" “{chart.title}”" if chart.title else ""
    return f"{kind} chart{title}. {'; '.join(found)}."


def _shown(value: float, code: str) -> str:
    """A value in the format of its cell; in the usual one if that is none or cannot be told."""
    number = float(f"{value:.12g}")
    try:
        return shown(number, code or "General")
    except NumberFormatNotSupported:
        return shown(number, "General")


def _category(chart: Chart, at: int) -> str:
    return chart.categories[at] if at < len(chart.categories) else str(at + 1)


class _Scale(Struct, frozen=True):
    """The values of an axis, from where to where and in which steps, and how they are written."""

    lowest: float
    highest: float
    step: float
    code: str

    def share(self, value: float) -> float:
        """How far along the axis a value is, from 0 to 1."""
        return min(max((value - self.lowest) / (self.highest - self.lowest), 0.0), 1.0)

    def steps(self) -> Iterator[float]:
        for at in range(int((self.highest - self.lowest) / self.step + 1.001)):
            yield self.lowest + at * self.step


class _ValueLabel(Struct, frozen=True):
    """What is written at a value, and how much room it takes.

    Args:
        where: it is, as the file calls it; empty for where labels of this kind of chart usually are.
    """

    words: Words
    width: float
    height: float
    where: str


class _Drawing(Struct):
    """A chart while it is drawn; ``room`` is what is left for what comes next."""

    chart: Chart
    family: str
    room: Rect
    shapes: list[Node] = field(default_factory=list)
    words: list[Node] = field(default_factory=list)
    taken: list[Rect] = field(default_factory=list)
    """Where there are words already."""

    # ------------------------------------------------------------ words

    def width(self, text: str, size: float = 0.0, *, bold: bool = False) -> float:
        family, wide = fonts.fitted(self.family, bold, italic=False)
        look = RunFormat(family=family, size=size or self.chart.size, bold=bold, stretch=wide)
        return fonts.text_width(text, look) + 4.0

    def lines(self, text: str, width: float, size: float = 0.0, *, bold: bool = False) -> int:
        """How many lines text takes in this width."""
        count, line = 1, ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self.width(longer, size, bold=bold) > width:
                count, line = count + 1, word
            else:
                line = longer
        return count

    def write(self, at: Rect, words: Words) -> None:
        """Words, unless there are others already."""
        if words.text.strip() and not any(_overlap(at, other) for other in self.taken):
            self.taken.append(at)
            self.words.append(text_box(at, words, self.family))

    def title(self) -> None:
        chart, room = self.chart, self.room
        if chart.title:
            look = chart.title_look
            size, bold = look.size or _TITLE_SIZE, look.bold is not False
            high = self.lines(chart.title, room.width, size, bold=bold) * size * _HIGH
            self.write(Rect(room.x, room.y, room.width, high), Words(chart.title, size, look.color or _INK, bold=bold))
            self.room = Rect(room.x, room.y + high + _MARGIN, room.width, max(room.height - high - _MARGIN, 1.0))

    def legend(self) -> None:
        chart, room = self.chart, self.room
        entries = list(_entries(chart))
        if not chart.legend or not entries:
            return
        if chart.legend in ("t", "b"):
            self._legend_in_rows(entries)
            return
        size = chart.legend_look.size or chart.size
        wide = min(max(self.width(text, size) for text, _ in entries), room.width * 0.4)
        highs = [self.lines(text, wide, size) * size * _HIGH for text, _ in entries]
        scale = min(1.0, room.height / sum(highs))
        x = room.x if chart.legend == "l" else room.x + room.width - wide
        y = room.y + max((room.height - sum(highs)) / 2, 0.0)
        for (text, ink), high in zip(entries, highs, strict=True):
            self._entry(x, y, Rect(x, y, wide, high * scale), text, ink, size * scale)
            y += high * scale
        used = wide + size + _MARGIN
        self.room = Rect(
            room.x + (used if chart.legend == "l" else 0.0), room.y, max(room.width - used, 1.0), room.height
        )

    def _legend_in_rows(self, entries: list[tuple[str, str]]) -> None:
        chart, room = self.chart, self.room
        size = chart.legend_look.size or chart.size
        rows: list[list[tuple[str, str, float]]] = [[]]
        for text, ink in entries:
            wide = min(self.width(text, size), room.width - size) + size + _MARGIN
            if rows[-1] and sum(each[2] for each in rows[-1]) + wide > room.width:
                rows.append([])
            rows[-1].append((text, ink, wide))
        high = size * _HIGH
        y = room.y if chart.legend == "t" else room.y + room.height - high * len(rows)
        for row in rows:
            x = room.x + max((room.width - sum(each[2] for each in row)) / 2, 0.0) + size
            for text, ink, wide in row:
                self._entry(x, y, Rect(x, y, wide - size - _MARGIN, high), text, ink, size)
                x += wide
            y += high
        used = high * len(rows) + _MARGIN
        self.room = Rect(
            room.x, room.y + (used if chart.legend == "t" else 0.0), room.width, max(room.height - used, 1.0)
        )

    def _entry(self, x: float, y: float, at: Rect, text: str, ink: str, size: float) -> None:
        mark = size * 0.6
        self.shapes.append(rectangle(Rect(x - size * 0.9, y + (size * _HIGH - mark) / 2, mark, mark), ink))
        self.write(at, Words(text, size, self.chart.legend_look.color or _INK, align="l"))

    # ------------------------------------------------------------ slices

    def slices(self, said: str) -> None:
        plot, room = self.chart.plots[0], self.room
        places = {series.labels_at(at).where for series in plot.series for at in series.values}
        outside = 4 * self.chart.size if "outEnd" in places else 0.0
        across = max(min(room.width, room.height) - 2 * _MARGIN - outside, 1.0)
        at = Rect(room.x + (room.width - across) / 2, room.y + (room.height - across) / 2, across, across)
        hole = plot.hole if plot.kind == "doughnut" else 0.0
        ring = (1 - hole) / max(len(plot.series), 1)
        for number, series in enumerate(plot.series):
            total = sum(abs(value) for value in series.values.values()) or 1.0
            angle = plot.first_angle
            inner, outer = ((hole + ring * each) * across / 2 for each in (number, number + 1))
            for index, value in series.values.items():
                turn = abs(value) / total * 360
                if turn:
                    ink = series.points.get(index, series.color)
                    points = _slice(across / 2, inner, outer, angle, turn)
                    self.shapes.append(outline(at, [points], ink, "", 0.0, said))
                    said = ""
                    label = self.label(series, index, value, abs(value) / total)
                    self.write_label(_label_at_slice(at, (inner, outer), angle + turn / 2, label), label)
                angle += turn

    def label(self, series: Series, at: int, value: float, share: float = 0.0) -> _ValueLabel:
        """What is written at a value."""
        labels = series.labels_at(at)
        pieces = [
            text
            for wanted, text in (
                (labels.series, series.name),
                (labels.category, _category(self.chart, at)),
                (labels.value, _shown(value, labels.number_format or series.number_format)),
                (labels.share, _shown(share, labels.number_format or "0%")),
            )
            if wanted
        ]
        text, size = labels.text or labels.between.join(pieces), labels.size or self.chart.size
        words = Words(text, size, labels.color or _INK, bold=labels.bold)
        return _ValueLabel(words, self.width(text, size, bold=labels.bold), size * _HIGH, labels.where)

    def write_label(self, middle: tuple[float, float], label: _ValueLabel) -> None:
        """A label around this point, within the chart."""
        x = min(middle[0] - label.width / 2, self.room.x + self.room.width - label.width)
        self.write(Rect(x, middle[1] - label.height / 2, label.width, label.height), label.words)

    # ------------------------------------------------------------ axes

    def axes(self, said: str) -> None:
        chart = self.chart
        lying = chart.plots[0].lying
        self._axis_titles(lying)
        scale = self._scale(self.room.width if lying else self.room.height)
        texts = [_shown(value, scale.code) for value in scale.steps()]
        size, ink = chart.values.look.size or chart.size, chart.values.look.color or _INK
        high, room = size * _HIGH, self.room
        wide = max(self.width(text, size) for text in texts)
        plot = self._field(lying, wide)
        self._rules(plot, scale, lying, said)
        for value, text in zip(scale.steps(), texts, strict=True):
            share = scale.share(value)
            if chart.values.shown and lying:
                at = Rect(plot.x + share * plot.width - wide / 2, plot.y + plot.height + 3, wide, high)
                self.write(at, Words(text, size, ink))
            elif chart.values.shown:
                at = Rect(room.x, plot.y + (1 - share) * plot.height - high / 2, wide, high)
                self.write(at, Words(text, size, ink, align="r"))
        if chart.names.shown:
            self._names(plot, lying)
        for each_plot in chart.plots:
            self._plot(plot, each_plot, scale)

    def _field(self, lying: bool, wide: float) -> Rect:
        """Where the values are drawn, beside and above what is written at the axes.

        Args:
            wide: the width of what is written at the values.
        """
        chart, room = self.chart, self.room
        size, high = chart.names.look.size or chart.size, (chart.values.look.size or chart.size) * _HIGH
        if lying:
            names = min(max((self.width(text, size) for text in chart.categories), default=0.0), room.width * 0.4)
            left = names + 3 if chart.names.shown else 3.0
            below = high + 3 if chart.values.shown else 0.0
            across, tall = room.width - left - wide / 2, room.height - below
            return Rect(room.x + left, room.y, max(across, 1.0), max(tall, 1.0))
        left = wide + 3 if chart.values.shown else 0.0
        across = max(room.width - left, 1.0)
        lines = max((self.lines(text, across / len(chart.categories), size) for text in chart.categories), default=1)
        below = min(lines, _MOST_LINES) * size * _HIGH + 3 if chart.names.shown else 0.0
        return Rect(room.x + left, room.y + high / 2, across, max(room.height - below - high / 2, 1.0))

    def _axis_titles(self, lying: bool) -> None:
        """The titles of the axes, which stand upright: at the top of the axis that rises, below the other one."""
        chart, room, high = self.chart, self.room, self.chart.size * _HIGH
        rising, other = (chart.names, chart.values) if lying else (chart.values, chart.names)
        if rising.title:
            wide = min(self.width(rising.title, bold=True), room.width)
            self.write(Rect(room.x, room.y, wide, high), Words(rising.title, chart.size, bold=True, align="l"))
            room = Rect(room.x, room.y + high + 3, room.width, max(room.height - high - 3, 1.0))
        if other.title:
            at = Rect(room.x, room.y + room.height - high, room.width, high)
            self.write(at, Words(other.title, chart.size, bold=True))
            room = Rect(room.x, room.y, room.width, max(room.height - high - 3, 1.0))
        self.room = room

    def _names(self, plot: Rect, lying: bool) -> None:
        """The names of the categories; if they are too long for their places, every second, third and so on."""
        chart, size = self.chart, self.chart.names.look.size or self.chart.size
        high, ink = size * _HIGH, chart.names.look.color or _INK
        count = max(len(chart.categories), 1)
        each = (plot.height if lying else plot.width) / count
        if lying:
            every = max(math.ceil(high / each), 1)
        else:
            longest = max((self.width(word, size) for text in chart.categories for word in text.split()), default=0.0)
            lines = max((self.lines(text, each, size) for text in chart.categories), default=1)
            whole = max((self.width(text, size) for text in chart.categories), default=0.0)
            every = 1 if longest <= each and lines <= _MOST_LINES else max(math.ceil(whole / each), 1)
        for at in range(0, count, every):
            text = _category(chart, at)
            place = self._place(at)
            if lying:
                box = Rect(self.room.x, plot.y + place * plot.height - high / 2, plot.x - self.room.x - 3, high)
                self.write(box, Words(text, size, ink, align="r"))
            else:
                wide = each * every
                lines = self.lines(text, wide, size)
                box = Rect(plot.x + place * plot.width - wide / 2, plot.y + plot.height + 3, wide, lines * high)
                self.write(box, Words(text, size, ink))

    def _place(self, at: int) -> float:
        """How far along its axis the middle of a category is, from 0 to 1; from the bottom up where bars lie."""
        count = max(len(self.chart.categories), 1)
        share = (at + 0.5) / count
        return 1 - share if self.chart.names.backwards != self.chart.plots[0].lying else share

    def _scale(self, length: float) -> _Scale:
        chart, axis = self.chart, self.chart.values
        series = [each for plot in chart.plots for each in plot.series]
        code = axis.number_format or next((each.number_format for each in series if each.number_format), "")
        if any(plot.shares for plot in chart.plots):
            return _Scale(0.0, 1.0, 0.2, axis.number_format or "0%")
        values = [value for plot in chart.plots for value in _ends(plot)] or [0.0]
        low, high = min(values), max(values)
        near = all(plot.kind == "line" for plot in chart.plots) and high - low < abs(high) / 6
        return _nice(
            low if near else min(low, 0.0), high if near else max(high, 0.0), axis, length / (2.4 * chart.size), code
        )

    def _rules(self, plot: Rect, scale: _Scale, lying: bool, said: str) -> None:
        """The lines behind the values, and those of the axes, which tell of the chart."""
        values, names = self.chart.values, self.chart.names
        grid = []
        for share in map(scale.share, scale.steps()) if values.grid else ():
            x, y = share * plot.width, (1 - share) * plot.height
            grid.append([(x, 0.0), (x, plot.height)] if lying else [(0.0, y), (plot.width, y)])
        if grid:
            self.shapes.append(outline(plot, grid, "", values.grid, 0.5))
        zero = scale.share(0.0)
        if lying:
            across, down = (0.0, plot.height), (zero * plot.width, 0.0)
        else:
            across, down = (0.0, (1 - zero) * plot.height), (0.0, 0.0)
        lines = [[across, (plot.width, across[1])], [down, (down[0], plot.height)]]
        for line, axis in zip(lines, (values, names) if lying else (names, values), strict=True):
            if axis.line or said:
                self.shapes.append(outline(plot, [line], "", axis.line, 0.75, said))
                said = ""

    # ------------------------------------------------------------ values

    def _plot(self, room: Rect, plot: Plot, scale: _Scale) -> None:
        if plot.kind == "bar":
            self._bars(room, plot, scale)
            return
        below: dict[int, float] = {}
        for series, values in _stacks(plot):
            points = {
                at: (self._place(at) * room.width, (1 - scale.share(end)) * room.height)
                for at, (_, end) in values.items()
            }
            if plot.kind == "area":
                foot = [(x, (1 - scale.share(below.get(at, 0.0))) * room.height) for at, (x, _) in points.items()]
                if len(points) > 1:
                    path = [*points.values(), *reversed(foot)]
                    self.shapes.append(outline(room, [path], series.color, "", 0.0))
            else:
                for run in _runs(points):
                    self.shapes.append(outline(room, [run], "", series.color, _THICK))
            if plot.stacked:
                below = {at: end for at, (_, end) in values.items()}
            for at, (x, y) in points.items():
                label = self.label(series, at, series.values[at])
                self.write_label(_label_at_point((room.x + x, room.y + y), label), label)

    def _bars(self, room: Rect, plot: Plot, scale: _Scale) -> None:
        across = room.height if plot.lying else room.width
        side_by_side = 1 if plot.stacked else len(plot.series)
        count = max(len(self.chart.categories), 1)
        widths = side_by_side - (side_by_side - 1) * plot.overlap
        thick = across / count / (widths + plot.gap)
        turned = self.chart.names.backwards != plot.lying
        for number, (series, values) in enumerate(_stacks(plot)):
            for at, (start, end) in values.items():
                place = 0 if plot.stacked else (side_by_side - 1 - number if turned else number)
                edge = self._place(at) * across - widths * thick / 2 + place * thick * (1 - plot.overlap)
                near, far = sorted((scale.share(start), scale.share(end)))
                label = self.label(series, at, series.values[at])
                where = label.where or ("ctr" if plot.stacked else "outEnd")
                ends = scale.share(start), scale.share(end)
                if plot.lying:
                    bar = Rect(room.x + near * room.width, room.y + edge, (far - near) * room.width, thick)
                    along = _label_along(ends, where, (label.width / 2 + 2) / room.width)
                    middle = room.x + along * room.width, bar.y + thick / 2
                else:
                    bar = Rect(room.x + edge, room.y + (1 - far) * room.height, thick, (far - near) * room.height)
                    along = _label_along(ends, where, label.height / 2 / room.height)
                    middle = bar.x + thick / 2, room.y + (1 - along) * room.height
                if min(bar.width, bar.height) > 0:
                    self.shapes.append(rectangle(bar, series.points.get(at, series.color)))
                self.write_label(middle, label)


def _label_along(ends: tuple[float, float], where: str, half: float) -> float:
    """Where the middle of a label is along the axis of the values, from 0 to 1.

    Args:
        ends: where its bar begins and ends.
        where: as the file calls it.
        half: half of what the label takes up, with the space beside it.
    """
    start, end = ends
    onward = half if end >= start else -half
    return {"outEnd": end + onward, "inEnd": end - onward, "inBase": start + onward}.get(where, (start + end) / 2)


def _label_at_point(point: tuple[float, float], label: _ValueLabel) -> tuple[float, float]:
    """Where the middle of a label is at a point of a line: above it, unless the file says otherwise."""
    x, y = point
    aside, high = label.width / 2 + 3, label.words.size
    right, down = {"ctr": (0.0, 0.0), "l": (-aside, 0.0), "r": (aside, 0.0), "b": (0.0, high)}.get(
        label.where, (0.0, -high)
    )
    return x + right, y + down


def _label_at_slice(pie: Rect, radii: tuple[float, float], degrees: float, label: _ValueLabel) -> tuple[float, float]:
    """Where the middle of a label is at a slice.

    Args:
        radii: of the slice, within and without.
        degrees: clockwise from the top to the middle of the slice.
    """
    inner, outer = radii
    angle, beyond = math.radians(degrees - 90), 0.0
    reach = (inner + outer) / 2 if inner or label.where == "ctr" else outer * 0.7
    if label.where == "outEnd":
        reach, beyond = outer + 2, 0.5
    elif label.where == "inEnd" and not inner:
        reach = outer * 0.8
    x = pie.x + pie.width / 2 + reach * math.cos(angle) + beyond * label.width * math.cos(angle)
    return x, pie.y + pie.height / 2 + reach * math.sin(angle) + beyond * label.height * math.sin(angle)


def _entries(chart: Chart) -> Iterator[tuple[str, str]]:
    """What the legend names, with its color."""
    if chart.is_round:
        series = chart.plots[0].series[0]
        for at in series.values:
            yield _category(chart, at), series.points.get(at, series.color)
    else:
        for each in (series for plot in chart.plots for series in plot.series):
            yield each.name, each.color


def _stacks(plot: Plot) -> Iterator[tuple[Series, Mapping[int, tuple[float, float]]]]:
    """Each series, with where its values begin and end."""
    up, down = dict[int, float](), dict[int, float]()
    totals = dict[int, float]()
    for series in plot.series:
        for at, value in series.values.items():
            totals[at] = totals.get(at, 0.0) + abs(value)
    for series in plot.series:
        found = {}
        for at, value in series.values.items():
            part = value / (totals[at] or 1.0) if plot.shares else value
            base = up if part >= 0 else down
            start = base.get(at, 0.0) if plot.stacked else 0.0
            found[at] = start, start + part
            base[at] = start + part
        yield series, found


def _ends(plot: Plot) -> Iterator[float]:
    for _, values in _stacks(plot):
        for _, end in values.values():
            yield end


def _nice(low: float, high: float, axis: Axis, most: float, code: str) -> _Scale:
    """A scale in steps of one, two or five, or of a tenth or ten times as much, with room above the highest value."""
    lowest = axis.lowest if axis.lowest is not None else low
    highest = axis.highest if axis.highest is not None else high + (high - low) / 20
    if highest <= lowest:
        highest = lowest + max(abs(lowest), 1.0)
    step = axis.step or 0.0
    if step <= 0 or (highest - lowest) / step > 100:
        rough = (highest - lowest) / min(max(most, 2.0), 10.0)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough * 0.999)
    if axis.lowest is None:
        lowest = math.floor(lowest / step + 1e-9) * step
    if axis.highest is None:
        highest = math.ceil(highest / step - 1e-9) * step
    return _Scale(lowest, max(highest, lowest + step), step, code)


def _runs(points: Mapping[int, tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    """The points of categories that follow one another; a line ends where a value is missing."""
    run: list[tuple[float, float]] = []
    for at in sorted(points):
        if run and at - 1 not in points:
            yield from ([run] if len(run) > 1 else [])
            run = []
        run.append(points[at])
    if len(run) > 1:
        yield run


def _slice(middle: float, inner: float, outer: float, start: float, turn: float) -> list[tuple[float, float]]:
    """The outline of a slice, by its angles in degrees clockwise from the top."""
    count = max(math.ceil(turn / 4), 1)
    angles = [math.radians(start + turn * at / count - 90) for at in range(count + 1)]
    around = [(middle + outer * math.cos(angle), middle + outer * math.sin(angle)) for angle in angles]
    if not inner:
        return [(middle, middle), *around]
    return [
        *around,
        *((middle + inner * math.cos(angle), middle + inner * math.sin(angle)) for angle in reversed(angles)),
    ]


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width - 0.5
        and other.x < one.x + one.width - 0.5
        and one.y < other.y + other.height - 0.5
        and other.y < one.y + one.height - 0.5
    )
