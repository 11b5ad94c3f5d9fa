"""The taking process is killed at random moments: every message that the broker was given is kept, and none is kept twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.data_sources.broker import Broker, Sender, subscribe
from tests.office import open_store, rows_of

KILLS = int(os.environ.get("IOC_KILLS", "2"))
TAKER = """
import sys, time
from datetime import timedelta
from pathlib import Path
from data_sources.mqtt.feed import connect
from data_sources.mqtt.options import MqttOptions
from ioc.catalogue.mapping import Mapping
from ioc.intake.appointment import Appointment
from ioc.intake.conductor import Conductor
from ioc.intake.ingest import Target
from tests.office import open_store, rows_of
store = open_store(Path(sys.argv[1]))
chosen = MqttOptions(host="127.0.0.1", port=int(sys.argv[2]), topics=("counters/{unit}",), client_id="ioc", payload="value")
fields = {"id": "value", "unit": "unit", "received_at": {"value": "2026-03-05 08:00:00"}, "updated_at": "received"}
target = Target("counters", "dossier", Mapping.model_validate({"fields": fields}))
Conductor(store, [Appointment(target, connect(chosen, Path()), None, timedelta(hours=1))]).start()
while True:
    print(rows_of(store, "SELECT count(DISTINCT id) FROM rec_dossier")[0][0], flush=True)
    time.sleep(0.1)
"""


@pytest.mark.timeout(240 + 20 * KILLS)
def test_killed_at_any_moment_each_message_is_kept_once(tmp_path: Path) -> None:
    """The version of a record is the time at which its message came: a repeated one would be a newer version."""
    chance = random.Random(23)
    with Broker(tmp_path) as broker:
        subscribe(broker.port, "ioc", "counters/+")
        sender = Sender(broker.port)
        sent = 0
        for step in range(KILLS + 1):
            command = [sys.executable, "-c", TAKER, str(tmp_path), str(broker.port)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
            assert process.stdout and process.stdout.readline()
            sender.send("counters/a", *[f"m{number}" for number in range(sent, sent + 300)])
            sent += 300
            time.sleep(chance.random() * 0.4)
            while step == KILLS and int(process.stdout.readline()) < sent:
                pass
            process.kill()
            process.wait()
            process.stdout.close()
        sender.close()
        broker.stop()
        store = open_store(tmp_path)
        assert rows_of(store, "SELECT count(DISTINCT id), count(*) FROM rec_dossier") == [(sent, sent)]
        store.close()
