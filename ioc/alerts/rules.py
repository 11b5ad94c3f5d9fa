"""What configured rules find: a value that the API answers too, held against a limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ioc.alerts.lifecycle import Finding, Key, Severity
from ioc.catalogue.alerts import AlertRule
from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import period_of
from ioc.indicators.question import Question
from ioc.views.health import Health
from ioc.views.values import ValuesView

# Of a value whose feed is like this nobody knows: what is missing may be what is late.
_SILENT = frozenset({Health.FAILING, Health.SILENT, Health.NEVER})
UNIT = "unit"


def question_of(rule: AlertRule, today: date) -> Question:
    """What a rule asks: the value of its period so far."""
    where = tuple((name, (code,)) for name, code in rule.where.items())
    return Question(rule.indicator, by=(rule.by,) if rule.by else (), start=period_of(rule.over, today).start, end=today, where=where)


def of_rule(name: str, rule: AlertRule, view: ValuesView, open_: set[Key], catalogue: Catalogue) -> Iterator[Finding]:
    """One finding for each value; of an open alert it is asked whether the value is better than the limit by the margin."""
    known = not (view.oldest and view.oldest.health in _SILENT)
    limit = rule.below if rule.below is not None else rule.above
    for each in view.values:
        about = f"{rule.by}={each.codes[0] or ''}" if rule.by else ""
        unit = (
            (each.codes[0] or "") if rule.by == UNIT else rule.where.get(UNIT, "").rstrip("*") or catalogue.indicators[rule.indicator].owner
        )
        holds = breaks(rule, each.value, is_open=(name, about) in open_) if known and each.value is not None else None
        state = ("below" if rule.below is not None else "above") if holds is not False else "within"
        value = "" if each.value is None else str(each.value)
        what = (view.stamp.version, value, str(limit), rule.indicator, unit)
        yield Finding(name, about, holds, Severity(rule.severity), state, *what, rule.lasting)


def breaks(rule: AlertRule, value: Decimal, *, is_open: bool) -> bool:
    """Whether a value gives reason to act; where an alert is open, the margin is added to the limit."""
    margin = rule.margin if is_open else Decimal(0)
    if rule.below is not None:
        return value < rule.below + margin
    assert rule.above is not None, "the configuration was checked"
    return value > rule.above - margin
