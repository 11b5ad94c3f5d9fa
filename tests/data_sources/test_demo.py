"""The demonstration ministry: the same for the same seed, all record types, a believable story, nothing personal, a stream."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data_sources.demo.feed import DemoFeed, DemoOptions, connect
from data_sources.demo.life import MICROSECONDS_A_DAY
from data_sources.demo.ministry import BATCH_ROWS, MOST_ROWS, DemoMinistry
from data_sources.demo.rhythm import Rhythm
from data_sources.demo.story import STORY, day_number, load_story
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.model import Catalogue
from ioc.clock import FrozenClock
from ioc.errors import ConfigError, UnknownName

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # nine in the morning in Hà Nội
SCALE = 0.02
PERSONAL = re.compile(r"name|phone|email|address|birth|gender|applicant(?!_kind)")


@pytest.fixture(scope="module")
def moha() -> Catalogue:
    return load(BUILT_IN / "moha", "moha")


@pytest.fixture(scope="module")
def ministry(moha) -> DemoMinistry:
    return DemoMinistry(moha, 7, MONDAY, scale=SCALE)


@pytest.fixture(scope="module")
def history(ministry) -> dict[str, pa.Table]:
    return {record: pa.concat_tables(list(ministry.history(record))) for record in ministry.records}


def newest(table: pa.Table, key: str) -> dict[str, dict[str, object]]:
    """The newest version of each record."""
    result: dict[str, dict[str, object]] = {}
    for row in table.to_pylist():
        if row[key] not in result or row["updated_at"] > result[row[key]]["updated_at"]:
            result[row[key]] = row
    return result


def good(table: pa.Table) -> pa.Table:
    """The records that are neither secret nor spoilt in their unit."""
    kept = pc.equal(table["secrecy"], "thuong")
    return table.filter(pc.and_(kept, pc.not_equal(table["unit"], "khong_ro")) if "unit" in table.column_names else kept)


def share(table: pa.Table, flags: pa.ChunkedArray) -> float:
    return float(np.mean(flags.to_numpy(zero_copy_only=False))) * 100 if len(table) else float("nan")


def between(table: pa.Table, field: str, start: date, end: date) -> pa.Table:
    low, high = (pa.scalar(datetime(day.year, day.month, day.day, tzinfo=UTC), pa.timestamp("us", tz="UTC")) for day in (start, end))
    return table.filter(pc.and_(pc.greater_equal(table[field], low), pc.less(table[field], high)))


def test_every_record_type_of_the_catalogue_is_delivered(moha, history) -> None:
    assert set(history) == set(moha.records)
    assert all(len(table) for table in history.values())


def test_columns_are_the_fields_typed_and_secrecy(moha, history) -> None:
    for record, table in history.items():
        assert table.column_names == [*moha.records[record].fields, "secrecy"]
        assert not [name for name in table.column_names if PERSONAL.search(name)]
        for name, field in moha.records[record].fields.items():
            if field.type == "timestamp":
                assert table.schema.field(name).type == pa.timestamp("us", tz="UTC")
            if field.required:
                assert table[name].null_count == 0, f"{record}.{name}"


def test_every_optional_field_is_filled_somewhere(moha, history) -> None:
    empty = [
        f"{record}.{name}"
        for record, table in history.items()
        for name in moha.records[record].fields
        if table[name].null_count == len(table)
    ]
    # Nothing of that kind has ended yet: of cards one in eighty does.
    assert empty == ["staff.card_ended_on", "data_service.ended_on", "security_system.ended_on"]


def test_what_is_not_known_yet_is_empty(history) -> None:
    open_ones = history["dossier"].filter(pc.is_null(history["dossier"]["completed_at"]))
    assert len(open_ones)
    for name in ("result_electronic", "signed", "satisfaction"):
        assert open_ones[name].null_count == len(open_ones), name
    free = history["dossier"].filter(pc.invert(history["dossier"]["fee_due"]))
    assert free["paid_online"].null_count == len(free)


def test_codes_are_in_their_lists_but_for_a_few_spoilt_ones(moha, history) -> None:
    for record, table in history.items():
        for name, field in moha.records[record].fields.items():
            if field.codes:
                strange = set(table[name].unique().to_pylist()) - set(moha.code_list(field.codes)) - {None}
                assert strange <= ({"khong_ro"} if name == "unit" else set()), f"{record}.{name}"


def test_the_same_seed_tells_the_same(moha, ministry, history) -> None:
    again = DemoMinistry(moha, 7, MONDAY, scale=SCALE)
    other = DemoMinistry(moha, 8, MONDAY, scale=SCALE)
    for record in ("dossier", "staff", "report"):
        assert pa.concat_tables(list(again.history(record))).equals(history[record])
        assert not pa.concat_tables(list(other.history(record))).equals(history[record])
    until = MONDAY + timedelta(minutes=30)
    assert again.changes("dossier", MONDAY, until).equals(ministry.changes("dossier", MONDAY, until))


def test_history_ends_now_and_goes_back_three_years(history) -> None:
    dossiers = good(history["dossier"])
    moments = dossiers["received_at"].to_pylist()
    on_record = [moment for moment in moments if moment <= MONDAY]
    assert len(moments) - len(on_record) <= 0.001 * len(moments)  # spoilt ones lie in the future
    assert min(on_record).date() < date(2023, 11, 5)
    assert max(on_record).date() in (date(2026, 11, 22), date(2026, 11, 23))
    assert pc.max(dossiers["updated_at"]).as_py() <= MONDAY


def test_sizes_are_those_of_the_story(history) -> None:
    assert 600_000 < len(history["dossier"]) / SCALE < 820_000
    assert 430_000 < len(history["document"]) / SCALE < 600_000
    assert 1_800_000 < sum(len(history[record]) for record in load_story().volumes) / SCALE < 2_300_000


def test_batches_are_bounded(moha) -> None:
    ministry = DemoMinistry(moha, 7, MONDAY, scale=0.5)
    lengths = [len(table) for table in ministry.history("dossier")]
    assert len(lengths) > 1
    assert max(lengths) <= MOST_ROWS
    assert min(lengths[:-1]) > BATCH_ROWS - 50_000


def test_targets_are_met_missed_and_nearly_met(history) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    dossiers = between(good(history["dossier"]), "received_at", *year)
    assert 77 < share(dossiers, dossiers["fully_online"]) < 87
    early = between(good(history["dossier"]), "received_at", date(2023, 11, 1), date(2024, 2, 1))
    assert 38 < share(early, early["fully_online"]) < 53
    documents = between(good(history["document"]), "exchanged_at", *year)
    signed = pc.and_(pc.equal(documents["signature"], "specialised"), documents["signature_valid"])
    assert 98.8 < share(documents, signed) < 100
    assert share(documents, pc.equal(documents["form"], "electronic")) == 100
    answers = between(good(history["survey_answer"]), "answered_at", *year)
    assert 86 < share(answers, pc.greater_equal(answers["score"], 4)) < 94
    inspections = between(good(history["inspection"]), "performed_at", *year)
    assert 35 < share(inspections, inspections["digital"]) < 75  # few records at this scale


def test_one_unit_is_late_and_the_others_are_not(history) -> None:
    finished = between(good(history["dossier"]), "completed_at", date(2025, 7, 1), date(2026, 7, 1))
    on_time = pc.less_equal(finished["completed_at"], finished["due_at"])
    for unit in ("cuc_ncc", "cuc_vl", "ccvc"):
        own = pc.equal(finished["unit"], unit)
        percent = share(finished, on_time.filter(own))
        assert (percent < 70) if unit == "cuc_ncc" else (percent > 85), unit


def test_work_follows_the_calendar(history) -> None:
    documents = good(history["document"])
    days = pc.value_counts(pc.cast(pc.add(documents["exchanged_at"], pa.scalar(timedelta(hours=7))), pa.date32())).to_pylist()
    by_day = {entry["values"]: entry["counts"] for entry in days}
    usual = np.median([count for day, count in by_day.items() if day.weekday() < 5])
    tet = [by_day.get(date(2026, 2, day), 0) for day in range(14, 23)]
    assert max(tet) < 0.25 * usual
    assert by_day.get(date(2026, 2, 13), 0) < 0.85 * usual  # the quiet before it
    assert by_day.get(date(2026, 8, 22), 0) > 0.3 * usual  # a Saturday that was worked
    dossiers = good(history["dossier"])
    hours = pc.hour(pc.add(dossiers["received_at"], pa.scalar(timedelta(hours=7)))).to_numpy()
    assert np.mean((hours >= 7) & (hours < 18)) > 0.75
    assert 0 < np.mean((hours < 5) | (hours >= 23)) < 0.05


def test_deliveries_are_dirty_as_the_story_says(moha, history) -> None:
    table = history["document"]
    assert 0.2 < 100 * pc.sum(pc.not_equal(table["secrecy"], "thuong")).as_py() / len(table) < 1.2
    keys = table["document_id"].to_pylist()
    assert 0.2 < 100 * (len(keys) - len(set(keys))) / len(keys) < 2
    full = history["dossier"]
    spoilt = {
        "unit": pc.equal(full["unit"], "khong_ro"),
        "due": pc.less(full["due_at"], full["received_at"]),
        "future": pc.greater(full["received_at"], pa.scalar(MONDAY, full.schema.field("received_at").type)),
    }
    counts = {way: pc.sum(flags).as_py() or 0 for way, flags in spoilt.items()}
    assert all(counts.values())
    assert sum(counts.values()) < 0.002 * len(full)


def test_history_and_stream_tell_the_same(moha, ministry, history) -> None:
    """What stands after the stream is what a history taken later would say."""
    middle, end = MONDAY + timedelta(hours=5), MONDAY + timedelta(days=7)
    later = DemoMinistry(moha, 7, end, scale=SCALE)
    for record in ("dossier", "document", "petition", "staff", "procedure", "milestone", "feed_day"):
        key = moha.records[record].key
        streamed = [history[record], ministry.changes(record, MONDAY, middle), ministry.changes(record, middle, end)]
        assert newest(pa.concat_tables(streamed), key) == newest(pa.concat_tables(list(later.history(record))), key)


def test_what_was_reported_of_milestones_stays_in_the_history(history, moha) -> None:
    reports = [(row["state"], row["percent"]) for row in history["milestone"].to_pylist() if row["milestone"] == "data_warehouse"]
    assert reports == [("in_progress", 35), ("in_trial", 70), ("in_operation", 95), ("done", 100)]
    assert newest(history["milestone"], "milestone").keys() == moha.milestones.keys()


def test_the_stream_brings_new_records_and_changes_open_ones(moha, ministry, history) -> None:
    seen = set(history["dossier"]["dossier_id"].to_pylist())
    day = ministry.changes("dossier", MONDAY, MONDAY + timedelta(hours=8))
    keys = day["dossier_id"].to_pylist()
    assert any(key in seen for key in keys)
    assert any(key not in seen for key in keys)
    completed = [row for row in day.to_pylist() if row["dossier_id"] in seen and row["completed_at"]]
    assert completed
    assert all(MONDAY < row["updated_at"] <= MONDAY + timedelta(hours=8) for row in day.to_pylist())


def test_the_stream_is_a_trickle_at_night(moha) -> None:
    ministry = DemoMinistry(moha, 7, MONDAY, scale=0.2)
    by_day = sum(len(table) for _, table in ministry.live(MONDAY, MONDAY + timedelta(hours=1)))
    by_night = sum(len(table) for _, table in ministry.live(MONDAY + timedelta(hours=17), MONDAY + timedelta(hours=18)))
    assert by_night < by_day / 8


def test_nothing_changes_in_no_time(moha, ministry) -> None:
    empty = ministry.changes("dossier", MONDAY, MONDAY)
    assert len(empty) == 0
    assert empty.column_names == [*moha.records["dossier"].fields, "secrecy"]


def test_an_unknown_record_type_is_named(ministry) -> None:
    with pytest.raises(UnknownName, match="dosier"):
        ministry.changes("dosier", MONDAY, MONDAY)


def test_a_feed_delivers_the_history_once_and_then_the_changes(moha, ministry, history) -> None:
    clock = FrozenClock(MONDAY + timedelta(minutes=10))
    feed = DemoFeed(ministry, "dossier", clock)
    first, second = [(delivery, list(delivery.batches)) for delivery in feed.deliveries()]
    assert sum(len(batch.table) for batch in first[1]) == len(history["dossier"])
    assert second[1][0].table.equals(ministry.changes("dossier", MONDAY, clock.now()))
    assert list(feed.deliveries()) == []  # no time has passed
    clock.at += timedelta(hours=1)
    (third,) = feed.deliveries()
    assert len({first[0].fingerprint, second[0].fingerprint, third.fingerprint}) == 3


def test_a_feed_goes_on_where_it_ended(ministry) -> None:
    clock = FrozenClock(MONDAY + timedelta(hours=2))
    (only,) = DemoFeed(ministry, "dossier", clock, since=MONDAY + timedelta(hours=1)).deliveries()
    (batch,) = only.batches
    assert batch.table.equals(ministry.changes("dossier", MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)))


def test_connect_makes_a_feed_of_options(tmp_path) -> None:
    feed = connect(DemoOptions(record="milestone", scale=SCALE), tmp_path)
    rows = [row for delivery in feed.deliveries() for batch in delivery.batches for row in batch.table.to_pylist()]
    assert {row["milestone"] for row in rows} >= {"ioc", "data_warehouse"}


def test_a_misspelt_story_names_its_line(tmp_path) -> None:
    story = tmp_path / "story.yaml"
    text = STORY.read_text(encoding="utf-8")
    story.write_text(text.replace("  dossier: {a_year:", "  dossier: {a_yaer:"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"story\.yaml:\d+: Unknown key “a_yaer”"):
        load_story(story)


def test_working_days_are_counted_by_the_calendar(moha) -> None:
    rhythm = Rhythm(moha.civil_time)
    friday = np.array([day_number(date(2026, 2, 13))])
    after_tet = rhythm.after(friday, 1)  # 16 - 20 February are off
    assert after_tet[0] == day_number(date(2026, 2, 23))
    culture_day = np.array([day_number(date(2026, 11, 24))])
    assert not rhythm.works(culture_day)[0]
    night = rhythm.moment(culture_day, MICROSECONDS_A_DAY // 2)
    assert rhythm.day(rhythm.into_office(night))[0] == day_number(date(2026, 11, 25))
