"""Files of each form hold the numbers of the screen, stand on their own, and leave nothing half-written behind."""

from __future__ import annotations

import csv
import errno
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ioc.access.viewer import Viewer
from ioc.errors import BadQuestion, Refusal, UnknownName
from ioc.exports import exporter, xlsx
from ioc.exports.file_names import file_name, plain
from ioc.exports.order import Format, order_of
from ioc.exports.progress import Progress
from ioc.exports.subject import Page, Subject, subject_of
from ioc.exports.verify import Finding, verified
from tests.exports.conftest import EVIL, Press
from tests.office import NOW


def test_a_workbook_has_real_numbers_and_says_where_they_come_from(press: Press) -> None:
    entry, file = press.make("online_rate", Format.XLSX)
    assert file.name == "toan-trinh_2026-11-23_1200.xlsx"
    book = load_workbook(file)
    first, *_, last = book.worksheets
    cells = {column.value: value for column, value in zip(first[4], first[5], strict=True)}
    assert cells["Giá trị"].value == pytest.approx(66.6777740753)
    assert cells["Giá trị"].number_format == '#,##0.0"%"'
    assert cells["Dữ liệu đến"].is_date
    told = {row[0].value: row[1].value for row in last.iter_rows() if row[1].value}
    assert told["Mã"] == entry.code and told["Kiểm tra tại"] == f"http://ioc.example/verify/{entry.code}"
    assert told["Chế độ lưu hành"] == "Lưu hành nội bộ" and told["Công thức"] == "a / b"
    assert told["Phiên bản dữ liệu"].startswith(str(entry.version))


def test_text_that_looks_like_a_formula_stays_text(press: Press) -> None:
    what = "/records/dossier?columns=id&columns=fee&where=unit:b"
    _, book = press.make(what, Format.XLSX)
    cell = load_workbook(book).worksheets[0]["A5"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (EVIL, "s", None)
    _, file = press.make(what, Format.CSV, separators="en")
    assert [*csv.reader(file.read_text("utf-8-sig").splitlines())][1] == [f"'{EVIL}", "7"]


def test_csv_speaks_as_its_reader_does(press: Press) -> None:
    what = "/records/dossier?columns=id&columns=fee&sort=id"
    _, file = press.make(what, Format.CSV)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = file.read_text("utf-8-sig").splitlines()
    assert rows[0] == "Mã;Lệ phí"
    assert rows[2:4] == ["H-00000;0,25", "H-00001;1,25"]
    assert rows.index("") == 3002  # all of them, and then where they come from
    _, file = press.make(what, Format.CSV, lang="en")
    assert "H-00001,1.25" in file.read_text("utf-8-sig")


def test_json_has_exact_numbers_by_name(press: Press) -> None:
    entry, file = press.make("front", Format.JSON)
    found = json.loads(file.read_text())
    assert (found["code"], found["version"], found["title"]) == (entry.code, entry.version, "Phía trước")
    assert [part["id"] for part in found["parts"]] == ["panel-0", "panel-1", "panel-2"]
    (table,) = found["parts"][2]["tables"]
    assert [row[1] for row in table["rows"]] == ["Phòng B", "Phòng A"]
    assert table["rows"][0][2] == 100


def test_a_file_is_known_again_and_a_changed_one_is_told(press: Press, tmp_path: Path) -> None:
    register = press.exporter.register
    for form in (Format.XLSX, Format.CSV, Format.JSON):
        entry, file = press.make("online_rate", form)
        assert verified(register, file) == verified(register, file)
        assert (verified(register, file).finding, verified(register, file).entry) == (Finding.GENUINE, entry)
        changed = tmp_path / f"changed.{form}"
        if form is Format.XLSX:
            book = load_workbook(file)
            book.worksheets[0]["B5"] = 99
            book.save(changed)
        else:
            changed.write_bytes(file.read_bytes().replace(b"66", b"99"))
        assert (verified(register, changed).finding, verified(register, changed).entry) == (Finding.CHANGED, entry)
    (tmp_path / "other.csv").write_text("a;b\r\nAAAA-BBBB;1\r\n")
    assert verified(register, tmp_path / "other.csv").finding is Finding.UNKNOWN


def test_what_fails_leaves_nothing_behind(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = press.exporter.data / exporter.FOLDER
    press.make("online_rate", Format.CSV)
    before, entries = sorted(folder.rglob("*")), press.exporter.register.search()
    cancelled = Progress()
    cancelled.cancel()
    order = order_of(Subject(Page.RECORDS, "dossier"), {"format": "xlsx"}, None, "vi")
    with pytest.raises(Refusal, match="export_cancelled"):
        press.exporter.make(order, Viewer("Lan"), cancelled)

    def full(*_: object) -> None:
        (next(each for each in folder.iterdir() if each.name.startswith(".")) / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(xlsx, "write_xlsx", full)
    with pytest.raises(Refusal, match="export_full"):
        press.exporter.make(order, Viewer("Lan"))
    with pytest.raises(Refusal, match="export_undrawn"):
        press.make("online_rate", Format.PNG)
    with pytest.raises(Refusal, match="export_unsigned"):
        press.make("online_rate", Format.CSV, sign="1")
    assert (sorted(folder.rglob("*")), press.exporter.register.search()) == (before, entries)


def test_files_are_let_go_after_their_time(press: Press) -> None:
    entry, file = press.make("online_rate", Format.CSV)
    clock = press.store.clock
    later = replace(press.exporter, clock=type(clock)(datetime.now(tz=NOW.tzinfo) + timedelta(days=31)))
    later.tidy()
    assert not file.exists() and press.exporter.file(entry) is None
    assert press.exporter.register.find(entry.code) == entry


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Tỷ lệ hồ sơ trực tuyến", "ty-le-ho-so-truc-tuyen"),
        ("../../etc/passwd", "etc-passwd"),
        ("Đúng hạn / quá hạn: 5%", "dung-han-qua-han-5"),
        ("…", "ioc"),
        ("x" * 10_000, "x" * 80),
        ("CON\0\n.exe", "con-exe"),
    ],
)
def test_names_of_files_are_plain(title: str, name: str, press: Press) -> None:
    assert plain(title) == name
    assert re.fullmatch(r"[a-z0-9-]+_2026-11-23_1200\.pdf", file_name(title, NOW, press.store.catalogue.zone, "pdf"))


def test_orders_that_do_not_fit_say_so() -> None:
    subject = subject_of("/", (), ())
    with pytest.raises(UnknownName, match="pdf"):
        order_of(subject, {"format": "pdff"}, None, "vi")
    for given in ({"scale": "9"}, {"width": "9999"}, {"height": "x"}, {"width": "4000", "scale": "2"}):
        with pytest.raises(BadQuestion, match="picture_size"):
            order_of(subject, {"format": "png", **given}, None, "vi")
