"""A device that publishes records where a feed of kind `mqtt` listens."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from data_sources.mqtt.options import MqttOptions
from data_sources.secret import revealed
from data_sources.senders.rows import rows
from ioc.errors import FeedUnavailable

SECONDS = 30


class Publisher:
    """Publishes each record as JSON, and waits until the broker has it.

    Args:
        name: stands in the topic where the feed takes any.
        options: of the feed.
        base: the folder that relative paths start from.

    Raises:
        FeedUnavailable: the broker takes no connection.
    """

    def __init__(self, name: str, options: MqttOptions, base: Path) -> None:
        levels = options.topics[0].split("/")
        self._topic = "/".join(name if level in {"#", "+"} or level.startswith("{") else level for level in levels)
        self._client = Client(CallbackAPIVersion.VERSION2, f"{options.client_id}-simulated")
        if options.user:
            self._client.username_pw_set(options.user, revealed(options.password, base) if options.password else None)
        if options.tls:
            self._client.tls_set(str(base / options.ca_file) if options.ca_file else None)
        try:
            self._client.connect(options.host, options.port or (8883 if options.tls else 1883))
        except OSError as fault:
            raise FeedUnavailable(
                "{host} takes no connection: {fault}.", "Start the broker.", host=options.host, fault=fault.strerror or fault
            ) from fault
        self._client.loop_start()

    def send(self, records: pa.Table) -> None:
        """Publish records."""
        for each in [self._client.publish(self._topic, json.dumps(row, ensure_ascii=False), qos=1) for row in rows(records)]:
            each.wait_for_publish(SECONDS)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()
