"""Guessing at names and passwords that a header brings: slow for whoever does it, by the address that it comes from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

# So many mistakes in a row cost nothing; each further one shuts the address for twice as long as the one before.
FREE, FIRST, LONGEST = 5, timedelta(seconds=30), timedelta(minutes=15)
KEPT_ADDRESSES = 10_000


class Guesses:
    """How often in a row each address was mistaken; the addresses that are so no more are forgotten first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def shut_for(self, address: str, now: datetime) -> int:
        """For how many seconds more an address is shut; 0 when it is not."""
        with self._guard:
            until = self._known.get(address, (0, None))[1]
        return int((until - now).total_seconds()) + 1 if until and until > now else 0

    def mistaken(self, address: str, now: datetime) -> None:
        """Count a mistake."""
        with self._guard:
            failed = self._known.pop(address, (0, None))[0] + 1
            until = now + min(FIRST * 2 ** min(failed - FREE, 10), LONGEST) if failed >= FREE else None
            self._known[address] = (failed, until)
            if len(self._known) > KEPT_ADDRESSES:
                self._known.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the mistakes of an address."""
        if address in self._known:
            with self._guard:
                self._known.pop(address, None)
