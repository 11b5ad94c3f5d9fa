"""The import-linter contract behind the table of rooms in pyproject.toml: who may import whom, and where a library is at home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

EVERY_ROOM = "*"


class TableField(fields.Field[dict[str, list[str]]]):
    """A table of names, each with a list of names."""

    def parse(self, raw_data: Any) -> dict[str, list[str]]:
        if not isinstance(raw_data, dict) or not all(isinstance(names, list) for names in raw_data.values()):
            raise fields.ValidationError("Expected a table whose values are lists of names.")
        return raw_data


class RoomsContract(Contract):
    """Every module stands in a room; a room imports only what its line names; a library is imported only where it is at home.

    Only direct imports are judged: what a permitted room needs in its turn is that room's own affair.
    """

    may_import = TableField()
    at_home_in = TableField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        faults = sorted({*self._unknown_names(), *self._roomless(graph), *self._wrong_arrows(graph), *self._strayed(graph)})
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(fault, bold=False)

    def _room(self, module: str) -> str | None:
        return max((room for room in self.may_import if within(module, [room])), key=len, default=None)

    def _own_modules(self, graph: ImportGraph) -> list[str]:
        return [module for module in graph.modules if not graph.is_module_squashed(module)]

    def _unknown_names(self) -> Iterator[str]:
        for room, permitted in self.may_import.items():
            for name in permitted:
                if name not in self.may_import and name != EVERY_ROOM:
                    yield f"{room} may import {name}, which is no room in the table."

    def _roomless(self, graph: ImportGraph) -> Iterator[str]:
        for module in self._own_modules(graph):
            inner = "." in module or not graph.find_children(module)
            if inner and self._room(module) is None:
                yield f"{module} stands in no room: name its room in pyproject.toml, or move it into one."

    def _wrong_arrows(self, graph: ImportGraph) -> Iterator[str]:
        for importer in self._own_modules(graph):
            room = self._room(importer)
            permitted = [] if room is None else self.may_import[room]
            for imported in graph.find_modules_directly_imported_by(importer):
                other = self._room(imported)
                if other in (None, room) or EVERY_ROOM in permitted or other in permitted:
                    continue
                yield f"{where(graph, importer, imported)}: {room or 'a module without a room'} may not import {other}."

    def _strayed(self, graph: ImportGraph) -> Iterator[str]:
        for library, homes in self.at_home_in.items():
            if library not in graph.modules:
                continue
            for importer in graph.find_modules_that_directly_import(library):
                if not within(importer, homes):
                    yield f"{where(graph, importer, library)}: {library} is at home only in {', '.join(homes)}."


def within(module: str, packages: Iterable[str]) -> bool:
    """Whether the module is one of the packages or lies below one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def where(graph: ImportGraph, importer: str, imported: str) -> str:
    """The import as a reader finds it: module, imported module and lines."""
    lines = sorted({detail["line_number"] for detail in graph.get_import_details(importer=importer, imported=imported)})
    return f"{importer} -> {imported} (line {', '.join(map(str, lines))})"
