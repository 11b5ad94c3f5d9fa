"""Every export is entered, found again, and known by its code and by its fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ioc.exports.register import Entry, Register, code_of, new_code

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
