"""Tables and lists of pages are read as they stand there: numbers, days and moments are such again, and buttons stay behind."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ioc.errors import BadQuestion, UnknownName
from ioc.exports.exhibit import Amount, Kind
from ioc.exports.listings import listed, number_of, table_of
from ioc.exports.subject import Page, Subject, subject_of
from ioc.text.numbers import number, with_unit
from ioc.text.words import words
from layouts import elements as h
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.state import context_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CONTEXT = context_of("/feeds/x", "", datetime(2026, 11, 23, tzinfo=ZONE), ZONE)


def page(content: h.Node, title: str = "Bảng") -> str:
    form = h.form[h.label[h.span["Người"], h.input(name="who")]]
    return f"<html><body><h1>Trang</h1>{form}{listing('some', title, content, CONTEXT)}</body></html>"


def test_what_is_a_number_or_a_day_on_the_page_is_one_in_the_file() -> None:
    columns = [
        Column("name", "Tên"),
        Column("count", "Số", True),
        Column("share", "Tỷ lệ", True),
        Column("day", "Ngày"),
        Column("at", "Lúc"),
    ]
    rows = [
        Line([[h.a["Một"], h.div["nhỏ"]], "1.234", "83,4%", "01/02/2026", "14:05 23/11/2026"]),
        Line([h.b["=2"], "−7,5", "–", "–", "–"]),
    ]
    run = [Line([*each.cells, h.form[h.button["Chạy"]]]) for each in rows]
    found = listed(page(lines("Bảng", [*columns, Column("do", "")], run)), "list-some", "vi")
    assert found and (found.heading, found.title, found.labels) == ("Trang", "Bảng", {"who": "Người"})
    table = table_of(found, "vi", ZONE)
    assert [column.label for column in table.columns] == ["Tên", "Số", "Tỷ lệ", "Ngày", "Lúc"]
    assert [column.kind for column in table.columns] == [Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.DAY, Kind.MOMENT]
    first, second = table.rows
    assert first[:4] == ("Một · nhỏ", Amount(Decimal(1234)), Amount(Decimal("83.4"), "percent", 1), date(2026, 2, 1))
    assert first[4] == datetime(2026, 11, 23, 14, 5, tzinfo=ZONE)
    assert second == ("=2", Amount(Decimal("-7.5"), places=1), None, None, None)


def test_an_item_of_a_list_is_a_line_and_its_terms_are_columns() -> None:
    marked = [h.li[h.p(data_cell="Ai")["An"], h.p(data_cell="Việc")["sửa ", h.b["x"]]], h.li[h.p(data_cell="Ai")["Bình"], h.ul[h.li["y"]]]]
    found = listed(page(h.ol[marked]), "list-some", "vi")
    assert found and (found.columns, found.rows) == (("Ai", "Việc"), (("An", "sửa x"), ("Bình", "")))
    terms = h.ul[h.li[h.dl[h.dt["Mã"], h.dd["7"]], h.button["Bỏ"]], h.li[h.dl[h.dt["Mã"], h.dd["8"]]]]
    found = listed(page(terms), "list-some", "vi")
    assert found and found.rows == (("7",), ("8",))
    found = listed(page(h.ul[h.li["một"], h.li["hai"]]), "list-some", "vi")
    assert found and (found.columns, found.rows) == (("Bảng",), (("một",), ("hai",)))
    assert listed(page(h.p["x"]), "list-other", "vi") is None


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", ["0", "12", "1234567.25", "-0.5", "99.96", "1000"])
def test_numbers_are_read_back_as_they_were_written(text: str, language: str) -> None:
    read = number_of(number(Decimal(text), language, 2), language)
    assert read and read.value == Decimal(text)
    share = number_of(with_unit(Decimal(text), "percent", words(language), 2), language)
    assert share and (share.value, share.unit) == (Decimal(text), "percent")
    assert number_of("12 ngày", language) is number_of("", language) is None


def test_an_address_names_what_stands_on_it() -> None:
    found = subject_of("/admin/audit?who=an&lang=vi#list-trail", (), ())
    assert found == Subject(Page.LISTING, "/admin/audit", "list-trail", (("who", "an"),))
    assert subject_of(str(found), (), ()) == found
    for text in ("/admin/audit#trail", "/../etc#list-x", "admin#list-x", "/a<b>#list-x"):
        with pytest.raises((BadQuestion, UnknownName)):
            subject_of(text, (), ())
