"""On which days a feed brought unusually little."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ioc.views.volume import day_volumes
from tests.office import catalogue

DAYS = [date(2026, 9, 7) + timedelta(days=number) for number in range(28)]  # four weeks from a Monday


def few(accepted: dict[date, int]) -> list[date]:
    return [each.day for each in day_volumes(DAYS, accepted, catalogue()) if each.few]


@pytest.mark.parametrize(("on_day", "marked"), [(0, True), (49, True), (50, False), (300, False)])
def test_a_working_day_is_compared_with_working_days(on_day: int, marked: bool) -> None:
    accepted = {day: 100 if day.weekday() < 5 else 3 for day in DAYS}
    wednesday = DAYS[9]
    assert few(accepted | {wednesday: on_day}) == ([wednesday] if marked else [])


def test_what_came_before_the_feed_and_today_are_never_few() -> None:
    accepted = dict.fromkeys(DAYS[10:], 100) | {DAYS[-1]: 0}
    assert few(accepted) == []


def test_a_few_records_or_days_tell_nothing() -> None:
    assert few(dict.fromkeys(DAYS, 19) | {DAYS[9]: 0}) == []
    assert few(dict.fromkeys(DAYS[22:], 100) | {DAYS[24]: 0}) == []
    assert few({}) == []
