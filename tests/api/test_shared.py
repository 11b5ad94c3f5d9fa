"""Answers that many ask for alike: made once for a data version, never of an older one, and not faster than they take."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from ioc.api import shared
from ioc.api.shared import SharedAnswers


class Slow:
    """An application that takes a little while, and says at which version it began."""

    def __init__(self) -> None:
        self.version, self.asked, self.fails, self.status = 1, 0, False, 200

    def newest(self, heard: int | None) -> int:
        return self.version if heard is None else min(heard, self.version)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        body, status = f"{scope['path']} {self.version}".encode(), self.status
        await asyncio.sleep(0.03)
        if self.fails:
            raise RuntimeError("the store is gone")
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), (b"X-IOC-Now", b"0")]})
        await send({"type": "http.response.body", "body": body[:5], "more_body": True})
        await send({"type": "http.response.body", "body": body[5:]})


async def ask(of: SharedAnswers, path: str = "/wall/p/s", query: str = "", heard: int | None = None) -> tuple[bytes, dict[bytes, bytes]]:
    """A question and its answer: body and headers."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read of whoever asks")

    headers = [] if heard is None else [(b"x-ioc-heard", str(heard).encode())]
    await of({"type": "http", "path": path, "query_string": query.encode(), "headers": headers}, receive, send)
    return said[1]["body"], dict(said[0]["headers"])


def test_many_are_given_one_answer_and_each_the_present_moment() -> None:
    async def story() -> None:
        inner, moment = Slow(), iter(range(1000))
        of = SharedAnswers(inner, inner.newest, lambda: float(next(moment)))
        answers = await asyncio.gather(*(ask(of) for _ in range(200)))
        assert inner.asked == 1 and {body for body, _ in answers} == {b"/wall/p/s 1"}
        assert len({headers[b"x-ioc-now"] for _, headers in answers}) == 200
        assert b"X-IOC-Now" not in answers[0][1]
        await asyncio.gather(ask(of, "/wall/p/other"), ask(of, query="lang=en"))
        assert inner.asked == 3

    asyncio.run(story())


def test_nobody_is_given_an_answer_older_than_what_was_known_when_they_asked() -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        first = asyncio.ensure_future(ask(of))
        await asyncio.sleep(0.01)  # it is being made, of version 1
        inner.version = 2
        later, _ = await ask(of)
        assert later == b"/wall/p/s 2" and (await first)[0] == b"/wall/p/s 1"

    asyncio.run(story())


def test_who_has_heard_of_a_version_does_not_wait_for_one_that_came_after_it() -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        first = asyncio.ensure_future(ask(of, heard=1))
        await asyncio.sleep(0.01)  # it is being made, of version 1
        inner.version = 2
        assert (await ask(of, heard=1))[0] == b"/wall/p/s 1" and (await first)[0] == b"/wall/p/s 1" and inner.asked == 1
        assert (await ask(of, heard=9))[0] == b"/wall/p/s 2", "nobody knows more than there is"

    asyncio.run(story())


def test_what_was_asked_for_of_late_is_made_before_it_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        await ask(of)
        of.foresee()
        assert inner.asked == 1, "nothing is new"
        inner.version = 2
        of.foresee()
        for _ in range(400):
            await asyncio.sleep(0.05)
            if inner.asked == 2:
                break
        assert (await ask(of))[0] == b"/wall/p/s 2" and inner.asked == 2
        monkeypatch.setattr(shared, "SOON_SECONDS", 0.0)
        inner.version = 3
        of.foresee()
        await asyncio.sleep(0.2)
        assert inner.asked == 2, "nobody looks any more"

    asyncio.run(story())


def test_who_is_let_in_no_more_spoils_no_answer_for_others() -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        await ask(of)
        inner.version, inner.status = 2, 401
        of.foresee()
        await ask(of)
        assert inner.asked == 3, "told to who asks, and not kept"
        inner.status = 200
        await ask(of)
        assert inner.asked == 4

    asyncio.run(story())


def test_who_is_let_in_no_more_while_many_wait_stops_nobody() -> None:
    class Checked(Slow):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.status = 401 if b"gone" in dict(scope["headers"]) else 200
            await super().__call__(scope, receive, send)

    async def story() -> None:
        inner = Checked()
        of = SharedAnswers(inner, inner.newest, time.time)
        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        gone = {"type": "http", "path": "/wall/p/s", "query_string": b"", "headers": [(b"gone", b"1")]}
        async with asyncio.timeout(5):
            await asyncio.gather(ask(of), of(gone, lambda: asyncio.sleep(0), send))
        assert said[0]["status"] == 401 and inner.asked <= 4

    asyncio.run(story())


def test_while_commits_come_fast_the_same_is_made_only_so_often() -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        until = time.monotonic() + 0.8

        async def wall() -> None:
            while time.monotonic() < until:
                inner.version += 1
                await ask(of)

        await asyncio.gather(*(wall() for _ in range(20)))
        assert inner.asked <= 2 + 0.8 / shared.LEAST_SECONDS

    asyncio.run(story())


def test_an_answer_does_not_outlive_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(shared, "HOLDS_SECONDS", 0.2)
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        await ask(of)
        await ask(of)
        await asyncio.sleep(0.25)
        await ask(of)
        assert inner.asked == 2

    asyncio.run(story())


def test_a_failure_is_told_and_the_next_is_asked_again() -> None:
    async def story() -> None:
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        inner.fails = True
        with pytest.raises(RuntimeError):
            await ask(of)
        inner.fails = False
        assert (await ask(of))[0] == b"/wall/p/s 1"

    asyncio.run(story())


def test_only_so_many_questions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(shared, "KEPT", 3)
        inner = Slow()
        of = SharedAnswers(inner, inner.newest, time.time)
        for number in range(5):
            await ask(of, f"/wall/p/{number}")
        await ask(of, "/wall/p/4")
        assert inner.asked == 5
        await ask(of, "/wall/p/0")
        assert inner.asked == 6

    asyncio.run(story())
