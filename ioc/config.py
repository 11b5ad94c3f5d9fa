"""One deployment: config.yaml as a typed, checked ``Config``; every fault at once, with file and line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from ioc.access.settings import AccessSettings, TlsSettings
from ioc.catalogue import load as catalogue_load
from ioc.catalogue.alerts import AlertSettings, check_alerts
from ioc.catalogue.check_screens import check_screens
from ioc.catalogue.contract import Contract
from ioc.catalogue.deliveries import DeliverySettings, MailSettings
from ioc.catalogue.mapping import Mapping as FieldMapping
from ioc.catalogue.mapping import check_mapping, identity
from ioc.catalogue.model import Catalogue, Entry, Id, Text
from ioc.catalogue.partial import partial, speaks_of
from ioc.catalogue.reports import ReportSettings, check_reports
from ioc.catalogue.retention import Retention, check_retention
from ioc.catalogue.schedule import Duration, Schedule
from ioc.catalogue.screens import PlaylistSettings, Screens, ScreenSettings
from ioc.catalogue.signing import SigningSettings
from ioc.catalogue.source import Document, explain, read_yaml
from ioc.errors import ConfigError, Fault, Said, did_you_mean
from ioc.passwords import checked
from ioc.screens.shelf import FOLDER, Shelf, found_from

# The store, in the data folder.
STORE_FILE = "ioc.duckdb"
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


# Why a feed has no schedule, by how its records come.
UNASKED = {
    "brought": (
        Said("Records are brought to this feed as it is configured; it is never asked for them."),
        Said("Leave the schedule out, or say in its options where it is to look."),
    ),
    "typed": (Said("People type the records of this feed into its form; it is never asked for them."), Said("Leave the schedule out.")),
    "listening": (Said("This feed is always connected, and tells by itself when there is something."), Said("Leave the schedule out.")),
}


class ServerSettings(Entry):
    """Where the pages are served. ``trusted_proxies``: addresses of those that end TLS, and may say from where a request comes."""

    host: str = "127.0.0.1"
    port: int = Field(default=8050, ge=0, le=65535)
    tls: TlsSettings | None = None
    trusted_proxies: tuple[str, ...] = ()


class StoreSettings(Entry):
    """What the store may use."""

    memory_limit: str = Field(default="2GB", pattern=r"^\d+(\.\d+)?\s*(MB|GB|TB|MiB|GiB|TiB)$")
    threads: int | None = Field(default=None, ge=1)


class ExportSettings(Entry):
    """What is exported.

    ``address`` is under what address others reach this deployment, for the codes on paper; by default, the server's own. The register
    forgets after ``keep``, files are kept for ``keep_files``. ``browser`` draws pictures and PDF; by default, the system's Chromium.
    At most ``pictures`` are drawn at once, each within ``timeout``.
    """

    classification: Text | None = None
    address: str | None = Field(default=None, pattern=r"^https?://[^\s/]+$")
    keep: Duration = Field(default=timedelta(days=3650), gt=timedelta(0))
    keep_files: Duration = timedelta(days=30)
    browser: str | None = None
    slides: str | None = None
    pictures: int = Field(default=2, ge=1, le=16)
    timeout: Duration = Field(default=timedelta(seconds=60), gt=timedelta(0))


class FeedSettings(Entry):
    """One feed: a connection of a kind, and the mapping of what it delivers to a record type.

    ``contract`` is what is expected of its deliveries. With a ``schedule`` it is asked of itself, for at most ``timeout`` each time.
    One that listens needs none. ``fresh`` is how old its last arrival may be until it counts as late; by default, as old as the
    strictest indicator that rests on its records allows.
    """

    kind: str
    record: Id
    label: Text | None = None
    options: dict[str, Any] = {}
    mapping: FieldMapping | None = None
    contract: Contract = Contract()
    schedule: Schedule | None = None
    timeout: Duration = timedelta(minutes=30)
    fresh: Duration | None = Field(default=None, gt=timedelta(0))
    simulated: bool = False


class BackupSettings(Entry):
    """Where backups go, when they are made of themselves and whether they are verified then, how many are kept, and their key."""

    folder: str | None = None
    schedule: Schedule | None = None
    keep: int = Field(default=14, ge=1)
    verify: bool = True
    key: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _has_a_place(self) -> BackupSettings:
        if self.schedule and not self.folder:
            raise ValueError(Said("a “schedule” needs a “folder”"))
        return self

    @field_validator("key")
    @classmethod
    def _is_long(cls, key: str | None) -> str | None:
        """A key that stands in a file is measured when it is read."""
        if key and not key.startswith("file:") and len(key) < 16:
            raise ValueError(Said("it needs at least 16 characters"))
        return key


class LogSettings(Entry):
    """What is logged: the least that is, the folder of its files if any, how large one grows, and how many are kept."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    folder: str | None = None
    mib: int = Field(default=20, ge=1)
    keep: int = Field(default=10, ge=1)


class Settings(Entry):
    """The keys of config.yaml."""

    catalogue: str = "moha"
    data: str = "var"
    language: Literal["vi", "en"] = "vi"
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    exports: ExportSettings = ExportSettings()
    feeds: dict[Id, FeedSettings] = {}
    screens: dict[Id, ScreenSettings] = {}
    playlists: dict[Id, PlaylistSettings] = {}
    administrators: dict[str, str] = {}
    access: AccessSettings | None = None
    signing: SigningSettings = SigningSettings()
    reports: dict[Id, ReportSettings] = {}
    mail: MailSettings | None = None
    schedules: dict[Id, DeliverySettings] = {}
    alerts: AlertSettings = AlertSettings()
    backup: BackupSettings = BackupSettings()
    retention: dict[Id, Retention] = {}
    logs: LogSettings = LogSettings()

    @field_validator("administrators")
    @classmethod
    def _hard_to_guess(cls, people: dict[str, str]) -> dict[str, str]:
        return checked(people)


@dataclass(frozen=True)
class Config:
    """A checked deployment.

    Attributes:
        settings: what config.yaml says.
        catalogue: the catalogue that it points to.
        base: folder of config.yaml, from which its relative paths start.
    """

    settings: Settings
    catalogue: Catalogue
    base: Path

    @property
    def data(self) -> Path:
        """Folder of the store."""
        return _data(self.settings, self.base)

    def shelf(self) -> Shelf:
        """Its screens: those of ``settings``, and above them those that are kept in the data folder."""
        return _shelf(self.settings, self.catalogue, self.base)

    def mapping(self, feed: str) -> FieldMapping:
        """The mapping of a feed; without one in config.yaml, columns are the fields themselves."""
        settings = self.settings.feeds[feed]
        return settings.mapping or identity(self.catalogue.records[settings.record])


def load(path: Path, kinds: Mapping[str, type[BaseModel]]) -> Config:
    """Read and check a deployment with its catalogue.

    Args:
        path: config.yaml.
        kinds: the options of each kind of feed.

    Raises:
        ConfigError: every fault of config.yaml and of the catalogue, each with file, line and how to mend it.
    """
    document, faults = read_yaml(path)
    if document is None:
        raise ConfigError(faults)
    data, missing = _with_secrets(document)
    faults += missing
    settings, missing_names = None, frozenset[str]()
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        faults += [document.fault(where, what, hint) for where, what, hint in explain(Settings, error)]
        settings, missing_names = partial(Settings, data)
    name = settings.catalogue if settings else str(data.get("catalogue", "moha")) if isinstance(data, dict) else "moha"
    catalogue: Catalogue | None = None
    try:
        catalogue = load_catalogue(name, path.parent)
    except ConfigError as error:
        faults += error.faults
    if settings and catalogue:
        known = _shelf(_with_shipped(settings, catalogue, path.parent), catalogue, path.parent).screens()
        faults += [fault for fault in _check(document, settings, catalogue, kinds, known) if not speaks_of(fault.what, missing_names)]
    if faults or settings is None or catalogue is None:
        raise ConfigError(sorted(set(faults)))
    return Config(_with_shipped(settings, catalogue, path.parent), catalogue, path.parent)


def _with_shipped(settings: Settings, catalogue: Catalogue, base: Path) -> Settings:
    """The settings with the screens and playlists that come with the catalogue; config.yaml's own of the same name take their place."""
    own = {name: found_from(base, screen) for name, screen in settings.screens.items()}
    screens, playlists = {**catalogue.screens, **own}, {**catalogue.playlists, **settings.playlists}
    return settings.model_copy(update={"screens": screens, "playlists": playlists})


def _data(settings: Settings, base: Path) -> Path:
    return base / (os.environ.get("IOC_DATA") or settings.data)


def _shelf(settings: Settings, catalogue: Catalogue, base: Path) -> Shelf:
    return Shelf(_data(settings, base) / FOLDER, settings.screens, settings.playlists, catalogue, base)


def language(path: Path) -> str:
    """The language that a config.yaml names, whatever else is wrong with it; Vietnamese where it names none."""
    document, _ = read_yaml(path)
    data = document.data if document else None
    return "en" if isinstance(data, dict) and data.get("language") == "en" else "vi"


def load_catalogue(name: str, base: Path) -> Catalogue:
    """The catalogue of a name (one that comes with the program) or folder (relative to ``base``)."""
    built_in = catalogue_load.BUILT_IN / name
    if "/" not in name and built_in.is_dir():
        return catalogue_load.load(built_in, name)
    return catalogue_load.load(base / name, name)


def _with_secrets(document: Document) -> tuple[Any, list[Fault]]:
    """The data with ``${NAME}`` replaced from the environment and ``file:…`` left to who reads it."""
    faults: list[Fault] = []

    def fill(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: fill(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        for variable in _SECRET.findall(value):
            if variable not in os.environ:
                faults.append(
                    document.fault(
                        path,
                        Said("The environment has no “{variable}”.", variable=variable),
                        Said("Set it before starting: {variable}=…", variable=variable),
                    )
                )
        return _SECRET.sub(lambda match: os.environ.get(match[1], ""), value)

    return fill(document.data, ()), faults


def _check(
    document: Document, settings: Settings, catalogue: Catalogue, kinds: Mapping[str, type[BaseModel]], known: Screens
) -> Iterator[Fault]:
    for feed, feed_settings in settings.feeds.items():
        path = ("feeds", feed)
        if feed_settings.kind not in kinds:
            yield document.fault(
                (*path, "kind"),
                Said("There is no kind of feed “{name}”.", name=feed_settings.kind),
                did_you_mean(feed_settings.kind, kinds),
            )
        else:
            yield from _options(document, path, feed_settings, kinds[feed_settings.kind])
        record = catalogue.records.get(feed_settings.record)
        if record is None:
            hint = did_you_mean(feed_settings.record, catalogue.records)
            yield document.fault((*path, "record"), Said("There is no record type “{name}”.", name=feed_settings.record), hint)
        elif feed_settings.mapping:
            for where, what, hint in check_mapping(feed_settings.mapping, record, catalogue):
                yield document.fault((*path, "mapping", *where), what, hint)
    for where, what, hint in check_retention(settings.retention, catalogue):
        yield document.fault(where, what, hint)
    for where, what, hint in check_alerts(settings.alerts, catalogue):
        yield document.fault(where, what, hint)
    for where, what, hint in check_reports(settings.reports, known, catalogue.indicators):
        yield document.fault(where, what, hint)
    for where, what, hint in check_screens(settings.screens, settings.playlists, known, catalogue):
        yield document.fault(where, what, hint)


def _options(document: Document, path: tuple[str, ...], feed: FeedSettings, model: type[BaseModel]) -> Iterator[Fault]:
    try:
        way = getattr(model.model_validate(feed.options), "way", "asked")
    except ValidationError as error:
        for where, what, hint in explain(model, error):
            yield document.fault((*path, "options", *where), what, hint)
        return
    if feed.schedule and way != "asked":
        yield document.fault((*path, "schedule"), *UNASKED[way])
