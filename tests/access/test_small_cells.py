"""Few answers of another unit are told to whoever sees an own one alone nowhere: on no page or wall, by no answer, export or event."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ioc.access.entrance import SESSION_COOKIE
from ioc.access.gate import shares
from ioc.access.sessions import FULL
from ioc.api.openapi import document
from ioc.app import Application, create_app
from ioc.clock import FrozenClock
from ioc.commands.deployment import load_config
from ioc.exports.browser import NAMES
from ioc.exports.order import DRAWN
from tests.access.journeys import CONFIG
from tests.office import CATALOGUE, NOW, put

LEAST = 2000
# Of each unit how many dossiers there are, and how many of them are online. Those of b and c are few; d's are not, and a is one's own.
COUNTS = {"a": (2503, 1301), "b": (1117, 733), "c": (1259, 911), "d": (3011, 1511)}
FEW = ("b", "c")
# A role that sees walls, and records of an own unit alone.
ACCESS = """
access: {roles: {keeper: {label: {vi: Phòng họp, en: Keeper}, scope: own, may: [figures, walls]}}}
"""
VALUES = "/api/v1/indicators/online_rate/values"
PANELS = """
  hall:
    label: {vi: Sảnh, en: Hall}
    panels:
      - {kind: number, indicator: online_rate, where: {unit: b}}
      - {kind: number, indicator: online_rate, where: {unit: b, channel: online}}
      - {kind: trend, indicator: online_rate, where: {unit: b}}
      - {kind: ranking, indicator: online_rate}
      - {kind: heatmap, indicator: online_rate}
      - {kind: map, indicator: online_rate, by: unit}
      - {kind: bullet, indicators: [online_rate], where: {unit: c}}
      - {kind: funnel, indicators: [online_rate, fast], where: {unit: b}}
      - {kind: score, indicator: score}
      - {kind: alerts}
  one: {label: {vi: Phòng, en: Room}, template: unit, panels: [{kind: number, size: 4x3, indicator: online_rate}, {kind: trend, indicator: online_rate}]}
"""
Words = frozenset[str]


def grown(folder: Path) -> None:
    """The office's catalogue with two rooms more, few answers hidden, and a second share beside the first."""
    shutil.copytree(CATALOGUE, folder / CATALOGUE.name)
    for path in (folder / CATALOGUE.name).glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        room = re.search(r"^  b: \{.*\}\n", text, re.MULTILINE)
        if room:
            more = "".join(room[0].replace("  b:", f"  {unit}:").replace("B", unit.upper()) for unit in "cd")
            text = text.replace(room[0], room[0] + more)
        for of_all in re.findall(r"^  (?:judged|on_time):\n(?:    .*\n)+", text, re.MULTILINE):
            text = text.replace(of_all, f"{of_all}    hide_below: {LEAST}\n")
        rate = re.search(r"^  online_rate:\n(?:    .*\n)+", text, re.MULTILINE)
        if rate:
            asked = f"{rate[0]}    hide_below: {LEAST}\n"
            text = text.replace(
                rate[0], asked + asked.replace("online_rate", "fast").replace("Toàn trình", "Nhanh").replace("Fully", "Fast")
            )
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("few")
    screens = re.sub(r"\n  hall: .*\n", PANELS, CONFIG)
    (folder / "config.yaml").write_text(screens + ACCESS, encoding="utf-8")
    grown(folder)
    found = create_app(load_config(folder / "config.yaml"), FrozenClock(NOW))
    put(found.store, "dossier", rows("a", "d"))
    put(found.store, "dossier", rows("b", "c"))
    for role, unit in (("leader", None), ("department_head", "a"), ("staff", "a"), ("keeper", "a")):
        found.accounts.put(role, role, role, unit, "oidc", None, NOW)
    yield found
    found.exports.close()
    found.close()


def rows(*units: str) -> Iterator[dict[str, Any]]:
    for unit in units:
        count, online = COUNTS[unit]
        for number in range(count):
            yield {
                "id": f"{unit}-x{number:04x}",
                "unit": unit,
                "channel": "online" if number < online else "counter",
                "received_at": "2026-10-05 08:00",
                "online": number < online,
                "updated_at": "2026-10-05",
            }


def asking_as(application: Application, role: str) -> FlaskClient:
    client = application.flask.test_client()
    assert application.entrance.sessions
    client.set_cookie(SESSION_COOKIE, application.entrance.sessions.begin(role, FULL, "", NOW))
    return client


def numbers_of(unit: str) -> Words:
    """Every way in which what is hidden of a unit may be written: the counts, what is left of them, and the share."""
    count, online = COUNTS[unit]
    share = 100 * online / count
    counts = {form for number in (count, online, count - online) for form in (f"{number}", f"{number:,}", f"{number:,}".replace(",", "."))}
    return frozenset(counts | {form for digits in (1, 2, 3) for form in (f"{share:.{digits}f}", f"{share:.{digits}f}".replace(".", ","))})


HIDDEN = {unit: numbers_of(unit) for unit in FEW}


def told(text: str) -> set[str]:
    """Of which units something is told that is to be hidden. Numbers stand alone, or before a sign."""
    found = set(re.findall(r"(?<![\w.,#%])\d[\d.,]*\d(?!\w)", text))
    found |= {number.rstrip(".,") for number in found} | {cut for number in found for cut in shortened(number)}
    return {unit for unit, words in HIDDEN.items() if words & found}


def shortened(number: str) -> Iterator[str]:
    """A share that programs are told with all its digits, as people are."""
    whole, mark, digits = number.partition(".")
    if mark and len(digits) > 3 and digits.isdigit():
        yield f"{whole}.{digits[:3]}"


def content(data: bytes) -> str:
    """The text of a file, those within a package included."""
    if data.startswith(b"%PDF"):
        read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout
        return read.decode().replace(",", " ")
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig", "replace").replace(",", " ")  # so that columns stand apart, and so do numbers of lists
    texts = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            inner = package.read(name)
            texts.append(content(inner) if inner.startswith(b"PK") else inner.decode("utf-8", "replace") if name.endswith(".xml") else "")
    return "\n".join(texts)


ASKED = {
    "by": ("unit", "unit,channel"),
    "period": ("month", "year"),
    "where": ("unit:b", "unit:c", "unit=b", "channel:online"),
    "from": ("2026-01-01", "2026-10-05"),
    "against": ("previous", "last_year"),
    "group": ("unit",),
    "as_of": ("2026-11-23T12:00",),
}
FILTERED = (
    "", "?by=unit", "?where=unit:b", "?where=unit:b&period=week", "?by=channel&where=unit:c", "?split=unit", "?by=unit&multiples=1",
    "?from=2026-10-01&to=2026-10-31&by=unit", "?as_of=2026-11-23&by=unit", "?by=unit&period=quarter",
)  # fmt: skip
PAGES = [
    *(
        "/",
        "/screens/hall",
        "/screens/one:b",
        "/screens/one:c",
        "/units/a",
        "/units/b",
        "/units/c",
        "/units/office",
        "/milestones",
        "/snapshots",
    ),
    *("/search?q=b", "/search?q=fully+online", "/changes?as_of=2026-11-23", "/records/dossier?where=unit:b"),
    *("/records/dossier?indicator=online_rate&part=denominator", "/indicators/score", "/indicators/score?by=unit"),
    *(f"/indicators/online_rate{query}" for query in FILTERED),
]


def answers(application: Application) -> Iterator[str]:
    """Every address of the API that is read, plain and with each of what may be asked."""
    samples = {"id": ("online_rate", "score"), "record": ("dossier",), "key": ("b-x0001",), "feed": ("feed",), "run": ("1",)}
    for path, methods in document(application.config.catalogue)["paths"].items():
        if "get" not in methods or "{snapshot}" in path or "{job}" in path:
            continue
        for name in samples["id"] if "{id}" in path else ("",):
            address = re.sub(r"\{(\w+)\}", lambda part, name=name: name if part[1] == "id" else samples[part[1]][0], path)
            yield address
            known = {each["name"] for each in methods["get"].get("parameters", [])}
            asked = [(key, value) for key in ASKED if key in known for value in ASKED[key]]
            yield from (f"{address}?{key}={value}" for key, value in asked)
            yield from (f"{address}?by=unit&{key}={value}" for key, value in asked if "by" in known and key in {"period", "against"})


def test_the_numbers_of_few_are_told_to_leaders_and_on_no_page_and_by_no_answer_to_others(application: Application) -> None:
    leader, head = (asking_as(application, role) for role in ("leader", "department_head"))
    read = tuple(dict.fromkeys((*PAGES, *answers(application))))
    shown = {path: leader.get(path) for path in read}
    by_leader = {path: told(answer.get_data(as_text=True)) for path, answer in shown.items()}
    assert sum(bool(by_leader[path]) for path in PAGES) > 15, by_leader
    assert sum(bool(found) for path, found in by_leader.items() if path.startswith("/api/")) > 10, by_leader
    for page in ("/screens/hall", "/screens/one:b", "/units/b", "/indicators/online_rate?by=unit", f"{VALUES}?by=unit"):
        assert by_leader[page], f"nothing would be found at {page}"
    seen = {path: head.get(path) for path in read}
    assert sum(answer.status_code == 200 for path, answer in seen.items() if path.startswith("/api/")) > 60
    assert {path for path in PAGES if seen[path].status_code != 200} == set()
    assert {path: found for path, answer in seen.items() if (found := told(answer.get_data(as_text=True)))} == {}
    assert "2503" in seen[f"{VALUES}?by=unit"].get_data(as_text=True), "one's own"
    table = head.get(f"{VALUES}?by=unit", headers={"Accept": "text/csv"})
    lines = table.get_data(as_text=True).splitlines()
    assert table.status_code == 200 and ",hidden," in lines[0] and any(",True," in line for line in lines)
    assert not told(table.get_data(as_text=True))


def test_neither_are_they_on_a_wall_before_somebody_who_sees_an_own_unit_alone(application: Application) -> None:
    def scope(role: str) -> dict[str, Any]:
        assert application.entrance.sessions
        cookie = f"{SESSION_COOKIE}={application.entrance.sessions.begin(role, FULL, '', NOW)}".encode()
        return {
            "method": "GET",
            "path": "/wall/lobby/hall",
            "query_string": b"",
            "headers": [(b"cookie", cookie)],
            "client": ("127.0.0.1", 1),
        }

    for path in ("/wall/lobby/hall", "/wall/lobby/hall/changes?panels=0,1,2,3,4,5,6,7,8,9", "/wall/lobby"):
        by_role = {role: told(asking_as(application, role).get(path).get_data(as_text=True)) for role in ("leader", "keeper")}
        assert by_role["leader"] and not by_role["keeper"], path
    assert shares(application.entrance, scope("leader")) and not shares(application.entrance, scope("keeper")), "nor by an answer of others"


@pytest.mark.parametrize(
    ("what", "forms"),
    [
        ("/indicators/online_rate?by=unit", ("csv", "json", "xlsx", "pptx", "svg", "pdf")),
        ("/units/b", ("csv", "xlsx")),
        ("/screens/hall", ("csv", "json")),
        ("/indicators/online_rate?where=unit:b", ("csv", "json")),
    ],
)
def test_neither_are_they_in_what_is_exported_nor_where_that_is_verified(
    application: Application, what: str, forms: tuple[str, ...]
) -> None:
    headers, codes, held = {"Sec-Fetch-Site": "same-origin"}, {}, {}
    is_drawn = any(map(shutil.which, NAMES)) and shutil.which("pdftotext")
    forms = forms if is_drawn else tuple(form for form in forms if form not in DRAWN)
    for role in ("leader", "staff"):
        client = asking_as(application, role)
        for form in forms:
            made = client.post("/api/v1/snapshots", data={"what": what, "format": form, "lang": "en"}, headers=headers).get_json()
            while "job" in made:
                made = client.get(f"/api/v1/snapshots/jobs/{made['job']}").get_json()
            with client.get(made["content"]) as file:
                held[role, form] = told(content(file.get_data()))
            codes[role, form] = made["code"]
    assert all(held["leader", form] for form in forms), held
    assert not any(held["staff", form] for form in forms), held
    staff = asking_as(application, "staff")
    for client in (staff, application.flask.test_client()):
        shown = client.get(f"/verify/{codes['leader', 'csv']}?lang=en")
        assert shown.status_code == 200 and not told(shown.get_data(as_text=True))
    assert staff.get(f"/api/v1/snapshots/{codes['leader', 'csv']}").status_code == 404
    assert staff.get(f"/snapshots/{codes['leader', 'csv']}/file").status_code in {403, 404}


def test_an_event_says_that_something_has_changed_and_no_number(application: Application) -> None:
    assert application.entrance.sessions
    cookie = f"{SESSION_COOKIE}={application.entrance.sessions.begin('staff', FULL, '', NOW)}"
    sent: list[bytes] = []

    async def listens() -> None:
        gone, begun = asyncio.Event(), asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message.get("body", b""))
            begun.set()
            if b"version" in sent[-1]:
                gone.set()

        scope = {"type": "http", "method": "GET", "path": "/live", "raw_path": b"/live", "query_string": b"", "http_version": "1.1"}
        scope |= {"headers": [(b"cookie", cookie.encode()), (b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "scheme": "http"}
        listening = asyncio.ensure_future(application.asgi(scope, receive, send))
        await asyncio.wait_for(begun.wait(), 20)
        await asyncio.to_thread(put, application.store, "dossier", [{**next(rows("b")), "updated_at": "2026-10-06"}])
        await asyncio.wait_for(gone.wait(), 20)
        await asyncio.wait_for(listening, 20)

    asyncio.run(listens())
    (event,) = [json.loads(line.removeprefix("data: ")) for line in b"".join(sent).decode().splitlines() if line.startswith('data: {"v')]
    assert set(event) == {"version", "changed", "at"} and "online_rate" in event["changed"]
