"""A past moment gives the same answer always, whatever has happened since to records, declarations or the file."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.audit import audit
from ioc.indicators.values import Question
from ioc.store.database import migrations
from ioc.store.declarations import written
from ioc.store.recount import recount
from ioc.store.store import Store
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from tests.office import CATALOGUE, NOW, answer, catalogue, open_store, put
from tests.store import released

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
    assert Catalogue.model_validate_json(written(there)) == there
    assert Catalogue.model_validate_json(there.model_dump_json(by_alias=True)) == there, "defaults are no exception"


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


BY_UNIT = Question("online_rate", by=("unit",))
# What was so at each of the moments: records online and all, by unit; and all fees.
KNOWN = (
    ({"a": (2, 2), "b": (0, 1)}, 25),
    ({"a": (1, 2), "b": (1, 2)}, Decimal("35.5")),
    ({"a": (0, 2), "b": (1, 1)}, Decimal("31.5")),
)


def known(store: Store, as_of: datetime | None) -> tuple[dict[str, tuple[Decimal | None, Decimal | None]], Decimal | None]:
    rates = {codes[0]: values[:2] for (codes, _), values in answer(store, BY_UNIT, as_of).items()}
    return rates, answer(store, Question("fees"), as_of)[((), None)][0]


@pytest.mark.parametrize("number", sorted(migrations()))
def test_stores_of_every_released_schema_give_the_same_answers_about_every_moment(number: int, tmp_path: Path) -> None:
    if number == max(migrations()):
        released.make(tmp_path)
    else:
        released.load(released.FOLDER / f"{number:04}.sql", tmp_path)
    clock = FrozenClock(released.MOMENTS[-1] + timedelta(minutes=1))
    store = open_store(tmp_path, clock=clock)
    for moment, then in zip(released.MOMENTS, KNOWN, strict=True):
        assert known(store, moment) == then
    assert known(store, None) == KNOWN[-1]
    assert recount(store) and known(store, None) == KNOWN[-1]
    report = audit(store)
    assert report and report.named == ()
    clock.at += timedelta(hours=1)
    put(store, "dossier", [ROW])
    assert [known(store, moment) for moment in released.MOMENTS] == list(KNOWN)
    store.close()


def test_a_copy_of_the_file_answers_like_the_file(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    released.make(tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    store = open_store(tmp_path / "there", clock=FrozenClock(NOW + timedelta(days=3)))
    assert [known(store, moment) for moment in released.MOMENTS] == list(KNOWN)
    store.close()


def test_what_a_page_shows_of_a_past_moment_is_of_that_moment(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 3, tzinfo=UTC))
    store = Store(tmp_path / "moha.duckdb", load(BUILT_IN / "moha"), clock, memory_limit="256MB", threads=1)
    milestone = next(iter(store.catalogue.milestones))
    row = {"milestone": milestone, "state": "in_progress", "percent": 40, "due_on": "2026-06-30", "updated_at": "2026-03-01 08:00"}
    put(store, "milestone", [row])
    views = Gatherer(store, Settings(), ViewCache())
    seen = []
    for moment in (clock.at, clock.at + timedelta(days=3), clock.at + timedelta(days=200)):
        clock.at = moment
        seen.append((moment, views.overview(VIEWER)))
        clock.at += timedelta(hours=1)
        put(store, "milestone", [row | {"state": "done", "percent": 100, "updated_at": f"{moment:%Y-%m-%d %H:%M}"}])
    for moment, then in seen:
        past = views.overview(VIEWER, moment)
        assert (past.milestones, past.groups, past.tally, past.stamp.simulated) == (then.milestones, then.groups, then.tally, False)
    (before,) = [tile for tile in seen[0][1].milestones if tile.id == milestone]
    assert (before.state, before.percent) == ("in_progress", 40)
    store.close()


def test_how_old_data_were_is_told_of_a_past_moment_too(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    store = open_store(tmp_path, clock=clock)
    put(store, "dossier", [ROW])
    views, seen = Gatherer(store, Settings(), ViewCache()), []
    for days in (1, 5, 6):
        clock.at = NOW + timedelta(days=days)
        seen.append((clock.at, _ages(views, None)))
        clock.at += timedelta(hours=1)
        put(store, "dossier", [ROW | {"id": f"d{days}", "received_at": f"2026-11-{20 + days}"}] if days != 5 else [ROW])
    assert [stale["online_rate"][1] for _, stale in seen] == [False, True, False], "a delivery that brings nothing new is one too"
    for moment, then in seen:
        assert _ages(views, moment) == then
    store.close()


def _ages(views: Gatherer, as_of: datetime | None) -> dict[str, tuple[datetime | None, bool]]:
    return {tile.indicator: (tile.data_at, tile.stale) for group in views.overview(VIEWER, as_of).groups for tile in group.tiles}
