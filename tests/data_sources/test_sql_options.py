"""What may be said of a database in config.yaml, and how what is wrong there is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from data_sources.sql.options import SqlOptions


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "nonsense"}, "not the address of a database"),
        ({"url": "postgres://u@h/d"}, "begins with one of postgresql://"),
        ({"url": "postgresql+asyncpg://u@h/d"}, "begins with one of"),
        ({"url": "postgresql://u@h:port/d"}, "not the address of a database"),
        ({"url": "mariadb://u@h"}, "does not say which database"),
        ({"url": "postgresql://u:secret-word@h/d", "password": "secret-word"}, "in one of them"),
        ({"query": "UPDATE t SET a = 1"}, "only one SELECT"),
        ({"query": ""}, "only one SELECT"),
        ({"query": "SELECT a FROM t WHERE a > :since"}, "“:since”, which stands for nothing"),
        ({"query": "SELECT a FROM t WHERE a > :watermark"}, "none is declared"),
        ({"watermark": {"column": "a", "start": 0}}, "never speaks of “:watermark”"),
        ({"connect_seconds": 0}, "greater than or equal to 1"),
        ({"statement_seconds": "5m"}, "valid number"),
        ({"query": "SELECT :watermark", "watermark": {"column": "a", "start": 0, "overlap": "soon"}}, "is no overlap"),
        ({"batch_rows": 0}, "greater than or equal to 1"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_wrong_options_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        SqlOptions.model_validate({"url": "postgresql://u@h/d", "query": "SELECT 1"} | options)
    assert "secret-word" not in str([each["msg"] for each in raised.value.errors()])


@pytest.mark.parametrize(
    "query", ["select 1", "-- why\n/* and */ (SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a;", "SELECT a::date, '08:00', '\\:x' FROM t"]
)
def test_ordinary_queries_are_let_through(query: str) -> None:
    SqlOptions.model_validate({"url": "postgresql://u@h/d", "query": query})


def test_secrets_are_not_shown() -> None:
    options = SqlOptions.model_validate({"url": "postgresql://u:secret-word@h/d", "query": "SELECT 1"})
    assert "secret-word" not in repr(options) + str(options.model_dump()) + options.place
