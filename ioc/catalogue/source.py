"""Reads YAML so that every fault can name its file and line. Keys are always text; only true/false are booleans."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticKnownError

from ioc.errors import Fault, Said, did_you_mean

Location = tuple[str | int, ...]
# Where something is wrong, what, and how to mend it.
Finding = tuple[Location, Said, Said]
# What the reader of YAML says most often; anything else is told in its own words.
PROBLEMS = (
    "mapping values are not allowed here",
    "sequence entries are not allowed here",
    "could not find expected ':'",
    "found unexpected end of stream",
    "found character {sign} that cannot start any token",
    "found unknown escape character {sign}",
    "found undefined alias {name}",
    "expected the node content, but found {found}",
    "expected <block end>, but found {found}",
    "expected ',' or ']', but got {found}",
    "expected ',' or '}}', but got {found}",
)
_BOOLEAN = "tag:yaml.org,2002:bool"
# A file holds no more than this, with what it repeats by “*” counted each time, and is nested no deeper.
MOST_PARTS, DEEPEST = 100_000, 50
# What the reader of YAML raises, besides its own errors, for a word that is not what its tag says or an escape that is no letter.
_UNREADABLE = (ValueError, IndexError, AttributeError, TypeError, KeyError, ArithmeticError)


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

    def fault(self, path: Iterable[str | int], what: Said, hint: Said) -> Fault:
        """A fault at a path of this file."""
        return Fault(self.file, self.line(path), what, hint)


class _Unbuildable(Exception):
    """A node that nothing can be made of; ends the reading of its file."""

    def __init__(self, node: yaml.Node, what: Said, hint: Said) -> None:
        self.line, self.what, self.hint = node.start_mark.line + 1, what, hint
        super().__init__(what)


class _Builder:
    """Turns a node tree into data and lines; collects duplicate keys as faults. Raises _Unbuildable."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {}
        self.faults: list[Fault] = []
        self._scalars = yaml.constructor.SafeConstructor()
        self._parts = 0

    def build(self, node: yaml.Node, path: Location) -> Any:
        self._parts += 1
        if len(path) > DEEPEST:
            raise _Unbuildable(node, *_too_deep())
        if self._parts > MOST_PARTS:
            what = Said("This file says more than {most} things, counting each time what it repeats by “*”.", most=MOST_PARTS)
            raise _Unbuildable(node, what, Said("Say less in one file."))
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        text = self._letters(node)
        try:
            if node.tag == _BOOLEAN and node.value.lower() not in {"true", "false"}:
                return text
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            raise _Unbuildable(node, Said("Not valid YAML: {problem}.", problem=str(error)), Said()) from error
        except _UNREADABLE as error:
            what = Said("“{value}” is not what its tag {tag} says.", value=text, tag=node.tag.replace("tag:yaml.org,2002:", "!!"))
            raise _Unbuildable(node, what, Said("Write it without the tag.")) from error

    @staticmethod
    def _letters(node: yaml.Node) -> str:
        text = str(node.value)
        try:
            text.encode()
        except UnicodeEncodeError as error:  # half a letter, as an escape may give, can be written nowhere
            raise _Unbuildable(node, Said("Not valid YAML: {problem}.", problem=str(error)), Said()) from error
        return text

    def _mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Unbuildable(key_node, Said("A key is one word, not a list and not other keys."), Said("Write “key: value”."))
            key = self._letters(key_node)
            line = key_node.start_mark.line + 1
            if key in result:
                first = self.lines[(*path, key)]
                self.faults.append(
                    Fault(
                        self.file,
                        line,
                        Said("“{key}” stands here a second time.", key=key),
                        Said("The first is in line {first}.", first=first),
                    )
                )
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
        return None, [Fault(file, 1, Said("Not UTF-8 text (byte {start}).", start=error.start), Said("Save the file as UTF-8."))]
    except OSError as error:
        return None, [
            Fault(
                file,
                1,
                Said("Cannot be read: {fault}.", fault=Said(error.strerror or str(error))),
                Said("Check the path and its permissions."),
            )
        ]
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> tuple[Document | None, list[Fault]]:
    """The same of a text that has been read; ``file`` is how faults name it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [
            Fault(
                file,
                mark.line + 1 if mark else 1,
                Said("Not valid YAML: {problem}.", problem=_problem(str(error.problem))),
                Said("Check indentation and quotes."),
            )
        ]
    except RecursionError:
        return None, [Fault(file, 1, *_too_deep())]
    except (yaml.YAMLError, *_UNREADABLE) as error:
        return None, [Fault(file, 1, Said("Not valid YAML: {problem}.", problem=str(error)), Said())]
    if node is None:
        return Document(file, {}, {}), []
    builder = _Builder(file)
    try:
        data = builder.build(node, ())
    except _Unbuildable as error:
        return None, [Fault(file, error.line, error.what, error.hint)]
    return Document(file, data, builder.lines), builder.faults


def _too_deep() -> tuple[Said, Said]:
    return Said("This file is nested more than {deepest} levels deep.", deepest=DEEPEST), Said(
        "Take out brackets, or what repeats itself by “*”."
    )


def explain(model: type[BaseModel], error: ValidationError) -> list[Finding]:
    """Each fault of a validation as (path, what, hint), in plain words."""
    return [(tuple(detail["loc"]), *_sentence(model, detail)) for detail in error.errors()]


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> tuple[Said, Said]:
    path, kind = detail["loc"], detail["type"]
    name = ".".join(str(part) for part in path if part != "[key]")
    if kind == "extra_forbidden":
        return Said("Unknown key “{key}”.", key=path[-1]), did_you_mean(str(path[-1]), known_keys(model, path[:-1]))
    if kind == "missing":
        place = ".".join(map(str, path[:-1])) or Said("this file")
        return Said("“{key}” is missing in {place}.", key=path[-1], place=place), Said("Add it.")
    said = _message(detail)
    if not (isinstance(detail["input"], dict) or _is_secret(model, path)):
        said = Said("{said}; found {found}", said=said, found=_shortened(repr(detail["input"])))
    return Said("{name}: {said}.", name=name, said=said) if name else Said("{said}.", said=said), Said()


def _message(detail: ErrorDetails) -> Said:
    """What a check of ours has said; or what pydantic says, as a pattern of its own with the filling that stands in its message."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error" and isinstance(told := context["error"].args[0], Said):
        return told
    message = _lowered(detail["msg"].removeprefix("Value error, "))
    try:
        pattern = _lowered(PydanticKnownError(cast("Any", detail["type"]), context or None).message_template)
    except (KeyError, TypeError):  # a kind that some type has made for itself
        return Said(message)
    return _by(pattern, message) or Said(message)


def _problem(text: str) -> Said:
    """What the reader of YAML says, as far as it is known."""
    return next((said for pattern in PROBLEMS if (said := _by(pattern, text))), Said(text))


def _by(pattern: str, text: str) -> Said | None:
    """A sentence of a library, as what a pattern makes of what stands in its places; None if it is no such sentence."""
    form = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(pattern)).replace(r"\}\}", r"\}")
    match = re.fullmatch(form, text, re.DOTALL)
    filling = {name: _value(found) for name, found in match.groupdict().items()} if match else {}
    return Said(pattern, **filling) if match else None


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _value(text: str) -> str:
    """What stands in a place of such a sentence; a choice of several, or a length of time, can be told in any language too."""
    one, _, other = text.rpartition(" or ")
    if one:
        return Said("{one} or {other}", one=one, other=other)
    count = re.fullmatch(r"(\d+) seconds?", text)
    return Said("{count} seconds", count=count[1]) if count and count[1] != "1" else text


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
