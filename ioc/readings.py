"""The figures of a running deployment that are read when somebody asks how it is doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioc.intake.conductor import Conductor
from ioc.intake.group_writer import GroupWriter
from ioc.live import Bus
from ioc.metrics import Reading
from ioc.store.database import log_of
from ioc.store.freshness import feeds
from ioc.store.store import Store
from ioc.views.alerts import AlertsDesk
from ioc.views.cache import ViewCache

# What a command asks by the control socket.
STATE = "state"


def readings(
    store: Store, writer: GroupWriter, bus: Bus, cache: ViewCache, last_backup: Callable[[], datetime | None], alerts: AlertsDesk
) -> Callable[[], Iterator[Reading]]:
    """What tells them."""

    def read() -> Iterator[Reading]:
        now = store.clock.now()
        yield from _feeds(store, now)
        with store.read() as snapshot:
            yield Reading("data_version", "The data version.", snapshot.version)
            yield Reading("data_age_seconds", "Seconds since the last commit.", (now - snapshot.committed_at).total_seconds())
            yield Reading("store_fault", "1 while the store cannot be written.", float(snapshot.fault is not None))
        for name, path in (("file", store.database.path), ("log", log_of(store.database.path))):
            yield Reading("store_bytes", "Size of the store's file, and of its log.", _size(path), (("of", name),))
        yield Reading("store_recounting", "The share that is counted while numbers are counted anew; 1 else.", _share(store))
        yield Reading("queue_rows", "Rows that were brought and are not written yet.", writer.waiting)
        yield Reading("walls", "Connected walls.", sum(not wall.is_gone for wall in bus.walls().walls))
        for outcome, count in (("hit", cache.hits), ("miss", cache.misses)):
            yield Reading("cache_lookups", "Answers asked of the cache, since the start.", count, (("outcome", outcome),))
        for severity, count in alerts.severities().items():
            yield Reading("alerts_open", "Open alerts, by severity.", count, (("severity", severity.value),))
        if last := last_backup():
            yield Reading("backup_age_seconds", "Seconds since the newest backup.", (now - last).total_seconds())

    return read


def _feeds(store: Store, now: datetime) -> Iterator[Reading]:
    for name, state in store.feed_states().items():
        of = (("feed", name),)
        yield Reading("feed_failures", "How often a feed has failed since it last went well.", state.failures, of)
        yield Reading("feed_paused", "1 while a feed is paused.", float(state.paused), of)
        for kind, moment in (("arrival", state.last_arrival), ("success", state.succeeded_at), ("event", state.last_event)):
            if moment:
                age = (now - moment.replace(tzinfo=moment.tzinfo or UTC)).total_seconds()
                yield Reading(f"feed_{kind}_age_seconds", f"Seconds since a feed's last {kind}.", age, of)
    with store.read() as snapshot:
        for counts in feeds(snapshot):
            for fate in ("accepted", "duplicates", "rejected"):
                yield Reading(
                    "feed_rows",
                    "Rows of a feed so far, by what became of them.",
                    getattr(counts, fate),
                    (("feed", counts.feed), ("fate", fate)),
                )


def _share(store: Store) -> float:
    share = store.recounting
    return 1.0 if share is None else share


def _size(path: Path) -> float:
    return path.stat().st_size if path.exists() else 0


def faults_of(store: Store, conductor: Conductor, writer: GroupWriter, *, written: bool = True) -> list[str]:
    """Why a deployment cannot serve; with ``written``, that its store cannot be written counts as well."""
    faults = [] if conductor.alive else ["feeds are not asked any more"]
    faults += [] if writer.alive else ["what is brought is not written any more"]
    faults += ["the store cannot be written"] if written and store.database.fault else []
    try:
        store.version()
    except Exception as error:  # whatever it is, it is why
        faults.append(f"the store cannot be read ({type(error).__name__})")
    return faults


def state_of(store: Store) -> str:
    """How a deployment that can serve is."""
    share = store.recounting
    counting = "" if share is None else f", counting numbers anew: {share:.0%}"
    return f"{len(store.catalogue.indicators)} indicators, version {store.version()}{counting}"


def state_told(store: Store, faults: list[str]) -> dict[str, Any]:
    """How the store and its feeds are, for ``ioc doctor``."""
    with store.read() as snapshot:
        version, at = snapshot.version, snapshot.committed_at
    feeds_told = {
        name: {
            "paused": state.paused,
            "failures": state.failures,
            "message": state.message,
            "last_arrival": state.last_arrival and f"{state.last_arrival:%Y-%m-%d %H:%M}",
        }
        for name, state in store.feed_states().items()
    }
    return {"version": version, "committed_at": at.isoformat(), "faults": faults, "feeds": feeds_told}
