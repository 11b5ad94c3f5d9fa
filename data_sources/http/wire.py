"""Connections that end when they must: after so long in all, however slowly a server trickles, or when the feed is to stop."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from data_sources.http.options import HttpOptions
from ioc.errors import FeedUnavailable

# How often it is looked whether a request must end.
_LOOK_SECONDS = 0.1


class Interrupted(Exception):
    """The feed is to stop; what was being fetched is left for the next time."""


class Guard:
    """Ends requests that take too long, or that go on when they should stop, by shutting their sockets.

    A time-out of reading alone ends neither: each byte that trickles in begins it anew.

    Attributes:
        stopping: set when the feed is to stop.
        late: whether the last request took too long.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.late = False
        self._sockets: list[socket.socket] = []

    def watch(self, opened: socket.socket | None) -> None:
        """From now on this socket is shut too; those that are closed are forgotten."""
        self._sockets = [each for each in (*self._sockets, opened) if each is not None and each.fileno() >= 0]

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Whatever is done inside ends after so long. Raises Interrupted when something fails inside and the feed is to stop."""
        over, self.late = threading.Event(), False
        watching = threading.Thread(target=self._look, args=(over, time.monotonic() + seconds), name="guard", daemon=True)
        watching.start()
        try:
            yield
        except Exception:
            if self.stopping.is_set():
                raise Interrupted from None
            raise
        finally:
            over.set()
            watching.join()

    def has_cut(self) -> bool:
        """Whether sockets have been shut, so that what seems to have ended by itself may have not."""
        return self.late or self.stopping.is_set()

    def _look(self, over: threading.Event, end: float) -> None:
        while not over.wait(_LOOK_SECONDS):
            self.late = time.monotonic() > end
            if self.late or self.stopping.is_set():
                for each in self._sockets:
                    with suppress(OSError):  # the plain way, which leaves the state of TLS to the thread that reads
                        socket.socket.shutdown(each, socket.SHUT_RDWR)


def connections(guard: Guard, tls: ssl.SSLContext | None) -> PoolManager:
    """What opens connections that a guard watches. Proxies of the environment are not used."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            guard.watch(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            guard.watch(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    made = PoolManager(ssl_context=tls)
    made.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return made


def tls_context(options: HttpOptions, base: Path) -> ssl.SSLContext:
    """Whom we trust, and the certificate that we show. Raises FeedUnavailable when a file cannot be used."""
    with _naming("ca_file", base / options.ca_file):
        context = ssl.create_default_context(cafile=str(base / options.ca_file) if options.ca_file else None)
    if options.client_cert:
        with _naming("client_cert", base / options.client_cert):
            key = str(base / options.client_key) if options.client_key else None
            context.load_cert_chain(str(base / options.client_cert), key, password="")
    return context


@contextmanager
def _naming(option: str, path: Path) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as fault:
        told = (fault.reason or "it holds none").replace("_", " ").lower()
        raise FeedUnavailable(
            "A certificate cannot be read: {option} {path} ({told}).",
            "It must be PEM, its key without a password.",
            option=option,
            path=path,
            told=told,
        ) from fault
    except OSError as fault:
        raise FeedUnavailable(
            "A certificate cannot be read: {option} {path} ({fault}).", "Put it there.", option=option, path=path, fault=fault.strerror
        ) from fault
