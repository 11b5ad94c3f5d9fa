"""HTML elements as Python: ``h.p(".faint", title="…")["text", h.b["more"]]``. All text is escaped.

The way of writing is that of the library htpy. An element is written down when it is given its children, not when the page is: a page
of a thousand elements takes a third of the time so, and each request draws one (decision 33).
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Protocol, TypeAlias


class HasHtml(Protocol):
    """What knows its own HTML."""

    def __html__(self) -> str:
        """The HTML."""
        ...


Node: TypeAlias = bool | str | int | HasHtml | Iterable[Any] | None
Attribute: TypeAlias = bool | str | int | None


class BaseElement:
    """An element as far as it is written: its name, and its attributes as they stand in the tag."""

    __slots__ = ("_attributes", "_inner", "_name")

    def __init__(self, name: str, attributes: str = "", inner: str = "") -> None:
        self._name, self._attributes, self._inner = name, attributes, inner

    def __html__(self) -> str:
        return f"<{self._name}{self._attributes}>{self._inner}</{self._name}>"

    def __str__(self) -> str:
        return self.__html__()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class Element(BaseElement):
    """An element with children."""

    __slots__ = ()

    def __call__(self, id_class: str = "", /, **attributes: Attribute) -> Element:
        """The element with attributes. ``id_class``: as ``#id.class.other``. Raises TypeError."""
        return Element(self._name, _written(id_class, attributes), self._inner)

    def __getitem__(self, children: Node) -> Element:
        """The element around its children. Raises TypeError for what is none."""
        return Element(self._name, self._attributes, text_of(children))


class VoidElement(BaseElement):
    """An element that never has children."""

    __slots__ = ()

    def __call__(self, id_class: str = "", /, **attributes: Attribute) -> VoidElement:
        """The element with attributes, as of ``Element``."""
        return VoidElement(self._name, _written(id_class, attributes))

    def __html__(self) -> str:
        return f"<{self._name}{self._attributes}>"


class Fragment(BaseElement):
    """Children without an element around them."""

    __slots__ = ()

    def __getitem__(self, children: Node) -> Fragment:
        """The children. Raises TypeError for what is none."""
        return Fragment("", "", text_of(children))

    def __html__(self) -> str:
        return self._inner


def text_of(node: Any) -> str:
    """A node as HTML: text is escaped, of nothing, yes and no there is nothing. Raises TypeError for what is no node."""
    writes = _WRITES.get(type(node))
    if writes is not None:
        return writes(node)
    if hasattr(node, "__html__"):
        return str(node.__html__())
    if isinstance(node, str):
        return escaped(node)
    if isinstance(node, Iterable) and not isinstance(node, bytes | bytearray | dict):
        return _all(node)
    raise TypeError(f"{node!r} cannot stand in HTML")


def escaped(text: str) -> str:
    """Text as it stands in HTML, in attributes too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&#34;").replace("'", "&#39;")


def _all(nodes: Iterable[Any]) -> str:
    return "".join([text_of(each) for each in nodes])


def _nothing(_: object) -> str:
    return ""


_WRITES: dict[type, Callable[[Any], str]] = {
    str: escaped,
    Element: Element.__html__,
    VoidElement: VoidElement.__html__,
    list: _all,
    tuple: _all,
    type(None): _nothing,
    bool: _nothing,
    int: str,
}


@lru_cache(maxsize=4096)
def _shorthand(id_class: str) -> str:
    """``#id.class.other`` as attributes. Raises TypeError."""
    first, *classes = id_class.split(".")
    if (first and (first[0] != "#" or not first[1:])) or not all(classes) or any(map(str.isspace, id_class)):
        raise TypeError(f"{id_class!r} is not #id.class.other")
    named = f' id="{escaped(first[1:])}"' if first else ""
    return named + (f' class="{escaped(" ".join(classes))}"' if classes else "")


@lru_cache(maxsize=1024)
def _name_of(name: str) -> str:
    """What Python calls ``class_`` or ``aria_label`` as HTML calls it."""
    bare = name.removesuffix("_")
    return escaped((bare if keyword.iskeyword(bare) else name).replace("_", "-"))


def _written(id_class: str, attributes: dict[str, Attribute]) -> str:
    parts = [_shorthand(id_class)] if id_class else []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        if value is True:
            parts.append(f" {_name_of(name)}")
        elif isinstance(value, str | int):
            parts.append(f' {_name_of(name)}="{escaped(str(value))}"')
        else:
            raise TypeError(f"{name} cannot be {value!r}")
    return "".join(parts)


fragment = Fragment("")
a = Element("a")
aside = Element("aside")
b = Element("b")
button = Element("button")
caption = Element("caption")
code = Element("code")
datalist = Element("datalist")
dd = Element("dd")
details = Element("details")
div = Element("div")
dl = Element("dl")
dt = Element("dt")
em = Element("em")
fieldset = Element("fieldset")
footer = Element("footer")
form = Element("form")
h1 = Element("h1")
h2 = Element("h2")
h3 = Element("h3")
header = Element("header")
i = Element("i")
iframe = Element("iframe")
input = VoidElement("input")
kbd = Element("kbd")
label = Element("label")
legend = Element("legend")
li = Element("li")
main = Element("main")
nav = Element("nav")
ol = Element("ol")
optgroup = Element("optgroup")
option = Element("option")
p = Element("p")
path = Element("path")
progress = Element("progress")
s = Element("s")
script = Element("script")
section = Element("section")
select = Element("select")
small = Element("small")
span = Element("span")
strong = Element("strong")
summary = Element("summary")
svg = Element("svg")
table = Element("table")
tbody = Element("tbody")
td = Element("td")
textarea = Element("textarea")
tfoot = Element("tfoot")
th = Element("th")
thead = Element("thead")
time = Element("time")
text = Element("text")
title = Element("title")
tr = Element("tr")
u = Element("u")
ul = Element("ul")
