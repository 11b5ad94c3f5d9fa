"""What a page is: its components, and what the frame around it must know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from layouts import ids


@dataclass(frozen=True)
class Page:
    """One drawn page.

    Attributes:
        content: its components, each with an id of its own.
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

    @property
    def build(self) -> str:
        """How it is built: two pages of one build differ only in the properties of their components."""
        return " ".join(component._type for component in components(self.content))

    def parts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The id and properties of each component, without what stands inside it; what comes later stands until it comes anew."""
        for component in components(self.content):
            props = component.to_plotly_json()["props"]
            if props["id"] == ids.LATER:
                continue
            yield str(props["id"]), {name: value for name, value in props.items() if name not in {"id", "children"}}


def components(root: Any) -> Iterator[Component]:
    """A component and all that stand inside it, in the order of the page."""
    if isinstance(root, Component):
        yield root
        yield from components(getattr(root, "children", None))
    elif isinstance(root, list | tuple):
        for each in root:
            yield from components(each)


def numbered(root: Component) -> Component:
    """The same component, each one in it with an id by which it can be changed in place."""
    for number, component in enumerate(components(root)):
        if not getattr(component, "id", None):
            setattr(component, "id", f"ioc-part-{number}")  # noqa: B010 (not declared on the base class)
    return root
