"""Why a value changed: cases computed by hand, and what must hold for any groups."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.errors import BadQuestion
from ioc.indicators.decomposition import Amounts, Effect, apportioned, of_amounts, of_rates

Groups = dict[str, Amounts]


def groups(**amounts: tuple[int, int]) -> Groups:
    return {name: Amounts(*each) for name, each in amounts.items()}


# Before, after, and each group's (mix, rate), worked out with pencil from the formula at the head of the module.
BY_HAND = {
    # R: 100/200 = 1/2 → 110/200; both shares 1/2 throughout; a's rate rises by 1/10.
    "rate alone": (
        groups(a=(60, 100), b=(40, 100)),
        groups(a=(70, 100), b=(40, 100)),
        {"a": (Fraction(0), Fraction(1, 20)), "b": (Fraction(0), Fraction(0))},
    ),
    # R: 1/2 → (3/4)(6/10) + (1/4)(4/10) = 11/20; R̄ = 21/40. a: Δw 1/4 · (24/40 − 21/40); b: −1/4 · (16/40 − 21/40).
    "mix alone": (
        groups(a=(60, 100), b=(40, 100)),
        groups(a=(90, 150), b=(20, 50)),
        {"a": (Fraction(3, 160), Fraction(0)), "b": (Fraction(1, 32), Fraction(0))},
    ),
    # R: 1/2 → 1/2·1/2 + 1/2·1 = 3/4; R̄ = 5/8. a: Δw −1/2 · (1/2 − 5/8); b is new: 1/2 · (1 − 5/8).
    "a new group": (
        groups(a=(50, 100)),
        groups(a=(50, 100), b=(100, 100)),
        {"a": (Fraction(1, 16), Fraction(0)), "b": (Fraction(3, 16), Fraction(0))},
    ),
    "a group gone": (
        groups(a=(50, 100), b=(100, 100)),
        groups(a=(50, 100)),
        {"a": (Fraction(-1, 16), Fraction(0)), "b": (Fraction(-3, 16), Fraction(0))},
    ),
    "an empty group": (
        groups(a=(1, 2), b=(0, 0)),
        groups(a=(1, 4), b=(0, 0)),
        {"a": (Fraction(0), Fraction(-1, 4)), "b": (Fraction(0), Fraction(0))},
    ),
    # Sums, not counts: b has something above the line and nothing below it, on one side.
    "no denominator": (
        groups(a=(1, 2), b=(1, 0)),
        groups(a=(1, 2)),
        {"a": (Fraction(0), Fraction(0)), "b": (Fraction(0), Fraction(-1, 2))},
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_worked_out_by_hand(case: str) -> None:
    before, after, expected = BY_HAND[case]
    assert {each.group: (each.mix, each.rate) for each in of_rates(before, after)} == expected


def test_amounts_add_what_they_rose_by() -> None:
    found = of_amounts({"a": 5, "b": Decimal("2.5")}, {"b": Decimal("0.5"), "c": 7})
    assert [(each.group, each.mix, each.rate) for each in found] == [("a", 0, -5), ("b", 0, -2), ("c", 0, 7)]


@pytest.mark.parametrize(("before", "after"), [({}, groups(a=(1, 2))), (groups(a=(1, 2)), groups(a=(0, 0))), ({}, {})])
def test_nothing_cannot_be_compared(before: Groups, after: Groups) -> None:
    with pytest.raises(BadQuestion):
        of_rates(before, after)


_amount = st.decimals(min_value=-1000, max_value=100_000, places=3, allow_nan=False) | st.integers(0, 5000).map(Decimal)
_positive = st.decimals(min_value=0, max_value=100_000, places=3) | st.integers(0, 5000).map(Decimal)
_side = st.dictionaries(st.text("abcdef", min_size=2, max_size=2), st.builds(Amounts, _amount, _positive), max_size=8)
_both = st.tuples(_side, _side).filter(lambda sides: all(any(each.denominator for each in side.values()) for side in sides))


def rate(side: Groups) -> Fraction:
    return sum((Fraction(each.numerator) for each in side.values()), Fraction(0)) / sum(
        (Fraction(each.denominator) for each in side.values()), Fraction(0)
    )


def by_group(effects: list[Effect[str]]) -> dict[str, tuple[Fraction, Fraction]]:
    return {each.group: (each.mix, each.rate) for each in effects}


@given(_both, st.sampled_from([1, 100]))
def test_effects_add_up_to_the_change_exactly(sides: tuple[Groups, Groups], factor: int) -> None:
    before, after = sides
    assert sum(each.total for each in of_rates(before, after, factor)) == factor * (rate(after) - rate(before))


@given(_both)
def test_exchanged_sides_turn_all_signs(sides: tuple[Groups, Groups]) -> None:
    there, back = by_group(of_rates(*sides)), by_group(of_rates(*reversed(sides)))
    assert there == {name: (-mix, -rate) for name, (mix, rate) in back.items()}


@given(_both, st.randoms())
def test_order_of_groups_changes_nothing(sides: tuple[Groups, Groups], chance: object) -> None:
    def shuffled(side: Groups) -> Groups:
        items = list(side.items())
        chance.shuffle(items)  # type: ignore[attr-defined]
        return dict(items)

    assert by_group(of_rates(*map(shuffled, sides))) == by_group(of_rates(*sides))  # type: ignore[arg-type]


@given(_both)
def test_the_whole_effect_of_a_group_is_that_of_its_parts(sides: tuple[Groups, Groups]) -> None:
    """Groups are called by two letters; the first one names a coarser group."""

    def coarse(side: Groups) -> Groups:
        names = sorted({name[0] for name in side})
        mine = {name: [each for key, each in side.items() if key[0] == name] for name in names}
        return {
            name: Amounts(sum(Fraction(e.numerator) for e in all_), sum(Fraction(e.denominator) for e in all_))
            for name, all_ in mine.items()
        }

    fine = of_rates(*sides)
    for each in of_rates(*map(coarse, sides)):
        assert each.total == sum(part.total for part in fine if part.group[0] == each.group)


@given(_both)
def test_equal_sides_explain_nothing(sides: tuple[Groups, Groups]) -> None:
    assert all(not each.mix and not each.rate for each in of_rates(sides[0], sides[0]))


@given(
    st.lists(st.builds(Fraction, st.integers(-(10**15), 10**15), st.integers(1, 997)), min_size=1, max_size=30),
    st.integers(0, 6),
    st.integers(-3, 3),
)
def test_apportioned_adds_up_to_the_last_digit(values: list[Fraction], places: int, off: int) -> None:
    unit = Fraction(1, 10**places)
    whole = Decimal(round(sum(values) / unit) + off).scaleb(-places)
    found = apportioned((value.as_integer_ratio() for value in values), places, whole)
    assert sum(found) == whole
    assert all((Fraction(each) / unit).denominator == 1 for each in found)
    if off == 0:
        assert all(abs(Fraction(each) - value) <= unit for each, value in zip(found, values, strict=True))
