"""A real MQTT broker on a free port, with its own folder; and whoever publishes there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TRUSTING = ("allow_anonymous true",)


class Broker:
    """Mosquitto; its settings are lines of its configuration."""

    def __init__(self, folder: Path, settings: Iterable[str] = TRUSTING, *, persistence: bool = True) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if program is None:
            pytest.skip("there is no broker: the system package mosquitto is not installed")
        self.program = program
        self.folder = folder / "broker"
        self.folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = ["persistence true", f"persistence_location {self.folder}/", "autosave_interval 1"]
        itself = ["user root"] if os.geteuid() == 0 else []  # else it becomes somebody who may not write here
        lines = [*itself, f"listener {self.port} 127.0.0.1", "max_queued_messages 0", *(kept if persistence else []), *settings]
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(kill=True)

    def start(self) -> None:
        """Start it; it answers when this returns."""
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen([self.program, "-c", str(self.folder / "mosquitto.conf")], stderr=log, stdout=log)
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, (self.folder / "log.txt").read_text()
                time.sleep(0.02)

    def stop(self, *, kill: bool = False) -> None:
        """End it in order, or not."""
        if self.process:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(10)
            self.process = None


class Sender:
    """Publishes with QoS 1, and knows what the broker has taken."""

    def __init__(self, port: int, client_id: str = "") -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def send(self, topic: str, *payloads: str | bytes, retain: bool = False) -> None:
        """Publish; all of it is the broker's when this returns."""
        for sent in [self.client.publish(topic, payload, 1, retain) for payload in payloads]:
            sent.wait_for_publish(20)
            assert sent.is_published()

    def close(self) -> None:
        """End the connection."""
        self.client.disconnect()
        self.client.loop_stop()


def subscribe(port: int, client_id: str, topic: str) -> None:
    """Make the session of a subscriber that has been there before, and is away."""
    known = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=5)  # type: ignore[arg-type]
    client.on_connect = lambda *_: client.subscribe(topic, 1)  # type: ignore[assignment]
    client.on_subscribe = lambda *_: known.set()  # type: ignore[assignment]
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 86400
    client.connect("127.0.0.1", port, clean_start=False, properties=properties)
    client.loop_start()
    assert known.wait(10)
    client.disconnect()
    client.loop_stop()
