"""What needs acting on, over the wire: raised from the data that pages show, acknowledged by whoever may, ended by itself, told as of then."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from ioc.access.viewer import Viewer
from ioc.app import Application
from ioc.clock import FrozenClock
from ioc.commands.deployment import load_config
from ioc.errors import ConfigError, Refusal
from ioc.views.alerts import AlertsQuestion
from tests.api.serving import served
from tests.office import CATALOGUE, NOW, put

CONFIG = f"""
catalogue: {CATALOGUE.name}
data: data
alerts:
  every: 1h
  rules:
    few_online:
      indicator: online_rate
      below: 60
      by: unit
      margin: 10
"""
HOUR = timedelta(hours=1)


class Site:
    """A running application whose watchman looks when a test tells it to."""

    def __init__(self, app: Application, port: int, clock: FrozenClock) -> None:
        self.app, self.port, self.clock = app, port, clock

    def ask(self, path: str, **typed: str) -> tuple[int, Any, str]:
        """Status, what is answered, where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if typed:
            connection.request("POST", path, urlencode(typed), {"Content-Type": "application/x-www-form-urlencoded"})
        else:
            connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(body) if is_json else body, answer.getheader("Location") or ""

    def alerts(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/v1/alerts?lang=en&{query}")[1]["alerts"]
        return found

    def look(self, online: dict[str, tuple[int, int]], hours: int) -> None:
        """Dossiers of each unit, so many of so many online; then, hours after the beginning, a look."""
        self.clock.at = NOW + hours * HOUR
        rows = [
            {
                "id": f"{unit}{n}",
                "unit": unit,
                "received_at": "2026-11-02 08:00",
                "online": n < some,
                "updated_at": f"2026-11-03 0{hours}:00",
            }
            for unit, (some, all_) in online.items()
            for n in range(all_)
        ]
        put(self.app.store, "dossier", rows)
        self.app.watchman.look()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clock = FrozenClock(NOW)
    with served(tmp_path_factory.mktemp("alerts"), CONFIG, clock) as (app, port):
        found = Site(app, port, clock)
        assert "Watching has not begun" in found.ask("/alerts?lang=en")[1]
        found.look({"a": (4, 10), "b": (9, 10)}, 0)
        yield found


def own(alerts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["about"], each["state"], each["value"]) for each in alerts if each["kind"] == "own"]


def test_what_the_numbers_break_is_raised_once_and_ends_past_the_margin(site: Site) -> None:
    assert own(site.alerts()) == [("unit=a", "open", 40)]
    site.app.watchman.look()
    site.look({"a": (6, 10)}, 1)
    assert own(site.alerts()) == [("unit=a", "open", 40)], "60 is not past the margin"
    raised = site.alerts("kind=own")[0]
    assert (raised["owner"], raised["limit"]) == ("Room A", 60)

    status, body, _ = site.ask(f"/alerts/{raised['id']}/acknowledgement", word="we are at it", back="/alerts?lang=en")
    assert status == 303, body
    desk = site.app.views.alerts
    assert desk
    assert site.alerts("kind=own")[0]["acknowledged"]["word"] == "we are at it"
    assert "we are at it" in site.ask("/alerts?lang=en&kind=own")[1]
    assert [line.action for line in site.app.trail.find() if line.action.startswith("alert.")] == ["alert.acknowledge"]

    other = Viewer("binh", "en", scope="b", permissions=frozenset({"figures", "notes"}))
    assert [each.kind for each in desk.view(other, AlertsQuestion()).open if each.kind == "own"] == []
    with pytest.raises(Refusal) as refused:
        desk.acknowledge(other, raised["id"], "")
    assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        desk.acknowledge(Viewer("wall"), raised["id"], "")
    assert refused.value.status == 403

    site.look({"a": (8, 10)}, 2)
    assert own(site.alerts()) == []
    ended = site.alerts("state=ended&kind=own")[0]
    assert (ended["state"], ended["ended_version"]) == ("ended", site.app.store.version()) and ended["raised_version"] < ended[
        "ended_version"
    ]
    assert own(site.alerts(f"since={quote((NOW + 3 * HOUR).isoformat())}")) == []

    then = quote((NOW + HOUR / 2).isoformat())
    assert own(site.alerts(f"as_of={then}")) == [("unit=a", "open", 40)]
    assert site.alerts(f"as_of={then}&kind=own")[0]["acknowledged"] is None
    before = quote((NOW - HOUR).isoformat())
    status, problem, _ = site.ask(f"/api/v1/alerts?lang=en&as_of={before}")
    assert status == 400 and "watching began" in json.dumps(problem)


def test_addresses_say_what_may_be_chosen_and_the_metrics_count(site: Site) -> None:
    assert site.ask("/api/v1/alerts?state=some")[0] == 400
    assert 'ioc_alerts_open{severity="urgent"}' in site.ask("/metrics")[1]
    assert "/api/v1/alerts" in site.ask("/api/v1/openapi.json")[1]["paths"]


def test_a_rule_says_what_is_wrong_with_it_in_its_line(site: Site) -> None:
    path = site.app.config.base / "faulty.yaml"
    path.write_text(CONFIG.replace("online_rate", "online_rat").replace("below: 60", "below: 60\n      above: 90"), encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_config(path)
    assert [(fault.line, "exactly one" in fault.what) for fault in told.value.faults] == [(7, True)]
    path.write_text(CONFIG.replace("online_rate", "online_rat").replace("few_online", "target"), encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_config(path)
    assert [fault.line for fault in told.value.faults] == [7, 8]
    assert "online_rate" in told.value.faults[1].hint
