"""The views of panels: frozen, ready to draw. Each kind has its content; what all share is in ``Frame``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.errors import Said
from ioc.goals.status import Status
from ioc.views.feed import FeedTile
from ioc.views.model import Choice, GoalView, MilestoneTile, Point, SplitRow, Stamp, TileView
from ioc.views.score import ScoreNode


@dataclass(frozen=True)
class Frame:
    """What all panels share.

    Attributes:
        index: its place on the screen, by which it is asked for again.
        size: columns and rows that it takes.
        title: what it shows, in words.
        scope: what it is limited to, in words; empty for the whole organisation.
        where: the same as an address says it, a template's code included.
        span: the days that its values are of (inclusive); None where it shows what stands now.
        on: the indicators that it rests on; None where any new data may change it.
        data_at: the oldest of the newest records behind it, or None.
        stale: whether that is older than its indicators allow.
    """

    index: int
    kind: str
    size: tuple[int, int]
    title: str
    scope: str
    span: tuple[date, date] | None
    on: tuple[str, ...] | None
    data_at: datetime | None
    stale: bool
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NumberPanel:
    """One big number with its goal. ``whole`` is the same of the whole organisation, where the number is of a part."""

    tile: TileView
    whole: TileView | None = None


@dataclass(frozen=True)
class TrendPanel:
    """One indicator over time, with the goal in force.

    ``band``: the lowest and highest of each point, where it is expected. ``noted``: inclusive days on which something was noted.
    """

    unit: Unit
    precision: int
    period: str
    points: tuple[Point, ...]
    goal: GoalView | None
    band: tuple[tuple[Decimal, Decimal] | None, ...] = ()
    noted: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class RankingPanel:
    """One indicator by the codes of one dimension, as bars, best (or most) first. ``by`` is the dimension in words."""

    dimension: str
    by: str
    unit: Unit
    precision: int
    rows: tuple[SplitRow, ...]
    goal: GoalView | None


@dataclass(frozen=True)
class HeatmapPanel:
    """One indicator by the codes of one dimension and by period. ``values[row][column]``; None is an empty cell.

    ``days``: the first and the last day that count in each column.
    """

    dimension: str
    by: str
    unit: Unit
    precision: int
    rows: tuple[Choice, ...]
    columns: tuple[date, ...]
    days: tuple[tuple[date, date], ...]
    period: str
    values: tuple[tuple[Decimal | None, ...], ...]


@dataclass(frozen=True)
class Shape:
    """The outline of a place on a map as an SVG path in a square of 1000; ``at`` is where its value can stand, and how wide it may be."""

    code: str
    path: str
    at: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Place:
    """A tile of a map: a code, or words for what belongs to another place."""

    code: str
    words: str
    row: int
    column: int


@dataclass(frozen=True)
class MapPanel:
    """One indicator by place. Without ``shapes`` every place is an equal tile, which stands where ``places`` say, if they do.

    ``fault`` is why the file of its outlines cannot be used; ``elsewhere`` counts the values of codes that are no place.
    """

    dimension: str
    unit: Unit
    precision: int
    rows: tuple[SplitRow, ...]
    places: tuple[Place, ...] = ()
    shapes: tuple[Shape, ...] = ()
    fault: Said | None = None
    elsewhere: int = 0


@dataclass(frozen=True)
class BulletPanel:
    """Several indicators, each a bar towards its goal."""

    tiles: tuple[TileView, ...]


@dataclass(frozen=True)
class MilestonesPanel:
    """What must stand by when, in order of time."""

    milestones: tuple[MilestoneTile, ...]
    today: date


@dataclass(frozen=True)
class Step:
    """One step of a funnel: how many came so far, of which indicator."""

    label: str
    count: Decimal | None
    indicator: str


@dataclass(frozen=True)
class FunnelPanel:
    """How many of those at the first step come to each next one."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class ScorePanel:
    """A score and what it is made of; None where there is nothing to count."""

    score: ScoreNode | None


@dataclass(frozen=True)
class Alert:
    """What calls for attention. ``crossed`` says that a goal was met, or lost, within the last days."""

    indicator: str
    label: str
    status: Status
    crossed: bool
    tile: TileView


@dataclass(frozen=True)
class AlertsPanel:
    """What has just crossed a limit, then what is off track; the worst first."""

    alerts: tuple[Alert, ...]
    watched: int


@dataclass(frozen=True)
class FeedsPanel:
    """How the feeds do."""

    feeds: tuple[FeedTile, ...]


@dataclass(frozen=True)
class ClockPanel:
    """The time where the organisation is."""


@dataclass(frozen=True)
class TextPanel:
    """Some words."""

    text: str


@dataclass(frozen=True)
class RecordsPanel:
    """Some records: labelled columns and rows of ready values (text, numbers, dates, codes already in words), and the key of each."""

    record: str
    columns: tuple[Choice, ...]
    rows: tuple[tuple[object, ...], ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class UntoldPanel:
    """A sentence in place of what cannot be told: why not."""

    why: str


Content = (
    NumberPanel
    | TrendPanel
    | RankingPanel
    | HeatmapPanel
    | MapPanel
    | BulletPanel
    | MilestonesPanel
    | FunnelPanel
    | ScorePanel
    | AlertsPanel
    | FeedsPanel
    | ClockPanel
    | TextPanel
    | RecordsPanel
    | UntoldPanel
)


@dataclass(frozen=True)
class PanelView:
    """One panel of a screen."""

    frame: Frame
    content: Content


@dataclass(frozen=True)
class ScreenView:
    """One configured screen: its panels in reading order. ``scope`` names the code of a template's screen, ``arranged`` stands for
    how it is arranged."""

    stamp: Stamp
    id: str
    label: str
    scope: str
    organisation: str
    panels: tuple[PanelView, ...]
    arranged: str = ""


@dataclass(frozen=True)
class TurnView:
    """One screen's turn: its name and words, and for how many seconds."""

    screen: str
    label: str
    seconds: float


@dataclass(frozen=True)
class PlaylistView:
    """What a wall shows in turn. ``night`` is from when to when it is dimmed, and to how many per cent."""

    id: str
    label: str
    organisation: str
    turns: tuple[TurnView, ...]
    night: tuple[str, str, int] | None
