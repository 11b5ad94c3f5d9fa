"""The life of an alert by a table of what was found over time; the ledger is the same wherever the program was started anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.alerts.ledger import AlertLedger
from ioc.alerts.lifecycle import Finding, Severity, moves
from ioc.alerts.rules import breaks
from ioc.catalogue.alerts import AlertRule
from tests.office import NOW

MINUTE = timedelta(minutes=1)
LOOKS = {"ok": False, "?": None, "-": None}
SEVERITIES = {"risk": Severity.WARNING, "slow": Severity.URGENT}


def finding(seen: str, version: int, lasting: int = 0) -> Finding:
    """What a look has seen: ``risk`` or ``slow`` is a reason, ``ok`` none, ``?`` not known."""
    severity = SEVERITIES.get(seen, Severity.NOTICE)
    return Finding("target", "rate", LOOKS.get(seen, True), severity, seen, version, lasting=lasting * MINUTE)


def played(folder: Path, seen: Sequence[str], lasting: int = 0, anew: frozenset[int] = frozenset()) -> list[str]:
    """What stands in the ledger after a look a minute; ``-``: it is there no more. Before some looks the program starts anew."""
    ledger = AlertLedger(folder)
    for number, each in enumerate(seen):
        ledger = AlertLedger(folder) if number in anew else ledger
        now, found = NOW + number * MINUTE, [] if each == "-" else [finding(each, number, lasting)]
        is_gone = each == "-"
        ledger.write(moves(found, ledger.open(), ledger.waiting(), lambda _, gone=is_gone: gone, now, number), now)
    return [f"{alert.id} {step.kind.value} {step.version} {step.state}" for alert in ledger.lives(NOW) for step in alert.steps]


@pytest.mark.parametrize(
    ("seen", "lasting", "kept"),
    [
        ("ok ok", 0, ""),
        ("ok risk risk risk ok ok", 0, "1 raised 1 risk, 1 ended 4 ok"),
        ("risk slow slow risk ok", 0, "1 raised 0 risk, 1 turned 1 slow, 1 turned 3 risk, 1 ended 4 ok"),
        ("risk ? ? risk ? ok", 0, "1 raised 0 risk, 1 ended 5 ok"),
        ("? ? risk", 0, "1 raised 2 risk"),
        ("risk ok risk ok", 0, "1 raised 0 risk, 1 ended 1 ok, 2 raised 2 risk, 2 ended 3 ok"),
        ("risk -", 0, "1 raised 0 risk, 1 ended 1 withdrawn"),
        ("risk risk risk ok", 2, "1 raised 2 risk, 1 ended 3 ok"),
        ("risk risk ok risk risk ok", 2, ""),
        ("risk ? risk ok", 2, "1 raised 2 risk, 1 ended 3 ok"),
        ("risk - risk risk", 2, ""),
    ],
)
def test_it_is_raised_once_stays_while_it_holds_and_ends_by_itself(tmp_path: Path, seen: str, lasting: int, kept: str) -> None:
    assert ", ".join(played(tmp_path, seen.split(), lasting)) == kept


@settings(max_examples=12)
@given(st.lists(st.sampled_from(["ok", "risk", "slow", "?", "-"]), max_size=12), st.integers(0, 3), st.frozensets(st.integers(0, 12)))
def test_wherever_the_program_starts_anew_the_ledger_is_the_same(seen: list[str], lasting: int, anew: frozenset[int]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert played(Path(one), seen, lasting) == played(Path(other), seen, lasting, anew)


def test_a_past_moment_has_what_was_open_then_and_what_was_known_of_it(tmp_path: Path) -> None:
    played(tmp_path, ["risk", "slow", "slow", "ok"])
    ledger = AlertLedger(tmp_path)
    assert not ledger.acknowledge(1, "an", "seen", 9, NOW + 4 * MINUTE), "it has ended"
    then = ledger.lives(NOW, NOW + MINUTE / 2)[0]
    assert (then.ended, then.newest.state) == (None, "risk")
    assert ledger.lives(NOW, NOW - MINUTE) == []
    assert ledger.lives(NOW + 4 * MINUTE) == [], "it had ended before"


@pytest.mark.parametrize(
    ("rule", "values", "held"),
    [
        ({"below": 90}, "91 90 89.9 90 89", "- - x - x"),
        ({"below": 90, "margin": 2}, "91 89 90 91 92 91", "- x x x - -"),
        ({"above": 10, "margin": 1}, "10 11 10 9 10", "- x x - -"),
    ],
)
def test_a_margin_keeps_what_swings_about_a_limit_from_coming_and_going(rule: dict[str, float], values: str, held: str) -> None:
    declared, is_open, seen = AlertRule.model_validate({"indicator": "i", **rule}), False, []
    for value in values.split():
        is_open = breaks(declared, type(declared.margin)(value), is_open=is_open)
        seen.append("x" if is_open else "-")
    assert " ".join(seen) == held
