"""Days, moments and periods for people. Moments are shown in the organisation's time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ioc.text.numbers import number
from ioc.text.words import Words

_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None) -> str:
    """A day as 23/11/2026."""
    return value.strftime("%d/%m/%Y") if value else "–"


def days(start: date, end: date) -> str:
    """Inclusive days: “12/11/2026 – 13/11/2026”, or the one that they are."""
    return day(start) if start == end else f"{day(start)} – {day(end)}"


def long_day(value: date, words: Words) -> str:
    """A day with its day of the week: Thứ Hai, 23/11/2026."""
    return f"{words(f'weekday.{value.isoweekday()}')}, {day(value)}"


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """A moment as 14:05 23/11/2026."""
    return value.astimezone(zone).strftime("%H:%M %d/%m/%Y") if value else "–"


def full(value: datetime) -> str:
    """A moment to the second with its zone, as signatures tell it: 27/11/2026 14:05:09 +07:00."""
    return f"{value:%d/%m/%Y %H:%M:%S} {value.isoformat()[-6:]}"


def clock(value: datetime, zone: ZoneInfo) -> str:
    """A time of day as 14:05:09."""
    return value.astimezone(zone).strftime("%H:%M:%S")


def period(start: date, kind: str, words: Words) -> str:
    """The period of a kind that begins on a day, as short as it can be said."""
    if kind == "week":
        year, week, _ = start.isocalendar()
        return words("period.week_label", week=week, year=year)
    if kind == "month":
        month = str(start.month) if words.language == "vi" else _MONTHS[start.month - 1]
        return words("period.month_label", month=month, year=start.year).replace("/", " " if words.language == "en" else "/")
    if kind == "quarter":
        quarter = (start.month + 2) // 3
        return words("period.quarter_label", quarter=_ROMAN[quarter] if words.language == "vi" else quarter, year=start.year)
    return str(start.year) if kind == "year" else day(start)


def age(value: datetime, now: datetime, zone: ZoneInfo, words: Words) -> str:
    """How long ago a moment was; a day or more ago, its day."""
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return words("age.now")
    if minutes < 60:
        return words("age.minutes", n=minutes)
    return words("age.hours", n=minutes // 60) if minutes < 24 * 60 else day(value.astimezone(zone).date())


def tick(start: date, kind: str, words: Words) -> str:
    """A period on an axis, where the year stands apart: T4, Quý II, 23/11."""
    if kind == "year":
        return str(start.year)
    if kind == "month":
        return words("period.month_tick", month=start.month if words.language == "vi" else _MONTHS[start.month - 1])
    if kind == "quarter":
        quarter = (start.month + 2) // 3
        return words("period.quarter_tick", quarter=_ROMAN[quarter] if words.language == "vi" else quarter)
    return start.strftime("%d/%m")


def length(value: timedelta, words: Words) -> str:
    """A length of time in its largest fitting unit: 45 giây, 3,5 giờ, 12 ngày. Ten and more have no places."""
    seconds = value.total_seconds()
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size * (2 if unit == "days" and seconds % size else 1):
            return words(f"length.{unit}", n=_amount(seconds / size, words))
    return words("length.seconds", n=_amount(seconds, words))


def _amount(value: float, words: Words) -> str:
    return number(Decimal(str(round(value, 1 if value < 10 else 0))), words.language)
