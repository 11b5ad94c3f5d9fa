"""Records in a list and one by one, as pages of a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.drilldown import Part
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion, records_from_words
from layouts.markup import still
from layouts.state import context_of
from tests.office import NOW, open_store, put

FIRST = {
    "id": "H-1", "unit": "a", "channel": "online", "received_at": "2026-01-05 08:00", "due_at": "2026-01-20 17:00",
    "online": True, "score": 4, "fee": "10.5", "updated_at": "2026-01-05 08:00",
}  # fmt: skip
ROWS = [
    FIRST,
    FIRST | {"id": "H-2", "unit": "b", "completed_at": "2026-01-25 09:00", "fee": "2", "online": False},
    FIRST
    | {
        "id": "H-3",
        "channel": None,
        "received_at": "2026-03-05 23:30",
        "due_at": "2026-03-20 17:00",
        "completed_at": "2026-03-10 09:00",
        "fee": None,
    },
    FIRST | {"id": "X-4", "received_at": "2026-03-06 00:30", "due_at": None, "score": 1, "channel": "counter"},
]
VIEWER = Viewer("test", "en")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("records"), clock=FrozenClock(NOW - timedelta(days=1)))
    put(store, "dossier", ROWS)
    store.clock.at = NOW  # type: ignore[attr-defined]
    put(store, "dossier", [FIRST | {"completed_at": "2026-01-18 10:00", "updated_at": "2026-01-18 10:00"}])
    yield store
    store.close()


@pytest.fixture(scope="module")
def views(store: Store) -> Gatherer:
    return Gatherer(store, Settings(), ViewCache())


def keys(views: Gatherer, *where: str, viewer: Viewer = VIEWER, **given: str) -> list[str]:
    return [row.key for row in views.records(viewer, records_from_words("dossier", given, where)).rows]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (("unit:b",), ["H-2"]),
        (("unit:a", "unit:b", "channel:online"), ["H-1", "H-2"]),
        (("channel:-",), ["H-3"]),
        (("completed_at:-",), ["X-4"]),
        (("id:H*",), ["H-1", "H-2", "H-3"]),
        (("id:X-4",), ["X-4"]),
        (("online:false",), ["H-2"]),
        (("score:1",), ["X-4"]),
        (("score:2..",), ["H-1", "H-2", "H-3"]),
        (("fee:..5",), ["H-2"]),
        (("fee:10,5..11",), ["H-1", "X-4"]),
        (("received_at:05/03/2026",), ["H-3"]),  # 23:30 in Hà Nội is that day there
        (("received_at:2026-01-06..2026-03-05",), ["H-3"]),
        (("unit:b", "score:1"), []),
    ],
)
def test_filters(views: Gatherer, where: tuple[str, ...], wanted: list[str]) -> None:
    assert keys(views, *where, sort="id") == wanted


def test_sorting_puts_nothing_last_either_way(views: Gatherer) -> None:
    assert keys(views, sort="fee")[0] == "H-2"
    assert keys(views, sort="fee")[-1] == keys(views, sort="-fee")[-1] == "H-3"


def test_pages_hold_every_record_once(views: Gatherer) -> None:
    pages = [views.records(VIEWER, RecordsQuestion("dossier", sort="fee", rows=3, page=page)) for page in (1, 2)]
    assert sorted(row.key for view in pages for row in view.rows) == ["H-1", "H-2", "H-3", "X-4"]
    assert {view.pages for view in pages} == {2}
    assert views.records(VIEWER, RecordsQuestion("dossier", rows=3, page=99)).page == 2


def test_sums_are_of_all_records_not_of_the_page(views: Gatherer) -> None:
    view = views.records(VIEWER, RecordsQuestion("dossier", rows=1))
    assert view.total.count == 4
    assert str(view.total.sums["fee"]) == "23.000000"


def test_a_total_is_counted_anew_when_records_have_come(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    views = Gatherer(store, Settings(), ViewCache(1))
    for count in (1, 2):
        put(store, "dossier", [FIRST | {"id": f"N-{count}", "unit": "b", "received_at": "2026-01-06 08:00"}])
        for question in (RecordsQuestion("dossier", sort=sort, rows=rows) for sort in ("id", "-id") for rows in (1, 50)):
            assert (
                views.records(VIEWER, question).total.count
                == count
                == views.records(VIEWER, question).pages * (1 if question.rows == 1 else count)
            )
    store.close()


def test_groups_count_every_record(views: Gatherer) -> None:
    view = views.records(VIEWER, RecordsQuestion("dossier", group="channel"))
    assert [(group.code, group.count) for group in view.groups] == [("online", 2), ("counter", 1), (None, 1)]


def test_a_viewer_sees_the_records_of_the_own_unit_and_those_below_alone(views: Gatherer) -> None:
    room, office = Viewer("head", "en", "b"), Viewer("chief", "en", "office")
    assert keys(views, viewer=room) == ["H-2"]
    assert len(keys(views, viewer=office)) == 4
    assert keys(views, "unit:a", viewer=room) == []
    with pytest.raises(UnknownName):
        views.record(room, "dossier", "H-1")


@pytest.mark.parametrize(("start", "end"), [("0001-01-01", "9999-12-31"), ("2026-01-01", "9999-12-31"), ("0001-01-01", "2026-12-31")])
def test_a_span_may_reach_to_the_ends_of_the_calendar(views: Gatherer, start: str, end: str) -> None:
    assert len(keys(views, **{"indicator": "online_rate", "part": "denominator", "from": start, "to": end})) == 4
    assert len(keys(views, f"received_at:{start}..{end}")) == 4


def test_the_part_that_most_ask_for_is_what_falls_short(views: Gatherer) -> None:
    view = views.records(VIEWER, RecordsQuestion("dossier", indicator="on_time"))
    assert view.behind is not None
    assert (view.behind.part, view.behind.number, [row.key for row in view.rows]) == (Part.REST, 1, ["H-2"])


def test_a_record_tells_its_history_and_where_it_came_from(views: Gatherer) -> None:
    view = views.record(VIEWER, "dossier", "H-1")
    assert [version.until is None for version in view.versions] == [False, True]
    assert view.versions[0].until == view.versions[1].since
    assert [change.field.code for change in view.versions[1].changes] == ["completed_at", "updated_at"]
    assert (view.versions[1].feed.code, view.versions[1].delivery, view.versions[1].row) == ("feed", "delivery", 2)


def test_a_record_of_the_past_is_what_was_known_then(views: Gatherer) -> None:
    view = views.record(VIEWER, "dossier", "H-1", NOW - timedelta(hours=1))
    assert [version.until for version in view.versions] == [None]
    assert {each.field.code: each.value for each in view.fields}["completed_at"] is None


def test_a_record_says_which_indicators_count_it_and_why(views: Gatherer) -> None:
    countings = {each.indicator.code: each for each in views.record(VIEWER, "dossier", "H-2").countings}
    on_time = countings["on_time"]
    assert (on_time.counts, on_time.succeeds) == (True, False)
    assert [reason.holds for reason in on_time.why_succeeds] == [False]
    assert not countings["overdue"].counts
    still_open = {each.indicator.code: each for each in views.record(VIEWER, "dossier", "X-4").countings}
    assert not still_open["on_time"].counts


@pytest.mark.parametrize(
    ("where", "given"),
    [
        (("received_at:yesterday",), {}),
        (("score:many",), {}),
        (("score:1e99",), {}),
        (("online:perhaps",), {}),
        (("unit",), {}),
        ((), {"page": "0"}),
        ((), {"page": "one"}),
        ((), {"rows": "100000"}),
        ((), {"indicator": "score"}),
        ((), {"indicator": "strength"}),
        ((), {"from": "2026-02-01", "to": "2026-01-01"}),
    ],
)
def test_what_cannot_be_answered_is_told(views: Gatherer, where: tuple[str, ...], given: dict[str, str]) -> None:
    with pytest.raises(BadQuestion):
        views.records(VIEWER, records_from_words("dossier", given, where))


@pytest.mark.parametrize(
    "given", [{"sort": "nam"}, {"columns": "ide"}, {"group": "unitt"}, {"indicator": "on_tim"}, {"part": "half", "indicator": "on_time"}]
)
def test_unknown_names_are_told(views: Gatherer, given: dict[str, str]) -> None:
    with pytest.raises(UnknownName):
        views.records(VIEWER, records_from_words("dossier", given, ()))


def drawn(views: Gatherer, address: str, language: str) -> tuple[int, str]:
    path, _, search = address.partition("?")
    found = page(views, context_of(path, f"{search}&lang={language}", NOW, views.zone()))
    return found.status, re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", still(found.content)))).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("address", "vi", "en"),
    [
        ("/records/dossier", "4 bản ghi", "4 records"),
        ("/records/dossier?indicator=on_time&where=unit:b", "Đúng bằng con số hiển thị: 1", "Exactly the number shown: 1"),
        ("/records/dossier?where=id:none", "Không có bản ghi nào phù hợp", "No record fits"),
        ("/records/dossier?group=unit", "Phòng A", "Room A"),
        ("/records/dossier?where%3Aunit=b", "1 bản ghi", "1 record"),  # as a form writes it
        ("/records/dossier/H-2", "được tính nhưng chưa đạt", "counts and falls short"),
        ("/records/dossier/H-2", "“Hoàn thành” ≤ “Hẹn trả”", "“Completed” ≤ “Due”"),
    ],
)
def test_pages_say_it_in_both_languages(views: Gatherer, address: str, vi: str, en: str) -> None:
    assert (drawn(views, address, "vi")[0], drawn(views, address, "en")[0]) == (200, 200)
    assert vi in drawn(views, address, "vi")[1]
    assert en in drawn(views, address, "en")[1]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/records/dosier", 404),
        ("/records/dossier/none", 404),
        ("/records/dossier?sort=none", 400),
        ("/records/dossier?where=score:x", 400),
    ],
)
def test_a_wrong_address_is_answered_with_a_way_on(views: Gatherer, address: str, status: int) -> None:
    found, text = drawn(views, address, "vi")
    assert found == status
    assert "Về tổng quan" in text


def test_a_code_of_any_signs_has_an_address(store: Store, views: Gatherer) -> None:
    put(store, "dossier", [FIRST | {"id": "K/1?x#y", "unit": "b", "received_at": "2026-01-06 08:00"}])
    path = re.search(
        r'href="(/records/dossier/[^"?]+)', still(page(views, context_of("/records/dossier", "where=id:K*", NOW, views.zone())).content)
    )
    assert path and "#" not in path[1]
    assert drawn(views, path[1], "vi")[0] == 200
    assert [row.key for row in views.records(VIEWER, RecordsQuestion("dossier", filters=(("id", "K*"),))).rows] == ["K/1?x#y"]
