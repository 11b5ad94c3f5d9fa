"""Rules of alerts of one's own: what they speak of and is not there is told with its place and how to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from ioc.catalogue.alerts import AlertSettings, check_alerts
from tests.office import catalogue


def told(**keys: Any) -> list[tuple[tuple[str | int, ...], str]]:
    settings = AlertSettings.model_validate({"rules": {"few": {"indicator": "online_rate", "below": 50} | keys}})
    return [(place[3:], str(what)) for place, what, _ in check_alerts(settings, catalogue())]


@pytest.mark.parametrize(
    ("keys", "place", "expected"),
    [
        ({"where": {"channel": "nope"}}, ("where", "channel"), "“channel” has no code “nope”"),
        ({"where": {"unit": "nope*"}}, ("where", "unit"), "“unit” has no code “nope*”"),
        ({"where": {"colour": "red"}}, ("where", "colour"), "no dimension “colour”"),
        ({"by": "colour"}, ("by",), "no dimension “colour”"),
    ],
)
def test_what_a_rule_is_limited_to_must_be_there(keys: dict[str, Any], place: tuple[str, ...], expected: str) -> None:
    ((where, what),) = told(**keys)
    assert where == place and expected in what


def test_a_rule_may_be_limited_as_any_question() -> None:
    assert told(where={"unit": "office*", "channel": "-"}, by="unit") == []
