"""What a backup consists of: the store and its log in one state, the ledgers, and what else stands in the data folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ioc.backup.vault import Part
from ioc.control_socket import SOCKET
from ioc.ledger import copy_file
from ioc.store.claim import SUFFIX as LOCK
from ioc.store.holding import HEAD, files_of

BEFORE = "before-"
_LEDGER = ".sqlite"
# How keys and secrets of the installation end: whoever has one can sign in its name, or open what it has shut.
SECRETS = frozenset({".key", ".p12", ".pfx", ".password", ".pin"})
# What a key's public half ends with, and what keys do that have one.
_HALVES, _KEYS = frozenset({".pem", ".crt", ".cer"}), frozenset({".key", ".p12", ".pfx"})
_SCRATCH = ".backup-"
# Beside a file of SQLite, files that are being written, and what tells where a server runs.
_PASSING = ("-wal", "-shm", "-journal", ".new", ".part", ".tmp", LOCK, "server.json")


@contextmanager
def parts_of(data: Path, store: Path, log_bytes: int, vault: Path, *, keys: bool) -> Iterator[list[Part]]:
    """Everything of a data folder that is to be kept, readable until this ends.

    Args:
        data: the folder.
        store: the store's file in it, which is held still.
        log_bytes: how much of its log belongs to that state.
        vault: where backups are written, which may lie within the folder and is left out.
        keys: whether keys, their certificates and secrets of the installation belong to it: only where nobody else can read them.
    """
    file, log = files_of(store)
    parts = [Part(log.name, log, log_bytes)] if log_bytes else []
    parts.append(Part(file.name, file, file.stat().st_size, HEAD))
    for leftover in data.glob(f"{_SCRATCH}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=data) as scratch:
        for number, path in enumerate(_others(data, {file, log}, vault)):
            if not keys and is_secret(path):
                continue
            name = path.relative_to(data).as_posix()
            if path.suffix == _LEDGER:
                copy = Path(scratch) / str(number)
                copy_file(path, copy)
                parts.append(Part(name, copy, copy.stat().st_size))
            else:
                parts.append(Part(name, path, path.stat().st_size))
        yield parts


def is_secret(path: Path) -> bool:
    """Whether a file is a key or a secret of the installation, or a certificate beside a key: one of a pair is of no use with another's."""
    return path.suffix in SECRETS or (path.suffix in _HALVES and any(each.suffix in _KEYS for each in path.parent.iterdir()))


def is_kept(name: str) -> bool:
    """Whether a name of the data folder, at any depth, is one that a backup holds and a restore replaces."""
    return not name.startswith((".", BEFORE)) and not name.endswith(_PASSING) and name != SOCKET


def _others(data: Path, known: set[Path], vault: Path) -> Iterator[Path]:
    """Files, in order; none through a link to a folder."""
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if is_kept(name) and (here / name).resolve() != vault.resolve())
        for name in sorted(names):
            path = here / name
            if is_kept(name) and path not in known and path.is_file():
                yield path
