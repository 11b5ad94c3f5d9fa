"""Answers as CSV: each row says which data it is of, because a file is carried away from all that was said beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ioc.api.json_values import INTERVAL

# What each row says of the data, and what that is called in an answer.
STAMPED = {"data_version": "version", "as_of": "as_of", "simulated": "simulated"}
TARGETS = (
    *("indicator", "label", "from", "to", "value", "comparator", "goal", "gap", "status", "path_value", "horizon", "data_at"),
    *("projected", "projected_low", "projected_high", "projected_date"),
    *("verdict_on", "verdict", "met_at_horizon"),  # of the last horizon that has passed
)


def of_values(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of bare values."""
    fixed = (*answer["by"], "from", "to", "numerator", "denominator", "value", "provisional")
    return (*fixed, *(each for each in (*INTERVAL, "hidden") if any(each in row for row in answer["values"])))


def text(answer: Mapping[str, Any], rows: str, columns: Sequence[str], ending: str = "\n") -> str:
    """These columns of the rows of an answer, and which data they are of."""
    out, stamp = io.StringIO(), {column: answer[key] for column, key in STAMPED.items() if column not in columns}
    writer = csv.DictWriter(out, [*columns, *stamp], extrasaction="ignore", lineterminator=ending)
    writer.writeheader()
    writer.writerows({**row, **stamp} for row in answer[rows])
    return out.getvalue()
