"""An office with some records, and all that makes exports of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.config import ExportSettings, Settings
from ioc.exports.exporter import Exporter
from ioc.exports.order import Format, order_of
from ioc.exports.register import Entry, Register
from ioc.exports.subject import subject_of
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from tests.office import NOW, open_store, put

ROW = {"unit": "a", "channel": "online", "received_at": "2026-01-05 08:00", "score": 4, "updated_at": "2026-01-05 08:00"}
EVIL = '=HYPERLINK("http://x";"y")'


@dataclass
class Press:
    """Makes exports, and tells where the file is."""

    exporter: Exporter
    store: Store

    def make(self, what: str, form: Format, **given: str) -> tuple[Entry, Path]:
        order = order_of(
            subject_of(what, ["front"], self.store.catalogue.indicators), {"format": form, **given}, None, given.get("lang", "vi")
        )
        entry = self.exporter.make(order, Viewer("Lan"))
        file = self.exporter.file(entry)
        assert file
        return entry, file


SCREEN = {
    "front": {
        "label": {"vi": "Phía trước", "en": "Front"},
        "panels": [
            {"kind": "number", "indicator": "online_rate"},
            {"kind": "trend", "indicator": "online_rate"},
            {"kind": "ranking", "indicator": "online_rate", "by": "unit"},
        ],
    }
}


@pytest.fixture(scope="package")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    folder = tmp_path_factory.mktemp("press")
    store = open_store(folder, clock=FrozenClock(NOW - timedelta(days=1)))
    put(store, "dossier", [ROW | {"id": f"H-{key:05}", "online": key % 3 > 0, "fee": f"{key}.25"} for key in range(3000)])
    put(store, "dossier", [ROW | {"id": EVIL, "unit": "b", "online": True, "fee": "7"}])
    store.clock.at = NOW  # type: ignore[attr-defined]
    views = Gatherer(store, Settings.model_validate({"screens": SCREEN}), ViewCache())
    settings = ExportSettings.model_validate({"classification": {"vi": "Lưu hành nội bộ", "en": "Internal"}})
    yield Press(Exporter(views, Register(folder), folder, store.clock, settings, lambda: "http://ioc.example"), store)
    store.close()


@pytest.fixture(scope="package")
def drawing(press: Press) -> Iterator[Callable[[], Press]]:
    """The same with a browser to draw with; without one, the test is skipped."""
    import shutil
    from dataclasses import replace

    from ioc.exports.browser import Pool
    from ioc.exports.studio import Studio
    from ioc.press import laid
    from layouts.exports.page import drawing_page, print_letters

    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("there is no browser: the system package chromium is not installed")
    pool = Pool(None, 2, 60, drawing_page)
    yield lambda: Press(replace(press.exporter, draws=Studio(pool, laid, print_letters)), press.store)
    pool.close()
