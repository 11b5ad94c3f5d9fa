"""``ioc doctor``: looks at everything that has to be right for years, also beside a running server, and says what to mend."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ioc.backup.schedule import due, last_made, last_verified, newest_name
from ioc.clock import SystemClock
from ioc.commands.deployment import as_its_owner, language_of, load_config
from ioc.config import STORE_FILE, Config
from ioc.control_socket import call
from ioc.deployed import open_store
from ioc.doctor import data_folder, machine
from ioc.doctor.finding import Finding, Level
from ioc.errors import StoreError
from ioc.readings import STATE, state_told
from ioc.text.words import Words, words

# Seconds; a server that answers later is told of as one that does not answer.
ANSWERS_WITHIN = 10
MARKS = {Level.WELL: "  ", Level.LOOK: "? ", Level.MEND: "! "}


def doctor(options: argparse.Namespace) -> int:
    """Print what was looked at. Returns 0, or 1 if anything is to be mended."""
    config = load_config(options.config)
    as_its_owner(config)
    found = sorted(examined(config, SystemClock().now()), key=lambda each: list(Level).index(each.level))
    spoken = words(language_of(options))
    told = [
        {
            "level": each.level.value,
            "what": spoken(f"doctor.{each.what}", **_filling(each, spoken)),
            "hint": "" if each.level is Level.WELL else spoken(f"doctor.{each.what}_hint"),
        }
        for each in found
    ]
    if options.format == "json":
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line, each in zip(told, found, strict=True):
            print(f"{MARKS[each.level]}{line['what']} {line['hint']}".rstrip())
    return int(any(each.level is Level.MEND for each in found))


def _filling(found: Finding, spoken: Words) -> dict[str, object]:
    """What is said within a sentence; of a fault, its own sentence."""
    return {
        name: spoken.sentence(value) if name == "fault" and isinstance(value, str) else value for name, value in dict(found.values).items()
    }


def examined(config: Config, now: datetime) -> Iterator[Finding]:
    """Everything that is looked at."""
    state = _state(config)
    file, backup = config.data / STORE_FILE, config.settings.backup
    size = file.stat().st_size if file.exists() else 0
    yield from machine.disk("data", config.data, 2 * size)
    if backup.folder:
        yield from machine.disk("backup", config.base / backup.folder, size)
    yield from machine.clock(now, datetime.fromisoformat(state["committed_at"]) if state.get("committed_at") else None)
    yield from machine.fonts()
    yield from machine.browser(config.settings.exports.browser)
    if tls := config.settings.server.tls:
        yield from machine.certificate(config.base / tls.certificate, now)
        yield from machine.private(config.base / tls.key)
    yield from machine.private(config.data)
    yield from data_folder.store(state)
    yield from data_folder.feeds({name: each for name, each in state.get("feeds", {}).items() if name in config.settings.feeds})
    yield from data_folder.ledgers(config.data)
    last = last_made(config)
    late = last is not None and due(config, last, last, now - data_folder.LATE)
    yield from data_folder.backups(last, late, backup.folder is not None, now)
    if backup.schedule and backup.verify:
        yield from data_folder.verified(last, last_verified(config), now)
    yield from data_folder.leftovers(config.data)


def _state(config: Config) -> Mapping[str, Any]:
    """What is known of the store and the feeds: by the server that runs, or by opening the store."""
    config.data.mkdir(parents=True, exist_ok=True)
    with call(config.data, STATE, ANSWERS_WITHIN) as line:
        if line and (said := line.hear()):
            return said
    try:
        store = open_store(config, SystemClock())
    except StoreError as error:
        return {"fault": error.kept(), "backup": newest_name(config)}
    try:
        return state_told(store, [])
    finally:
        store.close()
