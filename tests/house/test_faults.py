"""What is wrong with a feed is told in Vietnamese too: every sentence of a source has its translation, with the same filling."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import yaml

from tests.house.tree import ROOT, files, read

RAISED = {"FeedUnavailable", "FeedRejected", "Fault", "kind", "PanelFault", "unlisted", "SigningFault", "DeliveryFault"}
# What the editor tells of a panel or playlist.
ARRANGED = {"ioc/catalogue/check_screens.py", "ioc/screens/draft.py", "ioc/screens/playlists.py", "ioc/views/screen_editor.py"}


def spoken() -> Iterator[str]:
    """The patterns of all faults that may be told of a feed."""
    yield from ("Did you mean {offered}?", "Known: {offered}.")  # ioc.errors.offered
    for path in files():
        is_source = path.parts[0] == "data_sources" and path.parts[1] != "senders"  # those play the systems outside
        if path.suffix == ".py" and (
            is_source or path.parts[:2] in {("ioc", "intake"), ("ioc", "exports")} or path.as_posix() in {"ioc/views/feeds.py", *ARRANGED}
        ):
            for node in ast.walk(ast.parse(read(path))):
                yield from _patterns(node)


def _patterns(node: ast.AST) -> Iterator[str]:
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
        parts = node.args[:2]
    elif (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in {"what", "hint", "_SOON", "_HINTS"}
    ):
        parts = [node.value]
    for part in parts:
        assert not any(isinstance(each, ast.JoinedStr) for each in ast.walk(part)), f"a pattern is filled by name: {ast.unparse(part)}"
        yield from (each.value for each in ast.walk(part) if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value)


def places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def test_every_fault_of_a_feed_is_told_in_vietnamese() -> None:
    translated = yaml.safe_load((ROOT / "ioc/text/faults.yaml").read_text(encoding="utf-8"))
    found = set(spoken())
    assert found - set(translated) == set(), "not translated"
    assert set(translated) - found == set(), "said by nobody"
    assert {english for english, vietnamese in translated.items() if places(english) != places(vietnamese)} == set()
