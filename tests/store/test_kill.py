"""A process that is killed while it commits leaves either the old state or the new one, and numbers that are those of the records."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ioc.indicators.values import Question
from tests.office import answer, count_anew, open_store, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "4"))
WRITER = """
import sys
from pathlib import Path
from tests.office import open_store, put
store = open_store(Path(sys.argv[1]))
start = int(sys.argv[2])
put(store, "dossier", [])  # the first delivery loads libraries
print("open", flush=True)
for batch in range(start, start + 1000):
    rows = [
        {"id": f"d{(batch * 7 + n) % 90}", "unit": "ab"[n % 2], "received_at": f"2026-{1 + n % 11:02d}-05", "online": n % 3 == 0,
         "updated_at": f"2026-01-01 00:00:{0:02d}.{batch * 50 + n:06d}"}
        for n in range(50)
    ]
    put(store, "dossier", rows)
    print(batch, flush=True)
"""


@pytest.mark.timeout(240 + 20 * KILLS)
def test_killed_at_any_moment_the_store_is_whole(tmp_path: Path) -> None:
    chance = random.Random(11)
    done = 0
    for number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(done)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert process.stdout and process.stdout.readline() == "open\n"
        time.sleep(chance.random() * (0.5 + number / 5))  # the later the longer, so that a busy machine gets anywhere
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in process.stdout.read().split()]
        process.stdout.close()
        process.wait()
        store = open_store(tmp_path)
        ((stored,),) = rows_of(store, "SELECT count(*) FROM rec_dossier")
        assert stored % 50 == 0, "a batch is whole or not there"
        assert stored >= 50 * (done + len(told)), "what was acknowledged is there"
        ((accepted,),) = rows_of(store, "SELECT coalesce(sum(accepted), 0) FROM run")
        assert accepted == stored
        ((commits,),) = rows_of(store, "SELECT coalesce(sum(added), 0) FROM commit_log")
        assert commits == stored
        questions = [Question("online_rate", by=("unit",), period="month"), Question("overdue"), Question("fees")]
        kept = [answer(store, question) for question in questions]
        count_anew(store)
        assert [answer(store, question) for question in questions] == kept
        store.close()
        done = stored // 50
    assert done > 0
