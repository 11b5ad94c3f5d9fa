"""A table or list that can be taken along as it stands: marked for ``ioc.exports.listings``, with the button of all exports above it."""

from __future__ import annotations

from layouts import elements as h
from layouts.panels.export import LISTED, export
from layouts.state import Context


def listing(
    name: str, title: str, content: h.Node, context: Context, *, beside: h.Node = None, is_named: bool = True, is_all: bool = True
) -> h.Element:
    """The table with its heading.

    Args:
        name: in the address, one of its own on each page.
        title: what it is called, above it and in the file.
        content: a table, several of the same columns, or a list; in a list, what has ``data-cell`` is a column.
        beside: what stands in the line of the heading.
        is_all: whether there is no more of it than what stands here.
        is_named: whether the heading is shown; where the page's own says it already, the button stands alone.
    """
    heading = h.h2(".ioc-panel-title")[title] if is_named else h.span(".ioc-panel-title")
    head = h.div(".ioc-panel-head")[heading, beside, export(title, f"list-{name}", context, forms=LISTED)]
    return h.div(".ioc-listing", data_listing=f"list-{name}", data_title=title, data_more=None if is_all else "1")[head, content]
