"""How strong a store's ties to its customers are, and how they grow.

A tie has up to nine points in 90 days: three each for days of visits, days on which they answered in the
store's groups, and orders. Weak: 1 or 2, medium: 3 to 5, strong: from 6 on, which needs two of the three.
After Granovetter (1973), who weighs time, exchange and services returned.
"""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from groupbot.features.engagement.reports.asking import PEOPLE, RATE, Ask, Figure

DAYS, BACK = 90, 28  # a tie's window, and how much earlier it is compared with
MEDIUM, STRONG = 3, 6


def ties(ask: Ask, name: str, chats: Sequence[int]) -> list[Figure]:
    """Every number of a store's groups, at the end of the span; `ask` gives the clock."""
    month = ask.back(BACK)
    words = {
        "chats": f"chat_id IN ({', '.join(map(str, chats))})",
        "now": _points(ask, 0),
        "then": _points(ask, BACK),
        "visits": _VISITS,
        "epoch": ask.when(datetime(1970, 1, 1, tzinfo=UTC)),
        "store": name.replace("'", "''").replace("{", "").replace("}", ""),
    }
    known = "SELECT COUNT(*) FROM (" + _ANY + ") k"
    count = "SELECT COUNT(*) FROM ({now}) p WHERE "
    first = "(SELECT person_id, MIN(at) AS at FROM ({visits}) w WHERE at >= {epoch} GROUP BY person_id) v"
    figure = [
        ("customers_known", known, ""),
        ("ties_weak", count + f"points BETWEEN 1 AND {MEDIUM - 1}", "members of its groups"),
        ("ties_medium", count + f"points BETWEEN {MEDIUM} AND {STRONG - 1}", "members of its groups"),
        ("ties_strong", count + f"points >= {STRONG}", "members of its groups"),
        ("weak_to_strong", "SELECT COUNT(*) FROM ({now}) n JOIN ({then}) b ON b.person_id = n.person_id"
         f" WHERE n.points >= {STRONG} AND b.points BETWEEN 1 AND {MEDIUM - 1}", "members of its groups"),
        ("group_to_store", f"SELECT COUNT(*) FROM {first} WHERE v.at >= {{start}} AND v.at < {{end}} AND EXISTS (SELECT 1"
         " FROM v_member m WHERE m.{chats} AND m.person_id = v.person_id AND (m.joined_at IS NULL OR m.joined_at < v.at))", ""),
        ("store_to_group", "SELECT COUNT(DISTINCT j.person_id) FROM v_join j JOIN v_invite i ON i.chat_id = j.chat_id"
         " AND i.name = j.source WHERE j.{chats} AND NOT j.hired AND j.at >= {start} AND j.at < {end}", ""),
    ]  # fmt: skip
    off = (
        "FROM v_order o JOIN v_order_line l ON l.order_id = o.order_id AND l.off_shelf WHERE (o.store = '{store}' OR"
        " o.person_id IN (" + _ANY + ")) AND o.at >= {start} AND o.at < {end}"
    )
    found = [
        month.figure(key, _filled(month, select, words), per=per, n=_filled(month, known, words) if per else "",
                     least=PEOPLE if per else 0)
        for key, select, per in figure
    ]  # fmt: skip
    found.append(
        month.figure("off_shelf_units", _filled(month, "SELECT SUM(l.units) " + off, words), per="orders with such products",
                     n=_filled(month, "SELECT COUNT(DISTINCT o.order_id) " + off, words), least=RATE)
    )  # fmt: skip
    return found


_ANY = (
    "SELECT DISTINCT person_id FROM v_member WHERE {chats} AND left_at IS NULL AND person_id NOT IN"
    " (SELECT person_id FROM v_member_day WHERE {chats} AND staff)"
)
# who was in the shop, as far as it left a trace: coupon, thing handed over, order there, code of a counter
_VISITS = (
    "SELECT person_id, at FROM v_redeemed WHERE {chats} UNION ALL SELECT person_id, at FROM v_handed WHERE {chats}"
    " UNION ALL SELECT person_id, at FROM v_order WHERE channel = 'store' AND person_id IN (" + _ANY + ")"
    " UNION ALL SELECT j.person_id, j.at FROM v_join j JOIN v_invite i ON i.chat_id = j.chat_id AND i.name = j.source"
    " WHERE j.{chats} AND NOT j.hired"
)


def _points(ask: Ask, back: int) -> str:
    """The points of each member of the store's groups in the 90 days that end `back` days before the span does."""
    end = ask.end - timedelta(days=back)
    since, until = ask.when(end - timedelta(days=DAYS)), ask.when(end)
    last = ask.last - timedelta(days=back)
    day = ask.back(DAYS + BACK).sql("{local}")
    three = "CASE WHEN COALESCE({n}, 0) > 3 THEN 3 ELSE COALESCE({n}, 0) END"
    sum_ = " + ".join(three.replace("{n}", f"{x}.n") for x in "vro")
    return (
        f"SELECT m.person_id, {sum_} AS points FROM ({_ANY}) m"
        f" LEFT JOIN (SELECT person_id, COUNT(DISTINCT {day}) AS n FROM ({_VISITS}) w WHERE at >= {since} AND at < {until}"
        " GROUP BY person_id) v ON v.person_id = m.person_id"
        " LEFT JOIN (SELECT person_id, COUNT(DISTINCT day) AS n FROM v_member_day WHERE {chats} AND replies > 0 AND day"
        f" BETWEEN '{last - timedelta(days=DAYS - 1)}' AND '{last}' GROUP BY person_id) r ON r.person_id = m.person_id"
        f" LEFT JOIN (SELECT person_id, COUNT(*) AS n FROM v_order WHERE at >= {since} AND at < {until} AND person_id IS NOT NULL"
        " GROUP BY person_id) o ON o.person_id = m.person_id"
    )


def _filled(ask: Ask, select: str, words: dict[str, str]) -> str:
    """A question with a store's words written in, twice: some of them hold others."""
    for _ in range(3):
        for key in ("now", "then", "visits", "chats", "epoch", "store"):
            select = select.replace("{" + key + "}", words[key])
    return ask.sql(select)
