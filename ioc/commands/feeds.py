"""``ioc feeds``: what is done to a feed by hand."""

from __future__ import annotations

import argparse

from ioc.app import open_store, target_of
from ioc.clock import SystemClock
from ioc.commands.ingest import print_tally
from ioc.commands.setting import load_config
from ioc.errors import UnknownName
from ioc.intake.replay import replay


def feeds(options: argparse.Namespace) -> int:
    """Take what lies in a feed's quarantine in again. Returns 0, or 1 if anything is still rejected."""
    config = load_config(options.config)
    if options.feed not in config.settings.feeds:
        raise UnknownName("feed", options.feed, config.settings.feeds)
    store = open_store(config, SystemClock())
    try:
        tally = replay(store, target_of(config, options.feed))
        print_tally(tally, store.version())
    finally:
        store.close()
    return 1 if tally.rejected else 0
