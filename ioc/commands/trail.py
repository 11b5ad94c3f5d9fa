"""``ioc audit verify``, ``list``, ``export`` and ``forget``: the audit trail. They work beside a running server."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict

from ioc.access.settings import AccessSettings
from ioc.access.trail import COLUMNS, AuditTrail, Sought
from ioc.clock import SystemClock
from ioc.commands.tables import local
from ioc.config import Config

EVERY = 10**9


def trail(options: argparse.Namespace, config: Config) -> int:
    """Do what is asked for. Returns 0, or 1 when a line was changed or is missing."""
    found = AuditTrail(config.data, SystemClock())
    if options.what == "verify":
        return _verify(found, options.expect)
    if options.what == "forget":
        gone = found.forget((config.settings.access or AccessSettings()).audit)
        print(f"{gone:,} lines were older than they are kept.", file=sys.stderr)
        return 0
    rows = EVERY if options.what == "export" else 100
    lines = found.find(Sought(options.who, options.action, options.subject, rows=rows))
    if options.format == "json":
        print(json.dumps([asdict(each) for each in lines], ensure_ascii=False, indent=1))
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n", delimiter="," if options.what == "export" or options.format == "csv" else "\t")
        writer.writerow(COLUMNS)
        for each in lines:
            at = each.at if options.what == "export" else local(each.at, config.catalogue.zone)
            writer.writerow((asdict(each) | {"at": at}).values())
    return 0


def _verify(found: AuditTrail, expected: str | None) -> int:
    verdict = found.verify()
    print(verdict.last)
    if verdict.wrong is not None:
        print(f"Line {verdict.wrong:,} of the audit trail was changed, or is missing. Compare with a backup.", file=sys.stderr)
        return 1
    if expected and not found.knows(expected):
        print(f"The hash {expected} is not in the audit trail: lines at its end are missing. Compare with a backup.", file=sys.stderr)
        return 1
    print(
        f"{verdict.lines:,} lines, each as it was written. Note the hash elsewhere; --expect HASH looks for it later.",
        file=sys.stderr,
    )
    return 0
