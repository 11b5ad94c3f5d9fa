"""`make lint` is clean: style, types, arrows."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.house.tree import ROOT


@pytest.mark.slow
def test_lint_is_clean() -> None:
    bare = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        ["make", "--no-print-directory", "--keep-going", "lint"], cwd=ROOT, env=bare, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
