"""``ioc feeds``: every feed at a glance, and what is done to one by hand."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from data_sources.registry import KINDS
from ioc.access.viewer import Viewer
from ioc.api import plain
from ioc.app import connected, open_store, read_side, target_of
from ioc.clock import SystemClock
from ioc.commands.ask import print_answer
from ioc.commands.ingest import print_tally
from ioc.commands.setting import load_config
from ioc.errors import BadQuestion, IocError, UnknownName
from ioc.intake.ingest import take_in
from ioc.intake.port import Feed, Occasion
from ioc.intake.replay import replay
from ioc.text.words import words
from ioc.views.values import day_from_words

_COLUMNS = ("feed", "kind", "record", "health", "last_arrival", "last_event", "accepted", "duplicates", "rejected", "skipped", "next_run")


def feeds(options: argparse.Namespace) -> int:
    """Print every feed, take what lies in a feed's quarantine in again, or ask it for days gone by."""
    return _list(options) if options.action == "list" else _again(options)


def _list(options: argparse.Namespace) -> int:
    config = load_config(options.config)
    store = open_store(config, SystemClock())
    try:
        view, zone = read_side(config, store, connected(config)).feeds(Viewer("command line", "en")), config.catalogue.zone
    finally:
        store.close()
    answer = plain.feeds(view, zone, words("en"))
    print_answer(answer, "feeds", _COLUMNS, options.format)
    return 0


def _again(options: argparse.Namespace) -> int:
    """Returns 0, or 1 if anything was rejected."""
    config = load_config(options.config)
    name = options.feed
    if name not in config.settings.feeds:
        raise UnknownName("feed", name, config.settings.feeds)
    target, span = target_of(config, name), _span(options)
    faults: tuple[IocError, ...] = ()
    store = open_store(config, SystemClock())
    try:
        if span is None:
            tally = replay(store, target)
        else:
            feed = connected(config)[name]
            if not isinstance(feed, Feed) or not KINDS[config.settings.feeds[name].kind].spans:
                raise BadQuestion("no_spans", feed=name)
            outcome = take_in(store, target, feed.deliveries(Occasion(span=span)), gently=True)
            tally, faults = outcome.tally, outcome.faults
        print_tally(tally, store.version())
    finally:
        store.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if tally.rejected or faults else 0


def _span(options: argparse.Namespace) -> tuple[date, date] | None:
    """The days that are asked for, or None when that is not what is to be done."""
    if options.action != "backfill":
        return None
    first, last = day_from_words(options.start), day_from_words(options.end)
    if first is None or last is None:
        raise BadQuestion("which_days")
    if first > last:
        raise BadQuestion("reversed", start=first, end=last)
    return first, last
