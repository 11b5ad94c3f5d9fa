"""What needs acting on, for a viewer: the open alerts, those that have ended of late, and what the viewer may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from ioc.access.scope import units_within
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.alerts.ledger import Alert, AlertLedger, Step
from ioc.alerts.lifecycle import Kind, Severity
from ioc.catalogue.alerts import BUILT_IN, AlertRule
from ioc.catalogue.model import Catalogue, Text
from ioc.config import Settings
from ioc.errors import BadQuestion, Refusal
from ioc.store.store import Store
from ioc.text import dates
from ioc.text.numbers import number, with_unit
from ioc.text.words import words
from ioc.views.drilldown import Numbers, numbers_behind
from ioc.views.model import Stamp
from ioc.views.moment import Moment

# How long those that have ended are shown.
LATELY = timedelta(days=30)
LONGEST = 500
KINDS = (*BUILT_IN, "own")
State = Literal["open", "ended", "all"]


@dataclass(frozen=True)
class AlertsQuestion:
    """What is asked for: open ones, those that have ended, or both; of some kinds; ``since``: none that has ended before."""

    state: State = "all"
    kind: str = ""
    severity: str = ""
    since: datetime | None = None


def alerts_from_words(state: str | None, kind: str | None, severity: str | None, since: datetime | None, usual: State) -> AlertsQuestion:
    """The question as an address asks it. Raises BadQuestion."""
    for key, given, known in (("state", state, ("open", "ended", "all")), ("kind", kind, KINDS), ("severity", severity, tuple(Severity))):
        if given and given not in known:
            raise BadQuestion("alerts", name=key, text=given, known=", ".join(known))
    found: State = "open" if state == "open" else "ended" if state == "ended" else "all" if state == "all" else usual
    return AlertsQuestion(found, kind or "", severity or "", since)


@dataclass(frozen=True)
class AlertView:
    """One alert in words.

    Attributes:
        kind: ``target``, ``milestone``, ``feed``, ``audit``, or ``own`` for a configured rule.
        label: what it is about; ``reason``: why, in a sentence.
        severity, state, version: as last found while it was open.
        value, limit: what stood then and what it is measured by, in words; empty for none. ``exact`` are the same as numbers.
        owner: whose it is, in words.
        where: what its number is limited to; ``numbers``: the records that it counts, where it counts any.
        raised, ended, acknowledged: those steps of its life.
        steps: all of them.
    """

    id: int
    rule: str
    kind: str
    about: str
    label: str
    reason: str
    severity: Severity
    state: str
    value: str
    limit: str
    exact: tuple[Decimal | None, Decimal | None]
    owner: str
    unit: str
    indicator: str
    where: tuple[tuple[str, str], ...]
    numbers: Numbers | None
    raised: Step
    ended: Step | None
    acknowledged: Step | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class AlertsView:
    """What needs acting on: the most urgent first, the oldest first; then what has ended, the newest first.

    ``began``: since when is watched; ``calm``: since when nothing has been open, where nothing is. ``may_acknowledge``: the viewer.
    ``asked``: what was asked for.
    """

    stamp: Stamp
    open: tuple[AlertView, ...]
    ended: tuple[AlertView, ...]
    began: datetime | None
    calm: datetime | None
    may_acknowledge: bool
    asked: AlertsQuestion


class AlertsDesk:
    """Where alerts are asked for, and acknowledged.

    Args:
        ledger: where they are kept.
        store: tells data, moment and catalogue.
        settings: the configured rules, and the names of feeds.
        trail: where it is written down that somebody took note.
    """

    def __init__(self, ledger: AlertLedger, store: Store, settings: Settings, trail: AuditTrail | None = None) -> None:
        self.ledger, self._store, self._rules, self._trail = ledger, store, settings.alerts.rules, trail
        self._feeds = {name: feed.label for name, feed in settings.feeds.items()}

    def view(self, viewer: Viewer, asked: AlertsQuestion, as_of: datetime | None = None) -> AlertsView:
        """What a viewer sees, now or as it was. Raises BadQuestion before the first look, StoreError."""
        began, now = self.ledger.began(), as_of or self._store.clock.now()
        if as_of and (began is None or as_of < began):
            zone = self._store.catalogue.zone
            raise BadQuestion("alerts_before", first=dates.moment(began.astimezone(zone), zone) if began else "–")
        lives = [each for each in self.ledger.lives(asked.since or now - LATELY, as_of) if self._sees(viewer, each)]
        calm = max((each.ended.at for each in lives if each.ended), default=None)
        shown = [alert_view(each, self._store.catalogue, self._rules, self._feeds, viewer.language) for each in lives]
        shown = [each for each in shown if asked.kind in {"", each.kind} and asked.severity in {"", each.severity}]
        stands = [each for each in shown if each.ended is None and asked.state != "ended"]
        over = [each for each in shown if each.ended is not None and asked.state != "open"]
        stands.sort(key=lambda each: (list(Severity).index(each.severity), each.raised.at, each.id))
        over.sort(key=lambda each: (each.ended.at if each.ended else now, each.id), reverse=True)
        is_calm = all(each.ended for each in lives)
        may = viewer.may("notes") and as_of is None
        return AlertsView(self._stamp(as_of), tuple(stands), tuple(over), began, (calm or began) if is_calm else None, may, asked)

    def unread(self, viewer: Viewer) -> int:
        """How many open alerts nobody has acknowledged. Raises StoreError."""
        return sum(each.ended is None and each.acknowledged is None for each in self._open(viewer))

    def mark(self) -> int:
        """A number that is another one after every change. Raises StoreError."""
        return self.ledger.ledger.mark()

    def severities(self) -> Mapping[Severity, int]:
        """How many are open, by severity. Raises StoreError."""
        found = [standing.severity for standing in self.ledger.open().values()]
        return {each: found.count(each) for each in Severity}

    def acknowledge(self, viewer: Viewer, alert: int, word: str) -> None:
        """Take note of an open alert, with a word if there is one to say. Raises Refusal."""
        if not viewer.may("notes"):
            raise Refusal("alerts_may_not", 403)
        said = " ".join(word.split())
        if len(said) > LONGEST:
            raise Refusal("alert_long", 400, longest=LONGEST)
        seen = {each.id for each in self._open(viewer)}
        if alert not in seen or not self.ledger.acknowledge(alert, viewer.name, said, self._store.version(), self._store.clock.now()):
            raise Refusal("alert_gone", 404)
        if self._trail:
            self._trail.note(viewer, "alert.acknowledge", f"alert {alert}", said)

    def _open(self, viewer: Viewer) -> list[Alert]:
        return [each for each in self.ledger.lives(self._store.clock.now()) if each.ended is None and self._sees(viewer, each)]

    def _sees(self, viewer: Viewer, alert: Alert) -> bool:
        """Whether a viewer may see an alert: of feeds, who may see those; of a unit's own number, who may see that unit."""
        if alert.rule in {"feed", "audit"}:
            return viewer.may("feeds")
        if alert.rule in {"target", "milestone"}:  # of the organisation as a whole, as the overview shows it to everybody
            return True
        rule, within = self._rules.get(alert.rule), units_within(self._store.catalogue, viewer.scope)
        is_of_all = rule is not None and not rule.where and not rule.by
        return within is None or is_of_all or ("unit" in (*_named(alert), *(rule.where if rule else ())) and alert.unit in within)

    def _stamp(self, as_of: datetime | None) -> Stamp:
        catalogue, now = self._store.catalogue, as_of or self._store.clock.now()
        with self._store.read(as_of) as snapshot:
            moment = Moment(snapshot, now.astimezone(catalogue.zone).date(), now, as_of)
            return moment.stamp(set(catalogue.records))


def alert_view(
    alert: Alert, catalogue: Catalogue, rules: Mapping[str, AlertRule], feeds: Mapping[str, Text | None], language: str
) -> AlertView:
    """An alert in words."""
    kind, newest, spoken = alert.rule if alert.rule in BUILT_IN else "own", alert.newest, words(language)
    spec = catalogue.indicators.get(alert.indicator)
    exact = (_exact(newest.value), _exact(newest.limit))
    if spec:
        value, limit = (with_unit(each, spec.unit, spoken, spec.precision) if each is not None else "" for each in exact)
    elif kind == "milestone":
        value, limit = (with_unit(each, "percent", spoken, 0) if each is not None else "" for each in exact)
    else:
        value, limit = number(exact[0], language) if exact[0] is not None else "", ""
    rule = rules.get(alert.rule)
    where = tuple({**(rule.where if rule else {}), **_named(alert)}.items())
    label = _label(alert, kind, catalogue, rules, feeds, language)
    owner = catalogue.units[alert.unit].label.of(language) if alert.unit in catalogue.units else alert.unit
    return AlertView(
        id=alert.id,
        rule=alert.rule,
        kind=kind,
        about=alert.about,
        label=label,
        reason=spoken(f"alerts.why.{kind}_{newest.state}", value=value, limit=limit),
        severity=newest.severity,
        state=newest.state,
        value=value,
        limit=limit,
        exact=exact,
        owner=owner,
        unit=alert.unit,
        indicator=alert.indicator,
        where=where,
        numbers=numbers_behind(catalogue, alert.indicator) if spec else None,
        raised=alert.raised,
        ended=alert.ended,
        acknowledged=alert.acknowledged,
        steps=tuple(step for step in alert.steps if step.kind is not Kind.ENDED),
    )


def _named(alert: Alert) -> dict[str, str]:
    """The dimension and code that a configured rule was split to."""
    name, mark, code = alert.about.partition("=")
    return {name: code} if mark and alert.rule not in BUILT_IN else {}


def _label(
    alert: Alert, kind: str, catalogue: Catalogue, rules: Mapping[str, AlertRule], feeds: Mapping[str, Text | None], language: str
) -> str:
    """What an alert is about; what is known no more is called by its name."""
    if kind == "milestone":
        return catalogue.milestones[alert.about].label.of(language) if alert.about in catalogue.milestones else alert.about
    if kind == "feed":
        label = feeds.get(alert.about)
        return label.of(language) if label else alert.about
    if kind == "audit":
        return words(language)("feeds.audit")
    spec, rule = catalogue.indicators.get(alert.indicator), rules.get(alert.rule)
    said = rule.label if rule and rule.label else spec.label if spec else None
    name = said.of(language) if said else alert.indicator
    codes = [catalogue.units[code].label.of(language) if code in catalogue.units else code for code in _named(alert).values()]
    return " – ".join((name, *codes))


def _exact(text: str) -> Decimal | None:
    return Decimal(text) if text else None
