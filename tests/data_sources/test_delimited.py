"""CSV and TSV: separators, headers, row numbers, and rows that cannot be split."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.errors import FeedRejected
from tests.data_sources.old_encodings import LETTERS, OLD
from tests.data_sources.reading import read, write


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    rows = ["mã|tên|ghi chú", "1|Hà Nội|a, b; c", "2|Huế|1,5"]
    lines = [separator.join(f'"{cell}"' for cell in row.split("|")) for row in rows]
    taken = read(write(tmp_path, "a.csv", "\n".join(lines)))
    assert taken.columns == ["mã", "tên", "ghi chú"]
    assert taken.cells == [["1", "Hà Nội", "a, b; c"], ["2", "Huế", "1,5"]]


HEADERS: list[tuple[str, str, dict[str, Any], list[str], list[list[str]], list[int]]] = [
    ("plain", "a,b\n1,2\n", {}, ["a", "b"], [["1", "2"]], [2]),
    ("no line break at the end", "a,b\n1,2", {}, ["a", "b"], [["1", "2"]], [2]),
    ("Windows line breaks", "a,b\r\n1,2\r\n", {}, ["a", "b"], [["1", "2"]], [2]),
    ("old Mac line breaks", "a,b\r1,2\r", {}, ["a", "b"], [["1", "2"]], [2]),
    ("header only", "a,b\n", {}, ["a", "b"], [], []),
    ("header only, without a line break", "a,b", {}, ["a", "b"], [], []),
    ("title above", "Báo cáo tháng 6\n\na;b;c\n1;2;3\n", {}, ["a", "b", "c"], [["1", "2", "3"]], [4]),
    ("letterhead above", "BỘ NỘI VỤ,,,VIỆT NAM\n,,,\na,b,c,d\nx,y,z,w\n", {}, ["a", "b", "c", "d"], [["x", "y", "z", "w"]], [4]),
    ("years as names", "tỉnh;2009;2010\nHà Nội;5;6\n", {}, ["tỉnh", "2009", "2010"], [["Hà Nội", "5", "6"]], [2]),
    ("named separator", "sep=;\na;b\n1;2\n", {}, ["a", "b"], [["1", "2"]], [3]),
    ("row given", "x,y\na,b\n1,2\n", {"header_row": 2}, ["a", "b"], [["1", "2"]], [3]),
    ("no header", "1,2\n3,4\n", {"header_row": 0}, ["column_1", "column_2"], [["1", "2"], ["3", "4"]], [1, 2]),
    ("rows given", "a,b,\n,c,d\n1,2,3\n", {"header_rows": [1, 2]}, ["a", "b / c", "b / d"], [["1", "2", "3"]], [3]),
    (
        "blank and repeated names",
        "a,,a,a (2)\n1,2,3,4\n",
        {},
        ["a", "column_2", "a (2)", "a (2) (2)"],
        [["1", "2", "3", "4"]],
        [2],
    ),
    ("untidy names", '" a\n  b ",c\u00a0 d\n1,2\n', {}, ["a b", "c d"], [["1", "2"]], [2]),
    ("one column", "a\nx\n\ny\n", {}, ["a"], [["x"], ["y"]], [2, 4]),
    ("quotes inside", 'a,b\n"x ""y""",z"w\n', {}, ["a", "b"], [['x "y"', 'z"w']], [2]),
    ("other quote", "a,b\n'x,y',z\n", {"quote": "'"}, ["a", "b"], [["x,y", "z"]], [2]),
    ("no quote", 'a,b\n"x,y\n', {"quote": ""}, ["a", "b"], [['"x', "y"]], [2]),
    ("line break inside", 'a,b\n"x\ny",1\nz,2\n', {}, ["a", "b"], [["x\ny", "1"], ["z", "2"]], [2, 3]),
    ("line break at the very end", 'a,b\n1,"x\ny"\n', {}, ["a", "b"], [["1", "x\ny"]], [2]),
    ("blank rows", "a,b\n\n1,2\n,\n3,4\n\n", {}, ["a", "b"], [["1", "2"], ["3", "4"]], [3, 5]),
    ("numbers stay text", "a,b\n007,1e5\nNULL,NA\n", {}, ["a", "b"], [["007", "1e5"], ["NULL", "NA"]], [2, 3]),
    ("combining marks", "a,b\nHa\u0300 No\u0323\u0302i,1\n", {}, ["a", "b"], [["Hà Nội", "1"]], [2]),
]


@pytest.mark.parametrize(
    ("text", "options", "columns", "cells", "numbers"), [case[1:] for case in HEADERS], ids=[case[0] for case in HEADERS]
)
def test_rows_come_as_they_stand(
    tmp_path: Path, text: str, options: dict[str, Any], columns: list[str], cells: list[list[str]], numbers: list[int]
) -> None:
    taken = read(write(tmp_path, "a.csv", text), **options)
    assert (taken.columns, taken.cells, taken.numbers, taken.broken) == (columns, cells, numbers, [])


def test_tsv_takes_tabs(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.tsv", "a,b\tc\n1,2\t3\n")).rows == [{"a,b": "1,2", "c": "3"}]


def test_rows_that_cannot_be_split_are_reported_and_the_rest_keep_their_numbers(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.csv", "title\na,b\n1,2\n3\n4,5\n\n6,7,8\n9,0\n1"))
    assert taken.cells == [["1", "2"], ["4", "5"], ["9", "0"]]
    assert taken.numbers == [3, 5, 8]
    assert [(row.row, row.reason, row.detail) for row in taken.broken] == [
        (4, "columns", "2 columns expected, 1 found"),
        (7, "columns", "2 columns expected, 3 found"),
        (9, "columns", "2 columns expected, 1 found"),
    ]


def test_row_numbers_hold_over_many_blocks(tmp_path: Path) -> None:
    lines = [f"{i},{'x' * 90}" + (",more" if i % 1000 == 7 else "") for i in range(2, 400_002)]
    taken = read(write(tmp_path, "a.csv", "\n".join(["a,b", *lines])))
    assert [int(row["a"]) for row in taken.rows] == taken.numbers
    assert [row.row for row in taken.broken] == [i for i in range(2, 400_002) if i % 1000 == 7]


def test_no_line_swallowed_by_an_open_quote_is_lost(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.csv", 'a,b\n1,2\n3,"x\n5,6\n7,8\n'))
    assert taken.cells == [["1", "2"]]
    assert [(row.row, row.reason) for row in taken.broken] == [(3, "columns"), (4, "columns"), (5, "columns")]
    assert "a quote opened in row 3 is never closed" in taken.broken[0].detail


def test_an_open_quote_in_the_middle_says_how_far_it_reaches(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "a.csv", 'a,b\n"1,2\n3,4\n'))
    assert [(row.row, row.detail) for row in taken.broken] == [
        (2, "2 columns expected, 1 found; it goes on over 2 lines, so a quote may not be closed")
    ]


REFUSED: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("empty", "", {}, "a.csv is empty"),
    ("only a mark", b"\xef\xbb\xbf", {}, "a.csv is empty"),
    ("only blanks", "\n\n  \n", {}, "a.csv is empty"),
    ("no header", "1,2\n3,4\n", {}, "No row of a.csv looks like a header. Say which"),
    ("header beyond the end", "a,b\n", {"header_row": 5}, "a.csv has no row 5"),
    (
        "changed header",
        "ma_hs,ngay_nhan,kenh\n1,2,3\n",
        {"columns": ["ma_hs", "ngay_tiep_nhan"]},
        "missing “ngay_tiep_nhan” (perhaps now “ngay_nhan”); new “ngay_nhan”, “kenh”",
    ),
    ("too long a line", "a,b\n" + "x" * 5000, {"max_line_mib": 0.001}, "a line longer than 0.001 MiB"),
    ("too long a line of NULs", b"\0" * 50_000, {"max_line_mib": 0.001}, "a line longer than 0.001 MiB"),
]


@pytest.mark.parametrize(("content", "options", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_can_never_be_read_is_refused_in_a_sentence(tmp_path: Path, content: str | bytes, options: dict[str, Any], words: str) -> None:
    with pytest.raises(FeedRejected) as refusal:
        read(write(tmp_path, "a.csv", content), **options)
    assert words in str(refusal.value)


def test_a_record_that_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedRejected, match="longer than 16 MiB"):
        read(write(tmp_path, "a.csv", 'a,b\n"1,2\n' + "3,4\n" * 9_000_000))


def test_expected_columns_may_come_in_any_order(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.csv", "b,a\n1,2\n"), columns=["a", "b"]).rows == [{"b": "1", "a": "2"}]


CELL = st.text(LETTERS + "abcXYZ019 ,;|\t\n\"'.-", max_size=8)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "tcvn3"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cells=st.lists(st.lists(CELL, min_size=3, max_size=3).filter(any), max_size=8),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(ENCODINGS),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_table_written_in_any_dialect_comes_back(
    tmp_path: Path, cells: list[list[str]], separator: str, encoding: str, ending: str, quoting: Any
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ending, quoting=quoting).writerows([["mã", "tên", "nơi"], *cells])
    path = write(tmp_path, "a.csv", text.getvalue().encode(encoding) if encoding not in OLD else OLD[encoding](text.getvalue()))
    taken = read(path, encoding=encoding, delimiter=separator, header_row=1)
    assert taken.columns == ["mã", "tên", "nơi"]
    assert taken.cells == cells
