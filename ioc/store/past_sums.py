"""Sums of a past moment from the cells of now: what has changed since is counted from the records and taken back.

The records of then are those of now, less what has come since, and with what has gone since. So a question about a past moment
costs what has changed since that moment, whatever the number of records. Three things are left to the records of then:

- what the cells cannot tell: other dimensions, the end of the period asked for, a term that meant something else then;
- what speaks of ``today``, unless it is the day that the cells have been brought up to;
- a moment before most of what is there had come: then there is less to count than to take back.
"""

from __future__ import annotations

from dataclasses import replace

from ioc.catalogue.terms import Term, of_all, parameters_of
from ioc.store.commits import share_between
from ioc.store.dialect import name
from ioc.store.record_sums import Change, SumQuestion, from_records, span_sql, versions_at, where_sql
from ioc.store.snapshot import Snapshot, cells_day
from ioc.store.tables import OPEN, CellTable

# Cells are asked while no more than this share of all versions has come since.
MOST_SINCE = 0.5


def from_cells(snapshot: Snapshot, question: SumQuestion, cube: CellTable) -> tuple[str, tuple[Term, ...]] | None:
    """The relation that holds sums of a past moment, one row or more a cell, and those terms of the question that come from a cube.

    Beside them stand the counts of all records on the same days (``of_all``): where those add up to nothing, there was no record then.
    None if the records of then are to be counted instead.
    """
    kept = _kept(snapshot, question, cube)
    if question.as_of is None or not kept or _since(snapshot, question.record) > MOST_SINCE:
        return None
    terms = {term.column: term for each in kept for term in (each, of_all(each))}
    asked = replace(question, terms=tuple(terms.values()))
    days = ["day", *(name(dimension) for dimension in question.by)]
    by_day = question.period is not None
    since = from_records(snapshot.catalogue, asked, Change(question.as_of, OPEN - 1), by_day=by_day)
    where = " AND ".join([*span_sql("day", question.start, question.end), *where_sql(question)]) or "TRUE"
    parts = [
        f"SELECT {', '.join([*days, *terms])} FROM {name(cube.table)} WHERE {where}",
        f"SELECT {', '.join([*days, *(f'-{column} AS {column}' for column in terms)])} FROM ({since})",
    ]
    if rest := tuple(term for term in question.terms if term not in kept):
        counted = from_records(snapshot.catalogue, replace(question, terms=rest), versions_at(question.as_of), by_day=by_day)
        parts.append(f"SELECT * FROM ({counted})")
    return f"({' UNION ALL BY NAME '.join(parts)})", kept


def _kept(snapshot: Snapshot, question: SumQuestion, cube: CellTable) -> tuple[Term, ...]:
    """The terms that a cube holds as they are asked for, with a count of all records beside them."""
    spec = snapshot.catalogue.records[question.record]
    turned = cells_day(snapshot, question.record) == question.today
    return tuple(
        term
        for term in question.terms
        if cube.covers((), (term.column, of_all(term).column)) and (turned or "today" not in parameters_of(term, spec))
    )


def _since(snapshot: Snapshot, record: str) -> float:
    """The share of all versions of a record type that has come after the moment asked about."""
    known = f"since:{record}:{snapshot.as_of}"
    if known not in snapshot.known:
        snapshot.known[known] = share_between(snapshot.cursor, record, snapshot.version, OPEN)
    found: float = snapshot.known[known]
    return found
