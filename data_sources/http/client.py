"""One request and its answer: authorised, repeated where that may help, bounded in time and size, and told in a sentence when it fails."""

from __future__ import annotations

import base64
import json
import random
import re
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from data_sources.http.options import Basic, Bearer, HttpOptions, OAuth2
from data_sources.secret import revealed
from ioc.errors import FeedRejected, FeedUnavailable

REDIRECTS = 5
_CHUNK = 1 << 18
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
_TOKEN_BYTES = 1 << 20
_LINK = re.compile(r"<([^>]*)>([^<]*)")


@dataclass(frozen=True)
class Request:
    """What is asked: an address, and parameters that go into it, or into the body of a POST."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An answer whose body is in a temporary file, unpacked; of one without records it is closed."""

    status: int
    headers: Mapping[str, str]
    body: BinaryIO
    path: Path
    url: str


class Client:
    """Asks one address. Raises FeedUnavailable for whatever may be otherwise later, FeedRejected for what is too large."""

    def __init__(self, options: HttpOptions, base: Path) -> None:
        self._options = options
        self._base = base
        self._token: tuple[str, float] | None = None
        self._pool: urllib3.PoolManager | None = None

    def ask(self, request: Request, stopping: threading.Event) -> Answer:
        """The answer to a request; repeated while that may help."""
        renewed = False
        for attempt in range(self._options.retries + 1):
            last = attempt == self._options.retries or stopping.is_set()
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * (0.5 + random.random())
            try:
                answer = self._once(request)
            except _PassingError as fault:
                if last:
                    raise fault.told from fault
            else:
                if answer.status == 200:
                    return answer
                answer.body.close()
                if answer.status == 401 and isinstance(self._options.auth, OAuth2) and not renewed:
                    renewed, self._token = True, None
                    continue
                if answer.status not in _AGAIN or last:
                    return self._checked(answer)
                pause = _told_to_wait(answer.headers) or pause
            stopping.wait(pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: Request) -> Answer:
        """One attempt; redirects are followed within the host."""
        url, deadline = self._address(request), time.monotonic() + self._options.page_seconds
        headers = {**self._options.headers, **request.headers, **self._authorised()}
        for _ in range(REDIRECTS + 1):
            with _telling(self._named(url)), self._sent(url, request, headers) as response:
                target = response.headers.get("location") if response.status in {301, 302, 303, 307, 308} else None
                if target is None:
                    body = self._spooled(response, url, deadline)
                    return Answer(response.status, response.headers, body, Path(body.name), url)
            target = urljoin(url, target)
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                raise FeedUnavailable(
                    f"{self._named(url)} sends on to another host, {urlsplit(target).hostname}.", "If that is right, write its address."
                )
            url = target
        raise FeedUnavailable(
            f"{self._named(url)} sends on and on ({REDIRECTS} times).", "Check the address, and whether it wants a sign-in."
        )

    @contextmanager
    def _sent(self, url: str, request: Request, headers: Mapping[str, str]) -> Iterator[urllib3.BaseHTTPResponse]:
        body = None
        if self._options.method == "POST":
            body = json.dumps({**self._options.body, **self._options.params, **request.params}).encode()
            headers = {"Content-Type": "application/json", **headers}
        timeout = urllib3.Timeout(connect=self._options.connect_seconds, read=self._options.read_seconds)
        sent = {"Accept-Encoding": "gzip, deflate", "User-Agent": "ioc", **headers}
        response = self._pooled().request(
            self._options.method, url, body=body, headers=sent, timeout=timeout, redirect=False, retries=False, preload_content=False
        )
        try:
            yield response
        finally:
            response.close()

    def _spooled(self, response: urllib3.BaseHTTPResponse, url: str, deadline: float) -> BinaryIO:
        """The unpacked body in a temporary file."""
        file = cast(BinaryIO, tempfile.NamedTemporaryFile(prefix="ioc-"))  # noqa: SIM115 - lives as long as the answer
        try:
            self._copy(response, file, url, deadline)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _copy(self, response: urllib3.BaseHTTPResponse, file: BinaryIO, url: str, deadline: float) -> None:
        left = self._options.max_mib * 2**20
        for chunk in response.stream(_CHUNK, decode_content=True):
            left -= len(chunk)
            if left < 0:
                raise FeedRejected(
                    f"{self._named(url)} answers with more than {self._options.max_mib} MiB.", "Ask for smaller pages, or raise max_mib."
                )
            if time.monotonic() > deadline:
                raise FeedUnavailable(
                    f"{self._named(url)} has not answered to the end within {self._options.page_seconds:g} seconds.",
                    "Ask for smaller pages, or raise page_seconds.",
                )
            file.write(chunk)
        file.flush()

    def _checked(self, answer: Answer) -> Answer:
        """An answer without records that says that there is nothing new. Raises FeedUnavailable otherwise."""
        if answer.status in {204, 304}:
            return answer
        hints = {
            401: "Check the credentials under auth.",
            403: "Check the credentials under auth, and what they allow.",
            404: "Check the address.",
            429: "It asks us to come less often: give the feed a slower schedule.",
        }
        raise FeedUnavailable(f"{self._named(answer.url)} answers {answer.status}.", hints.get(answer.status, "Ask those who run it."))

    def _address(self, request: Request) -> str:
        if self._options.method == "POST":
            return request.url
        parts = urlsplit(request.url)
        query = "&".join(each for each in (parts.query, urlencode({**self._options.params, **request.params})) if each)
        return urlunsplit(parts._replace(query=query))

    def _named(self, url: str) -> str:
        """An address as it may be shown: parameters may hold secrets."""
        return urlunsplit(urlsplit(url)._replace(query="", fragment=""))

    def _authorised(self) -> dict[str, str]:
        auth = self._options.auth
        if isinstance(auth, Bearer):
            return {"Authorization": f"Bearer {revealed(auth.token, self._base)}"}
        if isinstance(auth, Basic):
            return {"Authorization": _basic(auth.user, revealed(auth.password, self._base))}
        if isinstance(auth, OAuth2):
            return {"Authorization": f"Bearer {self._fetched_token(auth)}"}
        return {}

    def _fetched_token(self, auth: OAuth2) -> str:
        if self._token and time.monotonic() < self._token[1]:
            return self._token[0]
        form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
        headers = {
            "Authorization": _basic(auth.client_id, revealed(auth.client_secret, self._base)),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        named = self._named(auth.token_url)
        timeout = urllib3.Timeout(connect=self._options.connect_seconds, read=self._options.read_seconds)
        with _telling(named):
            response = self._pooled().request(
                "POST", auth.token_url, body=urlencode(form), headers=headers, timeout=timeout, redirect=False, retries=False,
                preload_content=False,
            )  # fmt: skip
            content = response.read(_TOKEN_BYTES)
            response.close()
        try:
            answer = json.loads(content) if response.status == 200 else {}
            token, seconds = str(answer["access_token"]), float(answer.get("expires_in", 300))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FeedUnavailable(
                f"{named} gives no token (it answers {response.status}).", "Check client_id, client_secret and scope."
            ) from None
        self._token = token, time.monotonic() + max(0.0, seconds - 30)
        return token

    def _pooled(self) -> urllib3.PoolManager:
        """The connections; proxies that the environment names are not used: a ministry's records go no way that nobody has written down."""
        if self._pool is None:
            self._pool = urllib3.PoolManager(maxsize=2, ssl_context=self._tls())
        return self._pool

    def _tls(self) -> ssl.SSLContext:
        options = self._options
        try:
            context = ssl.create_default_context(cafile=str(self._base / options.ca_file) if options.ca_file else None)
            if options.client_cert:
                key = str(self._base / options.client_key) if options.client_key else None
                context.load_cert_chain(str(self._base / options.client_cert), key)
        except (OSError, ssl.SSLError) as fault:
            raise FeedUnavailable(f"A certificate cannot be read: {fault}.", "Check ca_file, client_cert and client_key.") from fault
        return context


class _PassingError(Exception):
    """A fault that may be gone in a moment."""

    def __init__(self, told: FeedUnavailable) -> None:
        super().__init__(str(told))
        self.told = told


@contextmanager
def _telling(named: str) -> Iterator[None]:
    """Turns what can go wrong on the way into our errors."""
    try:
        yield
    except HTTPError as fault:
        reason: BaseException = fault.reason if isinstance(fault, MaxRetryError) and fault.reason else fault
        if isinstance(reason, SSLError):
            raise FeedUnavailable(
                f"{named} cannot be trusted: {_without_code(reason)}.",
                "Check its certificate, and ca_file if it has an authority of its own.",
            ) from fault
        if isinstance(reason, NameResolutionError):
            told = FeedUnavailable(f"{named}: the host {urlsplit(named).hostname} is not known.", "Check the address, and the name server.")
        elif isinstance(reason, NewConnectionError):
            told = FeedUnavailable(f"{named} takes no connection.", "Check the address and the port, and that it runs.")
        elif isinstance(reason, ConnectTimeoutError | ReadTimeoutError):
            told = FeedUnavailable(f"{named} does not answer in time.", "Ask those who run it, or raise connect_seconds or read_seconds.")
        elif isinstance(reason, DecodeError):
            raise FeedUnavailable(f"{named} answers with packed data that cannot be unpacked.", "Ask those who run it.") from fault
        else:
            told = FeedUnavailable(f"{named} broke off in the middle of its answer.", "It is asked again.")
        raise _PassingError(told) from fault


def _without_code(fault: BaseException) -> str:
    """What OpenSSL says, without its place in OpenSSL's source."""
    text = str(fault)
    return text.split("] ", 1)[-1].split(" (_ssl", 1)[0].rstrip(".)")


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _told_to_wait(headers: Mapping[str, str]) -> float | None:
    """The pause that the server asks for, in seconds and within reason; None when it asks for none."""
    text = headers.get("Retry-After", "")
    if text.isdigit():
        return min(float(text), LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(text)
        asked = parsedate_to_datetime(headers["Date"])
    except (ValueError, TypeError, KeyError):
        return None
    return min(max(0.0, (at - asked).total_seconds()), LONGEST_PAUSE)


def header_link(value: str, relation: str) -> str | None:
    """The address that a header ``Link`` names with a relation."""
    for address, parameters in _LINK.findall(value):
        if re.search(rf'rel\s*=\s*"?(?:[^"]*\s)?{re.escape(relation)}[\s";,]?', parameters):
            return str(address)
    return None
