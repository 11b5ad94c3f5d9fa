"""What is exported: a page by its address, or a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode

from ioc.errors import BadQuestion, UnknownName


class Page(StrEnum):
    """The kinds of pages that can be exported. ``LISTING`` is any other page, of which one table or list is taken as it stands."""

    OVERVIEW = "overview"
    SCREEN = "screens"
    INDICATOR = "indicators"
    UNIT = "units"
    RECORDS = "records"
    MILESTONES = "milestones"
    FEEDS = "feeds"
    REPORT = "reports"
    LISTING = "listing"


NAMED = (Page.SCREEN, Page.INDICATOR, Page.UNIT, Page.RECORDS, Page.REPORT)
# By this alone, the first report that is configured.
ANY_REPORT = "report"
# Pages that show a past moment when they are asked to; others are of the present.
_WITH_PAST = re.compile(r"/|/milestones|/alerts|/(?:changes|records|indicators|units|screens|reports)/.+|/changes")
# The part of a page that is a listing, and the paths of pages.
_LISTING, _PATH = re.compile(r"list-[a-z_]+"), re.compile(r"/(?!/)(?!.*\.\.)[^\s?#<>\\]*")
# What an address says about how a page looks, not about what it shows.
_LOOKS = {"lang", "theme", "as_of"}
_WHOLE = frozenset(Page) - {Page.LISTING}


@dataclass(frozen=True)
class Subject:
    """A page, or a part of it.

    Attributes:
        page: its kind.
        name: of the screen, indicator, unit or record type.
        part: ``panel-3`` of a screen, ``tile-…`` of the overview, ``trend`` or ``split`` of an indicator, ``group-1`` of a unit; empty for
            the whole. ``list-…`` of a listing, whose name is the path of its page.
        query: filters and period, as the page's address says them.
    """

    page: Page
    name: str = ""
    part: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str | None:
        """The first value of a parameter, or None."""
        return next((value for name, value in self.query if name == key and value), None)

    def all(self, key: str) -> tuple[str, ...]:
        """Every value of a parameter."""
        return tuple(value for name, value in self.query if name == key and value)

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """What the page is limited to: dimensions and their codes."""
        return tuple((dimension, code) for text in self.all("where") for dimension, _, code in [text.partition(":")])

    @property
    def path(self) -> str:
        """The path of its page."""
        if self.page is Page.OVERVIEW:
            return "/"
        if self.page is Page.LISTING:
            return self.name
        return f"/{self.page}/{quote(self.name, safe=':')}" if self.name else f"/{self.page}"

    def address(self, *more: tuple[str, str]) -> str:
        """The address of its page with parameters more, and the place of the part on it."""
        query = (*self.query, *more)
        return self.path + (f"?{urlencode(query)}" if query else "") + (f"#{self.part}" if self.part else "")

    def __str__(self) -> str:
        return self.address()


def subject_of(text: str, screens: Iterable[str], indicators: Iterable[str]) -> Subject:
    """What a person or page names: an address of a page (``/screens/public_services#panel-3``), or the bare name of a screen or indicator.

    Raises:
        UnknownName: nothing is called so, with the nearest names.
        BadQuestion: a page that cannot be exported.
    """
    bare, _, part = text.strip().partition("#")
    path, _, query = bare.partition("?")
    asked = tuple(_as_written(key, value) for key, value in parse_qsl(query) if key not in _LOOKS)
    names = [unquote(each) for each in path.strip("/").split("/") if each]
    if is_listing(part) and _PATH.fullmatch(path):
        return Subject(Page.LISTING, path, part, asked)
    if names == [ANY_REPORT]:
        return Subject(Page.REPORT, "", part, asked)
    if not path.startswith("/") and len(names) == 1 and names[0] not in _WHOLE:
        return Subject(_page_of(names[0], screens, indicators), names[0], part, asked)
    page = names[0] if names else Page.OVERVIEW
    if page not in _WHOLE or len(names) > 2 or (len(names) == 2) != (page in NAMED) or not re.fullmatch(r"[\w.:-]*", part):
        raise BadQuestion("no_export", text=text[:200])
    return Subject(Page(page), names[1] if len(names) == 2 else "", part, asked)


def is_listing(part: str) -> bool:
    """Whether a part of a page is a table or list that is taken as it stands there."""
    return bool(_LISTING.fullmatch(part))


def has_past(path: str) -> bool:
    """Whether a page shows a past moment when it is asked to."""
    return bool(_WITH_PAST.fullmatch(path))


def _as_written(key: str, value: str) -> tuple[str, str]:
    """A parameter as links write it: forms can only say ``where:unit=vp`` for what is ``where=unit:vp``."""
    name, mark, field = key.partition(":")
    return (name, f"{field}:{value}") if mark and name == "where" else (key, value)


def _page_of(name: str, screens: Iterable[str], indicators: Iterable[str]) -> Page:
    known = {**dict.fromkeys(indicators, Page.INDICATOR), **dict.fromkeys(screens, Page.SCREEN)}
    if name not in known:
        raise UnknownName("export", name, (*known, *(page for page in Page if page in _WHOLE - set(NAMED))))
    return known[name]
