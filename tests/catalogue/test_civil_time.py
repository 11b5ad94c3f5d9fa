"""Working days: Monday to Friday, but for what the calendar says; tests/indicators/test_working_time.py counts them one by one."""

from __future__ import annotations

from datetime import date, timedelta

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.load import BUILT_IN, load

MOHA = load(BUILT_IN / "moha", "moha")
ZONE = "Asia/Ho_Chi_Minh"


def test_holidays_are_not_worked_and_worked_saturdays_are() -> None:
    for day, special in MOHA.calendar.items():
        assert MOHA.civil_time.is_working(day) == (special.kind == "worked")
    plain = CivilTime(ZONE)
    assert not plain.is_working(date(2026, 11, 22))
    assert plain.working_day_of_month(2026, 11, 23) == date(2026, 11, 30)  # it has 21: the last one


def test_the_next_working_day_is_within_a_week_or_none() -> None:
    civil = CivilTime(ZONE, {date(2026, 11, 23) + timedelta(days=number): False for number in range(5)})
    assert civil.next_working_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert civil.next_working_day(date(2026, 11, 24)) == date(2026, 11, 30)
    assert civil.next_working_day(date(2026, 11, 21)) is None


def test_a_span_that_ends_before_it_begins_has_no_working_day() -> None:
    assert CivilTime(ZONE).working_days(date(2026, 11, 23), date(2026, 11, 22)) == 0
    assert CivilTime(ZONE).working_days(date(2026, 11, 23), date(2026, 11, 9)) == 0
    assert CivilTime(ZONE).working_days(date.min, date.min) == 1  # a Monday
