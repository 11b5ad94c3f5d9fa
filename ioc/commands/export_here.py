"""``ioc export`` while no server runs: opens the store, and makes the export itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ioc.access.viewer import Viewer
from ioc.app import create_app
from ioc.clock import SystemClock
from ioc.config import Config
from ioc.deployed import open_store, read_side
from ioc.exports.exporter import Exporter
from ioc.exports.order import order_of
from ioc.exports.register import Entry
from ioc.exports.server_address import COMMAND_LINE
from ioc.exports.subject import subject_of
from ioc.press import exporter_of, signing_of
from ioc.views.values import past_from_words


def made(config: Config, what: str, given: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """The entry and the file of an export. Raises IocError."""
    if "#list-" in what:
        return _of_page(config, what, given)
    clock = SystemClock()
    store = open_store(config, clock)
    try:
        views = read_side(config, store, {}, shelf=config.shelf())
        exporter, pool = exporter_of(config, views, clock, signing_of(config))
        try:
            entry = _entry(config, exporter, what, given)
        finally:
            pool.close()
    finally:
        store.close()
    file = exporter.file(entry)
    assert file is not None
    return vars(entry), file


def _of_page(config: Config, what: str, given: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """The same of a table as it stands on a page, for which all pages are there, though nobody serves them."""
    application = create_app(config, SystemClock())
    exporter = application.exports.exporter
    try:
        entry = _entry(config, exporter, what, given)
    finally:
        application.exports.close()
        application.close()
    file = exporter.file(entry)
    assert file is not None
    return vars(entry), file


def _entry(config: Config, exporter: Exporter, what: str, given: Mapping[str, str]) -> Entry:
    views = exporter.views
    subject = subject_of(what, views.screens(), views.store.catalogue.indicators)
    as_of = past_from_words(given.get("as_of"), views.zone(), views.store.clock.now())
    language = given.get("lang") or config.settings.language
    return exporter.make(order_of(subject, given, as_of, language), Viewer(COMMAND_LINE, language, is_administrator=True))
