"""Many walls without a picture: ``python -m benchmarks.crowd PORT COUNT SECONDS PATH``. They listen, and ask as a wall's page does.

Prints as JSON how long after the commit each heard of it, and how many answers came how fast.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime

QUIET_SECONDS = 0.05


class Crowd:
    """What they saw."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.heard: list[float] = []
        self.answered: list[float] = []

    async def listen(self, until: float) -> None:
        """One wall. Without a path it only listens."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        data = await asyncio.open_connection("127.0.0.1", self.port) if self.path else None
        asked = 0.0
        while time.monotonic() < until:
            try:
                line = await asyncio.wait_for(reader.readline(), max(until - time.monotonic(), 0.01))
            except TimeoutError:
                break
            if not line.startswith(b"data: "):
                continue
            news = json.loads(line[6:])
            self.heard.append(time.time() - datetime.fromisoformat(news["at"]).timestamp())
            if data and time.monotonic() - asked > QUIET_SECONDS:
                asked = time.monotonic()
                await self.ask(*data, f"X-IOC-Heard: {news['version']}\r\n")
        for each in [writer] + ([data[1]] if data else []):
            each.close()

    async def ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, more: str = "") -> None:
        """One question and its whole answer."""
        began = time.monotonic()
        writer.write(f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{more}\r\n".encode())
        length = 0
        while (line := await reader.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        await reader.readexactly(length)
        self.answered.append(time.monotonic() - began)

    async def hammer(self, until: float) -> None:
        """Ask again as soon as there is an answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while time.monotonic() < until:
            await self.ask(reader, writer)
        writer.close()


async def main(port: int, count: int, seconds: float, path: str, how: str) -> None:
    """Let all of them be there for some seconds."""
    crowd, until = Crowd(port, path), time.monotonic() + seconds
    each = crowd.hammer if how == "hammer" else crowd.listen
    await asyncio.gather(*(each(until) for _ in range(count)))
    print(json.dumps({"heard": sorted(crowd.heard), "answered": sorted(crowd.answered)}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]))
