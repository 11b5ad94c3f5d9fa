"""Every status by the documented rule: facts by the value, the opinion by the closes, and no flicker within the band."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.model import Goal, Text
from ioc.goals.path import Course, course
from ioc.goals.status import BAND, MARGIN, Close, Status, ahead, gap, judge, meets, way

TODAY, BEGAN = date(2026, 7, 1), date(2025, 12, 31)
RANK = {Status.OFF_TRACK: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2, Status.ACHIEVED: 3}


def goal(comparator: str = ">=", value: str = "80", horizon: date = date(2026, 12, 31)) -> Goal:
    source = Text(vi="QĐ", en="Decision")
    fields = {"indicator": "x", "comparator": comparator, "value": value, "horizon": horizon, "since": BEGAN, "source": source}
    return Goal.model_validate(fields | ({"since": None} if horizon <= BEGAN else {}))


@pytest.mark.parametrize(
    ("value", "comparator", "bound", "met"),
    [
        ("80", ">=", "80", True),
        ("79.9999", ">=", "80", False),
        ("99.96", "=", "100", False),
        ("100", "=", "100", True),
        ("3", "<=", "3", True),
        ("3.1", "<=", "3", False),
        ("-20", "down", "20", True),
        ("-19.9", "down", "20", False),
        ("30", "up", "30", True),
        ("29", "up", "30", False),
    ],
)
def test_meets_exactly_or_not(value: str, comparator: str, bound: str, met: bool) -> None:
    assert meets(Decimal(value), goal(comparator, bound)) is met
    assert (gap(Decimal(value), goal(comparator, bound)) >= 0) is met


@pytest.mark.parametrize(
    ("value", "aim", "start", "status"),
    [
        (None, goal(), None, Status.NO_DATA),
        ("90", None, None, Status.NO_GOAL),
        ("90", goal(), None, Status.ACHIEVED),
        ("70", goal(horizon=date(2025, 12, 31)), None, Status.MISSED),
        ("80", goal(horizon=date(2025, 12, 31)), None, Status.ACHIEVED),
        ("70", goal(), None, Status.AT_RISK),  # nothing shows that it is on course
        ("70", goal(), "60", Status.ON_TRACK),  # the path asks for 69.97 half-way
        ("67", goal(), "60", Status.AT_RISK),  # within 15 % of the way of 20
        ("66.9", goal(), "60", Status.OFF_TRACK),
        ("79.99", goal(horizon=TODAY), "60", Status.AT_RISK),  # on the last day nothing is missed yet
        ("79.5", goal(), "90", Status.OFF_TRACK),  # fallen from above: the path is the goal, the way 2 % of it, 1.6
        ("79.77", goal(), "90", Status.AT_RISK),
        ("-9", goal("down", "20"), "0", Status.AT_RISK),
        ("-11", goal("down", "20"), "0", Status.ON_TRACK),
        ("-6", goal("down", "20"), "0", Status.OFF_TRACK),
        ("4.2", goal("<=", "3"), "5", Status.AT_RISK),
        ("3.9", goal("<=", "3"), "5", Status.ON_TRACK),
    ],
)  # fmt: skip
def test_the_value_is_judged_while_nothing_was_closed(value: str | None, aim: Goal | None, start: str | None, status: Status) -> None:
    path = course(aim, Decimal(start)) if aim and start else None
    assert judge(Decimal(value) if value else None, aim, TODAY, course=path).status is status


def test_stale_data_are_not_judged_and_a_path_that_has_not_begun_is_on_track() -> None:
    assert judge(Decimal(90), goal(), TODAY, stale=True).status is Status.STALE
    assert judge(Decimal(70), goal(), BEGAN).status is Status.ON_TRACK


# The example of docs/reference/status.md: a way of 20 points, the path level here so that the figures are what is behind.
LEVEL = Course(((BEGAN, Decimal(60)), (date(2026, 12, 31), Decimal(80))))
EXAMPLE = (
    ("0.2", Status.ON_TRACK),
    ("-0.6", Status.ON_TRACK),
    ("-1.2", Status.AT_RISK),
    ("-0.5", Status.AT_RISK),
    ("0.1", Status.ON_TRACK),
    ("-3.5", Status.AT_RISK),
    ("-4.1", Status.OFF_TRACK),
    ("-3.1", Status.OFF_TRACK),
    ("-3", Status.AT_RISK),
    ("-3.9", Status.AT_RISK),
    ("0", Status.ON_TRACK),
    ("-9", Status.OFF_TRACK),
)


def closes(leads: Sequence[Decimal], aim: Goal, path: Course) -> list[Close]:
    """Closes that lead the path by so much, week after week."""
    days = [BEGAN + timedelta(weeks=week + 1) for week in range(len(leads))]
    return [Close(day, path.at(day) + (-lead if aim.wants_less else lead)) for day, lead in zip(days, leads, strict=True)]


def statuses(leads: Sequence[Decimal], aim: Goal, path: Course) -> list[Status]:
    """The status after each close; the value shown is far from the goal."""
    done = closes(leads, aim, path)
    value = path.knots[0][1] - (-50 if aim.wants_less else 50)
    return [judge(value, aim, day.on + timedelta(days=1), course=path, closes=done[: index + 1]).status for index, day in enumerate(done)]


def test_the_example_of_the_documentation() -> None:
    assert statuses([Decimal(lead) for lead, _ in EXAMPLE], goal(), LEVEL) == [status for _, status in EXAMPLE]


def test_the_verdict_says_what_it_rests_on_and_since_when() -> None:
    done = closes([Decimal(lead) for lead, _ in EXAMPLE[:4]], goal(), LEVEL)
    verdict = judge(Decimal(70), goal(), TODAY, course=LEVEL, closes=done)
    assert (verdict.close, verdict.since) == (done[3], done[2].on)
    assert verdict.asked == LEVEL.at(done[3].on)


LEADS = st.lists(st.decimals(-8, 8, places=2), min_size=1, max_size=30)
GOALS = st.sampled_from([(goal(), LEVEL), (goal("<=", "3"), course(goal("<=", "3"), Decimal(9))), (goal("down", "20"), course(goal("down", "20"), Decimal(0)))])  # fmt: skip


@given(LEADS, st.lists(st.decimals(0, 5, places=2), min_size=30, max_size=30), GOALS)
def test_better_closes_are_never_a_worse_status(leads: list[Decimal], more: list[Decimal], on: tuple[Goal, Course]) -> None:
    better = [lead + extra for lead, extra in zip(leads, more, strict=False)]
    assert RANK[statuses(better, *on)[-1]] >= RANK[statuses(leads, *on)[-1]]


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2), LEADS)
def test_a_better_value_is_never_a_worse_status(one: Decimal, other: Decimal, leads: list[Decimal]) -> None:
    done = closes(leads, goal(), LEVEL)
    worse, better = (RANK[judge(value, goal(), TODAY, course=LEVEL, closes=done).status] for value in sorted((one, other)))
    assert worse <= better


@given(st.decimals(-8, 8, places=2), st.lists(st.integers(-99, 99), min_size=2, max_size=40), GOALS)
def test_noise_within_the_band_changes_a_status_at_most_once(level: Decimal, noise: list[int], on: tuple[Goal, Course]) -> None:
    width = way(*on) * BAND / 2
    found = statuses([level * way(*on) / 20 + width * part / 100 for part in noise], *on)
    assert sum(one is not other for one, other in pairwise(found)) <= 1


@given(LEADS, GOALS)
def test_the_same_closes_give_the_same_status_and_far_behind_is_never_on_track(leads: list[Decimal], on: tuple[Goal, Course]) -> None:
    assert statuses(leads, *on) == statuses(leads, *on)
    for lead, status in zip(leads, statuses(leads, *on), strict=True):
        behind = -lead / way(*on)
        limits = {Status.ON_TRACK: BAND, Status.AT_RISK: MARGIN + BAND, Status.OFF_TRACK: Decimal("Infinity")}
        assert behind <= limits[status]
        assert status is Status.ON_TRACK or behind > 0


def test_ahead_counts_in_the_good_direction() -> None:
    assert ahead(Decimal(4), Decimal(3), goal("<=", "3")) == -1
    assert ahead(Decimal(4), Decimal(3), goal()) == 1
