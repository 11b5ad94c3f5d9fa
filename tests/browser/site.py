"""The sample of ``tests/layouts/sample_views.py`` behind a real port; it can be stopped and started again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, Response
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from callbacks import register_all
from callbacks.guard import Guard
from callbacks.plain_pages import PlainPages
from callbacks.remote import blueprint as remote
from callbacks.wall import blueprint as wall
from ioc.access.administrators import Administrators
from ioc.access.devices import Devices
from ioc.views.cache import ViewCache
from layouts.dash_app import make_dash
from tests.entering import let_in
from tests.layouts.sample_views import NOW, SampleViews


class RunningClock:
    """A clock that begins at the sample's moment and goes on, as walls set their own by the server's."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def now(self) -> datetime:
        """The sample's moment and what has passed since."""
        return NOW + timedelta(seconds=time.monotonic() - self.began)


class Site:
    """A site on a free port of this machine; stopped and started again, on the same."""

    def __init__(self, data: Path = Path("nowhere")) -> None:
        self.views, self.port, self.up = SampleViews(), 0, False
        self.flask = Flask("site", static_folder=None)
        pages, clock = make_dash(self.flask, "Bộ Nội vụ"), RunningClock()
        let_in(self.flask, clock, data)
        register_all(pages, self.views, clock)
        self.flask.add_url_rule("/live", "live", self._live)
        self.flask.add_url_rule("/live/seen", "seen", lambda: {"version": self.views.version_})
        cache = ViewCache()
        self.flask.register_blueprint(wall(PlainPages(pages, self.views, clock), cache, Devices(data)))
        self.flask.register_blueprint(remote(Guard(pages, self.views, clock, Administrators({})), cache, self))
        self.flask.add_url_rule("/api/v1/version", "version", lambda: {"version": self.views.version_, "at": NOW.isoformat()})
        self.start()

    def _live(self) -> Response:
        def events() -> Iterator[str]:
            seen = None
            yield "retry: 3000\n\n"  # as late as the real one may have its walls come back
            while self.up:
                if seen != self.views.version_:
                    seen = self.views.version_
                    yield f"id: {seen}\ndata: {json.dumps({'version': seen, 'changed': list(self.views.changed), 'at': ''})}\n\n"
                time.sleep(0.05)

        return Response(events(), mimetype="text/event-stream")

    def control(self, to: str, action: str, text: str = "") -> bool:
        """Nobody is told anything; there is no wall."""
        return not to

    def start(self) -> None:
        """Begin to listen."""
        self.up = True
        self.server = make_server("127.0.0.1", self.port, self.flask, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def renew(self) -> None:
        """Be as at first, and there, under a data version of which nothing has been drawn yet."""
        vars(self.views).update(vars(SampleViews()), version_=self.views.version_ + 1)
        if not self.up:
            self.start()

    def stop(self) -> None:
        """Be gone, as a server is that has been switched off."""
        self.up = False
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


def opened(tab: Page, site: Site, path: str) -> Page:
    """The page, once its components have taken the place of what was drawn first."""
    tab.goto(site.url(path))
    expect(tab.locator("#react-entry-point .ioc")).to_be_visible()
    expect(tab.locator("#ioc-first")).to_have_count(0)
    return tab
