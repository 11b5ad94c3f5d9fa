"""What can be wrong with a broker, with our way to it, or with what is said about it: each is told in a sentence."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import ValidationError

from data_sources.mqtt import faults
from data_sources.mqtt import feed as mqtt
from data_sources.mqtt.options import MqttOptions
from data_sources.mqtt.topics import TopicPattern, named_levels
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.port import Occasion
from tests.data_sources.broker import Broker
from tests.data_sources.ear import listening, options, wait_for


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    yield made
    made.stop()


def fault_of(chosen: MqttOptions, base: Path) -> IocError:
    """What is wrong, told when the feed is asked."""
    with pytest.raises(IocError) as caught:
        next(iter(mqtt.connect(chosen, base).deliveries(Occasion())))
    assert caught.value.what.endswith("."), caught.value.what
    assert caught.value.hint.endswith("."), caught.value.hint
    assert isinstance(caught.value, FeedRejected | FeedUnavailable)
    return caught.value


def test_another_client_of_the_same_name(broker: Broker, tmp_path: Path) -> None:
    with listening(options(broker), tmp_path) as ear, listening(options(broker), tmp_path):
        wait_for(lambda: ear.fault is not None)
    assert "“ioc”" in str(ear.fault)
    # Some brokers also say so.
    said = faults.ended("here", "ioc", ReasonCode(PacketTypes.DISCONNECT, identifier=142), told=True, connected=True)
    assert said.what == "Another client has connected to here as “ioc” and has taken this feed's session over."


def test_no_broker_or_something_else(broker: Broker, tmp_path: Path, free_port: int) -> None:
    assert "cannot be reached" in fault_of(options(broker, port=free_port), tmp_path).what
    assert "cannot be reached" in fault_of(options(broker, host="nowhere.invalid"), tmp_path).what
    assert "TLS" in str(fault_of(options(broker, tls=True), tmp_path))


def test_something_that_never_answers(tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_sources.mqtt.link.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", free_port)):
        chosen = MqttOptions(host="127.0.0.1", port=free_port, topics=("a",), client_id="ioc")
        assert "does not answer" in fault_of(chosen, tmp_path).what


def test_user_password_and_permission(tmp_path: Path) -> None:
    plugin = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)
    if plugin is None:
        pytest.skip("this broker has no plugin for permissions: mosquitto_dynamic_security.so")
    rights = tmp_path / "rights.json"
    subprocess.run(["mosquitto_ctrl", "dynsec", "init", str(rights), "boss", "of-all"], check=True, capture_output=True)
    everything = {"acltype": "subscribePattern", "topic": "#", "allow": True}
    given = json.loads(rights.read_text())
    given["roles"][0]["acls"].remove(everything)
    rights.write_text(json.dumps(given))
    with Broker(tmp_path, ["allow_anonymous false", f"plugin {plugin}", f"plugin_opt_config_file {rights}"]) as broker:
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


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of a broker and of a client that it has signed; and another authority."""

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
    with Broker(tmp_path, [*settings, "allow_anonymous true"]) as broker:
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
