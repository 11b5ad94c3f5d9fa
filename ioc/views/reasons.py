"""Why a goal has its status, in a sentence made of the figures that decided it."""

from __future__ import annotations

from decimal import Decimal

from ioc.catalogue.model import Goal, Indicator
from ioc.goals.path import Course
from ioc.goals.status import BAND, MARGIN, Status, Verdict, ahead, gap, way
from ioc.text import dates
from ioc.text.numbers import distance, with_unit
from ioc.text.words import Words


def reason(
    verdict: Verdict, goal: Goal, value: Decimal | None, course: Course | None, spec: Indicator, standing: bool, words: Words
) -> str:
    """The sentence that tells why; without a path it says so. ``standing``: what was judged stood at a moment, and is not of 52 weeks."""
    if value is None or verdict.status is Status.STALE:
        return words(f"reason.{verdict.status.value}")
    if verdict.status in {Status.ACHIEVED, Status.MISSED}:
        target = words(f"goal.said.{goal.comparator}", target=with_unit(goal.value, spec.unit, words, spec.precision))
        shown, by = with_unit(value, spec.unit, words, spec.precision, goal.bound), _distance(gap(value, goal), spec, words)
        key = verdict.status.value + ("_exactly" if value == goal.bound else "")
        return words(f"reason.{key}", value=shown, target=target, by=by, day=dates.day(goal.horizon))
    if verdict.close is None or verdict.asked is None or course is None:
        begun = verdict.status is Status.AT_RISK
        return words("reason.no_path" if begun else "reason.not_begun", day=dates.day(goal.begins))
    return _along(verdict, goal, verdict.asked, course, spec, standing, words)


def _along(verdict: Verdict, goal: Goal, asked: Decimal, course: Course, spec: Indicator, standing: bool, words: Words) -> str:
    """The value at the close beside what the path asked for, and how far the limits of the status are."""
    assert verdict.close is not None
    lead, whole = ahead(verdict.close.value, asked, goal), way(goal, course)
    kind = "even" if lead == 0 else "ahead" if lead > 0 else "behind"
    shown, path = (with_unit(each, spec.unit, words, spec.precision, goal.bound) for each in (verdict.close.value, asked))
    when = words("reason.standing" if standing else "reason.weeks", day=dates.day(verdict.close.on))
    first = words(f"reason.{kind}", when=when, value=shown, asked=path, by=_distance(lead, spec, words))
    limit = {Status.ON_TRACK: whole * BAND, Status.AT_RISK: whole * (MARGIN + BAND), Status.OFF_TRACK: whole * MARGIN}[verdict.status]
    second = words(f"reason.{verdict.status.value}_limit", limit=_distance(limit, spec, words)) if kind == "behind" else ""
    return " ".join(filter(None, (first, second)))


def _distance(value: Decimal, spec: Indicator, words: Words) -> str:
    return distance(abs(value), spec.unit, words, spec.precision)
