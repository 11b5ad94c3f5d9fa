"""A closed deployment of the office with an account of every role, asked without a wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ioc.access.entrance import SESSION_COOKIE
from ioc.access.sessions import FULL
from ioc.app import Application, create_app
from ioc.clock import FrozenClock
from ioc.commands.deployment import load_config
from tests.access.journeys import CONFIG
from tests.office import CATALOGUE, NOW, put

# leader, department Head, Staff, Data steward, Administrator, aUditor, Wall, and - for somebody unknown.
LETTERS = dict(zip("LHSDAUW", ("leader", "department_head", "staff", "data_steward", "administrator", "auditor", "wall"), strict=True))
UNITS = {"department_head": "a", "staff": "a"}
# Two roles that a configuration adds, and a report.
ACCESS = """
reports:
  weekly: {label: {vi: Tuần, en: Week}, body: {vi: V, en: O}, place: {vi: H, en: H}, sections: [{show: online_rate}]}
access:
  roles:
    clerk: {label: {vi: Văn thư, en: Clerk}, scope: all, may: [figures, exports]}
    keeper: {label: {vi: Phòng họp, en: Keeper}, scope: own, may: [figures, walls]}
"""
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("policy")
    (folder / "config.yaml").write_text(CONFIG + ACCESS, encoding="utf-8")
    (folder / CATALOGUE.name).symlink_to(CATALOGUE)
    found = create_app(load_config(folder / "config.yaml"), FrozenClock(NOW))
    rows = [
        {"id": f"KH{n}", "unit": u, "received_at": "2026-11-01 08:00", "online": True, "updated_at": "2026-11-01"}
        for n, u in enumerate("ab", 1)
    ]
    put(found.store, "dossier", rows)
    for name in (*LETTERS.values(), "clerk", "keeper"):
        found.accounts.put(name, name, name, UNITS.get(name), "oidc", None, NOW)
    yield found
    found.close()


def asking_as(application: Application, role: str) -> FlaskClient:
    client = application.flask.test_client()
    if role:
        assert application.entrance.sessions
        client.set_cookie(SESSION_COOKIE, application.entrance.sessions.begin(role, FULL, "", NOW))
    return client


def redrawn(path: str, query: str, changed: str) -> dict[str, Any]:
    """What a page that stands asks."""
    return {
        "output": "..ioc-page.children...ioc-build.data...ioc-parts.data..",
        "outputs": [{"id": f"ioc-{name}", "property": kind} for name, kind in (("page", "children"), ("build", "data"), ("parts", "data"))],
        "inputs": [
            {"id": "ioc-location", "property": "pathname", "value": path},
            {"id": "ioc-location", "property": "search", "value": query},
            {"id": "ioc-version", "property": "data", "value": 1},
        ],
        "state": [{"id": "ioc-build", "property": "data", "value": ""}],
        "changedPropIds": [changed],
    }
