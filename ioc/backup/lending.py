"""What the process that serves does for a backup: it holds its store still, and says what its numbers are."""

from __future__ import annotations

from collections.abc import Callable

from ioc.control_socket import Line
from ioc.indicators.numbers import numbers
from ioc.store.holding import held
from ioc.store.store import Store

HOLD, NUMBERS, RELEASE = "hold", "numbers", "release"


def lending(store: Store) -> Callable[[Line], None]:
    """Holds the store for whoever asks, until they say that they are done, or are gone."""

    def lend(line: Line) -> None:
        with held(store) as state:
            snapshot = state.snapshot
            line.say({"version": snapshot.version, "committed_at": snapshot.committed_at.isoformat(), "log": state.log_bytes})
            while asked := line.hear():
                if asked.get("ask") == NUMBERS:
                    line.say(numbers(snapshot))
                elif asked.get("ask") == RELEASE:
                    line.say({"held": True})
                    return

    return lend
