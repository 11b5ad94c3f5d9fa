"""The moments that a page offers: none at which the store knew nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from layouts.panels.moments import moments
from tests.layouts.drawing import context, word
from tests.layouts.sample_views import NOW


def offered(begins: datetime | None) -> list[str]:
    """The moments that stand to be clicked, as addresses write them."""
    drawn = str(moments("now", begins, context("/")))
    return [parse_qs(urlsplit(address.replace("&amp;", "&")).query)["as_of"][0] for address in re.findall(r'href="([^"]+)"', drawn)]


@pytest.mark.parametrize(("age", "many"), [(timedelta(days=400), 3), (timedelta(days=1), 2)])  # the day before is the end of last week too
def test_only_days_are_offered_of_which_something_is_known(age: timedelta, many: int) -> None:
    begins = NOW - age
    assert len(offered(begins)) == many
    assert all(day >= begins.date().isoformat() for day in offered(begins))


def test_a_store_of_today_offers_its_first_records() -> None:
    zone = context("/").zone
    begins = NOW - timedelta(minutes=5, microseconds=-7)
    (only,) = offered(begins)
    at = datetime.fromisoformat(only).replace(tzinfo=zone)
    assert begins <= at <= begins + timedelta(seconds=1)
    drawn = str(moments("now", begins, context("/", lang="en")))
    assert word("moments.first", "en") in drawn and "before that nothing was known" in drawn
