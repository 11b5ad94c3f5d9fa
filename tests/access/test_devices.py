"""Device tokens: whoever has one shows walls, and is out within seconds once it is revoked."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ioc.access import gate
from ioc.access.devices import FILE, Devices
from ioc.access.entrance import Entrance
from ioc.access.gate import lets_through, while_let
from ioc.clock import FrozenClock
from ioc.errors import Refusal, StoreError, UnknownName
from ioc.live import Bus
from ioc.text.words import words
from tests.entering import entrance
from tests.office import NOW


def scope(path: str, token: str = "", query: str = "") -> dict[str, Any]:
    headers = [(b"cookie", f"theme=dark; ioc_device={token}".encode())] if token else []
    return {"path": path, "query_string": query.encode(), "headers": headers, "method": "GET", "client": ("127.0.0.1", 1)}


def door(folder: Path) -> Entrance:
    return entrance(FrozenClock(NOW), folder)


def may_show_walls(folder: Path, token: str | None) -> bool:
    return lets_through(door(folder), scope("/wall/ministry", token or ""))


def test_everybody_shows_walls_until_the_first_token_then_who_has_one_until_it_is_revoked(tmp_path: Path) -> None:
    beside = Devices(tmp_path)
    assert may_show_walls(tmp_path, None)
    hall, lobby = beside.issue("hall", NOW), beside.issue("lobby", NOW)
    assert [may_show_walls(tmp_path, token) for token in (None, "", "x", hall, lobby)] == [False, False, False, True, True]
    beside.revoke("hall", NOW)
    assert [may_show_walls(tmp_path, token) for token in (hall, lobby)] == [False, True]
    beside.revoke("lobby", NOW)
    assert not may_show_walls(tmp_path, None), "once there were tokens, walls stay closed to others"
    assert may_show_walls(tmp_path, beside.issue("hall", NOW))


def test_a_token_is_kept_nowhere(tmp_path: Path) -> None:
    token = Devices(tmp_path).issue("hall", NOW)
    kept = [file for file in tmp_path.iterdir() if file.is_file()]
    assert kept and all(token.encode() not in file.read_bytes() and file.stat().st_mode & 0o077 == 0 for file in kept) and len(token) >= 32


def test_names_and_a_broken_file_are_told(tmp_path: Path) -> None:
    devices = Devices(tmp_path)
    devices.issue("hall", NOW)
    with pytest.raises(Refusal) as refused:
        devices.issue("hall", NOW)
    assert refused.value.fault == "device_known"
    with pytest.raises(UnknownName) as unknown:
        devices.revoke("hall2", NOW)
    assert words("en").told(unknown.value) == ("There is no token “hall2” in force.", "Did you mean “hall”?")
    (tmp_path / FILE).write_text("[{]")
    with pytest.raises(StoreError, match=r"devices\.json"):
        may_show_walls(tmp_path, None)


def test_only_what_walls_ask_for_needs_a_token(tmp_path: Path) -> None:
    token, looked = Devices(tmp_path).issue("hall", NOW), door(tmp_path)
    asked = [
        ("/wall", ""),
        ("/wall/ministry", ""),
        ("/wall/ministry/overview/changes", "panels=0"),
        ("/live", "wall=a"),
        ("/live/seen", "wall=a"),
    ]
    assert [lets_through(looked, scope(path, query=query)) for path, query in asked] == [False] * 5
    assert all(lets_through(looked, scope(path, token, query)) for path, query in asked)
    assert all(lets_through(looked, scope(path)) for path in ("/", "/live", "/api/v1/version", "/screens/overview", "/admin/screens"))


def test_an_open_stream_ends_when_its_token_is_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LOOKS_SECONDS", 0.05)
    devices, sent = Devices(tmp_path), list[Any]()
    stream = scope("/live", devices.issue("hall", NOW), "wall=a")

    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    async def story() -> None:
        serving = asyncio.ensure_future(Bus().serve(stream, while_let(door(tmp_path), stream, never), send))
        await asyncio.sleep(0.3)
        assert not serving.done()
        devices.revoke("hall", NOW)
        await asyncio.wait_for(serving, 5)

    asyncio.run(story())
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def test_tokens_of_an_earlier_release_are_taken_over(tmp_path: Path) -> None:
    old = [
        {"name": "hall", "hash": sha256(b"a-token").hexdigest(), "issued_at": NOW.isoformat(), "revoked_at": None},
        {"name": "gone", "hash": sha256(b"another").hexdigest(), "issued_at": NOW.isoformat(), "revoked_at": NOW.isoformat()},
    ]
    (tmp_path / FILE).write_text(json.dumps(old))
    assert [may_show_walls(tmp_path, token) for token in ("a-token", "another", None)] == [True, False, False]
    assert [each.name for each in Devices(tmp_path).all()] == ["hall", "gone"] and not (tmp_path / FILE).exists()
