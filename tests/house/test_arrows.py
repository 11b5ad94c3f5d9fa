"""The table of rooms in pyproject.toml holds, and would notice if it did not."""

from __future__ import annotations

from pathlib import Path

import pytest
from grimp import ImportGraph
from importlinter.cli import lint_imports

from tests.house.rooms import RoomsContract
from tests.house.tree import ROOT, module_name, sources


def test_rooms_import_only_what_they_may(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(config_filename="pyproject.toml", cache_dir=None)
    assert code == 0, capsys.readouterr().out


def test_every_folder_with_code_is_a_package() -> None:
    """A folder without ``__init__.py`` would be left out of the table without a word."""
    known = set(sources())
    orphans = {str(path.parent) for path in known if path.parent / "__init__.py" not in known}
    assert not orphans, f"folders with Python files but no __init__.py: {sorted(orphans)}"
    assert all(module_name(path) for path in known)


def judge(*imports: tuple[str, str]) -> list[str]:
    """What the contract says about a small house with a core, a store and a screen."""
    graph = ImportGraph()
    for module in ("ioc", "ioc.core", "ioc.store", "ioc.store.sql", "screen", "ioc.odd"):
        if module != "ioc.odd" or any(module in pair for pair in imports):
            graph.add_module(module)
    graph.add_module("duckdb", is_squashed=True)
    for line, (importer, imported) in enumerate(imports, start=1):
        graph.add_import(importer=importer, imported=imported, line_number=line, line_contents="")
    options = {
        "may_import": {"ioc.core": [], "ioc.store": ["ioc.core"], "screen": ["ioc.store"]},
        "at_home_in": {"duckdb": ["ioc.store"]},
    }
    contract = RoomsContract("rooms", session_options={}, contract_options=options)
    return list(contract.check(graph, verbose=False).metadata["faults"])


@pytest.mark.parametrize(
    ("importer", "imported", "fault"),
    [
        ("ioc.store", "ioc.core", None),
        ("ioc.store.sql", "ioc.store", None),
        ("ioc.store.sql", "duckdb", None),
        ("ioc.core", "ioc.store.sql", "ioc.core -> ioc.store.sql (line 1): ioc.core may not import ioc.store."),
        ("screen", "ioc.core", "screen -> ioc.core (line 1): screen may not import ioc.core."),
        ("screen", "duckdb", "screen -> duckdb (line 1): duckdb is at home only in ioc.store."),
        ("ioc", "ioc.core", "ioc -> ioc.core (line 1): a module without a room may not import ioc.core."),
        ("ioc.odd", "duckdb", "ioc.odd stands in no room: name its room in pyproject.toml, or move it into one."),
    ],
)
def test_a_wrong_arrow_is_named(importer: str, imported: str, fault: str | None) -> None:
    faults = judge((importer, imported))
    assert (faults == []) if fault is None else (fault in faults)


def test_a_table_with_an_unknown_name_is_refused() -> None:
    contract = RoomsContract("rooms", session_options={}, contract_options={"may_import": {"a": ["b"]}, "at_home_in": {}})
    assert contract.check(ImportGraph(), verbose=False).metadata["faults"] == ["a may import b, which is no room in the table."]


def test_paths_become_module_names() -> None:
    assert module_name(Path("ioc/store/__init__.py")) == "ioc.store"
    assert module_name(Path("ioc/clock.py")) == "ioc.clock"
