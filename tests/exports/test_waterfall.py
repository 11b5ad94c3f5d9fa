"""A change taken apart is a chart that offices can edit, with the numbers of the screen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from ioc.exports.deck import write_pptx
from ioc.exports.exhibit import Chart, Part, Series
from ioc.exports.progress import Progress
from ioc.exports.waterfall import fall_of
from ioc.exports.xlsx import write_xlsx
from tests.exports.test_deck import EXHIBIT, read

VALUES = tuple(map(Decimal, ("82.96", "2.01", "-0.04", "84.93")))
CHART = Chart("fall", "Vì sao", ("=Năm trước", "Cục A", "Vụ B", "Năm nay"), (Series("Vì sao", VALUES),), "percent", 2)
WHY = replace(EXHIBIT, parts=(Part("why", "why", "Vì sao thay đổi?", sentences=("Tăng.",) * 5, chart=CHART),))


@pytest.mark.parametrize("values", [VALUES, tuple(map(Decimal, (3, -5, 4, 2))), tuple(map(Decimal, (-3, -2, 1, 6, 2))), (Decimal(1),) * 2])
def test_every_bar_begins_where_the_last_has_ended(values: tuple[Decimal, ...]) -> None:
    fall, at = fall_of(values), values[0]
    assert (fall.whole[0], fall.whole[-1]) == (values[0], values[-1])
    for place, step in enumerate(values[1:-1], start=1):
        base, below = (each[place] or Decimal(0) for each in (fall.base, fall.below))
        size = (fall.rises[place] if step >= 0 else fall.falls[place]) or Decimal(0)
        assert (fall.falls[place] if step >= 0 else fall.rises[place]) is None
        assert sorted((base + below, base + size)) == sorted((at, at + step))
        at += step
    assert fall.least is None or fall.least <= min(values[0], at)
    assert fall.step > 0


def test_a_slide_has_it_as_bars_upon_a_base_that_is_not_drawn() -> None:
    (frame,) = [shape for shape in read(write_pptx(WHY))[1] if shape.has_chart]  # type: ignore[attr-defined]
    chart = frame.chart  # type: ignore[attr-defined]
    base, whole, rises, falls = chart.plots[0].series
    assert (list(whole.values), list(rises.values), list(falls.values)) == (
        [82.96, None, None, 84.93],
        [None, 2.01, None, None],
        [None, None, 0.04, None],
    )
    assert list(base.values) == [None, 82.96, 84.93, None]
    assert base.format.fill.type == 5  # none
    assert rises.data_labels.number_format == '"+"#,##0.00;"+"#,##0.00' and whole.data_labels.number_format == '#,##0.00"%"'
    assert chart.value_axis.minimum_scale == 82
    sheet = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert sheet is not None and sheet["A2"].data_type == "s"
    assert len(Presentation(BytesIO(write_pptx(WHY))).slides) == 2


def test_a_workbook_has_its_bars_as_numbers_and_the_chart_beside_them(tmp_path: Path) -> None:
    write_xlsx(WHY, tmp_path / "why.xlsx", Progress())
    book = load_workbook(tmp_path / "why.xlsx")
    sheet = book.worksheets[0]
    assert sheet.title == "Biểu đồ Vì sao"
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=2, max_row=5)]
    assert rows == [
        ["=Năm trước", None, 82.96, None, None],
        ["Cục A", 82.96, None, 2.01, None],
        ["Vụ B", 84.93, None, None, 0.04],
        ["Năm nay", None, 84.93, None, None],
    ]
    assert sheet["A2"].data_type == "s"
    (chart,) = sheet._charts  # type: ignore[attr-defined]
    assert chart.grouping == "stacked" and len(chart.series) == 4
