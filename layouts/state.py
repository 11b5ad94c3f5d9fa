"""The address is the state: what a page shows is all in its path and query, so that it can be sent, reloaded and gone back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from ioc.text.words import LANGUAGES, Words, words
from layouts.theme import SCHEMES

# What every link keeps; everything else belongs to one page.
KEPT = ("lang", "theme", "as_of")


@dataclass(frozen=True)
class Context:
    """Who looks, at what address, in what language and scheme, at what moment of the server's clock.

    ``recounting`` is the share of numbers that has been counted anew, or None when none is to be.
    ``unread``: how many open alerts nobody has acknowledged.
    ``unattended``: nobody has a pointer or keyboard, as before a wall.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    language: str
    scheme: str
    now: datetime
    zone: ZoneInfo
    recounting: float | None = None
    unattended: bool = False
    unread: int = 0

    @property
    def today(self) -> date:
        """The day that it is where the organisation is."""
        return self.now.astimezone(self.zone).date()

    @property
    def words(self) -> Words:
        """The words of the language."""
        return words(self.language)

    def get(self, name: str) -> str | None:
        """The first value of a query parameter, or None."""
        return next((value for key, value in self.query if key == name and value), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a query parameter."""
        return tuple(value for key, value in self.query if key == name and value)

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """What the page is limited to: dimensions and their codes."""
        return tuple((dimension, code) for text in self.all("where") for dimension, _, code in [text.partition(":")])

    def at_present(self) -> Context:
        """The same without a past moment."""
        return replace(self, query=tuple((key, value) for key, value in self.query if key != "as_of"))

    def before_nobody(self) -> Context:
        """The same as a wall shows it: nothing leads anywhere."""
        return replace(self, unattended=True)

    def link(self, path: str, *query: tuple[str, str]) -> str:
        """The address of another page that keeps language, scheme and moment, with parameters of its own."""
        return _address(path, [*query, *((key, value) for key, value in self.query if key in KEPT)])

    def with_query(self, **changes: str | None) -> str:
        """The address of this page with some parameters changed, or taken away by None."""
        kept = [(key, value) for key, value in self.query if key not in changes]
        return _address(self.path, kept + [(key, value) for key, value in changes.items() if value])

    def with_more(self, name: str, value: str, **changes: str | None) -> str:
        """The address of this page with one more value of a parameter, and some others changed, or taken away by None."""
        kept = [(key, each) for key, each in self.query if key not in changes]
        return _address(self.path, kept + [(name, value)] + [(key, each) for key, each in changes.items() if each])

    def without(self, name: str, value: str) -> str:
        """The address of this page, from its first part on, without one value of a parameter."""
        return _address(self.path, [(key, each) for key, each in self.query if (key, each) != (name, value) and key != "page"])

    def with_where(self, dimension: str, code: str | None) -> str:
        """The address of this page with one filter set, or taken away by None."""
        mark = f"{dimension}:"
        kept = [(key, value) for key, value in self.query if not (key == "where" and value.startswith(mark))]
        return _address(self.path, kept + ([("where", mark + code)] if code is not None else []))


def context_of(path: str, search: str, now: datetime, zone: ZoneInfo, default_language: str = "vi") -> Context:
    """The context of an address; unknown languages and schemes fall back to the defaults."""
    query = tuple(_as_written(key, value) for key, value in parse_qsl(search.lstrip("?"), keep_blank_values=False))
    found: Mapping[str, str] = dict(query)
    language = found.get("lang", default_language)
    scheme = found.get("theme", SCHEMES[0])
    return Context(
        path=path.rstrip("/") or "/",
        query=query,
        language=language if language in LANGUAGES else LANGUAGES[0],
        scheme=scheme if scheme in SCHEMES else SCHEMES[0],
        now=now,
        zone=zone,
    )


def _as_written(key: str, value: str) -> tuple[str, str]:
    """A parameter as links write it: forms can only say ``where:unit=vp`` for what is ``where=unit:vp``."""
    name, mark, field = key.partition(":")
    return (name, f"{field}:{value}") if mark and name == "where" else (key, value)


def _address(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path}?{'&'.join([_encoded(key, value) for key, value in query])}" if query else path


@lru_cache(maxsize=4096)
def _encoded(key: str, value: str) -> str:
    """One parameter as it stands in an address: a page has hundreds of addresses of the same few."""
    return urlencode(((key, value),))
