"""``ioc feeds``: every feed at a glance, and what is done to one by hand."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ioc.access.viewer import Viewer
from ioc.api import json_values
from ioc.clock import SystemClock
from ioc.commands.ask import print_answer
from ioc.commands.deployment import load_config
from ioc.commands.ingest import print_tally
from ioc.config import Config
from ioc.deployed import connected, open_store, read_side, spans_of, target_of
from ioc.errors import BadQuestion, UnknownName
from ioc.intake.backfill import backfill
from ioc.intake.port import Feed, Spans
from ioc.intake.replay import replay
from ioc.store.backfill import Backfill, BackfillState
from ioc.store.feeds import backfilled, introduced
from ioc.store.receipts import Tally
from ioc.store.store import Store
from ioc.text.words import words
from ioc.views.gather import Gatherer
from ioc.views.values import day_from_words

_COLUMNS = (
    *("feed", "kind", "record", "health", "last_arrival", "last_event", "accepted", "duplicates", "rejected", "skipped"),
    *("expected_at", "expected_by"),
)


def feeds(options: argparse.Namespace) -> int:
    """Print every feed, or what each refused for secrecy; take a quarantine in again, or ask for days gone by."""
    if options.action == "list":
        return _list(options)
    return _secrets(options) if options.action == "secrets" else _again(options)


def _list(options: argparse.Namespace) -> int:
    config = load_config(options.config)
    with _read(config) as views:
        answer = json_values.feeds(views.feeds(Viewer("command line", "en")), config.catalogue.zone, words("en"))
    print_answer(answer, "feeds", _COLUMNS, options.format)
    return 0


def _secrets(options: argparse.Namespace) -> int:
    """Whoever can read the store on its machine is an administrator."""
    config = load_config(options.config)
    with _read(config) as views:
        found = views.secrets(Viewer("command line", "en", is_administrator=True))
    rows = [{"feed": feed, "day": day.isoformat(), "refused": refused} for feed, days in found.feeds.items() for day, refused in days]
    answer = {**json_values.stamp(found.stamp, config.catalogue.zone), "refused": rows}
    print_answer(answer, "refused", ("feed", "day", "refused"), options.format)
    return 0


@contextmanager
def _read(config: Config) -> Iterator[Gatherer]:
    store = open_store(config, SystemClock())
    try:
        yield read_side(config, store, connected(config))
    finally:
        store.close()


def _again(options: argparse.Namespace) -> int:
    """Returns 0, or 1 if anything was rejected, or it was ended before its end."""
    config = load_config(options.config)
    name = options.feed
    if name not in config.settings.feeds:
        raise UnknownName("feed", name, config.settings.feeds)
    asked = _asked(options)
    ended: Backfill | None = None
    store = open_store(config, SystemClock())
    try:
        if asked is None:
            tally = replay(store, target_of(config, name))
        else:
            ended, tally = _backfill(config, store, name, asked)
        print_tally(tally, store.version())
    finally:
        store.close()
    if ended and ended.message:
        print(words("en").sentence(ended.message), file=sys.stderr)
    return 1 if tally.rejected or (ended and ended.state is not BackfillState.DONE) else 0


def _asked(options: argparse.Namespace) -> Backfill | None:
    """The days that are asked for, or None when that is not what is to be done."""
    if options.action != "backfill":
        return None
    first, last = day_from_words(options.start), day_from_words(options.end)
    if first is None or last is None:
        raise BadQuestion("which_days")
    if first > last:
        raise BadQuestion("reversed", start=first, end=last)
    return Backfill(first, last)


def _backfill(config: Config, store: Store, name: str, asked: Backfill) -> tuple[Backfill, Tally]:
    """Ask for days gone by, with a line of progress; Ctrl-C ends it in order, and what has come stays."""
    feed, spans, target = connected(config)[name], spans_of(config.settings.feeds[name]), target_of(config, name)
    if not isinstance(feed, Feed) or spans is Spans.NONE:
        raise BadQuestion("no_spans", feed=name)
    stopping = threading.Event()
    before = {kind: signal.signal(kind, lambda *_: stopping.set()) for kind in (signal.SIGTERM, signal.SIGINT)}

    def tell(now: Backfill) -> None:
        store.write(backfilled(name, now))
        end = "\r" if sys.stderr.isatty() else "\n"
        print(f"{now.done} of {now.days} days, {now.records + now.part} records", end=end, file=sys.stderr, flush=True)

    store.write(introduced(name, target.record, store.clock.now()))
    tell(asked)
    try:
        ended, tally = backfill(store, target, feed, spans, asked, stopping, tell)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    tell(ended)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return ended, tally
