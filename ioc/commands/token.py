"""``ioc token``: what lets in machines. It works beside a running server, for which every change counts at once."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import timedelta

from ioc.access.accounts import open_ledger
from ioc.access.settings import AccessSettings
from ioc.access.tokens import Token, Tokens
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.tables import local
from ioc.config import Config
from ioc.errors import UnknownName

BY = Viewer("command line")
HOW = {
    "wall": "Open once on the device: /wall/PLAYLIST?token={secret}",
    "feed": "Send it with each delivery: Authorization: Bearer …",
    "read": "Send it with each question: Authorization: Bearer …",
}


def token(options: argparse.Namespace) -> int:
    """Do what is asked for. A secret is printed once, and kept as a hash alone."""
    config, clock = load_config(options.config), SystemClock()
    known, now = Tokens(open_ledger(config.data)), clock.now()
    if options.action == "list":
        for each in known.all(getattr(options, "kind", None)):
            issued, ends, revoked = (local(at, config.catalogue.zone) for at in (each.made_at, each.ends_at, each.revoked_at))
            state = f"revoked {revoked}" if revoked else f"ends {ends}" if ends else "in force"
            print("\t".join([each.kind, each.name, ",".join(each.bound_to) or "all", each.role or "-", f"made {issued}", state]))
        return 0
    trail = AuditTrail(config.data, clock)
    if options.action == "revoke":
        known.revoke(options.name, now, options.kind)
        trail.note(BY, "token.revoke", options.name)
        return 0
    made = replace(_made(options, config), ends_at=(now + timedelta(days=options.days)).isoformat() if options.days else None)
    secret = known.issue(made, now)
    trail.note(BY, "token.create", f"{made.kind} {made.name}", {"for": made.bound_to, "role": made.role, "days": options.days})
    print(secret)
    print(f"{HOW[options.kind].format(secret=secret)}\nIt is not told again.", file=sys.stderr)
    return 0


def _made(options: argparse.Namespace, config: Config) -> Token:
    bound_to = tuple(filter(None, options.bound_to.split(",")))
    known, kind = (config.settings.feeds, "feed") if options.kind == "feed" else (config.settings.playlists, "playlist")
    for name in bound_to:
        if name not in known:
            raise UnknownName(kind, name, known)
    role, roles = options.role or ("leader" if options.kind == "read" else None), (config.settings.access or AccessSettings()).all_roles()
    if role and role not in roles:
        raise UnknownName("role", role, roles)
    if options.unit and options.unit not in config.catalogue.units:
        raise UnknownName("unit", options.unit, config.catalogue.units)
    return Token("", options.kind, options.name, bound_to, role, options.unit, BY.name)
