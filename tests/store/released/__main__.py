"""Writes the store of today's schema as SQL to the file that is named."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.store.released import dump, make

with tempfile.TemporaryDirectory() as folder:
    make(Path(folder))
    Path(sys.argv[1]).write_text(dump(Path(folder)), encoding="utf-8")
