"""HTML as one Dash component. A page has a thousand elements; a component for each would cost the browser a second.

``assets/markup.js`` draws it, and changes in place only what differs when new HTML arrives.
"""

from __future__ import annotations

from typing import Any

from dash import dcc
from dash.development.base_component import Component
from markupsafe import escape

from layouts import elements as h

# Components that draw nothing themselves.
_INVISIBLE = (dcc.Location, dcc.Store)


class Markup(Component):
    """Some HTML in an element.

    Args:
        content: what stands in it.
        tag: the element.
        className: its class.
    """

    _namespace = "ioc_layouts"
    _type = "Markup"
    _children_props: list[str] = []
    _base_nodes = ["children"]
    _prop_names = ["id", "html", "tag", "className"]
    _valid_wildcard_attributes: list[str] = []
    available_properties = _prop_names
    available_wildcard_properties: list[str] = []

    def __init__(self, content: h.Node, tag: str = "div", className: str = "") -> None:  # noqa: N803 (Dash's own name)
        # Not by Dash's own constructor: it looks, for each property, for a module of the namespace's name.
        self.html, self.tag, self.className = h.text_of(content), tag, className


def still(component: Any) -> str:
    """A component as plain HTML: what a browser shows before any script has run. Charts are left as empty boxes."""
    if component is None or isinstance(component, _INVISIBLE):
        return ""
    if isinstance(component, list | tuple):
        return "".join(map(still, component))
    if not isinstance(component, Component):
        return str(escape(component))
    props = dict(component.to_plotly_json()["props"])
    if isinstance(component, Markup):
        identity = f' id="{escape(props["id"])}"' if "id" in props else ""
        return f'<{props["tag"]}{identity} class="{escape(props["className"])}">{props["html"]}</{props["tag"]}>'
    if isinstance(component, dcc.Graph):
        return f'<div class="{escape(props.get("className", ""))}"></div>'
    tag, children = component._type.lower(), props.pop("children", None)
    if "className" in props:
        props["class"] = props.pop("className")
    props.pop("style", None)
    attributes = "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"' for name, value in props.items() if value is not False
    )
    return f"<{tag}{attributes}>{still(children)}</{tag}>"
