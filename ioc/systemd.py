"""Tells systemd that the product has started, is alive, and is about to end; where it was not started by systemd, nothing."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress


class Supervisor:
    """Whoever watches over this process.

    Args:
        environment: names the supervisor's socket and how often it wants to hear.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.seconds = int(environment.get("WATCHDOG_USEC") or 0) / 2e6

    def tell(self, what: str) -> None:
        """Say ``READY=1``, ``STOPPING=1`` or ``WATCHDOG=1``. One who does not listen harms nothing."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(self._address.replace("@", "\0", 1) if self._address.startswith("@") else self._address)
            line.sendall(what.encode())

    async def reassure(self, alive: Callable[[], bool]) -> None:
        """Say that all is alive, as often as the supervisor wants to hear it; stop saying so when it is not, and be restarted."""
        while self.seconds:
            loop = asyncio.get_running_loop()
            if await loop.run_in_executor(None, alive):
                self.tell("WATCHDOG=1")
            await asyncio.sleep(self.seconds)
