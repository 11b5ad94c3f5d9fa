"""A past moment gives the same answer always, whatever has happened since to records, declarations or the file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.values import Question
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from tests.office import CATALOGUE, NOW, answer, catalogue, open_store, put

ROW = {"id": "x", "unit": "a", "received_at": "2026-11-01", "online": True, "score": 4, "updated_at": "2026-11-01"}
VIEWER = Viewer("test", "en")


def declared(**changes: object) -> Catalogue:
    """The office with another online rate, called otherwise, and one indicator more."""
    plain = catalogue()
    rate = plain.indicators["online_rate"].model_copy(update={"succeeds": "score >= 5", **changes})
    return plain.model_copy(update={"indicators": {**plain.indicators, "online_rate": rate, "other": rate}})


@pytest.mark.parametrize("folder", [CATALOGUE, BUILT_IN / "moha"])
def test_a_catalogue_is_kept_whole(folder: Path) -> None:
    there = load(folder)
    assert Catalogue.model_validate_json(there.model_dump_json(exclude_defaults=True)) == there


def test_a_past_moment_is_answered_by_the_declarations_of_then(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    store = open_store(tmp_path, clock=clock)
    put(store, "dossier", [ROW])
    then = answer(store, Question("online_rate"))
    before = Gatherer(store, Settings(), ViewCache()).overview(VIEWER)
    store.close()
    clock.at += timedelta(days=1)
    label = catalogue().indicators["online_rate"].label.model_copy(update={"en": "Otherwise"})
    store = open_store(tmp_path, declared(label=label), clock)
    assert answer(store, Question("online_rate")) == {((), None): (0, 1, 0)}
    assert answer(store, Question("online_rate"), NOW) == then == {((), None): (1, 1, 100)}
    views = Gatherer(store, Settings(), ViewCache())
    past, now = views.overview(VIEWER, NOW), views.overview(VIEWER)
    assert {tile.label for group in now.groups for tile in group.tiles} >= {"Otherwise"}
    assert [(group.id, [(tile.label, tile.value, tile.goals) for tile in group.tiles]) for group in past.groups] == [
        (group.id, [(tile.label, tile.value, tile.goals) for tile in group.tiles]) for group in before.groups
    ]
    store.close()


def test_what_was_not_declared_yet_is_said_to_be_so(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    open_store(tmp_path, clock=clock).close()
    clock.at += timedelta(days=1)
    store = open_store(tmp_path, declared(), clock)
    views = Gatherer(store, Settings(), ViewCache())
    assert views.values(VIEWER, Question("other", end=date(2026, 11, 24))).values == ()
    for ask in (
        lambda: views.values(VIEWER, Question("other"), NOW),
        lambda: views.indicator(VIEWER, IndicatorQuestion("other"), NOW),
    ):
        with pytest.raises(BadQuestion) as refused:
            ask()
        assert (refused.value.fault, refused.value.values["name"]) == ("not_then", "other")
    with pytest.raises(UnknownName):
        views.values(VIEWER, Question("nowhere"), NOW)
    store.close()
