"""What is asked of an indicator, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ioc.catalogue.period import Period


@dataclass(frozen=True)
class Question:
    """What is asked of an indicator.

    Attributes:
        by: dimensions to split by.
        period: length of a period, or None for one value over the whole span.
        start, end: inclusive days; ``end`` defaults to today.
        where: per dimension, the codes that count; ``vp*`` is a unit with all below it, ``-`` no code.
    """

    indicator: str
    by: tuple[str, ...] = ()
    period: str | None = None
    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Value(NamedTuple):
    """One value. ``codes`` follow the question's ``by``; ``span`` is None where no start was given.

    ``value`` is in the indicator's own unit (a ratio in per cent) or None where there is no denominator. ``hidden``: see ``small_cells``.
    """

    codes: tuple[str | None, ...]
    span: Period | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    provisional: bool
    hidden: bool = False

    def unseen(self) -> Value:
        """The same without any number: what is not to be seen."""
        return self._replace(numerator=None, denominator=None, value=None, hidden=True)
