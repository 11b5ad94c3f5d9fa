"""Why a value changed: what each group adds to the change, by its own rate and by its share of the whole. Exact, in fractions.

A rate of the whole is R = Σ w·r over groups: w is a group's share of the denominator, r its own rate. With bars for the middle between
before and after, and Δ for after less before, each group g adds

    rate effect   w̄·Δr            its own rate has changed
    mix effect    Δw·(r̄ − R̄)      its share has changed, and its rate lies above or below the whole's

and all effects together are ΔR exactly, because the shares always add up to one. A group that is new, or gone, has one known rate and
so a mix effect alone. This is the midpoint decomposition of T. L. Bennet ("The Theory of Measurement of Changes in Cost of Living",
Journal of the Royal Statistical Society 83(3), 1920) and E. M. Kitagawa ("Components of a Difference Between Two Rates", Journal of the
American Statistical Association 50(272), 1955), with entry and exit measured against the whole as by Z. Griliches and H. Regev ("Firm
productivity in Israeli industry", Journal of Econometrics 65(1), 1995). It prefers neither side: exchanged, all signs turn.

A group's whole effect is Δ(numerator / whole) − Δw·R̄, which adds up: that of a unit is the sum of its procedures', however finely it is
split; only which part of it is mix depends on how fine the groups are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Generic, NamedTuple, Self, TypeVar

from ioc.errors import BadQuestion

K = TypeVar("K", bound=Hashable)
Exact = int | Decimal | Fraction


class Amounts(NamedTuple):
    """A group's numerator and denominator."""

    numerator: Exact
    denominator: Exact


class Effect(NamedTuple, Generic[K]):
    """What one group adds to the change of the whole, in the unit of the rate (or of the amount).

    Mix and rate effect are whole numbers over a common denominator: reducing thousands of fractions takes longer than all else.
    """

    group: K
    mix_above: int
    rate_above: int
    below: int

    @property
    def mix(self) -> Fraction:
        """What it adds by its share."""
        return Fraction(self.mix_above, self.below)

    @property
    def rate(self) -> Fraction:
        """What it adds by its own rate."""
        return Fraction(self.rate_above, self.below)

    @property
    def total(self) -> Fraction:
        """Both together."""
        return Fraction(self.mix_above + self.rate_above, self.below)

    def times(self, scale: Fraction) -> Self:
        """The same in another unit."""
        above, below = scale.as_integer_ratio()
        return self._replace(mix_above=self.mix_above * above, rate_above=self.rate_above * above, below=self.below * below)


_NOTHING = Amounts(0, 0)


def of_rates(before: Mapping[K, Amounts], after: Mapping[K, Amounts], factor: int = 1) -> list[Effect[K]]:
    """The effects of all groups on the change of ``factor`` · Σ numerator / Σ denominator, in the order in which the groups are met.

    Raises:
        BadQuestion: the whole has no rate before, or none after.
    """
    groups = list(dict.fromkeys((*before, *after)))
    earlier, later = ([side.get(group, _NOTHING) for group in groups] for side in (before, after))
    columns = [[amounts[place] for amounts in side] for side in (earlier, later) for place in (0, 1)]
    n0, d0, n1, d1 = _whole_numbers(columns)
    n0, n1 = [factor * each for each in n0], [factor * each for each in n1]
    whole = _Whole(sum(n0), sum(d0), sum(n1), sum(d1))
    if not whole.d0 or not whole.d1:
        raise BadQuestion("nothing_to_compare")
    return list(map(Effect, groups, *zip(*map(whole.effects, n0, d0, n1, d1), strict=True)))


def of_amounts(before: Mapping[K, Exact], after: Mapping[K, Exact]) -> list[Effect[K]]:
    """The effects of all groups on the change of a sum: what each has itself risen or fallen by."""
    rises = ((group, Fraction(after.get(group, 0)) - Fraction(before.get(group, 0))) for group in dict.fromkeys((*before, *after)))
    return [Effect(group, 0, *rise.as_integer_ratio()) for group, rise in rises]


@dataclass(frozen=True)
class _Whole:
    """Numerator and denominator of the whole, before (0) and after (1), as whole numbers."""

    n0: int
    d0: int
    n1: int
    d1: int

    def effects(self, n0: int, d0: int, n1: int, d1: int) -> tuple[int, int, int]:
        """Mix and rate effect of a group with these amounts, and what both stand over."""
        both = self.d0 * self.d1
        middle = self.n0 * self.d1 + self.n1 * self.d0  # 2·R̄ · both
        share = d1 * self.d0 - d0 * self.d1  # Δw · both
        total = 2 * both * (n1 * self.d0 - n0 * self.d1) - share * middle  # · 2·both²
        if not d0:  # a group that is new has the same rate before, and one that is gone has it after
            n0, d0 = n1, d1
        elif not d1:
            n1, d1 = n0, d0
        if not d0:
            return 0, total, 2 * both * both
        below = d0 * d1
        mix = share * (both * (n0 * d1 + n1 * d0) - middle * below)
        return mix, total * below - mix, 2 * both * both * below


def _whole_numbers(columns: Sequence[Sequence[Exact]]) -> list[list[int]]:
    """Numbers times the least common multiple of their denominators."""
    scale = lcm(*{value.as_integer_ratio()[1] for column in columns for value in column})
    if scale == 1:  # they are counts
        return [list(map(int, column)) for column in columns]
    ratios = [[value.as_integer_ratio() for value in column] for column in columns]
    return [[above * (scale // below) for above, below in column] for column in ratios]


def apportioned(values: Iterable[tuple[int, int]], places: int, whole: Decimal) -> list[Decimal]:
    """Quotients to so many decimal places, such that they add up to ``whole``, which has no more places (largest remainders first).

    Each differs by less than one unit of the last place from what it was, unless ``whole`` differs from their sum by more than that.
    """
    unit = 10**places
    found, rests = [], []
    for above, below in values:
        units, rest = divmod(above * unit, below)
        found.append(units)
        rests.append(rest / below)
    above, below = whole.as_integer_ratio()
    missing = above * unit // below - sum(found)
    order = sorted(range(len(found)), key=rests.__getitem__, reverse=missing > 0)
    each, more = divmod(abs(missing), len(order)) if order else (0, 0)
    for place, index in enumerate(order):
        found[index] += (each + (place < more)) * (1 if missing > 0 else -1)
    return [Decimal(units).scaleb(-places) for units in found]
