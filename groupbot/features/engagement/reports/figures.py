"""The measures of C4 for one chat and span. docs/metrics.md has a paragraph for each key."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import timedelta
from statistics import median

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import PEOPLE, RATE, Ask, Figure

_ACTIVE = (
    "SELECT COUNT(DISTINCT person_id) FROM v_member_day WHERE {days} AND NOT staff AND {what} > 0"
    " AND person_id NOT IN (SELECT person_id FROM v_hired WHERE {chat})"
)
# the presses of who was hired stand in the sums of days; they did nothing else
_BOUGHT = (
    "COALESCE((SELECT {of} FROM v_member_day WHERE {days} AND NOT staff AND taps > 0"
    " AND person_id IN (SELECT person_id FROM v_hired WHERE {chat})), 0)"
)
_PRESSES, _DAYS = (_BOUGHT.replace("{of}", of) for of in ("SUM(taps)", "COUNT(*)"))
ON_PLAN = 0.9  # of a week's planned posts said make it one on plan
_ANY, _OWN = "messages + reactions + taps", "messages + reactions"
_SAID = "SELECT SUM(messages) FROM v_day WHERE {days}"
_POSTS = "(SELECT COUNT(*) FROM v_post WHERE {times}"
# one sort instead of a join: without statistics SQLite would seek each answer's message row by row
REPLIES = (
    "SELECT f, t, staff, at FROM (SELECT side, person_id AS f, staff, at,"
    " MAX(CASE WHEN side = 0 THEN person_id END) OVER (PARTITION BY k) AS t FROM ("
    "SELECT 0 AS side, message_id AS k, person_id, staff, at FROM v_event"
    " WHERE {times} AND kind IN ('message', 'reply') UNION ALL"
    " SELECT 1, reply_to, person_id, staff, at FROM v_event WHERE {times} AND kind = 'reply'"
    " AND reply_to IS NOT NULL) u) w WHERE side = 1 AND t IS NOT NULL AND t <> f"
)


def figures(ask: Ask) -> list[Figure]:
    """Every number of a review, in the order it is read."""
    month = ask.back(28)
    return [*_activity(ask, month), *_attention(ask), *_doors(ask, month), *_graph(month), *_waits(month),
            *_posts(ask, month), *_order(ask), _theme(ask), *_planned(month), *_spent(ask)]  # fmt: skip


def shares(ask: Ask) -> list[Figure]:
    """What a group's health is made of."""
    return [*_attention(ask), *_doors(ask, ask.back(28)), *_graph(ask.back(28)), *_order(ask)]


def _activity(ask: Ask, month: Ask) -> list[Figure]:
    some = _ACTIVE.replace("{what}", _ANY)
    return [
        ask.figure("messages", _SAID),
        ask.figure("reactions", "SELECT SUM(reactions) FROM v_day WHERE {days}"),
        ask.figure("presses", f"SELECT SUM(taps) - {_PRESSES} FROM v_day WHERE {{days}}"),
        ask.figure("active", some),
        ask.figure("active_organic", _ACTIVE.replace("{what}", _OWN)),
        ask.figure("active_a_day", f"SELECT (SUM(active) - {_DAYS}) * 1.0 / {{span}} FROM v_day WHERE {{days}}", unit="index",
                   span=str((ask.last - ask.first).days + 1)),
        month.figure("stickiness", f"SELECT (SUM(active) - {_DAYS}) / 28.0 / NULLIF(({some}), 0) FROM v_day WHERE {{days}}",
                     unit="share", per="active in 28 days", n=some, least=PEOPLE),
    ]  # fmt: skip


def _attention(ask: Ask) -> list[Figure]:
    some = _ACTIVE.replace("{what}", _ANY)
    each = (
        "SELECT SUM(messages) AS n FROM v_member_day WHERE {days} AND NOT staff GROUP BY person_id"
        " HAVING SUM(messages) > 0"
    )
    said = f"SELECT posts * 1.0 / NULLIF(all_posts + said, 0) FROM (SELECT {_POSTS}{{of}}) AS posts," \
        f" {_POSTS}) AS all_posts, COALESCE(({_SAID}), 0) AS said) q"  # fmt: skip
    whole = f"SELECT {_POSTS}) + COALESCE(({_SAID}), 0)"
    return [
        ask.figure("incentivised", f"SELECT (SUM(taps) - {_PRESSES}) * 1.0"
                   f" / NULLIF(SUM(messages + reactions + taps) - {_PRESSES}, 0) FROM v_day WHERE {{days}}", unit="share", per="acts", n=some, least=PEOPLE),
        ask.figure("bot_share", said, unit="share", per="messages with the bot's", n=whole, least=RATE, of=""),
        ask.figure("commerce", said, unit="share", per="messages with the bot's", n=whole, least=RATE,
                   of=" AND feature = 'promo'"),
        ask.figure("top_three", f"SELECT SUM(n) * 1.0 / NULLIF(({_SAID}), 0) FROM"
                   f" (SELECT n FROM ({each}) q ORDER BY n DESC LIMIT 3) t",
                   unit="share", per="members' messages", n=some, least=PEOPLE),
        ask.figure("gini", "SELECT SUM((2 * i - c - 1) * n) * 1.0 / (MAX(c) * SUM(n)) FROM (SELECT n, ROW_NUMBER()"
                   f" OVER (ORDER BY n) AS i, COUNT(*) OVER () AS c FROM ({each}) q) t",
                   unit="index", per="members who spoke", n=f"SELECT COUNT(*) FROM ({each}) q", least=PEOPLE),
        ask.figure("speakers_in_20_min", "SELECT MAX(n) FROM (SELECT COUNT(DISTINCT person_id) AS n FROM v_event"
                   " WHERE {times} AND kind IN ('message', 'reply') GROUP BY {twenty}) q"),
    ]  # fmt: skip


def _doors(ask: Ask, month: Ask) -> list[Figure]:
    joined = "SELECT COUNT(*) FROM v_join WHERE {times} AND NOT hired"
    older = ask.back(35)
    whole = "SELECT COUNT(*) FROM v_join WHERE {chat} AND NOT hired AND at >= {start} AND at < {seven}"
    seven = ask.when(ask.midnight(ask.last - timedelta(days=6)))
    act = (
        "EXISTS (SELECT 1 FROM v_act a WHERE a.chat_id = j.chat_id AND a.person_id = j.person_id AND a.organic"
        f" AND a.at >= j.at AND a.at < {ask.plus('j.at', 7)})"
    )
    return [
        ask.figure("joined", "SELECT SUM(joined) FROM v_hour WHERE {chat} AND hour >= {start} AND hour < {end}"),
        ask.figure("left", "SELECT SUM(gone) FROM v_hour WHERE {chat} AND hour >= {start} AND hour < {end}"),
        ask.figure("joined_by_named_link", joined + " AND grade = 'exact'"),
        ask.figure("joined_brought", joined + " AND grade = 'adder'"),
        ask.figure("joined_by_token", joined + " AND grade = 'token'"),
        ask.figure("joined_unknown", joined + " AND grade = 'none'"),
        older.figure("activated", f"SELECT AVG(CASE WHEN {act} THEN 1.0 ELSE 0.0 END) FROM v_join j"
                     " WHERE j.chat_id = {id} AND NOT j.hired AND j.at >= {start} AND j.at < {seven}",
                     unit="share", per="joins of the four weeks before last", n=whole, least=RATE, seven=seven),
    ]  # fmt: skip


def _graph(month: Ask) -> list[Figure]:
    """Who answers whom."""
    edges = f"SELECT DISTINCT f, t FROM ({REPLIES}) q"
    n = f"SELECT COUNT(*) FROM ({edges}) e"
    return [
        month.figure("reply_pairs", n),
        month.figure("reciprocity", f"WITH e AS ({edges}) SELECT AVG(CASE WHEN EXISTS (SELECT 1 FROM e r"
                     " WHERE r.f = e.t AND r.t = e.f) THEN 1.0 ELSE 0.0 END) FROM e",
                     unit="share", per="pairs who answered", n=n, least=RATE),
        month.figure("member_answers", f"SELECT AVG(CASE WHEN staff THEN 0.0 ELSE 1.0 END) FROM ({REPLIES}) q",
                     unit="share", per="answers", n=f"SELECT COUNT(*) FROM ({REPLIES}) q", least=RATE,),
    ]  # fmt: skip


def _waits(month: Ask) -> list[Figure]:
    asked = (
        "SELECT at, answered FROM (SELECT side, chat_id, person_id, at, MIN(CASE WHEN side = 1 THEN at END)"
        " OVER (PARTITION BY k) AS answered FROM (SELECT 0 AS side, chat_id, message_id AS k, person_id, at FROM v_act"
        " WHERE {times} AND kind = 'message' UNION ALL SELECT 1, chat_id, reply_to, person_id, at FROM v_event"
        " WHERE {chat} AND kind = 'reply' AND at >= {start} AND reply_to IS NOT NULL) u) m WHERE side = 0{who}"
    )
    first = (
        " AND EXISTS (SELECT 1 FROM v_join j WHERE j.chat_id = m.chat_id AND j.person_id = m.person_id"
        f" AND m.at >= j.at AND m.at < {month.plus('j.at', 7)})"
    )
    found = []
    for key, who in (("answer", ""), ("answer_newcomers", first)):
        sql = month.sql(asked, who=who)
        waits = [
            None if b is None else (month.at(b) - month.at(a)).total_seconds() / 3600
            for a, b in month.rows(sql)
        ]
        for share, name in ((0.5, "half"), (0.9, "nine_tenths")):
            value = measures.middle_wait(waits, 24, share)
            found.append(month.made(
                f"{key}_{name}", value, sql, f"Kaplan–Meier of the waits at {share}, unanswered censored at 24 h",
                unit="hours", per="messages that open a talk", n=len(waits), least=RATE))  # fmt: skip
    return found


def _posts(ask: Ask, month: Ask) -> list[Figure]:
    times = month.sql("SELECT at FROM v_post WHERE {times} ORDER BY at")
    posts = [month.at(r[0]) for r in month.rows(times)]
    came = month.sql(
        "WITH a AS MATERIALIZED (SELECT COALESCE(reply_to, message_id) AS post, at FROM v_act WHERE {chat}"
        " AND at >= {start} AND kind <> 'message')"
        " SELECT p.message_id, p.at, a.at FROM v_post p JOIN a ON a.post = p.message_id"
        " WHERE p.chat_id = {id} AND p.at >= {start} AND p.at < {end}"
    )
    by: dict[int, list[float]] = {}
    for post, at, when in month.rows(came):
        by.setdefault(post, []).append((month.at(when) - month.at(at)).total_seconds() / 3600)
    halves = [
        h for waits in by.values() if (h := measures.half_life([w for w in waits if w <= 336])) is not None
    ]
    left = month.sql("SELECT at FROM v_event WHERE {times} AND kind = 'leave'")
    leaves = [month.at(r[0]) for r in month.rows(left)]
    hour = 3600.0
    soon = sum(any(0 <= (g - p).total_seconds() <= hour for p in posts) for g in leaves)
    share = min(1.0, len(posts) * hour / (month.end - month.start).total_seconds())
    usual = len(leaves) * share
    return [
        ask.figure("posts", "SELECT COUNT(*) FROM v_post WHERE {times}"),
        month.made("rhythm", measures.rhythm(posts), times, "Kim and Jo's A of the gaps", unit="index",
                   per="the bot's posts", n=len(posts), least=5),
        month.made("half_life", median(halves) if halves else None, came,
                   "a post's time to half its responses of 14 days; median of the posts with ten",
                   unit="hours", per="posts with ten responses", n=len(halves), least=1),
        month.made("leaves_after_posts", soon / usual if usual else None, left,
                   "leaves within an hour of a post ÷ leaves such hours would have by chance", unit="factor",
                   per="leaves", n=len(leaves), least=RATE),
    ]  # fmt: skip


def _order(ask: Ask) -> list[Figure]:
    said = "SELECT COUNT(*) FROM v_event WHERE {times} AND kind IN ('message', 'reply')"
    cases = "SELECT COUNT(*) FROM v_case WHERE {times} AND NOT shadow AND action IN ('remove', 'mute', 'ban', 'again')"
    spam = cases + " AND rule = 'spam'"
    due = "SELECT COUNT(*) FROM v_slot WHERE chat_id = {id} AND due >= {start} AND due < {end} AND state <> 'waiting'"
    return [
        ask.figure("removed", "SELECT COUNT(*) * 1.0 / NULLIF((" + said + "), 0) FROM v_event WHERE {times}"
                   " AND kind = 'removed'", unit="share", per="messages", n=said, least=RATE),
        ask.figure("restored", cases.replace("COUNT(*)", "AVG(CASE WHEN undone_at IS NULL THEN 0.0 ELSE 1.0 END)"),
                   unit="share", per="cases that took something away", n=cases, least=RATE),
        ask.figure("appeals", cases.replace("COUNT(*)", "AVG(CASE WHEN appeal IS NULL THEN 0.0 ELSE 1.0 END)"),
                   unit="share", per="cases that took something away", n=cases, least=RATE),
        ask.figure("spam", f"SELECT ({spam}) * 1.0 / NULLIF((" + said + "), 0)", unit="share", per="messages", n=said, least=RATE),
        ask.figure("spam_mistaken", spam.replace("COUNT(*)", "AVG(CASE WHEN undone_at IS NULL THEN 0.0 ELSE 1.0 END)"),
                   unit="share", per="cases of the spam score", n=spam, least=5),
        ask.figure("plan_kept", due.replace("COUNT(*)", "AVG(CASE WHEN state = 'said' THEN 1.0 ELSE 0.0 END)"),
                   unit="share", per="posts planned", n=due, least=1),
    ]  # fmt: skip


def _theme(ask: Ask) -> Figure:
    """How much of the talk is on the group's theme, where that is counted."""
    whole = "SELECT COALESCE(SUM(on_topic + off_topic), 0) FROM v_theme WHERE {days}"
    return ask.figure("on_topic", "SELECT SUM(on_topic) * 1.0 / NULLIF(SUM(on_topic + off_topic), 0) FROM v_theme WHERE {days}",
                      unit="share", per="messages counted for the theme", n=whole, least=RATE)  # fmt: skip


def _planned(month: Ask) -> list[Figure]:
    """Weeks on plan, and care beside promotions; of 28 days."""
    due = month.sql(
        "SELECT due, state FROM v_slot WHERE chat_id = {id} AND due >= {start} AND due < {end}"
        " AND state <> 'waiting'"
    )
    weeks: dict[int, list[bool]] = {}
    for at, state in month.rows(due):
        weeks.setdefault((month.local(month.at(at)) - month.first).days // 7, []).append(state == "said")
    kept = sum(sum(said) >= ON_PLAN * len(said) for said in weeks.values())
    said = (
        "SELECT COUNT(*) FROM v_slot WHERE chat_id = {id} AND due >= {start} AND due < {end}"
        " AND state = 'said' AND kind = "
    )
    care = f"(SELECT COUNT(*) FROM v_care WHERE {{times}}) + ({said} 'greeting')"
    return [
        month.made("weeks_on_plan", float(kept), due, "weeks of seven days with nine tenths of their posts said",
                   unit="count", per="weeks with planned posts", n=len(weeks), least=1),
        month.figure("care_per_promotion", f"SELECT ({care}) * 1.0 / NULLIF(({said} 'promotion'), 0)",
                     unit="factor", per="promotions said", n=f"{said} 'promotion'", least=1),
    ]  # fmt: skip


def _spent(ask: Ask) -> list[Figure]:
    minute = "substr(at, 1, 16)" if ask.lite else "date_trunc('minute', at)"
    return [
        ask.figure("points_paid", "SELECT COALESCE(SUM(points), 0) FROM v_paid WHERE {times}"),
        ask.figure("staff_minutes", f"SELECT COUNT(*) FROM (SELECT DISTINCT person_id, {minute} FROM v_event"
                   " WHERE {times} AND staff AND kind IN ('message', 'reply', 'reaction', 'tap')) m"),
    ]  # fmt: skip
