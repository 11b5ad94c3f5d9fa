"""Few answers of another unit are told to nobody who sees an own one alone, and cannot be reckoned back from a total beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import period_of
from ioc.errors import BadQuestion
from ioc.indicators.explanation import Side, explain
from ioc.indicators.series import SeriesSet
from ioc.indicators.values import Question, Value, ask
from ioc.store.store import Store
from ioc.views.tiles import tiles
from tests.office import NOW, catalogue, open_store, put

TODAY = NOW.date()
YEAR = period_of("year", TODAY)


def office() -> Catalogue:
    of = catalogue()
    units = {**of.units, "c": of.units["b"], "d": of.units["b"]}
    small = of.indicators["online_rate"].model_copy(update={"hide_below": 5})
    return of.model_copy(update={"units": units, "indicators": {**of.indicators, "online_rate": small}})


def replace_rule(of: Catalogue, least: int | None) -> Catalogue:
    changed = of.indicators["online_rate"].model_copy(update={"hide_below": least})
    return of.model_copy(update={"indicators": {**of.indicators, "online_rate": changed}})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    found = open_store(tmp_path_factory.mktemp("small"), office())
    counts = {"a": (2, 9), "b": (3, 30), "c": (7, 7), "d": (20, 20)}
    rows = [
        {"id": f"{unit}{month}{n}", "unit": unit, "received_at": f"2026-{month:02}-03", "online": n % 2 == 0, "updated_at": "2026-11-02"}
        for unit, of_months in counts.items()
        for month, count in zip((9, 10), of_months, strict=True)
        for n in range(count)
    ]
    put(found, "dossier", rows)
    yield found
    found.close()


def seen(store: Store, question: Question, within: tuple[str, ...] | None) -> list[Value]:
    with store.read() as snapshot:
        return ask(replace(snapshot, within=within), question, TODAY)


def test_others_few_answers_are_hidden_and_the_next_few_with_them(store: Store) -> None:
    september = Question(
        "online_rate", by=("unit",), start=period_of("month", TODAY.replace(month=9)).start, end=TODAY.replace(month=9, day=30)
    )
    by_unit = {value.codes[0]: value for value in seen(store, september, ("a",))}
    assert by_unit["a"].denominator == 2, "one's own"
    assert by_unit["b"].hidden and by_unit["b"][2:5] == (None, None, None)
    assert by_unit["c"].hidden, "else it could be reckoned: the total less all others"
    assert by_unit["d"].denominator == 20
    assert not any(value.hidden for value in seen(store, september, None)), "who sees all sees all"
    assert [value.denominator for value in seen(store, replace(september, by=()), ("a",))] == [32], "the whole stays"
    assert seen(store, replace(september, by=(), where=(("unit", ("b",)),)), ("a",))[0].hidden
    assert seen(store, replace(september, by=(), where=(("unit", ("a",)),)), ("a",))[0].denominator == 2


def test_neither_over_time(store: Store) -> None:
    months = Question("online_rate", period="month", start=YEAR.start, where=(("unit", ("b",)),))
    assert [value.hidden for value in seen(store, months, ("a",))] == [True, True], "the year less October would tell September"
    assert [value.hidden for value in seen(store, months, ("b", "c"))] == [False, False]


def test_neither_on_the_page_of_a_unit(store: Store) -> None:
    months = [period_of("month", TODAY.replace(month=month)) for month in (9, 10)]
    for unit, within, hidden in (("b", ("a",), [True, True]), ("b", ("b",), [False, False]), ("d", ("a",), [False, False])):
        with store.read() as snapshot:
            limits = {"dossier": (("unit", (unit,)),)}
            series = SeriesSet(replace(snapshot, within=within), ["online_rate"], [YEAR, *months], TODAY, within=limits)
            assert [series.over("online_rate", month).hidden for month in months] == hidden, (unit, within)
            assert series.over("online_rate", YEAR).denominator == {"b": 33, "d": 40}[unit]


def test_what_is_derived_from_them_is_not_told_either(store: Store) -> None:
    september, october = (Side(period_of("month", TODAY.replace(month=month)), ()) for month in (9, 10))
    with store.read() as snapshot, pytest.raises(BadQuestion):
        explain(replace(snapshot, within=("a",)), "online_rate", ("unit",), september, october, TODAY)
    with store.read() as snapshot:
        assert explain(snapshot, "online_rate", ("unit",), september, october, TODAY)


def test_where_the_catalogue_does_not_ask_nothing_is_hidden(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", [{"id": "x", "unit": "b", "received_at": "2026-10-03", "online": True, "updated_at": "2026-11-02"}])
    assert not seen(store, Question("online_rate", by=("unit",)), ("a",))[0].hidden
    store.close()


def test_what_is_hidden_now_is_hidden_of_the_past_too(store: Store) -> None:
    question = Question("online_rate", by=("unit",), start=TODAY.replace(month=9, day=1), end=TODAY.replace(month=9, day=30))
    with store.read() as snapshot:
        then = replace(snapshot, catalogue=replace_rule(snapshot.catalogue, None), within=("a",))
        assert not any(value.hidden for value in ask(then, question, TODAY)), "nothing was hidden then"
        assert any(value.hidden for value in ask(replace(then, present=snapshot.catalogue), question, TODAY))


def test_a_tile_is_made_anew_for_whoever_may_see_less(store: Store) -> None:
    with store.read() as snapshot:
        everything = replace(snapshot, catalogue=replace_rule(snapshot.catalogue, 10_000))
        assert everything.sums is not None

        def shown(within: tuple[str, ...] | None) -> object:
            return tiles(replace(everything, within=within), ["online_rate"], TODAY, NOW, "en")["online_rate"].value

        assert [shown(within) is None for within in (None, ("a",), None)] == [False, True, False]
