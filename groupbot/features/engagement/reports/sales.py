"""What members buy, as far as they say which customers they are: orders, who buys again, RFM bands."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from groupbot.features.engagement.reports.asking import RATE, Ask, Figure
from groupbot.features.engagement.reports.assisted import split

REPEAT = (30, 60, 90)  # days
CHANNELS = ("online", "store", "group")
COHORT, YEAR = 90, 365
_ACTED = "SELECT DISTINCT person_id FROM v_member_day WHERE {days} AND NOT staff AND messages + reactions + taps > 0"
# who is here, bound, and no staff, since when; and what they ordered as members
BOUND = (
    "SELECT person_id, MIN(COALESCE(joined_at, {epoch})) AS since FROM v_member WHERE {chat} AND left_at IS NULL"
    " AND person_id IN (SELECT person_id FROM v_buyer) AND person_id NOT IN (SELECT person_id FROM v_member_day"
    " WHERE {chat} AND staff) GROUP BY person_id"
)
_WITH = (
    f"WITH b AS MATERIALIZED ({BOUND}), o AS MATERIALIZED (SELECT v.order_id, v.person_id, v.at, v.amount, v.channel FROM v_order v"
    " JOIN b ON b.person_id = v.person_id AND v.at >= b.since WHERE v.at < {end}) "
)
_BANDS = {
    "recency": f"CASE WHEN last >= {{d30}} THEN 1 WHEN last >= {{d{COHORT}}} THEN 2 ELSE 3 END",
    "frequency": "CASE WHEN orders >= 4 THEN 1 WHEN orders >= 2 THEN 2 ELSE 3 END",
    "money": "NTILE(3) OVER (ORDER BY amount DESC, person_id)",
}


class Band(Struct, frozen=True):
    """One band of buyers: `kind` recency (1: ordered in 30 days, 2: in 90, 3: before), frequency (1: four
    orders of a year or more, 2: two or three, 3: one), money (thirds by what they spent, 1 the highest).
    `share`: of the sales of the year. None: fewer than ten people, or the cell would tell such a one."""

    kind: str
    band: int
    people: int | None
    share: float | None


def sales(ask: Ask) -> list[Figure]:
    """Every number of it; the first over 28 days."""
    month = ask.back(28)
    again = (_again(month, n) for n in REPEAT)
    found = [*_orders(month), *again, *split(month, _WITH), *_channels(ask.back(COHORT))]
    return [f if f.n >= f.least else replace(f, n=0) for f in found]  # how few is nobody's business


def _orders(month: Ask) -> list[Figure]:
    more = {"epoch": month.when(datetime(1970, 1, 1, tzinfo=UTC))}
    bound = f"SELECT COUNT(*) FROM ({BOUND}) b WHERE person_id IN (SELECT person_id FROM v_buyer WHERE at < {{end}})"
    active = f"SELECT COUNT(*) FROM ({BOUND}) b WHERE person_id IN ({_ACTED})"
    known = "SELECT COUNT(DISTINCT person_id) FROM v_member WHERE {chat} AND left_at IS NULL"
    return [
        month.figure("bound", f"SELECT ({bound}) * 1.0 / NULLIF(({known}), 0)", unit="share", per="bound members (share of the members known)",
                     n=bound, least=RATE, **more),
        month.figure("orders_per_active", f"{_WITH}SELECT (SELECT COUNT(*) FROM o WHERE at >= {{start}} AND person_id IN ({_ACTED}))"
                     f" * 1.0 / NULLIF((SELECT COUNT(*) FROM b WHERE person_id IN ({_ACTED})), 0)",
                     unit="index", per="active members who are bound", n=active, least=RATE, **more),
    ]  # fmt: skip


def _channels(span: Ask) -> list[Figure]:
    """The shares of the three channels in the orders of 90 days, and of the buyers those who bought through
    two of them or all; each needs ten people who did."""
    there = f"{_WITH.rstrip()}, c AS MATERIALIZED (SELECT person_id, channel FROM o WHERE at >= {{start}}) "
    many = "(SELECT COUNT(*) FROM (SELECT person_id FROM c GROUP BY person_id HAVING COUNT(DISTINCT channel) >= {least}) m)"
    rest: dict[str, Any] = {
        "unit": "share",
        "least": RATE,
        "epoch": span.when(datetime(1970, 1, 1, tzinfo=UTC)),
    }
    return [
        *(
            span.figure(f"channel_{c}", f"{there}SELECT AVG(CASE WHEN channel = '{c}' THEN 1.0 ELSE 0.0 END) FROM c",
                        per="bound members who bought so in 90 days",
                        n=f"{there}SELECT COUNT(DISTINCT person_id) FROM c WHERE channel = '{c}'", **rest)
            for c in CHANNELS
        ),
        *(
            span.figure(f"channels_{word}", f"{there}SELECT {many.replace('{least}', str(n))} * 1.0"
                        " / NULLIF((SELECT COUNT(DISTINCT person_id) FROM c), 0)",
                        per=f"bound members who bought through {word} channels in 90 days",
                        n=f"{there}SELECT {many.replace('{least}', str(n))}", **rest)
            for word, n in (("two", 2), ("three", 3))
        ),
    ]  # fmt: skip


def _again(month: Ask, days: int) -> Figure:
    """Of who ordered first (as far as is known) in the 90 days that end `days` before, who did again within
    `days`, a day later or more: one purchase in two orders is none."""
    until = month.end - timedelta(days=days)
    first = (
        "(SELECT person_id, MIN(at) AS at FROM o GROUP BY person_id) f"
        " WHERE f.at >= {since} AND f.at < {until}"
    )
    again = (
        "EXISTS (SELECT 1 FROM o WHERE o.person_id = f.person_id"
        f" AND o.at >= {month.plus('f.at', 1)} AND o.at < {month.plus('f.at', days)})"
    )
    return month.figure(
        f"repurchase_{days}",
        f"{_WITH}SELECT AVG(CASE WHEN {again} THEN 1.0 ELSE 0.0 END) FROM {first}",
        unit="share", per=f"bound members who first ordered {days} to {days + COHORT} days ago",
        n=f"{_WITH}SELECT COUNT(*) FROM {first}", least=RATE,
        epoch=month.when(datetime(1970, 1, 1, tzinfo=UTC)),
        since=month.when(until - timedelta(days=COHORT)), until=month.when(until),
    )  # fmt: skip


def bands_sql(ask: Ask) -> dict[str, str]:
    """The SQL of each kind of band: band, people, what they spent; over the year that ends with the span."""
    words: dict[str, str] = {f"d{n}": ask.when(ask.end - timedelta(days=n)) for n in (30, COHORT)} | {
        "year": ask.when(ask.end - timedelta(days=YEAR)),
        "epoch": ask.when(datetime(1970, 1, 1, tzinfo=UTC)),
    }
    each = (
        f"{_WITH.rstrip()}, p AS (SELECT person_id, MAX(at) AS last, COUNT(*) AS orders, COALESCE(SUM(amount), 0) AS amount"
        " FROM o WHERE at >= {year} GROUP BY person_id)"
        " SELECT band, COUNT(*), SUM(amount) FROM (SELECT {how} AS band, amount FROM p) q GROUP BY band ORDER BY band"
    )
    return {kind: ask.sql(each.replace("{how}", how), **words) for kind, how in _BANDS.items()}


def bands(ask: Ask) -> list[Band]:
    """RFM: recency, frequency and money, each in three. Where one cell alone would be hidden the next smallest
    is hidden with it: the rest would tell it."""
    found = []
    for kind, sql in bands_sql(ask).items():
        rows: list[tuple[Any, ...]] = ask.rows(sql)
        whole = sum(int(r[2]) for r in rows)
        hidden = {int(r[0]) for r in rows if int(r[1]) < RATE}
        if len(hidden) == 1 and len(rows) > 1:
            hidden.add(min((int(r[1]), int(r[0])) for r in rows if int(r[0]) not in hidden)[1])
        for band, people, amount in rows:
            shown = int(band) not in hidden
            share = float(amount) / whole if shown and whole else None
            found.append(Band(kind, int(band), int(people) if shown else None, share))
    return found
