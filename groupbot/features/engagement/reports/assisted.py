"""What a group sold itself and what it helped to sell: orders of 28 days, each in one of three kinds."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from groupbot.features.engagement.reports.asking import RATE, Ask, Figure

KINDS = ("direct", "assisted", "other")
WITHIN = 30  # days from the click, or from coming by a friend's link, to an order


def split(month: Ask, orders: str) -> list[Figure]:
    """The shares of orders, and of what they cost, by kind: direct (bought in a group), assisted (elsewhere, by
    who came by a counted link of this group or by a member's link to it in the 30 days before), other. Each
    needs ten people; where one kind alone would be hidden, the smaller of the others is hidden with it: the rest
    would tell it. `orders` makes `o`, the orders of the members who are bound."""
    helped = " OR ".join(
        f"EXISTS (SELECT 1 FROM {view} v WHERE v.{{chat}} AND v.person_id = o.person_id{more} AND v.at <= o.at"
        f" AND o.at <= {month.plus('v.at', WITHIN)})"
        for view, more in (("v_visit", ""), ("v_referral", " AND v.state <> 'hired'"))
    )
    kinds = (
        f"{orders.rstrip()}, k AS MATERIALIZED (SELECT person_id, amount, CASE WHEN channel = 'group' THEN 'direct'"
        f" WHEN {helped} THEN 'assisted' ELSE 'other' END AS kind FROM o WHERE at >= {{start}}) "
    )
    words = {"epoch": month.when(datetime(1970, 1, 1, tzinfo=UTC))}
    found: list[Figure] = []
    for key, worth in (("orders", "1"), ("sales", "amount")):
        three = [
            month.figure(
                f"{key}_{kind}",
                f"{kinds}SELECT SUM(CASE WHEN kind = '{kind}' THEN {worth} ELSE 0 END) * 1.0 / NULLIF(SUM({worth}), 0) FROM k",
                unit="share", per="bound members who bought so in 28 days", least=RATE,
                n=f"{kinds}SELECT COUNT(DISTINCT person_id) FROM k WHERE kind = '{kind}'", **words,
            )
            for kind in KINDS
        ]  # fmt: skip
        found += _hidden(three)
    return found


def _hidden(three: list[Figure]) -> list[Figure]:
    """None of them alone under ten people."""
    if sum(0 < f.n < f.least for f in three) != 1:
        return three
    least = min((f for f in three if f.n >= f.least), key=lambda f: f.n, default=None)
    return [replace(f, value=None, n=0) if f is least else f for f in three]
