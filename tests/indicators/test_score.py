"""Scores: points by hand, what nothing is worth, what cannot be measured, and what others published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Part
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.indicators.composite import points_of
from ioc.indicators.values import Question, ask
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.score import ScoreNode, ScoreView
from tests.office import open_store, put

NOW = datetime(2026, 12, 31, 5, tzinfo=UTC)
MOHA = load(BUILT_IN / "moha")
TOTAL = "public_service_score"


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Four dossiers of October: three on time, all online, three with an electronic result, two owe a fee, one paid it online."""
    office = open_store(tmp_path_factory.mktemp("score"), MOHA, FrozenClock(NOW))
    fixed = {"unit": "vp", "procedure": "1.014111", "channel": "online", "status": "completed", "updated_at": "2026-12-30"}
    fixed |= {"received_at": "2026-10-05 09:00", "due_at": "2026-10-15 17:00", "fully_online": False, "digitised": True}
    rows: list[dict[str, Any]] = [
        {"completed_at": "2026-10-12 09:00", "result_electronic": True, "fee_due": True, "paid_online": True, "data_reused": True},
        {"completed_at": "2026-10-12 09:00", "result_electronic": True, "fee_due": True, "paid_online": False, "data_reused": True},
        {"completed_at": "2026-10-12 09:00", "result_electronic": True, "data_reused": False},
        {"completed_at": "2026-10-19 09:00", "result_electronic": False, "digitised": False},
    ]
    put(office, "dossier", [fixed | {"dossier_id": str(number)} | row for number, row in enumerate(rows)])
    yield office
    office.close()


def tree(store: Store, end: date | None = date(2026, 10, 31)) -> ScoreView:
    views = Gatherer(store, Settings(), ViewCache(8))
    _, found = views.score(Viewer("test", "en"), Question(TOTAL, start=date(2026, 10, 1) if end else None, end=end))
    assert found is not None
    return found


def by_code(node: ScoreNode) -> dict[str, ScoreNode]:
    found = {node.code or "": node}
    for child in node.children:
        found |= by_code(child)
    return found


def test_every_group_and_metric_has_the_points_of_the_portal() -> None:
    groups = [18, 20, 12, 10, 22, 18]
    assert [part.points for part in MOHA.indicators[TOTAL].parts] == groups
    assert [sum(part.points for part in MOHA.indicators[part.indicator or ""].parts) for part in MOHA.indicators[TOTAL].parts] == groups


def test_points_are_those_worked_out_by_hand(store: Store) -> None:
    found = by_code(tree(store).tree)
    points = {code: node.points for code, node in found.items() if node.points is not None}
    assert points == {
        "ON_TIME": 15,  # 20 × 3/4
        "TDGQ": 15,
        "ONLINE_DOSSIERS": 6,  # 3/4 is more than 50 %
        "ONLINE": 6,
        "PAID_DOSSIERS": 3,  # 6 × 1/2
        "PAID_PROCEDURES": 2,  # the one procedure with a fee was paid online once
        "TTTT": 5,
        "ORIGINAL_RESULT_AVAILABLE": Decimal("4.5"),  # 6 × 3/4
        "SO_HOA_GIAY_TO_GIAI_QUYET": 3,  # 4 × 3/4
        "REUSED_DIGITIZED_DATA": Decimal("1.25"),  # 2 × 50/80
        "MDSH": Decimal("8.75"),
        "DOSSIER_RECEIVING_SATISFACTION": 5,  # 6 × 75/90
        "MDHL": 5,
        "TOTAL": Decimal("39.75"),
    }
    total = found["TOTAL"]
    # No petition and no procedure ever came: nothing was measured of them.
    assert (total.measured, total.most) == (20 + 6 + 6 + 2 + 6 + 4 + 2 + 6, 100)
    assert found["CKMB"].points is None and found["CKMB"].measured == 0
    assert (found["ON_TIME"].numerator, found["ON_TIME"].denominator) == (3, 4)


def test_services_and_procedures_are_counted_once(store: Store) -> None:
    """Five services are offered online, of which two had online dossiers (a third procedure had some, and is none); of two procedures with a fee, one was paid online."""
    fixed = {
        "unit": "vp",
        "sector": "viec_lam",
        "level": "partial",
        "eligible": False,
        "in_force_from": "2026-01-01",
        "online_since": "2026-02-01",
        "updated_at": "2026-02-01",
    }
    others = [code for code in sorted(MOHA.codes["procedures"]) if not code.startswith("1.01411")][:4]
    offered = [
        row | {"online_since": ""} if number == 5 else row
        for number, row in enumerate(fixed | {"procedure": code} for code in ["1.014111", "1.014113", *others])
    ]
    assert put(store, "procedure", offered).rejected == 0
    more = {
        "unit": "vp",
        "status": "completed",
        "received_at": "2026-10-06 09:00",
        "completed_at": "2026-10-07 09:00",
        "updated_at": "2026-12-30",
        "fully_online": False,
        "digitised": True,
    }
    codes = [("1.014111", "online"), ("1.014113", "online"), ("1.014116", "online"), (others[0], "counter")]
    assert (
        put(
            store,
            "dossier",
            [
                more | {"dossier_id": f"m{code}", "procedure": code, "channel": channel, "fee_due": code == "1.014113"}
                for code, channel in codes
            ],
        ).rejected
        == 0
    )
    found = by_code(tree(store).tree)
    used, paid = found["ONLINE_USED"], found["PAID_PROCEDURES"]
    assert (used.numerator, used.denominator, used.points) == (2, 5, Decimal("1.6"))  # 4 × 2/5
    assert (paid.numerator, paid.denominator, paid.points) == (1, 2, Decimal("1.25"))  # 2 × 50/80


def test_nothing_to_count_is_worth_what_the_metric_says(store: Store) -> None:
    september = {"petition_id": "1", "unit": "vp", "kind": "policy", "source": "national_portal", "status": "open"}
    september |= {"received_at": "2026-09-01 09:00", "due_at": "2026-09-22 17:00", "updated_at": "2026-09-02"}
    put(store, "petition", [september])
    found = by_code(tree(store).tree)
    assert found["PETITION_PROCESSING_ON_TIME"].points == 6 and found["PETITION_HANDLING_SATISFACTION"].points == 6
    views = Gatherer(store, Settings(), ViewCache(8))
    _, july = views.score(Viewer("test", "en"), Question(TOTAL, start=date(2026, 9, 1), end=date(2026, 9, 30)))
    assert july is not None
    found = by_code(july.tree)
    assert found["DOSSIER_RECEIVING_SATISFACTION"].points == 0  # dossiers are known, but none came in September
    assert found["PETITION_PROCESSING_ON_TIME"].points == 0  # one came, and is late


def test_the_score_is_a_value_out_of_the_points_measured(store: Store) -> None:
    with store.read() as snapshot:
        question = Question(TOTAL, by=("unit",), period="month", start=date(2026, 10, 1), end=date(2026, 10, 31))
        (value,) = ask(snapshot, question, date(2026, 12, 31))
    assert (value.codes, value.value, value.numerator, value.denominator) == (("vp",), Decimal("39.75"), Decimal("39.75"), 52)


def test_a_published_score_stands_beside_ours(store: Store) -> None:
    fixed = {"provider": "national_portal", "indicator": TOTAL, "period_from": "2026-10-01", "period_to": "2026-10-31"}
    fixed |= {"published_at": "2026-11-05", "updated_at": "2026-11-05"}
    rows = [
        ("TOTAL", None, None, "60.5", 100),
        ("ON_TIME", 3, 4, "15", 20),
        ("PAID_DOSSIERS", 2, 2, "6", 6),
        ("ORIGINAL_RESULT_AVAILABLE", 4, 5, "4.8", 6),
        ("SO_HOA_GIAY_TO_GIAI_QUYET", 3, 4, "3.75", 4),
        ("DOSSIER_SYNC", 4, 4, "6", 6),
        ("ONLINE", None, None, "11", 12),
        ("TTTT", None, None, "9", 10),
        ("MDSH", None, None, "20", 22),
        ("DOSSIER_RECEIVING_SATISFACTION", None, None, "1", 6),
    ]
    head = ("metric", "numerator", "denominator", "score", "max_score")
    put(store, "published_score", [fixed | {"score_id": row[0]} | dict(zip(head, row, strict=True)) for row in rows])
    found = tree(store, None)  # the latest span published
    assert (found.span.start, found.span.end, found.provider) == (date(2026, 10, 1), date(2026, 10, 31), "National public service portal")
    nodes = by_code(found.tree)
    assert {code: (nodes[code].why, nodes[code].difference) for code, *_ in rows} == {
        "TOTAL": ("parts", Decimal("39.75") - Decimal("60.5")),
        "ON_TIME": ("same", 0),
        "PAID_DOSSIERS": ("other_judgement", -3),
        "ORIGINAL_RESULT_AVAILABLE": ("other_records", Decimal("-0.3")),
        "SO_HOA_GIAY_TO_GIAI_QUYET": ("other_points", Decimal("-0.75")),
        "DOSSIER_SYNC": ("not_measured", None),
        "ONLINE": ("partly", -5),
        "TTTT": ("parts", -4),
        "MDSH": ("parts", Decimal("-11.25")),
        "DOSSIER_RECEIVING_SATISFACTION": ("unfounded", 4),
    }
    assert nodes["TOTAL"].published is not None and nodes["TOTAL"].published.points == Decimal("60.5")
    assert nodes["REUSED_DIGITIZED_DATA"].published is None
    assert tree(store, date(2026, 10, 30)).provider is None  # only of the same days
    whole = fixed | {"period_to": "2026-10-29", "score_id": "TDGQ", "metric": "TDGQ", "score": "1", "max_score": 20}
    put(store, "published_score", [whole])
    assert by_code(tree(store, date(2026, 10, 29)).tree)["TDGQ"].why == "undivided"


PARTS = st.builds(
    Part,
    indicator=st.just("x"),
    points=st.decimals(1, 20, places=1),
    full_at=st.decimals(10, 100, places=1),
    nothing=st.sampled_from(["full", "none", "unknown"]),
)


@given(PARTS, st.decimals(-100, 200, places=3), st.decimals(0, 50, places=3))
def test_points_rise_with_the_value_and_stay_within_their_bounds(part: Part, value: Decimal, more: Decimal) -> None:
    points, better = points_of(part, value, known=True), points_of(part, value + more, known=True)
    assert points is not None and better is not None
    assert 0 <= points <= better <= part.points
    assert (points == part.points) == (value >= part.full_at)
