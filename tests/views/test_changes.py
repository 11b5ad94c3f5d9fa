"""A page of a past moment, and what has changed since: exactly the cells that differ, by SQL over versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.store.store import Store
from ioc.store.tables import OPEN
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from layouts.markup import still
from layouts.state import context_of
from tests.office import NOW, open_store, put, rows_of

FIRST = {"unit": "a", "received_at": "2026-09-05 08:00", "due_at": "2026-09-20 17:00", "online": True, "updated_at": "2026-09-05 08:00"}
THEN = NOW - timedelta(days=20)
VIEWER = Viewer("test", "en")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Of September one dossier was corrected since, of October one came late, of February nothing changed."""
    store = open_store(tmp_path_factory.mktemp("changes"), clock=FrozenClock(THEN - timedelta(hours=1)))
    put(store, "dossier", [FIRST | {"id": "1"}, FIRST | {"id": "2", "received_at": "2026-02-05 08:00"}, FIRST | {"id": "3", "unit": "b"}])
    store.clock.at = THEN + timedelta(hours=1)  # type: ignore[attr-defined]
    put(store, "dossier", [FIRST | {"id": "1", "online": False, "updated_at": "2026-11-05 08:00"}])
    put(store, "dossier", [FIRST | {"id": "4", "unit": "b", "received_at": "2026-10-31 20:00", "due_at": None}])
    store.clock.at = NOW  # type: ignore[attr-defined]
    yield store
    store.close()


@pytest.fixture(scope="module")
def views(store: Store) -> Gatherer:
    return Gatherer(store, Settings(), ViewCache())


def html(views: Gatherer, path: str, query: str, status: int = 200) -> str:
    found = page(views, context_of(path, query, NOW, views.zone()))
    assert found.status == status, re.sub("<[^>]*>", " ", still(found.content))[:300]
    return still(found.content)


def by_sql(store: Store, known: str) -> dict[tuple[str, date], tuple[int, int]]:
    """Online and all dossiers of each unit and month, of the versions known."""
    month = "date_trunc('month', received_at + INTERVAL 7 HOUR)::DATE"
    sql = f"SELECT unit, {month}, count(*) FILTER (online), count(*) FROM rec_dossier WHERE {known} GROUP BY ALL"
    return {(unit, start): (online, of) for unit, start, online, of in rows_of(store, sql)}


def test_the_cells_told_are_those_that_differ(store: Store, views: Gatherer) -> None:
    ((version,),) = rows_of(store, f"SELECT max(version) FROM commit_log WHERE committed_at <= '{THEN:%Y-%m-%d %H:%M}'")
    then, now = by_sql(store, f"_since <= {version} AND _until > {version}"), by_sql(store, f"_until = {OPEN}")
    differ = {key for key in {*then, *now} if then.get(key) != now.get(key)}
    assert differ == {("a", date(2026, 9, 1)), ("b", date(2026, 10, 1))}
    view = views.changes(VIEWER, "online_rate", THEN)
    assert (view.count, view.compared) == (2, len({*then, *now}))
    for cell in view.cells:
        key = (cell.code or "", cell.start)
        assert (cell.before.numerator or 0, cell.before.denominator or 0) == then.get(key, (0, 0))
        assert (cell.after.numerator, cell.after.denominator) == now[key]
        assert not cell.open
    assert [cell.label for cell in view.cells] == ["Room B", "Room A"], "the newest month first"


def test_a_target_is_told_with_both_values(views: Gatherer) -> None:
    view = views.changed_targets(VIEWER, THEN)
    told = {each.indicator.code: (each.before, each.after) for each in view.targets}
    assert told["online_rate"] == (Decimal(100), Decimal(75))
    assert "trained" not in told


def test_the_past_says_so_and_leads_back_and_to_what_changed(views: Gatherer) -> None:
    as_of = THEN.isoformat().replace("+", "%2B")
    drawn = html(views, "/indicators/online_rate", f"lang=en&as_of={as_of}&split=unit")
    assert "ioc-past" in drawn
    assert 'href="/indicators/online_rate?lang=en&amp;split=unit"' in drawn, "back to the present, otherwise the same"
    assert f'href="/changes/online_rate?lang=en&amp;as_of={as_of.replace(":", "%3A")}"' in drawn
    assert 'type="datetime-local" name="as_of" value="2026-11-03T12:00:00"' in drawn
    assert "ioc-past" not in html(views, "/indicators/online_rate", "lang=en")
    changed = html(views, "/changes/online_rate", f"lang=en&as_of={as_of}")
    assert "2 of " in changed and "Room A" in changed
    assert re.search(r'href="/records/dossier\?[^"]*part=numerator[^"]*as_of=[^"]*" title="[^"]*">1</a>', changed)


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/", "as_of=2027-01-01", 400, "is yet to come"),
        ("/", f"as_of={NOW.date()}", 200, ""),
        ("/changes", "", 400, "Since which moment?"),
        ("/changes/online_rat", "as_of=2026-11-05", 404, "Perhaps one of these"),
        ("/indicators/online_rate", "as_of=2020-01-01", 400, 'href="/indicators/online_rate?lang=en"'),
        ("/", "as_of=2020-01-01", 400, "before the first record"),
        ("/records/dossier", "as_of=2020-01-01", 400, "before the first record"),
    ],
)
def test_a_moment_that_cannot_be_shown_is_a_sentence(views: Gatherer, path: str, query: str, status: int, said: str) -> None:
    drawn = html(views, path, f"lang=en&{query}", status)
    assert said in drawn
