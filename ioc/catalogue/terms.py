"""An indicator's declaration as sums: which records add to numerator and denominator, and on which day each counts.

Everything that can be added up is a term, so a number over any span, split or day is a sum of terms: the same in cells and in records.
A stock (what stands at the end of a day) is the running sum of what joined less what left.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ioc.catalogue.expression import parse
from ioc.catalogue.kinds import KIND_OF_FIELD
from ioc.catalogue.model import Catalogue, Indicator, Measure, RecordType, Unit


@dataclass(frozen=True)
class Term:
    """A sum over records.

    Attributes:
        basis: expression that gives the date or moment on which a record counts.
        condition: which records are added.
        value: what each adds; None adds one.
        sign: +1, or -1 for what leaves a stock.
    """

    basis: str
    condition: str
    value: str | None = None
    sign: int = 1

    @cached_property
    def column(self) -> str:
        """The name under which cells keep it: terms that mean the same share one column."""
        text = "\n".join((self.basis, self.condition, self.value or ""))
        return "m_" + hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def meaning(self) -> str:
        """What is summed, in words."""
        return f"{self.value or 'number of records'} where {self.condition} on {self.basis}"


class Terms(NamedTuple):
    """What makes an indicator's numerator and denominator; an empty denominator means that there is none."""

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]


ADDITIVE = {Measure.RATIO, Measure.COUNT, Measure.SUM, Measure.MEAN}
# Told from sums: those that add up, and what is counted once, by whether there is any record of it.
SUMMED = ADDITIVE | {Measure.DISTINCT}


def is_quotient(spec: Indicator) -> bool:
    """Whether an indicator's value is its numerator over its denominator."""
    counted = spec.measure is Measure.DISTINCT and (spec.succeeds is not None or spec.out_of is not None)
    return counted or spec.measure in {Measure.RATIO, Measure.MEAN}


def factor_of(spec: Indicator) -> int:
    """By what such a quotient is multiplied to become a value in the indicator's unit."""
    return 100 if spec.unit is Unit.PERCENT and spec.measure in {Measure.RATIO, Measure.DISTINCT} else 1


def both(*conditions: str | None) -> str:
    """All conditions together; TRUE is left out."""
    parts = [f"({text})" for text in conditions if text and text.upper() != "TRUE"]
    return " AND ".join(parts) or "TRUE"


def terms_of(spec: Indicator) -> Terms:
    """The terms of an indicator that is told from sums (``SUMMED``); its declaration has been checked."""
    at = spec.at or ""
    if spec.stock:
        return _stock(spec, at)
    if spec.measure is Measure.RATIO:
        counts, above, below = _ratio(spec)
        return Terms((Term(at, both(*counts, spec.succeeds), above),), (Term(at, both(*counts), below),))
    if spec.measure is Measure.DISTINCT:
        of = (Term(at, both(spec.counts)),) if spec.succeeds else ()
        return Terms((Term(at, both(spec.counts, spec.succeeds)),), of)
    if spec.measure is Measure.COUNT:
        return Terms((Term(at, both(spec.counts)),), ())
    known = both(spec.counts, f"({spec.value}) IS NOT NULL")
    total = Term(at, known, spec.value)
    return Terms((total,), (Term(at, known),) if spec.measure is Measure.MEAN else ())


def _ratio(spec: Indicator) -> tuple[list[str], str | None, str | None]:
    """Conditions for the records that count in a ratio, and what each adds above and below the line; None adds one."""
    above, below = spec.value or spec.total, spec.total
    known = [f"({text}) IS NOT NULL" for text in dict.fromkeys((above, below)) if text]
    return [spec.counts, *known], above, below


def _stock(spec: Indicator, at: str) -> Terms:
    if spec.measure is not Measure.RATIO:
        return Terms(_joins(at, spec.stock.leaves if spec.stock else None, spec.counts, spec.value), ())
    counts, above, below = _ratio(spec)
    succeeds_at = spec.stock.succeeds_at if spec.stock else None
    since = f"GREATEST({at}, {succeeds_at})" if succeeds_at else at
    counted = both(*counts, spec.succeeds, f"{succeeds_at} IS NOT NULL" if succeeds_at else None)
    leaves, until = (spec.stock.leaves, spec.stock.succeeds_until) if spec.stock else (None, None)
    ends = f"LEAST({leaves}, {until})" if leaves and until else leaves or until
    return Terms(_joins(since, ends, counted, above), _joins(at, leaves, both(*counts) if spec.total else spec.counts, below))


def _joins(since: str, leaves: str | None, condition: str, value: str | None) -> tuple[Term, ...]:
    """What joins on ``since``, less what leaves; a record that left before it could join never counts."""
    if leaves is None:
        return (Term(since, both(condition), value),)
    stayed = both(condition, f"{leaves} IS NULL OR {since} < {leaves}")
    left = both(condition, f"{since} < {leaves}")
    return (Term(since, stayed, value), Term(leaves, left, value, -1))


def of_all(term: Term) -> Term:
    """The count of all records that have a day by a term's basis: it tells a sum of nothing, which is no data, from one that is 0."""
    return Term(term.basis, "TRUE")


def parameters_of(term: Term, record: RecordType) -> frozenset[str]:
    """Which of ``today`` and ``period_end`` a term speaks of, and ``CALENDAR`` if it counts working days."""
    fields = {name: KIND_OF_FIELD[spec.type] for name, spec in record.fields.items()}
    texts = [text for text in (term.basis, term.condition, term.value) if text]
    return frozenset().union(*(parse(text, fields).parameters for text in texts))


def terms_of_record(catalogue: Catalogue, record: str) -> tuple[Term, ...]:
    """Every distinct term over a record type that cells can keep, in a stable order, with the count of all records by each basis.

    A term that speaks of the end of the period asked for cannot be kept: it is counted from the records each time.
    """
    found: dict[str, Term] = {}
    for spec in catalogue.indicators.values():
        if spec.record != record or spec.measure not in SUMMED:
            continue
        for _, version in spec.formulas:
            terms = terms_of(version)
            for term in (*terms.numerator, *terms.denominator):
                if "period_end" not in parameters_of(term, catalogue.records[record]):
                    for each in (Term(term.basis, term.condition, term.value), of_all(term)):
                        found.setdefault(each.column, each)
    return tuple(found[column] for column in sorted(found))
