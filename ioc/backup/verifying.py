"""A backup restored to a temporary place, and every number there compared: with what the store said, and with its own records."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioc.backup.restoring import rebuilt
from ioc.backup.vault import Manifest, Vault
from ioc.clock import FrozenClock
from ioc.indicators.audit import audit
from ioc.indicators.numbers import differing, numbers
from ioc.ledger import fault_of
from ioc.store.store import Store

_SCRATCH = ".verify-"


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Attributes:
        compared: how many numbers were compared with those that the backup tells.
        recomputed: how many versions, cells and values were recomputed from the restored records.
        faults: what differs, or is damaged; nothing when all is well.
        redeclared: whether declarations have changed since, so that numbers could not be compared, but only recomputed.
    """

    compared: int
    recomputed: int
    faults: tuple[str, ...]
    redeclared: bool = False


def verify(vault: Vault, manifest: Manifest, data: Path, store_name: str, opened: Callable[[Path, FrozenClock], Store]) -> Verdict:
    """Restore beside what stands, compare, and remove it again.

    Args:
        vault: where the backup is.
        manifest: which.
        data: the data folder, beneath which there is room.
        store_name: the file of the store.
        opened: opens a store at a path by the deployment's catalogue, at the moment of the backup.

    Raises:
        BackupFault: it cannot be restored.
    """
    for leftover in data.glob(f"{_SCRATCH}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=data) as scratch:
        folder = Path(scratch) / "files"
        rebuilt(vault, manifest, folder, store_name)
        faults = [f"{path.name}: {fault}" for path in sorted(folder.rglob("*.sqlite")) for fault in [fault_of(path)] if fault]
        store = opened(folder / store_name, FrozenClock(datetime.fromisoformat(manifest.made_at)))
        try:
            with store.read() as snapshot:
                redeclared = snapshot.version != manifest.version
                found = {} if redeclared else numbers(snapshot)
            if not redeclared:
                faults += differing(manifest.numbers, found)
            report = audit(store)
        finally:
            store.close()
    assert report is not None, "nothing ends it early"
    faults += map(str, report.named)
    return Verdict(sum(map(len, found.values())), report.compared, tuple(faults), redeclared)
