"""A few choices of which one holds: the chosen one is marked, the others lead to their addresses."""

from __future__ import annotations

from collections.abc import Iterable

from layouts import elements as h


def choices(label: str, options: Iterable[tuple[str, str, bool]]) -> h.Element:
    """The choices, each as (words, address, whether it is the chosen one)."""
    return h.nav(".ioc-choices", aria_label=label)[
        (
            h.span(".ioc-choice.ioc-chosen", aria_current="true")[words] if chosen else h.a(".ioc-choice", href=address)[words]
            for words, address, chosen in options
        )
    ]
