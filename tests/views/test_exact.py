"""Any number on any page leads in at most two clicks to the records that it counts, and there are as many of them, by SQL of its own."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from callbacks.deferred import later
from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.store.store import Store
from ioc.store.tables import OPEN
from ioc.views.ask import IndicatorQuestion
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from layouts.markup import still
from layouts.panels.grid import grid
from layouts.state import context_of
from tests.office import NOW, open_store, put, rows_of

SCREENS = {
    "desk": {
        "label": {"vi": "Bàn làm việc", "en": "Desk"},
        "panels": [
            {"kind": "number", "indicator": "online_rate"},
            {"kind": "number", "indicator": "on_time", "where": {"unit": "a"}},
            {"kind": "trend", "indicator": "online_rate", "period": "week", "months": 3},
            {"kind": "ranking", "indicator": "online_rate", "by": "channel", "months": 5},
            {"kind": "heatmap", "indicator": "on_time", "by": "unit", "period": "week", "months": 2},
            {"kind": "map", "indicator": "overdue", "by": "unit"},
            {"kind": "bullet", "indicators": ["online_rate", "overdue"]},
            {"kind": "funnel", "indicators": ["online_rate", "on_time"]},
            {"kind": "score", "indicator": "score"},
            {"kind": "alerts"},
            {"kind": "records", "record": "dossier", "columns": ["id", "unit"]},
        ],
    },
    "room": {
        "label": {"vi": "Phòng", "en": "Room"},
        "template": "unit",
        "panels": [{"kind": "number", "indicator": "online_rate"}, {"kind": "ranking", "indicator": "on_time", "by": "channel"}],
    },
}
DAY = "(CAST({} AS TIMESTAMP) + INTERVAL 7 HOUR)::DATE"
TODAY = date(2026, 11, 23)


class Counted(NamedTuple):
    """How an indicator counts, written by hand: its records, the day that each counts on, which count, which succeed."""

    table: str
    day: str
    counts: str
    succeeds: str = "TRUE"


LATE = f"completed_at IS NULL AND {DAY.format('due_at')} < DATE '{TODAY}'"
BY_HAND = {
    "online_rate": Counted("dossier", DAY.format("received_at"), "TRUE", "online"),
    "on_time": Counted("dossier", DAY.format("completed_at"), "TRUE", "completed_at <= due_at"),
    "overdue": Counted("dossier", DAY.format("received_at"), LATE),
    "mean_days": Counted("dossier", DAY.format("completed_at"), "TRUE"),
    "median_days": Counted("dossier", DAY.format("completed_at"), "TRUE"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("exact"), clock=FrozenClock(NOW - timedelta(days=40)))
    put(store, "dossier", [_dossier(number) for number in range(150)])
    put(store, "staff", [{"id": f"S{n}", "unit": "ab"[n % 2], "joined_on": date(2025, 1 + n % 12, 5), "left_on": date(2026, 6, 1) if n % 5 == 0 else None, "trained_on": date(2026, 2, 1) if n % 3 else None} for n in range(40)])  # fmt: skip
    store.clock.at = NOW  # type: ignore[attr-defined]
    put(store, "dossier", [_dossier(number) | {"online": True, "updated_at": "2026-11-20 08:00"} for number in range(0, 150, 7)])
    yield store
    store.close()


def _dossier(number: int) -> dict[str, object]:
    """Spread over this year and the last, at any time of the day; some without a channel, some late, some not done yet."""
    received = date(2025, 10, 1) + timedelta(days=number * 37 % 400)
    done = received + timedelta(days=number * 11 % 17)
    is_done = number % 6 != 0 and done < date(2026, 11, 10)
    return {
        "id": f"H-{number:03}", "unit": ("a", "b", "office")[number % 3], "channel": (None, "online", "counter")[number // 3 % 3],
        "received_at": f"{received} {number * 7 % 24:02}:15", "due_at": f"{received + timedelta(days=10)} 17:00",
        "completed_at": f"{done} 23:45" if is_done else None, "online": number % 4 > 0, "score": 1 + number % 5, "fee": "1.5",
        "updated_at": f"{received} {number * 7 % 24:02}:15",
    }  # fmt: skip


@pytest.fixture(scope="module")
def views(store: Store) -> Gatherer:
    return Gatherer(store, Settings(screens=SCREENS), ViewCache())


def drawn(views: Gatherer, address: str) -> str:
    """A page as HTML, in English."""
    parts = urlsplit(address)
    found = page(views, context_of(parts.path, parts.query + "&lang=en", NOW, views.zone()))
    assert found.status == 200, (address, re.sub("<[^>]*>", " ", still(found.content))[:400])
    return still(found.content)


def links(html: str, style: str) -> list[tuple[str, str]]:
    """The links of a class: where each leads to, and its words."""
    found = re.findall(rf'<a class="{style}[^"]*"[^>]*? href="([^"]*)"[^>]*>(.*?)</a>', html)
    found += re.findall(rf'<a(?= )[^>]*? href="([^"]*)"[^>]*class="{style}"[^>]*>(.*?)</a>', html)
    return [(unescape(address), re.sub("<[^>]*>", "", words)) for address, words in dict(found).items()]


def count_of(html: str) -> int:
    """How many records a list says that it has."""
    said = re.search(r">([\d,]+) records?<|>(No record)", html)
    assert said, re.sub("<[^>]*>", " ", html)[:300]
    return int(said[1].replace(",", "")) if said[1] else 0


def by_hand(store: Store, address: str, as_of: int | None = None) -> int | None:
    """The number of records at an address, by SQL that knows nothing of the product's; None where it was not written."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    spec = BY_HAND.get(query["indicator"])
    if spec is None:
        return None
    where = [spec.counts, spec.succeeds if query["part"] == "numerator" else "TRUE"]
    start, end = query.get("from", f"{TODAY.year}-01-01"), query.get("to", str(TODAY))
    where.append(f"{spec.day} BETWEEN DATE '{start}' AND DATE '{end}'")
    for limit in parse_qs(urlsplit(address).query).get("where", []):
        field, _, code = limit.partition(":")
        if code.endswith("*"):
            continue  # of the root: everything
        where.append(f"{field} IS NULL" if code == "-" else f"{field} = '{code}'")
    known = f"_until = {OPEN} AND NOT _gone" if as_of is None else f"_since <= {as_of} AND _until > {as_of} AND NOT _gone"
    sql = f"SELECT count(*) FROM rec_{spec.table} WHERE {known} AND " + " AND ".join(f"({each})" for each in where)
    return int(rows_of(store, sql)[0][0])


PAGES = [
    *(f"/indicators/{name}" for name in ("online_rate", "on_time", "overdue", "mean_days", "median_days", "trained", "strength", "growth")),
    "/indicators/online_rate?where=unit:a&split=channel",
    "/indicators/on_time?where=unit:office*&period=quarter&split=channel",
    "/indicators/online_rate?from=2026-03-10&to=2026-05-20&period=week",
    "/indicators/on_time?from=2026-02-01&to=2026-02-28&period=day&where=channel:online",
    "/units/office",
    "/units/a",
]


@pytest.mark.parametrize(("address", "as_of"), [*((page, "") for page in PAGES), *((page, "2026-10-20") for page in PAGES[::3])])
def test_a_number_is_the_count_of_the_records_that_it_leads_to(store: Store, views: Gatherer, address: str, as_of: str) -> None:
    here = address + (f"{'&' if '?' in address else '?'}as_of={as_of}" if as_of else "")
    found = links(drawn(views, here), "ioc-count")
    assert len(found) > 1
    for lead, words in [*found[:2], *found[2::8]]:
        number = int(words.replace(",", ""))
        there = drawn(views, lead)
        assert count_of(there) == number, lead
        assert number == 0 or "Exactly the number shown" in there, lead
        if not as_of:
            assert by_hand(store, lead) in {None, number}, lead


def test_all_that_a_screen_shows_leads_to_its_numbers(views: Gatherer) -> None:
    for screen in ("desk", "room:a"):
        html = drawn(views, f"/screens/{screen}")
        leads = links(html, "ioc-lead") + links(html, "ioc-bars-row") + links(html, "ioc-map-tile")
        leads += [(unescape(each), "") for each in re.findall(r'<a href="([^"]*)" tabindex="-1">', html)]
        assert len(leads) > 4
        for lead, _ in leads[:: 1 if screen == "room:a" else 3]:
            there = drawn(views, lead)
            assert lead.startswith("/records/") or "/indicators/score" in lead or links(there, "ioc-count"), lead
            assert screen == "desk" or "where=unit%3Aa" in lead, "a template's screen leads to what it is limited to"


def test_a_cell_of_a_heat_map_leads_to_the_very_number(views: Gatherer) -> None:
    html = drawn(views, "/screens/desk")
    cells = re.findall(r'<td class="s\d"><a href="([^"]*)" tabindex="-1">([^<]*)</a>', html)
    assert len(cells) > 5
    for address, words in cells:
        there = drawn(views, unescape(address))
        headline = re.search(r'class="ioc-digits"[^>]*>([^<]*)<', there)
        assert headline and headline[1] == words.rstrip("%"), address


def test_a_wall_leads_nowhere(views: Gatherer) -> None:
    context = replace(context_of("/wall/x", "", NOW, views.zone()), unattended=True)
    assert "<a " not in str(grid(views.screen(Viewer("wall"), "desk"), context))


@pytest.mark.parametrize(
    ("address", "said", "way"),
    [
        ("/indicators/online_rate?where=unit:x", "There is no value “x”", "/indicators/online_rate?lang=en"),
        ("/indicators/online_rate?where=colour:red", "no dimension “colour”", "/indicators/online_rate?lang=en"),
        ("/indicators/online_rate?split=colour", "no dimension “colour”", "/indicators/online_rate?lang=en"),
        ("/indicators/online_rate?from=2026-05-01&to=2026-04-01", "before it", "/indicators/online_rate?lang=en"),
        ("/indicators/online_rate?from=1&to=2", "is not a day", "/indicators/online_rate?lang=en"),
        ("/indicators/online_rate?from=1900-01-01&period=day", "points, more than", "/indicators/online_rate?lang=en"),
        ("/records/dossier?sort=-colour", "There is no column “colour”", "/records/dossier?lang=en"),
        ("/records/dossier?where=unit:x*", "There is no value “x*”", "/records/dossier?lang=en"),
        ("/records/dossier?where=score:many", "is not a number", "/records/dossier?lang=en"),
        ("/records/dossier?indicator=score", "no records of its own", "/records/dossier?lang=en"),
        ("/records/dossier?page=-1", "not a page", "/records/dossier?lang=en"),
        ("/?as_of=yesterday", "is not a day", "/?lang=en"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_a_way_on(views: Gatherer, address: str, said: str, way: str) -> None:
    parts = urlsplit(address)
    found = page(views, context_of(parts.path, parts.query + "&lang=en", NOW, views.zone()))
    html = unescape(still(found.content))
    assert found.status == 400 and said in re.sub("<[^>]*>", "", html), re.sub("<[^>]*>", " ", html)[:300]
    assert f'href="{way}"' in html
    assert page(views, context_of(*way.split("?"), NOW, views.zone())).status == 200


def test_filters_that_leave_nothing_say_so(views: Gatherer) -> None:
    for address in (
        "/indicators/online_rate?where=unit:a&from=2020-01-01&to=2020-01-31",
        "/records/dossier?where=unit:a&where=score:5&where=id:x*",
    ):
        assert "There is no record in this span" in drawn(views, address) or "No record fits" in drawn(views, address)


@pytest.mark.parametrize(
    ("compare", "first", "last", "where"),
    [
        ("last_year", "2025-01-01", "2025-03-31", "TRUE"),
        ("previous", "2025-10-01", "2025-12-31", "TRUE"),
        ("unit:b", "2026-01-01", "2026-03-31", "unit = 'b'"),
        ("unit:@room", "2026-01-01", "2026-03-31", "unit IN (SELECT unnest(['a', 'b']))"),
    ],
)
def test_a_trend_beside_another_has_the_other_s_values(
    store: Store, views: Gatherer, compare: str, first: str, last: str, where: str
) -> None:
    question = IndicatorQuestion("online_rate", start=date(2026, 1, 1), end=date(2026, 3, 31), beside=compare)
    view = views.indicator(Viewer("test", "en"), question)
    assert view.beside is not None and len(view.beside.points) == len(view.trend) == 3
    day = DAY.format("received_at")
    sql = f"SELECT month({day}), count(*) FILTER (online), count(*) FROM rec_dossier WHERE _until = {OPEN} AND {where}"
    wanted = {month: row for month, *row in rows_of(store, f"{sql} AND {day} BETWEEN '{first}' AND '{last}' GROUP BY 1")}
    told = {point.start.month: [point.numerator, point.denominator] for point in view.beside.points if point.denominator}
    assert told == wanted
    assert ({"unit:b": "Room B", "unit:@room": "@room"}.get(compare, "2025")) in drawn(
        views, f"/indicators/online_rate?from=2026-01-01&to=2026-03-31&compare={compare}"
    )


def test_last_year_by_working_days_is_what_as_many_days_would_have_brought(store: Store, views: Gatherer) -> None:
    question = IndicatorQuestion("fees", start=date(2026, 1, 1), end=date(2026, 3, 31), beside="last_year_days")
    view = views.indicator(Viewer("test", "en"), question)
    day = DAY.format("received_at")
    sql = f"SELECT month({day}), sum(fee) FROM rec_dossier WHERE _until = {OPEN} AND {day} BETWEEN '2025-01-01' AND '2025-03-31' GROUP BY 1"
    weekdays = {
        year: {
            month: sum(date(year, month, each).weekday() < 5 for each in range(1, monthrange(year, month)[1] + 1)) for month in (1, 2, 3)
        }
        for year in (2025, 2026)
    }
    wanted = {month: round(total * weekdays[2026][month] / weekdays[2025][month], 6) for month, total in rows_of(store, sql)}
    assert view.beside is not None
    assert {point.start.month: round(point.value, 6) for point in view.beside.points if point.value is not None} == wanted
    assert "last_year_days" in drawn(views, "/indicators/fees") and "last_year_days" not in drawn(views, "/indicators/online_rate")


def test_many_small_trends_are_those_of_each_code(store: Store, views: Gatherer) -> None:
    question = IndicatorQuestion("online_rate", start=date(2026, 1, 1), end=date(2026, 3, 31), split="unit")
    view = views.indicator(Viewer("test", "en"), question)
    day = DAY.format("received_at")
    sql = f"SELECT unit, month({day}), count(*) FILTER (online), count(*) FROM rec_dossier WHERE _until = {OPEN} AND {day} BETWEEN '2026-01-01' AND '2026-03-31' GROUP BY ALL"
    told = {
        (each.row.code, point.start.month): (point.numerator, point.denominator)
        for each in view.multiples
        for point in each.points
        if point.denominator
    }
    assert told == {(unit, month): (online, every) for unit, month, online, every in rows_of(store, sql)}
    leads = links(drawn(views, "/indicators/online_rate?split=unit&from=2026-01-01&to=2026-03-31"), "ioc-multiple")
    assert {address.rpartition("=")[2] for address, _ in leads} == {f"unit%3A{each.row.code}" for each in view.multiples}


def test_what_a_trend_cannot_be_compared_with_is_told(views: Gatherer) -> None:
    for compare in ("yesterday", "unit:x", "colour:b", "unit:@barn", "last_year_days"):
        assert page(views, context_of("/indicators/online_rate", f"compare={compare}", NOW, views.zone())).status == 400


def test_before_and_after_a_day_are_as_many_days(store: Store, views: Gatherer) -> None:
    context = context_of("/indicators/online_rate", "lang=en&why=previous&from=2026-03-10&to=2026-05-20", NOW, views.zone())
    panels, _ = later(views, context)
    told = re.sub("<[^>]*>", "", still(panels[0]))
    day = DAY.format("received_at")
    for start, end in (("2026-03-10", "2026-05-20"), ("2025-12-28", "2026-03-09")):
        sql = f"SELECT 100.0 * count(*) FILTER (online) / count(*) FROM rec_dossier WHERE _until = {OPEN} AND {day} BETWEEN '{start}' AND '{end}'"
        assert f"{rows_of(store, sql)[0][0]:.1f}".removesuffix(".0") + "%" in told
    assert 'name="why" value="previous"' in still(panels[0]) and "Before and after" in told
