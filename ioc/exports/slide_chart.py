"""A chart of an exhibit as one that can be edited on its slide."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.util import Pt

from ioc.exports.exhibit import Chart
from ioc.exports.waterfall import fall_of
from ioc.text.lines import shortened
from ioc.text.words import Words

KINDS = {"line": XL_CHART_TYPE.LINE_MARKERS, "bar": XL_CHART_TYPE.BAR_CLUSTERED, "column": XL_CHART_TYPE.COLUMN_CLUSTERED}
COLORS = (RGBColor(0x1F, 0x5F, 0xA8), RGBColor(0xD9, 0x82, 0x1B), RGBColor(0x2E, 0x8B, 0x57), RGBColor(0x7B, 0x4F, 0xA3))
GOAL = RGBColor(0xB7, 0x1C, 0x1C)
# Of a waterfall; pale, so that the numbers in the bars can be read.
GOOD, BAD, END = RGBColor(0x7F, 0xC8, 0xA2), RGBColor(0xF0, 0xA6, 0x82), RGBColor(0xB4, 0xC2, 0xD0)
PALE = RGBColor(0x9D, 0xBE, 0xE0)
WHOLE = Decimal(100)
FONT, MOST_BARS, MOST_LABEL = "Arial", 24, 40
Room = tuple[int, int, int, int]


def has_values(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    return bool(chart.categories) and any(value is not None for series in chart.series for value in series.values)


def add_chart(slide: Any, chart: Chart, room: Room, words: Words) -> None:
    """Put a chart on a slide, with its numbers as the workbook behind it."""
    if chart.kind == "fall":
        _add_fall(slide, chart, room, words)
        return
    most = len(chart.categories) if chart.kind == "line" else MOST_BARS
    data = CategoryChartData(number_format=number_format(chart))
    data.categories = [_category(each) for each in chart.categories[:most]]
    for series in chart.series:
        data.add_series(series.label, [None if value is None else float(value) for value in series.values[:most]])
    if chart.target is not None and chart.kind == "line":
        data.add_series(chart.target_label or words("export.column.goal"), [float(chart.target)] * len(chart.categories[:most]))
    left, top, width, height = room
    frame = slide.shapes.add_chart(KINDS.get(chart.kind, XL_CHART_TYPE.COLUMN_CLUSTERED), left, top, width, height, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", shortened(chart.title, 250))
    _styled(frame.chart, chart, len(data), most)


def _add_fall(slide: Any, chart: Chart, room: Room, words: Words) -> None:
    """A waterfall: lying bars upon a base that is not drawn; what stands at them are the numbers of the screen."""
    fall = fall_of([value for value in chart.series[0].values if value is not None])
    good, bad = (GOOD, BAD) if chart.up_is_good else (BAD, GOOD)
    steps = number_format(replace(chart, unit="number"))
    up, down = (f'"{sign}"{steps};"{sign}"{steps}' for sign in ("+", "−"))
    series = (
        (words("export.fall.base"), fall.base, None, ""),
        (words("export.fall.whole"), fall.whole, END, number_format(chart)),
        (words("export.fall.rises"), fall.rises, good, up),
        (words("export.fall.falls"), fall.falls, bad, down),
        *(((words("export.fall.below"), fall.below, END, ""),) if any(fall.below) else ()),
    )
    data = CategoryChartData(number_format=number_format(chart))
    data.categories = [_category(each) for each in chart.categories]
    for label, values, _, _ in series:
        data.add_series(label, [None if value is None else float(value) for value in values])
    left, top, width, height = room
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, left, top, width, height, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", shortened(chart.title, 250))
    drawn = frame.chart
    drawn.font.size, drawn.font.name, drawn.has_title, drawn.has_legend = Pt(11), FONT, False, False
    drawn.category_axis.reverse_order = True
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis = drawn.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = tick_format(chart, fall.step), False
    axis.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xE2, 0xE8)
    if fall.least is not None:
        axis.minimum_scale = float(fall.least)
    axis.major_unit = float(fall.step)
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    for each, (_, _, color, form) in zip(plot.series, series, strict=True):
        if color is None:
            each.format.fill.background()
            each.format.line.fill.background()
            continue
        each.format.fill.solid()
        each.format.fill.fore_color.rgb = color
        if form:
            labels = each.data_labels
            labels.show_value, labels.number_format, labels.number_format_is_linked = True, form, False
            labels.font.size, labels.font.bold = Pt(11), True
            labels.position = XL_LABEL_POSITION.INSIDE_BASE


def tick_format(chart: Chart, step: Decimal) -> str:
    """The form of the numbers at an axis: with as many places as its lines need."""
    return number_format(replace(chart, places=max(0, -step.normalize().as_tuple().exponent)))  # type: ignore[operator] # a number has one


def number_format(chart: Chart) -> str:
    """The form of its numbers as on screen."""
    return "#,##0" + ("." + "0" * chart.places if chart.places else "") + ('"%"' if chart.unit == "percent" else "")


def _styled(drawn: Any, chart: Chart, count: int, most: int) -> None:
    drawn.font.size, drawn.font.name = Pt(11), FONT
    drawn.has_title = False
    drawn.has_legend = count > 1
    if count > 1:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.value_axis.tick_labels.number_format, drawn.value_axis.tick_labels.number_format_is_linked = number_format(chart), False
    drawn.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xE2, 0xE8)
    known = [value for series in chart.series for value in series.values if value is not None] + ([chart.target] if chart.target else [])
    if chart.kind != "line" and min(known) >= 0:
        drawn.value_axis.minimum_scale = 0  # a bar is as long as its number is great
    if chart.unit == "percent" and max(known) <= WHOLE < max(known) * Decimal("1.3"):
        drawn.value_axis.maximum_scale = float(WHOLE)
    if chart.kind == "bar":
        drawn.category_axis.reverse_order = True  # the best stands on top, as on screen
    plot = drawn.plots[0]
    if chart.kind != "line":
        plot.gap_width = 45
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked, labels.position = number_format(chart), False, XL_LABEL_POSITION.OUTSIDE_END
        labels.font.size = Pt(10)
    for index, series in enumerate(plot.series):
        is_goal = index >= len(chart.series)
        color = GOAL if is_goal else COLORS[index % len(COLORS)]
        if chart.kind == "line":
            series.smooth = False
            series.format.line.color.rgb, series.format.line.width = color, Pt(1.5 if is_goal else 2.25)
            series.marker.style = XL_MARKER_STYLE.NONE if is_goal else XL_MARKER_STYLE.CIRCLE
            if is_goal:
                series.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
            else:
                series.marker.format.fill.solid()
                series.marker.format.fill.fore_color.rgb = color
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = color
        if not is_goal:
            _provisional(series, chart, index, most)


def _provisional(series: Any, chart: Chart, index: int, most: int) -> None:
    """What is still open is pale."""
    for number, is_open in enumerate(chart.series[index].open[:most]):
        if is_open:
            point = series.points[number]
            fill = point.marker.format.fill if chart.kind == "line" else point.format.fill
            fill.solid()
            fill.fore_color.rgb = PALE


def _category(text: str) -> str:
    """A category as text: the workbook behind a chart must not take it for a formula."""
    short = shortened(text, MOST_LABEL)
    return f"\u200b{short}" if short[:1] in "=+-@{" else short
