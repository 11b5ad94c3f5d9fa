"""Pages drawn from the sample, as text."""

from __future__ import annotations

import re
from html import unescape

from callbacks.page import page
from ioc.text.words import words
from layouts.markup import still
from layouts.page import Page
from layouts.state import Context, context_of
from tests.layouts.sample_views import NOW, ZONE, SampleViews

ADDRESSES = (
    "/",
    "/indicators/dossiers_fully_online",
    "/indicators/workfiles_digitised",
    "/indicators/days_to_answer?period=quarter",
    "/indicators/dossiers_received?period=day&split=none",
    "/indicators/dossiers_fully_online?where=unit:u3&split=unit",
    "/screens/services",
    "/screens",
    "/indicators/dossier_fully_onlin",
    "/feeds",
    "/feeds/archive",
    "/feeds/new",
    "/feeds/archiv",
    "/nowhere",
)


def context(address: str = "/", **query: str) -> Context:
    """The context of an address."""
    path, _, search = address.partition("?")
    more = "&".join(f"{name}={value}" for name, value in query.items())
    return context_of(path, "&".join(part for part in (search, more) if part), NOW, ZONE, "vi")


def drawn(address: str, views: SampleViews | None = None, **query: str) -> Page:
    """A page of the sample."""
    return page(views or SampleViews(), context(address, **query))


def html(address: str, views: SampleViews | None = None, **query: str) -> str:
    """A page of the sample as HTML."""
    return still(drawn(address, views, **query).content)


def text(address: str, views: SampleViews | None = None, **query: str) -> str:
    """What is read on a page, without its marks."""
    bare = unescape(re.sub(r"<[^>]+>", " ", html(address, views, **query))).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", bare)


def word(key: str, language: str = "vi", **values: object) -> str:
    """A word of the screen."""
    return words(language)(key, **values)
