"""A score as a tree, with what its source published beside it: what is shown, and handed out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.views.drilldown import Numbers

Why = Literal["same", "not_measured", "other_records", "other_judgement", "other_points", "unfounded", "parts", "partly", "undivided"]


class Published(NamedTuple):
    """What a source published of one metric."""

    numerator: Decimal | None
    denominator: Decimal | None
    points: Decimal | None
    most: Decimal | None


@dataclass(frozen=True)
class ScoreNode:
    """One part of a score, or the whole.

    Attributes:
        indicator: the indicator behind it, or None where nothing here measures it.
        code: what it is called where it is published.
        unit, precision: of its value.
        points: what it brings; None where nothing was measured.
        most, measured: the most that it could bring, and of that what could be measured.
        value, numerator, denominator: of the indicator, where it is no score itself.
        published: what the source says, if it says anything of this span.
        difference: our points less the published ones.
        behind: the records that the two numbers of its indicator count, where it is no score itself.
        why: where a difference comes from, or that there is none; ``unfounded``, ``partly`` and ``undivided``: the source does not say
            what it rests on, and of a whole whether all of it could be measured here.
    """

    indicator: str | None
    code: str | None
    label: str
    unit: Unit
    precision: int
    points: Decimal | None
    most: Decimal
    measured: Decimal
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    published: Published | None
    difference: Decimal | None
    why: Why | None
    children: tuple[ScoreNode, ...] = ()
    behind: Numbers | None = None


@dataclass(frozen=True)
class ScoreView:
    """A score over a span, with the name of whoever published one for the same span, if anybody did."""

    indicator: str
    span: Period
    provisional: bool
    provider: str | None
    tree: ScoreNode
