"""Friends whom a member brought: held, then rewarded once, taken back when they leave soon after.

Points move under the row's number, from the house wallet and back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Left
from groupbot.engine.work import Work
from groupbot.features.invites import domain, store
from groupbot.features.invites.domain import BACK, HOLD, MOST, POINTS
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member
from groupbot.features.members import service as members

AT_ONCE = 10
Asked = Callable[[Work, int, int, datetime], bool]  # of (chat, person, since)


def settle(work: Work, took_part: Asked, hired: Asked) -> bool:
    """Decide on friends whose hold is over; True when there may be more."""
    rows = work.sql.all(store.DUE, the_state="held", now=work.now, most=AT_ONCE)
    for row in rows:
        work.chat = row.chat_id
        month = ledger.month_start(work, row.chat_id)
        word = domain.verdict(
            stayed=members.is_here(work, row.chat_id, row.person_id)
            and members.is_here(work, row.chat_id, row.by_id),
            took_part=took_part(work, row.chat_id, row.person_id, row.at),
            hired=hired(work, row.chat_id, row.person_id, row.at),
            paid_this_month=int(
                work.sql.value(store.PAID_SINCE, chat=row.chat_id, who=row.by_id, since=month) or 0
            ),
            most=members.get(work, row.chat_id, MOST),
        )
        if word == "pay":
            _pay(work, row)
        else:
            _becomes(work, row, word)
    return len(rows) >= AT_ONCE


def _pay(work: Work, row: Any) -> None:
    points = int(members.get(work, row.chat_id, POINTS))
    # while the books are closed, no month's points come into the wallet either
    wallet = None if ledger.halted(work) else ledger.house_wallet(work, row.chat_id)
    if wallet is None or ledger.balance(work, wallet) < points:
        due = domain.due_at(row.at, members.get(work, row.chat_id, HOLD))  # the row's moves on with each try
        if work.now - due > domain.TRYING:
            _becomes(work, row, "poor")
        else:
            work.sql.run(store.LATER, the_id=row.id, the_due=work.now + timedelta(days=1))
        return
    account = member(row.chat_id, row.by_id)
    ledger.transfer(
        work, f"referral:{row.id}", "referral", (wallet, -points), (account, points), ref=f"referral:{row.id}"
    )
    _becomes(work, row, "paid", points=points, paid=work.now)
    _tell(work, row, "invites/stayed", points)


def _becomes(
    work: Work, row: Any, state: str, *, points: int = 0, paid: datetime | None = None,
    gone: datetime | None = None,
) -> None:  # fmt: skip
    work.sql.run(
        store.BECOMES, the_id=row.id, was=row.state, now_is=state, the_points=points,
        paid=paid, gone=gone, the_due=row.due,
    )  # fmt: skip


def left(work: Work, event: Left) -> None:
    """A friend left: nothing comes any more, and what came not long ago goes back as far as it is there."""
    row = work.sql.first(store.OF_PERSON, chat=work.chat, who=event.person.id)
    if row is None or row.left_at is not None:
        return
    if row.state == "held":
        _becomes(work, row, "left", gone=event.at)
        return
    if row.state != "paid":  # nothing was given, but they are gone: net K counts who stays
        _becomes(work, row, row.state, points=row.points, paid=row.paid_at, gone=event.at)
        return
    within = work.now - row.paid_at <= timedelta(seconds=members.get(work, work.chat, BACK))
    if not within or ledger.halted(work):
        _becomes(work, row, "paid", points=row.points, paid=row.paid_at, gone=event.at)
        return
    account = member(work.chat, row.by_id)
    taken = domain.back(row.points, ledger.balance(work, account))
    if taken:
        key = f"referral:{row.id}:back"
        ledger.transfer(work, key, "referral.back", (account, -taken), (house(work.chat), taken))
        _tell(work, row, "invites/went", taken)
    _becomes(work, row, "back", points=row.points - taken, paid=row.paid_at, gone=event.at)


def _tell(work: Work, row: Any, template: str, points: int) -> None:
    if members.reachable(work, row.by_id):
        data = {"points": points, "title": members.title(work, row.chat_id)}
        work.say(Send(user=row.by_id, template=template, data=data))


def standing(work: Work, chat: int, person: int) -> dict[str, int]:
    """How a member's own link fares: friends held, rewarded, gone, others; points got."""
    rows = {
        r.state: (int(r.n), int(r.points or 0)) for r in work.sql.all(store.OF_INVITER, chat=chat, who=person)
    }
    of = {k: rows.get(k, (0, 0))[0] for k in ("held", "paid")}
    of["gone"] = sum(rows.get(k, (0, 0))[0] for k in ("left", "back"))
    of["came"] = sum(n for n, _ in rows.values())
    of["points"] = sum(p for _, p in rows.values())
    return of
