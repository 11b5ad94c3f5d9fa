"""One unit's scorecard, and what a few words find, from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text
from ioc.config import FeedSettings, Settings
from ioc.errors import UnknownName
from ioc.indicators.values import Question, ask
from ioc.text.fold import folded
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.search import Found
from ioc.views.unit import UnitRow
from layouts.markup import still
from layouts.state import context_of
from tests.office import NOW, catalogue, open_store, put

VIEWER = Viewer("test", "vi")
ROW = {"id": "1", "unit": "a", "channel": "counter", "received_at": "2026-01-05 08:00", "online": True, "updated_at": "2026-01-05 08:00"}
FEED = FeedSettings(
    kind="push", record="dossier", label=Text(vi="Cổng dịch vụ công", en="Portal"), options={"token": "x"}, mapping={"fields": {"id": "id"}}
)


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gatherer]:
    store = open_store(tmp_path_factory.mktemp("unit"))
    rows = [
        ROW | {"id": f"H-{key}", "unit": "ab"[key % 2], "online": key % 3 > 0, "received_at": f"202{5 + key // 20}-0{1 + key % 9}-05 08:00"}
        for key in range(40)
    ]
    put(store, "dossier", rows)
    put(store, "staff", [{"id": str(key), "unit": "a", "joined_on": "2024-01-01", "trained_on": "2025-01-01"} for key in range(5)])
    yield Gatherer(store, Settings(feeds={"portal": FEED}), ViewCache())
    store.close()


def row(views: Gatherer, unit: str, indicator: str) -> UnitRow:
    found = [row for group in views.unit(VIEWER, unit).groups for row in group.rows if row.indicator == indicator]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("indicator", ["online_rate", "trained", "strength"])
def test_a_unit_has_the_value_that_is_asked_for_by_unit(views: Gatherer, indicator: str) -> None:
    mine = row(views, "a", indicator)
    with views.moment() as moment:
        question = Question(indicator, start=moment.today.replace(month=1, day=1), where=(("unit", ("a",)),))
        (value,) = ask(moment.snapshot, question, moment.today)
        (last,) = ask(
            moment.snapshot, Question(indicator, period="month", start=moment.today.replace(day=1), where=question.where), moment.today
        ) or (None,)
    assert (mine.value, mine.numerator, mine.denominator) == (value.value, value.numerator, value.denominator)
    assert mine.trend[-1].value == (last.value if last else None)


def test_the_root_is_the_sum_of_what_is_below_it(views: Gatherer) -> None:
    root, parts = row(views, "office", "online_rate"), [row(views, unit, "online_rate") for unit in "ab"]
    assert root.denominator == sum(part.denominator or Decimal(0) for part in parts)
    assert root.value == root.whole
    assert (root.rank, root.better) == (None, None)


def test_units_are_ranked_the_best_first(views: Gatherer) -> None:
    first, second = sorted((row(views, unit, "online_rate") for unit in "ab"), key=lambda each: each.value or 0, reverse=True)
    assert (first.rank, first.ranked, first.better) == (1, 2, True)
    assert (second.rank, second.better) == (2, False)


def test_an_unknown_unit_is_told_with_the_nearest(views: Gatherer) -> None:
    with pytest.raises(UnknownName):
        views.unit(VIEWER, "offise")
    found = page(views, context_of("/units/offise", "", NOW, views.zone()))
    assert found.status == 404
    assert "/units/office" in still(found.content)


@pytest.mark.parametrize("address", ["/units/a", "/search", "/search?q=on", "/search?q=khong-co-gi"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_are_drawn(views: Gatherer, address: str, language: str) -> None:
    path, _, search = address.partition("?")
    assert page(views, context_of(path, f"{search}&lang={language}", NOW, views.zone())).status == 200


@pytest.mark.parametrize(
    ("query", "kind", "code"),
    [
        ("toan trinh", Found.INDICATOR, "online_rate"),  # without the marks of Vietnamese
        ("Toàn TRÌNH", Found.INDICATOR, "online_rate"),
        ("trinh toan", Found.INDICATOR, "online_rate"),  # in any order
        ("phong a", Found.UNIT, "a"),
        ("cong dich vu", Found.FEED, "portal"),
        ("truc tiep", Found.CODE, "counter"),
        ("H-10", Found.RECORD, "H-10"),
    ],
)
def test_a_few_words_find_it(views: Gatherer, query: str, kind: Found, code: str) -> None:
    groups = dict(views.search(VIEWER, query).groups)
    assert groups[kind][0].code == code


@pytest.mark.parametrize("query", ["", "   ", "xyz", "toan xyz", "H-999", "%", "'; DROP TABLE"])
def test_what_is_not_there_is_not_found(views: Gatherer, query: str) -> None:
    assert views.search(VIEWER, query).groups == ()


def test_a_record_of_another_unit_is_not_found(views: Gatherer) -> None:
    assert views.search(Viewer("head", "vi", "b"), "H-10").groups == ()
    assert views.search(Viewer("head", "vi", "a"), "H-10").groups[0][0] is Found.RECORD


def test_folding() -> None:
    assert folded("Đúng hạn, Hồ sơ TRỄ") == "dung han, ho so tre"


def test_a_score_of_a_unit_is_of_its_own_records(tmp_path: Path) -> None:
    plain = catalogue()
    score = plain.indicators["score"].model_copy(update={"dimensions": ("unit",)})
    store = open_store(tmp_path, plain.model_copy(update={"indicators": {**plain.indicators, "score": score}}))
    done = {"due_at": "2026-01-20 08:00", "completed_at": "2026-01-10 08:00"}
    put(store, "dossier", [ROW | done | {"id": f"S-{key}", "unit": "ab"[key % 2], "online": key % 4 > 0} for key in range(20)])
    views = Gatherer(store, Settings(), ViewCache())
    mine = {unit: row(views, unit, "score") for unit in ("a", "b")}
    with views.moment() as moment:
        for unit, found in mine.items():
            asked = Question("score", start=moment.today.replace(month=1, day=1), where=(("unit", (unit,)),))
            assert found.value == ask(moment.snapshot, asked, moment.today)[0].value
    assert mine["a"].value != mine["b"].value
    store.close()
