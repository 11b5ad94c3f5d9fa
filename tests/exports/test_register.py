"""Every export is entered, found again, and known by its code and by its fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ioc.access.viewer import Viewer
from ioc.exports.register import FILE, STEPS, Entry, Register, code_of, may_fetch, new_code
from ioc.ledger import Ledger

AT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
ENTRY = Entry(
    "K7QF-3MXN", AT, "lan", None, "/indicators/online_rate", "Tỷ lệ hồ sơ trực tuyến", "Từ đầu năm", "", 17, AT, None, "pdf", "vi",
    "ty-le-ho-so-truc-tuyen_2026-11-23_1405.pdf", 12_345, "ab" * 32, True,
)  # fmt: skip


def test_what_was_entered_is_found_by_code_and_by_fingerprint(tmp_path: Path) -> None:
    register = Register(tmp_path)
    assert (register.find("K7QF-3MXN"), register.search()) == (None, [])
    register.add(ENTRY)
    assert register.find("K7QF-3MXN") == register.find(" k7qf3mxn ") == register.of_file("ab" * 32) == ENTRY
    assert register.of_file("cd" * 32) is None


def test_search_finds_without_marks_and_keeps_to_the_viewers_scope(tmp_path: Path) -> None:
    register = Register(tmp_path)
    other = replace(
        ENTRY, code="AAAA-0001", title="100% đúng hạn", scope="a", made_at=AT + timedelta(minutes=1), made_by="minh", file="dung-han.pdf"
    )
    for entry in (ENTRY, other):
        register.add(entry)
    assert register.search() == [other, ENTRY]
    assert register.search("ho so LAN") == register.search("hồ sơ") == [ENTRY]
    assert register.search("0%") == [other]  # the sign stands for itself
    assert register.search(scope="a") == [other]
    assert register.search(scope="b") == []
    assert register.search(before=AT + timedelta(seconds=1)) == [ENTRY]
    assert register.forget(AT + timedelta(seconds=30)) == [ENTRY]
    assert register.search() == [other]


def test_codes_are_read_as_people_write_them() -> None:
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(code_of(code.lower().replace("-", " ")) == code for code in codes)
    assert code_of("k7qf-3mxo") == "K7QF-3MX0"
    assert {code_of(text) for text in ("", "K7QF", "../../etc", "K7QF-3MX!", "U" * 8)} == {""}


def test_who_may_have_a_file_follows_from_what_is_in_it() -> None:
    screen = replace(ENTRY, subject="/screens/hall")
    sees, sees_not = (Viewer("minh", role="x", permissions=frozenset(may)) for may in ({"figures", "records"}, {"figures"}))
    for entry, may in ((screen, True), (replace(screen, records=True), False), (replace(ENTRY, records=True), False), (ENTRY, True)):
        assert may_fetch(entry, sees) and may_fetch(entry, sees_not) is may, entry.subject
    assert not may_fetch(replace(screen, subject="/screens/hall#list-x"), sees), "a list is for who took it"


def test_of_what_was_made_before_the_page_tells_what_may_be_in_it(tmp_path: Path) -> None:
    subjects = {
        "/screens/hall": True,
        "/reports/weekly": True,
        "/records/dossier": True,
        "/#list-feeds": True,
        "/indicators/x": False,
        "/": False,
    }
    register = Register(tmp_path)
    for number, subject in enumerate(subjects):
        register.add(replace(ENTRY, code=f"AAAA-000{number}", subject=subject))
    with Ledger(tmp_path / FILE, STEPS).writing() as connection:  # as the release before has left it
        connection.execute("ALTER TABLE export DROP COLUMN records")
        connection.execute("PRAGMA user_version = 1")
    assert {entry.subject: entry.records for entry in Register(tmp_path).search()} == subjects
