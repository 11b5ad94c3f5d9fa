"""Lines do not break inside a word, and no words of the screen stand in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ioc.text.lines import unbroken
from tests.house.tree import read, sources

VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")


def test_syllables_of_a_word_are_held_together() -> None:
    assert unbroken("Hồ sơ TTHC được số hóa, lưu trữ") == "Hồ\u00a0sơ TTHC được số\u00a0hóa, lưu\u00a0trữ"
    assert unbroken("Văn bản được ký số chuyên dùng") == "Văn\u00a0bản được ký số chuyên\u00a0dùng"
    assert unbroken("Dossiers received") == "Dossiers received"
    assert unbroken("các hồ sơn") == "các hồ sơn"


def texts(path: Path) -> Iterator[str]:
    """The Vietnamese texts in a module, without its docstrings."""
    tree = ast.parse(read(path))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if VIETNAMESE.search(node.value):
                yield f"{path}:{node.lineno}: {node.value}"


def test_no_words_of_the_screen_stand_in_code() -> None:
    found = [text for path in sources() if path.parts[0] in {"layouts", "callbacks"} for text in texts(path)]
    assert not found, "words belong in ioc/text/*.yaml"
