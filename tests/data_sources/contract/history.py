"""Rows of a source as sources are: corrected, deleted, secret, at fault, and with columns that nobody asked for."""

from __future__ import annotations

import random
from typing import Any

Row = dict[str, str]

COLUMNS = ("so", "ma", "don_vi", "tiep_nhan", "toan_trinh", "cap_nhat", "do_mat", "da_xoa", "chu_ho_so")
MAPPING: dict[str, Any] = {
    "fields": {"id": "ma", "unit": "don_vi", "received_at": "tiep_nhan", "online": "toan_trinh", "updated_at": "cap_nhat"},
    "secrecy": {"from": "do_mat", "open": ["thường"]},
    "deleted": "da_xoa = '1'",
}
# What must be found nowhere on disk: of a person, and of a secret record.
PERSON, SECRET = "Nguyễn Thị Không Được Giữ", "BI-MAT-KHONG-GIU"


def rows(count: int, *, seed: int, start: int = 0) -> list[Row]:
    """The next rows of a history: the same numbers always give the same rows.

    Args:
        count: how many.
        seed: which history.
        start: the number of the first of them.
    """
    return [_row(number, random.Random(seed * 1_000_003 + number)) for number in range(start, start + count)]


def last(number: int) -> Row:
    """A row that tells that all before it have come: a record of its own, in a month of its own."""
    return _row(number, random.Random(0)) | {
        "ma": f"last-{number}",
        "don_vi": "a",
        "tiep_nhan": f"{2000 + number // 12 % 25}-{1 + number % 12:02d}-05 08:00:00",
        "do_mat": "thường",
        "da_xoa": "0",
    }


def _row(number: int, chance: random.Random) -> Row:
    secret = chance.random() < 0.05
    return {
        "so": str(number),
        "ma": SECRET if secret else f"h{chance.randrange(40)}",
        "don_vi": "nowhere" if chance.random() < 0.05 else chance.choice("ab"),
        "tiep_nhan": f"2026-{chance.randrange(1, 11):02d}-05 08:00:00",
        "toan_trinh": chance.choice(("true", "false")),
        "cap_nhat": f"2026-11-01 {number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}",
        "do_mat": "tối mật" if secret else "thường",
        "da_xoa": "1" if chance.random() < 0.1 else "0",
        "chu_ho_so": PERSON,
    }
