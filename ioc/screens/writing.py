"""Writes a screen as YAML. What somebody has written by hand stays as it stands, with its comments, as long as it still holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from ioc.catalogue.screens import PanelSettings, ScreenSettings
from ioc.catalogue.source import parse_yaml
from ioc.screens.draft import plain, plain_panel

HEAD = "# A screen of the wall. The editor keeps what is written here by hand, comments too; each older state is in “history”."
_WIDTH = 1_000_000  # a panel is one line, however long


@dataclass(frozen=True)
class _Piece:
    """A key of the screen, or one panel, as it stands in a text.

    Attributes:
        data: what it says.
        above: comments and empty lines before it.
        body: its own lines.
        within: the comments that stand in these.
    """

    data: Any
    above: list[str]
    body: list[str]
    within: list[str]

    def anew(self, lines: list[str]) -> list[str]:
        """Other lines in its place. Its comments stay: beside a single line, or else above it."""
        if len(lines) == len(self.body) == 1 and self.within:
            return [*self.above, f"{lines[0]}  {self.within[0]}"]
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        return [*self.above, *(indent + comment for comment in self.within), *lines]


def write(screen: ScreenSettings, old: str = "") -> str:
    """The text of a screen.

    Args:
        screen: what it is to say.
        old: the text that it takes the place of; one that cannot be read is of no use.
    """
    kept = _write(screen, old)
    return kept if not old or _says(kept, screen) else _write(screen, "")  # however oddly it was written, what is saved is right


def _says(text: str, screen: ScreenSettings) -> bool:
    """Whether a text says just this screen."""
    document, faults = parse_yaml(text, "")
    try:
        return document is not None and not faults and plain(ScreenSettings.model_validate(document.data)) == plain(screen)
    except ValidationError:
        return False


def _write(screen: ScreenSettings, old: str) -> str:
    data = plain(screen)
    keys, panels, rest = _pieces(old)
    lines: list[str] = []
    for key in ("label", "template"):
        if key in data:
            lines += _key(key, data[key], keys.get(key))
    lines += [*keys["panels"].above, *keys["panels"].body] if "panels" in keys else ["panels:"]
    lines += _panels(screen.panels, panels)
    return "\n".join([*([] if keys else [HEAD]), *lines, *rest]) + "\n"


def _key(key: str, value: Any, old: _Piece | None) -> list[str]:
    if old is None:
        return [f"{key}: {_flow(value)}"]
    return [*old.above, *old.body] if old.data == value else old.anew([f"{key}: {_flow(value)}"])


def _panels(panels: tuple[PanelSettings, ...], old: list[_Piece]) -> Iterator[str]:
    """The lines of all panels: a panel that stood there is found again by what it says, then by what it is about."""
    known = {index: _settings(piece.data) for index, piece in enumerate(old)}
    origin: dict[int, int] = {}
    for alike in (_same, _kindred):
        for place, panel in enumerate(panels):
            found = next((index for index, each in known.items() if each and place not in origin and alike(each, panel)), None)
            if found is not None:
                origin[place] = found
                del known[found]
    indent = old[0].body[0][: -len(old[0].body[0].lstrip())] if old else "  "
    for place, panel in enumerate(panels):
        piece = old[origin[place]] if place in origin else None
        if piece and _same(_settings(piece.data), panel):
            yield from (*piece.above, *piece.body)
        else:
            line = [f"{indent}- {_flow(plain_panel(panel))}"]
            yield from piece.anew(line) if piece else line


def _same(one: PanelSettings | None, other: PanelSettings) -> bool:
    return one is not None and plain_panel(one) == plain_panel(other)


def _kindred(one: PanelSettings, other: PanelSettings) -> bool:
    return all(getattr(one, key) == getattr(other, key) for key in ("kind", "indicator", "indicators", "group", "record"))


def _settings(data: Any) -> PanelSettings | None:
    try:
        return PanelSettings.model_validate(data)
    except ValidationError:
        return None


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text.removesuffix("\n").removesuffix("\n...")


def _pieces(text: str) -> tuple[dict[str, _Piece], list[_Piece], list[str]]:
    """The keys of a text, its panels, and what stands below all of them."""
    document, faults = parse_yaml(text, "")
    root = yaml.compose(text, Loader=yaml.SafeLoader) if document and not faults else None
    if document is None or not isinstance(root, yaml.MappingNode) or root.flow_style:
        return {}, [], []
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
        return {}, [], []  # what is written once and meant several times stands in no place of its own
    data = document.data
    lines, comments = text.splitlines(), _comments(text)
    nodes: list[tuple[str | int, int, Any]] = []
    for key, value in root.value:
        name = str(key.value)
        nodes.append((name, key.start_mark.line, data.get(name)))
        if name == "panels" and isinstance(value, yaml.SequenceNode) and not value.flow_style:
            nodes += [(index, each.start_mark.line, data[name][index]) for index, each in enumerate(value.value)]
    found: dict[str | int, _Piece] = {}
    above = lines[: nodes[0][1]] if nodes else []
    for (place, start, value), (_, after, _) in zip(nodes, [*nodes[1:], ("", len(lines), None)], strict=True):
        end = after
        while end > start + 1 and (not lines[end - 1].strip() or comments.get(end - 1) == lines[end - 1].strip()):
            end -= 1
        within = [comments[line] for line in range(start, end) if line in comments]
        found[place] = _Piece(value, above, lines[start:end], within)
        above = lines[end:after]
    panels = [piece for name, piece in found.items() if isinstance(name, int)]
    if not panels:  # a list within brackets is written anew
        found.pop("panels", None)
    return {name: piece for name, piece in found.items() if isinstance(name, str)}, panels, above


def _comments(text: str) -> dict[int, str]:
    """The comment of each line that has one: what follows its last token."""
    ends: dict[int, int] = {}
    covered: set[int] = set()
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            covered.update(range(token.start_mark.line, token.end_mark.line))
        if isinstance(token, yaml.BlockEndToken | yaml.StreamEndToken):
            continue  # they stand where the next token begins
        ends[token.end_mark.line] = max(ends.get(token.end_mark.line, 0), token.end_mark.column)
    found = {}
    for number, line in enumerate(text.splitlines()):
        rest = line[ends.get(number, 0) :].strip()
        if number not in covered and rest.startswith("#"):
            found[number] = rest
    return found
