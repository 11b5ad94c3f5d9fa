"""Alerts as a deployment declares them: rules of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from ioc.catalogue.check_screens import check_limit
from ioc.catalogue.entry import Entry, Id, Text
from ioc.catalogue.model import Catalogue
from ioc.catalogue.schedule import Duration
from ioc.catalogue.source import Finding
from ioc.errors import Said, did_you_mean

# Rules that need no configuration.
BUILT_IN = ("target", "milestone", "feed", "audit")


class AlertRule(Entry):
    """One rule: an indicator that must not be ``below`` or ``above`` a limit.

    It ends when the value is better than the limit by ``margin``. It counts when it has held ``for`` so long. ``over``: the value of the
    day, week, month, quarter or year so far.
    """

    indicator: str
    below: Decimal | None = None
    above: Decimal | None = None
    margin: Decimal = Field(default=Decimal(0), ge=0)
    lasting: Duration = Field(default=timedelta(0), alias="for")
    where: dict[str, str] = {}
    by: str | None = None
    over: Literal["day", "week", "month", "quarter", "year"] = "year"
    severity: Literal["urgent", "warning", "notice"] = "warning"
    label: Text | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> AlertRule:
        if (self.below is None) == (self.above is None):
            raise ValueError(Said("write exactly one of “below” and “above”"))
        return self


class AlertSettings(Entry):
    """Alerts: they are looked for no more often than ``every``, by ``rules`` of one's own beside those that need no configuration."""

    every: Duration = Field(default=timedelta(seconds=15), ge=timedelta(seconds=1))
    rules: dict[Id, AlertRule] = {}


def check_alerts(settings: AlertSettings, catalogue: Catalogue) -> Iterator[Finding]:
    """What rules speak of and is not there: where, what, and how to mend it."""
    for name, rule in settings.rules.items():
        where: tuple[str | int, ...] = ("alerts", "rules", name)
        if name in BUILT_IN:
            yield where, Said("“{name}” is the name of a rule that needs no configuration.", name=name), Said("Choose another name.")
        if rule.indicator not in catalogue.indicators:
            hint = did_you_mean(rule.indicator, catalogue.indicators)
            yield (*where, "indicator"), Said("There is no indicator “{name}”.", name=rule.indicator), hint
        else:
            yield from _dimensions(rule, where, catalogue)


def _dimensions(rule: AlertRule, where: tuple[str | int, ...], catalogue: Catalogue) -> Iterator[Finding]:
    asked: list[tuple[str, str | None, tuple[str | int, ...]]] = [(name, code, ("where", name)) for name, code in rule.where.items()]
    if rule.by:
        asked.append((rule.by, None, ("by",)))
    for dimension, code, place in asked:
        for fault in check_limit(rule.indicator, dimension, code, str(place[0]), catalogue):
            yield (*where, *place), *fault.told()
