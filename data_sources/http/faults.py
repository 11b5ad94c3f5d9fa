"""What can go wrong between us and a server, each in a sentence. No query is ever named: it may hold a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from ioc.errors import FeedUnavailable, IocError

_HINTS = {
    400: "Check params, watermark and paging.",
    401: "Check the credentials under auth.",
    403: "Check the credentials under auth, and what they allow.",
    404: "Check the address.",
    405: "Check method.",
    429: "It asks us to come less often: give the feed a slower schedule.",
}


class PassingFault(Exception):
    """A fault that may be gone in a moment; ``told`` is what to say when it is not."""

    def __init__(self, told: IocError) -> None:
        super().__init__(told.what)
        self.told = told


def named(url: str) -> str:
    """An address as it may be shown to anybody."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Turns what can go wrong on the way into our errors, or into a PassingFault."""
    try:
        yield
    except SSLError as fault:
        raise FeedUnavailable(
            "{name} cannot be trusted: {fault}.",
            "Check its certificate, and ca_file if it has an authority of its own.",
            name=name,
            fault=_without_code(fault),
        ) from fault
    except DecodeError as fault:
        raise FeedUnavailable("{name} answers with packed data that cannot be unpacked.", "Ask those who run it.", name=name) from fault
    except LocationValueError as fault:
        raise FeedUnavailable("{name} is no address that can be asked.", "Ask those who run it.", name=name) from fault
    except HTTPError as fault:
        raise PassingFault(_on_the_way(name, fault)) from fault


def _on_the_way(name: str, fault: HTTPError) -> FeedUnavailable:
    if isinstance(fault, NameResolutionError):
        return FeedUnavailable(
            "{name}: the host {host} is not known.", "Check the address, and the name server.", name=name, host=urlsplit(name).hostname
        )
    if isinstance(fault, NewConnectionError):
        return FeedUnavailable("{name} takes no connection.", "Check the address and the port, and that it runs.", name=name)
    if isinstance(fault, ConnectTimeoutError | ReadTimeoutError):
        return FeedUnavailable(
            "{name} does not answer in time.", "Ask those who run it, or raise connect_seconds or read_seconds.", name=name
        )
    return FeedUnavailable("{name} broke off in the middle of its answer.", "It is asked again.", name=name)


def too_slow(name: str, seconds: float) -> FeedUnavailable:
    """The answer has not come to its end in time."""
    return FeedUnavailable(
        "{name} has not answered to the end within {seconds:g} seconds.",
        "Ask for smaller pages, or raise page_seconds.",
        name=name,
        seconds=seconds,
    )


def refused(name: str, status: int) -> FeedUnavailable:
    """An answer that is none."""
    if 300 <= status < 400:
        return FeedUnavailable(
            "{name} answers {status} and does not say where else to ask.", "Check the address.", name=name, status=status
        )
    return FeedUnavailable("{name} answers {status}.", _HINTS.get(status, "Ask those who run it."), name=name, status=status)


def _without_code(fault: BaseException) -> str:
    """What OpenSSL says, without its place in OpenSSL's source."""
    return str(fault).split("] ", 1)[-1].split(" (_ssl", 1)[0].rstrip(".)")
