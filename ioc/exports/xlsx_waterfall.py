"""A waterfall in a workbook: its bars as numbers on a sheet of their own, and beside them a chart that can be edited."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ioc.exports.exhibit import Amount, Chart
from ioc.exports.waterfall import fall_of
from ioc.text.words import words

if TYPE_CHECKING:
    from ioc.exports.xlsx import Writer

GOOD, BAD, END = "#7fc8a2", "#f0a682", "#b4c2d0"
ROW_HIGH = 26  # pixels of the chart for each bar


def fall_sheet(writer: Writer, chart: Chart) -> None:
    """Add the sheet."""
    said, values = words(writer.exhibit.language), [value for value in chart.series[0].values if value is not None]
    fall, places = fall_of(values), chart.places
    sheet = writer.book.add_worksheet(writer.named(f"{said('export.fall.sheet')} {chart.title}"))
    good, bad = (GOOD, BAD) if chart.up_is_good else (BAD, GOOD)
    steps = "#,##0" + ("." + "0" * places if places else "")
    ends = steps + ('"%"' if chart.unit == "percent" else "")
    series = [("base", fall.base, None, ""), ("whole", fall.whole, END, ends)]
    series += [("rises", fall.rises, good, f'"+"{steps};"+"{steps}'), ("falls", fall.falls, bad, f'"−"{steps};"−"{steps}')]
    series += [("below", fall.below, END, "")] if any(fall.below) else []
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(series), 14)
    sheet.write_string(0, 0, said("explanation.part"), writer.heading)
    for column, (name, *_) in enumerate(series, start=1):
        sheet.write_string(0, column, said(f"export.fall.{name}"), writer.heading)
    for row, label in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, label[:32_000], writer.text)
        for column, (_, cells, _, _) in enumerate(series, start=1):
            value: Decimal | None = cells[row - 1]
            if value is not None:
                sheet.write_number(row, column, float(value), writer.number(Amount(value, "number", places)))
    drawn = writer.book.add_chart({"type": "bar", "subtype": "stacked"})
    last = len(chart.categories)
    for column, (_, _, color, form) in enumerate(series, start=1):
        given: dict[str, Any] = {
            "name": [sheet.name, 0, column],
            "categories": [sheet.name, 1, 0, last, 0],
            "values": [sheet.name, 1, column, last, column],
            "fill": {"color": color} if color else {"none": True},
            "border": {"none": True},
            "gap": 45,
        }
        if form:
            given["data_labels"] = {"value": True, "num_format": form, "position": "inside_base", "font": {"bold": True}}
        drawn.add_series(given)
    drawn.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12}})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True, "label_position": "low"})
    decimals = max(0, -fall.step.normalize().as_tuple().exponent)  # type: ignore[operator] # a number has one
    ticks = "#,##0" + ("." + "0" * decimals if decimals else "") + ('"%"' if chart.unit == "percent" else "")
    drawn.set_x_axis({"num_format": ticks, "major_unit": float(fall.step), **({} if fall.least is None else {"min": float(fall.least)})})
    drawn.set_size({"width": 860, "height": 140 + ROW_HIGH * last})
    sheet.insert_chart(last + 2, 0, drawn, {"description": chart.title[:250]})
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
