"""The Dash application around the pages: its frame, its files, and how long a browser may keep them.

A page is answered whole: its HTML, for the eye before any script has run, and its components as Dash's renderer would ask for
them, so that it needs not ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import brotli
import dash
from dash import dcc, html
from flask import Flask, Response, after_this_request, request
from flask_compress import Compress
from markupsafe import escape
from plotly.io.json import to_json_plotly

from layouts import ids
from layouts.markup import still
from layouts.page import Page
from layouts.state import Context
from layouts.theme import FONT_FILE, style

ASSETS = Path(__file__).parent.parent / "assets"
# Plotly's own bundle of the charts that are used here: a quarter of the whole.
PLOTLY = "vendor/plotly-basic.min.js"
# What no page uses: a table component of the past, and what browsers of the past lack.
DCC = re.compile(r'src="([^"]*/dash/dcc/)dash_core_components(\.v[^"]*\.js)"')
SPARE = re.compile(r'<script src="[^"]*/(dash_table/|deps/polyfill|dash_mantine_components/|dash_ag_grid/)[^"]*"></script>\n?')
A_YEAR = 31_536_000
KEPT_ANSWERS = 128
FINGERPRINT = re.compile(r"\.v[0-9_]+m[0-9]+\.")
COMPRESSED = {"text/javascript", "application/javascript", "text/css"}
BROTLI_QUALITY = 5
# A rising line that reaches its goal.
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='6' "
    "fill='%2300639e'/%3E%3Cpath d='M5 9h22' stroke='%23f0e442' stroke-width='2' stroke-dasharray='3 2'/%3E%3Cpath "
    "d='M5 25l7-6 5 3L27 10' fill='none' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E"
)

INDEX = """<!DOCTYPE html>
<html lang="{language}" data-scheme="{scheme}">
<head>
{metas}
<title>{title}</title>
<link rel="icon" href="{icon}">
<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>
{preload}
<style>{style}</style>
{css}
</head>
<body>
<div id="ioc-first">{first}</div>
<div id="react-entry-point"></div>
<script id="ioc-answers" type="application/json">{answers}</script>
{config}
{plotly}
{scripts}
{renderer}
</body>
</html>"""


SHEETS = ("frame.css", "panels.css", "forms.css", "export.css")
ACCESS_SHEETS = (*SHEETS, "access/access.css")
SECRETS_SHEETS = ("frame.css", "panels.css", "feeds.css", "export.css")
EDITOR_SHEETS = ("frame.css", "board.css", "panels.css", "screens.css", "feeds.css", "forms.css", "export.css", "editor/editor.css")
EDITOR_SCRIPTS = ("editor/draft.js", "editor/editor.js")
# A wall loads only what it needs: none of Dash, none of the chart library.
WALL_SHEETS = ("frame.css", "board.css", "panels.css", "screens.css", "wall/wall.css")
WALL_SCRIPTS = ("vendor/idiomorph.min.js", "wall/wall.js")
REMOTE_SHEETS = ("frame.css", "panels.css", "feeds.css", "forms.css", "screens.css", "export.css", "wall/remote.css")
REMOTE_SCRIPTS = ("vendor/idiomorph.min.js", "actions.js", "wall/remote.js")
PLAIN = """<!DOCTYPE html>
<html lang="{language}" data-scheme="{scheme}"{marks}>
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>
<style>{style}</style>
{css}
{scripts}
</head>
<body>{body}</body>
</html>"""


class Pages(dash.Dash):
    """Dash with an index page of ours. ``page`` draws the page of a path and query; ``callbacks.register_all`` sets it."""

    page: Callable[[str, str], Page]
    # Tells moments apart at which the same address may answer differently; ``callbacks.register_all`` sets it.
    moment: Callable[[], Hashable]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._parts: dict[str, Any] = {}
        self._whole = lru_cache(maxsize=KEPT_ANSWERS)(self._answer)

    def frame(self) -> html.Div:
        """The outermost components: of a page that is being answered whole, or empty, to be filled by the callback."""
        return _frame(None, None, None)

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """The whole answer to a page's address; made once for all who ask for it at the same moment."""
        self._parts = parts
        status, whole = self._whole(request.path, request.query_string.decode(), self.moment())
        if status != 200:
            after_this_request(lambda response: _with_status(response, status))
        return whole

    def _answer(self, path: str, query: str, _moment: Hashable) -> tuple[int, str]:
        """Status and text of a page's answer."""
        parts = dict(self._parts)
        page = self.page(path, query)
        frame = _frame(path, f"?{query}" if query else "", page)
        answers = {"_dash-layout": to_json_plotly(frame), "_dash-dependencies": self.dependencies().get_data(as_text=True)}
        parts |= {
            "language": page.language,
            "scheme": page.scheme,
            "title": escape(page.title),
            "icon": ICON,
            "font": self.fingerprinted(FONT_FILE),
            "style": style(self.fingerprinted(FONT_FILE)),
            "first": still(page.content),
            "answers": _in_script("{" + ",".join(f'"{name}":{body}' for name, body in answers.items()) + "}"),
            "scripts": SPARE.sub("", parts["scripts"]),
            **self._plotly(page, parts["scripts"]),
        }
        return page.status, INDEX.format(**parts)

    def _plotly(self, page: Page, scripts: str) -> dict[str, str]:
        """The chart library and Dash's part for it: with the page where there are charts; elsewhere when there is time for it."""
        dcc_script = DCC.search(scripts)
        files = [self.fingerprinted(PLOTLY), *([f"{dcc_script[1]}async-graph{dcc_script[2]}"] if dcc_script else [])]
        if not page.charts:
            return {"preload": "", "plotly": "".join(f'<link rel="prefetch" href="{file}" as="script">' for file in files)}
        preload = f'<link rel="preload" href="{files[0]}" as="script">'
        return {"preload": preload, "plotly": "".join(f'<script src="{file}"></script>' for file in files)}

    def plain(self, page: Page, sheets: Iterable[str] = SHEETS, scripts: Iterable[str] = ()) -> str:
        """A page without Dash, as HTML."""
        return self._without_dash(page, page.title, still(page.content), sheets, scripts)

    def wall(self, title: str, body: str, context: Context, *, alive: bool = True) -> str:
        """The page of a wall around its body; one that is not ``alive`` stays as it is."""
        return self._without_dash(context, title, body, WALL_SHEETS, WALL_SCRIPTS if alive else (), ' class="ioc-wall-page"')

    def _without_dash(
        self, look: Page | Context, title: str, body: str, sheets: Iterable[str], scripts: Iterable[str], marks: str = ""
    ) -> str:
        font = self.fingerprinted(FONT_FILE)
        return PLAIN.format(
            language=look.language,
            scheme=look.scheme,
            marks=marks,
            title=escape(title),
            icon=ICON,
            font=font,
            style=style(font),
            css=self._sheets(sheets),
            scripts=self._scripts(scripts),
            body=body,
        )

    def _sheets(self, names: Iterable[str]) -> str:
        return "".join(f'<link rel="stylesheet" href="{self.fingerprinted(name)}">' for name in names)

    def _scripts(self, names: Iterable[str]) -> str:
        return "".join(f'<script defer src="{self.fingerprinted(name)}"></script>' for name in names)

    @cached_property
    def build(self) -> str:
        """A mark that changes with the files of the pages: a wall that was opened with another one loads itself anew."""
        files = sorted(path for path in ASSETS.rglob("*") if path.is_file())
        return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]

    def fingerprinted(self, asset: str) -> str:
        """The address of one of our files, with a mark that changes with it, as Dash gives to the files that it finds itself."""
        return f"{self.get_asset_url(asset)}?m={(ASSETS / asset).stat().st_mtime}"


def make_dash(server: Flask, title: str) -> Pages:
    """A Dash application without pages or callbacks yet; ``callbacks.register_all`` adds them.

    Args:
        server: the Flask application that serves it.
        title: of the browser's window until a page has one of its own.
    """
    server.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    server.config["COMPRESS_BR_LEVEL"] = 5
    server.config["COMPRESS_MIN_SIZE"] = 1000
    app = Pages(
        "ioc",
        server=cast(Any, server),
        assets_folder=str(ASSETS),
        assets_ignore=r"plotly.*\.js",
        assets_path_ignore=["wall", "editor", "export", "access"],
        use_pages=False,
        suppress_callback_exceptions=True,
        title=title,
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app._dev_tools["disable_version_check"] = True  # its only use is to ask an address outside
    app.layout = app.frame
    Compress(server)
    _look_first(server, app)
    server.after_request(_keep_for_ever)  # runs before Compress, which leaves alone what is compressed already
    return app


def _look_first(server: Flask, app: dash.Dash) -> None:
    """Have a question to a callback looked at before the library answers it, and after it is known who asks."""
    views: dict[str, Any] = cast(Any, server.view_functions)
    (name,) = [each for each in views if each.endswith("_dash-update-component")]
    answers = views[name]
    views[name] = lambda *parts, **named: answers(*parts, **named) if _is_understood(app) else Response("", 400)


def _is_understood(app: dash.Dash) -> bool:
    """Whether a question to a callback is one that a page can have asked; the library answers others with a fault of the server."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or str(asked.get("output")) not in app.callback_map:
        return False
    told = [*_listed(asked.get("inputs")), *_listed(asked.get("state"))]
    changed = _listed(asked.get("changedPropIds"))
    return all(isinstance(each, dict) and {"id", "property"} <= each.keys() for each in told) and all(isinstance(i, str) for i in changed)


def _listed(given: object) -> list[Any]:
    return given if isinstance(given, list) else [] if given is None else [given]


def _frame(path: str | None, search: str | None, page: Page | None) -> html.Div:
    location = dcc.Location(id=ids.LOCATION, refresh=False, **({} if path is None else {"pathname": path, "search": search}))
    build = dcc.Store(id=ids.BUILD, data=page.build if page else "")
    stores = [dcc.Store(id=ids.VERSION), build, dcc.Store(id=ids.PARTS)]
    return html.Div([location, *stores, html.Div(page.content if page else None, id=ids.PAGE)])


def _in_script(json: str) -> str:
    """JSON that can stand inside a script element."""
    return json.replace("<", "\\u003c")


def _with_status(response: Response, status: int) -> Response:
    response.status_code = status
    return response


def _is_fingerprinted() -> bool:
    if request.path.startswith("/_dash-component-suites/"):
        return bool(FINGERPRINT.search(request.path))
    return request.path.startswith("/assets/") and "m" in request.args


def _keep_for_ever(response: Response) -> Response:
    """Files with a fingerprint in their address never change under it: browsers may keep them, and they are compressed once."""
    if not _is_fingerprinted() or response.status_code != 200:
        return response
    response.cache_control.clear()
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.cache_control.max_age = A_YEAR
    if response.mimetype in COMPRESSED and request.accept_encodings["br"] > 0:
        response.direct_passthrough = False
        response.set_data(_compressed(response.get_data()))
        response.headers["Content-Encoding"] = "br"
        response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=64)
def _compressed(content: bytes) -> bytes:
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY))
