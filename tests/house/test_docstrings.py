"""Each room says on its first line what it is for."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import read, sources


@pytest.mark.parametrize("path", sources(), ids=str)
def test_the_module_says_what_it_is_for(path) -> None:
    docstring = ast.get_docstring(ast.parse(read(path))) or ""
    assert docstring.strip(), f"{path} has no docstring"


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.parse(read(path)).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, f"without a docstring: {silent}"
