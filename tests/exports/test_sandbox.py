"""The browser draws without a sandbox only where it refuses itself to make one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ioc.doctor.machine import browser as looked_at
from ioc.exports.sandbox import Confinement, confinement

STARTS = '#!/bin/sh\n[ -d "$HOME" ] && [ -z "$SECRET" ] && echo "<html>"\n'
REFUSES = '#!/bin/sh\necho "No usable sandbox!" >&2\nexit 1\n'


def program(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def ordinary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ordinary account that may not make namespaces."""
    program(tmp_path / "unshare", "#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


def test_a_browser_that_starts_with_its_sandbox_is_left_it(ordinary: Path) -> None:
    browser = program(ordinary / "browser", STARTS)
    assert confinement(browser) == Confinement(None, sandbox=True)
    assert [each.what for each in looked_at(browser)] == ["browser"]


def test_one_that_refuses_goes_without_and_is_told_of(ordinary: Path) -> None:
    browser = program(ordinary / "browser", REFUSES)
    assert confinement(browser) == Confinement(None, sandbox=False) == confinement()
    assert [each.what for each in looked_at(browser)] == ["browser", "browser_open"]
