"""What brought people in, by the first and by the last that is known of each."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from msgspec import Struct

from groupbot.features.engagement.reports.asking import Ask


class Touch(Struct, frozen=True):
    """A source, and how many people of the span's joins began with it and came in by it."""

    source: str
    first: int
    last: int


def touches_sql(ask: Ask) -> str:
    """A row a source: its name, people whose first touch it was, and whose last."""
    month = ask.back(max(28, (ask.last - ask.first).days + 1))
    return month.sql(
        "WITH j AS MATERIALIZED (SELECT person_id, at, source, grade, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY at) AS n"
        " FROM v_join WHERE {times} AND NOT hired AND person_id <> 0), c AS MATERIALIZED (SELECT * FROM j WHERE n = 1),"
        " v AS MATERIALIZED (SELECT c.person_id, v.name, ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY v.at, v.name) AS first,"
        " ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY v.at DESC, v.name) AS last"
        " FROM c JOIN v_visit v ON v.person_id = c.person_id AND v.at <= c.at),"
        " t AS MATERIALIZED (SELECT c.person_id, CASE WHEN c.source IS NOT NULL AND c.source <> '' THEN c.source"
        " WHEN c.grade = 'adder' THEN 'added' WHEN c.grade = 'token' THEN (SELECT name FROM v WHERE v.person_id = c.person_id AND v.last = 1)"
        " ELSE c.grade END AS last FROM c),"
        " b AS MATERIALIZED (SELECT t.last, COALESCE((SELECT name FROM v WHERE v.person_id = t.person_id AND v.first = 1), t.last) AS first FROM t)"
        " SELECT source, SUM(f), SUM(l) FROM (SELECT first AS source, 1 AS f, 0 AS l FROM b UNION ALL SELECT last, 0, 1 FROM b) q"
        " GROUP BY source ORDER BY SUM(l) DESC, SUM(f) DESC, source"
    )


def touches(ask: Ask) -> list[Touch]:
    """Every source, the one most came in by first."""
    return [Touch(str(s), int(f), int(n)) for s, f, n in ask.rows(touches_sql(ask))]
