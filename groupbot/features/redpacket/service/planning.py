"""What the house's packets cost so far, and may still cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.members.domain import spread
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.service.effects import effects

EVER, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
SHOWN = 2  # packets whose effects the plan shows


def plan(work: Work) -> dict[str, Any]:
    """What the house may still give: for `/redpacket` without an order."""
    chat = work.chat
    rows = spending(work)
    zone_ = zone(zone_of(work))
    return {
        "balance": ledger.balance(work, ledger.house_wallet(work, chat)),
        "spent": sum(int(r.spent) for r in rows),
        "budget": int(members.get(work, chat, domain.BUDGET)),
        "occasions": [
            {"name": r.occasion, "packets": int(r.packets), "spent": int(r.spent)} for r in rows if r.occasion
        ],
        "campaigns": campaigns(work),
        "planned": [
            {"at": f"{p.opened_at.astimezone(zone_):%m-%d %H:%M}", "total": p.total, "n": p.n}
            for p in work.sql.all(store.PLANNED_IN, chat=chat)
        ],
        "effects": effects(work, SHOWN),
        "segment": domain.words(spread(members.get(work, chat, domain.SEGMENT))),
        "today": used_today(work, 0, True),
        "daily": members.get(work, chat, domain.DAILY),
        "most": members.get(work, chat, domain.MOST),
        "first": members.get(work, chat, domain.FROM),
        "last": members.get(work, chat, domain.UNTIL),
    }


def spending(work: Work, own: int = 0, at: datetime | None = None) -> list[Any]:
    """What the house's packets of this month, or that of `at`, cost, as rows (occasion, packets, spent): what
    was taken of those that are over, the whole of open and planned ones. Call it before the step's first
    write."""
    work.flush()
    since = ledger.month_start(work, work.chat, at)
    until = (since + timedelta(days=32)).replace(day=1)
    return work.sql.all(store.MONTH, chat=work.chat, since=since, until=until, own=own)


def campaigns(work: Work, own: int = 0) -> list[dict[str, Any]]:
    """What campaigns and occasions with a budget have cost so far. Call it before the step's first
    write."""
    budgets = domain.budgets_of(members.get(work, work.chat, domain.BUDGETS))
    if not budgets:
        return []
    work.flush()
    spent = dict.fromkeys(budgets, 0)
    for row in work.sql.all(store.MONTH, chat=work.chat, since=EVER, until=END, own=own):
        if row.occasion.casefold() in spent:
            spent[row.occasion.casefold()] += int(row.spent)
    return [{"name": n, "budget": b, "spent": spent[key]} for key, (n, b) in budgets.items()]


def used_today(work: Work, sender: int, company: bool, at: datetime | None = None, own: int = 0) -> int:
    """Packets of this payer that really went out on that day, or will."""
    return int(
        work.sql.value(
            store.TODAY,
            chat=work.chat,
            the_day=day_of(work, at or work.now),
            the_payer="house" if company else "member",
            sender=sender,
            own=own,
        )
    )


def open_now(work: Work) -> int:
    """How many packets of this chat can be grabbed now."""
    return len(work.sql.all(store.LIVE_IN, chat=work.chat, now=work.now))


def zone_of(work: Work) -> str:
    return members.voice(work, work.chat, None)[1]


def day_of(work: Work, at: datetime) -> str:
    return at.astimezone(zone(zone_of(work))).date().isoformat()
