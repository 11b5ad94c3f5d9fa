"""What is known of all feeds at a moment: how each stands, what it has delivered, how late, at what intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ioc.access.policy import may_see_secrets
from ioc.access.viewer import Viewer
from ioc.errors import Refusal
from ioc.store.arrivals import Lag, Pauses, beginning, lags, pauses, volumes
from ioc.store.feeds import FeedState, feed_states, refused_each_day
from ioc.store.findings import standing
from ioc.store.freshness import FeedCounts, feeds
from ioc.views.cache import ViewCache
from ioc.views.feed import DAYS, SecretsView
from ioc.views.moment import Moment

# Over how many days it is told how late records arrive.
LAG_DAYS = 7
# From how many days the usual pauses of a feed are taken: four of each day of the week.
RHYTHM_DAYS = 28


@dataclass(frozen=True)
class Standing:
    """How feeds stand: what is noted of each, what it has delivered, at what intervals; and the present moment."""

    states: Mapping[str, FeedState]
    counts: Mapping[str, FeedCounts]
    pauses: Mapping[str, Pauses]
    now: datetime


@dataclass(frozen=True)
class Facts(Standing):
    """The same with what each feed has delivered on which day, how late, in how many ways it differs from the usual; the present
    day; and, if nothing can be noted now, why."""

    volumes: Mapping[str, Mapping[date, int]]
    lags: Mapping[str, Lag]
    findings: Mapping[str, int]
    today: date
    fault: str | None = None


def standing_of(moment: Moment, cache: ViewCache) -> Standing:
    """How feeds stand. That may change without a commit, so that it is always looked at; the usual pauses change slowly."""
    return Standing(
        feed_states(moment.snapshot.cursor), {each.feed: each for each in feeds(moment.snapshot)}, _pauses(moment, cache), moment.now
    )


def facts_of(moment: Moment, cache: ViewCache) -> Facts:
    """All that is known. Days that are over never change (a commit at midnight may be a little late), and how late records arrive
    not within a minute."""
    snapshot, today = moment.snapshot, moment.today
    first, recent = (beginning(today - timedelta(days=days), snapshot) for days in (DAYS - 1, 1))
    past = cache.get(("volumes", first, recent), lambda: volumes(snapshot, first, recent))
    minute = moment.now.replace(second=0, microsecond=0)
    late = cache.get(("lags", minute), lambda: lags(snapshot, minute - timedelta(days=LAG_DAYS)))
    new = volumes(snapshot, recent, datetime.max.replace(tzinfo=UTC))
    each_day = {feed: {**past.get(feed, {}), **new.get(feed, {})} for feed in past.keys() | new.keys()}
    stands = standing_of(moment, cache)
    return Facts(stands.states, stands.counts, stands.pauses, moment.now, each_day, late, standing(snapshot), today, snapshot.fault)


def secrets_view(viewer: Viewer, moment: Moment, stands: Standing) -> SecretsView:
    """How many records each feed has had refused for secrecy. Raises Refusal for whoever may not know."""
    if not may_see_secrets(viewer):
        raise Refusal("secrets", 403)
    found = {feed: tuple(days) for feed, days in refused_each_day(moment.snapshot).items()}
    return SecretsView(moment.stamp({stands.counts[feed].record for feed in found if feed in stands.counts}), found)


def _pauses(moment: Moment, cache: ViewCache) -> Mapping[str, Pauses]:
    """Kept for ten minutes: a pause that has just ended is one of many."""
    since = moment.now.replace(minute=moment.now.minute // 10 * 10, second=0, microsecond=0) - timedelta(days=RHYTHM_DAYS)
    return cache.get(("pauses", since), lambda: pauses(moment.snapshot, since))
