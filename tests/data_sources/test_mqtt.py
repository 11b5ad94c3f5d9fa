"""Messages of a real broker: each is acknowledged when it is on disk, and whatever happens to the broker or to us, none is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from data_sources.mqtt import feed as mqtt
from data_sources.mqtt.options import MqttOptions
from data_sources.mqtt.topics import TopicPattern, named_levels
from ioc.catalogue.mapping import Mapping
from ioc.clock import SystemClock
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake import conductor
from ioc.intake.conductor import Appointment, Conductor
from ioc.intake.ingest import Target, read_ahead
from ioc.intake.port import Batch, Occasion
from ioc.store.store import Store
from tests.data_sources.broker import Broker, Sender, subscribe
from tests.office import catalogue, rows_of

BY_DEVICE = Mapping.model_validate({"fields": {"id": "device", "unit": {"value": "a"}, "joined_on": "received"}})


def options(broker: Broker, **changes: Any) -> MqttOptions:
    return MqttOptions.model_validate(
        {"host": "127.0.0.1", "port": broker.port, "topics": ["cards/{device}/status"], "client_id": "ioc"} | changes
    )


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


class Ear:
    """Listens as the intake does, in a thread; batches are kept at once, unless they shall wait."""

    def __init__(self, chosen: MqttOptions, base: Path, position: str | None = None) -> None:
        self.well, self.stopping, self.slow = threading.Event(), threading.Event(), threading.Event()
        self.batches: list[Batch] = []
        self.names: list[str] = []
        self.fault: IocError | None = None
        self.occasion = Occasion(position, self.stopping, self.well.set)
        self.feed = mqtt.connect(chosen, base)
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        try:
            for delivery in self.feed.deliveries(self.occasion):
                self.names.append(delivery.name)
                for batch in read_ahead(delivery.batches):
                    while self.slow.is_set() and not self.stopping.is_set():
                        time.sleep(0.01)
                    if self.stopping.is_set():
                        break
                    self.batches.append(batch)
                    assert batch.kept
                    batch.kept()
        except IocError as fault:
            self.fault = fault

    def rows(self) -> list[dict[str, Any]]:
        return [row for batch in self.batches for row in batch.table.to_pylist()]

    def broken(self) -> list[tuple[int, str, str]]:
        return [(row.row, row.reason, row.detail) for batch in self.batches for row in batch.broken]

    def close(self) -> None:
        self.stopping.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@contextmanager
def listening(chosen: MqttOptions, base: Path, position: str | None = None) -> Iterator[Ear]:
    ear = Ear(chosen, base, position)
    try:
        wait_for(lambda: ear.well.is_set() or ear.fault is not None)
        yield ear
    finally:
        ear.close()


def wait_for(what: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def fault_of(chosen: MqttOptions, base: Path) -> IocError:
    """What is wrong, told when the feed is asked."""
    with pytest.raises(IocError) as caught:
        next(iter(mqtt.connect(chosen, base).deliveries(Occasion())))
    assert caught.value.what.endswith("."), caught.value.what
    assert caught.value.hint.endswith("."), caught.value.hint
    assert isinstance(caught.value, FeedRejected | FeedUnavailable)
    return caught.value


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
    payloads: list[str | bytes] = ["{", "7", "[1, {}]", b"\xff", "[" * 5000, wide, "x" * 3000, '{"ok": 1}']
    chosen = options(broker, max_message_kib=2)
    with listening(options(broker, max_message_kib=16, client_id="wide"), tmp_path) as ear:
        sender.send("cards/d1/status", wide)
        wait_for(lambda: ear.broken() == [(1, "json", "an object of 1,001 fields")])
    with listening(chosen, tmp_path) as ear:
        sender.send("cards/d1/status", *payloads)
        wait_for(lambda: any(row.get("ok") == 1 for row in ear.rows()))
        assert len(ear.rows()) == 2
        found = ear.broken()
        assert [reason for _, reason, _ in found] == ["json", "json", "json", "json", "too_large", "too_large", "too_large"]
        assert found[-1] == (8, "too_large", "a message of 3,000 bytes")
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


def test_what_is_retained_comes_once(broker: Broker, sender: Sender, tmp_path: Path) -> None:
    sender.send("cards/d1/status", '{"state": "ready"}', retain=True)
    with listening(options(broker), tmp_path) as ear:
        wait_for(lambda: len(ear.rows()) == 1)
    for _ in range(2):
        with listening(options(broker), tmp_path) as ear:
            time.sleep(0.3)
            assert ear.batches == []


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
    broker = Broker(tmp_path, persistence=False)
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
    broker.stop()


def test_another_client_of_the_same_name(broker: Broker, tmp_path: Path) -> None:
    with listening(options(broker), tmp_path) as ear, listening(options(broker), tmp_path):
        wait_for(lambda: ear.fault is not None)
    assert "“ioc”" in str(ear.fault)


def test_no_broker_or_something_else(broker: Broker, tmp_path: Path, free_port: int) -> None:
    assert "cannot be reached" in fault_of(options(broker, port=free_port), tmp_path).what
    assert "cannot be reached" in fault_of(options(broker, host="nowhere.invalid"), tmp_path).what
    assert "TLS" in str(fault_of(options(broker, tls=True), tmp_path))


def test_something_that_never_answers(tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr("data_sources.mqtt.link.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", free_port)):
        chosen = MqttOptions(host="127.0.0.1", port=free_port, topics=("a",), client_id="ioc")
        assert "does not answer" in fault_of(chosen, tmp_path).what


def test_user_password_and_permission(tmp_path: Path) -> None:
    import subprocess

    plugin = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)
    if plugin is None:
        pytest.skip("this broker has no plugin for permissions: mosquitto_dynamic_security.so")
    rights = tmp_path / "rights.json"
    subprocess.run(["mosquitto_ctrl", "dynsec", "init", str(rights), "boss", "of-all"], check=True, capture_output=True)
    everything = {"acltype": "subscribePattern", "topic": "#", "allow": True}
    given = json.loads(rights.read_text())
    given["roles"][0]["acls"].remove(everything)
    rights.write_text(json.dumps(given))
    broker = Broker(tmp_path, ["allow_anonymous false", f"plugin {plugin}", f"plugin_opt_config_file {rights}"])
    (tmp_path / "secret").write_text("of-all\n")
    wrong = fault_of(options(broker, user="boss", password="a-wrong-one"), tmp_path)
    assert isinstance(wrong, FeedRejected) and "not authorized" in wrong.what and "a-wrong-one" not in str(wrong)
    old = fault_of(options(broker, user="boss", password="a-wrong-one", version="3.1.1"), tmp_path)
    assert isinstance(old, FeedRejected)
    assert isinstance(fault_of(options(broker), tmp_path), FeedRejected)
    refused = fault_of(options(broker, user="boss", password="file:secret"), tmp_path)
    assert isinstance(refused, FeedRejected) and "refuses the subscription to “cards/+/status”" in refused.what
    with listening(options(broker, user="boss", password="file:secret", topics=["$SYS/broker/uptime"]), tmp_path) as ear:
        assert ear.fault is None
    broker.stop()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of a broker and of a client that it has signed; and another authority."""
    import shutil
    import subprocess

    if shutil.which("openssl") is None:
        pytest.skip("there is nothing to make certificates with: the system package openssl is not installed")
    folder = tmp_path_factory.mktemp("keys")

    def run(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)

    for name in ("ca", "other"):
        run(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-days",
            "9",
            "-subj",
            f"/CN={name}",
        )
    for name in ("server", "client"):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "names").write_text("subjectAltName=DNS:localhost\n")
        run(
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "9",
            "-extfile",
            "names",
            "-out",
            f"{name}.pem",
        )
    return folder


def test_encrypted_with_certificates_of_both(tmp_path: Path, keys: Path) -> None:
    settings = [f"cafile {keys}/ca.pem", f"certfile {keys}/server.pem", f"keyfile {keys}/server.key", "require_certificate true"]
    broker = Broker(tmp_path, [*settings, "allow_anonymous true"])
    ours = {"host": "localhost", "tls": True, "ca_file": "ca.pem", "certificate_file": "client.pem", "key_file": "client.key"}
    with listening(options(broker, **ours), keys) as ear:
        assert ear.fault is None
    assert "is not trusted" in fault_of(options(broker, **ours | {"ca_file": "other.pem"}), keys).what
    assert "is not trusted" in fault_of(options(broker, **ours | {"host": "127.0.0.1"}), keys).what
    anonymous = {name: value for name, value in ours.items() if name not in {"certificate_file", "key_file"}}
    assert "certificate" in str(fault_of(options(broker, **anonymous), keys))
    assert "cannot be read" in fault_of(options(broker, **ours | {"ca_file": "none.pem"}), keys).what
    assert "does not hold" in fault_of(options(broker, **ours | {"ca_file": "client.key"}), keys).what
    assert "does not hold" in fault_of(options(broker, **ours | {"key_file": "other.key"}), keys).what
    broker.stop()


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
    states = rows_of(store, "SELECT DISTINCT state FROM run")
    assert states == [("unavailable",)]
    running.stop(10)
    store.close()


@pytest.mark.parametrize(
    ("pattern", "topic", "levels"),
    [
        ("cards/{device}/status", "cards/d1/status", {"device": "d1"}),
        ("cards/{device}/status", "cards/d1/other", None),
        ("cards/+/{part}/#", "cards/d1/printer/a/b", {"part": "printer"}),
        ("cards/{device}/#", "cards/d1", {"device": "d1"}),
        ("{a}/{b}", "x/", {"a": "x", "b": ""}),
        ("#", "anything/at/all", {}),
        ("#", "$SYS/uptime", None),
        ("a.b/{c}", "axb/1", None),
        ("phòng/{số}", "phòng/7", {"số": "7"}),
    ],
)
def test_levels_of_a_topic(pattern: str, topic: str, levels: dict[str, str] | None) -> None:
    assert TopicPattern(pattern).levels(topic) == levels
    assert named_levels([TopicPattern(pattern)], topic) == (levels or {})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topics": []}, "at least 1"),
        ({"topics": [""]}, "a text of 1 to 65535 bytes"),
        ({"topics": ["a/#/b"]}, "can only end a topic"),
        ({"topics": ["a/b+"]}, "must be a whole level"),
        ({"topics": ["a/x{b}"]}, "must be a whole level"),
        ({"topics": ["{topic}"]}, "names of their own"),
        ({"topics": ["{a}/{a}"]}, "names of their own"),
        ({"topics": ["$share/g/a"]}, "is shared"),
        ({"password": "p"}, "needs a user"),
        ({"ca_file": "x"}, "need tls"),
        ({"tls": True, "key_file": "x"}, "go together"),
        ({"version": "4"}, "'5' or '3.1.1'"),
        ({"qos": 0}, "Extra inputs"),
    ],
)
def test_options_that_do_not_hold(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        MqttOptions.model_validate({"host": "h", "topics": ["a"], "client_id": "c"} | changes)


def test_the_version_may_be_a_number() -> None:
    assert MqttOptions.model_validate({"host": "h", "topics": ["a"], "client_id": "c", "version": 5, "tls": True}).address == "h:8883"
