"""Where members came from: by the name of the link, and what became of them."""

from __future__ import annotations

from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.features.engagement.reports.asking import Ask

# joins that look bought are left out; `spoke`: did something of their own from the day before they joined on
SELECT = """WITH d AS MATERIALIZED (SELECT person_id, MAX(day) AS last FROM v_member_day
  WHERE chat_id = {chat} AND messages + reactions > 0 GROUP BY person_id)
SELECT j.source, COUNT(*) AS came, SUM(CASE WHEN j.left_at IS NULL THEN 1 ELSE 0 END) AS here,
  SUM(CASE WHEN d.last >= {joined} THEN 1 ELSE 0 END) AS spoke
FROM v_join j LEFT JOIN d ON d.person_id = j.person_id
WHERE j.chat_id = {chat} AND NOT j.hired AND j.source IS NOT NULL AND j.source <> ''{window}
GROUP BY j.source ORDER BY came DESC, j.source"""
_JOINED = {"sqlite": "date(j.at, '-1 day')", "postgresql": "CAST(j.at AT TIME ZONE 'UTC' AS DATE) - 1"}


class Source(Struct, frozen=True):
    """A link by its name (`referral`: all members' own together): people who came by it, who of them are
    here, who took part by themselves."""

    source: str
    came: int
    here: int
    spoke: int


def sources(work: Work, chat: int, span: Ask | None = None) -> list[Source]:
    """The links by which somebody came, ever or on the days of a span, those that brought most first."""
    rows = work.sql.plain(sources_sql(work, chat, span))
    return [Source(str(r[0]), int(r[1]), int(r[2]), int(r[3])) for r in rows]


def sources_sql(work: Work, chat: int, span: Ask | None = None) -> str:
    """Its SQL, to be run again."""
    window = "" if span is None else " " + span.sql("AND j.at >= {start} AND j.at < {end}")
    return " ".join(SELECT.format(chat=chat, window=window, joined=_JOINED[work.sql.dialect]).split())
