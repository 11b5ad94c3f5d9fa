"""A deployment without its pages: its store, what answers questions about it, its feeds. Commands need no more, and start sooner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

import pandas  # noqa: F401 - DuckDB and Plotly import it on first use, each from its own thread; once, here, is safe
from pydantic import BaseModel

from data_sources.registry import KINDS
from ioc.backup.schedule import newest_name
from ioc.clock import Clock
from ioc.config import STORE_FILE, Config, FeedSettings
from ioc.errors import Said, StoreDamaged
from ioc.intake.ingest import Target
from ioc.intake.port import Desk, Door, Feed, Spans, Way
from ioc.live import Bus, Change
from ioc.notes import Notes
from ioc.screens.shelf import Shelf
from ioc.store.store import Store
from ioc.views.alerts import AlertsDesk
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.tiles import records_of


def open_store(config: Config, clock: Clock, bus: Bus | None = None) -> Store:
    """The store of a deployment; each commit is announced on ``bus``."""

    def announce(version: int, record: str) -> None:
        if bus:
            changed = tuple(name for name in config.catalogue.indicators if record in records_of(config.catalogue, name))
            bus.publish(Change(version, changed, clock.now().astimezone(UTC).isoformat()))

    settings = config.settings.store
    try:
        path, limit = config.data / STORE_FILE, settings.memory_limit
        store = Store(path, config.catalogue, clock, memory_limit=limit, threads=settings.threads, on_commit=announce)
    except StoreDamaged as error:
        if name := newest_name(config):
            raise StoreDamaged(error.what, Said("{mend} The newest is {name}.", mend=error.hint, name=name)) from error
        raise
    if bus:
        bus.begin(store.version())
    return store


def read_side(
    config: Config,
    store: Store,
    feeds: Mapping[str, Feed | Door | Desk],
    cache: ViewCache | None = None,
    bus: Bus | None = None,
    shelf: Shelf | None = None,
    alerts: AlertsDesk | None = None,
) -> Gatherer:
    """What answers pages, API and commands; ``feeds`` are connected, where something is asked about them."""
    spans = frozenset(name for name, settings in config.settings.feeds.items() if spans_of(settings) is not Spans.NONE)
    notes, walls = Notes(config.data), bus.walls if bus else None
    return Gatherer(store, config.settings, cache or ViewCache(), ways(config, feeds), spans, walls, shelf, notes, alerts)


def connected(config: Config) -> dict[str, Feed | Door | Desk]:
    """Every configured feed. Nothing is opened yet. Raises IocError when a secret cannot be read."""
    found: dict[str, Feed | Door | Desk] = {}
    for name, settings in config.settings.feeds.items():
        found[name] = KINDS[settings.kind].connect(_options(settings), config.base)
    return found


def target_of(config: Config, feed: str) -> Target:
    """Where a feed's records go."""
    settings = config.settings.feeds[feed]
    return Target(feed, settings.record, config.mapping(feed), settings.simulated, settings.contract)


def spans_of(settings: FeedSettings) -> Spans:
    """Whether a feed can be asked for days gone by."""
    return Spans(getattr(_options(settings), "spans", Spans.NONE))


def way(settings: FeedSettings) -> Way:
    """How the records of a feed come."""
    return Way(getattr(_options(settings), "way", Way.ASKED))


def ways(config: Config, feeds: Mapping[str, Feed | Door | Desk]) -> dict[str, Way]:
    """How the records of each feed come. One that has no place to look at is asked too: whoever brings files asks it to read them."""
    found = {name: way(config.settings.feeds[name]) for name in feeds}
    return {name: Way.ASKED if how is Way.BROUGHT and isinstance(feeds[name], Feed) else how for name, how in found.items()}


def _options(settings: FeedSettings) -> BaseModel:
    return KINDS[settings.kind].options.model_validate(settings.options)
