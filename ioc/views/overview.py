"""Every target at a glance, in the groups of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from ioc.views.milestones import milestone_tiles
from ioc.views.model import FeedBehind, GroupView, OverviewView
from ioc.views.moment import Moment
from ioc.views.tiles import indicators_on_overview, records_of, tally, tiles


def overview_view(moment: Moment, language: str, oldest: Callable[[str], FeedBehind | None] | None) -> OverviewView:
    """All targets of a moment.

    Args:
        moment: what is read.
        language: of the words.
        oldest: the feed with the oldest data behind an indicator; None where feeds are not told.
    """
    catalogue = moment.snapshot.catalogue
    names = indicators_on_overview(catalogue)
    found = tiles(moment.snapshot, names, moment.today, moment.now, language)
    groups = []
    for key, label in catalogue.groups.items():
        mine = tuple(found[name] for name in names if catalogue.indicators[name].group == key)
        if mine:
            groups.append(GroupView(key, label.of(language), mine))
    return OverviewView(
        stamp=moment.stamp({record for name in names for record in records_of(catalogue, name)}),
        organisation=catalogue.organisation.name.of(language),
        year=moment.today.year,
        groups=tuple(groups),
        milestones=milestone_tiles(moment.snapshot, moment.today, language),
        tally=tally(list(found.values())),
        oldest={name: oldest(name) for name in names} if oldest else {},
    )
