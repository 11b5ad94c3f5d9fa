"""What the product counts of itself, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds: of answers, from a panel out of the cache to a long export; of commits, from one record to a large file.
_ANSWERS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_COMMITS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


@dataclass(frozen=True)
class Reading:
    """A figure that is read when it is asked for.

    Attributes:
        name: of the metric, without ``ioc_``.
        help: what it is, in a sentence.
        value: the figure.
        labels: what it is of, by kind.
    """

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Metrics:
    """Counts requests and commits, and reads the rest when asked.

    Args:
        read: tells what is not counted: feeds, queues, files.
    """

    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Readings(read))
        registry = self._registry
        kinds = ("method", "route", "status")
        self._requests = Histogram("ioc_request_seconds", "How long requests took, by route.", kinds, buckets=_ANSWERS, registry=registry)
        commits = "How long changes of the store took, the wait for the disk included."
        self._commits = Histogram("ioc_commit_seconds", commits, buckets=_COMMITS, registry=registry)
        self._errors = Counter("ioc_log_errors", "Errors that were logged.", registry=registry)
        self.streams = Gauge("ioc_streams", "Open live streams.", registry=registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def committed(self, seconds: float) -> None:
        """Count a change of the store."""
        self._commits.observe(seconds)

    def failed(self) -> None:
        """Count an error."""
        self._errors.inc()

    def text(self) -> bytes:
        """Everything, in Prometheus's words."""
        return generate_latest(self._registry)


class _Readings(Collector):
    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is depends on what is configured."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Each metric with its figures."""
        families: dict[str, GaugeMetricFamily] = {}
        for each in self._read():
            kinds = [kind for kind, _ in each.labels]
            family = families.setdefault(each.name, GaugeMetricFamily(f"ioc_{each.name}", each.help, labels=kinds))
            family.add_metric([value for _, value in each.labels], each.value)
        yield from families.values()
