"""The views of feeds: frozen answers, ready to draw. How many records were refused for secrecy is told to administrators alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ioc.catalogue.schedule import Schedule
from ioc.store.arrivals import Lag as Lag  # noqa: PLC0414 - these three are views too
from ioc.store.audit import Report as Report  # noqa: PLC0414
from ioc.store.backfill import Backfill as Backfill  # noqa: PLC0414
from ioc.store.findings import KeptFinding as KeptFinding  # noqa: PLC0414 - one of the views
from ioc.store.runs import KeptRun as KeptRun  # noqa: PLC0414
from ioc.store.runs import RunPage as RunPage  # noqa: PLC0414
from ioc.store.runs import Sample as Sample  # noqa: PLC0414
from ioc.views.health import Health
from ioc.views.model import Choice, Stamp
from ioc.views.next_arrival import NextArrival

# The days of a feed's volume, today included.
DAYS = 30


@dataclass(frozen=True)
class DayVolume:
    """How many records were accepted on a day, and whether that is unusually few."""

    day: date
    accepted: int
    few: bool = False


@dataclass(frozen=True)
class FeedTile:
    """One feed at a glance.

    Attributes:
        kind: how it is connected; empty when it is configured no more.
        way: ``asked``, ``listening``, ``brought`` or ``typed``; empty when it is configured no more.
        message: what is wrong with it.
        last_event: of its newest record; a day where the record type knows no time of day.
        lag: how long after their events its records arrive; None when nothing tells.
        next_run: when it is asked next; None for one that is not asked.
        expected: when it is expected to bring something next; None where nothing tells, or nothing is taken from it.
        volume: the last days, the oldest first.
        findings: how many findings stand about its deliveries.
        last_state: how its last run ended; None when it had none.
    """

    feed: str
    label: str
    kind: str
    way: str
    record: Choice
    simulated: bool
    health: Health
    message: str | None
    last_event: datetime | date | None
    last_arrival: datetime | None
    lag: Lag | None
    next_run: datetime | None
    expected: NextArrival | None
    volume: tuple[DayVolume, ...]
    runs: int
    accepted: int
    duplicates: int
    rejected: int
    skipped: int
    findings: int
    last_state: str | None


@dataclass(frozen=True)
class FeedsView:
    """Every feed. ``tally`` counts them by health; ``audit`` is the last time that all numbers were recomputed from the records."""

    stamp: Stamp
    feeds: tuple[FeedTile, ...]
    tally: tuple[tuple[Health, int], ...]
    audit: Report | None = None


@dataclass(frozen=True)
class ReasonGroup:
    """Rows in quarantine that are at fault in the same way. ``rule`` is the broken rule in words, where it is one of the catalogue's."""

    field: str
    reason: str
    rule: str
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Mapped:
    """Where a field comes from: a column, a constant (``value``) or an expression, and how what stands there is read.

    ``values`` are what the source says and what it becomes; ``otherwise`` is what all else becomes; ``before`` are the translations
    that hold for events before a day.
    """

    field: Choice
    origin: str
    source: str
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    before: tuple[tuple[date, tuple[tuple[str, str], ...]], ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappingView:
    """How a source's columns become fields. ``keep`` and ``deleted`` are conditions over columns; ``open`` are levels of secrecy."""

    fields: tuple[Mapped, ...]
    unmapped: tuple[str, ...]
    keep: str | None
    deleted: str | None
    secrecy: str | None
    open: tuple[str, ...]


@dataclass(frozen=True)
class FeedView:
    """One feed explained.

    Attributes:
        schedule, timeout: when it is asked, and how long that may take.
        fresh: how old its last arrival may be.
        findings: in what its deliveries differ from the usual, what stands first.
        runs: the last ones, or those before one that was asked for, the newest first.
        run: the one of which the quarantine is shown; None for all.
        groups: what lies in quarantine, the most frequent reason first.
        quarantined, replayable: rows in quarantine, and those of them that can be taken in again.
        mapping: None when it is configured no more.
        indicators: what rests on its records.
        actions: what can be done to it now: ``run``, ``pause``, ``resume``, ``replay``, ``backfill``, ``cancel``.
        backfill: the days gone by that it is, or was last, asked for once more.
    """

    stamp: Stamp
    tile: FeedTile
    schedule: Schedule | None
    timeout: timedelta | None
    fresh: timedelta | None
    findings: tuple[KeptFinding, ...]
    runs: RunPage
    groups: tuple[ReasonGroup, ...]
    quarantined: int
    replayable: int
    mapping: MappingView | None
    indicators: tuple[Choice, ...]
    actions: tuple[str, ...]
    backfill: Backfill | None = None
    run: KeptRun | None = None


@dataclass(frozen=True)
class SecretsView:
    """By feed, how many records were refused for secrecy on which days, the newest first: for administrators alone."""

    stamp: Stamp
    feeds: Mapping[str, tuple[tuple[date, int], ...]]
