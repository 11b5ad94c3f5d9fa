"""What a formula is made of besides its conditions: stocks, baselines, parts of scores, samples, and the formulas before it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from ioc.catalogue.entry import Entry, Id, Text


class Stock(Entry):
    """Marks an indicator that counts what stands at the end of a period, not what happened in it.

    A record joins the stock on the indicator's ``at`` date, leaves it on ``leaves`` (if ever), and is a success
    from ``succeeds_at`` on (default: from ``at`` on) until ``succeeds_until`` (if ever). All are fields, or expressions that
    give a date or moment.
    """

    leaves: str | None = None
    succeeds_at: str | None = None
    succeeds_until: str | None = None


class Baseline(Entry):
    """A value against which change is measured: either stated, or the indicator's own value at the end of a day."""

    on: date
    value: Decimal | None = None
    source: Text


class Part(Entry):
    """One indicator within a composite: ``points`` at ``full_at`` or above, in proportion below, never less than nothing.

    Attributes:
        indicator: what is measured; without it, nothing here measures this part, and ``label`` says what it is.
        full_at: default 100, of a composite the points of all its parts.
        nothing: what the part brings when there is nothing to count: all its points, none, or it stays unknown.
        code: what the part is called where scores are published.
    """

    indicator: Id | None = None
    label: Text | None = None
    points: Decimal = Field(gt=0)
    full_at: Decimal = Field(default=Decimal(100), gt=0)
    nothing: Literal["full", "none", "unknown"] = "unknown"
    code: str | None = None


class FormulaVersion(Entry):
    """A formula that was in force before the present one: what it says replaces what the indicator says now.

    Both days are inclusive; without ``valid_from`` it was in force from the beginning.
    """

    valid_from: date | None = None
    valid_to: date
    formula: Text
    source: Text
    counts: str | None = None
    succeeds: str | None = None
    value: str | None = None
    total: str | None = None
    at: str | None = None


class Sample(Entry):
    """Marks a ratio whose records are the answers of some, not of all: values come with an interval of confidence.

    Of fewer answers than ``small`` it is said that they are few.
    """

    small: int = Field(default=30, ge=1)
