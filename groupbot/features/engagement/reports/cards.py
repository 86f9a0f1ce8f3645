"""What promotions came to: questions, people who came by the link, coupons, orders."""

from __future__ import annotations

from msgspec import Struct

from groupbot.engine.work import Work

_NAMED = "substr(v.name, length(v.name) - length(s.plan)) = '/' || s.plan"  # campaign/plan, or plan/plan


class Card(Struct, frozen=True):
    """A plan of promotions: how often it was said, how many had a question, came by its link, took a coupon
    in its groups within a week of it, and what those who came ordered within thirty days."""

    plan: str
    posts: int
    questions: int
    came: int
    claims: int
    orders: int


def cards_sql(work: Work) -> str:
    """The question behind `cards`: over the views alone."""

    def after(column: str, days: int) -> str:
        if work.sql.dialect == "sqlite":
            return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{days} days')"
        return f"{column} + INTERVAL '{days} days'"

    return (
        "SELECT s.plan, COUNT(*) AS posts,"
        " (SELECT COUNT(*) FROM v_question q WHERE q.plan = s.plan) AS questions,"
        f" (SELECT COUNT(*) FROM v_visit v WHERE {_NAMED}) AS came,"
        " (SELECT COUNT(DISTINCT c.coupon_id) FROM v_claim c JOIN v_slot t ON t.chat_id = c.chat_id"
        " AND t.plan = s.plan AND t.state = 'said' AND c.at >= t.at"
        f" AND c.at < {after('t.at', 7)}) AS claims,"
        " (SELECT COUNT(DISTINCT o.order_id) FROM v_visit v JOIN v_order o ON o.person_id = v.person_id"
        f" AND o.at >= v.at AND o.at < {after('v.at', 30)} WHERE {_NAMED}) AS orders"
        " FROM v_slot s WHERE s.state = 'said' AND s.kind = 'promotion' GROUP BY s.plan"
        " ORDER BY orders DESC, came DESC, s.plan"
    )


def cards(work: Work) -> list[Card]:
    """Every plan of promotions that was said, the one with most orders first."""
    return [Card(*row) for row in work.sql.plain(cards_sql(work))]
