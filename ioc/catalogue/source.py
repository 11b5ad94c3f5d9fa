"""Reads YAML so that every fault can name its file and line. Keys are always text; only true/false are booleans."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from ioc.errors import Fault, did_you_mean

Location = tuple[str | int, ...]
# Where something is wrong, what, and how to mend it.
Finding = tuple[Location, str, str]
_BOOLEAN = "tag:yaml.org,2002:bool"


@dataclass(frozen=True)
class Document:
    """One YAML file: its data, and the line of every key and item by its path."""

    file: str
    data: Any
    lines: Mapping[Location, int]

    def line(self, path: Iterable[str | int]) -> int:
        """The line of the nearest part of ``path`` that stands in the file."""
        parts = tuple(path)
        while parts and parts not in self.lines:
            parts = parts[:-1]
        return self.lines.get(parts, 1)

    def fault(self, path: Iterable[str | int], what: str, hint: str = "") -> Fault:
        """A fault at a path of this file."""
        return Fault(self.file, self.line(path), what, hint)


class _Builder:
    """Turns a node tree into data and lines; collects duplicate keys as faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {}
        self.faults: list[Fault] = []
        self._scalars = yaml.constructor.SafeConstructor()

    def build(self, node: yaml.Node, path: Location) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        if node.tag == _BOOLEAN and node.value.lower() not in {"true", "false"}:
            return node.value
        return self._scalars.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                first = self.lines[(*path, key)]
                self.faults.append(Fault(self.file, line, f"“{key}” stands here a second time.", f"The first is in line {first}."))
                continue
            self.lines[(*path, key)] = line
            result[key] = self.build(value_node, (*path, key))
        return result


def read_yaml(path: Path, shown_as: str | None = None) -> tuple[Document | None, list[Fault]]:
    """Read one YAML file.

    Args:
        path: the file.
        shown_as: how faults name it; default is the path as given.

    Returns:
        The document, or None when it cannot be read at all, and the faults found.
    """
    file = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Fault(file, 1, f"Not UTF-8 text (byte {error.start}).", "Save the file as UTF-8.")]
    except OSError as error:
        return None, [Fault(file, 1, f"Cannot be read: {error.strerror or error}.", "Check the path and its permissions.")]
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> tuple[Document | None, list[Fault]]:
    """The same of a text that has been read; ``file`` is how faults name it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Fault(file, mark.line + 1 if mark else 1, f"Not valid YAML: {error.problem}.", "Check indentation and quotes.")]
    except yaml.YAMLError as error:
        return None, [Fault(file, 1, f"Not valid YAML: {error}.")]
    if node is None:
        return Document(file, {}, {}), []
    builder = _Builder(file)
    try:
        data = builder.build(node, ())
    except (yaml.YAMLError, ValueError) as error:
        return None, [Fault(file, node.start_mark.line + 1, f"Not valid YAML: {error}.")]
    return Document(file, data, builder.lines), builder.faults


def explain(model: type[BaseModel], error: ValidationError) -> list[tuple[Location, str, str]]:
    """Each fault of a validation as (path, what, hint), in plain words."""
    return [(tuple(detail["loc"]), *_sentence(model, detail)) for detail in error.errors()]


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    path, kind = detail["loc"], detail["type"]
    name = ".".join(str(part) for part in path if part != "[key]")
    if kind == "extra_forbidden":
        return f"Unknown key “{path[-1]}”.", did_you_mean(str(path[-1]), known_keys(model, path[:-1]))
    if kind == "missing":
        return f"“{path[-1]}” is missing in {'.'.join(map(str, path[:-1])) or 'this file'}.", "Add it."
    message = detail["msg"].removeprefix("Value error, ")
    found = "" if isinstance(detail["input"], dict) or _is_secret(model, path) else f"; found {_shortened(repr(detail['input']))}"
    return f"{name}: {message[:1].lower() + message[1:]}{found}.".removeprefix(": "), ""


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _is_secret(model: type[BaseModel], path: Iterable[str | int]) -> bool:
    kind: Any = model
    for part in path:
        kind = _step(kind, part)
    return SecretStr in (kind, *typing.get_args(kind))


def known_keys(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """The keys that a model allows at a path within it; empty where any key is allowed."""
    kind: Any = model
    for part in path:
        kind = _step(kind, part)
    candidates = [kind, *typing.get_args(kind)]
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return list(candidate.model_fields)
    return []


def _step(kind: Any, part: str | int) -> Any:
    """The kind of what stands under a key or place within something of a kind."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        return arguments[1]
    if origin in {tuple, list}:
        return arguments[0]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        return field.annotation if field else None
    found = (_step(argument, part) for argument in arguments)
    return next((each for each in found if each is not None), None)
