"""The keys that work everywhere: told on the spot by “?”, and on the page of the search."""

from __future__ import annotations

from ioc.text.words import Words
from layouts import elements as h
from layouts.state import Context

KEYS = ("search", "keys", "tab")
# What assets/search.js opens.
PLACE = "ioc-keys"


def keys(words: Words) -> h.Element:
    """Each key with what it does."""
    return h.dl(".ioc-keys")[([h.dt[h.kbd[words(f"keys.{key}_key")]], h.dd[words(f"keys.{key}")]] for key in KEYS)]


def told(context: Context) -> h.Node:
    """The same over any page, closed until it is asked for; before a wall nobody can ask."""
    if context.unattended:
        return None
    words = context.words
    title = words("search.keys_title")
    over = h.div(".ioc-keys-told", popover="auto", id=PLACE, role="dialog", aria_label=title, tabindex="-1", autofocus=True)
    return over[h.h2(".ioc-panel-title")[title], keys(words)]
