"""No module grows past what can be held in the head."""

from __future__ import annotations

import ast

from tests.house.tree import files, read, sources

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
LARGER_MODULES: dict[str, int] = {}  # may only shrink


def test_no_module_is_too_long() -> None:
    lengths = {str(path): len(read(path).splitlines()) for path in files() if path.suffix == ".py"}
    too_long = {path: n for path, n in lengths.items() if n > LARGER_MODULES.get(path, MOST_LINES)}
    assert not too_long, f"split by noun: {too_long}"


def test_the_list_of_exceptions_only_shrinks() -> None:
    known = {str(path) for path in files()}
    needless = [path for path in LARGER_MODULES if path not in known or len(read(path).splitlines()) <= MOST_LINES]
    assert not needless, f"no longer needed in LARGER_MODULES: {needless}"


def test_no_function_is_too_long() -> None:
    too_long = [
        f"{path}:{node.lineno} {node.name} ({length} lines)"
        for path in sources()
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not too_long, f"one purpose each: {too_long}"
