"""A status as colour, shape and word."""

from __future__ import annotations

from collections.abc import Sequence

from layouts import elements as h
from layouts.state import Context
from layouts.theme import SHAPES, Mark


def status(value: Mark, context: Context) -> h.Element:
    """The mark of a status; its colour comes from the class."""
    return h.span(class_=f"ioc-status ioc-is-{value.value}")[shape(value), context.words(f"status.{value.value}")]


def shape(value: Mark) -> h.Element:
    """The outline that stands for a status."""
    return h.svg(".ioc-shape", viewBox="0 0 16 16", aria_hidden="true")[h.path(fill_rule="evenodd", d=SHAPES[value])]


def tally(counted: Sequence[tuple[Mark, int]], context: Context) -> h.Element:
    """How many have each status."""
    items = (
        h.li(class_=f"ioc-is-{value.value}")[
            h.b[str(count)], h.span(".ioc-tally-word")[shape(value), context.words(f"status.{value.value}")]
        ]
        for value, count in counted
    )
    return h.ul(".ioc-tally")[items]


def proportions(counted: Sequence[tuple[Mark, int]]) -> h.Element:
    """The same as one divided line, each part as long as its share."""
    parts = (h.i(class_=f"ioc-is-{value.value}", style=f"flex-grow:{count}") for value, count in counted)
    return h.div(".ioc-proportions", aria_hidden="true")[parts]
