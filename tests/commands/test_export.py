"""``ioc export`` and ``ioc verify``, while the server is stopped and while it runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ioc.__main__ import main
from ioc.access.roles import Role
from ioc.access.settings import AccessSettings
from ioc.access.viewer import READING
from ioc.commands.deployment import load_config
from ioc.commands.export import _role
from ioc.exports.server_address import forget, note, running
from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.commands.test_commands import CONFIG, GOOD, Office
from tests.office import CATALOGUE


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_a_file_is_written_while_nothing_runs_and_known_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert office("ingest", "files", office.file("a.csv", GOOD))[0] == 0
    monkeypatch.chdir(office.folder)
    code, out, err = office("export", "online_rate", "--format", "csv", "--lang", "en", "--out", "here.csv")
    assert (code, out) == (0, "here.csv\n") and "sha256" in err
    rows = [*csv.reader((office.folder / "here.csv").read_text("utf-8-sig").splitlines())]
    assert rows[0] == ["Fully online"] and rows[2][1] == "50"
    code, out, _ = office("verify", "here.csv")
    assert code == 0 and out.startswith("genuine: ") and "“Fully online”" in out
    (office.folder / "here.csv").write_text((office.folder / "here.csv").read_text("utf-8").replace("50", "90"), "utf-8")
    code, out, _ = office("verify", "here.csv")
    assert code == 1 and out.startswith("changed: ")
    code, out, _ = office("verify", office.file("other", "?"))
    assert code == 1 and out.startswith("unknown: ")
    assert office("verify", "nothing")[0] == 1
    assert sorted(each.name for each in office.folder.iterdir() if each.name.startswith(".")) == []


def test_a_signed_report_is_known_by_its_signature_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert office("ingest", "files", office.file("a.csv", GOOD))[0] == 0
    monkeypatch.chdir(office.folder)
    with (office.folder / "config.yaml").open("a") as config:
        config.write(
            "reports: {weekly: {label: {vi: Tuần, en: Week}, body: {vi: VP, en: Office}, place: {vi: HN, en: HN}, sections: [{show: online_rate}]}}"
        )
    code, out, _ = office("export", "report", "--format", "pptx", "--sign", "--out", "week.pptx")
    assert (code, out) == (0, "week.pptx\n") and Path("week.pptx.p7s").is_file()
    code, out, _ = office("verify", "week.pptx")
    assert code == 0 and "CHỨNG THƯ THỬ NGHIỆM" in out and "without legal force" in out and "genuine: " in out
    Path("week.pptx").write_bytes(Path("week.pptx").read_bytes() + b"x")
    code, out, _ = office("verify", "week.pptx")
    assert code == 1 and "was changed after it was signed" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("onlin_rate",), "“online_rate”"),
        (("/admin",), "cannot be exported"),
        (("online_rate", "--as-of", "2020-01-01"), "before the first record"),
        (("online_rate", "--out", "config.yaml/x.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    office: Office, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.folder)
    assert office("ingest", "files", office.file("a.csv", GOOD))[0] == 0
    code, out, err = office("export", *words, "--format", "csv")
    assert code != 0 and out == "" and said in err and "Traceback" not in err


def test_the_server_is_asked_while_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}")) as (application, port):
        Server(application, port).put(*({**ROW, "id": str(key), "online": key % 2 == 0} for key in range(10)))
        data = application.config.data
        note(data, f"http://127.0.0.1:{port}")
        monkeypatch.chdir(tmp_path)
        code = main(["export", "--config", "config.yaml", "online_rate", "--format", "xlsx"])
        out, err = capsys.readouterr()
        assert code == 0, err
        assert out.startswith("toan-trinh_") and Path(out.strip()).read_bytes()[:2] == b"PK"
        assert main(["export", "--config", "config.yaml", "onlin_rate", "--format", "csv"]) == 2
        assert "“online_rate”" in capsys.readouterr().err
        assert main(["verify", "--config", "config.yaml", out.strip()]) == 0
        forget(data)
        assert running(data) is None


def test_beside_a_server_the_command_is_shown_what_it_is_shown_without_one(office: Office) -> None:
    def role(what: str, *, sign: bool = False) -> Role:
        config = load_config(office.folder / "config.yaml")
        return (config.settings.access or AccessSettings()).all_roles()[_role(config, what, sign=sign)]

    assert role("/screens/hall").may >= READING and role("/screens/hall").scope == "all"
    assert "audit" in role("/admin/audit#list-trail").may and "sign" in role("online_rate", sign=True).may
    with (office.folder / "config.yaml").open("a") as config:
        config.write("access: {roles: {leader: {label: {vi: L, en: L}, scope: all, may: [figures, exports]}}}\n")
    assert "records" in role("/screens/hall").may, "whatever leaders are shown"
