"""``ioc backup``: of a running server by the door in its data folder, or else by opening the store."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioc.backup.lending import HOLD, NUMBERS, RELEASE
from ioc.backup.sealing import BackupFault
from ioc.backup.taking import parts_of
from ioc.backup.vault import Manifest, Vault
from ioc.backup.verifying import Verdict, verify
from ioc.clock import Clock, SystemClock
from ioc.commands.deployment import as_its_owner, load_config, vault_of
from ioc.config import STORE_FILE, Config
from ioc.control_socket import call
from ioc.errors import IocError
from ioc.indicators.numbers import numbers
from ioc.store.holding import held
from ioc.store.store import Store

# Whoever looks at screens goes before a backup.
NICE = 5


@dataclass(frozen=True)
class _State:
    """A store that is held still: its version, how much of its log belongs to it, and what tells its numbers in the end."""

    version: int
    committed_at: datetime
    log_bytes: int
    conclude: Callable[[], Mapping[str, Mapping[str, str]]]


def backup(options: argparse.Namespace) -> int:
    """Make a backup, and print what it holds as one line of JSON. Returns 0, or 1 if it does not verify."""
    os.nice(NICE)
    config, began = load_config(options.config), time.monotonic()
    as_its_owner(config)
    if options.keep is not None and options.keep < 1:
        raise IocError("--keep is how many backups stay.", "Give 1 or more.")
    vault = vault_of(config, options.folder)
    manifest = made(config, vault, SystemClock())
    said: dict[str, Any] = {"backup": manifest.name, "version": manifest.version, "bytes": manifest.size, "written": manifest.written}
    said["copied"] = round(time.monotonic() - began, 2)
    keep = options.keep or (config.settings.backup.keep if options.folder is None else None)
    verdict = verified(config, vault, manifest) if options.verify else None
    if keep and not (verdict and verdict.faults):  # a backup that is none takes no other one's place
        said["given_up"] = len(vault.prune(keep))
    said |= _told(verdict) if verdict else {}
    print(json.dumps({**said, "seconds": round(time.monotonic() - began, 2)}))
    return 1 if verdict and verdict.faults else 0


def made(config: Config, vault: Vault, clock: Clock) -> Manifest:
    """A backup of a deployment as it is now. Raises BackupFault or StoreError."""
    with (
        _held(config, clock) as state,
        parts_of(config.data, config.data / STORE_FILE, state.log_bytes, vault.folder, keys=vault.is_encrypted) as parts,
    ):
        return vault.keep(parts, state.version, state.committed_at, clock.now().astimezone(UTC), state.conclude)


def verified(config: Config, vault: Vault, manifest: Manifest) -> Verdict:
    """A backup restored to a temporary place; what differs is printed. Raises BackupFault."""

    verdict = verify(vault, manifest, config.data, STORE_FILE, lambda path, clock: _opened(config, path, clock))
    for fault in verdict.faults:
        print(fault, file=sys.stderr)
    if verdict.redeclared:
        print("Declarations have changed since: the numbers were recomputed from the records, and not compared.", file=sys.stderr)
    if not verdict.faults:
        vault.note_verified(manifest.name)
    return verdict


def _opened(config: Config, path: Path, clock: Clock) -> Store:
    settings = config.settings.store
    return Store(path, config.catalogue, clock, memory_limit=settings.memory_limit, threads=settings.threads)


def _told(verdict: Verdict) -> dict[str, int]:
    return {"compared": verdict.compared, "recomputed": verdict.recomputed, "differing": len(verdict.faults)}


@contextmanager
def _held(config: Config, clock: Clock) -> Iterator[_State]:
    """The store of a deployment held still, by whoever has it open."""
    config.data.mkdir(parents=True, exist_ok=True)
    with call(config.data, HOLD) as line:
        if line and (said := line.hear()):

            def conclude() -> Mapping[str, Mapping[str, str]]:
                found = line.hear()
                if found is not None:
                    line.say({"ask": RELEASE})
                if found is None or not (line.hear() or {}).get("held"):
                    raise BackupFault("The server ended while the backup was being made.", "Nothing was kept; make it again.")
                return found

            line.say({"ask": NUMBERS})  # it counts while we copy
            yield _State(said["version"], datetime.fromisoformat(said["committed_at"]), said["log"], conclude)
            return
    store = _opened(config, config.data / STORE_FILE, clock)
    try:
        with held(store) as state:
            snapshot = state.snapshot
            yield _State(snapshot.version, snapshot.committed_at, state.log_bytes, lambda: numbers(snapshot))
    finally:
        store.close()
