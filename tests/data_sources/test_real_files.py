"""Public files that nobody made for us: their reference values come out of what the feed delivers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.data_sources.reading import Taken, read
from tests.real_data import real_data

pytestmark = pytest.mark.real


def _provinces(taken: Taken, place: int) -> list[int]:
    """One column of the rows that are numbered in the first column, as the 63 provinces are."""
    return [int(row[place]) for row in taken.cells if re.fullmatch(r"\d+(\.0)?", str(row[0]))]


def test_the_old_encoding_says_what_its_unicode_twin_says() -> None:
    path = real_data("messy/mof_Plan_2003.xls")
    old, new = (read(path, sheet=sheet, header_row=0) for sheet in (1, 2))
    assert old.cells[0][0] == "BỘ TÀI CHÍNH"
    assert (old.cells, old.numbers) == (new.cells, new.numbers)


def test_a_header_over_six_rows_is_joined() -> None:
    taken = read(real_data("messy/mof_Plan_2003.xls"), header_rows=[9, 10, 11, 12, 13, 14])
    assert taken.columns[:3] == [
        "S / T",
        "TỈNH, THÀNH PHỐ",
        "TỔNG THU / NSNN / TRÊN ĐỊA BÀN / CÁC TỈNH, TP / TRỰC THUỘC / TRUNG ƯƠNG",
    ]
    assert taken.numbers[0] == 15


def test_merged_headers_and_footnotes_of_2008() -> None:
    taken = read(real_data("messy/mof_Final_2008.xls"))
    revenue = "TỔNG THU NSNN TRÊN ĐỊA BÀN TỈNH, THÀNH PHỐ"
    assert taken.columns == [
        "STT",
        "TÊN TỈNH, THÀNH PHỐ",
        revenue,
        "TỶ LỆ PHÂN CHIA NGUỒN THU GIỮA NSTW VÀ NSĐP",
        "TỶ LỆ PHÂN CHIA NGUỒN THU GIỮA NSTW VÀ NSĐP (2)",
        "TỔNG CHI CÂN ĐỐI NSĐP",
        "BỔ SUNG TỪ NSTW CHO NSĐP / TỔNG SỐ",
        "BỔ SUNG TỪ NSTW CHO NSĐP / BỔ SUNG CÂN ĐỐI",
        "BỔ SUNG TỪ NSTW CHO NSĐP / BỔ SUNG CÓ MỤC TIÊU",
    ]
    assert (len(_provinces(taken, 2)), sum(_provinces(taken, 2))) == (63, 419278224)
    assert taken.rows[0][revenue].endswith("419.278.223")
    assert taken.numbers[0] == 10
    assert taken.rows[-3]["STT"] == "Ghi chú:"


def test_a_header_over_seven_rows_of_2009() -> None:
    taken = read(real_data("messy/mof_Plan_2009.xls"))
    assert taken.columns[1] == "Tỉnh, thành phố"
    assert taken.columns[7] == "Bổ sung có mục tiêu / Tổng số"
    assert taken.numbers[0] == 15
    assert (len(_provinces(taken, 2)), sum(_provinces(taken, 2))) == (63, 417900000)


def test_a_title_semicolons_and_windows_1252() -> None:
    taken = read(real_data("messy/gso_administrative_units_cp1252.csv"))
    assert taken.columns[0] == "Cities, provincies"
    assert taken.broken == []
    assert {row["Cities, provincies"]: row["2016 Communes"] for row in taken.rows}["WHOLE COUNTRY"] == "8978"
    assert any(".." in row for row in taken.cells)


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("municipal_permits/events.csv", 8577, 15),
        ("municipal_permits/cases.csv", 1434, 10),
        ("canada_services/services_2024.csv", 1752, None),
        ("canada_services/standards_2024.csv", 2343, None),
        ("qd766/scores_provinces_20261010.csv", 34, 12),
        ("qd766/phutho_progress_month.csv", 56, 9),
        ("qd766/phutho_online_month_parent.json", 1, 16),
        ("vietnam/provinces_34.csv", 34, 8),
        ("vietnam/map_63_to_34.csv", 63, 4),
        ("vietnam/tthc_noivu_54.csv", 54, 4),
    ],
)
def test_every_row_arrives(name: str, rows: int, columns: int | None) -> None:
    taken = read(real_data(name))
    assert (len(taken.rows), taken.broken) == (rows, [])
    assert columns is None or len(taken.columns) == columns


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert read(real_data("canada_services/services_2024.csv")).columns[0] == "fiscal_yr"


def test_a_missing_set_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.real_data.ROOT", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="messy/nothing"):
        real_data("messy/nothing")
