"""A small deployment that is backed up: a store, a ledger, a list of devices and a screen."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from ioc.access.devices import Devices
from ioc.clock import FrozenClock
from ioc.commands.deployment import load_config
from ioc.config import Config
from ioc.deployed import open_store
from ioc.ledger import Ledger
from tests.office import CATALOGUE, NOW, put

CONFIG = """
catalogue: office
data: {data}
store: {{memory_limit: 256MB, threads: 1}}
feeds:
  portal: {{kind: push, record: dossier, options: {{token: a-token-of-some-length}}}}
"""
STEPS = ["CREATE TABLE said (what TEXT NOT NULL)"]


def deployment(folder: Path, data: str = "var", more: str = "") -> Config:
    """The deployment of a folder; ``more`` is added to its configuration."""
    if not (folder / CATALOGUE.name).exists():
        shutil.copytree(CATALOGUE, folder / CATALOGUE.name)
    path = folder / f"{data}.yaml"
    path.write_text(CONFIG.format(data=data) + more, encoding="utf-8")
    return load_config(path)


def fill(config: Config, first: int, count: int) -> None:
    """Take dossiers in, and let people say something."""
    store = open_store(config, FrozenClock(NOW))
    rows = [
        {"id": f"d{n}", "unit": "ab"[n % 2], "received_at": f"2026-{1 + n % 11:02d}-05", "online": n % 3 == 0, "updated_at": "2026-11-20"}
        for n in range(first, first + count)
    ]
    put(store, "dossier", rows)
    store.close()
    with Ledger(config.data / "notes.sqlite", STEPS).writing() as ledger:
        ledger.execute("INSERT INTO said VALUES (?)", [f"{first}"])
    Devices(config.data).issue(f"wall {first}", NOW)
    (config.data / "screens").mkdir(exist_ok=True)
    (config.data / "screens" / "mine.yaml").write_text(f"# {first}\n", encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    """What stands in a data folder, but for what passes: the hash of each file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith((".lock", "-wal", "-shm"))
        and not path.relative_to(folder).parts[0].startswith("before-")
    }
