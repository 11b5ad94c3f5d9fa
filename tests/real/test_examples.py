"""The examples on real, public data: every reference value comes out, through ``ioc ingest`` and ``ioc query``."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from ioc.__main__ import main
from tests.real_data import real_data

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


class Example:
    """One example's deployment, copied so that its store is the test's own."""

    def __init__(self, name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = shutil.copytree(EXAMPLES / name, folder / name) / "config.yaml"
        self.capsys = capsys

    def ingest(self, feed: str, *files: str) -> tuple[int, int, int, int]:
        """Rows accepted, duplicate, rejected and skipped."""
        main(["ingest", "--config", str(self.config), feed, *(str(real_data(name)) for name in files)])
        counts = json.loads(self.capsys.readouterr().out.splitlines()[-1])
        return counts["accepted"], counts["duplicates"], counts["rejected"], counts["skipped"]

    def query(self, indicator: str, *words: str) -> list[dict[str, str]]:
        days = () if "--from" in words else ("--from", "2000-01-01")  # none of it is of this year
        assert main(["query", "--config", str(self.config), indicator, *words, *days, "--format", "csv"]) == 0
        return list(csv.DictReader(io.StringIO(self.capsys.readouterr().out)))

    def share(self, indicator: str, *words: str) -> tuple[float, float]:
        """Numerator and denominator of the one value."""
        (row,) = self.query(indicator, *words)
        return float(row["numerator"] or 0), float(row["denominator"] or 0)

    def value(self, indicator: str, *words: str) -> float:
        (row,) = self.query(indicator, *words)
        return float(row["value"])

    def by(self, indicator: str, dimension: str, *words: str) -> dict[str, tuple[float, float]]:
        rows = self.query(indicator, "--by", dimension, *words)
        return {row[dimension]: (float(row["numerator"]), float(row["denominator"] or 0)) for row in rows}


@pytest.mark.real
def test_municipal_permits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Example("municipal_permits", tmp_path, capsys)
    assert log.ingest("events", "municipal_permits/events.csv") == (1434, 8577 - 1434, 0, 0)
    assert [log.value(name) for name in ("cases", "completed", "open")] == [1434, 1329, 105]
    assert log.share("received_online") == (1250, 1434)
    channels = {code: int(below) for code, (_, below) in log.by("received_online", "channel").items()}
    assert channels == {"internet": 1250, "desk": 109, "post": 53, "email": 21, "intern": 1}
    assert log.share("on_time_exact") == (952, 1329)
    assert log.share("on_time_days") == (1020, 1329)
    assert log.share("on_time_days_utc") == (971, 1329)
    assert log.share("on_time_766", "--to", "2011-12-31") == (1022, 1423)
    quarter = ("--from", "2011-04-01", "--to", "2011-06-30")
    assert log.share("received_online", *quarter) == (260, 292)
    assert log.share("on_time_766", *quarter) == (258, 292)
    assert log.value("median_days") == pytest.approx(50.636994, abs=1e-6)
    assert log.value("mean_days") == pytest.approx(58.980811, abs=1e-6)
    months = [int(row["denominator"]) for row in log.query("received_online", "--period", "month")]
    assert months == [85, 112, 132, 80, 108, 130, 100, 86, 106, 119, 31, 94, 107, 86, 47, 11]
    on_time = log.by("on_time_exact", "channel")
    assert on_time == {"internet": (835, 1148), "desk": (68, 107), "post": (35, 52), "email": (13, 21), "intern": (1, 1)}
    assert [log.value(name) for name in ("ends_before_start", "without_team")] == [2, 825]


@pytest.mark.real
def test_municipal_permits_by_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Example("municipal_permits", tmp_path, capsys)
    assert log.ingest("cases", "municipal_permits/cases.csv") == (1434, 0, 0, 0)
    assert log.share("on_time_days") == (1020, 1329)


@pytest.mark.real
def test_canada_services(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canada = Example("canada_services", tmp_path, capsys)
    assert canada.ingest("services", "canada_services/services_2024.csv") == (1752, 0, 0, 0)
    assert canada.ingest("standards", "canada_services/standards_2024.csv") == (2343, 0, 0, 0)
    year = ("--from", "2023-04-01", "--to", "2024-03-31")
    assert canada.share("online_end_to_end", *year) == (419, 1718)
    assert canada.share("steps_online", *year) == (2561, 6086)
    assert canada.share("applications_online", *year) == (267255500, 408334835)
    assert canada.share("applications_online_known", *year) == (267255500, 305235511)
    assert canada.share("standards_met", *year) == (1313, 1783)
    above, below = canada.share("timeliness", *year)
    assert below == 254210210 and 100 * above / below == pytest.approx(88.8709, abs=1e-4)
    assert canada.value("meets_more_than_it_has") == 9


@pytest.mark.real
def test_qd766(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portal = Example("qd766", tmp_path, capsys)
    # Each formula is a rule of the record type: a row that breaks one would be rejected.
    assert portal.ingest("scores", "qd766/scores_provinces_20261010.csv") == (34, 0, 0, 0)
    assert portal.ingest("progress", "qd766/phutho_progress_month.csv") == (56, 0, 0, 0)
    files = ("qd766/phutho_digitized_quarter3_2026.csv", "qd766/phutho_satisfaction_quarter3_2026.csv")
    assert portal.ingest("metrics", *files) == (46, 0, 0, 0)
    assert portal.value("mean_score") == pytest.approx(62.5803, abs=1e-4)
    assert portal.value("median_score") == pytest.approx(63.04)
    assert portal.by("on_time", "level")["COMMUNE"] == (42270, 49460)


@pytest.mark.real
def test_messy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = Example("messy", tmp_path, capsys)
    assert tables.ingest("final_2008", "messy/mof_Final_2008.xls")[0] == 63
    assert tables.ingest("plan_2009", "messy/mof_Plan_2009.xls")[0] == 63
    assert tables.ingest("plan_2003", "messy/mof_Plan_2003.xls")[0] == 61
    assert tables.ingest("communes", "messy/gso_administrative_units_cp1252.csv") == (70, 0, 0, 0)
    revenue = {plan: above for plan, (above, _) in tables.by("revenue", "plan").items()}
    assert (revenue["2008"], revenue["2009"]) == (419278224, 417900000)
    names = {row["province"] for row in tables.query("revenue", "--by", "province", "--where", "plan=2003")}
    assert "HÀ NỘI" in names, "TCVN3 is read as Unicode"
    communes = {level: above for level, (above, _) in tables.by("communes", "level").items()}
    assert communes == {"country": 8978, "region": 8978, "province": 8978}
