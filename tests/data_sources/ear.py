"""Listens to a broker as the intake does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data_sources.mqtt import feed as mqtt
from data_sources.mqtt.options import MqttOptions
from ioc.errors import IocError
from ioc.intake.port import Batch, Occasion
from ioc.intake.read_ahead import read_ahead
from tests.data_sources.broker import Broker


def options(broker: Broker, **changes: Any) -> MqttOptions:
    return MqttOptions.model_validate(
        {"host": "127.0.0.1", "port": broker.port, "topics": ["cards/{device}/status"], "client_id": "ioc"} | changes
    )


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
