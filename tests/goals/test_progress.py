"""Milestones judged: every status by the rule, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.goals.progress import Report, judge
from ioc.goals.status import Status

HORIZON, TODAY = date(2027, 12, 31), date(2026, 7, 2)
FIRST = Report(date(2026, 1, 1), "in_progress", Decimal(20), HORIZON)  # 182 of 729 days later even progress is at 40 %


def report(percent: int, state: str = "in_progress", due: date | None = HORIZON, on: date = date(2026, 7, 1)) -> Report:
    return Report(on, state, Decimal(percent), due)


@pytest.mark.parametrize(
    ("reports", "today", "status", "because"),
    [
        ([], TODAY, Status.NO_DATA, "unreported"),
        ([report(90, "in_operation")], date(2029, 1, 1), Status.ACHIEVED, "standing"),
        ([report(100, "done")], TODAY, Status.ACHIEVED, "standing"),
        ([report(99)], date(2028, 1, 1), Status.MISSED, "missed"),
        ([report(99)], HORIZON, Status.AT_RISK, "silent"),  # on the last day nothing is missed yet, but nobody has said anything
        ([report(80, due=date(2026, 6, 30))], TODAY, Status.OFF_TRACK, "overdue"),
        ([report(80, due=TODAY)], TODAY, Status.AT_RISK, "behind"),
        ([FIRST, report(25)], TODAY, Status.ON_TRACK, "even"),  # even progress less 15 points is 24.97
        ([FIRST, report(24)], TODAY, Status.AT_RISK, "behind"),
        ([FIRST, report(24, due=None)], TODAY, Status.AT_RISK, "behind"),
        ([FIRST, report(60, on=date(2026, 1, 3))], TODAY, Status.ON_TRACK, "even"),
        ([FIRST, report(60, on=date(2026, 1, 2))], TODAY, Status.AT_RISK, "silent"),
        ([report(60, due=date(2030, 1, 1))], date(2028, 1, 1), Status.MISSED, "missed"),  # the plan's day holds, whatever is promised
    ],
)  # fmt: skip
def test_every_status(reports: list[Report], today: date, status: Status, because: str) -> None:
    found = judge(reports, HORIZON, today)
    assert (found.status, found.because) == (status, because)


def test_even_progress_runs_from_the_first_report_to_the_due_date() -> None:
    found = judge([FIRST, report(25)], HORIZON, TODAY)
    assert found.even == 20 + 80 * Decimal(182) / 729
    assert judge([report(30, due=date(2026, 7, 1))], HORIZON, date(2026, 7, 1)).even == 100


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 700))
def test_more_progress_is_never_a_worse_status(one: int, other: int, days: int) -> None:
    rank = {Status.AT_RISK: 0, Status.ON_TRACK: 1}
    today = date.fromordinal(FIRST.on.toordinal() + days)
    worse, better = (rank[judge([FIRST, report(percent, on=today)], HORIZON, today).status] for percent in sorted((one, other)))
    assert worse <= better
