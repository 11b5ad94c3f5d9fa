"""How a feed is, in one word: what makes it late, and what a Sunday does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.schedule import Schedule
from ioc.catalogue.triggers import due_after
from ioc.store.feeds import FeedState
from ioc.views.health import Expectation, Health, judge

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=HANOI).astimezone(UTC)
DAY = timedelta(days=1)


def scheduled(text: dict[str, object], fresh: timedelta | None = DAY, **holidays: date) -> Expectation:
    """A feed with a schedule that may take half an hour."""
    civil = CivilTime("Asia/Ho_Chi_Minh", dict.fromkeys(holidays.values(), False))
    return Expectation(fresh, timedelta(minutes=30), partial(due_after, Schedule.model_validate(text), civil))


def at(text: str) -> datetime:
    """A moment in Hà Nội."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


def state(arrival: str | None = None, success: str | None = None, **others: object) -> FeedState:
    return FeedState(
        last_arrival=at(arrival) if arrival else None, succeeded_at=at(success or arrival) if success or arrival else None, **others
    )  # type: ignore[arg-type]


def test_what_a_person_did_comes_before_what_is_wrong_and_that_before_what_is_missing() -> None:
    nothing = Expectation()
    assert judge(FeedState(paused=True), "away", nothing, MONDAY) is Health.PAUSED
    assert judge(FeedState(), "away", nothing, MONDAY) is Health.FAILING
    assert judge(FeedState(), None, nothing, MONDAY) is Health.NEVER
    assert judge(state("2020-01-01 00:00"), None, nothing, MONDAY) is Health.OK, "nobody has said how old it may be"


@pytest.mark.parametrize(("hours", "health"), [(23, Health.OK), (25, Health.LATE), (71, Health.LATE), (73, Health.SILENT)])
def test_what_is_brought_grows_late_and_then_silent(hours: int, health: Health) -> None:
    arrived = FeedState(last_arrival=MONDAY - timedelta(hours=hours))
    assert judge(arrived, None, Expectation(DAY), MONDAY) is health


@pytest.mark.parametrize(
    ("now", "health"),
    [
        ("2026-11-21 20:00", Health.OK),  # Saturday
        ("2026-11-22 23:00", Health.OK),  # Sunday
        ("2026-11-23 07:59", Health.OK),  # Monday: it may still be at work
        ("2026-11-23 08:01", Health.LATE),
        ("2026-11-24 12:00", Health.LATE),
        ("2026-11-25 08:01", Health.SILENT),  # the third working day without it
    ],
)
def test_what_comes_on_working_days_is_not_late_on_a_sunday(now: str, health: Health) -> None:
    expected = scheduled({"at": "07:30", "working_days": True})
    assert judge(state("2026-11-20 07:31"), None, expected, at(now)) is health


def test_nor_on_a_holiday() -> None:
    expected = scheduled({"at": "07:30", "working_days": True}, holiday=date(2026, 11, 23))
    assert judge(state("2026-11-20 07:31"), None, expected, at("2026-11-23 20:00")) is Health.OK
    assert judge(state("2026-11-20 07:31"), None, expected, at("2026-11-24 08:01")) is Health.LATE


def test_a_monthly_report_is_not_late_before_its_day() -> None:
    expected = scheduled({"at": "09:00", "working_day": 5})
    assert judge(state("2026-11-06 09:01"), None, expected, at("2026-12-06 12:00")) is Health.OK
    assert judge(state("2026-11-06 09:01"), None, expected, at("2026-12-07 09:31")) is Health.LATE


def test_a_time_that_passed_without_success_is_late_however_new_the_records() -> None:
    expected = scheduled({"every": "5m"}, fresh=None)
    assert judge(state("2026-11-23 11:00", "2026-11-23 11:40"), None, expected, MONDAY) is Health.OK
    assert judge(state("2026-11-23 11:00", "2026-11-23 11:20"), None, expected, MONDAY) is Health.LATE


def test_what_is_asked_often_is_late_by_age_alone() -> None:
    expected = scheduled({"every": "5m"})
    assert judge(state("2026-11-22 13:00", "2026-11-23 11:58"), None, expected, MONDAY) is Health.OK
    assert judge(state("2026-11-22 11:00", "2026-11-23 11:58"), None, expected, MONDAY) is Health.LATE
