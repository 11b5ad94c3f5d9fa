"""What the data folder holds: the store, the ledgers, backups, and what restores have left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ioc.backup.taking import BEFORE
from ioc.doctor.finding import Finding, look, mend, well
from ioc.ledger import fault_of

# A backup that is so much later than it was due has been missed.
LATE = timedelta(hours=6)
State = Mapping[str, Any]


def store(state: State) -> Iterator[Finding]:
    """How the store is, as whoever has it open says."""
    if state.get("fault"):
        yield mend("store_fault", fault=state["fault"], backup=state.get("backup") or "–")
        return
    yield well("store", version=state["version"], at=state["committed_at"])
    for fault in state["faults"]:
        yield mend("not_ready", fault=fault)


def feeds(states: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """How each feed is."""
    for name, state in states.items():
        if state["paused"]:
            yield look("feed_paused", feed=name)
        elif state["failures"]:
            yield mend("feed_fails", feed=name, count=state["failures"], fault=state["message"] or "–")
        else:
            yield well("feed", feed=name, at=state["last_arrival"] or "–")


def ledgers(data: Path) -> Iterator[Finding]:
    """Whether each ledger is whole."""
    for path in sorted(data.glob("*.sqlite")):
        fault = fault_of(path)
        yield mend("ledger_fault", path=path, fault=fault) if fault else well("ledger", path=path)


def backups(last: datetime | None, due: bool, configured: bool, now: datetime) -> Iterator[Finding]:
    """Whether there is a backup, and whether the last one was made when it should have been."""
    if not configured:
        yield look("backup_none")
    elif last is None:
        yield look("backup_never")
    elif due:
        yield mend("backup_late", at=f"{last:%Y-%m-%d %H:%M}")
    else:
        yield well("backup", at=f"{last:%Y-%m-%d %H:%M}", hours=round((now - last).total_seconds() / 3600))


def verified(last: datetime | None, verified: datetime | None, now: datetime) -> Iterator[Finding]:
    """Whether the last backup has been verified, once there was time for it."""
    if last is not None and last != verified and now - last > LATE:
        yield mend("backup_unverified", at=f"{last:%Y-%m-%d %H:%M}", verified=f"{verified:%Y-%m-%d %H:%M}" if verified else "–")


def leftovers(data: Path) -> Iterator[Finding]:
    """What stood before restores, which takes room."""
    for folder in sorted(data.glob(f"{BEFORE}*")):
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        yield look("before_restore", folder=folder, size=f"{size / 2**20:,.0f}")
