"""What a page is: its components, and what the frame around it must know."""

from __future__ import annotations

from dataclasses import dataclass

from dash.development.base_component import Component


@dataclass(frozen=True)
class Page:
    """One drawn page.

    Attributes:
        content: its components.
        title: of the browser's window.
        language, scheme: of the whole document.
        status: what the answer's HTTP status is when the page is asked for by its address.
        charts: whether it needs the chart library.
    """

    content: Component
    title: str
    language: str
    scheme: str
    status: int = 200
    charts: bool = False
