"""``ioc audit``."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict

from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.trail import trail
from ioc.deployed import open_store
from ioc.indicators.audit import audit as recompute
from ioc.indicators.audit import cubes_named, mend
from ioc.store.audit import Report

_COLUMNS = ("record", "kept_in", "at", "of", "kept", "anew")


def audit(options: argparse.Namespace) -> int:
    """Recompute every number from the records, and print those that differ; mend them if asked to. Returns 0, or 1 if any differs still."""
    config = load_config(options.config)
    if options.what != "numbers":
        return trail(options, config)
    store = open_store(config, SystemClock())
    try:
        report = recompute(store, _progress)
        assert report is not None, "nothing ends it early"
        _print(report, options.format)
        _sum_up(report)
        if options.mend and (cubes := cubes_named(store, report)):
            print(f"counting anew from the records: {', '.join(sorted(cubes))}", file=sys.stderr)
            report = mend(store, report, _progress)
            _sum_up(report)
    finally:
        store.close()
    if options.mend and report.differing:
        print("What differs still is no sum of records; bring the store back from a backup, or the feed anew.", file=sys.stderr)
    return 1 if report.differing else 0


def _sum_up(report: Report) -> None:
    differ = f"{report.differing:,} differ" if report.differing else "all as the records give"
    print(f"data version {report.version}: {report.compared:,} versions, cells and values compared, {differ}", file=sys.stderr)


def _progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{share:.0%}", end="\n" if share == 1 else "", file=sys.stderr, flush=True)


def _print(report: Report, form: str) -> None:
    if form == "json":
        named = [asdict(each) | {"at": dict(each.at)} for each in report.named]
        counts = {"version": report.version, "compared": report.compared, "differing": report.differing}
        print(json.dumps(counts | {"named": named}, ensure_ascii=False, indent=1))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([each.record, each.kept_in, dict(each.at), each.of, each.kept, each.anew] for each in report.named)
    else:
        for each in report.named:
            print(each)
