"""The way of a figure that no system delivers, in the ministry's own catalogue: typed, waiting, confirmed by another, on screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.api.serving import served
from tests.api.test_forms import Site

CONFIG = """
catalogue: moha
data: data
feeds:
  progress:
    kind: webform
    record: milestone
    label: {vi: Báo cáo tiến độ, en: Report of progress}
    options: {people: &people {lan: password-of-lan, minh: password-of-minh}}
  figures:
    kind: webform
    record: platform_figure
    label: {vi: Số liệu tháng, en: Monthly figures}
    options: {people: *people}
    mapping:
      fields:
        figure_id: {expr: "platform || '-' || figure || '-' || day"}
        platform: platform
        figure: figure
        day: {from: day, format: "%d/%m/%Y"}
        value: value
        updated_at: updated_at
"""
FIGURE = {"platform": "iot", "figure": "messages", "day": "20/11/2026", "value": "1.234.567"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("ministry"), CONFIG) as (application, port):
        yield Site(application, port)


def shown(site: Site, path: str, lang: str = "en") -> str:
    """The words of a page."""
    status, page = site.ask(path, None, lang=lang)
    assert status == 200
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_a_monthly_figure_changes_the_indicators_page_once_a_second_person_has_confirmed_it(site: Site) -> None:
    before = shown(site, "/indicators/iot_messages_daily")
    assert "1,234,567" not in before and "Monthly figures" not in before
    assert site.ask("/forms/figures", "lan", FIGURE)[0] == 303
    waiting = shown_form(site, "minh", "vi")
    assert "1.234.567" in waiting and "lan nhập lúc" in waiting, "who confirms reads the number as it will count"
    assert "1,234,567" not in shown(site, "/indicators/iot_messages_daily")
    entry = waiting_entry(site, "figures")
    assert site.ask(entry, "lan", {"decision": "confirm"})[0] == 409
    assert site.ask(entry, "minh", {"decision": "confirm"})[0] == 303
    after = shown(site, "/indicators/iot_messages_daily")
    assert "1,234,567" in after and "Monthly figures" in after, "with the form that it rests on"
    assert "Confirmed by minh" in shown_form(site, "lan", "en")
    assert "typed into a form" in shown(site, "/feeds/figures")


def test_a_report_of_a_milestone_reaches_its_page(site: Site) -> None:
    report = {"milestone": "iot_platform", "state": "in_progress", "percent": "42", "due_on": "30/06/2027", "evidence": "Báo cáo số 12"}
    status, page = site.ask("/forms/progress", "lan", report | {"state": "done"})
    assert status == 400 and "A milestone that is done stands at 100 %." in page
    assert "Báo cáo số 12" not in shown(site, "/milestones", "vi")
    assert site.ask("/forms/progress", "lan", report)[0] == 303
    assert site.ask(waiting_entry(site, "progress"), "minh", {"decision": "confirm"})[0] == 303
    said = shown(site, "/milestones", "vi")
    assert "Báo cáo số 12" in said and "42%" in said


def waiting_entry(site: Site, feed: str) -> str:
    """The address at which the one entry that waits is decided."""
    (found,) = re.findall(rf'action="(/forms/{feed}/\d+)', site.ask(f"/forms/{feed}", "minh")[1])
    return found


def shown_form(site: Site, person: str, lang: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", site.ask("/forms/figures", person, lang=lang)[1]).split())
