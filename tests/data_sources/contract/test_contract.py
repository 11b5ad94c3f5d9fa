"""What every kind of feed promises: whatever happens to the source or to us, the numbers are those of its records."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ioc.catalogue.mapping import Mapping
from ioc.clock import SystemClock
from ioc.indicators.values import Question
from ioc.store.store import Store
from tests.data_sources.contract.history import MAPPING, PERSON, SECRET, Row, last, rows
from tests.data_sources.contract.rig import RIGS, HttpRig, MqttRig, PushRig, Rig, WatchedRig
from tests.data_sources.contract.running import Running
from tests.office import Answer, answer, catalogue, put, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "1"))
QUESTIONS = (Question("online_rate", by=("unit",), period="month"), Question("overdue"))
CURRENT = """SELECT id, unit, received_at, online, updated_at FROM rec_dossier
    WHERE _until = (SELECT max(_until) FROM rec_dossier) AND NOT _gone ORDER BY id"""


@pytest.fixture(params=RIGS, ids=lambda kind: kind.__name__.removesuffix("Rig").lower())
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    kind: type[Rig] = request.param
    made = kind(tmp_path, *([request.getfixturevalue(kind.server_of)] if kind.server_of else []))
    yield made
    made.close()


@pytest.fixture
def running(rig: Rig, tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path, rig)
    yield made
    made.kill()


def of_records(folder: Path, offered: list[Row]) -> tuple[list[Answer], list[tuple[object, ...]]]:
    """Numbers and records of a store that was given all rows at once."""
    folder.mkdir(exist_ok=True)
    (folder / "office.duckdb").unlink(missing_ok=True)
    store = Store(folder / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    put(store, "dossier", offered, Mapping.model_validate(MAPPING))
    found = [answer(store, question) for question in QUESTIONS], rows_of(store, CURRENT)
    store.close()
    return found


def kept_by(folder: Path) -> tuple[list[Answer], list[tuple[object, ...]]]:
    """Numbers and records of the stopped IOC's store."""
    store = Store(folder / "data" / "ioc.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    found = [answer(store, question) for question in QUESTIONS], rows_of(store, CURRENT)
    store.close()
    return found


def wait_for_all(running: Running, rig: Rig, tmp_path: Path) -> tuple[list[Answer], list[tuple[object, ...]]]:
    """Until what the API answers is what the offered rows give, the last of them included. Gives what must be stored then."""
    rig.offer([last(len(rig.offered))])
    wanted = of_records(tmp_path / "reference", rig.offered)

    def is_there() -> bool:
        found = running.asked("indicators/online_rate/values?by=unit&period=month")["values"]
        there = {(each["unit"], each["from"]): (each["numerator"], each["denominator"]) for each in found if each["denominator"]}
        return there == {(unit, str(start)): values[:2] for ((unit,), start), values in wanted[0][0].items()}

    running.wait_for(is_there, seconds=60 + 10 * KILLS)
    return wanted


def test_records_corrections_and_deletions_arrive_once_and_nothing_else(running: Running, rig: Rig, tmp_path: Path) -> None:
    running.start()
    lot = min(50, rig.lot)
    for start in range(0, 3 * lot, lot):
        rig.offer(rows(lot, seed=4, start=start))
    wait_for_all(running, rig, tmp_path)
    secret = sum(row["ma"] == SECRET for row in rig.offered)
    rig.again()
    wanted = wait_for_all(running, rig, tmp_path)
    running.stop()
    assert kept_by(tmp_path) == wanted
    store = Store(tmp_path / "data" / "ioc.duckdb", catalogue(), SystemClock())
    ((refused, at_fault),) = rows_of(store, "SELECT sum(secret), sum(rejected) FROM run")
    assert refused >= secret and at_fault, "as often as they came"
    store.close()
    for path in (*(tmp_path / "data").rglob("*"), tmp_path / "log.txt"):
        content = path.read_bytes() if path.is_file() else b""
        assert PERSON.encode() not in content, path
        assert SECRET.encode() not in content, path


@pytest.mark.timeout(240 + 20 * KILLS)
def test_killed_at_any_moment_nothing_is_lost_or_counted_twice(running: Running, rig: Rig, tmp_path: Path) -> None:
    chance = random.Random(5)
    for step in range(KILLS):
        running.start()
        before = running.version()
        rig.offer(rows(rig.lot, seed=3, start=rig.lot * step))
        writes = (KILLS - step) % 2  # every other time it is killed while it writes, or just after
        if writes:
            end = time.monotonic() + 10
            while running.version() == before and time.monotonic() < end:
                time.sleep(0.02)
        time.sleep(chance.random() * (0.3 if writes else 1.5))
        running.kill()
    running.start()
    wanted = wait_for_all(running, rig, tmp_path)
    running.stop()
    assert kept_by(tmp_path) == wanted


def test_what_a_wrong_mapping_refused_counts_as_if_it_had_always_been_right(running: Running, rig: Rig, tmp_path: Path) -> None:
    """Nobody has told of room b: its records, corrections and deletions are refused until somebody does, and sends them through again."""
    unit = rig.mapping["fields"]["unit"]
    running.configure({**rig.mapping, "fields": {**rig.mapping["fields"], "unit": {"from": unit, "values": {"a": "a"}}}})
    running.start()
    rig.offer(rows(min(50, rig.lot), seed=9))
    rig.offer([last(0)])
    running.wait_for(lambda: any(each["denominator"] for each in of_january_2000(running)), seconds=90)
    assert not any(each["unit"] == "b" for each in running.asked("indicators/online_rate/values?by=unit&period=month")["values"])
    running.stop()
    running.configure(rig.mapping)
    running.start()
    running.wait_for(running.replay, seconds=60)
    wanted = wait_for_all(running, rig, tmp_path)
    running.stop()
    assert kept_by(tmp_path) == wanted


def of_january_2000(running: Running) -> list[dict[str, Any]]:
    """The values of the month in which ``last(0)`` is."""
    return [each for each in running.asked("indicators/online_rate/values?period=month")["values"] if each["from"] == "2000-01-01"]


@pytest.mark.parametrize("rig", [kind for kind in RIGS if kind.goes], indirect=True)
def test_a_source_that_goes_is_told_in_a_sentence_and_caught_up_with(running: Running, rig: Rig, tmp_path: Path) -> None:
    running.start()
    rig.offer(rows(20, seed=7))
    running.wait_for(lambda: bool(running.asked("feeds")["feeds"]))
    rig.gone()
    running.wait_for(lambda: message(running).endswith("."))
    rig.back()
    rig.offer(rows(20, seed=7, start=20))
    wanted = wait_for_all(running, rig, tmp_path)
    running.stop()
    assert kept_by(tmp_path) == wanted


@pytest.mark.parametrize("rig", [WatchedRig, HttpRig, MqttRig, PushRig], indirect=True)
def test_a_disk_that_fills_is_told_in_a_sentence_and_caught_up_with(running: Running, rig: Rig, tmp_path: Path) -> None:
    """Whether a feed is asked, listens or is brought its records."""
    running.start()
    rig.offer(rows(20, seed=6))
    wait_for_all(running, rig, tmp_path)
    running.fill_disk()
    rig.offer(rows(20, seed=6, start=20))
    running.wait_for(lambda: "cannot be written" in message(running))
    running.empty_disk()
    wanted = wait_for_all(running, rig, tmp_path)
    running.stop()
    assert kept_by(tmp_path) == wanted


def message(running: Running) -> str:
    """What is wrong with the feed."""
    return "".join(feed["message"] or "" for feed in running.asked("feeds?lang=en")["feeds"])
