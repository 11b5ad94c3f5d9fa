"""`ioc doctor` looks at everything, says what to mend in either language, and ends with 1 when something is."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ioc.__main__ import main
from ioc.doctor import data_folder, machine
from ioc.doctor.finding import Level
from tests.backup.deployments import deployment, fill
from tests.commands.test_backup import post, serving

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def found(capsys: pytest.CaptureFixture[str], config: Path, lang: str = "en") -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and what was looked at."""
    code = main(["doctor", "--config", str(config), "--lang", lang, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_of_a_deployment_beside_its_server_and_without_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(deployment(tmp_path, more="backup: {folder: kept}\n"), 0, 30)
    config = tmp_path / "var.yaml"
    code, alone = found(capsys, config)
    with serving(config) as address:
        post(address, 0, 10)
        beside = found(capsys, config)[1]
    for told in (alone, beside):
        assert len([each for each in told if "data version" in each["what"]]) == 1
    assert [each["hint"] for each in alone if "No backup" in each["what"]] == ["Make the first one: ioc backup --verify."]
    assert any("“portal” is well" in each["what"] for each in beside)
    assert code == int(any(each["level"] == "mend" for each in alone))
    assert any("bản sao lưu" in each["what"] for each in found(capsys, config, "vi")[1])


def test_what_is_broken_is_named_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = deployment(tmp_path)
    fill(config, 0, 30)
    with sqlite3.connect(config.data / "notes.sqlite") as ledger:
        ledger.execute(
            "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 4000) SELECT i, hex(i) FROM n"
        )
    ledger.close()
    damaged = bytearray((config.data / "notes.sqlite").read_bytes())
    damaged[8192:12288] = os.urandom(4096)
    (config.data / "notes.sqlite").write_bytes(damaged)
    (config.data / "ioc.duckdb").write_bytes(b"nothing" * 5000)
    code, told = found(capsys, tmp_path / "var.yaml")
    broken = " ".join(each["what"] for each in told if each["level"] == "mend")
    assert code == 1
    assert "notes.sqlite is damaged" in broken
    assert "The store cannot be opened" in broken
    assert main(["doctor", "--config", str(tmp_path / "var.yaml")]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("! ")


def test_the_clock(tmp_path: Path) -> None:
    assert [each.what for each in machine.clock(NOW, NOW + timedelta(days=1))] == ["clock_behind"]
    assert {each.what for each in machine.clock(NOW, NOW - timedelta(days=1))} <= {"clock", "clock_alone"}


@pytest.mark.parametrize(("days", "what"), [(90, "certificate"), (10, "certificate_ends"), (-1, "certificate_over")])
def test_certificates(tmp_path: Path, days: int, what: str) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(NOW - timedelta(days=100)).not_valid_after(NOW + timedelta(days=days))
    path = tmp_path / "certificate.pem"
    from cryptography.hazmat.primitives.serialization import Encoding

    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    assert [each.what for each in machine.certificate(path, NOW)] == [what]
    assert [each.what for each in machine.certificate(tmp_path / "none.pem", NOW)] == ["certificate_unread"]


def test_disks_rights_and_backups(tmp_path: Path) -> None:
    assert [each.what for each in machine.disk("data", tmp_path / "not" / "yet", 0)] in (["disk"], ["disk_full"])
    assert [each.what for each in machine.disk("data", tmp_path, 1 << 60)] in (["disk_small"], ["disk_full"])
    (tmp_path / "key.pem").touch(0o644)
    assert [each.what for each in machine.private(tmp_path / "key.pem")] == ["open_to_others"]
    (tmp_path / "key.pem").chmod(0o600)
    assert not list(machine.private(tmp_path / "key.pem"))
    assert [each.level for each in data_folder.backups(NOW, True, True, NOW)] == [Level.MEND]
    assert [each.what for each in data_folder.backups(None, False, True, NOW)] == ["backup_never"]
    day = timedelta(days=1)
    assert [each.what for each in data_folder.verified(NOW - day, NOW - 2 * day, NOW)] == ["backup_unverified"]
    assert not list(data_folder.verified(NOW, NOW - day, NOW)), "it is being verified"
    assert not list(data_folder.verified(NOW - day, NOW - day, NOW))
    failing = {"a": {"paused": False, "failures": 3, "message": "No answer.", "last_arrival": None}}
    assert [each.what for each in data_folder.feeds(failing)] == ["feed_fails"]


def test_every_finding_can_be_told() -> None:
    from ioc.text.words import words

    for language in ("vi", "en"):
        spoken = words(language)
        keys = {key for key in spoken.texts if key.startswith("doctor.")}
        assert {f"{key.removesuffix('_hint')}" for key in keys if key.endswith("_hint")} <= keys
