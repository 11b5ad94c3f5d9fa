"""``ioc user``: accounts. It works beside a running server, for which every change counts at once."""

from __future__ import annotations

import argparse
import sys
from zoneinfo import ZoneInfo

from ioc.access.accounts import Accounts, open_ledger
from ioc.access.hashing import new_secret
from ioc.access.proving import SecondFactor
from ioc.access.settings import AccessSettings
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.tables import local
from ioc.config import Config
from ioc.errors import Refusal, UnknownName

FIRST_LETTERS = 16
BY = Viewer("command line")


def user(options: argparse.Namespace) -> int:
    """Do what is asked for. A first password is printed once, and kept as a hash alone."""
    config, clock = load_config(options.config), SystemClock()
    access, now = config.settings.access or AccessSettings(), clock.now()
    known, trail = Accounts(open_ledger(config.data), access.passwords.shortest), AuditTrail(config.data, clock)
    if options.action == "list":
        return _list(known, config.catalogue.zone)
    detail: dict[str, object] = {}
    if options.action in {"add", "role"}:
        _check(options, config, access)
        detail = {"role": options.role, "unit": options.unit}
    if options.action == "add":
        first = new_secret()[:FIRST_LETTERS]
        known.add(options.name, options.role, options.unit, first, now, label=options.label)
        _tell(first)
        if config.settings.access is None:
            print("Nobody has to sign in yet: config.yaml has no “access”.", file=sys.stderr)
    elif options.action == "role":
        known.set_role(options.name, options.role, options.unit)
    elif options.action == "reset":
        first = new_secret()[:FIRST_LETTERS]
        known.change(options.name, first, now, must_change=True)
        SecondFactor(known).end(options.name.strip().lower())
        _tell(first)
    else:
        known.disable(options.name, now if options.action == "disable" else None)
    trail.note(BY, f"account.{options.action}", options.name.strip().lower(), detail or "")
    return 0


def _check(options: argparse.Namespace, config: Config, access: AccessSettings) -> None:
    roles, units = access.all_roles(), config.catalogue.units
    if options.role not in roles:
        raise UnknownName("role", options.role, roles)
    if options.unit and options.unit not in units:
        raise UnknownName("unit", options.unit, units)
    if roles[options.role].scope == "own" and not options.unit:
        raise Refusal("account_unit")


def _tell(first: str) -> None:
    print(first)
    print("It is not told again, and is to be changed at the first sign-in.", file=sys.stderr)


def _list(known: Accounts, zone: ZoneInfo) -> int:
    for each in known.all():
        seen = local(each.seen_at, zone) or "never"
        state = f"disabled {local(each.disabled_at, zone)}" if each.disabled_at else "in force"
        second = "second factor" if each.second else "password alone"
        print("\t".join([each.name, each.role, each.unit or "-", each.source, second, f"seen {seen}", state]))
    return 0
