"""Requests that nobody should send: every route that the product has, with what is wrong in its parts, its question, headers and body."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from callbacks.page import PRESENT, ROUTES
from ioc.api.openapi import document
from tests.faults.rig import TOKEN
from tests.office import catalogue

Request = tuple[str, str, dict[str, str], bytes]
WORDS = (
    "", "0", "-1", "9" * 40, "1e309", "NaN", "null", "true", "'", "\"", "' OR 1=1 --", "; DROP TABLE rec_dossier", "../../../etc/passwd", "..%2f..%2f",
    "%00", "\x00", "%ff%fe", "\u202e", "🙂" * 20, "Ủy ban", "<script>alert(1)</script>", "{{7*7}}", "${IOC_KEY}", "%s%n", "a" * 3000, "unit:*", "unit:a*", "-",
    "2026-02-30", "0000-00-00", "9999-12-31", "2026-11-27T99:99", "online_rate", "dossier", "portal", "a", "month", "unit", "*", "[]", "{}", "\r\nX-Evil: 1",
)  # fmt: skip
KEYS = (
    "by",
    "period",
    "from",
    "to",
    "where",
    "as_of",
    "sort",
    "cursor",
    "split",
    "compare",
    "q",
    "page",
    "panels",
    "lang",
    "theme",
    "size",
    "against",
)
METHODS = ("GET", "GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
TYPES = (
    "application/json",
    "application/x-ndjson",
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
)
ACCEPTS = ("application/json", "text/csv", "*/*", "text/html", "image/png", "a/b;q=x", "")


def requests(count: int, seed: int = 766) -> Iterator[Request]:
    """So many of them, always the same."""
    chance, paths = random.Random(seed), list(_paths())
    for number in range(count):
        template = paths[number % len(paths)]
        path = re.sub(r"\{[^}]*\}", lambda _: _part(chance), template)
        asked = "&".join(f"{chance.choice(KEYS)}={_part(chance)}" for _ in range(chance.randrange(4)))
        method = (
            "POST" if "records" in template and template.startswith("/api/v1/feeds") and chance.random() < 0.7 else chance.choice(METHODS)
        )
        headers = {"Accept": chance.choice(ACCEPTS), "Accept-Language": _header(chance), "Cookie": f"ioc_device={_header(chance)}"}
        headers |= {"Content-Type": chance.choice(TYPES)} if method in {"POST", "PUT", "PATCH"} else {}
        headers |= {"Authorization": f"Bearer {chance.choice((TOKEN + 'x', _header(chance)))}"} if chance.random() < 0.6 else {}
        headers |= {"If-None-Match": _header(chance), "Range": "bytes=9-1"} if chance.random() < 0.2 else {}
        yield method, f"{path}?{asked}" if asked else path, headers, _body(chance) if method in {"POST", "PUT", "PATCH"} else b""


def _paths() -> Iterator[str]:
    for path in document(catalogue())["paths"]:
        yield path if path.startswith("/") and path.startswith("/api") else f"/api/v1{path}"
    for pattern, _ in (*ROUTES, *PRESENT):
        yield pattern.replace("(?:/([^/]+))?", "/{name}").replace("([^/]+)", "{name}").replace("(.+)", "{key}")
    yield from (
        "/wall/{playlist}",
        "/wall/{playlist}/{screen}/changes",
        "/forms/{feed}",
        "/login",
        "/admin",
        "/admin/screens/edit",
        "/admin/secrets",
    )
    yield from ("/healthz", "/readyz", "/metrics", "/_dash-layout", "/_dash-update-component", "/assets/{name}", "/{any}")


def _part(chance: random.Random) -> str:
    word = chance.choice(WORDS)
    return quote(word, safe="") if chance.random() < 0.8 else re.sub(r"[\s\x00-\x1f]", "", word)


def _header(chance: random.Random) -> str:
    return re.sub(r"[\r\n\x00]", "", chance.choice(WORDS))[:500]


def _body(chance: random.Random) -> bytes:
    kind = chance.randrange(7)
    row = {key: chance.choice(WORDS) for key in ("id", "unit", "received_at", "online", "updated_at", chance.choice(WORDS))}
    if kind == 0:
        return json.dumps([row] * chance.randrange(5)).encode()
    if kind == 1:
        return b"[" * chance.choice((10, 5000))
    if kind == 2:
        return chance.randbytes(chance.randrange(400))
    if kind == 3:
        return b"\n".join(json.dumps(row).encode() for _ in range(3)) + b"\n{"
    if kind == 4:
        return json.dumps({"output": "x", "inputs": [row], "changedPropIds": list(WORDS[:3])}).encode()
    if kind == 5:
        return json.dumps(chance.choice(WORDS)).encode()
    return b""


def fuzzed(url: str, examples: int, report: Path) -> tuple[int, list[str]]:
    """schemathesis on ``openapi.json``: how many requests it has sent, and what it holds against the answers."""
    words = ["run", url, "--max-examples", str(examples), "--checks", "not_a_server_error", "--seed", "7", "--no-color"]
    words += ["--phases", "coverage,fuzzing", "--continue-on-failure", "--no-shrink", "--request-timeout", "60"]
    words += ["--header", f"Authorization: Bearer {TOKEN}", "--report", "ndjson", "--report-ndjson-path", str(report)]
    done = subprocess.run([str(Path(sys.executable).with_name("st")), *words], capture_output=True, text=True, check=False)
    counted = re.search(r"([\d,]+) generated", done.stdout)
    failures = [line.strip() for line in done.stdout.splitlines() if re.match(r"\s*- (Server error|Undocumented|Test)", line)]
    if done.returncode not in {0, 1} or counted is None:
        failures.append(f"it ended with {done.returncode}: {done.stdout[-1500:]}{done.stderr[-500:]}")
    return int(counted[1].replace(",", "")) if counted else 0, failures
