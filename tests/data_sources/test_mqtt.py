"""Messages of a real broker: each is acknowledged when it is on disk, and whatever happens to the broker or to us, none is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data_sources.mqtt import feed as mqtt
from ioc.catalogue.mapping import Mapping
from ioc.clock import SystemClock
from ioc.errors import FeedUnavailable
from ioc.intake import conductor
from ioc.intake.appointment import Appointment
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from ioc.intake.port import Occasion
from ioc.store.store import Store
from tests.data_sources.broker import Broker, Sender, subscribe
from tests.data_sources.ear import listening, options, wait_for
from tests.office import catalogue, rows_of

BY_DEVICE = Mapping.model_validate({"fields": {"id": "device", "unit": {"value": "a"}, "joined_on": "received"}})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def sender(broker: Broker) -> Iterator[Sender]:
    made = Sender(broker.port)
    yield made
    made.close()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_message_is_a_row_with_its_topic_and_time(broker: Broker, sender: Sender, tmp_path: Path, version: str) -> None:
    before = datetime.now(UTC)
    with listening(options(broker, version=version), tmp_path) as ear:
        sender.send("cards/d1/status", '{"state": "ready", "copies": 3, "parts": {"a": 1}}', '[{"state": "busy"}, {"state": null}]')
        wait_for(lambda: len(ear.rows()) == 3)
    first, second, third = ear.rows()
    assert first | {"received": ""} == {
        "topic": "cards/d1/status", "received": "", "device": "d1", "state": "ready", "copies": 3, "parts": '{"a":1}',
    }  # fmt: skip
    assert [second["state"], third["state"]] == ["busy", None]
    times = [datetime.fromisoformat(row["received"]) for row in (first, second, third)]
    assert before <= times[0] < times[1] == times[2] <= datetime.now(UTC)
    numbers = [number for batch in ear.batches for number in batch.rows.to_pylist()]  # type: ignore[union-attr]
    assert numbers == [1, 2, 3]


def test_lines_and_plain_values(broker: Broker, sender: Sender, tmp_path: Path) -> None:
    with listening(options(broker, payload="ndjson"), tmp_path) as ear:
        sender.send("cards/d1/status", '{"a": "x"}\n\n{"a": "y"}\nnothing\n')
        wait_for(lambda: len(ear.rows()) == 2 and len(ear.broken()) == 1)
        assert [row["a"] for row in ear.rows()] == ["x", "y"]
        assert ear.broken()[0][:2] == (3, "json")
    with listening(options(broker, payload="value", client_id="other"), tmp_path) as ear:
        sender.send("cards/d1/status", "23,5", b"\xff\xfe", "")
        wait_for(lambda: len(ear.rows()) == 2 and len(ear.broken()) == 1)
        assert [row["value"] for row in ear.rows()] == ["23,5", None]
        assert ear.broken() == [(2, "encoding", "a byte that is no text in UTF-8")]


def test_what_cannot_be_read_is_told_and_acknowledged(broker: Broker, sender: Sender, tmp_path: Path) -> None:
    wide = json.dumps({f"k{number}": 1 for number in range(1001)})
    deep = '{"a": ' + "[" * 300 + "]" * 300 + "}"
    payloads: list[str | bytes] = ["{", "7", deep, "[1, {}]", b"\xff", "[" * 5000, wide, "x" * 3000, '{"ok": 1}']
    chosen = options(broker, max_message_kib=2)
    with listening(options(broker, max_message_kib=16, client_id="wide"), tmp_path) as ear:
        sender.send("cards/d1/status", wide)
        wait_for(lambda: ear.broken() == [(1, "json", "an object of 1,001 fields")])
    with listening(chosen, tmp_path) as ear:
        sender.send("cards/d1/status", *payloads)
        wait_for(lambda: any(row.get("ok") == 1 for row in ear.rows()))
        assert len(ear.rows()) == 2
        found = ear.broken()
        assert [reason for _, reason, _ in found] == ["json", "json", "json", "json", "json", "too_large", "too_large", "too_large"]
        assert found[2] == (3, "json", "nested too deep") and found[-1] == (9, "too_large", "a message of 3,000 bytes")
        assert "x" * 10 not in str(found)
    with listening(chosen, tmp_path) as ear:
        sender.send("cards/d1/status", '{"next": 1}')
        wait_for(lambda: len(ear.rows()) == 1)
        assert ear.broken() == []


def test_many_fields_of_many_devices_do_not_make_one_wide_table(broker: Broker, sender: Sender, tmp_path: Path) -> None:
    subscribe(broker.port, "ioc", "cards/+/status")
    sender.send("cards/d1/status", *[json.dumps({f"k{device}_{number}": 1 for number in range(900)}) for device in range(20)])
    with listening(options(broker), tmp_path) as ear:
        wait_for(lambda: len(ear.rows()) == 20)
    assert max(batch.table.num_columns for batch in ear.batches) < 6000


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_was_not_kept_is_sent_again_with_its_first_time(broker: Broker, sender: Sender, tmp_path: Path, version: str) -> None:
    chosen = options(broker, version=version, payload="value")
    with listening(chosen, tmp_path) as ear:
        ear.slow.set()
        sender.send("cards/d1/status", "1", "2")
        time.sleep(0.5)
    assert ear.batches == []
    with listening(chosen, tmp_path) as ear:
        wait_for(lambda: [row["value"] for row in ear.rows()] == ["1", "2"])
        sender.send("cards/d1/status", "3")
        wait_for(lambda: len(ear.rows()) == 3)
    with listening(chosen, tmp_path) as ear:
        time.sleep(0.3)
        assert ear.batches == []


def test_a_message_whose_acknowledgement_was_lost_is_known_again(broker: Broker, sender: Sender, tmp_path: Path) -> None:
    """Kept, but the broker does not know: it comes again, as the same row."""
    chosen = options(broker, payload="value")
    with listening(chosen, tmp_path):
        pass
    sender.send("cards/d1/status", "1", "1")
    stopping = threading.Event()
    asking = mqtt.connect(chosen, tmp_path).deliveries(Occasion(None, stopping))
    first = next(next(asking).batches)
    asking.close()  # type: ignore[attr-defined]
    with listening(chosen, tmp_path, first.position) as ear:
        wait_for(lambda: len(ear.rows()) == 2)
        assert ear.rows() == first.table.to_pylist()
        sender.send("cards/d1/status", "1")
        wait_for(lambda: len(ear.rows()) == 3)
        assert ear.rows()[2]["received"] > ear.rows()[1]["received"]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_slow_disk_makes_the_broker_wait(broker: Broker, sender: Sender, tmp_path: Path, version: str) -> None:
    with listening(options(broker, version=version, in_flight=50, payload="value"), tmp_path) as ear:
        ear.slow.set()
        sender.send("cards/d1/status", *map(str, range(600)))
        time.sleep(0.5)
        ear.slow.clear()
        wait_for(lambda: len(ear.rows()) >= 600)
        assert [row["value"] for row in ear.rows()] == list(map(str, range(600)))
        assert max(batch.table.num_rows for batch in ear.batches) <= 50


def test_large_messages_are_held_back_by_their_bytes(
    broker: Broker, sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_sources.mqtt.inbox.MOST_BYTES", 2**20)
    with listening(options(broker, payload="value"), tmp_path) as ear:
        ear.slow.set()
        sender.send("cards/d1/status", *[f"{number:0100000}" for number in range(100)])
        time.sleep(0.5)
        ear.slow.clear()
        wait_for(lambda: len(ear.rows()) == 100)
        assert [int(row["value"][-9:]) for row in ear.rows()] == list(range(100))
        assert max(batch.table.num_rows for batch in ear.batches) <= 11


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_is_retained_comes_once(broker: Broker, sender: Sender, tmp_path: Path, version: str) -> None:
    sender.send("cards/d1/status", '{"state": "ready"}', retain=True)
    sender.send("doors/d1", '{"state": "open"}', retain=True)
    chosen = options(broker, version=version)
    with listening(chosen, tmp_path) as ear:
        wait_for(lambda: len(ear.rows()) == 1)
    position = ear.batches[0].position
    with listening(chosen, tmp_path, position) as ear:
        time.sleep(0.3)
        assert ear.batches == []
        sender.send("cards/d1/status", '{"state": "busy"}', retain=True)
        wait_for(lambda: len(ear.rows()) == 1)
    both = options(broker, version=version, topics=["cards/{device}/status", "doors/{device}"])
    with listening(both, tmp_path, position) as ear:
        wait_for(lambda: [row["state"] for row in ear.rows()] == ["open"])
        time.sleep(0.2)
        assert len(ear.rows()) == 1


def test_a_delivery_is_what_came_in_an_hour(broker: Broker, sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "DELIVERY", 0.5)
    with listening(options(broker), tmp_path) as ear:
        assert ear.names == []
        sender.send("cards/d1/status", "{}")
        wait_for(lambda: len(ear.rows()) == 1)
        time.sleep(0.7)
        assert len(ear.names) == 1
        sender.send("cards/d1/status", "{}")
        wait_for(lambda: len(ear.rows()) == 2)
        assert ear.names == [f"127.0.0.1:{broker.port} (cards/{{device}}/status)"] * 2


def test_a_broker_that_has_forgotten_us_is_told_of(tmp_path: Path) -> None:
    with Broker(tmp_path, persistence=False) as broker:
        sender = Sender(broker.port)
        with listening(options(broker), tmp_path) as ear:
            sender.send("cards/d1/status", "{}")
            wait_for(lambda: len(ear.rows()) == 1)
            sender.close()
            broker.stop()
            wait_for(lambda: ear.fault is not None)
        assert isinstance(ear.fault, FeedUnavailable)
        broker.start()
        sender = Sender(broker.port)
        with listening(options(broker), tmp_path, ear.batches[0].position) as ear:
            sender.send("cards/d1/status", "{}")
            wait_for(lambda: len(ear.rows()) == 1)
        assert "had forgotten this subscriber; what was published meanwhile is lost" in ear.names[0]
        sender.close()


def test_with_the_conductor_it_goes_on_after_the_broker_was_away(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor, "FIRST_RETRY", timedelta(milliseconds=100))
    store = Store(tmp_path / "office.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
    target = Target("cards", "staff", BY_DEVICE)
    running = Conductor(store, [Appointment(target, mqtt.connect(options(broker), tmp_path), None, timedelta(seconds=60))])
    running.start()

    def is_well() -> bool:
        state = store.feed_states()["cards"]
        return state.message is None and state.tried_at is not None

    def count() -> int:
        return int(rows_of(store, "SELECT count(*) FROM rec_staff")[0][0])

    wait_for(is_well)
    for number, kill in enumerate((False, True)):
        sender = Sender(broker.port)
        sender.send(f"cards/d{number}/status", "{}")
        wait_for(lambda expected=number + 1: count() == expected)  # type: ignore[misc]
        sender.close()
        time.sleep(1.2)  # until the broker has saved what it is to remember
        broker.stop(kill=kill)
        wait_for(lambda: not is_well())
        broker.start()
        wait_for(is_well)
    assert store.feed_states()["cards"].position
    name = f"127.0.0.1:{broker.port} (cards/{{device}}/status)"  # and nothing is said to be lost
    assert rows_of(store, "SELECT DISTINCT name, state FROM run") == [(name, "unavailable")]
    running.stop(10)
    store.close()
