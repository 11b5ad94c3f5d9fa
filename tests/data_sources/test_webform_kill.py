"""The serving process is killed at random moments while people type and confirm: what they were told is kept is kept, and counts once."""

from __future__ import annotations

import base64
import http.client
import os
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import yaml

from ioc.clock import SystemClock
from ioc.store.store import Store
from tests.forks import served
from tests.office import CATALOGUE, catalogue, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "1"))
PASSWORDS = {"lan": "password-of-lan", "minh": "password-of-minh"}
CONFIG = {
    "catalogue": str(CATALOGUE),
    "data": "data",
    "store": {"memory_limit": "256MB", "threads": 1},
    "feeds": {"figures": {"kind": "webform", "record": "dossier", "options": {"people": PASSWORDS}}},
}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class People:
    """One types figure after figure, the other confirms what waits, until nobody answers; both remember what they were told."""

    def __init__(self, address: str, first: int) -> None:
        self.address, self.next = address, first
        self.entered: set[str] = set()
        self.confirmed: set[int] = set()
        self.rounds = 0  # in which all that waited was confirmed

    def work(self) -> None:
        while self._type() and self._confirm():
            self.rounds += 1

    def _type(self) -> bool:
        name = f"m{self.next}"
        self.next += 1
        typed = {"id": name, "unit": "a", "channel": "online", "received_at": "01/11/2026 08:00", "online": "yes", "score": "4"}
        kept = self._ask("figures", "lan", typed) is not None
        self.entered |= {name} if kept else set()
        return kept

    def _confirm(self) -> bool:
        page = self._ask("figures", "minh")
        for number in map(int, re.findall(r'action="/forms/figures/(\d+)', page or "")):
            if self._ask(f"figures/{number}", "minh", {"decision": "confirm"}) is None:
                return False
            self.confirmed.add(number)
        return page is not None

    def _ask(self, path: str, person: str, typed: dict[str, str] | None = None) -> str | None:
        """The page, empty where what was posted is kept; None when nobody answers."""
        word = base64.b64encode(f"{person}:{PASSWORDS[person]}".encode()).decode()
        body = urllib.parse.urlencode(typed).encode() if typed else None
        request = urllib.request.Request(f"{self.address}/forms/{path}", body, {"Authorization": f"Basic {word}"})
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as answer:
            assert answer.code == 303, answer.read().decode()
            return ""
        except (OSError, http.client.HTTPException):
            return None


@pytest.mark.timeout(240 + 20 * KILLS)
def test_killed_at_any_moment_what_was_typed_and_confirmed_is_kept_once(tmp_path: Path) -> None:
    chance, entered, confirmed, first = random.Random(29), set[str](), set[int](), 0
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    for step in range(KILLS + 1):
        process, address = served(tmp_path)
        people = People(address.rstrip("/"), first)
        working = threading.Thread(target=people.work)
        working.start()
        end = time.monotonic() + 60
        while step == KILLS and not people.rounds and time.monotonic() < end:  # the last time everything that waited is confirmed
            time.sleep(0.02)
        time.sleep(chance.random() * 0.5)
        process.kill()
        process.join(20)
        working.join(30)
        assert not working.is_alive()
        entered, confirmed, first = entered | people.entered, confirmed | people.confirmed, people.next
        found = Store(tmp_path / "data" / "ioc.duckdb", catalogue(), SystemClock(), memory_limit="256MB", threads=1)
        try:
            waiting, decided = (found.entries("figures", waiting=each, most=100_000) for each in (True, False))
            stored = [name for (name,) in rows_of(found, "SELECT id FROM rec_dossier")]
        finally:
            found.close()
        assert entered <= {each.fields["id"] for each in (*waiting, *decided)}, "what was told to be kept is kept"
        assert confirmed <= {each.number for each in decided}
        assert sorted(stored) == sorted(each.fields["id"] for each in decided), "what is decided is a record, once, and nothing else is"
    assert confirmed and len(waiting) <= 1
