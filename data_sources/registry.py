"""The kinds of feed, by the name that `config.yaml` gives them. A new kind is a module and a line here.

What a kind is connected with - drivers of databases, clients of brokers - is imported with the first feed of that kind: it takes as long
to import as all the rest, and few deployments have feeds of every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from data_sources import edxml, file, push, webform
from data_sources.demo import feed as demo
from data_sources.http.options import HttpOptions
from data_sources.mqtt.options import MqttOptions
from data_sources.readers.options import FileOptions
from data_sources.sql.options import SqlOptions
from ioc.intake.port import Desk, Door, Feed


@dataclass(frozen=True)
class Kind:
    """A kind of feed: the options that it has, and the function that makes a feed of them.

    Attributes:
        options: a model that forbids unknown keys; each field is described, so that the reference can be written from it.
        connect: takes the validated options and the folder that relative paths start from. It opens nothing yet. It gives a feed
            that is asked for its records, a door that they are brought to, or a desk at which they are typed.
        files: how files that a person names are read for a feed of this kind; None when they cannot be.
    """

    options: type[BaseModel]
    connect: Callable[[Any, Path], Feed | Door | Desk]
    files: Callable[[Any], FileOptions] | None = None


def _from(module: str) -> Callable[[Any, Path], Feed | Door | Desk]:
    """Connects by a module's own ``connect``, once there is something to connect."""

    def connect(options: Any, base: Path) -> Feed | Door | Desk:
        made: Feed | Door | Desk = import_module(module).connect(options, base)
        return made

    return connect


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "file": Kind(FileOptions, file.connect, files=lambda options: options),
        "push": Kind(push.PushOptions, push.connect),
        "webform": Kind(webform.WebformOptions, webform.connect),
        "edxml": Kind(edxml.EdxmlOptions, edxml.connect, files=edxml.files),
        "http": Kind(HttpOptions, _from("data_sources.http.feed")),
        "mqtt": Kind(MqttOptions, _from("data_sources.mqtt.feed")),
        "sql": Kind(SqlOptions, _from("data_sources.sql.feed")),
        "demo": Kind(demo.DemoOptions, demo.connect),
    }
)
