"""A device that publishes records where a feed of kind `mqtt` listens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion

from data_sources.mqtt.options import MqttOptions
from data_sources.secret import revealed
from data_sources.senders.rows import Row, rows
from ioc.errors import FeedUnavailable

SECONDS = 30
# What stands for levels in a topic, and so cannot stand within one.
_MEANT = re.compile(r"[/+#\0]")


class Publisher:
    """Publishes each record as JSON, and waits until the broker has it.

    A level of the topic that the feed makes a column of is what the record has there, as devices publish; the message leaves it out.

    Args:
        name: stands in the topic where the feed takes any, and the record has nothing.
        options: of the feed.
        base: the folder that relative paths start from.

    Raises:
        FeedUnavailable: the broker takes no connection.
    """

    def __init__(self, name: str, options: MqttOptions, base: Path) -> None:
        self._name, self._levels = name, options.topics[0].split("/")
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
        for each in [self._published(row) for row in rows(records)]:
            each.wait_for_publish(SECONDS)

    def _published(self, row: Row) -> MQTTMessageInfo:
        topic = "/".join(self._level(level, row) for level in self._levels)
        return self._client.publish(topic, json.dumps(row, ensure_ascii=False), qos=1)

    def _level(self, level: str, row: Row) -> str:
        """What stands for a level of the topic, taken out of the record where it is a column of it."""
        if level.startswith("{"):
            return _MEANT.sub("-", str(row.pop(level[1:-1], self._name)))
        return self._name if level in {"#", "+"} else level

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()
