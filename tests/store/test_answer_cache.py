"""What was read is read again only where records have changed since, and never of a past moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ioc.catalogue.terms import terms_of
from ioc.clock import FrozenClock
from ioc.indicators.values import Question, ask
from ioc.store.answer_cache import AnswerCache
from ioc.store.commits import last_changes, log_commit, newest, next_commit
from ioc.store.record_sums import SumQuestion
from ioc.store.snapshot import cells_day, touched
from ioc.store.store import Store
from ioc.store.sums import Sums, read_sums
from ioc.views.tiles import tiles
from tests.office import NOW, open_store, put

DOSSIER = {"id": "x", "unit": "a", "channel": "online", "received_at": "2026-11-01", "due_at": "2026-11-22 10:00", "online": True, "fee": 3}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path, clock=FrozenClock(NOW))
    put(made, "dossier", [DOSSIER | {"updated_at": "2026-11-01"}])
    put(made, "staff", [{"id": "p", "unit": "a", "joined_on": "2026-01-01"}])
    yield made
    made.close()


def fees(store: Store) -> Sums:
    terms = terms_of(store.catalogue.indicators["fees"]).numerator
    with store.read() as snapshot:
        return read_sums(snapshot, SumQuestion("dossier", terms, by=("unit",), end=store.day(), today=store.day()))


def test_a_commit_has_only_sums_of_its_own_records_read_again(store: Store) -> None:
    before = fees(store)
    assert fees(store) is before
    put(store, "staff", [{"id": "q", "unit": "b", "joined_on": "2026-02-01"}])
    assert fees(store) is before
    put(store, "dossier", [DOSSIER | {"fee": 4, "updated_at": "2026-11-02"}])
    after = fees(store)
    assert after is not before and list(after.totals.values()) == [[4]]
    store.forget()
    assert fees(store) is not after


def test_which_commit_touched_what_is_read_on_from_what_was_known(store: Store) -> None:
    def told(as_of: datetime | None = None) -> dict[str, int]:
        with store.read(as_of) as snapshot:
            return touched(snapshot)

    first, then = told(), store.clock.now()
    store.clock = FrozenClock(NOW + timedelta(hours=1))
    put(store, "dossier", [DOSSIER | {"fee": 4, "updated_at": "2026-11-02"}])
    second = told()
    assert second == first | {"dossier": store.version()}
    assert told(then) == first, "of then it is what it was"
    store.forget()
    assert told() == second, "and read at once it is the same"


def test_what_is_known_of_commits_is_what_each_reader_sees_while_others_commit(store: Store) -> None:
    asked = SumQuestion("dossier", terms_of(store.catalogue.indicators["fees"]).numerator, by=("unit",), end=store.day(), today=store.day())
    differing, done = list[object](), threading.Event()

    def look() -> None:
        while not done.is_set():
            with store.read() as snapshot:
                anew = replace(snapshot, sums=None)  # nothing that was known goes along
                known, read = (
                    (each.version, touched(each), cells_day(each, "dossier"), read_sums(each, asked)) for each in (snapshot, anew)
                )
                if known != read or newest(snapshot.cursor) != (snapshot.version, snapshot.committed_at):
                    differing.append((known, read))

    with ThreadPoolExecutor(2) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        for fee in range(4):
            put(store, "dossier", [DOSSIER | {"fee": fee, "updated_at": f"2026-11-02 {fee:02d}:00"}])
            store.clock = FrozenClock(NOW + timedelta(days=fee // 2))
        done.set()
        for each in looking:
            each.result()
    assert not differing


def test_a_commit_that_is_taken_back_is_not_known(store: Store) -> None:
    before = store.version()
    with pytest.raises(ZeroDivisionError), store.database.write() as cursor:
        log_commit(cursor, next_commit(cursor, before), NOW, "dossier")
        assert store.version() == before
        raise ZeroDivisionError
    put(store, "staff", [{"id": "q", "unit": "b", "joined_on": "2026-02-01"}])
    with store.read() as snapshot:
        assert touched(snapshot) == {"dossier": before - 1, "staff": before + 1} == last_changes(snapshot.cursor, before + 1)


def test_a_tile_is_made_again_when_its_records_change_or_grow_old(store: Store) -> None:
    def tile(hours: int = 0) -> object:
        with store.read() as snapshot:
            return tiles(snapshot, ["fees", "strength"], store.day(), NOW + timedelta(hours=hours), "en")["fees"]

    before = tile()
    put(store, "staff", [{"id": "q", "unit": "b", "joined_on": "2026-02-01"}])
    assert tile() is before
    assert tile(hours=24 * 365) is not before, "data that have grown old are told as such"
    put(store, "dossier", [DOSSIER | {"fee": 4, "updated_at": "2026-11-02"}])
    assert tile() is not before


def test_counts_of_one_term_are_brought_up_to_date_together_and_are_those_counted_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = [
        Question("judged"),
        Question("judged", by=("unit",), period="month", start=date(2026, 1, 1)),
        Question("judged", by=("channel",), period="week", where=(("unit", ("a",)),)),
        Question("judged", start=date(2026, 10, 1), end=date(2026, 10, 31)),
    ]
    with store.read() as snapshot:
        for question in questions:
            ask(snapshot, question, store.day())
    rows = [
        DOSSIER | {"id": f"d{number}", "unit": "ab"[number % 2], "received_at": f"2026-{8 + number % 4:02d}-05", "updated_at": "2026-11-03"}
        for number in range(9)
    ]
    monkeypatch.setattr("ioc.store.count_cache.MOST_BETWEEN", 1)  # so small a store has always changed by much
    put(store, "dossier", [*rows, DOSSIER | {"unit": "b", "received_at": "2026-10-07", "updated_at": "2026-11-03"}])
    with store.read() as snapshot:
        anew = replace(snapshot, counts=None, sums=None)
        assert [ask(snapshot, each, store.day()) for each in questions] == [ask(anew, each, store.day()) for each in questions]


def test_what_was_asked_for_the_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.store.answer_cache.MOST_NUMBERS", 30)
    kept = AnswerCache()
    for question in "abcd":
        kept.keep(question, 1, question, 9)
        kept.known("a", 1)
    assert [kept.known(question, 1) for question in "abcd"] == ["a", None, "c", "d"]
    assert kept.known("d", 2) is None, "it is of another version"
