"""What has changed in configuration and catalogue since the last start, written into the audit trail: goals, calendar, feeds, roles.

They are files, which anybody who runs the product may edit; so it is looked at each start what they say now and said before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ioc.access.keyring import Keyring
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.atomic_files import replace_file

FILE = "configured.json"
BY = Viewer("configuration")
# So many changes have a line each; of more it is told how many.
MOST = 300


def note_changes(trail: AuditTrail, folder: Path, said: Mapping[str, Mapping[str, Any]]) -> int:
    """Write down what is otherwise than at the last start.

    Args:
        trail: where it is written.
        folder: where data live, and what was said last is remembered: digests under the installation's key.
        said: ``config`` and ``catalogue``, each as plain values.

    Returns:
        How many parts have changed.

    Raises:
        StoreError: it cannot be written.
    """
    keyring, path = Keyring(folder), folder / FILE
    now = {name: keyring.digest(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)) for name, value in _parts(said)}
    before = _said_before(path)
    if now == before:
        return 0
    if before is None:
        trail.note(BY, "configuration.begin", "", {"parts": len(now)})
    changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name)) if before is not None else []
    for name in changed[:MOST]:
        how = "change" if name in now and before and name in before else "add" if name in now else "remove"
        trail.note(BY, f"configuration.{how}", name)
    if len(changed) > MOST:
        trail.note(BY, "configuration.change", "", {"more": len(changed) - MOST})
    replace_file(path, json.dumps(now, indent=0, sort_keys=True))
    return len(changed)


def _said_before(path: Path) -> dict[str, str] | None:
    """What was said when it last began; None the first time, and where its file cannot be understood."""
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def _parts(said: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Every part that is told by itself: ``catalogue.goals.NAME``, ``config.feeds.NAME``, ``config.server``."""
    for whole, sections in said.items():
        for section, value in sections.items():
            named = isinstance(value, Mapping) and all(isinstance(each, Mapping) for each in value.values())
            if named and value:
                yield from ((f"{whole}.{section}.{name}", each) for name, each in value.items())
            elif value:
                yield f"{whole}.{section}", value
