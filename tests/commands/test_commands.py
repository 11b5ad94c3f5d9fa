"""The commands as a user types them: what they print, how they end, and what they say when something is wrong."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ioc.__main__ import main
from ioc.commands.run import _listen
from tests.office import CATALOGUE

CONFIG = """
catalogue: office
data: var
feeds:
  files:
    kind: file
    record: dossier
    mapping:
      fields: {id: id, unit: unit, received_at: received, due_at: due, completed_at: done, online: online, updated_at: received}
"""
HEAD = "id,unit,received,due,done,online\n"
GOOD = HEAD + "1,a,2026-11-01 08:00,2026-11-05,2026-11-04,1\n2,b,02/11/2026 09:00,2026-11-20,,0\n"


class Office:
    """A deployment in a folder, and the command line on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        shutil.copytree(CATALOGUE, folder / "office")
        self.speaks("en")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command."""
        command, *rest = words
        code = main([command, "--config", str(self.folder / "config.yaml"), *rest])
        out, err = self.capsys.readouterr()
        return code, out, err

    def speaks(self, language: str) -> None:
        """Faults are told in this language from now on."""
        (self.folder / "config.yaml").write_text(f"{CONFIG}language: {language}\n")

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def last_line(out: str) -> dict[str, int]:
    return dict(json.loads(out.splitlines()[-1]))


def test_from_a_file_to_a_number(office: Office) -> None:
    code, out, _ = office("ingest", "files", office.file("a.csv", GOOD))
    assert code == 0
    assert last_line(out) == {"accepted": 2, "duplicates": 0, "rejected": 0, "secret": 0, "skipped": 0, "version": 2}
    code, out, _ = office("query", "online_rate", "--by", "unit", "--period", "month", "--format", "json")
    answer = json.loads(out)
    assert (code, answer["version"], answer["as_of"]) == (0, 2, None)
    assert [(row["unit"], row["from"], row["numerator"], row["denominator"], row["value"]) for row in answer["values"]] == [
        ("a", "2026-11-01", 1, 1, 100),
        ("b", "2026-11-01", 0, 1, 0),
    ]
    _, out, _ = office("query", "online_rate", "--where", "unit=a", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row == dict(zip(row, ("2026-01-01", row["to"], "1", "1", "100", "True", "2", "", "False"), strict=True))
    assert list(row) == ["from", "to", "numerator", "denominator", "value", "provisional", "data_version", "as_of", "simulated"]
    assert office("query", "--format", "csv", "--where", "unit:a", "online_rate")[1] == out, "as the address of a page has it"
    code, out, fault = office("query", "online_rate", "--as-of", "2020-01-01T00:00", "--format", "json")
    assert (code, out) == (2, "") and "before the first record" in fault
    _, out, told = office("query", "online_rate", "--by", "unit", "--period", "month", "--lang", "en")
    assert [line.split() for line in out.splitlines()[2:]] == [
        ["a", "Room", "A", "Nov", "2026", "100%", "1", "1", "Provisional"],
        ["b", "Room", "B", "Nov", "2026", "0%", "0", "1", "Provisional"],
    ]
    assert "Data version 2 of " in told
    assert re.search(r"Từ 01/01/20\d\d đến \d\d/\d\d/20\d\d\.", office("query", "online_rate", "--lang", "vi")[2]), "of which days it is"
    assert "Không có giá trị “c”." in office("query", "online_rate", "--where", "unit=c", "--lang", "vi")[2]
    _, out, _ = office("targets")
    assert any(line.split()[-1] == "online_rate" and "50%" in line and "= 100%" in line for line in out.splitlines())
    assert next(csv.DictReader(io.StringIO(office("targets", "--format", "csv")[1])))["from"].endswith("-01-01")
    code, out, _ = office("targets", "--format", "json")
    target = next(row for row in json.loads(out)["targets"] if row["indicator"] == "online_rate")
    assert (target["value"], target["goal"], target["gap"], target["status"]) == (50, 100, -50, "at_risk")


def test_a_change_is_explained_in_rows_that_add_up(office: Office) -> None:
    office("ingest", "files", office.file("a.csv", GOOD + "3,a,2025-11-01 08:00,,,0\n4,b,2025-11-01 08:00,,,0\n5,b,2025-11-02 08:00,,,1\n"))
    code, out, err = office("explain", "online_rate", "--by", "unit", "--format", "csv", "--lang", "en")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0].keys() >= {"unit", "effect", "mix", "rate", "value_before", "value_after", "share_before", "share_after"}
    assert sum(Decimal(row["effect"]) for row in rows) == 50 - Decimal("33.333333333")
    assert err.splitlines()[1].startswith("Up by 16.7 percentage points on the same days of last year, mainly due to Room A (+")
    assert "Room A" in office("explain", "online_rate", "--by", "unit", "--lang", "en")[1]
    code, out, _ = office("explain", "online_rate", "--where", "unit=a", "--against", "unit=b", "--format", "json")
    assert (code, json.loads(out)["change"]) == (0, 100)
    assert office("explain", "online_rate", "--from", "2020-01-01", "--to", "2020-02-01")[0] == 2


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    path = office.file("a.csv", GOOD)
    office("ingest", "files", path)
    code, out, _ = office("ingest", "files", path)
    assert code == 0 and last_line(out) | {"version": 0} == {
        "accepted": 0,
        "duplicates": 2,
        "rejected": 0,
        "secret": 0,
        "skipped": 0,
        "version": 0,
    }


def test_what_cannot_be_read_is_counted_too(office: Office) -> None:
    code, out, err = office("ingest", "files", str(office.folder / "nofile.csv"))
    assert code == 1 and last_line(out)["accepted"] == 0 and "nofile.csv" in err


def test_standard_input(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    code, out, _ = office("ingest", "files", "-")
    assert code == 0 and last_line(out)["accepted"] == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("3,c,2026-11-01,,,1", "c"),
        ("3,a,2027-11-01,,,1", "future"),
        ("3,a,2026-11-01,2026-10-01,,1", "Due before received"),
        (",a,2026-11-01,,,1", "required"),
        ("3,a,2026-11-01,,,1,2,3", "columns"),
    ],
)
def test_a_row_at_fault_is_named_and_the_others_go_in(office: Office, row: str, said: str) -> None:
    code, out, err = office("ingest", "files", office.file("a.csv", GOOD + row + "\n"))
    assert code == 1 and last_line(out)["accepted"] == 2 and last_line(out)["rejected"] == 1
    assert said in err and "row 4" in err


def test_each_of_several_files_is_explained(office: Office) -> None:
    late, unknown = HEAD + "3,a,2026-11-01,2026-10-01,,1\n", GOOD + "4,c,2026-11-01,,,1\n5,a,2026-11-02,2026-10-01,,1\n"
    office("ingest", "files", office.file("before.csv", late))
    code, _, err = office("ingest", "files", office.file("one.csv", late), office.file("two.csv", unknown))
    assert code == 1
    assert [line.replace(str(office.folder) + "/", "") for line in err.splitlines()] == [
        "2 × Due before received, first in row 2 of one.csv",
        "1 × code unit, first in row 4 of two.csv: “c”",
    ]


@pytest.mark.parametrize(("said", "instead"), [("key: id", "key: unit"), ("version: updated_at", "version: completed_at")])
def test_what_tells_records_apart_cannot_change_under_them(office: Office, said: str, instead: str) -> None:
    office.speaks("en")
    (catalogue,) = (office.folder / "office").glob("*.yaml")
    before = catalogue.read_text(encoding="utf-8")
    changed = before.replace(f"    {said}\n", f"    {instead}\n", 1)
    catalogue.write_text(changed, encoding="utf-8")
    assert office("query", "online_rate")[0] == 0  # nothing is stored yet
    catalogue.write_text(before, encoding="utf-8")
    office("ingest", "files", office.file("a.csv", GOOD))
    catalogue.write_text(changed, encoding="utf-8")
    code, _, err = office("query", "online_rate")
    assert code == 3 and "The records of “dossier” are stored by key “id”" in err and instead.split()[1] in err and "Put that back" in err
    catalogue.write_text(before, encoding="utf-8")
    assert office("query", "online_rate")[0] == 0


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("empty.csv", lambda: b"", "empty"),
        ("cut.csv.gz", lambda: gzip.compress(GOOD.encode() * 500)[:-30], "gz"),
        ("cut.xlsx", lambda: b"PK\x03\x04 nothing", "xlsx"),
        ("words.json", lambda: b'{"a": [1,', "json"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(office: Office, name: str, make: Callable[[], bytes], said: str) -> None:
    code, out, err = office("ingest", "files", office.file(name, make()))
    assert code == 1 and last_line(out)["accepted"] == 0
    assert said in err.lower() and "Traceback" not in err


def test_a_changed_header_is_named(office: Office) -> None:
    options = "\n    options: {columns: [id, unit, received, due, done, online]}\n"
    (office.folder / "config.yaml").write_text(CONFIG.rstrip() + options)
    code, _, err = office("ingest", "files", office.file("a.csv", GOOD.replace("received", "recieved")))
    assert code == 1 and "received" in err and "recieved" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingest", "fiels"), "Did you mean “files”"),
        (("query", "online_rat"), "Did you mean “online_rate”"),
        (("query", "online_rate", "--by", "unti"), "Did you mean “unit”"),
        (("query", "online_rate", "--period", "moth"), "Did you mean “month”"),
        (("query", "online_rate", "--from", "tomorrow"), "is not a day"),
        (("query", "online_rate", "--where", "unit"), "dimension=code"),
        (("query", "online_rate", "--as-of", "2100-01-01"), "yet to come"),
        (("targets", "--as-of", "2100-01-01"), "yet to come"),
        (("query", "online_rate", "--from", "2026-02-01", "--to", "2026-01-01"), "before it"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(office: Office, words: tuple[str, ...], said: str) -> None:
    code, _, err = office(*words)
    assert code == 2 and said in err


def test_an_unknown_command_and_missing_file(office: Office) -> None:
    assert main(["chekc"]) == 2
    assert "Did you mean “check”" in office.capsys.readouterr().err
    code, _, err = office("ingest", "files", str(office.folder / "nowhere.csv"))
    assert code == 1 and "nowhere.csv" in err


def test_a_store_that_cannot_be_opened_says_why(office: Office) -> None:
    office("ingest", "files", office.file("a.csv", GOOD))
    store = office.folder / "var" / "ioc.duckdb"
    connection = duckdb.connect(str(store))
    connection.execute("INSERT INTO schema_version VALUES (999)")
    connection.close()
    office.speaks("vi")
    code, _, err = office("targets")
    assert code == 3 and "cấu trúc phiên bản 999" in err and "phiên bản mới hơn" in err, "in the language of config.yaml, or Vietnamese"
    office.speaks("en")
    code, _, err = office("targets")
    assert code == 3 and "schema version 999" in err and "newer version" in err
    store.write_bytes(b"not a database" * 1000)
    code, _, err = office("targets")
    assert code == 3 and "cannot be opened" in err and "Traceback" not in err
    shutil.rmtree(office.folder / "var")
    (office.folder / "var").write_text("a file where the folder should be")
    assert office("targets")[0] == 3


def test_one_process_owns_the_store(office: Office) -> None:
    office.speaks("vi")
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb,sys; c=duckdb.connect(sys.argv[1]); print('open',flush=True); sys.stdin.read()",
            _store(office),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin and holder.stdout
    with holder, holder.stdin, holder.stdout:
        holder.stdout.readline()
        assert "Nếu đó là “ioc run” thì hãy dùng: trang /, hoặc GET /api/v1/targets." in office("targets")[2]
        office.speaks("en")
        told = {
            ("targets",): "GET /api/v1/targets",
            ("query", "online_rate"): "GET /api/v1/indicators/{id}/values",
            ("audit",): "the page /feeds",
            ("ingest", "files", office.file("a.csv", GOOD)): "POST /api/v1/feeds/{feed}/records",
            ("feeds", "list"): "GET /api/v1/feeds",
            ("feeds", "secrets"): "/admin/secrets",
            ("feeds", "replay", "files"): "POST /api/v1/feeds/{feed}/replay",
        }
        for words, where in told.items():
            code, _, err = office(*words)
            assert code == 3 and "another process" in err and where in err, words
        holder.kill()


def _store(office: Office) -> str:
    (office.folder / "var").mkdir(exist_ok=True)
    return str(office.folder / "var" / "ioc.duckdb")


def test_a_full_disk_leaves_the_store_unharmed(office: Office) -> None:
    office.speaks("en")
    office("ingest", "files", office.file("a.csv", GOOD))
    before = office("query", "online_rate", "--format", "json")[1]
    rows = "".join(f"x{number},a,2026-11-01 08:00,,,1\n" for number in range(120_000))
    path = office.file("big.csv", HEAD + rows)
    small = 2**20
    limited = (
        f"import resource,sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({small}, {small})); "
        "from ioc.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    config = str(office.folder / "config.yaml")
    done = subprocess.run(
        [sys.executable, "-c", limited, "ingest", "--config", config, "files", path], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "cannot be written" in done.stderr and "Traceback" not in done.stderr and "leaked" not in done.stderr
    assert office("query", "online_rate", "--format", "json")[1] == before


def test_a_port_in_use_is_one_sentence(office: Office) -> None:
    office.speaks("vi")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = office("run", "--port", str(port))
    assert code == 4 and f"{port}: địa chỉ đang được dùng. Hãy chọn cổng khác" in err, "in the language of config.yaml, or Vietnamese"


def test_other_machines_are_not_let_in_without_signing_in(office: Office) -> None:
    office.speaks("vi")
    code, _, err = office("run", "--host", "0.0.0.0")
    assert code == 2 and "config.yaml thiếu access (ai được đăng nhập) và server.tls" in err
    office.speaks("en")
    assert "config.yaml lacks access (who may sign in) and server.tls" in office("run", "--host", "0.0.0.0")[2]


@pytest.mark.parametrize("words", [("run",), ("check",), ("ingest",), ("query",), ("explain",), ("targets",)])
def test_every_command_helps_in_sentences(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    text: Any = capsys.readouterr().out
    assert left.value.code == 0 and "--config" in text and text.count(".") >= 1


def test_what_was_refused_for_secrecy_is_told_on_the_machine_itself_by_day(office: Office) -> None:
    config = office.folder / "config.yaml"
    config.write_text(CONFIG + "      secrecy: {from: mat, open: [thuong]}\n")
    rows = "".join(f"s{number},a,2026-11-01 08:00,2026-11-05,2026-11-04,1,mat\n" for number in range(41))
    assert (
        office("ingest", "files", office.file("a.csv", HEAD.replace("\n", ",mat\n") + "1,a,2026-11-01 08:00,,,1,thuong\n" + rows))[0] == 0
    )
    code, out, _ = office("feeds", "secrets", "--format", "json")
    assert code == 0 and [(each["feed"], each["refused"]) for each in json.loads(out)["refused"]] == [("files", 41)]
    assert office("feeds", "secrets", "--format", "csv")[1].splitlines()[1].split(",")[2] == "41"
    assert "41" not in re.sub(r"20\d\d-\S+", "", office("feeds", "list", "--format", "json")[1]), "nor does any other command tell it"


def test_feeds_are_listed_with_their_state(office: Office) -> None:
    office("ingest", "files", office.file("rows.csv", GOOD))
    code, out, err = office("feeds", "list")
    assert code == 0 and "SIMULATED" not in err
    heads, _, line = out.splitlines()
    assert heads.split()[:4] == ["feed", "kind", "record", "health"]
    assert line.split()[:4] == ["files", "file", "dossier", "ok"]
    (found,) = json.loads(office("feeds", "list", "--format", "json")[1])["feeds"]
    assert (found["accepted"], found["rejected"], found["message"], found["way"]) == (2, 0, None, "asked")
    assert "secret" not in found
    assert main(["feeds", "list", "--format", "csv", "--config", str(office.folder / "config.yaml")]) == 0
    assert office.capsys.readouterr().out.splitlines()[1].startswith("files,file,dossier,ok,")


def test_an_audit_passes_until_somebody_changes_a_number(office: Office) -> None:
    office("ingest", "files", office.file("a.csv", GOOD))
    code, out, err = office("audit")
    assert (code, out) == (0, "") and err.startswith("data version 2: ") and err.endswith("all as the records give\n")
    with duckdb.connect(str(office.folder / "var" / "ioc.duckdb")) as connection:
        (column,) = next(
            iter(
                connection.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE comment = 'fee where ((fee) IS NOT NULL) on received_at'"
                ).fetchall()
            )
        )
        connection.execute(f"UPDATE cell_dossier__unit SET {column} = 5 WHERE unit = 'b'")
    code, out, err = office("audit")
    assert (code, err.endswith("1 differ\n")) == (1, True)
    assert out == (
        "dossier: cell_dossier__unit, day 2026-11-02, unit b: fee where ((fee) IS NOT NULL) on received_at: kept 5, from the records 0\n"
    )
    assert json.loads(office("audit", "--format", "json")[1])["named"][0]["at"] == {"day": "2026-11-02", "unit": "b"}
    code, out, err = office("audit", "--mend")
    assert code == 0 and "kept 5, from the records 0" in out
    assert "counting anew from the records: cell_dossier__unit\n" in err and err.endswith("all as the records give\n")
    assert office("audit")[0] == 0


def test_small_answers_are_not_held_back() -> None:
    """The kernel holds a small answer back for 40 ms, unless asyncio tells it not to; it tells it of sockets whose protocol is named."""
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
