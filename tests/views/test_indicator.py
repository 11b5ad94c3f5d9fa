"""One indicator explained, from records: what a page of it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.config import Settings
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.model import Choice, Filter
from tests.office import catalogue, open_store, put

ROW = {"id": "1", "unit": "a", "channel": "counter", "received_at": "2026-11-01 08:00", "online": True, "updated_at": "2026-11-01 08:00"}


@pytest.mark.parametrize(("language", "channel", "counter"), [("vi", "Kênh", "Trực tiếp"), ("en", "Channel", "Counter")])
def test_filters_are_told_in_words_whatever_the_split(tmp_path: Path, language: str, channel: str, counter: str) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", [ROW])
    question = IndicatorQuestion("online_rate", where=(("channel", "counter"),), split="unit")
    view = Gatherer(store, Settings(), ViewCache()).indicator(Viewer("test", language), question)
    assert view.filters == (Filter(Choice("channel", channel), Choice("counter", counter)),)
    store.close()


def test_what_is_not_to_be_ranked_is_listed_by_name(tmp_path: Path) -> None:
    office = catalogue()
    spec = office.indicators["online_rate"].model_copy(update={"ranked": False})
    store = open_store(tmp_path, office.model_copy(update={"indicators": {**office.indicators, "online_rate": spec}}))
    put(store, "dossier", [ROW | {"online": False}, ROW | {"id": "2", "unit": "b"}])
    view = Gatherer(store, Settings(), ViewCache()).indicator(Viewer("test", "en"), IndicatorQuestion("online_rate", split="unit"))
    assert view.split and not view.split.ranked
    assert [(row.label, row.rank, row.value) for row in view.split.rows] == [("Room A", None, 0), ("Room B", None, 100)]
    store.close()
