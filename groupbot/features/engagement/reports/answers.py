"""Who answers and mentions whom, and how soon, over 28 days. What was removed answers nothing."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import timedelta

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import RATE, Ask, Figure

HORIZON = 24  # hours an answer is waited for
_STANDS = (
    " AND COALESCE(message_id, 0) NOT IN (SELECT message_id FROM v_event WHERE {chat} AND kind = 'removed'"
    " AND at >= {start} AND message_id IS NOT NULL)"
)
# one sort instead of a join: without statistics SQLite would seek each answer's message row by row
REPLIES = (
    "SELECT f, t, staff, of_staff, at FROM (SELECT side, person_id AS f, staff, at,"
    " MAX(CASE WHEN side = 0 THEN person_id END) OVER (PARTITION BY k) AS t,"
    " MAX(CASE WHEN side = 0 AND staff THEN 1 ELSE 0 END) OVER (PARTITION BY k) AS of_staff FROM ("
    "SELECT 0 AS side, message_id AS k, person_id, staff, at FROM v_event"
    f" WHERE {{times}} AND kind IN ('message', 'reply'){_STANDS} UNION ALL"
    " SELECT 1, reply_to, person_id, staff, at FROM v_event WHERE {times} AND kind = 'reply'"
    f" AND reply_to IS NOT NULL{_STANDS}) u) w WHERE side = 1 AND t IS NOT NULL AND t <> f"
)
BETWEEN_MEMBERS = f"SELECT f, t, at FROM ({REPLIES}) r WHERE NOT staff AND of_staff = 0"
# the graph of ties: who answered or mentioned whom, each pair once, on how many days of the group's clock
TIES = (
    "SELECT f, t, COUNT(DISTINCT day) AS days FROM (SELECT f, t, {local} AS day FROM"
    f" ({BETWEEN_MEMBERS}) a UNION ALL SELECT person_id, whom, {{local}} FROM v_mention WHERE {{times}}"
    " AND NOT staff AND NOT of_staff) u GROUP BY f, t"
)
# of who was forgotten a message has no number, and nothing tells whether it was answered: it is left out
_ASKED = (
    "SELECT at, answered FROM (SELECT side, chat_id, person_id, at, MIN(CASE WHEN side = 1 THEN at END)"
    " OVER (PARTITION BY k) AS answered FROM (SELECT 0 AS side, chat_id, message_id AS k, person_id, at FROM v_act"
    " WHERE {times} AND kind = 'message' AND message_id IS NOT NULL{which} UNION ALL SELECT 1, chat_id, reply_to, person_id, at FROM v_event"
    f" WHERE {{times}} AND kind = 'reply' AND reply_to IS NOT NULL{_STANDS}) u) m WHERE side = 0{{who}}"
)
QUESTIONS = (  # of members, that stand and had a day for an answer
    "v_event WHERE {chat} AND at >= {start} AND at < {had_a_day} AND kind = 'question' AND NOT staff"
    f" AND message_id IS NOT NULL{_STANDS}"
)
_ANSWERS = f"v_event WHERE {{chat}} AND at >= {{start}} AND kind = 'reply' AND reply_to IS NOT NULL{_STANDS}"
ANSWERED = f"(SELECT reply_to FROM {_ANSWERS})"
FIRST_ANSWER = f"(SELECT reply_to, MIN(at) AS answered FROM {_ANSWERS} GROUP BY reply_to)"
_ASKING = " AND message_id IN (SELECT message_id FROM v_event WHERE {times} AND kind = 'question')"


def had_a_day(ask: Ask) -> str:
    """Until when a question of the span must have come to have had its day."""
    return ask.when(ask.watched - timedelta(hours=HORIZON))


def graph(month: Ask) -> list[Figure]:
    """Who answers or mentions whom: members among themselves, and their part of all answers."""
    pairs = month.figure("reply_pairs", f"SELECT COUNT(*) FROM ({TIES}) e")
    n = f"SELECT {int(pairs.value or 0)}"  # counted once: it is a long question
    return [
        pairs,
        month.figure("tie_days", f"SELECT AVG(1.0 * days) FROM ({TIES}) e", unit="days",
                     per="pairs who answered or mentioned", n=n, least=RATE),
        month.figure("reciprocity", f"WITH e AS ({TIES}) SELECT AVG(CASE WHEN EXISTS (SELECT 1 FROM e r"
                     " WHERE r.f = e.t AND r.t = e.f) THEN 1.0 ELSE 0.0 END) FROM e",
                     unit="share", per="pairs who answered or mentioned", n=n, least=RATE),
        month.figure("member_answers", f"SELECT AVG(CASE WHEN staff THEN 0.0 ELSE 1.0 END) FROM ({REPLIES}) q",
                     unit="share", per="answers", n=f"SELECT COUNT(*) FROM ({REPLIES}) q", least=RATE,),
    ]  # fmt: skip


def waits(month: Ask) -> list[Figure]:
    """How long members wait for somebody's answer, newcomers by themselves, and how many wait in vain."""
    found = []
    for key, who in (("answer", ""), ("answer_newcomers", newcomers_of(month))):
        sql = month.sql(_ASKED.replace("{which}", ""), who=who)
        rows = [(month.at(a), None if b is None else month.at(b)) for a, b in month.rows(sql)]
        waited = [None if b is None else (b - a).total_seconds() / 3600 for a, b in rows]
        watched = [max(0.0, (month.watched - a).total_seconds() / 3600) for a, _ in rows]
        for share, name in ((0.5, "half"), (0.9, "nine_tenths")):
            value = measures.middle_wait(waited, HORIZON, share, watched=watched)
            found.append(month.made(
                f"{key}_{name}", value, sql,
                f"Kaplan–Meier of the waits at {share}, unanswered censored at {HORIZON} h or the span's end",
                unit="hours", per="messages that open a talk", n=len(rows), least=RATE))  # fmt: skip
    return [*found, orphans(month, "orphans", "questions", _ASKING)]


def newcomers_of(month: Ask) -> str:
    """A condition on openings: of who joined in the seven days before."""
    return (
        " AND EXISTS (SELECT 1 FROM v_join j WHERE j.chat_id = m.chat_id AND j.person_id = m.person_id"
        f" AND m.at >= j.at AND m.at < {month.plus('j.at', 7)})"
    )


def orphans(month: Ask, key: str, per: str, which: str = "", who: str = "") -> Figure:
    """Openings that nobody answered within a day, of those that had a day for it."""
    late = (
        f"CASE WHEN answered IS NULL OR answered > {month.plus('m.at', HORIZON // 24)} THEN 1.0 ELSE 0.0 END"
    )
    asked = f"SELECT {{of}} FROM ({_ASKED.replace('{which}', which)}) m WHERE m.at < {{due}}"
    return month.figure(
        key, asked.replace("{of}", f"AVG({late})"), unit="share", per=per,
        n=asked.replace("{of}", "COUNT(*)"), least=RATE, who=who, due=had_a_day(month),
    )  # fmt: skip
