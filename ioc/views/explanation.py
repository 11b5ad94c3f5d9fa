"""Why an indicator changed, as a page, a program or a person asks it, and the answer: exact decimals that add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.errors import BadQuestion
from ioc.indicators.explanation import Where
from ioc.indicators.question import Question
from ioc.views.model import Choice, Stamp

AGAINST = ("last_year", "previous")
# Effects and values are told with so many decimal places, and add up to the last of them.
PLACES = 9
MOST_DIMENSIONS = 3
# So many contributions are told one by one; the others are added together.
MOST_ROWS = 100


@dataclass(frozen=True)
class ExplanationQuestion:
    """What is to be explained; with the indicator alone, this year so far against the same days of last year.

    Attributes:
        by: up to three dimensions; None is those of the catalogue's cubes.
        period: in place of ``start``, the kind of period in which ``end`` lies.
        start, end: inclusive days of the value that is explained.
        against: ``last_year``, ``previous``, days as ``2025-01-01..2025-03-31``, or another place as ``unit=vp``.
        where: per dimension, the codes that count.
    """

    indicator: str
    by: tuple[str, ...] | None = None
    period: str | None = None
    start: date | None = None
    end: date | None = None
    against: str = AGAINST[0]
    where: Where = ()


@dataclass(frozen=True)
class Break:
    """A day between the two sides from which on another formula is in force: of the indicator, or of those named that it is made of."""

    on: date
    parts: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Measured:
    """A group on one side: its value, and for ratios and means its share of the whole's denominator, in per cent."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    share: Decimal | None


@dataclass(frozen=True)
class Contribution:
    """What one group adds to the change: ``effect`` is ``mix`` + ``rate``, exactly. ``drivers``: what weighs most within it."""

    codes: tuple[Choice, ...]
    effect: Decimal
    mix: Decimal
    rate: Decimal
    before: Measured
    after: Measured
    drivers: tuple[Contribution, ...] = ()


@dataclass(frozen=True)
class Rest:
    """The contributions that are not told one by one, together."""

    count: int
    effect: Decimal
    mix: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Compared:
    """One of the two sides: its value, the days it covers, and what it is limited to."""

    value: Decimal
    span: Period
    filters: tuple[Choice, ...]


@dataclass(frozen=True)
class Step:
    """A contribution, or some together, as a step from the value before to the value after.

    ``code``: of the one group; None for some together. ``is_part``: the group is an indicator that the whole is made of.
    """

    label: str
    effect: Decimal
    mix: Decimal
    rate: Decimal
    code: str | None = None
    is_part: bool = False


@dataclass(frozen=True)
class ExplanationView:
    """A change taken apart. All numbers have ``PLACES`` decimal places, and every sum of them is exact.

    Attributes:
        by: the dimensions.
        against: what ``after`` is compared with: ``last_year``, ``previous``, ``days`` or ``place``.
        change: ``after`` less ``before``; the sum of all effects.
        mix, rate: the sums of the two kinds of effect; ``additive``: there is no mix, because groups add up to the whole.
        groups: contributions by the first dimension alone, the largest first.
        rows, rest: contributions by all dimensions, the largest first.
        steps: the weightiest groups and all others, to ``places`` decimal places, from ``start`` to the value after: they add up as
            they are written.
        breaks: changes of formula between the sides; each side is counted, and taken apart, by the one in force on its last day.
    """

    stamp: Stamp
    indicator: str
    label: str
    unit: Unit
    precision: int
    direction: str
    stock: bool
    additive: bool
    by: tuple[Choice, ...]
    against: str
    before: Compared
    after: Compared
    change: Decimal
    mix: Decimal
    rate: Decimal
    groups: tuple[Contribution, ...]
    rows: tuple[Contribution, ...]
    rest: Rest
    places: int
    start: Decimal
    steps: tuple[Step, ...]
    breaks: tuple[Break, ...] = ()


def explanation_of(question: Question, against: str | None = None) -> ExplanationQuestion:
    """What is to be explained, of a plain question and what it is compared with. Raises BadQuestion."""
    if question.period and question.start:
        raise BadQuestion("period_or_from")
    asked = (against or AGAINST[0]).strip()
    return ExplanationQuestion(
        question.indicator, question.by or None, question.period, question.start, question.end, asked, question.where
    )
