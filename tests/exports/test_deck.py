"""Slides: charts that can be edited, notes that say where the numbers come from, letters that survive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from ioc.errors import Refusal
from ioc.exports.deck import write_pptx
from ioc.exports.exhibit import Amount, Chart, Column, Definition, Exhibit, Headline, Kind, Mark, Part, Series, Table
from ioc.exports.subject import Page, Subject

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
VALUES = (Decimal("80.1"), None, Decimal("83.44"))
LINE = Chart(
    "line",
    "Diễn biến",
    ("T9", "T10", '=HYPERLINK("x")'),
    (Series("Đúng hạn", VALUES, (False, False, True)),),
    "percent",
    1,
    Decimal(95),
    "Mục tiêu",
)
ROWS = tuple((f"Vụ {number}", Amount(Decimal("83.44"), "percent", 1)) for number in range(30))
TABLE = Table("Bảng", (Column("unit", "Đơn vị"), Column("value", "Tỷ lệ", Kind.NUMBER, "percent", 1)), ROWS, 30)
EXHIBIT = Exhibit(
    subject=Subject(Page.SCREEN, "front"),
    title="Tỷ lệ hồ sơ trực tuyến – Ặc, Ễnh, Ưỡn",
    organisation="Bộ Nội vụ",
    language="vi",
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
    version=12,
    version_at=AT,
    at=AT,
    as_of=None,
    simulated=True,
    parts=(
        Part(
            "panel-1", "number", "Đúng hạn", headline=Headline(Amount(Decimal("83.44"), "percent", 1), "Chậm", "Mục tiêu ≥ 95%"), chart=LINE
        ),
        Part("panel-2", "records", "Danh sách " * 1000 + "\x00\x0b", "ghi chú", tables=(TABLE,)),
        Part("panel-3", "map", "Bản đồ", tables=(TABLE,)),
    ),
    data_at=AT,
    definitions=(Definition("on_time", "Đúng hạn", "Hồ sơ trả đúng hạn", "a / b", "Quyết định 766", "Văn phòng"),),
    mark=Mark("K7QF-3MXN", "http://ioc/verify/K7QF-3MXN", "Nguyễn Văn Ạ", AT, "LƯU HÀNH NỘI BỘ"),
)


def read(content: bytes) -> list[list[object]]:
    return [list(slide.shapes) for slide in Presentation(BytesIO(content)).slides]


def words(shapes: list[object]) -> str:
    return "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)  # type: ignore[attr-defined]


def test_a_chart_can_be_edited_and_holds_the_numbers_of_the_screen() -> None:
    slides = read(write_pptx(EXHIBIT))
    assert len(slides) == 1 + len(EXHIBIT.parts)
    assert "83,4%" in words(slides[1]) and "Chậm" in words(slides[1])
    (frame,) = [shape for shape in slides[1] if shape.has_chart]  # type: ignore[attr-defined]
    chart = frame.chart  # type: ignore[attr-defined]
    assert [list(series.values) for series in chart.plots[0].series] == [[80.1, None, 83.44], [95.0, 95.0, 95.0]]
    assert chart.value_axis.tick_labels.number_format == '#,##0.0"%"'
    sheet = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert sheet is not None and all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["B2"].value == 80.1


def test_letters_marks_and_provenance_are_there() -> None:
    content = write_pptx(EXHIBIT)
    deck = Presentation(BytesIO(content))
    assert "Ặc, Ễnh, Ưỡn" in deck.slides[0].shapes.title.text_frame.text
    for slide in list(deck.slides)[1:]:
        said = words(list(slide.shapes))
        assert all(each in said for each in ("K7QF-3MXN", "LƯU HÀNH NỘI BỘ", "DỮ LIỆU MÔ PHỎNG", "12:00 23/11/2026"))
        notes = slide.notes_slide.notes_text_frame.text
        assert "Hồ sơ trả đúng hạn" in notes and "Quyết định 766" in notes and "Nguyễn Văn Ạ" in notes
    assert deck.core_properties.keywords == "K7QF-3MXN"
    assert deck.slide_width == Inches(13.333)
    assert "…" in words(list(deck.slides[2].shapes))  # a title of 9,000 letters
    assert "11 dòng đầu trong 30 dòng" in words(list(deck.slides[2].shapes))
    fonts = {
        run.font.name
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for p in shape.text_frame.paragraphs
        for run in p.runs
    }
    assert fonts == {"Arial"}


def test_what_has_no_chart_is_a_picture_or_else_a_table() -> None:
    drawn = BytesIO()
    Image.new("RGB", (160, 90), "white").save(drawn, "PNG")
    with_picture = read(write_pptx(EXHIBIT, picture=lambda _, part: drawn.getvalue() if part.kind == "map" else None))
    assert any(shape.shape_type == 13 for shape in with_picture[3])  # type: ignore[attr-defined]
    assert any(shape.has_table for shape in read(write_pptx(EXHIBIT))[3])  # type: ignore[attr-defined]


def test_the_office_gives_its_own_template(tmp_path: Path) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Inches(10), Inches(5.625)
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text = "Example"
    own.save(str(tmp_path / "own.pptx"))
    deck = Presentation(BytesIO(write_pptx(EXHIBIT, tmp_path / "own.pptx")))
    assert deck.slide_width == Inches(10)
    assert len(deck.slides) == 1 + len(EXHIBIT.parts)
    assert "Example" not in words([shape for slide in deck.slides for shape in slide.shapes])
    (tmp_path / "bad.pptx").write_bytes(b"no slides")
    for name in ("bad.pptx", "none.pptx"):
        with pytest.raises(Refusal, match="slide_template"):
            write_pptx(EXHIBIT, tmp_path / name)


def test_sentences_stay_on_their_slide() -> None:
    for reading, size in ((("Ngắn.",), 20), (("x" * 260,) * 6, 14), (("x" * 900,) * 6, 11)):
        (box,) = [shape for shape in read(write_pptx(replace(EXHIBIT, reading=reading)))[1] if shape.text_frame.text.startswith(reading[0])]  # type: ignore[attr-defined]
        assert {run.font.size.pt for paragraph in box.text_frame.paragraphs for run in paragraph.runs} == {size}  # type: ignore[attr-defined]


def test_nothing_to_show_is_no_fault() -> None:
    assert len(read(write_pptx(replace(EXHIBIT, parts=(Part("p", "trend", "Trống", chart=Chart("line", "x", (), ())),))))) == 2
