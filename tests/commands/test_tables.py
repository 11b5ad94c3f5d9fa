"""Answers as tables for people, in a terminal of some width."""

from __future__ import annotations

import pytest

from ioc.commands.tables import Column, table

NAMES = Column("Chỉ số", ["Hồ sơ giải quyết đúng hạn", "Mức độ hài lòng"], shrinks=True)
VALUES = Column("Giá trị", ["87,0%", "9,9%"], right=True)
SPARE = Column("Dự báo", ["87,2% (86,9% – 87,4%)", "–"], spare=True)


def test_numbers_stand_to_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert table([NAMES, VALUES, SPARE]) == (
        [
            "Chỉ số                     Giá trị  Dự báo",
            "-------------------------  -------  ---------------------",
            "Hồ sơ giải quyết đúng hạn    87,0%  87,2% (86,9% – 87,4%)",
            "Mức độ hài lòng               9,9%  –",
        ],
        [],
    )


@pytest.mark.parametrize("width", [24, 30, 48, 56, 57])
def test_it_is_no_wider_than_the_terminal_and_says_what_it_leaves_out(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines, left_out = table([NAMES, VALUES, SPARE])
    assert max(map(len, lines)) <= width
    assert left_out == ([] if "Dự báo" in lines[0] else ["Dự báo"])
    assert ("…" in lines[2]) == (width < 57)


def test_a_heading_that_is_cut_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    lines, left_out = table([Column("Thủ tục hành chính của Bộ", ["a", "b"], shrinks=True), VALUES])
    assert "…" in lines[0] and left_out == []


def test_where_nothing_can_be_cut_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert "87,0%" in table([NAMES, VALUES])[0][2]
