"""``ioc ingest``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from data_sources.file import from_paths
from data_sources.registry import KINDS
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.deployed import open_store, target_of
from ioc.errors import IocError, UnknownName, joined
from ioc.intake.ingest import Outcome, take_in
from ioc.store.findings import findings
from ioc.store.receipts import Tally
from ioc.store.runs import rejections
from ioc.store.store import Store
from ioc.text.words import words


def ingest(config_path: Path, feed: str, paths: Sequence[str]) -> int:
    """Take files in through a feed's mapping. Returns 0, or 1 if anything was rejected or could not be read."""
    config = load_config(config_path)
    if feed not in config.settings.feeds:
        raise UnknownName("feed", feed, config.settings.feeds)
    settings = config.settings.feeds[feed]
    kind = KINDS[settings.kind]
    if kind.files is None:
        able = joined("{one} or {other}", [f"“{name}”" for name, each in KINDS.items() if each.files])
        raise IocError(
            "Feed “{feed}” is of kind “{kind}”; files go in through a feed of kind {able}.", feed=feed, kind=settings.kind, able=able
        )
    options = kind.files(kind.options.model_validate(settings.options))
    target = target_of(config, feed)
    store = open_store(config, SystemClock())
    try:
        try:
            outcome = take_in(store, target, from_paths(options, paths, sys.stdin.buffer).deliveries(), _progress)
        except IocError:  # the last line counts, also where nothing could be read
            print_tally(Tally(), store.version())
            raise
        version = store.version()
        _explain(store, feed, outcome)
    finally:
        store.close()
    tally = outcome.tally
    print_tally(tally, version)
    return 1 if tally.rejected or outcome.faults else 0


def print_tally(tally: Tally, version: int) -> None:
    """What became of rows, as one line of JSON."""
    counts = dict(zip(("accepted", "duplicates", "rejected", "secret", "skipped"), tally.values(), strict=True))
    print(json.dumps(counts | {"version": version}))


def _progress(name: str, tally: Tally) -> None:
    if sys.stderr.isatty():
        print(f"\r{name}: {sum(tally.values()):,} rows", end="", file=sys.stderr, flush=True)


def _explain(store: Store, feed: str, outcome: Outcome) -> None:
    """Say what was not taken in, and why; and in what the deliveries differ from the usual."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    english = words("en")
    with store.read() as snapshot:
        for reason in rejections(snapshot, outcome.runs) if outcome.tally.rejected else ():
            print(reason, file=sys.stderr)
        standing = [each for each in findings(snapshot, feed) if each.last_run in outcome.runs and each.ended_at is None]
    for each in standing:
        told = english.finding(each.kind, each.column, each.usual, each.found)
        print(f"{told} {english('finding.held')}" if each.held else told, file=sys.stderr)
