"""What is exported is what the pages show, with all that says where it comes from."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import BadQuestion, UnknownName
from ioc.exports.collect import exhibit_of
from ioc.exports.deck import write_pptx
from ioc.exports.exhibit import Amount, Table
from ioc.exports.exhibit_text import facts, told
from ioc.exports.json_file import write_json
from ioc.exports.progress import Progress
from ioc.exports.subject import Page, Subject, subject_of
from ioc.exports.xlsx import write_xlsx
from ioc.notes import Notes, Place
from ioc.store.store import Store
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.explanation import ExplanationQuestion
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion
from layouts.exports.sheet import sheet
from tests.office import NOW, open_store, put

ROW = {"unit": "a", "channel": "online", "received_at": "2026-01-05 08:00", "score": 4, "updated_at": "2026-01-05 08:00"}
SCREENS = {
    "front": {
        "label": {"vi": "Phía trước", "en": "Front"},
        "panels": [
            {"kind": "number", "indicator": "online_rate"},
            {"kind": "trend", "indicator": "online_rate"},
            {"kind": "ranking", "indicator": "online_rate", "by": "unit"},
            {"kind": "heatmap", "indicator": "online_rate", "by": "unit"},
            {"kind": "bullet", "indicators": ["online_rate", "overdue"]},
            {"kind": "funnel", "indicators": ["online_rate", "on_time"]},
            {"kind": "alerts"},
            {"kind": "records", "record": "dossier", "columns": ["id", "fee", "received_at", "online"]},
            {"kind": "text", "text": {"vi": "Chữ", "en": "Words"}},
            {"kind": "clock"},
            {"kind": "milestones"},
            {"kind": "feeds"},
        ],
    }
}
VIEWER = Viewer("test", "vi")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("exhibits"), clock=FrozenClock(NOW - timedelta(days=1)))
    put(store, "dossier", [ROW | {"id": f"H-{key:05}", "online": key % 3 > 0, "fee": f"{key}.25"} for key in range(12_000)])
    store.clock.at = NOW  # type: ignore[attr-defined]
    put(store, "dossier", [ROW | {"id": "K-1", "unit": "b", "online": True, "fee": None}])
    yield store
    store.close()


@pytest.fixture(scope="module")
def views(store: Store) -> Gatherer:
    return Gatherer(store, Settings.model_validate({"screens": SCREENS}), ViewCache())


def test_every_page_has_its_tables_and_says_where_they_come_from(views: Gatherer) -> None:
    for subject in (
        Subject(Page.OVERVIEW),
        Subject(Page.SCREEN, "front"),
        Subject(Page.INDICATOR, "online_rate"),
        Subject(Page.MILESTONES),
        Subject(Page.UNIT, "a"),
    ):
        exhibit = exhibit_of(views, VIEWER, subject)
        assert (exhibit.version, exhibit.organisation) == (views.version(), "Văn phòng")
        for table in exhibit.tables:
            rows = [*table.rows]
            assert len(rows) == table.count
            assert all(len(row) == len(table.columns) for row in rows)
        said = dict(facts(exhibit))
        assert said["Nội dung"] == exhibit.title
        assert said["Phiên bản dữ liệu"].startswith(f"{exhibit.version} (")


def test_numbers_are_those_of_the_page_to_the_digit(views: Gatherer) -> None:
    shown = views.indicator(VIEWER, IndicatorQuestion("online_rate"))
    exhibit = exhibit_of(views, VIEWER, Subject(Page.INDICATOR, "online_rate"))
    by_part = {part.id: part for part in exhibit.parts}
    headline = by_part["value"].headline
    assert headline and headline.value and headline.value.value == shown.tile.value == Decimal(800_100) / Decimal(12_001)
    (trend,) = by_part["trend"].tables
    assert [row[3] for row in trend.rows] == [point.value for point in shown.trend]
    column = trend.columns[3]
    assert told(shown.tile.value, column, exhibit) == "66,7%"
    assert {each.indicator for each in exhibit.definitions} == {"online_rate"}
    assert exhibit.filters == ()


def test_a_unit_and_each_panel_of_an_indicator_can_be_taken_alone(views: Gatherer) -> None:
    shown = views.unit(VIEWER, "a").groups[0]
    part = exhibit_of(views, VIEWER, Subject(Page.UNIT, "a", "group-1")).parts[0]
    assert part.title == shown.label
    values = [(row[0], row[1].value if isinstance(row[1], Amount) else None) for row in part.tables[0].rows]
    assert values == [(row.label, row.value) for row in shown.rows]
    with pytest.raises(BadQuestion, match="nothing_to_compare"):
        exhibit_of(views, VIEWER, Subject(Page.INDICATOR, "online_rate", "why"))
    with pytest.raises(UnknownName, match="outlook"):  # two months of records say nothing of what lies ahead
        exhibit_of(views, VIEWER, Subject(Page.INDICATOR, "online_rate", "outlook"))


def test_what_changed_an_indicator_is_taken_as_it_stands(tmp_path: Path) -> None:
    store = open_store(tmp_path, clock=FrozenClock(NOW))
    was = {"received_at": "2025-01-05 08:00", "updated_at": "2025-01-05 08:00"}
    put(
        store,
        "dossier",
        [
            ROW | {"id": f"{year}-{key}", "online": key < share} | more
            for year, share, more in ((5, 1, was), (6, 3, {}))
            for key in range(4)
        ],
    )
    views = Gatherer(store, Settings(), ViewCache())
    why = exhibit_of(views, VIEWER, Subject(Page.INDICATOR, "online_rate", "why"))
    shown = views.explanation(VIEWER, ExplanationQuestion("online_rate"))
    steps, places = shown.steps, shown.places
    store.close()
    first, *effects, last = (row[1] for row in why.tables[0].rows)
    assert effects == [step.effect for step in steps] == [Decimal(50)]
    assert (first, last) == (Amount(Decimal(25), "percent", places), Amount(Decimal(75), "percent", places))
    assert [row[2] for row in why.tables[0].rows] == [25, 75, 75]
    assert "Vì sao" in why.title and why.parts[0].sentences and why.parts[0].chart


def test_notes_go_with_the_trend_as_a_table_and_in_every_form(store: Store, tmp_path: Path) -> None:
    notes, today = Notes(tmp_path), date(2026, 1, 5)
    whole, of_b = (Place("online_rate", unit, today, today) for unit in (None, "b"))
    first = notes.write(whole, "=Hệ thống bảo trì", "an", NOW - timedelta(hours=1))
    notes.answer(first, "Đã xong", "binh", NOW - timedelta(minutes=30))
    notes.write(of_b, "Của phòng B", "an", NOW - timedelta(hours=1))
    views = Gatherer(store, Settings(), ViewCache(), notes=notes)
    subject = Subject(Page.INDICATOR, "online_rate")
    exhibit = exhibit_of(views, VIEWER, subject)
    (table,) = next(part for part in exhibit.parts if part.id == "notes").tables
    assert [(row[2], row[3], row[4]) for row in table.rows] == [
        ("Phòng B", "Của phòng B", "an"),
        ("", "=Hệ thống bảo trì", "an"),
        ("", "Đã xong", "binh"),
    ]
    assert "Của phòng B" not in str(exhibit_of(views, Viewer("a", "vi", "a"), subject).tables)
    assert not any(part.id == "notes" for part in exhibit_of(views, VIEWER, subject, NOW - timedelta(hours=2)).parts)
    assert not any(part.id == "notes" for part in exhibit_of(Gatherer(store, Settings(), ViewCache()), VIEWER, subject).parts)
    paper = sheet(exhibit, "light", 1600, 900, paper=True).html
    assert paper.count("ioc-plot-note") == 1 and f"▲ {today:%d/%m/%Y}: Của phòng B" in paper and "Đã xong" in paper
    for write, file in ((write_xlsx, tmp_path / "x.xlsx"), (write_json, tmp_path / "x.json")):
        write(exhibit, file, Progress())
    assert "Hệ thống bảo trì" in (tmp_path / "x.json").read_text()
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert "Hệ thống bảo trì" in "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    with zipfile.ZipFile(BytesIO(write_pptx(exhibit, None, lambda _, __: None))) as deck:
        slides = [deck.read(name).decode() for name in deck.namelist() if name.startswith("ppt/slides/slide")]
    assert any("Hệ thống bảo trì" in slide and "Đã xong" in slide for slide in slides)


def test_filters_are_told_in_words_and_narrow_the_numbers(views: Gatherer) -> None:
    exhibit = exhibit_of(views, VIEWER, subject_of("/indicators/online_rate?where=unit:b&lang=vi", (), ()))
    assert exhibit.filters == (("Đơn vị", "Phòng B"),)
    assert exhibit.parts[0].headline and exhibit.parts[0].headline.value == Amount(Decimal(100), "percent", 1, None)


def test_one_panel_alone_is_the_same_as_within_its_screen(views: Gatherer) -> None:
    whole = exhibit_of(views, VIEWER, Subject(Page.SCREEN, "front"))
    assert [part.kind for part in whole.parts if part.kind in {"clock", "text"}] == ["text"]  # the time is no figure
    for part in whole.parts:
        (alone,) = exhibit_of(views, VIEWER, Subject(Page.SCREEN, "front", part.id)).parts
        assert alone == part
    kinds = {part.kind: part for part in whole.parts}
    assert kinds["ranking"].chart and kinds["ranking"].chart.kind == "bar" and kinds["trend"].chart and kinds["trend"].chart.kind == "line"


def test_a_list_of_records_streams_all_of_them(views: Gatherer) -> None:
    exhibit = exhibit_of(views, VIEWER, subject_of("/records/dossier?columns=id&columns=fee&sort=id", (), ()))
    (table,) = exhibit.tables
    assert table.count == views.records(VIEWER, RecordsQuestion("dossier")).total.count == 12_001
    assert not isinstance(table.rows, list | tuple)
    first, *rest = table.rows
    assert first == ("H-00000", Decimal("0.25"))
    assert len(rest) == 12_000
    assert next(iter(table.rows)) == first  # it can be gone through again
    scoped = exhibit_of(views, Viewer("b", "vi", "b"), Subject(Page.RECORDS, "dossier"))
    assert [row[0] for row in scoped.tables[0].rows] == ["K-1"]


def test_the_same_moment_shows_the_same_numbers_after_corrections(views: Gatherer, store: Store) -> None:
    subject = Subject(Page.OVERVIEW, part="tile-online_rate")
    before = exhibit_of(views, VIEWER, subject)
    store.clock.at = NOW + timedelta(hours=1)  # type: ignore[attr-defined]
    put(store, "dossier", [ROW | {"id": "H-00000", "online": True, "updated_at": "2026-02-01 08:00"}])
    changed = exhibit_of(views, VIEWER, subject)
    again = exhibit_of(views, VIEWER, subject, as_of=before.at)
    assert changed.tables[0].rows != before.tables[0].rows
    assert (again.version, again.tables[0].rows) == (before.version, before.tables[0].rows)


@pytest.mark.parametrize("text", ["/admin", "/indicators", "/screens/a/b", "/indicators/online_rate#<b>", "records/../../etc"])
def test_what_cannot_be_exported_says_so(text: str) -> None:
    with pytest.raises((BadQuestion, UnknownName)):
        subject_of(text, ["front"], ["online_rate"])


def test_bare_names_and_addresses_name_the_same(views: Gatherer) -> None:
    assert subject_of("front", ["front"], ["online_rate"]) == subject_of("/screens/front", (), ()) == Subject(Page.SCREEN, "front")
    assert subject_of("online_rate", [], ["online_rate"]) == Subject(Page.INDICATOR, "online_rate")
    assert subject_of("/", (), ()) == subject_of("overview", (), ()) == Subject(Page.OVERVIEW)
    with pytest.raises(UnknownName, match="online_rate"):
        subject_of("onlin_rate", ["front"], ["online_rate"])
    with pytest.raises(UnknownName):
        exhibit_of(views, VIEWER, Subject(Page.SCREEN, "front", "panel-99"))


def test_a_table_can_be_empty(views: Gatherer) -> None:
    table: Table = exhibit_of(views, VIEWER, Subject(Page.RECORDS, "staff")).tables[0]
    assert (table.count, [*table.rows]) == (0, [])
