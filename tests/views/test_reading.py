"""An indicator in two sentences: grammar of numbers and signs, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.goals.outlook import Ahead, Outlook
from ioc.goals.status import Status
from ioc.text.words import words
from ioc.views.explanation import Break, Compared, Contribution, ExplanationView, Measured, Rest, Step
from ioc.views.model import Choice, GoalView, Stamp, TileView
from ioc.views.outlooks import Look
from ioc.views.reading import count_of_rest, reading, summary, told
from tests.goals.test_forecast import FLAT, months
from tests.layouts.sample_views import NOW, TILES, TODAY, ZONE

STAMP = Stamp(1, NOW, None, simulated=False)
YEAR, LAST_YEAR = Period(date(2026, 1, 1), TODAY), Period(date(2025, 1, 1), date(2025, 11, 23))
PLAIN = replace(TILES["dossiers_fully_online"], label="Hồ sơ", goal=None, goals=(), change=None)


def goal(comparator: str, target: str, gap: str, horizon: date) -> GoalView:
    return GoalView("goal", comparator, Decimal(target), horizon, "QĐ", Status.AT_RISK, Decimal(gap))


def measured(value: str | None, share: str | None) -> Measured:
    some = None if value is None else Decimal(1)
    return Measured(some, some, None if value is None else Decimal(value), None if share is None else Decimal(share))


def contribution(label: str, mix: str, rate: str, before: Measured, after: Measured, *drivers: Contribution) -> Contribution:
    codes = (Choice(label, label),)
    return Contribution(codes, Decimal(mix) + Decimal(rate), Decimal(mix), Decimal(rate), before, after, drivers)


def explanation(change: str, *groups: Contribution, unit: Unit = Unit.PERCENT, additive: bool = False) -> ExplanationView:
    after = Decimal(80)
    return ExplanationView(
        stamp=STAMP,
        indicator="dossiers",
        label="Hồ sơ",
        unit=unit,
        precision=1,
        direction="up",
        stock=False,
        additive=additive,
        by=(Choice("unit", "Đơn vị"),),
        against="last_year",
        before=Compared(after - Decimal(change), LAST_YEAR, ()),
        after=Compared(after, YEAR, ()),
        change=Decimal(change),
        mix=sum((each.mix for each in groups), Decimal(0)),
        rate=sum((each.rate for each in groups), Decimal(0)),
        groups=groups,
        rows=groups,
        rest=Rest(0, Decimal(0), Decimal(0), Decimal(0)),
        places=2,
        start=after - Decimal(change),
        steps=tuple(Step(each.codes[0].label, each.effect, each.mix, each.rate) for each in groups),
    )


def read(language: str, tile: TileView, why: ExplanationView | None = None, *, simulated: bool = False, **more: object) -> tuple[str, str]:
    return reading(tile, why, words(language), TODAY, ZONE, simulated=simulated, **more)  # type: ignore[arg-type]


def moved(language: str, tile: TileView, why: ExplanationView | None = None) -> str:
    """The second sentence without the outlook."""
    return read(language, tile, why)[1].partition(";")[0].removesuffix(".") + "."


PAST, AHEAD = date(2025, 12, 31), date(2027, 12, 31)


@pytest.mark.parametrize(
    ("value", "set_", "vi", "en"),
    [
        ("83.4", None, "Hồ sơ: 83,4% từ đầu năm 2026 đến nay, chưa được giao mục tiêu.", "Hồ sơ: 83.4% so far in 2026, with no goal set."),
        ("82", goal(">=", "80", "2", PAST), "đạt mục tiêu ít nhất 80% đến 31/12/2025 (cao hơn 2 điểm phần trăm).", "which meets the goal of at least 80% by 31/12/2025 (2 percentage points above it)."),
        ("80", goal(">=", "80", "0", AHEAD), "đạt mục tiêu ít nhất 80% đến 31/12/2027.", "which meets the goal of at least 80% by 31/12/2027."),
        ("79", goal(">=", "80", "-1", AHEAD), "chưa đạt mục tiêu ít nhất 80% đến 31/12/2027 (thấp hơn 1 điểm phần trăm).", "which does not yet meet the goal of at least 80% by 31/12/2027 (1 percentage point below it)."),
        ("79", goal(">=", "80", "-1", PAST), "không đạt mục tiêu ít nhất 80% đến 31/12/2025 (thấp hơn 1 điểm phần trăm).", "with the goal of at least 80% by 31/12/2025 missed (1 percentage point below it)."),
        ("99.996", goal("=", "100", "-0.004", AHEAD), "Hồ sơ: 99,9% từ đầu năm 2026 đến nay, chưa đạt mục tiêu 100% đến 31/12/2027 (thấp hơn 0,004 điểm phần trăm).", "(0.004 percentage points below it)."),
        ("3.5", goal("<=", "3", "-0.5", AHEAD), "chưa đạt mục tiêu không quá 3% đến 31/12/2027 (cao hơn 0,5 điểm phần trăm).", "(0.5 percentage points above it)."),
        ("-9.3", goal("down", "20", "-10.7", AHEAD), "Hồ sơ: −9,3% từ đầu năm 2026 đến nay, chưa đạt mục tiêu giảm 20% đến 31/12/2027 (còn thiếu 10,7 điểm phần trăm).", "does not yet meet the goal of a fall of 20% by 31/12/2027 (10.7 percentage points short of it)."),
        (None, goal(">=", "80", "0", AHEAD), "Hồ sơ: chưa có số liệu từ đầu năm 2026 đến nay, mục tiêu ít nhất 80% đến 31/12/2027.", "Hồ sơ: no figures so far in 2026, against a goal of at least 80% by 31/12/2027."),
    ],
)  # fmt: skip
def test_where_it_stands(value: str | None, set_: GoalView | None, vi: str, en: str) -> None:
    tile = replace(PLAIN, value=None if value is None else Decimal(value), goal=set_)
    assert vi in read("vi", tile)[0]
    assert en in read("en", tile)[0]


@pytest.mark.parametrize(
    ("value", "gap", "then", "met", "vi", "en"),
    [
        ("79", "-1", "72.5", False, "không đạt mục tiêu ít nhất 80% đến 31/12/2025 (ngày đó 72,5%; nay thấp hơn 1 điểm phần trăm).", "with the goal of at least 80% by 31/12/2025 missed (72.5% on that day; now 1 percentage point below it)."),
        ("82", "2", "72.5", False, "nay đã đạt mục tiêu ít nhất 80% của thời hạn 31/12/2025 (ngày đó 72,5%; nay cao hơn 2 điểm phần trăm).", "which now meets the goal of at least 80% set for 31/12/2025 (72.5% on that day; now 2 percentage points above it)."),
        ("79", "-1", "81", True, "nay không còn đạt mục tiêu ít nhất 80% của thời hạn 31/12/2025 (ngày đó 81%; nay thấp hơn 1 điểm phần trăm).", "which no longer meets the goal of at least 80% set for 31/12/2025 (81% on that day; now 1 percentage point below it)."),
        ("80", "0", "81", True, ", đạt mục tiêu ít nhất 80% đến 31/12/2025 (ngày đó 81%).", "which meets the goal of at least 80% by 31/12/2025 (81% on that day)."),
    ],
)  # fmt: skip
def test_of_a_horizon_gone_by_it_tells_that_day_and_now(value: str, gap: str, then: str, met: bool, vi: str, en: str) -> None:
    tile = replace(PLAIN, value=Decimal(value), goal=replace(goal(">=", "80", gap, PAST), verdict=Decimal(then), met_at_horizon=met))
    assert vi in read("vi", tile)[0]
    assert en in read("en", tile)[0]


A = contribution("Cục A", "0.5", "1.5", measured("70", "40"), measured("74", "45"))
B = contribution("Cục B", "0", "-3", measured("70", "60"), measured("65", "55"))


@pytest.mark.parametrize(
    ("why", "vi", "en"),
    [
        (explanation("2", A), "Tăng 2 điểm phần trăm so với cùng kỳ năm trước.", "Up by 2 percentage points on the same days of last year."),
        (explanation("1", A, B), "Tăng 1 điểm phần trăm so với cùng kỳ năm trước, chủ yếu do Cục A (+2 điểm phần trăm).", "Up by 1 percentage point on the same days of last year, mainly due to Cục A (+2 percentage points)."),
        (explanation("-1", A, B), "Giảm 1 điểm phần trăm so với cùng kỳ năm trước, chủ yếu do Cục B (−3 điểm phần trăm).", "Down by 1 percentage point on the same days of last year, mainly due to Cục B (−3 percentage points)."),
        (explanation("5", A, B), "Tăng 5 điểm phần trăm so với cùng kỳ năm trước, trong đó nhiều nhất là Cục A (+2 điểm phần trăm).", "Up by 5 percentage points on the same days of last year, with the largest part from Cục A (+2 percentage points)."),
        (explanation("0.04", A, B), "Tăng 0,04 điểm phần trăm so với", "Up by 0.04 percentage points on"),
        (explanation("0", A, B), "Không đổi so với cùng kỳ năm trước.", "Unchanged from the same days of last year."),
        (None, "Chưa có số liệu cùng kỳ năm trước để so sánh.", "There are no figures for the same days of last year to compare with."),
        (explanation("-1", A, B, unit=Unit.DAYS), "Giảm 1 ngày so với cùng kỳ năm trước, chủ yếu do Cục B (−3 ngày).", "Down by 1 day on the same days of last year, mainly due to Cục B (−3 days)."),
        (explanation("1234", A, unit=Unit.NUMBER), "Tăng 1.234 so với", "Up by 1,234 on"),
    ],
)  # fmt: skip
def test_how_it_moved_and_why(why: ExplanationView | None, vi: str, en: str) -> None:
    tile = replace(PLAIN, unit=why.unit if why else PLAIN.unit)
    assert vi in moved("vi", tile, why)
    assert en in moved("en", tile, why)


LATER, TOO_LATE = date(2027, 6, 30), date(2028, 3, 31)


def outlook(on: date, value: str, holds: bool, met_on: date | None, low: str = "75", high: str = "85.5") -> Outlook:
    return Outlook(Ahead(on, Decimal(value), Decimal(low), Decimal(high)), holds, met_on, None)


@pytest.mark.parametrize(
    ("set_", "found", "vi", "en"),
    [
        (goal(">=", "80", "-1", AHEAD), outlook(AHEAD, "81", True, LATER), "nếu giữ đà hiện nay, đến 31/12/2027 dự kiến 81% (75% – 85,5%), đạt mục tiêu vào tháng 6/2027", "if it goes on as now, 81% is to be expected by 31/12/2027 (75% – 85.5%), with the goal met in Jun 2027"),
        (goal(">=", "80", "-1", AHEAD), outlook(AHEAD, "79.99", False, TOO_LATE), "dự kiến 79,9% (75% – 85,5%), đến tháng 3/2028 mới đạt mục tiêu", "79.9% is to be expected by 31/12/2027 (75% – 85.5%), and the goal is not met before Mar 2028"),
        (goal(">=", "80", "-1", AHEAD), outlook(AHEAD, "79", False, None), ", chưa thấy thời điểm đạt mục tiêu", ", with no time in sight at which the goal is met"),
        (goal(">=", "80", "-1", AHEAD), outlook(AHEAD, "79", False, LATER), "(75% – 85,5%), chưa đạt mục tiêu", "(75% – 85.5%), which does not meet the goal"),
        (goal(">=", "80", "1", AHEAD), outlook(AHEAD, "82", True, LATER), ", tiếp tục đạt mục tiêu", ", and the goal goes on being met"),
        (goal(">=", "80", "1", AHEAD), outlook(AHEAD, "79", False, LATER), ", không còn đạt mục tiêu", ", and the goal is no longer met"),
        (goal("=", "100", "-1", AHEAD), outlook(AHEAD, "99.997", False, None, "99.997", "99.997"), "dự kiến 99,9%, chưa thấy", "99.9% is to be expected by 31/12/2027, with no time"),
        (goal("down", "20", "-2", AHEAD), outlook(AHEAD, "-21.5", True, LATER, "-25", "-18"), "dự kiến −21,5% (−25% – −18%), đạt mục tiêu vào tháng 6/2027", "−21.5% is to be expected by 31/12/2027 (−25% – −18%), with the goal met in Jun 2027"),
        (goal(">=", "80", "-1", PAST), outlook(date(2027, 10, 31), "79", False, TOO_LATE), "đến 31/10/2027 dự kiến 79% (75% – 85,5%), đến tháng 3/2028 mới đạt mục tiêu", "by 31/10/2027 (75% – 85.5%), and the goal is not met before Mar 2028"),
        (goal(">=", "80", "-1", AHEAD), None, "chưa dự báo được vì thời hạn quá xa", "there is no forecast, as the horizon is too far away"),
        (None, None, "đến 30/06/2027 dự kiến 70% (60% – 80%)", "70% is to be expected by 30/06/2027 (60% – 80%)"),
    ],
)  # fmt: skip
def test_where_it_goes(set_: GoalView | None, found: Outlook | None, vi: str, en: str) -> None:
    tile = replace(PLAIN, value=Decimal(82), ahead=Look(18, FLAT, months()), goal=replace(set_, outlook=found) if set_ else None)
    for language, said in (("vi", vi), ("en", en)):
        second = read(language, tile, explanation("2", A))[1]
        assert said in second
        assert second.count(";") == 1


def test_of_a_range_that_has_not_held_it_is_said() -> None:
    tile = replace(PLAIN, value=Decimal(82), ahead=Look(18, replace(FLAT, held=0.45), months()))
    assert "(60% – 80%, a range that in back-tests held only 18 of 40 times)" in read("en", tile)[1]
    assert "(60% – 80%, khi thử lại chỉ đúng 18/40 lần)" in read("vi", tile)[1]


@pytest.mark.parametrize("set_", [None, goal(">=", "80", "-1", AHEAD), goal(">=", "80", "-1", PAST)])
def test_without_a_forecast_it_says_why(set_: GoalView | None) -> None:
    tile = replace(PLAIN, ahead=Look(1), goal=set_)
    assert read("vi", tile, explanation("0", A))[1] == (
        "Không đổi so với cùng kỳ năm trước; chưa dự báo được vì cần 18 tháng liên tục đã kết thúc, hiện có 1."
    )
    assert read("en", tile)[1] == (
        "There are no figures for the same days of last year to compare with; "
        "there is no forecast yet, as it needs 18 closed months in a row and has 1."
    )


def test_what_cannot_be_taken_apart_still_moves() -> None:
    assert moved("vi", replace(PLAIN, change=Decimal("-0.5"))) == "Giảm 0,5 điểm phần trăm so với cùng kỳ năm trước."


def test_simulated_stale_filtered_and_a_stock_are_said() -> None:
    stale = replace(PLAIN, stale=True, stock=True, data_at=NOW)
    vi, en = (read(language, stale, simulated=True, filters=["Cục A"]) for language in ("vi", "en"))
    assert vi[0] == "Hồ sơ (Cục A): 82,0% tại thời điểm này (số liệu mô phỏng, dữ liệu đến 14:05 23/11/2026, đã cũ)."
    assert en[0] == "Hồ sơ (Cục A): 82.0% at present (simulated data, data until 14:05 23/11/2026, out of date)."
    assert vi[1] == "Chưa có số liệu cùng ngày năm trước để so sánh."  # a forecast is of the whole


def test_without_a_value_the_reader_is_sent_to_its_feeds() -> None:
    assert read("vi", replace(PLAIN, value=None))[1] == "Hãy xem tình trạng nguồn dữ liệu của chỉ số này."


NONE = measured(None, None)
WITHIN_A, WITHIN_B = (replace(each, codes=(Choice("g", "G"), *each.codes)) for each in (A, B))


@pytest.mark.parametrize(
    ("group", "vi", "en"),
    [
        (A, "Cục A: +2 điểm phần trăm, do tăng từ 70% lên 74%.", "Cục A: +2 percentage points, having risen from 70% to 74%."),
        (B, "Cục B: −3 điểm phần trăm, do giảm từ 70% xuống 65%.", "Cục B: −3 percentage points, having fallen from 70% to 65%."),
        (contribution("C", "-2", "1", measured("50", "40"), measured("60", "55.5")), "C: −1 điểm phần trăm, do tỷ trọng tăng từ 40% lên 55,5%.", "C: −1 percentage point, its share having risen from 40% to 55.5%."),
        (contribution("D", "2", "0", measured("50", "40"), measured("50", "30")), "do tỷ trọng giảm từ 40% xuống 30%", "its share having fallen from 40% to 30%"),
        (contribution("E", "1", "0", NONE, measured("60", "5")), "E: +1 điểm phần trăm, trước đây chưa có.", "E: +1 percentage point, having had none before."),
        (contribution("F", "1", "0", measured("60", "5"), NONE), "F: +1 điểm phần trăm, nay không còn.", "F: +1 percentage point, having none any more."),
        (contribution("G", "0", "1", measured("60", "5"), measured("61", "5"), WITHIN_B, WITHIN_A), "; nhiều nhất ở Cục B (−3), Cục A (+2).", "; above all in Cục B (−3), Cục A (+2)."),
    ],
)  # fmt: skip
def test_contributions_in_words(group: Contribution, vi: str, en: str) -> None:
    why = explanation("1", group)
    assert vi in told(why, words("vi"))[0]
    assert en in told(why, words("en"))[0]


def test_what_is_compared() -> None:
    first, second = summary(explanation("1", A, B), words("vi"))
    assert first == "01/01/2026 – 23/11/2026: 80% ↔ 01/01/2025 – 23/11/2025: 79%, thay đổi +1 điểm phần trăm."
    assert second == "Trong đó −1,5 điểm phần trăm do tỷ lệ của từng nhóm thay đổi và +0,5 điểm phần trăm do cơ cấu thay đổi."
    assert len(summary(explanation("1", A, additive=True), words("vi"))) == 1
    assert len(summary(explanation("1", A), words("vi"))) == 1, "of one group alone there is nothing to tell apart"
    assert "do giá trị của từng nhóm thay đổi" in summary(explanation("1", A, B, unit=Unit.DAYS), words("vi"))[1]


def test_what_stands_at_a_moment_is_compared_by_its_days_and_what_has_not_changed_says_so() -> None:
    (same,) = summary(replace(explanation("0"), stock=True), words("vi"))
    assert same == "23/11/2026: 80% ↔ 23/11/2025: 80%, không thay đổi."


def test_a_change_of_formula_is_said_wherever_the_change_is() -> None:
    broken = replace(explanation("1", A, B), breaks=(Break(date(2026, 3, 1), ("Tiến độ",), "QĐ 2"),))
    assert summary(broken, words("vi"))[1].startswith(
        "Hai bên so sánh không tính theo cùng một công thức: từ 01/03/2026 áp dụng công thức khác đối với Tiến độ (QĐ 2)."
    )
    assert "another is in force for Tiến độ (QĐ 2)" in summary(broken, words("en"))[1]
    assert "chủ yếu do Cục A (+2 điểm phần trăm), trong khi công thức thay đổi từ 01/03/2026." in moved("vi", PLAIN, broken)
    assert ", while the formula changed on 01/03/2026." in moved("en", PLAIN, broken)


def test_a_group_within_a_group_is_called_by_all_its_codes() -> None:
    each = replace(A, codes=(Choice("a", "Cục A"), Choice("p", "Cấp lại giấy phép"), Choice("online", "Trực tuyến")))
    assert "nhiều nhất ở Cấp lại giấy phép – Trực tuyến (+2)." in told(explanation("2", replace(A, drivers=(each,))), words("vi"))[0]


def test_nothing_moved() -> None:
    assert told(explanation("0"), words("vi")) == ("Không nhóm nào thay đổi.",)


def test_one_other_group_is_singular_in_english() -> None:
    assert [count_of_rest(count, words("en")) for count in (1, 2, 1234)] == ["1 other group", "2 other groups", "1,234 other groups"]
