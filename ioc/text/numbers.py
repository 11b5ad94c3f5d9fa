"""Numbers for people: exact, in the manner of the language, and never rounded up to a goal that was not reached."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ioc.text.words import Words

NOTHING = "–"
# A difference that would be shown as nothing gets more places, at most this many.
MOST_PLACES = 6
# What large numbers are counted in where there is little room.
_LARGE = ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}


def rounded(value: Decimal, precision: int, goal: Decimal | None = None) -> Decimal:
    """A value to so many places, half up; but one that has not reached the goal is not shown as if it had."""
    step = Decimal(1).scaleb(-precision)
    shown = value.quantize(step, ROUND_HALF_UP)
    if goal is not None and value < goal <= shown:
        shown = value.quantize(step, ROUND_FLOOR)
    elif goal is not None and value > goal >= shown:
        shown = value.quantize(step, ROUND_CEILING)
    return shown if shown else abs(shown)


def number(value: Decimal | None, language: str, precision: int = 1, goal: Decimal | None = None) -> str:
    """A number in the manner of a language: 1.234,5 in Vietnamese. Whole numbers have no places; nothing is a dash."""
    if value is None:
        return NOTHING
    shown = rounded(value, 0 if value == value.to_integral_value() else precision, goal)
    thousands, decimal = _SEPARATORS.get(language, _SEPARATORS["vi"])
    text = f"{abs(shown):,f}".replace(",", "\x00").replace(".", decimal).replace("\x00", thousands)
    return ("−" if shown < 0 else "") + text


def with_unit(value: Decimal | None, unit: str, words: Words, precision: int = 1, goal: Decimal | None = None) -> str:
    """A number with its unit: 83,4%. Nothing is a dash without unit. What is short of 100 % is never shown as 100 %."""
    goal = Decimal(100) if goal is None and unit == "percent" else goal
    return NOTHING if value is None else words(f"unit.{unit}", value=number(value, words.language, precision, goal))


def short(value: Decimal | None, unit: str, words: Words, precision: int = 1, goal: Decimal | None = None) -> str:
    """The same where there is little room, as on a screen's panels: 12,3 triệu, 1.000 tỷ. What is below ten millions is as it is."""
    if value is None or abs(value) < _LARGE[-1][0] * 10:
        return with_unit(value, unit, words, precision, goal)
    size, name = next((size, name) for size, name in _LARGE if abs(value) >= size)
    shown = number(value / size, words.language, goal=None if goal is None else goal / size)
    return words(f"unit.{unit}", value=words(f"large.{name}", value=shown))


def signed(value: Decimal | None, unit: str, words: Words, precision: int = 1) -> str:
    """A difference with its sign and unit; differences of per cent are points."""
    if value is None:
        return NOTHING
    shown = rounded(value, precision)
    sign = "+" if shown > 0 else "−" if shown < 0 else "±"
    name = "percent_gap" if unit == "percent" else unit
    return sign + words(f"unit.{name}", value=number(abs(shown), words.language, precision))


def shown(value: Decimal, precision: int) -> int:
    """With how many places a difference is told, so that what is something is not told as nothing."""
    while precision < MOST_PLACES and value and not rounded(value, precision):
        precision += 1
    return precision


def distance(value: Decimal, unit: str, words: Words, precision: int = 1) -> str:
    """How far apart two values are, as a size; what is more than nothing is never rounded to nothing."""
    name = "percent_gap" if unit == "percent" else unit
    return words(f"unit.{name}", value=number(value, words.language, shown(value, precision)))
