"""A backup put back in place of what stands in the data folder: whole, or not at all, whenever the process is killed.

First everything is written beside what stands, and checked. From the moment at which that has its final name it will be put in place: by
this process, or by whichever comes next (``resume``). What stood before is kept in a folder of its own.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from ioc.atomic_files import sync_folder
from ioc.backup.sealing import BackupFault
from ioc.backup.taking import BEFORE, is_kept, is_secret
from ioc.backup.vault import Manifest, Vault
from ioc.control_socket import SOCKET
from ioc.errors import Said, StoreError
from ioc.store.claim import SUFFIX as LOCK
from ioc.store.claim import Claim
from ioc.store.holding import version_of

_MAKING, _READY, _CLEARED = ".restore-making", ".restore-ready", ".restore-cleared"
_FILES, _PLAN = "files", "plan.json"
# Kept free beside what a restore needs.
_SPARE_BYTES = 16 << 20


def restore(vault: Vault, manifest: Manifest, data: Path, store: Path, now: datetime) -> Path:
    """Put a backup in place; returns the folder in which what stood before is kept.

    Raises:
        BackupFault: the backup is damaged, or the disk does not take it: what stands is untouched.
        StoreError: the product runs.
    """
    data.mkdir(parents=True, exist_ok=True)
    claim = Claim(store)
    try:
        making = data / _MAKING
        shutil.rmtree(making, ignore_errors=True)
        try:
            rebuilt(vault, manifest, making / _FILES, store.name)
            (making / _PLAN).write_text(json.dumps(_plan(vault, manifest, data, store, now)), encoding="utf-8")
            _sync(making)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        making.rename(data / _READY)
        sync_folder(data)
        return _put_in_place(data)
    finally:
        claim.release()


def rebuilt(vault: Vault, manifest: Manifest, folder: Path, store_name: str) -> None:
    """Write a backup's files into a new folder, and look whether the store in it is of the version that the backup tells."""
    folder.mkdir(parents=True)
    free = shutil.disk_usage(folder).free
    if free < manifest.size + _SPARE_BYTES:
        raise BackupFault(
            "{folder} has {free} MiB free; the backup needs {needed} MiB.",
            "Free space there first.",
            folder=folder.parent.parent,
            free=free >> 20,
            needed=manifest.size >> 20,
        )
    try:
        vault.put_back(manifest, folder)
    except OSError as error:
        told = Said(str(error.strerror))
        raise BackupFault(
            "The backup cannot be written to {folder}: {told}.", "Free space there first.", folder=folder, told=told
        ) from error
    if (found := version_of(folder / store_name)) != manifest.version:
        raise BackupFault(
            "{backup} holds data version {version}.",
            "Put back another backup: --list names them, --at takes one.",
            backup=manifest.name,
            version=found,
        )


def resume(data: Path, store: Path) -> bool:
    """Finish what a restore that was killed had begun to put in place. Whether there was any. Raises StoreError while it goes on."""
    if not any((data / name).exists() for name in (_READY, _CLEARED)):
        _forget_begun(data, store)
        return False
    claim = Claim(store)
    try:
        if (data / _READY).exists() or (data / _CLEARED / _PLAN).exists():
            _put_in_place(data)
        else:  # all is in its place, and only what is left of it was not removed
            shutil.rmtree(data / _CLEARED)
    finally:
        claim.release()
    return True


def _plan(vault: Vault, manifest: Manifest, data: Path, store: Path, now: datetime) -> dict[str, Any]:
    """Where what stands is to be kept, and what of it stays, or comes back to where it is: the vault, if it lies here, what belongs to

    running processes, and keys, secrets and their certificates that the backup does not hold.
    """
    vault_here, here = vault.folder.resolve(), data.resolve()
    held = {file.path for file in manifest.files}
    mine = [path.relative_to(data).as_posix() for path in _secrets(data) if path.relative_to(data).as_posix() not in held]
    if vault_here.is_relative_to(here) and vault_here != here:
        mine.append(vault_here.relative_to(here).as_posix())
    links = [path.name for path in data.iterdir() if path.is_symlink() and vault_here.is_relative_to(path.resolve())]  # the way to it
    stays = [*links, *(name for name in mine if "/" not in name)]
    plain = f"{BEFORE}{now:%Y-%m-%dT%H%M%SZ}"
    before = next(name for name in (plain, *(f"{plain}-{number}" for number in range(2, 1000))) if not (data / name).exists())
    back = [name for name in mine if "/" in name]
    return {"before": before, "stays": [*stays, SOCKET, store.with_suffix(LOCK).name], "back": back}


def _secrets(data: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(data):
        folders[:] = [name for name in folders if is_kept(name)]
        yield from (Path(folder) / name for name in names if is_secret(Path(folder) / name))


def _forget_begun(data: Path, store: Path) -> None:
    """Remove what a restore has written that was killed before all of it was there; not that of one which goes on."""
    if (data / _MAKING).exists():
        with suppress(StoreError):
            claim = Claim(store)
            shutil.rmtree(data / _MAKING)
            claim.release()


def _put_in_place(data: Path) -> Path:
    """Each step may be done again: what has been moved is not found, and what has not is."""
    ready, cleared = data / _READY, data / _CLEARED
    if ready.exists():
        plan = json.loads((ready / _PLAN).read_text(encoding="utf-8"))
        before = data / plan["before"]
        before.mkdir(exist_ok=True)
        # Logs of ledgers too: beside another file they would be taken for its own.
        for path in [path for path in data.iterdir() if not path.name.startswith((".", BEFORE)) and path.name not in plan["stays"]]:
            path.rename(before / path.name)
        sync_folder(before)
        sync_folder(data)
        ready.rename(cleared)
        sync_folder(data)
    plan = json.loads((cleared / _PLAN).read_text(encoding="utf-8"))
    before = data / str(plan["before"])
    for path in (cleared / _FILES).iterdir():
        path.rename(data / path.name)
    for name in plan.get("back", ()):  # what a folder held that has been replaced as a whole
        if (before / name).exists() and not (data / name).exists():
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (before / name).rename(data / name)
    sync_folder(data)
    (cleared / _PLAN).unlink()
    shutil.rmtree(cleared)
    return before


def _sync(folder: Path) -> None:
    with (folder / _PLAN).open("rb") as plan:
        os.fsync(plan.fileno())
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
