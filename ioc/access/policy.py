"""What a viewer may see and do: rules by address, asked at the edge and wherever a page is drawn, and a few questions more.

The rules are one table. An address that none of them names is a page of figures when it is read, and for administrators alone otherwise.
"""

from __future__ import annotations

import re

from ioc.access.viewer import Viewer

# What needs no permission: for everybody; and for whoever is signed in.
ANYBODY, SIGNED_IN = "anybody", "signed_in"
NOBODY_ELSE = "everything"
READS = frozenset({"GET", "HEAD", "OPTIONS"})

# Methods (R reads, W writes, * both), addresses, and what is needed. The first that fits counts.
RULES: tuple[tuple[str, str, str], ...] = (
    ("*", r"/healthz|/readyz|/favicon\.ico|/robots\.txt", ANYBODY),
    ("R", r"/assets/.*|/_dash-component-suites/.*|/_favicon\.ico", ANYBODY),
    ("*", r"/login(/.*)?|/logout", ANYBODY),
    ("*", r"/verify(/.*)?", ANYBODY),
    ("*", r"/account(/.*)?|/logout/.*", SIGNED_IN),
    ("W", r"/api/v1/feeds/[^/]+/records", ANYBODY),  # the door of the feed asks for a token of its own
    ("R", r"/metrics", "operations"),
    ("R", r"/records(/.*)?|/api/v1/records(/.*)?", "records"),
    ("R", r"/feeds(/.*)?|/api/v1/feeds(/.*)?", "feeds"),
    ("W", r"/api/v1/feeds/.*", "operate_feeds"),
    ("*", r"/forms(/.*)?", ANYBODY),  # a form asks by itself who types, and shows nothing before
    ("*", r"/snapshots(/.*)?|/api/v1/snapshots(/.*)?|/reports?(/.*)?", "exports"),
    ("W", r"/notes(/.*)?|/api/v1/notes(/.*)?", "notes"),
    ("W", r"/alerts(/.*)?|/api/v1/alerts(/.*)?", "notes"),
    ("W", r"/views(/.*)?", "figures"),
    ("*", r"/admin/secrets", "secrets"),
    ("*", r"/admin/(screens|playlists)/.*", "screens"),
    ("*", r"/admin/screens|/admin/pictures", "control_walls"),
    ("*", r"/admin/audit(\.csv|/.*)?", "audit"),
    ("*", r"/admin(/.*)?", "accounts"),
    ("R", r"/wall(/.*)?", "walls"),
    ("R", r"/live(/seen)?", "figures"),
    ("*", r"/_dash-update-component|/_dash-layout|/_dash-dependencies|/_reload-hash", "figures"),  # which page it is about is asked again
    ("R", r".*", "figures"),
    ("*", r".*", NOBODY_ELSE),
)
_COMPILED = tuple((methods, re.compile(pattern), needed) for methods, pattern, needed in RULES)
# Views of these addresses are written into the audit trail.
_VIEWED = re.compile(r"/(?:api/v1/)?records/(.+)")

# What changes something and is answered well is written there as what, and about what; what is written elsewhere is not named here.
_CHANGES = tuple(
    (re.compile(pattern), action, subject)
    for pattern, action, subject in (
        (r"/api/v1/feeds/([^/]+)/(run|pause|resume|replay|backfill|cancel)", r"feed.\2", r"\1"),
        (r"/admin/screens", "wall.control", "walls"),
        (r"/admin/screens/([^/]+)", "screen.save", r"\1"),
        (r"/admin/screens/([^/]+)/(restore|give_up)", r"screen.\2", r"\1"),
        (r"/admin/playlists/([^/]+)", "playlist.save", r"\1"),
        (r"/admin/playlists/([^/]+)/(restore|give_up)", r"playlist.\2", r"\1"),
        (r"/api/v1/snapshots", "export", ""),
    )
)


def changed(method: str, path: str) -> tuple[str, str] | None:
    """What a request that is answered well has changed, and of what, as the audit trail names them; None for all else."""
    for pattern, action, subject in _CHANGES if method not in READS else ():
        if found := pattern.fullmatch(path):
            return found.expand(action), found.expand(subject)
    return None


def needed(method: str, path: str) -> str:
    """What an address asks for."""
    kind = "R" if method in READS else "W"
    return next(rule for methods, pattern, rule in _COMPILED if methods in {kind, "*"} and pattern.fullmatch(path))


def may_open(viewer: Viewer | None, method: str, path: str) -> bool:
    """Whether somebody may have an address answered; None is somebody unknown."""
    asked = needed(method, path)
    if asked == ANYBODY:
        return True
    if viewer is None:
        return False
    return asked == SIGNED_IN or viewer.may(asked)


def viewed(path: str) -> str | None:
    """The records that an address shows, as the audit trail names them; None when it shows none."""
    found = _VIEWED.fullmatch(path)
    return found[1] if found else None


def may_see_secrets(viewer: Viewer) -> bool:
    """Whether a viewer may see how many records were refused for secrecy; the records themselves are kept nowhere."""
    return viewer.may("secrets")


def may_see_refused_rows(viewer: Viewer) -> bool:
    """Whether a viewer may see what stood in rows that were refused: whose they are nobody knows, so that no scope can be asked for."""
    return viewer.scope is None and viewer.may("quarantine")


def may_arrange_screens(viewer: Viewer) -> bool:
    """Whether a viewer may see the editor of screens, and save what it has arranged."""
    return viewer.may("screens")


def may_control_walls(viewer: Viewer) -> bool:
    """Whether a viewer may see which walls are connected and what they show, and tell them what to do."""
    return viewer.may("control_walls")
