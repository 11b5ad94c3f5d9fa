"""The live stream: changes caught up with, walls known while they listen, and told what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ioc.live import MOST_GONE, Bus, Change

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


class Listener:
    """One open stream."""

    def __init__(self, bus: Bus, query: str = "", last: str = "") -> None:
        self.heard = b""
        self._left = asyncio.Event()
        headers = [(b"last-event-id", last.encode())] if last else []
        scope = {"type": "http", "path": "/live", "headers": headers, "query_string": query.encode()}
        self.task = asyncio.ensure_future(bus.serve(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, object]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: object) -> None:
        self.heard += dict(message).get("body", b"")  # type: ignore[call-overload]

    def controls(self) -> list[dict[str, str]]:
        """What it was told to do."""
        return [
            json.loads(part.split(b"data: ")[1].split(b"\n")[0]) for part in self.heard.split(b"\n\n") if part.startswith(b"event: control")
        ]

    def versions(self) -> list[int]:
        """The data versions that it was told of."""
        return [int(part.split(b"\n")[0][4:]) for part in self.heard.split(b"\n\n") if part.startswith(b"id: ")]

    async def leave(self) -> None:
        """Hang up."""
        self._left.set()
        await self.task


def run(story: Callable[[Bus], Awaitable[None]]) -> None:
    asyncio.run(story(Bus(lambda: NOW)))  # type: ignore[arg-type]


async def a_moment() -> None:
    await asyncio.sleep(0.02)


def change(version: int) -> Change:
    return Change(version, ("online_rate",), NOW.isoformat())


def test_who_was_away_catches_up_from_the_last_that_was_seen() -> None:
    async def story(bus: Bus) -> None:
        for version in (1, 2, 3):
            bus.publish(change(version))
        back, new = Listener(bus, last="1"), Listener(bus)
        await a_moment()
        bus.publish(change(4))
        await a_moment()
        assert (back.versions(), new.versions()) == ([2, 3, 4], [4])
        await back.leave()
        await new.leave()

    run(story)


def test_after_a_restart_a_wall_is_at_the_version_that_there_is() -> None:
    async def story(bus: Bus) -> None:
        bus.begin(64)
        wall = Listener(bus, "wall=w1")
        await a_moment()
        assert [each.version for each in bus.walls().walls] == [64]
        await wall.leave()

    run(story)


def test_who_knows_a_later_version_than_there_is_hears_of_the_next_one() -> None:
    """An older backup has been restored while its page stayed open."""

    async def story(bus: Bus) -> None:
        bus.publish(change(40))
        back = Listener(bus, last="5000")
        await a_moment()
        bus.publish(change(41))
        await a_moment()
        assert back.versions() == [41]
        await back.leave()

    run(story)


def test_each_is_told_another_time_to_come_back() -> None:
    async def story(bus: Bus) -> None:
        listeners = [Listener(bus) for _ in range(20)]
        await a_moment()
        times = {int(each.heard.split(b"retry: ")[1].split(b"\n")[0]) for each in listeners}
        assert len(times) > 10 and all(1000 <= time <= 3000 for time in times)
        for each in listeners:
            await each.leave()

    run(story)


def test_a_wall_is_known_while_it_listens() -> None:
    async def story(bus: Bus) -> None:
        person, wall = Listener(bus), Listener(bus, "wall=w1&name=S%E1%BA%A3nh&room=T1&playlist=hall&build=abc")
        await a_moment()
        bus.publish(change(7))
        await a_moment()
        (known,) = bus.walls().walls
        assert (known.id, known.name, known.room, known.playlist, known.build, known.version, known.since) == (
            "w1", "Sảnh", "T1", "hall", "abc", 7, NOW,
        )  # fmt: skip
        await wall.leave()
        (left,) = bus.walls().walls
        assert left.is_gone and not bus.control("w1", "identify")
        back = Listener(bus, "wall=w1&playlist=hall")
        await a_moment()
        (again,) = bus.walls().walls
        assert not again.is_gone and again.playlist == "hall"
        await back.leave()
        await person.leave()

    run(story)


def test_a_wall_says_that_it_lives_and_what_it_shows_and_is_told_the_version() -> None:
    now = [NOW]

    async def story(bus: Bus) -> None:
        wall, sent = Listener(bus, "wall=w1"), list[dict[str, object]]()

        async def send(message: object) -> None:
            sent.append(dict(message))  # type: ignore[call-overload]

        await a_moment()
        now[0] += timedelta(minutes=3)
        for query in ("wall=w1&shown=overview,services", "wall=stranger&shown=x"):
            await bus.seen({"type": "http", "query_string": query.encode()}, send, 9)
        (known,) = bus.walls().walls
        assert (known.shown, known.seen, known.since) == (("overview", "services"), now[0], NOW)
        assert sent[1]["body"] == b'{"version": 9}'
        await wall.leave()
        now[0] += timedelta(days=2)
        assert bus.walls().walls == (), "a wall that is gone for good is forgotten"

    asyncio.run(story(Bus(lambda: now[0])))


def test_only_so_many_walls_that_left_are_remembered() -> None:
    async def story(bus: Bus) -> None:
        for number in range(MOST_GONE + 5):
            wall = Listener(bus, f"wall=w{number}")
            await a_moment()
            await wall.leave()
        assert len(bus.walls().walls) == MOST_GONE

    run(story)


def test_only_the_wall_that_is_meant_is_told() -> None:
    async def story(bus: Bus) -> None:
        one, two, person = Listener(bus, "wall=w1"), Listener(bus, "wall=w2"), Listener(bus)
        await a_moment()
        assert bus.control("w1", "identify") and bus.control("", "message", "Họp") and not bus.control("w9", "reload")
        await a_moment()
        assert [each["action"] for each in one.controls()] == ["emergency", "identify", "message"]
        assert two.controls() == [{"action": "emergency", "text": ""}, {"action": "message", "text": "Họp"}]
        assert person.controls() == []
        for each in (one, two, person):
            await each.leave()

    run(story)


def test_an_emergency_is_on_every_wall_until_it_ends() -> None:
    async def story(bus: Bus) -> None:
        bus.control("", "emergency", "Cháy")
        late = Listener(bus, "wall=w1")
        await a_moment()
        assert late.controls() == [{"action": "emergency", "text": "Cháy"}] and bus.walls().emergency == "Cháy"
        bus.control("", "emergency", "")
        await a_moment()
        assert late.controls()[-1] == {"action": "emergency", "text": ""} and bus.walls().emergency == ""
        await late.leave()

    run(story)


def test_an_emergency_outlives_a_restart_and_a_full_disk(tmp_path: Path) -> None:
    file = tmp_path / "emergency.txt"

    async def story(bus: Bus, said: str) -> None:
        wall = Listener(bus, "wall=w1")
        await a_moment()
        assert wall.controls() == [{"action": "emergency", "text": said}] and bus.walls().emergency == said
        await wall.leave()

    Bus(emergency=file).control("", "emergency", "Cháy")
    asyncio.run(story(Bus(emergency=file), "Cháy"))
    Bus(emergency=file).control("", "emergency", "")
    asyncio.run(story(Bus(emergency=file), ""))
    full = Bus(emergency=file / "is no folder")
    assert full.control("", "emergency", "Cháy")
    asyncio.run(story(full, "Cháy"))


def test_what_a_wall_says_of_itself_is_cut_and_never_trusted() -> None:
    async def story(bus: Bus) -> None:
        wall = Listener(bus, f"wall={'w' * 500}&name=%3Cscript%3E%FF")
        await a_moment()
        (known,) = bus.walls().walls
        assert len(known.id) == 80 and known.name.startswith("<script>")
        await wall.leave()

    run(story)
