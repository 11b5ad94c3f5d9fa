"""Amounts within sentences: with their unit written out, singular or plural, and with a sign or with a word for it."""

from __future__ import annotations

from decimal import Decimal

from ioc.text.numbers import number, rounded, shown
from ioc.text.words import Words


def amount(value: Decimal, unit: str, words: Words, precision: int = 1) -> str:
    """The size of a difference: “6,6 điểm phần trăm”, “1 percentage point”. The value's sign is left out."""
    text = number(abs(value), words.language, shown(value, precision))
    return words(f"amount.{unit}.{'one' if text == '1' else 'other'}", value=text)


def signed_amount(value: Decimal, unit: str, words: Words, precision: int = 1) -> str:
    """The same with its sign: “−1,8 điểm phần trăm”."""
    return _sign(value) + amount(value, unit, words, precision)


def signed_number(value: Decimal, words: Words, precision: int = 1) -> str:
    """The same without its unit: “−1,8”."""
    return _sign(value) + number(abs(value), words.language, shown(value, precision))


def _sign(value: Decimal) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"


def moved(value: Decimal, precision: int) -> str:
    """The word for how something moved: ``up``, ``down``, or ``same`` where no place that is told shows it."""
    told = rounded(value, shown(value, precision))
    return "up" if told > 0 else "down" if told < 0 else "same"
