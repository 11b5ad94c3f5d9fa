"""How much memory a browser has: the processes of its group together, what they share counted once for each of its users in part."""

from __future__ import annotations

import contextlib
from pathlib import Path

_PROCESSES = Path("/proc")


def memory_of(group: int) -> int:
    """Bytes of all processes of a group; 0 where the system does not tell (only Linux does)."""
    return sum(_proportional(process) for process in _PROCESSES.glob("[0-9]*") if _group(process) == group)


def _group(process: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    return None


def _proportional(process: Path) -> int:
    with contextlib.suppress(OSError, ValueError):  # it may have ended meanwhile
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0
