"""Whatever happens to records, and in whatever order it is told, numbers are those of the records counted anew."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.catalogue.mapping import Mapping, identity
from ioc.catalogue.model import CalendarDay, Catalogue
from ioc.clock import FrozenClock
from ioc.indicators.audit import audit
from ioc.indicators.values import Question, Value, ask
from ioc.store import compaction, count_cache, past_sums
from ioc.store.recount import recount
from ioc.store.store import Store
from tests.office import NOW, Answer, answer, catalogue, count_anew, open_store, put, rows_of

QUESTIONS = [
    Question("online_rate"),
    Question("online_rate", by=("unit",), period="month", start=date(2026, 1, 1)),
    Question("online_rate", by=("channel",), period="week", start=date(2026, 1, 1)),
    Question("on_time", by=("unit", "channel"), period="quarter", start=date(2026, 1, 1)),
    Question("overdue", by=("unit",)),
    Question("judged", by=("unit",), period="month", start=date(2026, 8, 1)),
    Question("judged", by=("channel",), start=date(2026, 9, 1), end=date(2026, 10, 31)),
    Question("judged"),
    Question("judged", period="week", start=date(2026, 10, 1), where=(("unit", ("a",)),)),
    Question("judged", period="quarter", where=(("unit", ("a",)),)),
    Question("fees", period="day", start=date(2026, 10, 1)),
    Question("mean_days", by=("channel",)),
    Question("median_days", by=("unit",)),
]

moments = st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 22)).map(lambda moment: moment.replace(microsecond=0))
versions = st.fixed_dictionaries(
    {
        "id": st.sampled_from([f"d{number}" for number in range(6)]),
        "unit": st.sampled_from(["a", "b"]),
        "channel": st.sampled_from(["online", "counter", None]),
        "received_at": moments,
        "due_at": st.none() | st.just(datetime(2026, 11, 22, 10)) | st.just(datetime(2026, 12, 1)),
        "completed_at": st.none() | moments,
        "online": st.booleans() | st.none(),
        "score": st.none() | st.integers(1, 5),
        "fee": st.none() | st.decimals(0, 1000, places=2),
        "updated_at": st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 22)).map(
            lambda moment: moment.replace(minute=0, second=0, microsecond=0)
        ),
    }
)
# The same, but as a source sends it: a record may cease to exist, and one version may be told twice, otherwise.
changes = st.builds(lambda row, deleted: row | {"deleted": deleted}, versions, st.sampled_from([False, False, False, True]))
histories = st.lists(versions, min_size=1, max_size=14, unique_by=lambda row: (row["id"], row["updated_at"]))
# ``IOC_EXAMPLES=200`` looks longer.
EXAMPLES = int(os.environ.get("IOC_EXAMPLES", "8"))
few = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def told(store: Store, rows: list[dict[str, Any]], sizes: list[int]) -> None:
    """Tell a history in batches of some sizes."""
    rest = list(rows)
    while rest:
        size = sizes[len(rest) % len(sizes)]
        put(store, "dossier", rest[:size])
        rest = rest[size:]


def answers(store: Store, as_of: datetime | None = None) -> list[Answer]:
    return [answer(store, question, as_of) for question in QUESTIONS]


def both_ways(store: Store, now: datetime, as_of: datetime | None = None) -> tuple[list[list[Value]], list[list[Value]]]:
    """What is known, or was at a moment, in full: read as anybody reads it, and without what was counted before; the past without cells."""
    today = now.astimezone(store.catalogue.zone).date()
    with store.read(as_of) as snapshot:
        anew = replace(snapshot, counts=None, sums=None, cubes={} if as_of else snapshot.cubes)
        asked = [question for question in QUESTIONS if question.indicator in snapshot.catalogue.indicators]
        read, counted = ([ask(each, question, today) for question in asked] for each in (snapshot, anew))
    return read, counted


def counted_anew(store: Store) -> list[Answer]:
    """The same questions, from cells that have just been counted from the records."""
    count_anew(store)
    return answers(store)


@few
@given(histories, st.randoms(use_true_random=False), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_any_order_batching_and_redelivery_give_the_same_numbers(
    history: list[dict[str, Any]], chance: random.Random, sizes: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        plain, shuffled = open_store(Path(one)), open_store(Path(other))
        told(plain, sorted(history, key=lambda row: row["updated_at"]), [100])
        mixed = history + chance.sample(history, len(history) // 2)
        chance.shuffle(mixed)
        told(shuffled, mixed, sizes)
        assert answers(plain) == answers(shuffled)
        columns = "id, unit, channel, received_at, due_at, completed_at, online, score, fee, updated_at"
        current = f"SELECT {columns} FROM rec_dossier WHERE _until = 2147483647 ORDER BY id"
        assert rows_of(plain, current) == rows_of(shuffled, current)
        assert rows_of(shuffled, "SELECT count(*) FROM rec_dossier") == [(len(history),)]
        plain.close()
        shuffled.close()


@few
@given(histories, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 40))
def test_cells_equal_counting_anew_also_after_a_turn_of_the_day_and_compaction(
    history: list[dict[str, Any]], sizes: list[int], days: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FrozenClock(NOW)
        store = open_store(Path(folder), clock=clock)
        told(store, history[: len(history) // 2], sizes)
        clock.at = NOW + timedelta(days=days)
        store.turn_day()
        told(store, history[len(history) // 2 :], sizes)
        kept = answers(store)
        for cube in store.cells.cubes["dossier"]:
            store.tidying.compaction.compact(cube)
        assert answers(store) == kept
        assert counted_anew(store) == kept
        store.close()


class Between(Event):
    """Deliveries that come between any two slices of what is done beside them, one each, told by a flag that is looked at then."""

    def __init__(self, store: Store, deliveries: list[dict[str, Any]], mapping: Mapping) -> None:
        super().__init__()
        self._store, self._rest, self._mapping = store, list(deliveries), mapping

    def is_set(self) -> bool:
        if self._rest:
            put(self._store, "dossier", [self._rest.pop(0)], self._mapping)
        return False


@settings(few, max_examples=EXAMPLES // 2)
@given(st.lists(changes, min_size=2, max_size=6), st.lists(changes, min_size=1, max_size=3))
def test_what_comes_between_the_slices_of_a_compaction_is_neither_lost_nor_counted_twice(
    monkeypatch: pytest.MonkeyPatch, first: list[dict[str, Any]], meanwhile: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(compaction, "SLICE", 1)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        mapping = identity(store.catalogue.records["dossier"]).model_copy(update={"deleted": "deleted = 'true'"})
        put(store, "dossier", first, mapping)
        put(store, "dossier", [row | {"updated_at": row["updated_at"] + timedelta(hours=5), "unit": "b"} for row in first], mapping)
        between = Between(store, meanwhile, mapping)
        with store.read() as before:
            known = [ask(before, question, store.day()) for question in QUESTIONS]
            for cube in store.cells.cubes["dossier"]:
                store.tidying.compaction.compact(cube, between)
            assert [ask(before, question, store.day()) for question in QUESTIONS] == known, "who has begun to read reads on"
        kept = answers(store)
        report = audit(store)
        assert report and report.named == ()
        assert counted_anew(store) == kept
        store.close()


def declared(number: int) -> Catalogue:
    """The office's catalogue as the ministry has changed it so many times: definitions, units, goals and the calendar."""
    plain = catalogue()
    if not number:
        return plain
    rate, unit = plain.indicators["online_rate"], plain.units["b"]
    changes: dict[str, Any] = {
        "indicators": {**plain.indicators, "online_rate": rate.model_copy(update={"succeeds": f"online OR score > {1 + number % 4}"})},
        "units": {**plain.units, "b": unit.model_copy(update={"valid_to": date(2026, 12, number)})},
        "calendar": {date(2026, 11, number): CalendarDay(kind="holiday", name=rate.label)},
    }
    return plain.model_copy(update=changes)


happenings = st.lists(st.lists(changes, min_size=1, max_size=5) | st.sampled_from(["night", "compaction", "restart", "change"]), max_size=6)


@settings(few, max_examples=EXAMPLES // 2)  # each is a whole life
@given(st.lists(changes, min_size=1, max_size=6), happenings)
def test_whatever_happens_a_past_moment_gives_what_was_answered_then_and_cells_what_the_records_give(
    monkeypatch: pytest.MonkeyPatch, first: list[dict[str, Any]], then: list[list[dict[str, Any]] | str]
) -> None:
    for module, share in ((past_sums, "MOST_SINCE"), (count_cache, "MOST_BETWEEN")):
        monkeypatch.setattr(module, share, 1)  # so small a store has always changed by much
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        clock, number = FrozenClock(NOW), 0
        store, seen = open_store(Path(one), clock=clock), []
        mapping = identity(store.catalogue.records["dossier"]).model_copy(update={"deleted": "deleted = 'true'"})
        for event in (first, *then):
            match event:
                case "night":
                    clock.at += timedelta(days=1)
                    store.turn_day()
                case "compaction":
                    for cube in store.cells.cubes["dossier"]:
                        store.tidying.compaction.compact(cube)
                case "restart" | "change":
                    number += event == "change"
                    store.close()
                    store = open_store(Path(one), declared(number), clock)
                    asked = answers(store)
                    assert recount(store) and answers(store) == asked, "right from the first moment on"
                case rows:
                    put(store, "dossier", rows, mapping)
            seen.append((clock.at, answers(store)))
            read, counted = both_ways(store, clock.at)
            assert read == counted, "what was counted before and brought up to date is what is counted anew"
            clock.at += timedelta(hours=1)
        report = audit(store)
        assert report and report.named == ()
        assert [(moment, answers(store, moment)) for moment, _ in seen] == seen
        for moment, _ in seen:
            read, counted = both_ways(store, moment, moment)
            assert read == counted, "also where nothing adds up to 0"
        kept = answers(store)
        assert counted_anew(store) == kept
        store.close()
        shutil.copytree(one, other, dirs_exist_ok=True)
        store = open_store(Path(other), declared(number + 1), clock)
        assert [(moment, answers(store, moment)) for moment, _ in seen] == seen
        store.close()


def test_a_restart_changes_nothing_and_an_index_in_memory_finds_the_same(tmp_path: Path) -> None:
    chance = random.Random(1)
    rows = [
        {
            "id": f"d{number % 40}",
            "unit": chance.choice("ab"),
            "received_at": datetime(2026, 9, 1 + number % 28),
            "updated_at": datetime(2026, 10, 1, number % 24),
        }
        for number in range(400)
    ]
    cold, warm = open_store(tmp_path / "cold"), open_store(tmp_path / "warm")
    warm.warm()
    for start in range(0, len(rows), 37):
        put(cold, "dossier", rows[start : start + 37])
        put(warm, "dossier", rows[start : start + 37])
        if start % 74 == 0:
            cold.close()
            cold = open_store(tmp_path / "cold")
    everything = "SELECT * EXCLUDE (_run) FROM rec_dossier ORDER BY ALL"
    assert rows_of(cold, everything) == rows_of(warm, everything)
    assert answers(cold) == answers(warm)
    cold.close()
    warm.close()


def test_a_changed_declaration_counts_its_cells_anew(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", [{"id": "x", "unit": "a", "received_at": "2026-11-01", "online": True, "updated_at": "2026-11-01", "score": 4}])
    store.close()
    changed = catalogue()
    spec = changed.indicators["online_rate"].model_copy(update={"succeeds": "score >= 5"})
    changed = changed.model_copy(update={"indicators": {**changed.indicators, "online_rate": spec}})
    store = open_store(tmp_path, changed)
    assert answer(store, Question("online_rate")) == {((), None): (0, 1, 0)}
    store.close()


@pytest.mark.parametrize("move", [{"unit": "b"}, {"received_at": "2026-10-02"}, {"online": False}, {"channel": "counter"}])
def test_a_record_that_moves_leaves_its_old_cell_right(tmp_path: Path, move: dict[str, Any]) -> None:
    store = open_store(tmp_path)
    row = {"id": "x", "unit": "a", "channel": "online", "received_at": "2026-11-01", "online": True, "updated_at": "2026-11-01"}
    put(store, "dossier", [row])
    put(store, "dossier", [row | move | {"updated_at": "2026-11-02"}])
    kept = answers(store)
    assert counted_anew(store) == kept
    assert answer(store, Question("online_rate"))[((), None)][1] == 1
    store.close()


def test_a_deletion_takes_the_record_out_and_leaves_the_past_alone(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    store = open_store(tmp_path, clock=clock)
    mapping = identity(store.catalogue.records["dossier"]).model_copy(update={"deleted": "op = 'delete'"})
    row = {"id": "x", "unit": "a", "received_at": "2026-11-01", "online": True, "updated_at": "2026-11-01", "op": "put"}
    put(store, "dossier", [row], mapping)
    clock.at = NOW + timedelta(hours=1)
    put(store, "dossier", [row | {"op": "delete", "updated_at": "2026-11-02"}], mapping)
    assert answer(store, Question("online_rate")) == {}
    assert answer(store, Question("online_rate"), NOW) == {((), None): (1, 1, 100)}
    store.close()


def test_without_an_order_of_its_own_the_later_arrival_counts(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first, second = ({"id": "p", "unit": unit, "joined_on": "2026-01-01"} for unit in "ab")
    assert put(store, "staff", [first]).accepted == 1
    assert put(store, "staff", [first]).duplicates == 1
    assert put(store, "staff", [second]).accepted == 1
    assert put(store, "staff", [first]).accepted == 1, "a value that comes back is a change"
    assert answer(store, Question("strength", by=("unit",))) == {(("a",), None): (1, None, 1)}
    store.close()
