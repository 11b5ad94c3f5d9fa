"""Where the public data sets are that tests run on; they lie beside the project, not in it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_data(name: str) -> Path:
    """The path of a set, such as `messy/mof_Plan_2003.xls`; the test is skipped, naming the set, when it is not there."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"needs the data set {name} in ../shared/data")
    return path
