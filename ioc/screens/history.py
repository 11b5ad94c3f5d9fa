"""Every state in which a screen was saved, as a numbered file that is never changed again: who, when, and the text as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioc.atomic_files import replace_file

# How a state came about: saved in the editor, an older one restored, found as somebody had written it by hand, given up for what ships.
SAVED, RESTORED, BY_HAND, GIVEN_UP = "saved", "restored", "by_hand", "given_up"


@dataclass(frozen=True)
class Past:
    """One state. ``text`` is empty where the screen was given up."""

    number: int
    at: datetime
    by: str
    how: str
    text: str


class History:
    """The states of one screen.

    Args:
        folder: where its numbered files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def states(self) -> Iterator[Past]:
        """All of them, the newest first."""
        for path in sorted(self._folder.glob("[0-9]*.yaml"), reverse=True):
            found = _read(path)
            if found:
                yield found

    def newest(self) -> Past | None:
        """The last one."""
        return next(self.states(), None)

    def state(self, number: int) -> Past | None:
        """One of them."""
        return _read(self._folder / f"{number:06d}.yaml")

    def add(self, at: datetime, by: str, how: str, text: str) -> Past:
        """Keep one more."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # One that can no longer be read is a state as well, and is never written over.
        number = max((int(path.stem) for path in self._folder.glob("[0-9]*.yaml") if path.stem.isdecimal()), default=0) + 1
        head = json.dumps({"at": at.isoformat(timespec="seconds"), "by": by, "how": how}, ensure_ascii=False)
        replace_file(self._folder / f"{number:06d}.yaml", f"# {head}\n{text}")
        return Past(number, at, by, how, text)

    def forget(self, past: Past) -> None:
        """Take back a state that never came to be."""
        (self._folder / f"{past.number:06d}.yaml").unlink(missing_ok=True)


def _read(path: Path) -> Past | None:
    """A state; None where the file is not one, or is gone."""
    try:
        head, _, text = path.read_text(encoding="utf-8").partition("\n")
        known = json.loads(head.removeprefix("# "))
        return Past(int(path.stem), datetime.fromisoformat(known["at"]), str(known["by"]), str(known["how"]), text)
    except (OSError, ValueError, KeyError, TypeError):
        return None
