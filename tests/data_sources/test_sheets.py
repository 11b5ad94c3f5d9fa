"""XLSX and XLS: types, sheets, merged headers, old fonts, damaged files."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.styles import Font

from ioc.errors import FeedRejected
from tests.data_sources.old_encodings import to_latin
from tests.data_sources.reading import deliveries, read, take, write
from tests.real_data import real_data


def book(folder: Path, sheets: dict[str, list[list[Any]]], merges: tuple[str, ...] = (), name: str = "a.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for merge in merges:
            sheet.merge_cells(merge)
    path = folder / name
    workbook.save(path)
    return path


def test_values_keep_their_types(tmp_path: Path) -> None:
    day, moment = dt.date(2026, 1, 5), dt.datetime(2026, 1, 5, 8, 30)
    rows = [
        ["text", "whole", "part", "day", "moment", "both", "truth", "mixed", "nothing"],
        ["x", 1, 1.5, day, moment, day, True, 419278224, None],
        ["419.278.223", 2, 2, day, moment, moment, False, "(1) x", None],
        [None, None, None, None, None, None, None, 1.5, None],
    ]
    taken = read(book(tmp_path, {"A": rows}))
    assert taken.types == {
        "text": pa.string(),
        "whole": pa.int64(),
        "part": pa.float64(),
        "day": pa.date32(),
        "moment": pa.timestamp("us"),
        "both": pa.timestamp("us"),
        "truth": pa.bool_(),
        "mixed": pa.string(),
        "nothing": pa.string(),
    }
    assert taken.cells == [
        ["x", 1, 1.5, day, moment, dt.datetime(2026, 1, 5), True, "419278224", None],
        ["419.278.223", 2, 2.0, day, moment, moment, False, "(1) x", None],
        [None, None, None, None, None, None, None, "1.5", None],
    ]


def test_rows_have_the_numbers_that_the_sheet_shows(tmp_path: Path) -> None:
    taken = read(book(tmp_path, {"A": [["Báo cáo"], [], ["a", "b"], [1, 2], [], [3, 4], [None, None]]}))
    assert (taken.columns, taken.cells, taken.numbers) == (["a", "b"], [[1, 2], [3, 4]], [4, 6])


def test_merged_headers_are_found_below_a_letterhead(tmp_path: Path) -> None:
    rows = [
        ["BỘ NỘI VỤ", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["BÁO CÁO"],
        ["STT", "Đơn vị", "Tiếp nhận", None],
        [None, None, "Trực tuyến", "Trực tiếp"],
        [1, "Sở Nội vụ", 5, 6],
        [2, "Sở Tư pháp", 7, 8],
        ["Ghi chú: tạm tính"],
    ]
    merges = ("A1:B1", "A2:D2", "A3:A4", "B3:B4", "C3:D3")
    taken = read(book(tmp_path, {"A": rows}, merges))
    assert taken.columns == ["STT", "Đơn vị", "Tiếp nhận / Trực tuyến", "Tiếp nhận / Trực tiếp"]
    assert taken.numbers == [5, 6, 7]
    assert taken.rows[2]["STT"] == "Ghi chú: tạm tính"


SHEETS = {"Một": [["a"], [1]], "Hai": [["a"], [2]]}


@pytest.mark.parametrize(("sheet", "value"), [(1, 1), (2, 2), ("Hai", 2)])
def test_a_sheet_is_chosen_by_place_or_name(tmp_path: Path, sheet: int | str, value: int) -> None:
    assert read(book(tmp_path, SHEETS), sheet=sheet).rows == [{"a": value}]


def test_all_sheets_are_deliveries_of_their_own(tmp_path: Path) -> None:
    found = deliveries(book(tmp_path, SHEETS), sheet="all")
    assert [delivery.name for delivery in found] == ["a.xlsx#Một", "a.xlsx#Hai"]
    assert len({delivery.fingerprint for delivery in found}) == 2
    assert [take(delivery).rows for delivery in found] == [[{"a": 1}], [{"a": 2}]]


@pytest.mark.parametrize(
    ("sheet", "words"), [("Haii", "has no sheet “Haii”. Did you mean “Hai”?"), (3, "has no sheet 3; it has 2. Known: Một, Hai.")]
)
def test_an_unknown_sheet_is_refused_with_the_known_ones(tmp_path: Path, sheet: int | str, words: str) -> None:
    with pytest.raises(FeedRejected) as refusal:
        read(book(tmp_path, SHEETS), sheet=sheet)
    assert words in str(refusal.value)


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=r"a\.xlsx, sheet “Một” is empty"):
        read(book(tmp_path, {"Một": []}))


def test_a_changed_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match="missing “b”; new “a”"):
        read(book(tmp_path, SHEETS), columns=["b"])


@pytest.mark.parametrize("encoding", ["auto", "tcvn3"])
def test_old_fonts_become_unicode_and_their_capitals_capitals(tmp_path: Path, encoding: str) -> None:
    path = book(
        tmp_path,
        {"A": [["STT", to_latin("Đơn vị"), "Nom"], [1, to_latin("Bộ Tài chính"), "Café"], [2, to_latin("trung ương"), "x"]]},
    )
    workbook = openpyxl.load_workbook(path)
    for cells in workbook["A"].iter_rows():
        cells[0].font = Font(name=".VnArial")
        cells[1].font = Font(name=".VnTimeH")
        cells[2].font = Font(name="Arial")
    workbook.save(path)
    taken = read(path, encoding=encoding)
    assert taken.columns == ["STT", "ĐƠN VỊ", "Nom"]
    assert taken.cells == [[1, "BỘ TÀI CHÍNH", "Café"], [2, "TRUNG ƯƠNG", "x"]]


def test_a_sheet_that_lost_its_fonts_keeps_small_letters(tmp_path: Path) -> None:
    taken = read(book(tmp_path, {"A": [["STT", to_latin("đơn vị")], [1, to_latin("Bộ Tài chính")], [2, "Huế"]]}))
    assert [taken.columns, *taken.cells] == [["STT", "đơn vị"], [1, "Bộ Tài chính"], [2, "Huế"]]


def test_french_is_not_taken_for_an_old_font(tmp_path: Path) -> None:
    rows = [["numéro", "libellé"], [1, "Développement économique régional"], [2, "où l'été"]]
    taken = read(book(tmp_path, {"A": rows}))
    assert [taken.columns, *taken.cells] == rows


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=r"larger than 0\.001 MiB when unpacked"):
        read(book(tmp_path, SHEETS), max_document_mib=0.001)


def test_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    whole = book(tmp_path, SHEETS).read_bytes()
    for content in [whole[:100], whole[: len(whole) // 2], whole[:-10], b"<html><table>", b"\xd0\xcf\x11\xe0" + bytes(600)]:
        for name in ("b.xlsx", "b.xls"):
            with pytest.raises(FeedRejected, match="damaged"):
                read(write(tmp_path, name, content))


def test_an_empty_workbook_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match=r"b\.xls is empty"):
        read(write(tmp_path, "b.xls", b""))


def test_no_damage_to_an_xls_is_more_than_a_refusal(tmp_path: Path) -> None:
    whole = real_data("messy/mof_Final_2008.xls").read_bytes()
    chance = random.Random(7)
    for _ in range(20):
        content = io.BytesIO(whole[: chance.randrange(len(whole))] if chance.random() < 0.5 else whole)
        for _ in range(20):
            content.seek(chance.randrange(len(whole)))
            content.write(bytes([chance.randrange(256)]))
        with contextlib.suppress(FeedRejected):
            read(write(tmp_path, "a.xls", content.getvalue()))


def test_a_sheet_too_large_for_any_memory_is_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = workbook.active["XFD1048576"] = 1
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(FeedRejected, match="cells too far apart"):
        read(tmp_path / "a.xlsx")
