"""The declarations that were in force at each data version: a past moment is answered by those of then."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ioc.catalogue.model import Catalogue
from ioc.store.database import first


def written(catalogue: Catalogue) -> str:
    """A catalogue as JSON, in the words of its YAML; ``Catalogue.model_validate_json`` reads it."""
    return catalogue.model_dump_json(exclude_defaults=True, by_alias=True)


class Declarations:
    """The catalogues of a store, the present one and those before it.

    Args:
        catalogue: the present one.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._present = catalogue
        self._said = written(catalogue)
        self._past: dict[int, Catalogue] = {}

    def changed(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Whether the present catalogue differs from the last that was kept."""
        return cursor.execute("SELECT catalogue FROM declaration ORDER BY version DESC LIMIT 1").fetchall() != [(self._said,)]

    def keep(self, cursor: duckdb.DuckDBPyConnection, version: int) -> None:
        """Note that the present catalogue is in force from a data version on."""
        cursor.execute("INSERT INTO declaration VALUES (?, ?)", [version, self._said])

    def at(self, cursor: duckdb.DuckDBPyConnection, version: int) -> Catalogue:
        """The catalogue that was in force at a data version; before the first that was kept, that one."""
        since, newest = first(
            cursor, f"SELECT coalesce(max(version) FILTER (version <= {int(version)}), min(version)), max(version) FROM declaration"
        )
        if since == newest:
            return self._present
        if since not in self._past:
            (said,) = first(cursor, "SELECT catalogue FROM declaration WHERE version = ?", [since])
            self._past[since] = Catalogue.model_validate_json(said)
        return self._past[since]


def catalogues(cursor: duckdb.DuckDBPyConnection, present: Catalogue) -> Iterator[Catalogue]:
    """The present catalogue, and all that were in force before it."""
    yield present
    for (said,) in cursor.execute("SELECT catalogue FROM declaration ORDER BY version").fetchall():
        yield Catalogue.model_validate_json(said)
