"""The outermost layer of every answer: headers that keep browsers from harm, and bounds on what is sent here.

The pages need no script in their text but one of Dash's, which is named by its hash. Styles may stand in the text: bars and charts are
measured there, and a style runs nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, MutableMapping
from typing import IO, Any

import orjson

from ioc.asgi import App, Receive, Scope, Send

# What a page or form may send, and how long it may take: no thread waits for it meanwhile.
MOST_BYTES, BODY_SECONDS = 8 * 2**20, 30.0
# What is larger is taken in only where a file is looked at: into a file, so many at a time, and for longer.
LARGE_BYTES, LARGE_SECONDS, LARGE_AT_A_TIME, CHUNK = 512 * 2**20, 300.0, 2, 2**16
TAKES_FILES = frozenset({"/verify"})
# Tells what is behind that a file was too large, so that it is told in words; nothing of it is passed on.
TOO_LARGE = "X-IOC-Too-Large"


def security_policy(hashes: Iterable[str]) -> str:
    """What a browser may load and run: what comes from here, and inline scripts of these hashes."""
    scripts = " ".join(["'self'", *hashes])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-src 'self'",  # the small pictures of walls
            "frame-ancestors 'self'",
        ]
    )


class Edge:
    """An ASGI application around another.

    Args:
        inner: answers.
        policy: see ``security_policy``.
        bounded: whether a request's body is bounded here; those that take much in bound it themselves.
    """

    def __init__(self, inner: App, policy: str, bounded: Callable[[Scope], bool]) -> None:
        self._inner, self._bounded = inner, bounded
        self._places = asyncio.Semaphore(LARGE_AT_A_TIME)
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"SAMEORIGIN"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        ]
        self._secure = [*self._headers, (b"strict-transport-security", b"max-age=31536000")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""
        if scope["type"] != "http":
            return
        headers = self._secure if scope.get("scheme") == "https" else self._headers

        async def sent(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in headers if each[0] not in given)]
            await send(message)

        if scope["method"] in {"POST", "PUT", "PATCH", "DELETE"} and self._bounded(scope):
            if scope["path"] in TAKES_FILES and _length(scope) > MOST_BYTES:
                return await self._through_a_file(scope, receive, sent)
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await _body(receive)
            except TimeoutError:
                return await _refuse(sent, 408, "The body took too long.")
            if body is None:
                return await _refuse(sent, 413, f"The body is larger than {MOST_BYTES // 2**20} MiB.")
            receive = _again(body, receive)
        await self._inner(scope, receive, sent)

    async def _through_a_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a large request answered once all of it has come: no thread waits, and no memory is needed."""
        async with self._places:
            with tempfile.TemporaryFile() as file:
                try:
                    async with asyncio.timeout(LARGE_SECONDS):
                        is_whole = await _spooled(receive, file)
                except TimeoutError:
                    return await _refuse(send, 408, "The body took too long.")
                if not is_whole:
                    kept = [each for each in scope["headers"] if each[0] not in {b"content-length", b"transfer-encoding"}]
                    scope = {**scope, "headers": [*kept, (b"content-length", b"0"), (TOO_LARGE.lower().encode(), b"1")]}
                    file.truncate(0)
                file.seek(0)
                await self._inner(scope, _from_file(file, receive), send)


def _length(scope: Scope) -> int:
    """How long a body says that it is; without a word, as long as may be."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else LARGE_BYTES


async def _spooled(receive: Receive, file: IO[bytes]) -> bool:
    """Put all that is sent into a file; False if it is too much: the rest is read and dropped, as browsers show no answer before."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGE_BYTES:
            file.write(part)
        if not message.get("more_body"):
            return size <= LARGE_BYTES


def _from_file(file: IO[bytes], receive: Receive) -> Receive:
    """What a file holds, as it was sent."""
    is_over = False

    async def read() -> MutableMapping[str, Any]:
        nonlocal is_over
        if is_over:
            return await receive()
        part = file.read(CHUNK)
        is_over = len(part) < CHUNK
        return {"type": "http.request", "body": part, "more_body": not is_over}

    return read


async def _body(receive: Receive) -> bytes | None:
    """All that is sent, or None if that is too much."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What has been read, to be read once more."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return read


async def _refuse(send: Send, status: int, title: str) -> None:
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
