"""From declaration to sums: what a record adds above and below the line of a ratio."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ioc.catalogue.check import check
from ioc.catalogue.model import Catalogue, Indicator
from ioc.catalogue.terms import Term, terms_of
from ioc.indicators.values import Question
from tests.office import answer, catalogue, open_store, put

COMMON = {
    **{key: {"vi": key, "en": key} for key in ("label", "definition", "formula", "source")},
    **{"owner": "a", "group": "work", "record": "dossier", "at": "received_at"},
}


def ratio(**parts: str) -> Indicator:
    return Indicator.model_validate(COMMON | parts)


def with_ratio(**parts: str) -> Catalogue:
    office = catalogue()
    return office.model_copy(update={"indicators": office.indicators | {"tried": ratio(**parts)}})


def test_without_total_each_record_adds_one() -> None:
    above, below = terms_of(ratio(counts="online IS NOT NULL", succeeds="online"))
    assert above == (Term("received_at", "(online IS NOT NULL) AND (online)"),)
    assert below == (Term("received_at", "(online IS NOT NULL)"),)


def test_with_total_alone_those_that_succeed_add_it() -> None:
    above, below = terms_of(ratio(succeeds="online", total="fee"))
    assert above == (Term("received_at", "((fee) IS NOT NULL) AND (online)", "fee"),)
    assert below == (Term("received_at", "((fee) IS NOT NULL)", "fee"),)


@pytest.mark.parametrize(
    ("parts", "numerator", "denominator"),
    [
        ({"succeeds": "online", "total": "fee"}, 30, 35),  # the fee of whom we do not know it is neither above nor below
        ({"value": "CASE WHEN online THEN fee END", "total": "fee"}, 30, 30),
        ({"value": "COALESCE(fee, 0)", "total": "1"}, 35, 4),
        ({"value": "fee - 5", "total": "fee", "succeeds": "unit = 'a'"}, 20, 35),
        ({"succeeds": "completed_at <= due_at", "total": "days_between(received_at, due_at)", "counts": "unit = 'a'"}, 1, 11),
    ],
)
def test_a_ratio_of_two_sums(tmp_path: Path, parts: dict[str, str], numerator: int, denominator: int) -> None:
    store = open_store(tmp_path, with_ratio(**parts))
    head = ("id", "unit", "online", "fee", "received_at", "due_at", "completed_at")
    rows = [
        ("1", "a", True, 10, "2026-11-01 08:00", "2026-11-02 08:00", "2026-11-02 08:00"),
        ("2", "a", True, 20, "2026-11-01 08:00", "2026-11-11 08:00", None),
        ("3", "b", False, 5, "2026-11-01 08:00", "2026-11-02 08:00", None),
        ("4", "b", False, None, "2026-11-01 08:00", "2026-11-02 08:00", None),
    ]
    put(store, "dossier", [dict(zip(head, row, strict=True)) | {"updated_at": "2026-11-20"} for row in rows])
    found = answer(store, Question("tried"))
    assert found == {((), None): (numerator, denominator, Decimal(100 * numerator) / denominator)}
    store.close()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"value": "fee"}, "“succeeds” is missing"),
        ({"value": "fee", "succeeds": "online"}, "Add “total” for a ratio of two sums."),
        ({"total": "fee"}, "what stands above the line?"),
        ({"total": "online", "succeeds": "online"}, "a number is needed here"),
        ({"measure": "count", "total": "fee"}, "“total” does not belong"),
        ({"measure": "sum", "value": "fee", "total": "fee"}, "“total” does not belong"),
    ],
)
def test_what_does_not_go_together_is_told(parts: dict[str, str], said: str) -> None:
    found = [f"{what} {hint}" for _, what, hint in check(with_ratio(**parts))]
    assert any(said in text for text in found), found
