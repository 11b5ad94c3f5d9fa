"""Goals judged from records: path, closes, verdict on the day, reason; the same at the same moment, also for a past one and after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue, Goal, Text
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.goals.status import Status
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.goals import sundays
from ioc.views.model import GoalView
from tests.office import catalogue, open_store, put

SOURCE = Text(vi="Kế hoạch", en="Plan")
NARROW = "\u00a0"
BEFORE, NEXT = date(2025, 12, 31), date(2026, 12, 31)


def office(**goals: dict[str, Any]) -> Catalogue:
    """The office with other goals."""
    usual = {"indicator": "online_rate", "comparator": ">=", "value": 80, "horizon": NEXT, "source": SOURCE}
    return catalogue().model_copy(update={"goals": {name: Goal.model_validate(usual | fields) for name, fields in goals.items()}})


def rows(day: date, online: int, of: int) -> Iterator[dict[str, Any]]:
    """So many dossiers received on a day, some of them online."""
    for number in range(of):
        at = f"{day} 09:00"
        yield {"id": f"{day}-{number}", "unit": "a", "channel": "counter", "received_at": at, "online": number < online, "updated_at": at}


def goals(store: Store, as_of: datetime | None = None, language: str = "en") -> dict[str, GoalView]:
    """The goals on the indicator, as the overview has them."""
    view = Gatherer(store, Settings(), ViewCache()).overview(Viewer("test", language), as_of)
    (tile,) = (tile for group in view.groups for tile in group.tiles if tile.indicator == "online_rate")
    return {goal.id: replace(goal, reason=goal.reason.replace(NARROW, " ")) for goal in tile.goals}


def weeks_of(shares: list[int]) -> Iterator[dict[str, Any]]:
    """Sixty of a hundred online in 2025; then in one week after the other so many of a hundred, from the beginning of February."""
    yield from rows(date(2025, 6, 3), 60, 100)
    for week, share in enumerate(shares):
        yield from rows(date(2026, 2, 2) + timedelta(weeks=week), share, 100)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 11, 3, tzinfo=UTC))


def test_a_past_goal_has_its_verdict_and_stands_as_it_is_now(tmp_path: Path) -> None:
    store = open_store(tmp_path, office(met={"horizon": BEFORE, "value": 60}, missed={"horizon": BEFORE, "value": 70}))
    put(store, "dossier", weeks_of([80]))
    found = goals(store)
    assert (found["met"].verdict, found["met"].met_at_horizon, found["met"].status) == (Decimal(60), True, Status.ACHIEVED)
    assert (found["missed"].verdict, found["missed"].met_at_horizon, found["missed"].status) == (Decimal(60), False, Status.ACHIEVED)
    assert found["missed"].reason == "80% meets the goal of at least 70%, 10 pp beyond it."
    put(store, "dossier", rows(date(2026, 3, 2), 0, 100))
    assert goals(store)["missed"].status is Status.MISSED
    assert goals(store)["met"].reason == "The horizon 31/12/2025 has passed, and it is now 40%, 20 pp short of the goal of at least 60%."
    store.close()


def test_the_path_is_asked_for_and_the_last_closed_week_decides(tmp_path: Path, clock: FrozenClock) -> None:
    store = open_store(tmp_path, office(plan={}), clock)
    put(store, "dossier", weeks_of([65, 65, 65, 65, 65]))
    plan = goals(store)["plan"]
    assert plan.asked == 60 + Decimal(20) * 70 / 365
    assert (plan.status, plan.since) == (Status.ON_TRACK, date(2026, 2, 8))
    assert plan.reason == "Over the 52 weeks to 08/03/2026 it was 64.2%, 0.5 pp ahead of the path (63.7%)."
    put(store, "dossier", rows(date(2026, 3, 10), 0, 100))  # the week that is not over yet changes the value, not the status
    assert goals(store)["plan"].status is Status.ON_TRACK
    assert goals(store, language="vi")["plan"].reason == "52 tuần đến hết ngày 08/03/2026 là 64,2%, vượt lộ trình (63,7%) 0,5 điểm %."
    clock.at = datetime(2026, 3, 16, 3, tzinfo=UTC)
    put(store, "dossier", rows(date(2026, 3, 10), 0, 1))  # something came: the data are not old
    plan = goals(store)["plan"]
    assert (plan.status, plan.since) == (Status.OFF_TRACK, date(2026, 3, 15))
    assert plan.reason == (
        "Over the 52 weeks to 15/03/2026 it was 55%, 9.1 pp behind the path (64.1%). It is off track until it is no more than 3 pp behind."
    )
    store.close()


def test_the_same_moment_has_the_same_status_after_corrections_and_a_restart(tmp_path: Path, clock: FrozenClock) -> None:
    store = open_store(tmp_path, office(plan={}), clock)
    put(store, "dossier", weeks_of([65, 58, 66, 64, 62]))
    then, first = clock.now(), goals(store)
    clock.at += timedelta(hours=1)
    put(store, "dossier", weeks_of([99]))
    assert goals(store)["plan"] != first["plan"]
    assert goals(store, then) == first
    store.close()
    store = open_store(tmp_path, office(plan={}), clock)
    assert goals(store, then) == first
    store.close()


def test_a_new_year_does_not_begin_anew(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2027, 1, 20, 3, tzinfo=UTC))
    store = open_store(tmp_path, office(plan={"horizon": date(2027, 12, 31), "since": BEFORE}), clock)
    put(store, "dossier", weeks_of([79] * 40))
    put(store, "dossier", rows(date(2027, 1, 4), 1, 5))  # 20 % this year, of five: of 52 weeks it is next to nothing
    plan = goals(store)["plan"]
    assert (plan.status, plan.since) == (Status.ON_TRACK, date(2026, 2, 8))
    assert (plan.closes[-1].on, plan.closes[-1].value) == (date(2027, 1, 17), Decimal(100) * (79 * 40 + 1) / 4005)
    store.close()


def test_without_a_known_beginning_there_is_no_path_and_it_says_so(tmp_path: Path, clock: FrozenClock) -> None:
    stated = {"path": {"start": 50}}
    ahead = {"since": date(2026, 6, 30)}
    store = open_store(tmp_path, office(unknown={}, stated=stated, ahead=ahead), clock)
    put(store, "dossier", rows(date(2026, 2, 3), 60, 100))
    found = goals(store)
    assert (found["unknown"].status, found["unknown"].course) == (Status.AT_RISK, None)
    assert found["unknown"].reason == "The value of 31/12/2025 is not known, so there is no path to compare with."
    assert (found["stated"].status, found["stated"].course is None) == (Status.ON_TRACK, False)
    assert (found["ahead"].status, found["ahead"].reason) == (Status.ON_TRACK, "The path begins on 30/06/2026.")
    store.close()


@pytest.mark.parametrize(
    ("after", "before", "found"),
    [
        ("2025-12-31", "2026-01-12", ["2026-01-04", "2026-01-11"]),
        ("2025-12-31", "2026-01-11", ["2026-01-04"]),
        ("2026-01-04", "2026-01-12", ["2026-01-11"]),
        ("2026-01-03", "2026-01-05", ["2026-01-04"]),
        ("2026-01-04", "2026-01-04", []),
        ("2026-01-06", "2026-01-08", []),
    ],
)
def test_sundays(after: str, before: str, found: list[str]) -> None:
    assert [str(day) for day in sundays(date.fromisoformat(after), date.fromisoformat(before))] == found


def test_a_missed_goal_says_when_it_would_be_met(tmp_path: Path, clock: FrozenClock) -> None:
    past = {"horizon": BEFORE, "comparator": ">="}
    store = open_store(tmp_path, office(near=past | {"value": 75}, far=past | {"value": 99}, met=past | {"value": 50}), clock)
    for month in range(24):
        day = date(2024 + (2 + month) // 12, (2 + month) % 12 + 1, 5)
        put(store, "dossier", rows(day, 50 + month, 100))
    found = goals(store)
    near, far, met = (found[name] for name in ("near", "far", "met"))
    assert {near.status, far.status} == {Status.MISSED} and near.outlook and far.outlook
    assert near.outlook.expected.on == date(2027, 2, 28)  # twelve months from the last that is over
    assert near.outlook.met_on and near.outlook.met_on > clock.now().date() and near.outlook.needed is None
    expected, when, _ = near.prospect
    assert expected.startswith("If it goes on as now, ") and " by 28/02/2027, between " in expected
    assert when == f"At this pace it will be met in {near.outlook.met_on:%b %Y}."
    assert far.outlook.met_on is None and far.prospect[1] == "At this pace no time is in sight at which the goal will be met."
    assert (met.status, met.prospect) == (Status.ACHIEVED, ())
    store.close()


def test_a_missed_goal_without_history_says_that_there_is_no_forecast(tmp_path: Path, clock: FrozenClock) -> None:
    store = open_store(tmp_path, office(missed={"horizon": BEFORE}), clock)
    put(store, "dossier", rows(date(2026, 2, 3), 60, 100))
    missed = goals(store)["missed"]
    assert missed.outlook is None
    assert missed.prospect == (
        "There is too little history for a forecast: at least 18 months in a row, counted by one formula, must be over; so far: 1.",
    )
    store.close()


def test_an_open_goal_is_looked_ahead_from_closed_months_alone(tmp_path: Path, clock: FrozenClock) -> None:
    store = open_store(tmp_path, office(plan={"value": 90}, later={"value": 99, "horizon": date(2040, 12, 31)}), clock)
    put(store, "dossier", rows(date(2026, 2, 3), 60, 100))
    assert goals(store)["plan"].prospect == (
        "There is too little history for a forecast: at least 18 months in a row, counted by one formula, must be over; so far: 1.",
    )
    for month in range(18):
        day = date(2024 + (7 + month) // 12, (7 + month) % 12 + 1, 5)
        put(store, "dossier", rows(day, 50 + month, 100))
    found = goals(store)
    plan = found["plan"].outlook
    assert plan and plan.needed
    # January and February are over: 67 + 60 of 200 succeeded there. Ten months are ahead.
    assert (plan.needed.start, plan.needed.end) == (date(2026, 3, 1), NEXT)
    assert plan.expected.low <= plan.expected.value <= plan.expected.high
    assert found["later"].outlook is None and found["later"].prospect == ("The horizon is too far away for a forecast.",)
    put(store, "dossier", rows(date(2026, 3, 10), 0, 50))  # the open month does not count
    assert goals(store)["plan"].outlook == plan
    put(store, "dossier", rows(date(2026, 2, 4), 0, 50))
    assert goals(store)["plan"].outlook != plan
    store.close()
