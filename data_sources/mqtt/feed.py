"""Feeds of kind `mqtt`: what a broker sends, in small batches, an hour of them a delivery.

A message is acknowledged when its batch is on disk, so that what was lost with this program or its disk is sent again. What is sent
again keeps the time at which it first came, by which it is known to be the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from data_sources.mqtt import faults
from data_sources.mqtt.inbox import Message
from data_sources.mqtt.link import PATIENCE, Link
from data_sources.mqtt.options import MqttOptions
from data_sources.mqtt.payloads import Rows
from ioc.clock import Clock, SystemClock
from ioc.intake.port import Batch, Delivery, Feed, Occasion

# A batch closes with this many messages, after this many seconds, or when for so long nothing has come.
MOST_MESSAGES, WINDOW, LULL = 2000, 0.1, 0.02
# A delivery is what came in so many seconds.
DELIVERY = 3600.0
# How long it may take until a broker has heard an acknowledgement that was sent to it.
HEARD = timedelta(minutes=5)
_IDLE = 0.2


def connect(options: MqttOptions, base: Path) -> Feed:
    """The feed of a broker's topics."""
    return _MqttFeed(options, base, SystemClock())


@dataclass(frozen=True)
class _MqttFeed:
    options: MqttOptions
    base: Path
    clock: Clock

    def deliveries(self, occasion: Occasion | None = None) -> Iterator[Delivery]:
        """What comes until it should come to its end, see `Feed`."""
        occasion = occasion or Occasion()
        memory = _Memory.of(self.options, occasion.position)
        with closing(Link(self.options, self.base, self.clock, memory.filters)) as link:
            link.open()
            listener = _Listener(self.options, link, occasion, memory)
            while not occasion.stopping.is_set():
                if listener.wait():
                    yield Delivery(listener.name(), None, listener.batches(), endless=True)


@dataclass
class _Memory:
    """What was heard from, and when the last messages came, by the number under which the broker may send each once more: the position.

    A number that is used again shows that the broker has heard its acknowledgement.
    """

    options: MqttOptions
    is_empty: bool = True
    filters: Sequence[str] = ()
    kept: dict[int, tuple[str, str]] = field(default_factory=dict)

    @staticmethod
    def of(options: MqttOptions, position: str | None) -> _Memory:
        found = json.loads(position) if position else {}
        if found.get("client_id") != options.client_id:
            return _Memory(options)
        return _Memory(options, False, found["filters"], {number: (digest, at) for number, digest, at in found["last"]})

    def recognised(self, message: Message) -> Message:
        """The message, with the time at which it first came."""
        digest, at = self.kept.get(message.number, ("", ""))
        if message.repeated and digest == _digest(message):
            return replace(message, received=datetime.fromisoformat(at))
        return message

    def with_also(self, messages: Sequence[Message], most: int) -> str:
        """The position when these are kept too."""
        for message in messages:
            if message.number:
                self.kept.pop(message.number, None)
                self.kept[message.number] = _digest(message), message.received.isoformat()
        heard = (messages[-1].received - HEARD).isoformat()
        last = [(number, digest, at) for number, (digest, at) in self.kept.items() if at >= heard][-most:]
        self.kept = {number: (digest, at) for number, digest, at in last}
        filters = [pattern.filter for pattern in self.options.patterns()]
        return json.dumps({"client_id": self.options.client_id, "filters": filters, "last": last})


def _digest(message: Message) -> str:
    return hashlib.blake2b(f"{message.topic}\0".encode() + (message.payload or b""), digest_size=8).hexdigest()


@dataclass
class _Listener:
    options: MqttOptions
    link: Link
    occasion: Occasion
    memory: _Memory
    since: float = field(default_factory=time.monotonic)
    is_well: bool = False

    def wait(self) -> bool:
        """Whether there is a message, after a short while at most. Raises what is wrong with the connection."""
        found = self.link.inbox.wait(_IDLE)
        if not self.is_well and self.link.subscribed.is_set():
            self.is_well = True
            self.occasion.well()
        if not self.is_well and not found and time.monotonic() > self.since + PATIENCE:
            raise faults.silent(self.options.address, subscribing=True)
        return found

    def name(self) -> str:
        """What a delivery that begins now is called; also tells what nobody can bring back."""
        name = f"{self.options.address} ({', '.join(self.options.topics)})"
        if self.link.resumed or self.memory.is_empty:
            return name
        lost = "the broker had forgotten this subscriber; what was published meanwhile is lost"
        logging.getLogger(__name__).warning("%s: %s", self.options.address, lost)
        self.memory.is_empty = True  # told once
        return f"{name}: {lost}"

    def batches(self) -> Iterator[Batch]:
        """The batches of one delivery."""
        end = time.monotonic() + DELIVERY
        row = 1
        while not self.occasion.stopping.is_set() and time.monotonic() < end:
            if not self.wait():
                continue
            messages = deque(self.link.inbox.gather(self._most(), WINDOW, LULL))
            while messages:
                batch, row = self._batch(messages, row)
                yield batch

    def _batch(self, messages: deque[Message], row: int) -> tuple[Batch, int]:
        """A batch of the first of some messages, of all unless it would become too wide; and the next row's number."""
        rows, taken = Rows(self.options.patterns(), row), list[Message]()
        while messages and not rows.is_wide:
            taken.append(self.memory.recognised(messages.popleft()))
            rows.add(taken[-1], self.options.payload)
        piece = rows.piece()
        batch = Batch(
            piece.table,
            rows=pa.array(piece.rows),
            broken=tuple(piece.broken),
            # The acknowledgements of this batch and of the one before may not have been heard when all ends.
            position=self.memory.with_also(taken, 2 * self._most()),
            kept=lambda: self.link.acknowledge(taken),
        )
        return batch, rows.first

    def _most(self) -> int:
        return min(MOST_MESSAGES, self.options.in_flight)
