"""The measures of C4 for one chat and span. docs/metrics.md has a paragraph for each key."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import timedelta

from groupbot.features.engagement.reports.answers import graph, waits
from groupbot.features.engagement.reports.asking import PEOPLE, RATE, Ask, Figure, next_hour
from groupbot.features.engagement.reports.responses import responses

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
_NO_CARE = (  # greetings and what else a plan says that is no offer
    " AND NOT EXISTS (SELECT 1 FROM v_slot s WHERE s.chat_id = v_post.chat_id AND s.kind <> 'promotion'"
    " AND v_post.ref LIKE 'promo:' || s.plan_id || ':%')"
)


def figures(ask: Ask) -> list[Figure]:
    """Every number of a review, in the order it is read."""
    month = ask.back(28)
    return [*_activity(ask, month), *_attention(ask), *_doors(ask, month), *graph(month), *waits(month),
            *responses(ask, month), *_order(ask), _theme(ask), *_planned(month), *_spent(ask)]  # fmt: skip


def shares(ask: Ask) -> list[Figure]:
    """What a group's health is made of."""
    return [*_attention(ask), *_doors(ask, ask.back(28)), *graph(ask.back(28)), *_order(ask)]


def _activity(ask: Ask, month: Ask) -> list[Figure]:
    some = _ACTIVE.replace("{what}", _ANY)
    return [
        ask.figure("messages", _SAID),
        ask.figure("reactions", "SELECT SUM(reactions) FROM v_day WHERE {days}"),
        ask.figure("presses", f"SELECT SUM(taps) - {_PRESSES} FROM v_day WHERE {{days}}"),
        ask.figure("active", some),
        ask.figure("active_organic", _ACTIVE.replace("{what}", _OWN)),
        ask.figure("active_by_presses", f"SELECT ({some}) - ({_ACTIVE.replace('{what}', _OWN)})"),
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
                   f" / NULLIF(SUM(messages + reactions + taps) - {_PRESSES}, 0) FROM v_day WHERE {{days}}", unit="share", per="members who did anything (share of their acts)", n=some, least=PEOPLE),
        ask.figure("bot_share", said, unit="share", per="messages with the bot's", n=whole, least=RATE, of=""),
        ask.figure("commerce", said, unit="share", per="messages with the bot's", n=whole, least=RATE,
                   of=" AND feature = 'promo'" + _NO_CARE),
        ask.figure("top_three", f"SELECT SUM(n) * 1.0 / NULLIF(({_SAID}), 0) FROM"
                   f" (SELECT n FROM ({each}) q ORDER BY n DESC LIMIT 3) t",
                   unit="share", per="members who spoke (share of their messages)",
                   n=f"SELECT COUNT(*) FROM ({each}) q", least=PEOPLE),
        ask.figure("gini", "SELECT SUM((2 * i - c - 1) * n) * 1.0 / (MAX(c) * SUM(n)) FROM (SELECT n, ROW_NUMBER()"
                   f" OVER (ORDER BY n) AS i, COUNT(*) OVER () AS c FROM ({each}) q) t",
                   unit="index", per="members who spoke", n=f"SELECT COUNT(*) FROM ({each}) q", least=PEOPLE),
        ask.figure("speakers_in_20_min", "SELECT MAX(n) FROM (SELECT COUNT(DISTINCT person_id) AS n FROM v_event"
                   " WHERE {times} AND NOT staff AND kind IN ('message', 'reply') GROUP BY {twenty}) q"),
    ]  # fmt: skip


def _doors(ask: Ask, month: Ask) -> list[Figure]:
    joined = "SELECT COUNT(*) FROM v_join WHERE {times} AND NOT hired"
    bought = "SELECT COUNT(*) FROM v_join WHERE {chat} AND hired"
    hours = " FROM v_hour WHERE {chat} AND hour >= {start} AND hour < {end}"
    older = ask.back(35)
    whole = "SELECT COUNT(*) FROM v_join WHERE {chat} AND NOT hired AND at >= {start} AND at < {seven}"
    seven = ask.when(ask.midnight(ask.last - timedelta(days=6)))
    act = (
        "EXISTS (SELECT 1 FROM v_act a WHERE a.chat_id = j.chat_id AND a.person_id = j.person_id AND a.organic"
        f" AND a.at >= j.at AND a.at < {ask.plus('j.at', 7)})"
    )
    return [
        ask.figure("joined", f"SELECT COALESCE(SUM(joined), 0){_edges(ask, 'join')}"
                   f" - ({bought} AND at >= {{start}} AND at < {{end}}){hours}"),
        ask.figure("left", f"SELECT COALESCE(SUM(gone), 0){_edges(ask, 'leave')}"
                   f" - ({bought} AND left_at >= {{start}} AND left_at < {{end}}){hours}"),
        ask.figure("joined_by_named_link", joined + " AND grade = 'exact'"),
        ask.figure("joined_by_request", joined + " AND grade = 'request'"),
        ask.figure("joined_brought", joined + " AND grade = 'adder'"),
        ask.figure("joined_by_token", joined + " AND grade = 'token'"),
        ask.figure("joined_by_link", joined + " AND grade = 'link'"),
        ask.figure("joined_unknown", joined + " AND grade = 'none'"),
        ask.figure("before_me", "SELECT COUNT(DISTINCT person_id) FROM v_member WHERE {chat} AND joined_at IS NULL"
                   " AND (left_at IS NULL OR left_at >= {end})"),
        older.figure("activated", f"SELECT AVG(CASE WHEN {act} THEN 1.0 ELSE 0.0 END) FROM v_join j"
                     " WHERE j.chat_id = {id} AND NOT j.hired AND j.at >= {start} AND j.at < {seven}",
                     unit="share", per="joins of the four weeks before last", n=whole, least=RATE, seven=seven),
    ]  # fmt: skip


def _edges(ask: Ask, kind: str) -> str:
    """What is to be added to whole hours of UTC where the group's midnight is none: the rest of the hour in which
    the first day begins, less that of the hour in which the last one ends."""
    return "".join(
        f" {sign} (SELECT COUNT(*) FROM v_event WHERE {{chat}} AND kind = '{kind}'"
        f" AND at >= {ask.when(edge)} AND at < {ask.when(next_hour(edge))})"
        for sign, edge in (("+", ask.start), ("-", ask.end))
        if edge.minute
    )


def _order(ask: Ask) -> list[Figure]:
    said = "SELECT COUNT(*) FROM v_event WHERE {times} AND NOT staff AND kind IN ('message', 'reply')"
    cases = "SELECT COUNT(*) FROM v_case WHERE {times} AND NOT shadow AND action IN ('remove', 'mute', 'ban', 'again')"
    spam = cases + " AND rule = 'spam'"
    due = "SELECT COUNT(*) FROM v_slot WHERE chat_id = {id} AND due >= {start} AND due < {end} AND state <> 'waiting'"
    return [
        ask.figure("removed", "SELECT COUNT(*) * 1.0 / NULLIF((" + said + "), 0) FROM v_event WHERE {times}"
                   " AND NOT staff AND kind = 'removed'", unit="share", per="messages", n=said, least=RATE),
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
