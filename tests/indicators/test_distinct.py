"""What is counted once: by hand, against plain Python over random histories, from cells, from records and at past moments alike."""

from __future__ import annotations

import html
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.catalogue.check import check
from ioc.catalogue.model import Catalogue, Indicator
from ioc.catalogue.terms import terms_of
from ioc.config import Settings
from ioc.errors import BadQuestion
from ioc.indicators.audit import audit
from ioc.indicators.values import Question
from ioc.store.store import Store
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.drilldown import numbers_behind
from ioc.views.explanation import ExplanationQuestion
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion
from layouts.markup import still
from layouts.state import context_of
from tests.office import answer, catalogue, open_store, put, rows_of
from tests.store.test_properties import few, histories, told

USED = {"measure": "distinct", "distinct": "channel", "succeeds": None, "unit": "number"}
PAID = {"measure": "distinct", "distinct": "channel", "succeeds": "fee > 5"}
SCORES = USED | {"distinct": "score"}  # no dimension, so that no cube has it
OF_ALL = {"measure": "distinct", "distinct": "unit", "succeeds": None, "counts": "channel = 'online'", "out_of": "staffed"}
STAFFED = {"measure": "count", "record": "staff", "at": "joined_on", "succeeds": None, "unit": "number", "stock": {"leaves": "left_on"}}


def counting(**indicators: dict[str, Any]) -> Catalogue:
    """The office with further indicators, each as ``online_rate`` but for what is said."""
    office = catalogue()
    usual = office.indicators["online_rate"].model_dump(by_alias=True)
    checked = {name: Indicator.model_validate(usual | fields) for name, fields in indicators.items()}
    return office.model_copy(update={"indicators": {**office.indicators, **checked}})


OFFICE = counting(used=USED, paid=PAID, scores=SCORES, share=OF_ALL, staffed=STAFFED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    office = open_store(tmp_path, OFFICE)
    rows = [
        ("1", "a", "online", "2026-09-01", 9, 5, True),
        ("2", "a", "online", "2026-09-02", 1, 4, False),
        ("3", "a", "counter", "2026-10-03", 1, 4, False),
        ("4", "b", "counter", "2026-10-04", 9, None, False),
        ("5", "b", None, "2026-10-05", 9, 4, False),
    ]
    head = ("id", "unit", "channel", "received_at", "fee", "score", "online")
    put(office, "dossier", [dict(zip(head, row, strict=True)) | {"updated_at": "2026-11-01"} for row in rows])
    yield office
    office.close()


def test_each_is_counted_once_in_every_period_and_group(store: Store) -> None:
    assert answer(store, Question("used")) == {((), None): (2, None, 2)}
    months = answer(store, Question("used", period="month", start=date(2026, 9, 1), end=date(2026, 10, 31)))
    assert {key[1]: value[0] for key, value in months.items()} == {date(2026, 9, 1): 1, date(2026, 10, 1): 1}
    assert {key[0]: value[0] for key, value in answer(store, Question("used", by=("unit",))).items()} == {("a",): 2, ("b",): 1}
    assert answer(store, Question("used", where=(("unit", ("b",)),))) == {((), None): (1, None, 1)}
    by_itself = answer(store, Question("used", by=("channel",)))
    assert {key[0]: value[0] for key, value in by_itself.items()} == {("counter",): 1, ("online",): 1}  # nothing is no channel
    assert answer(store, Question("scores")) == {((), None): (2, None, 2)}


def test_a_ratio_of_two_such_numbers(store: Store) -> None:
    assert answer(store, Question("paid")) == {((), None): (2, 2, 100)}  # each channel has a dossier of more than 5
    assert answer(store, Question("paid", by=("unit",))) == {(("a",), None): (1, 2, 50), (("b",), None): (1, 1, 100)}


def test_out_of_the_things_that_there_are(store: Store) -> None:
    """Room b has somebody from October on, and room a until the end of September; only a had an online dossier, in September."""
    people = [("p1", "a", "2026-01-01", "2026-10-01"), ("p2", "a", "2026-01-01", "2026-10-01"), ("p3", "b", "2026-10-05", "")]
    put(store, "staff", [dict(zip(("id", "unit", "joined_on", "left_on"), row, strict=True)) for row in people])
    months = answer(store, Question("share", period="month", start=date(2026, 9, 1), end=date(2026, 10, 31)))
    assert months == {((), date(2026, 9, 1)): (1, 1, 100), ((), date(2026, 10, 1)): (0, 1, 0)}
    whole = answer(store, Question("share", start=date(2026, 9, 1), end=date(2026, 10, 31)))
    assert whole == {((), date(2026, 9, 1)): (0, 1, 0)}  # a is there no more at the end, so that its dossier counts for none
    split = answer(store, Question("share", by=("unit",), start=date(2026, 9, 1), end=date(2026, 9, 30)))
    assert split == {(("a",), date(2026, 9, 1)): (1, 1, 100)}


def test_a_past_moment_knows_what_was_known_then(store: Store) -> None:
    then = store.clock.now()
    store.clock.at = then.replace(year=2027)  # type: ignore[attr-defined]
    put(
        store,
        "dossier",
        [{"id": "1", "unit": "a", "channel": "counter", "received_at": "2026-09-01", "online": True, "updated_at": "2026-12-01"}],
    )
    put(
        store,
        "dossier",
        [{"id": "2", "unit": "a", "channel": "counter", "received_at": "2026-09-02", "online": False, "updated_at": "2026-12-01"}],
    )
    assert answer(store, Question("used"))[(), None][0] == 1
    assert answer(store, Question("used"), then)[(), None][0] == 2


@few
@given(histories)
def test_any_history_gives_what_plain_python_counts(history: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), OFFICE)
        told(store, history, [3])
        current: dict[str, dict[str, Any]] = {}
        for row in sorted(history, key=lambda row: row["updated_at"]):
            if row["due_at"] is None or row["due_at"] >= row["received_at"]:
                current[row["id"]] = row
        for name, field, succeeds in (
            ("used", "channel", None),
            ("scores", "score", None),
            ("paid", "channel", lambda row: (row["fee"] or 0) > 5),
        ):
            found = answer(store, Question(name, by=("unit",), period="month", start=date(2026, 1, 1)))
            counted: dict[Any, set[Any]] = defaultdict(set)
            above: dict[Any, set[Any]] = defaultdict(set)
            for row in current.values():
                key = ((row["unit"],), row["received_at"].date().replace(day=1))
                if row[field] is not None:
                    counted[key].add(row[field])
                    above[key] |= {row[field]} if succeeds is None or succeeds(row) else set()
            if succeeds is None:
                assert found == {key: (len(values), None, len(values)) for key, values in counted.items()}
            else:
                assert {key: value[:2] for key, value in found.items()} == {
                    key: (len(above[key]), len(values)) for key, values in counted.items()
                }
        report = audit(store)
        assert report is not None and report.differing == 0
        store.close()


def test_an_audit_names_what_a_spoilt_cell_makes_of_it(store: Store) -> None:
    column = terms_of(store.catalogue.indicators["used"]).numerator[0].column
    with store.database.write() as cursor:
        cursor.execute(f"INSERT INTO cell_dossier__unit__channel (day, unit, channel, {column}) VALUES ('2026-09-01', 'a', 'counter', 1)")
    report = audit(store)
    assert report is not None
    assert ("used", "2 / none", "1 / none") in {(each.kept_in, each.kept, each.anew) for each in report.named}
    assert rows_of(store, "SELECT count(*) FROM rec_dossier") == [(5,)]


def test_pages_show_it_rank_it_and_say_what_cannot_be_said(store: Store) -> None:
    views = Gatherer(store, Settings(), ViewCache())
    view = views.indicator(Viewer("test", "en"), IndicatorQuestion("paid", split="unit"))
    assert view.tile.value == 100 and view.split
    assert [(row.code, row.rank, row.value) for row in view.split.rows] == [("b", 1, 100), ("a", 2, 50)]
    assert view.reading[1].endswith("; there is no forecast, as a year does not follow from its months.")
    with pytest.raises(BadQuestion, match="counted_once"):
        views.explanation(Viewer("test", "en"), ExplanationQuestion("paid"))
    records = views.records(Viewer("test", "en"), RecordsQuestion("dossier", indicator="used", start=date(2026, 1, 1)))
    assert records.total.count == 5


@pytest.mark.parametrize(
    ("indicator", "group", "said"),
    [
        ("used", "&group=channel", "Exactly the number shown: 2"),
        ("used", "", "The number is 2: each “Channel” is counted once"),
        ("paid", "&group=channel", "Exactly the number shown: 2"),
        ("share", "", "Only those count that “Fully online” counts."),
    ],
)
def test_its_records_are_as_many_values_as_the_number_says(store: Store, indicator: str, group: str, said: str) -> None:
    put(store, "staff", [{"id": "S-1", "unit": "a", "joined_on": "2026-01-01"}])
    views = Gatherer(store, Settings(), ViewCache())
    search = f"lang=en&indicator={indicator}&part=numerator&from=2026-01-01{group}"
    context = context_of("/records/dossier", search, store.clock.now(), views.zone())
    drawn = html.unescape(re.sub("<[^>]+>", "", still(page(views, context).content)))
    assert said in drawn and "narrowed further" not in drawn
    numbers = numbers_behind(store.catalogue, indicator)
    assert numbers and (numbers.numerator, numbers.denominator) == (None, None), "as many records as it has is not what it says"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (USED | {"distinct": None}, "“distinct” is missing"),
        (USED | {"distinct": "chanel"}, "“chanel” is not a field of the record type."),
        (USED | {"distinct": "id"}, "is the key"),
        (USED | {"unit": "percent"}, "A number of things is not in per cent."),
        (USED | {"value": "fee"}, "“value” does not belong"),
        (USED | {"stock": {"leaves": "completed_at"}}, "A distinct cannot be a stock."),
        (OF_ALL | {"out_of": "stafed"}, "“stafed” is not an indicator."),
        (OF_ALL | {"out_of": "fees"}, "does not say how many things there are"),
        (OF_ALL | {"distinct": "channel"}, "What “staffed” counts has no field “channel”."),
        (OF_ALL | {"succeeds": "online"}, "Either “out_of” says out of how many, or “succeeds” does."),
        (PAID | {"counts": "fee > 5"}, "the value is always 100 per cent"),
        ({"distinct": "channel"}, "“distinct” goes with “measure: distinct”, and only with it."),
    ],
)
def test_what_cannot_be_counted_is_told(fields: dict[str, Any], said: str) -> None:
    found = [what for _, what, _ in check(counting(staffed=STAFFED, wrong=fields))]
    assert any(said in what for what in found), found


def test_what_is_right_has_no_fault() -> None:
    assert list(check(OFFICE)) == list(check(catalogue()))
