"""Values read at once are those that are read one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from ioc.catalogue.model import FieldType
from ioc.store.arrow_casts import read_plainly

AT = datetime(2026, 11, 23, 14, 5, 9)


def read(*texts: str | None, kind: FieldType = FieldType.TIMESTAMP, missing: tuple[str, ...] = ()) -> list[object] | None:
    """Of some texts the moments, over two chunks as they come from a source."""
    found = read_plainly(pa.chunked_array([texts[:1], texts[1:]], pa.string()), kind, missing)
    return None if found is None else found.to_pylist()


@pytest.mark.parametrize("text", ["2026-11-23 14:05:09", "2026-11-23T14:05:09"])
def test_moments_without_a_zone(text: str) -> None:
    assert read(text, "", text, None) == [AT, None, AT, None]


@pytest.mark.parametrize("text", ["2026-11-23T14:05:09Z", "2026-11-23T21:05:09+07:00", "2026-11-23 14:05:09+00:00"])
def test_moments_with_a_zone(text: str) -> None:
    assert read(text, None, text) == [AT.replace(tzinfo=UTC), None, AT.replace(tzinfo=UTC)]


def test_days() -> None:
    assert read("2026-11-23", "", kind=FieldType.DATE) == [date(2026, 11, 23), None]


@pytest.mark.parametrize(
    "texts",
    [
        ("2026-11-23 14:05:09", "23/11/2026 14:05:09"),
        ("2026-11-23 14:05:09", "2026-02-30 14:05:09"),
        ("2026-11-23 14:05:09", "2026-11-23"),
        ("2026-11-23 14:05:09", "2026-11-23 140509-07"),
        ("2026-11-23 14:05:09+07:00", "2026-11-23 14:05:09.12345"),
        ("2026-11-23 14:05:09", "not given at all :("),
        ("0000-12-31 14:05:09", None),
        ("9999-12-31 14:05:09", None),
    ],
)
def test_what_is_not_all_in_one_manner_is_left_to_sql(texts: tuple[str | None, ...]) -> None:
    assert read(*texts) is None


def test_what_means_nothing_is_left_to_sql() -> None:
    assert read("2026-11-23 14:05:09", "1900-01-01 00:00:00", missing=("1900-01-01 00:00:00",)) is None


def test_whole_numbers() -> None:
    assert read("12", "", "007", None, kind=FieldType.INTEGER) == [12, None, 7, None]
    assert read("12", "999999999999999999", kind=FieldType.NUMBER) == [12, 999_999_999_999_999_999]


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "1e3", "0x10", "1_000", "１２", "1000000000000000000"])
def test_other_numbers_are_left_to_sql(text: str) -> None:
    assert read("12", text, kind=FieldType.INTEGER) is None


def test_logical_values() -> None:
    assert read("true", "", "false", None, kind=FieldType.BOOLEAN) == [True, None, False, None]
    assert read("true", "True", kind=FieldType.BOOLEAN) is None
    assert read("true", "false", kind=FieldType.BOOLEAN, missing=("false",)) is None
    assert read("12", "0", kind=FieldType.INTEGER, missing=("0",)) is None


def test_a_column_that_says_nothing() -> None:
    for kind in (FieldType.TIMESTAMP, FieldType.INTEGER, FieldType.BOOLEAN):
        assert read("", None, kind=kind) == [None, None]
    assert read(None, None, kind=FieldType.TEXT) == [None, None]
    assert read("", None, kind=FieldType.TEXT) is None
