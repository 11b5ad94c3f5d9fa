"""Where the numbers of indicators come from: what each means, which feeds they rest on, and how new their data are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ioc.store.freshness import freshness
from ioc.views.gather import Gatherer
from ioc.views.model import FeedBehind
from ioc.views.tiles import records_of


@dataclass(frozen=True)
class Meaning:
    """What an indicator means, in words."""

    indicator: str
    label: str
    definition: str
    formula: str
    source: str
    owner: str


@dataclass(frozen=True)
class Provenance:
    """Of some indicators. ``data_at`` is the oldest of the newest records behind them, ``organisation`` whose they are."""

    meanings: tuple[Meaning, ...]
    feeds: tuple[FeedBehind, ...]
    data_at: datetime | None
    organisation: str


def provenance(views: Gatherer, names: Iterable[str], as_of: datetime | None, language: str, records: Iterable[str] = ()) -> Provenance:
    """See ``Provenance``. Indicators that were not declared at a moment are left out; ``records`` are further types that count."""
    with views.moment(as_of) as moment:
        catalogue = moment.snapshot.catalogue
        known = [name for name in dict.fromkeys(names) if name in catalogue.indicators]
        feeds = {each.feed.code: each for name in known for each in views.behind(moment, name, language)}
        fresh = freshness(moment.snapshot)
        behind = {*records, *(record for name in known for record in records_of(catalogue, name))}
        events = [event for record in behind if record in fresh and (event := fresh[record].last_event)]
        meanings = []
        for name in known:
            spec = catalogue.indicators[name].in_force(moment.today)
            label, definition, formula, source = (text.of(language) for text in (spec.label, spec.definition, spec.formula, spec.source))
            meanings.append(Meaning(name, label, definition, formula, source, catalogue.units[spec.owner].label.of(language)))
        data_at = min(*events, moment.now) if events else None
        return Provenance(tuple(meanings), tuple(feeds.values()), data_at, catalogue.organisation.name.of(language))
