"""When feeds are asked: by interval, by cron, at a time of day on working days of the ministry's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.schedule import Schedule
from ioc.catalogue.triggers import is_due, trigger

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CIVIL = load(BUILT_IN / "moha", "moha").civil_time


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("declared", "last", "now", "following"),
    [
        ({"every": "5m"}, "2026-11-23 08:00", "2026-11-23 08:01", "2026-11-23 08:05"),
        ({"cron": "0 6 * * mon-fri"}, None, "2026-11-20 07:00", "2026-11-23 06:00"),
        ({"at": "07:30"}, None, "2026-11-21 07:31", "2026-11-22 07:30"),
        ({"at": "07:30", "working_days": True}, None, "2026-11-20 07:31", "2026-11-23 07:30"),
        ({"at": "08:00", "working_day": 5}, None, "2026-11-01 00:00", "2026-11-06 08:00"),
        ({"at": "08:00", "working_day": 5}, "2026-11-06 08:00", "2026-11-06 08:00", "2026-12-07 08:00"),
        ({"at": "07:30", "weekday": "monday"}, None, "2026-11-20 08:00", "2026-11-23 07:30"),
        ({"at": "07:30", "weekday": "monday"}, "2026-11-23 07:30", "2026-11-23 07:30", "2026-11-30 07:30"),
        ({"at": "07:30", "weekday": "monday"}, None, "2026-04-24 08:00", "2026-04-28 07:30"),  # the Monday is a holiday
        ({"at": "07:30", "weekday": "monday"}, None, "2026-02-13 08:00", "2026-02-23 07:30"),  # a week of holidays
        ({"at": "08:00", "working_day": 1}, None, "2026-09-01 00:00", None),
        ({"at": "08:00", "working_day": 1}, None, "2027-01-01 00:00", None),
    ],
)
def test_the_next_time(declared: dict[str, Any], last: str | None, now: str, following: str | None) -> None:
    before = local(last) if last else None
    found = trigger(Schedule.model_validate(declared), CIVIL, before).get_next_fire_time(before, local(now))
    if following:
        assert found == local(following)
    else:  # holidays: the calendar itself says which day it is
        assert CIVIL.is_working(found.date())
        assert not any(CIVIL.is_working(date(found.year, found.month, day)) for day in range(1, found.day))


@pytest.mark.parametrize(
    ("declared", "last", "now", "due"),
    [
        ({"every": "1h"}, None, "2026-11-23 08:00", True),
        ({"every": "1h"}, "2026-11-23 07:30", "2026-11-23 08:00", False),
        ({"every": "1h"}, "2026-11-23 06:30", "2026-11-23 08:00", True),
        ({"at": "07:00"}, None, "2026-11-23 08:00", False),
        ({"at": "07:00"}, "2026-11-22 07:00", "2026-11-23 08:00", True),
        ({"at": "07:00"}, "2026-11-23 07:00", "2026-11-23 08:00", False),
        ({"cron": "0 6 1 * *"}, "2026-10-01 06:00", "2026-11-23 08:00", True),
    ],
)
def test_what_was_missed_while_it_stood_still_is_due(declared: dict[str, Any], last: str | None, now: str, due: bool) -> None:
    assert is_due(Schedule.model_validate(declared), CIVIL, local(last) if last else None, local(now)) == due


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"every": "5 minutes"},
        {"every": "0s"},
        {"every": "5m", "cron": "* * * * *"},
        {"cron": "61 * * * *"},
        {"cron": "often"},
        {"at": "25:00"},
        {"every": "5m", "working_days": True},
        {"every": "5m", "weekday": "monday"},
        {"at": "08:00", "weekday": "monday", "working_day": 5},
        {"at": "07:00", "working_day": 24},
        {"evry": "5m"},
    ],
)
def test_what_is_no_schedule_is_refused(declared: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Schedule.model_validate(declared)


def test_jitter_moves_a_time_within_its_bounds() -> None:
    schedule = Schedule.model_validate({"at": "07:30", "jitter": "60s"})
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found = {trigger(schedule, CivilTime("Asia/Ho_Chi_Minh")).get_next_fire_time(None, now) for _ in range(20)}
    assert len(found) > 1
    assert all(abs(each - local("2026-11-23 07:30")) <= timedelta(seconds=60) for each in found)
