"""``ioc simulate``: the demonstration ministry as real systems are: files, posts, messages, a table, an address."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta

from data_sources.demo.ministry import DemoMinistry
from data_sources.registry import KINDS
from data_sources.senders.sender import Sender, sender
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.simulation import can_simulate
from ioc.config import Config
from ioc.errors import IocError
from ioc.views.values import moment_from_words

SECONDS_BETWEEN = 1.0
# At such a rate there is no pause between the lots.
CATCHING_UP = 3600


def simulate(options: argparse.Namespace) -> int:
    """Send what happens in the ministry through the feeds that are marked ``simulated``, until the end or a signal. Returns 0."""
    config = load_config(options.config)
    zone, clock = config.catalogue.zone, SystemClock()
    now = clock.now()
    start = moment_from_words(options.start, zone) or now
    end = moment_from_words(options.until, zone)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    server = config.settings.server
    address = options.address or f"http://{server.host}:{server.port}"
    senders = _senders(config, address, stopping)
    ministry = DemoMinistry(config.catalogue, options.seed, now)
    sent: Counter[str] = Counter(dict.fromkeys(senders, 0))
    try:
        since = min(start, now)
        while not stopping.is_set() and (end is None or since < end):
            until = min(since + timedelta(seconds=SECONDS_BETWEEN * options.rate), clock.now(), *([end] if end else []))
            for feed, (record, door) in senders.items():
                if until > since and (changes := ministry.changes(record, since, until)).num_rows:
                    door.send(changes)
                    sent[feed] += changes.num_rows
            since = max(since, until)
            _tell(sent, since)
            stopping.wait(SECONDS_BETWEEN if options.rate < CATCHING_UP else 0)
        stopping.wait(options.linger)  # what is offered at an address has to be fetched yet
    finally:
        for _, door in senders.values():
            door.close()
    print(json.dumps({"sent": dict(sent), "until": since.astimezone(zone).isoformat()}))
    return 0


def _senders(config: Config, address: str, stopping: threading.Event) -> dict[str, tuple[str, Sender]]:
    """By feed, its record type and its source."""
    if not can_simulate(config.catalogue):
        raise IocError("The demonstration plays the ministry of the catalogue “moha”; this deployment has another one.")
    found = {}
    for feed, settings in config.settings.feeds.items():
        if not settings.simulated:
            continue
        door = sender(feed, KINDS[settings.kind].options.model_validate(settings.options), config.base, address, stopping)
        if door is None:
            print(f"Nobody plays the source of feed “{feed}” of kind “{settings.kind}”.", file=sys.stderr)
        else:
            found[feed] = settings.record, door
    if not found:
        raise IocError("No feed is marked “simulated: true”.", "Mark those of config.yaml whose source is to be played.")
    return found


def _tell(sent: Counter[str], until: datetime) -> None:
    if sys.stderr.isatty():
        print(f"\r{until:%Y-%m-%d %H:%M:%S} {sum(sent.values()):,} records", end="", file=sys.stderr, flush=True)
