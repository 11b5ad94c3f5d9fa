"""Requests and their answers: authorised, repeated where that may help, and bounded in time and size."""

from __future__ import annotations

import random
import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import orjson
import urllib3
from urllib3.exceptions import ProtocolError

from data_sources.http import faults
from data_sources.http.auth import Proof
from data_sources.http.faults import PassingFault, named
from data_sources.http.options import HttpOptions
from data_sources.http.spool import spool
from data_sources.http.wire import Guard, Interrupted, connections, tls_context
from data_sources.readers.survey import Survey
from ioc.errors import FeedUnavailable

REDIRECTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOTHING_NEW = frozenset({204, 304})
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})
_MOST_TOKEN_BYTES = 1 << 16


@dataclass(frozen=True)
class Request:
    """What is asked: an address, and parameters that go into its query, or into the body of a POST."""

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An answer: where it came from, its headers in small letters, its unpacked body in a temporary file, and what was found in it."""

    url: str
    headers: Mapping[str, str]
    body: BinaryIO
    found: Survey

    @property
    def path(self) -> Path:
        """The temporary file, to be opened anew; it is gone when `body` is closed."""
        return Path(f"/proc/self/fd/{self.body.fileno()}")


class Client:
    """What is kept of a server from one asking to the next: tokens, and whom we trust."""

    def __init__(self, options: HttpOptions, base: Path) -> None:
        self.options, self._base = options, base
        self.proof = Proof(options, base)
        self._tls: ssl.SSLContext | None = None

    @contextmanager
    def session(self, stopping: threading.Event) -> Iterator[Session]:
        """Connections for one asking."""
        auth_url = getattr(self.options.auth, "token_url", "")
        if self._tls is None and any(url.startswith("https:") for url in (self.options.url, auth_url)):
            self._tls = tls_context(self.options, self._base)
        guard = Guard(stopping)
        with connections(guard, self._tls) as pool:
            yield Session(self.options, self.proof, guard, pool)


class Session:
    """Asks one server, as often as needed."""

    def __init__(self, options: HttpOptions, proof: Proof, guard: Guard, pool: urllib3.PoolManager) -> None:
        self._options, self._proof, self._guard, self._pool = options, proof, guard, pool

    def ask(self, request: Request) -> Answer | None:
        """The answer to a request; None when nothing is new. It is repeated while that may help.

        Raises:
            FeedUnavailable: there is no answer now.
            FeedRejected: it is too large.
            Interrupted: the feed is to stop.
        """
        renewed = False
        pause = 0.0
        for attempt in range(self._options.retries + 2):
            if self._guard.stopping.wait(pause):
                raise Interrupted
            headers: Mapping[str, str] = {}
            try:
                headers = self._proof.header(self._token)
                return self._once(request, headers)
            except _RefusedError as fault:
                if fault.status == 401 and not renewed and self._proof.was_refused(headers):
                    renewed, pause = True, 0.0
                    continue
                if fault.status not in _AGAIN or attempt - renewed >= self._options.retries:
                    raise faults.refused(fault.name, fault.status) from fault
                pause = fault.pause if fault.pause is not None else _pause(attempt)
                if pause > LONGEST_PAUSE:
                    raise FeedUnavailable(
                        "{name} answers {status} and asks us to wait {seconds:.0f} seconds.",
                        "Give the feed a slower schedule.",
                        name=fault.name,
                        status=fault.status,
                        seconds=pause,
                    ) from fault
            except PassingFault as fault:
                if attempt - renewed >= self._options.retries:
                    raise fault.told from fault
                pause = _pause(attempt)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: Request, proof: Mapping[str, str]) -> Answer | None:
        """One attempt; redirects are followed within the host, so that nothing that proves who we are goes elsewhere."""
        url, name = self._address(request), named(request.url)
        headers, body = {**self._options.headers, **request.headers, **proof}, None
        if self._options.method == "POST":
            body = orjson.dumps({**self._options.body, **self._options.params, **request.params})
            headers = {"Content-Type": "application/json", **headers}
        with self._in_time(name):
            for _ in range(REDIRECTS + 1):
                with self._sent(self._options.method, url, headers, body) as response:
                    target = response.headers.get("location") if response.status in _ELSEWHERE else None
                    if target is None:
                        return self._read(response, url, name)
                url = within_host(urljoin(url, target), url)
        raise FeedUnavailable(
            "{name} sends on and on ({times} times).", "Check the address, and whether it wants a sign-in.", name=name, times=REDIRECTS
        )

    @contextmanager
    def _in_time(self, name: str) -> Iterator[None]:
        """Whatever is asked inside comes to its end in time, or is told to have not."""
        try:
            with faults.telling(name), self._guard.within(self._options.page_seconds):
                yield
        except PassingFault as fault:
            if self._guard.late:
                raise faults.too_slow(name, self._options.page_seconds) from fault
            raise

    def _read(self, response: urllib3.BaseHTTPResponse, url: str, name: str) -> Answer | None:
        if response.status in _NOTHING_NEW:
            return None
        if response.status != 200:
            raise _RefusedError(name, response.status, _asked_to_wait(response.headers))
        headers = {key.lower(): value for key, value in response.headers.items()}
        # Without a name, so that nothing of what was answered stays on the disk however this program ends.
        file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the answer
        try:
            found = spool(response, name, self._options.max_mib, file)
            if self._guard.has_cut():  # what was cut short may look complete
                raise ProtocolError
        except BaseException:
            file.close()
            raise
        return Answer(url, headers, file, found)

    def _token(self, url: str, headers: Mapping[str, str], form: bytes) -> bytes:
        """What the issuer of tokens answers. It is sent nothing but these headers, and is not followed elsewhere."""
        name = named(url)
        with self._in_time(name), self._sent("POST", url, headers, form) as response:
            status, found = response.status, response.read(_MOST_TOKEN_BYTES, decode_content=True)
        if status in _AGAIN:
            raise PassingFault(faults.refused(name, status))
        if status != 200:
            raise FeedUnavailable(
                "{name} answers {status} to client_id and client_secret.", "Check them, and the scope.", name=name, status=status
            )
        return found

    @contextmanager
    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Iterator[urllib3.BaseHTTPResponse]:
        timeout = urllib3.Timeout(connect=self._options.connect_seconds, read=self._options.read_seconds)
        sent = {"Accept-Encoding": "gzip", "User-Agent": "ioc", **headers}
        response = self._pool.request(
            method, url, body=body, headers=sent, timeout=timeout, redirect=False, retries=False, preload_content=False
        )
        complete = False
        try:
            yield response
            complete = response.status == 200
        finally:
            if complete:
                response.release_conn()
            else:
                response.close()

    def _address(self, request: Request) -> str:
        """The address with its parameters; fixed ones that are there already are not added again."""
        if self._options.method == "POST":
            return request.url
        parts = urlsplit(request.url)
        there = dict(parse_qsl(parts.query, keep_blank_values=True))
        fixed = {name: value for name, value in self._options.params.items() if name not in there}
        added = {**fixed, **request.params}
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(added))))))


class _RefusedError(Exception):
    def __init__(self, name: str, status: int, pause: float | None) -> None:
        super().__init__(f"{name}: {status}")
        self.name, self.status, self.pause = name, status, pause


def within_host(target: str, url: str) -> str:
    """An address that we are sent on to. Raises FeedUnavailable when it leads to another host, or to another way of speaking to it."""
    try:
        same = urlsplit(target)[:2] == urlsplit(url)[:2]
    except ValueError:
        same = False
    if not same:
        raise FeedUnavailable(
            "{name} sends on to another host, {host}.", "If that is right, write its address.", name=named(url), host=_host(target)
        )
    return target


def _host(target: str) -> str:
    try:
        parts = urlsplit(target)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return "which has no valid name"


def _pause(attempt: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**attempt * (0.5 + random.random()))


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that the server asks us to wait; None when it asks for none."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
