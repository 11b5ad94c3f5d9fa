"""What lies in deploy/: it fits the product that it deploys."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.serving import served
from tests.backup.deployments import CONFIG, deployment
from tests.house.tree import ROOT, read
from tests.test_request_telemetry import get

METRIC = re.compile(r"\bioc_[a-z_]+")
# Counted only where there is something to count.
NOT_HERE = {"ioc_backup_age_seconds"}


def test_the_dashboard_is_the_one_that_is_written() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "dashboard.py"))["dashboard"]()
    assert json.loads(read("deploy/grafana-dashboard.json")) == made
    assert len({panel["title"] for panel in made["panels"]}) == len(made["panels"])


def test_only_what_is_counted_is_shown_and_told(tmp_path: Path) -> None:
    with served(tmp_path, CONFIG.format(data="var")) as (_, port):
        text = get(f"http://127.0.0.1:{port}/metrics")[2]
        text = get(f"http://127.0.0.1:{port}/metrics")[2] + text
    counted = set(re.findall(r"^# TYPE (ioc_\w+)", text, flags=re.MULTILINE)) | NOT_HERE
    parts = {f"{name}_{part}" for name in counted for part in ("bucket", "count")}
    for path in ("deploy/grafana-dashboard.json", "deploy/prometheus-rules.yaml", "docs/reference/operations.md"):
        named = set(METRIC.findall(read(path))) - {"ioc_login", "ioc_run"}
        absent = {name for name in named - counted - parts if not name.startswith("ioc_feed_")}  # those come with the feed's first run
        assert not absent, path
    told = set(METRIC.findall(read("docs/reference/operations.md")))
    assert {name for name in counted if not name.endswith("_created")} <= told


def test_the_units_are_well_formed() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    for unit in ("ioc.service", "ioc-doctor.service", "ioc-doctor.timer"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", ROOT / "deploy" / unit], capture_output=True, text=True, check=False
        )
        faults = [line for line in done.stderr.splitlines() if "deploy/" in line or "ioc" in line]
        assert not [line for line in faults if "is not executable" not in line], unit


def test_systemd_hears_that_it_has_started_lives_and_ends(tmp_path: Path) -> None:
    deployment(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0ioc-test-" + tmp_path.name)
        ear.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "ioc", "run", "--config", str(tmp_path / "var.yaml"), "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "NOTIFY_SOCKET": f"@ioc-test-{tmp_path.name}", "WATCHDOG_USEC": "400000"},
        )
        heard = [ear.recv(100) for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        while heard[-1] != b"STOPPING=1":
            heard.append(ear.recv(100))
        assert process.wait(30) == 0
    assert heard[0] == b"READY=1"
    assert set(heard[1:-1]) == {b"WATCHDOG=1"}


def test_the_bill_of_materials_names_every_library_of_the_lock(tmp_path: Path) -> None:
    bundle = runpy.run_path(str(ROOT / "scripts" / "bundle.py"))
    bundle["bill_of_materials"](ROOT / "requirements.lock", tmp_path / "sbom.json")
    said = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    locked = set(re.findall(r"^([a-z0-9._-]+)==(\S+)", read("requirements.lock"), flags=re.MULTILINE))
    assert said["bomFormat"] == "CycloneDX"
    assert {(each["name"], each["version"]) for each in said["components"]} == locked
    assert said["metadata"]["component"]["name"] == "ioc"
    carried = bundle["carried_of"](
        read("requirements.lock"), ["python_pptx-1.0.2-py3-none-any.whl", "numpy-0.1-cp311.whl", "ioc-0.1-any.whl"]
    )
    assert re.findall(r"^\S+==\S+", carried, flags=re.MULTILINE) == ["python-pptx==1.0.2"] and "--hash=sha256:" in carried
    bundle["checksums"](tmp_path)
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0
    (tmp_path / "sbom.json").write_text("{}", encoding="utf-8")
    assert subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False, capture_output=True).returncode == 1
