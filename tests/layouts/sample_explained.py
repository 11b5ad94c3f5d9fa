"""Changes made up by hand, for panels that explain them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.views.explanation import Compared, Contribution, ExplanationQuestion, ExplanationView, Measured, Rest, Step
from ioc.views.model import Choice, Stamp, TileView
from ioc.views.unusual import AnomaliesView, Anomaly

LONG = "Cấp lại giấy phép lao động cho người lao động nước ngoài làm việc tại Việt Nam, gia hạn, thu hồi"
# group, mix, rate
GROUPS = (("Cục Việc làm", "0.5", "5.7"), ("Cục NCC", "-1.2", "-2.4"), (LONG, "0", "0.31"), ("Vụ CC-VC", "0.004", "0"))


def sample_explanation(stamp: Stamp, question: ExplanationQuestion, tile: TileView) -> ExplanationView:
    """Four groups, one of them with a name that is too long, one that has hardly moved."""
    after = tile.value or Decimal(0)
    counted = tile.unit is Unit.NUMBER
    groups = tuple(_group(name, Decimal(mix), Decimal(rate), counted) for name, mix, rate in GROUPS)
    change = sum((each.effect for each in groups), Decimal(0))
    steps = tuple(Step(each.codes[0].label, each.effect, each.mix, each.rate, each.codes[0].code) for each in groups)
    return ExplanationView(
        stamp=stamp,
        indicator=tile.indicator,
        label=tile.label,
        unit=tile.unit,
        precision=tile.precision,
        direction=tile.direction,
        stock=tile.stock,
        additive=counted,
        by=(Choice("unit", "Đơn vị xử lý"),),
        against=question.against,
        before=Compared(after - change, Period(date(2025, 1, 1), date(2025, 11, 23)), ()),
        after=Compared(after, Period(date(2026, 1, 1), date(2026, 11, 23)), ()),
        change=change,
        mix=sum((each.mix for each in groups), Decimal(0)),
        rate=sum((each.rate for each in groups), Decimal(0)),
        groups=groups,
        rows=groups,
        rest=Rest(0, Decimal(0), Decimal(0), Decimal(0)),
        places=2,
        start=after - change,
        steps=steps,
    )


def _group(name: str, mix: Decimal, rate: Decimal, counted: bool) -> Contribution:
    if counted:
        mix, rate = Decimal(0), mix + rate
    before = Measured(Decimal(700), Decimal(1000), Decimal(70), Decimal(40))
    after = Measured(Decimal(750), Decimal(1000), Decimal(75), Decimal(45))
    driver = Contribution((Choice(name, name), Choice("p", LONG)), mix + rate, mix, rate, before, after)
    return Contribution((Choice(name, name),), mix + rate, mix, rate, before, after, (driver,))


def sample_anomalies(stamp: Stamp, tile: TileView, today: date) -> AnomaliesView:
    """Ten days of the whole and one week of a unit, or nothing where the tile is of days."""
    days = [Period(today - timedelta(days=30 * number + 20), today - timedelta(days=30 * number + 20)) for number in range(10)]
    found = [_anomaly(None, span) for span in days]
    found.insert(1, _anomaly(Choice("cuc_vl", "Cục Việc làm"), Period(today - timedelta(days=27), today - timedelta(days=21))))
    judged = tile.unit is not Unit.DAYS
    return AnomaliesView(stamp, tile.indicator, tile.label, judged, date(2025, 11, 22), stamp.at, tuple(found) if judged else ())


def _anomaly(code: Choice | None, span: Period) -> Anomaly:
    dimension = Choice("unit", "Đơn vị xử lý") if code else None
    numbers = [Decimal(text) for text in ("61.2", "81", "78", "84.1", "-6.2")]
    text = f"{code.label + ', ' if code else ''}{span.start:%d/%m/%Y}: 61,2%, thấp hơn mức thường (78% – 84,1%)."
    return Anomaly(dimension, code, span, *numbers, text)  # type: ignore[arg-type]
