"""Numbers as people type them."""

from __future__ import annotations

import pytest

from ioc.intake.typed_numbers import plain_number


@pytest.mark.parametrize(
    ("typed", "number", "whole"),
    [
        ("1234", "1234", "1234"),
        ("12,5", "12.5", "12.5"),
        ("12.5", "12.5", "12.5"),
        ("1.234.567", "1234567", "1234567"),
        ("1,234,567", "1234567", "1234567"),
        ("1 234", "1234", "1234"),
        ("1.234,5", "1234.5", "1234.5"),
        ("-1,234.5", "-1234.5", "-1234.5"),
        ("1.234", None, "1234"),
        ("12,345", None, "12345"),
        ("0,125", "0.125", "0.125"),
        ("1,2340", "1.2340", "1.2340"),
        ("1234,567", "1234.567", "1234.567"),
        ("1.23.456", "1.23.456", "1.23.456"),
        ("bốn", "bốn", "bốn"),
        ("5%", "5%", "5%"),
    ],
)
def test_a_number_is_read_in_either_manner_unless_it_may_be_two(typed: str, number: str | None, whole: str | None) -> None:
    assert (plain_number(typed, is_whole=False), plain_number(typed, is_whole=True)) == (number, whole)
