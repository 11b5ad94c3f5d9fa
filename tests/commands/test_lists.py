"""What commands list, and in which language they speak."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.test_commands import GOOD, Office


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_one_language_for_all_that_a_command_says(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office("ingest", "files", office.file("a.csv", GOOD))
    for language, told, fault in (("vi", "Dữ liệu phiên bản", "Không có chỉ tiêu"), ("en", "Data version", "There is no indicator")):
        office.speaks(language)
        assert told in office("query", "online_rate")[2] and fault in office("query", "x")[2]
        monkeypatch.setenv("IOC_LANG", "en" if language == "vi" else "vi")
        assert told not in office("query", "online_rate")[2] and fault not in office("query", "x")[2], "the environment asks for another"
        assert told in office("query", "online_rate", "--lang", language)[2]
        monkeypatch.delenv("IOC_LANG")


def test_secrets_and_accounts_are_listed_in_local_time(office: Office) -> None:
    office("devices", "issue", "hall")
    office("token", "create", "desk", "--kind", "feed")
    assert office("user", "add", "lan", "--role", "leader")[0] == 0
    at = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(rf"wall\thall\tall\t-\tmade {at}\tin force\n", office("devices", "list")[1])
    assert office("token", "list")[1].count("in force") == 2
    assert re.search(rf"\t{at}\t.*token.create", office("audit", "list")[1])
    _, _, fault = office("token", "revoke", "des")
    assert "There is no token “des” in force." in fault and "Did you mean “desk”?" in fault
    assert office("devices", "revoke", "hall")[0] == 0 and "revoked 20" in office("devices", "list")[1]
    assert "No report is configured." in office("export", "report")[2]
