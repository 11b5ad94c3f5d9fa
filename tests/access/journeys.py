"""People at a closed deployment of the office, over the wire: each with a browser's cookies."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

CONFIG = """
catalogue: office
data: data
feeds:
  feed: {kind: push, record: dossier, options: {token: token-of-the-feed}}
  desk: {kind: file, record: dossier, options: {path: in/*.csv}}
screens:
  hall: {label: {vi: Sảnh, en: Hall}, panels: [{kind: number, size: 4x3, indicator: online_rate}]}
playlists:
  lobby: {label: {vi: Sảnh, en: Lobby}, screens: [{screen: hall, dwell: 30s}]}
"""
PASSWORD = "bốn-mùa-hoa-nở"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Person:
    """Somebody with a browser. ``ask`` gives status, text and headers, and follows nothing."""

    def __init__(self, port: int, **headers: str) -> None:
        self.base, self.headers = f"http://127.0.0.1:{port}", headers
        self.cookies = CookieJar()
        self._browser = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, form: dict[str, str] | None = None, method: str | None = None, **headers: str) -> tuple[int, str, Any]:
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        address = path if path.startswith("http") else self.base + path
        request = urllib.request.Request(address, body, {**self.headers, **headers}, method=method)
        try:
            with self._browser.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode("utf-8", "replace"), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace"), error.headers

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/login") -> tuple[int, str, Any]:
        return self.ask(path, {"name": name, "password": password})

    def json(self, path: str, **headers: str) -> Any:
        return json.loads(self.ask(path, **headers)[1])
