"""``ioc devices``: which devices may show walls without a person's sign-in."""

from __future__ import annotations

import argparse
import sys

from ioc.access.devices import Devices
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config


def devices(options: argparse.Namespace) -> int:
    """Issue a device's token, revoke it, or print all. A running server sees it within seconds."""
    known, now = Devices(load_config(options.config).data), SystemClock().now()
    if options.action == "issue":
        token = known.issue(options.device, now)
        print(token)
        print(f"Open once on the device: /wall/PLAYLIST?token={token}\nIt is not told again.", file=sys.stderr)
    elif options.action == "revoke":
        known.revoke(options.device, now)
    else:
        for each in known.all():
            print(f"{each.name}\tissued {each.made_at}\t{f'revoked {each.revoked_at}' if each.revoked_at else 'in force'}")
    return 0
