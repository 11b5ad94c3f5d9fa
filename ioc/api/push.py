"""``POST /api/v1/feeds/{feed}/records``: another system brings records. The answer comes when they are on disk.

An ASGI application of its own: a delivery that waits for its commit holds no thread of those that answer pages.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

import orjson

from ioc.api.json_values import problem
from ioc.asgi import Receive, Scope, Send
from ioc.errors import FeedRejected, IocError, StoreError
from ioc.intake.group_writer import Busy, GroupWriter
from ioc.intake.port import Door, NotAdmitted
from ioc.store.feeds import Write, answer_to, answered
from ioc.store.receipts import Receipt
from ioc.store.store import Store

_PATH = re.compile(r"/api/v1/feeds/([^/]+)/records")
_LONGEST_KEY = 200
# A sender to a paused feed is told to come again after so many seconds; a person has paused it, and minutes are likely.
_PAUSED_SECONDS = 60


def is_push(scope: Scope) -> bool:
    """Whether a request brings records."""
    return scope["method"] == "POST" and _PATH.fullmatch(scope["path"]) is not None


class Refused(IocError):
    """A request that cannot be answered as it is; ``status`` is HTTP's word for it."""

    def __init__(self, status: int, what: str, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(what, hint)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True)
class PushApi:
    """The doors of a deployment.

    Attributes:
        doors: by feed.
        writer: what takes records in.
        store: knows which deliveries were answered before.
        has_token: whether a secret is that of a token that may bring records to a feed, besides the one in the configuration.
        is_paused: whether a person has paused a feed: nothing is taken then, so that its senders keep what they have.
    """

    doors: Mapping[str, Door]
    writer: GroupWriter
    store: Store
    is_paused: Callable[[str], bool]
    has_token: Callable[[str, str], bool] = lambda feed, secret: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            status, body, headers = 202, await self._answer(scope, receive), dict[str, str]()
        except Exception as error:
            refused = _refusal(error)
            body = orjson.dumps(problem(refused.status, refused.what, refused.hint))
            status, headers = refused.status, dict(refused.headers)
        kind = "application/json" if status == 202 else "application/problem+json"
        sent = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store", **headers}
        lines = [(name.encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        match = _PATH.fullmatch(scope["path"])
        feed = match[1] if match else ""
        if feed not in self.doors:
            # Which feeds there are is nothing for strangers: no names are offered.
            raise Refused(404, f"There is no feed “{feed}” that records can be brought to.", "Ask the administrator for its name.")
        door, headers = self.doors[feed], _headers(scope)
        self._admit(feed, door, headers)
        if self.is_paused(feed):
            again = {"retry-after": str(_PAUSED_SECONDS)}
            raise Refused(
                503, f"Feed “{feed}” is paused. Nothing of this delivery was taken in.", "Keep it, and send it again later.", again
            )
        _check_headers(headers, door)
        body = await _body(receive, door.most_bytes)
        waiting = await asyncio.get_running_loop().run_in_executor(None, self._submit, feed, door, headers, body)
        return waiting if isinstance(waiting, bytes) else _plain(await asyncio.wrap_future(waiting))

    def _admit(self, feed: str, door: Door, headers: Mapping[str, str]) -> None:
        try:
            door.admit(headers)
        except NotAdmitted:
            kind, _, secret = headers.get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not self.has_token(feed, secret.strip()):
                raise

    def _submit(self, feed: str, door: Door, headers: Mapping[str, str], body: bytes) -> bytes | Future[Receipt]:
        """Hand a body's records to the writer; or the answer that the same delivery was given before."""
        table = door.read(headers, body)
        key, digest = headers.get("idempotency-key"), hashlib.sha256(body).hexdigest()
        if key is None:
            return self.writer.submit(feed, table)
        with self.store.read() as snapshot:
            before = answer_to(snapshot, feed, key)
        if before is None:
            return self.writer.submit(feed, table, lambda receipt: self._noted(feed, key, digest, receipt))
        if before[0] != digest:
            raise Refused(422, "This Idempotency-Key was used for another body.", "Give each delivery a key of its own.")
        return before[1].encode()

    def _noted(self, feed: str, key: str, digest: str, receipt: Receipt) -> Write:
        return answered(feed, key, digest, _plain(receipt).decode(), self.store.clock.now())


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by name in small letters; the content's type is a bare media type."""
    found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return found | {"content-type": found.get("content-type", "").partition(";")[0].strip().lower()}


def _check_headers(headers: Mapping[str, str], door: Door) -> None:
    if headers["content-type"] not in door.kinds:
        raise Refused(415, f"The body's type is “{headers['content-type']}”.", f"Send {' or '.join(sorted(door.kinds))}.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "The body is compressed.", "Send it as it is.")
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > door.most_bytes:
        raise _too_large(door.most_bytes)
    if len(headers.get("idempotency-key", "")) > _LONGEST_KEY:
        raise Refused(400, f"The Idempotency-Key is longer than {_LONGEST_KEY} letters.", "Send a shorter one, such as a UUID.")


async def _body(receive: Receive, most_bytes: int) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The connection ended before the body did.", "Send it again.")
        part = message.get("body", b"")
        size += len(part)
        if size > most_bytes:
            raise _too_large(most_bytes)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large(most_bytes: int) -> Refused:
    return Refused(413, f"The body is larger than {most_bytes // 2**20} MiB.", "Send fewer records at a time.")


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if not isinstance(error, IocError):
        logging.getLogger(__name__).error("A delivery could not be taken in", exc_info=error)
        return Refused(500, "The records could not be taken in: a fault of this program.", "Its log says more; send them again later.")
    if isinstance(error, NotAdmitted):
        challenge = {"www-authenticate": "Bearer"} if error.status == 401 else {}
        return Refused(error.status, error.what, error.hint, challenge)
    if isinstance(error, Busy):
        return Refused(429, error.what, error.hint, {"retry-after": str(error.retry_after)})
    if isinstance(error, StoreError):
        return Refused(503, error.what, error.hint, {"retry-after": "30"})
    return Refused(400 if isinstance(error, FeedRejected) else 500, error.what, error.hint)


def _plain(receipt: Receipt) -> bytes:
    """A receipt as the answer's JSON. A row is named once, with its first fault."""
    faults = {fault.index: fault for fault in reversed(receipt.faults)}
    return orjson.dumps(
        {
            "accepted": receipt.tally.accepted,
            "duplicates": receipt.tally.duplicates,
            "rejected": [{"index": index, "reason": faults[index].reason, "field": faults[index].field} for index in sorted(faults)],
            "secret": receipt.tally.secret,
            "skipped": receipt.tally.skipped,
            "version": receipt.version,
        }
    )
