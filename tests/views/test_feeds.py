"""Feeds from records and configuration: what their lines and pages say, and what they never say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from ioc.access.viewer import Viewer
from ioc.api.json_values import targets
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import Refusal, UnknownName
from ioc.indicators.values import Question
from ioc.store.feeds import introduced, paused, tried
from ioc.store.runs import RunPage
from ioc.store.store import Store
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.health import Health
from ioc.views.next_arrival import Basis, NextArrival
from ioc.views.runs import RunsQuestion
from tests.office import NOW, open_store

VIEWER = Viewer("test", "en")
SETTINGS = Settings.model_validate(
    {
        "feeds": {
            "desk": {
                "kind": "file",
                "record": "dossier",
                "label": {"vi": "Quầy", "en": "Desk"},
                "schedule": {"at": "07:30", "working_days": True, "jitter": "5m"},
                "mapping": {
                    "fields": {
                        "id": "ma",
                        "unit": {"from": "don_vi", "values": {"A": "a"}, "otherwise": "b"},
                        "channel": {"value": "online"},
                        "received_at": {"from": "nhan", "format": "%d/%m/%Y %H:%M"},
                        "online": {"expr": "sinh > '1990'"},
                        "updated_at": "nhan",
                    },
                    "keep": "ma IS NOT NULL",
                    "secrecy": {"from": "mat", "open": ["thuong"]},
                },
            },
            "door": {"kind": "push", "record": "staff", "fresh": "2h"},
            "idle": {"kind": "file", "record": "staff"},
        }
    }
)
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # the first working day after the Friday on which the clock stands
WAYS = {"desk": "asked", "door": "brought", "idle": "asked"}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW - timedelta(days=3))  # a Friday noon


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    opened = open_store(tmp_path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def views(store: Store) -> Gatherer:
    return Gatherer(store, SETTINGS, ViewCache(), WAYS)


def deliver(
    store: Store, feed: str, rows: list[dict[str, Any]], *, simulated: bool = False, state: str = "done", fingerprint: str | None = None
) -> None:
    """One delivery of a feed."""
    import pyarrow as pa

    from ioc.catalogue.mapping import identity

    settings = SETTINGS.feeds.get(feed)
    record = settings.record if settings else "staff"
    mapping = settings.mapping if settings and settings.mapping else identity(store.catalogue.records[record])
    run = store.begin(feed, record, mapping, "a.csv", fingerprint, simulated=simulated)
    names = sorted({name for row in rows for name in row})
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    store.take_in(run, table, pa.array(range(2, 2 + len(rows)), pa.int64()))
    store.finish(run, state, None if state == "done" else "It is no spreadsheet.")


def dossier(key: str, **others: str) -> dict[str, str]:
    return {"ma": key, "don_vi": "A", "nhan": "20/11/2026 08:00", "sinh": "1991-01-01", "mat": "thuong", **others}


def staff(key: str, joined: str = "2026-11-20") -> dict[str, str]:
    return {"id": key, "unit": "a", "joined_on": joined}


def test_a_line_of_each_feed_in_the_order_of_the_configuration(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    deliver(store, "desk", [dossier("1"), dossier("1"), dossier("2", nhan="soon"), dossier("3", mat="mat"), {"mat": "thuong"}])
    deliver(store, "old_system", [staff("1")], simulated=True)
    store.write(tried("desk", clock.now(), None))
    clock.at = NOW - timedelta(days=1)  # Sunday
    view = views.feeds(VIEWER)
    assert [tile.feed for tile in view.feeds] == ["desk", "door", "idle", "old_system"]
    desk, door, idle, old = view.feeds
    assert (desk.label, desk.kind, desk.way, desk.record.label, desk.health) == ("Desk", "file", "asked", "Dossier", Health.OK)
    assert (desk.accepted, desk.duplicates, desk.rejected, desk.skipped) == (1, 1, 1, 1)
    assert desk.last_event == datetime(2026, 11, 20, 1, 0, tzinfo=UTC) and desk.last_arrival == NOW - timedelta(days=3)
    assert desk.next_run == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert [(each.day, each.accepted) for each in desk.volume if each.accepted] == [(date(2026, 11, 20), 1)]
    assert (len(desk.volume), desk.volume[-1].day) == (30, date(2026, 11, 22))
    assert (door.health, door.next_run, idle.health, idle.next_run) == (Health.NEVER, None, Health.NEVER, None)
    assert (old.label, old.kind, old.simulated, old.last_event) == ("Staff", "", True, date(2026, 11, 20))
    assert view.tally == ((Health.NEVER, 2), (Health.OK, 2))
    assert view.stamp.simulated


def test_states_follow_what_is_noted_without_any_commit(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    deliver(store, "door", [staff("1")])

    def health(feed: str) -> Health:
        return views.feed(VIEWER, feed).tile.health

    assert health("door") is Health.OK
    store.write(paused("door", yes=True))
    assert health("door") is Health.PAUSED
    store.write(paused("door", yes=False))
    clock.at += timedelta(hours=3)
    assert health("door") is Health.LATE
    clock.at += timedelta(hours=4)
    assert health("door") is Health.SILENT
    store.write(introduced("desk", "dossier", clock.now()), tried("desk", clock.now(), "The folder is away."))
    desk = views.feed(VIEWER, "desk").tile
    assert (desk.health, desk.message) == (Health.FAILING, "The folder is away.")


def test_a_feed_that_nobody_asks_tells_what_was_wrong_with_its_last_delivery(store: Store, views: Gatherer) -> None:
    deliver(store, "idle", [staff("1")], state="rejected")
    tile = views.feed(VIEWER, "idle").tile
    assert (tile.health, tile.message) == (Health.FAILING, "It is no spreadsheet.")
    deliver(store, "idle", [staff("2")])
    assert views.feed(VIEWER, "idle").tile.message is None


def test_a_file_that_was_refused_marks_its_feed_until_another_is_taken_in(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    deliver(store, "desk", [], state="rejected", fingerprint="1")
    store.write(tried("desk", clock.now(), None))  # asked again, and there was nothing new
    tile = views.feeds(VIEWER).feeds[0]
    assert (tile.health, tile.message) == (Health.FAILING, "It is no spreadsheet.")
    deliver(store, "desk", [dossier("1")], fingerprint="2")
    assert views.feeds(VIEWER).feeds[0].health is Health.OK


def test_a_page_explains_the_feed(store: Store, views: Gatherer) -> None:
    deliver(store, "desk", [dossier("1"), dossier("2", nhan="soon"), dossier("3", mat="mat", nhan="never")])
    view = views.feed(VIEWER, "desk")
    assert [(group.field, group.reason, group.count) for group in view.groups] == [("Received", "type", 1), ("Updated", "type", 1)]
    assert (view.groups[0].samples[0].row, view.groups[0].samples[0].found) == (3, "soon")
    assert (view.quarantined, view.replayable, view.actions) == (1, 1, ("run", "pause", "replay"))
    assert view.fresh == timedelta(hours=48) and view.timeout == timedelta(minutes=30)
    assert "online_rate" in {each.code for each in view.indicators} and "strength" not in {each.code for each in view.indicators}
    assert view.mapping is not None
    mapped = {each.field.label: each for each in view.mapping.fields}
    assert (mapped["Code"].origin, mapped["Code"].source) == ("column", "ma")
    assert (mapped["Unit"].values, mapped["Unit"].otherwise) == ((("A", "Room A"),), "Room B")
    assert (mapped["Channel"].origin, mapped["Channel"].source) == ("value", "Online")
    assert (mapped["Fully online"].origin, mapped["Received"].formats) == ("expr", ("%d/%m/%Y %H:%M",))
    assert view.mapping.unmapped == ("Due", "Completed", "Score", "Fee")
    assert (view.mapping.secrecy, view.mapping.open) == ("mat", ("thuong",))


def test_every_run_can_be_paged_to_from_either_end(store: Store, views: Gatherer) -> None:
    for number in range(5):
        deliver(store, "desk", [dossier(str(number))])
        if number == 2:
            deliver(store, "door", [staff("1")])
    every = [each.run for each in views.feed(VIEWER, "desk").runs.runs]
    assert every == sorted(every, reverse=True) and len(every) == 5

    def page(before: int | None) -> RunPage:
        return views.runs(VIEWER, "desk", RunsQuestion(before=before, rows=2)).page

    newest = page(None)
    middle = page(newest.older)
    last = page(middle.older)
    assert [[each.run for each in found.runs] for found in (newest, middle, last)] == [every[:2], every[2:4], every[4:]]
    assert (newest.newer, middle.newer, last.newer, last.older) == (0, 2, 4, None)
    assert page(last.before) == middle and middle.before is None, "before it are the newest"
    assert [each.run for each in page(newest.oldest).runs] == every[-2:]
    assert views.runs(VIEWER, "idle", RunsQuestion()).page.runs == ()


def test_the_quarantine_of_a_run_is_told_by_itself(store: Store, views: Gatherer) -> None:
    deliver(store, "desk", [dossier("1", nhan="soon"), dossier("2", nhan="later")])
    deliver(store, "desk", [dossier("3"), dossier("4", nhan="never")])
    new, old = views.feed(VIEWER, "desk").runs.runs
    assert (new.quarantined, old.quarantined) == (1, 2)
    view = views.feed(VIEWER, "desk", RunsQuestion(run=new.run))
    assert view.run == new and [(group.count, group.samples[0].found) for group in view.groups] == [(1, "never"), (1, "never")]
    assert view.quarantined == 3, "what can be replayed is the whole quarantine"
    with pytest.raises(UnknownName):
        views.feed(VIEWER, "door", RunsQuestion(run=new.run))


def test_a_page_far_back_among_a_hundred_thousand_runs_costs_no_more_than_the_first(store: Store, views: Gatherer) -> None:
    deliver(store, "door", [staff("1")])
    store.write(
        lambda cursor: cursor.execute(
            """INSERT INTO run SELECT 10 + number, 'door', 'staff', 'n', NULL, false, TIMESTAMP '2026-01-01' + INTERVAL (number) SECOND,
            TIMESTAMP '2026-01-01' + INTERVAL (number) SECOND, 'done', NULL, 1, 0, 0, 0, 0, false FROM range(100000) AS all_of(number)"""
        )
    )

    def cost(before: int | None) -> float:
        began = process_time()
        for _ in range(5):
            assert len(views.runs(VIEWER, "door", RunsQuestion(before=before)).page.runs) == 100
        return (process_time() - began) / 5

    cost(None)
    first, far = cost(None), cost(50_000)
    assert far < 3 * first + 0.05, (first, far)


def test_what_can_be_done_depends_on_how_records_come(store: Store, views: Gatherer) -> None:
    deliver(store, "old_system", [staff("1")])
    assert views.feed(VIEWER, "door").actions == ("pause",)
    assert views.feed(VIEWER, "idle").actions == ()
    old = views.feed(VIEWER, "old_system")
    assert (old.actions, old.mapping) == ((), None)
    store.write(introduced("desk", "dossier", store.clock.now()), paused("desk", yes=True))
    assert views.feed(VIEWER, "desk").actions == ("run", "resume")
    assert views.feed(VIEWER, "desk").tile.next_run is None


def test_an_unknown_feed_offers_the_nearest(store: Store, views: Gatherer) -> None:
    with pytest.raises(UnknownName, match="Did you mean “desk”"):
        views.feed(VIEWER, "dek")


def test_an_indicator_knows_the_oldest_feed_that_it_rests_on(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    first = clock.now()
    deliver(store, "door", [staff("1")])
    clock.at += timedelta(hours=3)
    deliver(store, "idle", [staff("2")])
    deliver(store, "desk", [dossier("1")])
    found = views.indicator(VIEWER, IndicatorQuestion("strength")).feeds
    assert [(each.feed.code, each.last_arrival, each.health, each.is_oldest) for each in found] == [
        ("door", first, Health.LATE, True),
        ("idle", clock.now(), Health.OK, False),
    ]
    oldest = views.values(VIEWER, Question("strength")).oldest
    assert oldest and (oldest.feed.code, oldest.last_arrival) == ("door", first)
    deliver(store, "door", [staff("1")])
    clock.at += timedelta(minutes=1)
    deliver(store, "idle", [staff("3")])
    oldest = views.values(VIEWER, Question("strength")).oldest
    assert oldest and oldest.last_arrival == clock.now() - timedelta(minutes=1), "what is known already has arrived too"
    past = views.values(VIEWER, Question("strength"), first)
    assert past.oldest is None, "how feeds are is known of the present only"


def test_a_feed_that_is_asked_is_expected_at_the_next_time_of_its_calendar(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    store.write(introduced("desk", "dossier", clock.now()), tried("desk", clock.now(), None))
    desk = views.feeds(VIEWER).feeds[0]
    assert desk.last_arrival is None and desk.expected == NextArrival(MONDAY, Basis.SCHEDULE, timedelta(minutes=5))
    store.write(paused("desk", yes=True))
    assert views.feeds(VIEWER).feeds[0].expected is None


def test_a_feed_that_is_brought_is_expected_by_its_usual_rhythm(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    """It comes each half hour of four mornings; by day the next half hour is expected, at night the next morning."""

    def door() -> NextArrival | None:
        return views.feed(VIEWER, "door").tile.expected

    assert door() is None, "nothing is known of it"
    morning = NOW.replace(hour=1) - timedelta(days=7)
    for number, (day, half_hour) in enumerate((day, half_hour) for day in range(5) for half_hour in range(4)):
        clock.at = morning + timedelta(days=day, minutes=30 * half_hour)
        deliver(store, "door", [staff(str(number))])
        if number == 1:
            assert door() == NextArrival(clock.at + timedelta(hours=2), Basis.FRESHNESS), "one pause is no rhythm"
    last = clock.at
    clock.at += timedelta(minutes=12)
    assert door() == NextArrival(last + timedelta(minutes=30), Basis.RHYTHM)
    clock.at += timedelta(hours=1)
    assert door() == NextArrival(morning + timedelta(days=5), Basis.RHYTHM)
    clock.at += timedelta(days=2)
    assert door() == NextArrival(last + timedelta(hours=2), Basis.FRESHNESS), "it has never rested so long: it is overdue"


def test_every_target_names_its_oldest_feed_and_when_that_is_expected_again(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    deliver(store, "door", [staff("1")])
    zone = store.catalogue.zone
    found = {each["indicator"]: each for each in targets(views.overview(VIEWER), zone)["targets"]}
    strength = found["strength"]
    assert (strength["oldest_feed"], strength["oldest_expected_at"]) == (
        "door",
        (clock.now() + timedelta(hours=2)).astimezone(zone).isoformat(),
    )
    assert found["online_rate"]["oldest_feed"] is None
    page = views.indicator(VIEWER, IndicatorQuestion("strength")).feeds[0]
    assert page.expected == NextArrival(clock.now() + timedelta(hours=2), Basis.FRESHNESS)
    past = {each["indicator"]: each for each in targets(views.overview(VIEWER, clock.now()), zone)["targets"]}
    assert past["strength"]["oldest_feed"] is None, "how feeds are is known of the present only"


def test_how_many_were_refused_for_secrecy_is_told_to_administrators_alone(store: Store, views: Gatherer, clock: FrozenClock) -> None:
    day = clock.now().date()
    deliver(store, "desk", [dossier("1"), dossier("2", mat="mat"), dossier("3", mat="?")])
    deliver(store, "desk", [dossier("4", mat="mat")])
    clock.at += timedelta(days=1)
    deliver(store, "desk", [dossier("5", mat="mat")])
    found = views.secrets(Viewer("admin", "en", is_administrator=True))
    assert found.feeds == {"desk": ((day + timedelta(days=1), 1), (day, 3))}
    with pytest.raises(Refusal):
        views.secrets(VIEWER)
