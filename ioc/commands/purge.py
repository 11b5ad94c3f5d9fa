"""``ioc purge``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.clock import SystemClock
from ioc.commands.deployment import account, as_its_owner, load_config
from ioc.deployed import open_store
from ioc.errors import IocError
from ioc.indicators.purge import Report, foreseen
from ioc.indicators.purge import purge as remove
from ioc.store.purge import Due


def purge(options: argparse.Namespace) -> int:
    """Tell what is due to be removed, and remove it if told to. Returns 0."""
    config, clock = load_config(options.config), SystemClock()
    as_its_owner(config)
    retention = config.settings.retention
    if not retention:
        raise IocError("config.yaml says of no record type how long it is kept.", "Say it: retention: {TYPE: {months: 120, rule: …}}.")
    store = open_store(config, clock)
    try:
        report = remove(store, retention) if options.remove else foreseen(store, retention)
    finally:
        store.close()
    trail, viewer = AuditTrail(config.data, clock), Viewer(account(os.geteuid()))
    for each in report.purges:
        said = {"records": each.records, "versions": each.versions, "before": each.before, "rule": each.rule["vi"], "purge": each.number}
        trail.note(viewer, "purge", each.record, said)
    if options.format == "json":
        print(json.dumps(asdict(report), ensure_ascii=False, default=str, indent=1))
    else:
        for due in report.due:
            _print(due, done=options.remove)
    _sum_up(report, done=options.remove)
    return 0


def _print(due: Due, *, done: bool) -> None:
    print(f"{due.record}: {due.records:,} records ({due.versions:,} versions) before {due.before} {'removed' if done else 'are due'}")
    for month, count in due.months:
        print(f"  {month:%Y-%m}: {count:,}")
    for hold, count in due.held:
        print(f"  {count:,} stay: {hold}")
    print(f"  fields that go: {', '.join(due.removed)}; that stay, for numbers: {', '.join(due.kept)}")
    if due.quarantined or due.entries:
        print(f"  {due.quarantined:,} lines of quarantine lose what they say, {due.entries:,} forms that were decided on go")


def _sum_up(report: Report, *, done: bool) -> None:
    if done:
        print(f"{report.compared:,} numbers compared before and after: all the same. Written into the audit trail.", file=sys.stderr)
    else:
        print("Nothing was changed. Make a backup, then: ioc purge --remove", file=sys.stderr)
