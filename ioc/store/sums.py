"""Reads sums of terms: from the smallest cube that can answer, or from the records where no cube can.

Both give the same numbers. The records are asked for dimensions that no cube has, and for what speaks of the end of the period; how
cells answer for a past moment is told in ``past_sums``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import compress
from typing import Any, NamedTuple

from ioc.catalogue.model import Catalogue
from ioc.catalogue.terms import Term, of_all, parameters_of
from ioc.store.cells import VALUE, day_sql, term_sql
from ioc.store.count_cache import Asking, count
from ioc.store.dialect import literal, name
from ioc.store.past_sums import from_cells
from ioc.store.record_sums import Change, SumQuestion, bounds, dimensions_of, from_changes, from_records, span_sql, versions_at, where_sql
from ioc.store.snapshot import Snapshot, cells_day, touched
from ioc.store.tables import CellTable, record_table

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """Sums for combinations of codes and periods, column by column, which takes half the time of row by row.

    Attributes:
        codes: of each combination, in the order of the dimensions asked for.
        starts: the first day of the period of each; None without a period.
        totals: the sum of each, by term column.
    """

    codes: Sequence[tuple[str | None, ...]]
    starts: Sequence[date | None]
    totals: dict[str, list[Decimal]]

    def of(self, terms: Sequence[Term]) -> list[Decimal]:
        """For each combination the total of some terms."""
        if len(terms) == 1 and terms[0].sign == 1:  # by far the most frequent
            return self.totals[terms[0].column]
        signed = [[term.sign * value for value in self.totals[term.column]] for term in terms]
        return [sum(values, _ZERO) for values in zip(*signed, strict=True)] if signed else [_ZERO] * len(self.starts)


def read_sums(snapshot: Snapshot, question: SumQuestion) -> Sums:
    """The sums asked for, in order of period and codes; combinations without any record are left out."""
    if snapshot.sums is None or snapshot.as_of is not None:
        return _read(snapshot, question)
    version = touched(snapshot).get(question.record, 0)
    said = (question, cells_day(snapshot, question.record))
    return snapshot.sums.get(said, version, lambda: _read(snapshot, question), lambda found: len(found.starts) * len(found.totals))


def _read(snapshot: Snapshot, question: SumQuestion) -> Sums:
    found = _from_cells(snapshot, question)
    if found is None:
        return _counted(snapshot, question)
    relation, columns, where = found
    keys = _keys("day", question)
    return _sums(question, snapshot.cursor.execute(_grouped(question, keys, columns, relation, where)).fetchnumpy())


def read_distinct(snapshot: Snapshot, question: SumQuestion, field: str) -> Sums:
    """The same, but counted are the values of a field of which there is any record, each once; records without a value are not."""
    finer = replace(question, by=tuple(dict.fromkeys((*question.by, field))))
    sums, width, place_of_field = read_sums(snapshot, finer), len(question.by), finer.by.index(field)
    found: dict[tuple[date | None, tuple[str | None, ...]], dict[str, int]] = {}
    for place, (start, codes) in enumerate(zip(sums.starts, sums.codes, strict=True)):
        counts = found.setdefault((start, codes[:width]), dict.fromkeys(sums.totals, 0))
        if codes[place_of_field] is not None:
            for column, totals in sums.totals.items():
                counts[column] += totals[place] > 0
    counted = {column: [Decimal(counts[column]) for counts in found.values()] for column in sums.totals}
    return Sums([codes for _, codes in found], [start for start, _ in found], counted)


def _from_cells(snapshot: Snapshot, question: SumQuestion) -> tuple[str, list[str], list[str]] | None:
    """The relation in which cells answer, the total of each term in it, and what is left to be asked of its rows.

    None where the records have to be counted.
    """
    cube = _cube(snapshot, question)
    if cube is None:
        return None
    if question.as_of is not None and (past := from_cells(snapshot, question, cube)):
        relation, kept = past
        totals = [_total(term, f"sum({of_all(term).column}) > 0" if term in kept else None) for term in question.terms]
        return relation, totals, []
    if question.as_of is None and cube.covers((), (term.column for term in question.terms)):
        return name(cube.table), [_total(term) for term in question.terms], list(where_sql(question))
    return None


def _counted(snapshot: Snapshot, question: SumQuestion) -> Sums:
    """The sums from the records; there is a combination where any record counts on a day of it."""
    terms = {each.column: each for term in question.terms for each in (term, of_all(term))}
    asked, keys = replace(question, terms=tuple(terms.values()), as_of=None), _keys("day", question)
    by_day, totals = question.period is not None, [_total(term) for term in terms.values()]

    def query(versions: str | Change) -> str:
        return _grouped(question, keys, totals, f"({from_records(snapshot.catalogue, asked, versions, by_day=by_day)})")

    said = (asked, snapshot.catalogue.civil_time.said)
    asking = Asking(question.record, said, query, lambda these, change: _changed(snapshot.catalogue, these, change), len(keys))
    rows = count(snapshot.counts, snapshot.cursor, snapshot.version, asking)
    columns = dict(zip(terms, list(zip(*rows.values(), strict=True)) or [()] * len(terms), strict=True))
    there = list(map(any, zip(*(columns[of_all(term).column] for term in question.terms), strict=True)))
    places, dated = list(compress(rows, there)), question.period is not None
    return Sums(
        [place[dated:] for place in places],
        [place[0] if dated else None for place in places],
        {term.column: list(map(Decimal, compress(columns[term.column], there))) for term in question.terms},
    )


def _changed(catalogue: Catalogue, questions: Sequence[SumQuestion], change: Change) -> str:
    """SQL for what a change adds to the sums of questions that are answered together: which question, the first day, codes, sums."""
    first = questions[0]
    codes = [f"CAST({name(dimension)} AS VARCHAR)" for dimension in dimensions_of(questions)]
    totals = ", ".join(_total(term) for term in first.terms)
    return f"SELECT {', '.join(['_question', '_start', *codes])}, {totals} FROM ({from_changes(catalogue, questions, change)}) GROUP BY ALL"


def _grouped(question: SumQuestion, keys: Sequence[str], columns: Sequence[str], relation: str, where: Sequence[str] = ()) -> str:
    """SQL for sums within the span, by what the answer is split by, and in order of it."""
    conditions = " AND ".join([*span_sql("day", question.start, question.end), *where]) or "TRUE"
    return f"SELECT {', '.join([*keys, *columns])} FROM {relation} WHERE {conditions}{_in_order(keys)}"


def _in_order(keys: Sequence[str]) -> str:
    """SQL that groups by the first columns, in order of them."""
    positions = ", ".join(str(place + 1) for place in range(len(keys)))
    return f" GROUP BY {positions} ORDER BY {positions}" if keys else ""


def _total(term: Term, there: str | None = None) -> str:
    """SQL for the exact sum of a term; decimals come as text. None unless something is there."""
    total = f"CAST(sum({term.column}) AS {'VARCHAR' if term.value else 'BIGINT'})"
    return f"{f'CASE WHEN {there} THEN {total} END' if there else total} AS {term.column}"


def _sums(question: SumQuestion, answer: dict[str, Any]) -> Sums:
    """An answer as exact numbers; combinations without any record have no sums and are left out."""
    found = {term.column: answer[term.column].tolist() for term in question.terms}
    size = len(next(iter(found.values())))
    starts = answer["_start"].astype("datetime64[D]").tolist() if question.period else [None] * size
    codes = list(zip(*(answer[dimension].tolist() for dimension in question.by), strict=True)) if question.by else [()] * size
    if any(None in column for column in found.values()):
        there = [any(value is not None for value in row) for row in zip(*found.values(), strict=True)]
        codes, starts = list(compress(codes, there)), list(compress(starts, there))
        found = {column: list(compress(values, there)) for column, values in found.items()}
    return Sums(codes, starts, {term.column: _exact(term, found[term.column]) for term in question.terms})


def _exact(term: Term, column: list[Any]) -> list[Decimal]:
    """Sums as exact numbers; decimals come as text."""
    if term.value is None and None not in column:
        return list(map(Decimal, column))
    return [Decimal(value or 0) or _ZERO for value in column]


def _keys(day: str, question: SumQuestion) -> list[str]:
    """What the answer is split by: the first day of each sum, then the dimensions."""
    keys = []
    if question.period:
        begins = [f"date_trunc({literal(question.period)}, {day})::DATE"]
        begins += [f"CASE WHEN {day} >= {literal(cut)} THEN {literal(cut)} END" for cut in question.cuts]
        if question.weeks:
            begins.append(f"CASE WHEN {day} >= {literal(question.weeks)} THEN date_trunc('week', {day})::DATE END")
        keys.append(f"greatest({', '.join(begins)}) AS _start" if len(begins) > 1 else f"{begins[0]} AS _start")
    return keys + [f"CAST({name(dimension)} AS VARCHAR) AS {name(dimension)}" for dimension in question.by]


def _cube(snapshot: Snapshot, question: SumQuestion) -> CellTable | None:
    """The smallest cube that has all dimensions of a question, if possible with all its terms."""
    needed = {*question.by, *(dimension for dimension, _ in question.where)}
    columns = {term.column for term in question.terms}
    cubes = [cube for cube in reversed(snapshot.cubes.get(question.record, ())) if cube.covers(needed)]
    return next((cube for cube in cubes if cube.covers((), columns)), cubes[0] if cubes else None)


def needs_period_end(catalogue: Catalogue, record: str, terms: tuple[Term, ...]) -> bool:
    """Whether a term speaks of the end of the period asked for."""
    return any("period_end" in parameters_of(term, catalogue.records[record]) for term in terms)


class Quantile(NamedTuple):
    """A quantile, for one combination of codes and one period, and how many records it is of."""

    codes: tuple[str | None, ...]
    start: date | None
    size: Decimal
    value: Decimal


def read_quantiles(snapshot: Snapshot, question: SumQuestion, quantile: float) -> list[Quantile]:
    """The quantile of one term's value, from the records; combinations without any value are left out."""
    (term,) = question.terms
    catalogue = snapshot.catalogue
    spec, civil = catalogue.records[question.record], catalogue.civil_time
    condition, value = term_sql(term, spec, civil, question.today)
    day = day_sql(term.basis, spec, civil)
    keys = _keys(day, question)
    conditions = [
        versions_at(question.as_of),
        condition,
        *where_sql(question),
        *span_sql(day, question.start, question.end),
        *bounds(term.basis, spec, catalogue.zone, question.start, question.end),
    ]
    number = f"TRY_CAST({value} AS {VALUE})"
    sql = (
        f"SELECT {', '.join([*keys, 'count(v)', f'quantile_cont(v, {quantile})'])} FROM "
        f"(SELECT *, CAST({number} AS DOUBLE) AS v FROM {record_table(question.record)} WHERE {' AND '.join(conditions)}){_in_order(keys)}"
    )
    codes = slice(1 if question.period else 0, len(keys))
    return [
        Quantile(row[codes], row[0] if question.period else None, Decimal(row[-2]), Decimal(repr(row[-1])))
        for row in snapshot.cursor.execute(sql).fetchall()
        if row[-2]
    ]
