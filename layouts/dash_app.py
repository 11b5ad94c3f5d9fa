"""The Dash application around the pages: its frame, its files, and how long a browser may keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import dash
from dash import dcc, html
from flask import Flask, Response, request
from flask_compress import Compress

from layouts import ids

ASSETS = Path(__file__).parent.parent / "assets"
# Loaded by pages with charts; other pages fetch it once they are drawn. It is Plotly's own bundle of the charts that are used here.
PLOTLY = "vendor/plotly-cartesian.min.js"
CHART_PAGES = ("/indicators/", "/screens/")
A_YEAR = 31_536_000

INDEX = """<!DOCTYPE html>
<html lang="vi">
<head>
{metas}
<title>{title}</title>
{favicon}
<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>
{preload}
{css}
</head>
<body>
{app_entry}
{config}
{plotly}
{scripts}
{renderer}
</body>
</html>"""


class Pages(dash.Dash):
    """Dash with an index page of ours."""

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """The index page; on pages with charts, the chart library is fetched beside everything else."""
        url = fingerprinted(self.get_asset_url(PLOTLY), ASSETS / PLOTLY)
        charts = request.path.startswith(CHART_PAGES)
        parts["font"] = self.get_asset_url("fonts/inter-latin-wght-normal.woff2")
        parts["preload"] = f'<link rel="preload" href="{url}" as="script">' if charts else ""
        parts["plotly"] = f'<script src="{url}" data-plotly="{url}"{"" if charts else " type=text/plain"}></script>'
        return INDEX.format(**parts)


def fingerprinted(url: str, path: Path) -> str:
    """The address of a file with a mark that changes with its content, as Dash gives to the files that it finds itself."""
    return f"{url}?m={path.stat().st_mtime}"


def make_dash(server: Flask, title: str) -> dash.Dash:
    """A Dash application without pages or callbacks yet; ``callbacks.register_all`` adds them.

    Args:
        server: the Flask application that serves it.
        title: of the browser's window.
    """
    server.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    server.config["COMPRESS_BR_LEVEL"] = 5
    server.config["COMPRESS_MIN_SIZE"] = 1000
    app = Pages(
        "ioc",
        server=cast(Any, server),
        assets_folder=str(ASSETS),
        assets_ignore=r".*\.min\.js",
        use_pages=False,
        suppress_callback_exceptions=True,
        title=title,
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app._dev_tools["disable_version_check"] = True  # its only use is to ask an address outside
    app.layout = html.Div([dcc.Location(id=ids.LOCATION), dcc.Store(id=ids.VERSION), html.Div(id=ids.PAGE)])
    server.after_request(_keep_for_ever)
    Compress(server)
    return app


def _keep_for_ever(response: Response) -> Response:
    """Files with a fingerprint in their address never change under it."""
    fingerprinted = request.path.startswith("/_dash-component-suites/") or (request.path.startswith("/assets/") and "m" in request.args)
    if fingerprinted and response.status_code == 200:
        response.cache_control.clear()
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.max_age = A_YEAR
    return response
