"""Sending a packet: what the chat allows, the draft of a thin one, split, funds, card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Delete, Send
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member, pot
from groupbot.features.members import service as members
from groupbot.features.redpacket import domain, store
from groupbot.features.redpacket.domain import Confirm, Order
from groupbot.features.redpacket.service.cards import card
from groupbot.features.redpacket.service.resident import live

DRAFT = timedelta(minutes=10)


def send(
    work: Work, order: Order, *, sender: int, company: bool, topic: int | None = None
) -> tuple[int, str]:
    """Send a packet, or ask first when a lucky one is thin: (number, live | draft).

    Raises:
        Refusal: a rule of this chat says no, and which.
    """
    chat = work.chat
    if not company and not members.get(work, chat, domain.MEMBERS):
        raise Refusal("redpacket/members_off")
    check(work, order, sender=sender, company=company)
    row = {
        "chat_id": chat,
        "topic": topic,
        "sender_id": sender,
        "payer": "house" if company else "member",
        "kind": order.kind,
        "total": order.total,
        "n": order.n,
        "wish": order.wish,
        "day": _day(work),
        "state": "draft",
        "salt": "",
        "commitment": "",
        "opened_at": work.now,
        "expires_at": work.now + DRAFT,
    }
    number = int(work.sql.returning(store.NEW, **row)[0].id)
    if not order.thin:
        _open(work, number, order.kind)
        return number, "live"
    buttons = ((Button("lucky", Confirm(number)),), (Button("equal", Confirm(number, equal=True)),))
    work.say(
        Send(
            chat=chat,
            template="redpacket/thin",
            data={"total": order.total, "n": order.n},
            buttons=buttons,
            ref=f"redpacket:ask:{number}",
            topic=topic,
            lifetime=int(DRAFT.total_seconds()),
        )
    )
    return number, "draft"


def check(work: Work, order: Order, *, sender: int, company: bool) -> None:
    """What this chat allows now.

    Raises:
        Refusal: with the reason.
    """
    chat = work.chat
    most = int(members.get(work, chat, domain.MOST))
    if order.total > most:
        raise Refusal("redpacket/too_much", most=most)
    if order.n > min(domain.MOST_SHARES, order.total):
        raise Refusal("redpacket/too_many", most=min(domain.MOST_SHARES, order.total))
    first, last = members.get(work, chat, domain.FROM), members.get(work, chat, domain.UNTIL)
    if not domain.within(work.now.astimezone(zone(_zone(work))), first, last):
        raise Refusal("redpacket/hours", first=first, last=last)
    if used_today(work, sender, company) >= (
        daily := members.get(work, chat, domain.DAILY) if company else 1
    ):
        raise Refusal("redpacket/daily", daily=daily)
    wallet = ledger.house_wallet(work, chat) if company else member(chat, sender)
    have = ledger.balance(work, wallet)
    if have < order.total:
        raise Refusal("redpacket/poor" if company else "ledger/short", balance=have, needed=order.total)


def used_today(work: Work, sender: int, company: bool) -> int:
    """Packets of this payer today that really went out."""
    payer = "house" if company else "member"
    return int(
        work.sql.value(store.TODAY, chat=work.chat, the_day=_day(work), the_payer=payer, sender=sender)
    )


def confirm(work: Work, number: int, *, equal: bool, sender: int) -> None:
    """Send a draft after all.

    Raises:
        Refusal: not the drafter's press, or the draft is gone, or a rule says no by now.
    """
    row = work.sql.first(store.PACKET, the_id=number)
    if row is None or row.chat_id != work.chat or row.state != "draft" or row.expires_at <= work.now:
        raise Refusal("redpacket/draft_gone")
    if row.sender_id not in (0, sender):
        raise Refusal("redpacket/not_yours")
    kind = "equal" if equal else row.kind
    order = Order(row.total, row.n, kind, row.wish)
    check(work, order, sender=row.sender_id, company=row.payer == "house")
    _open(work, number, kind)
    work.say(Delete(chat=work.chat, ref=f"redpacket:ask:{number}"))


def _open(work: Work, number: int, kind: str) -> None:
    """Split, fund, publish."""
    row = work.sql.first(store.PACKET, the_id=number)
    shares = domain.split(kind, row.total, row.n, work.rng)
    salt = work.rng.randbytes(32).hex()
    chat = row.chat_id
    hours = int(members.get(work, chat, domain.HOURS))
    work.sql.run(
        store.OPEN,
        the_id=number,
        kind=kind,
        day=_day(work),
        salt=salt,
        commitment=domain.commitment(salt, shares),
        opened_at=work.now,
        expires_at=work.now + timedelta(hours=hours),
    )
    work.sql.many(
        store.SHARES,
        [{"packet_id": number, "seq": i, "amount": a} for i, a in enumerate(shares)],
    )
    payer = house(chat) if row.payer == "house" else member(chat, row.sender_id)
    ledger.transfer(
        work,
        f"packet:{number}:open",
        "packet.open",
        (payer, -row.total),
        (pot(chat, number), row.total),
        ref=f"redpacket:{number}",
        actor=row.sender_id,
    )
    packet = live(work, number)
    assert packet is not None
    template, data, buttons = card(work, packet, 0)
    work.say(Send(chat=chat, template=template, data=data, buttons=buttons, ref=packet.ref, topic=row.topic))


def plan(work: Work) -> dict[str, Any]:
    """What the house may still give: for `/redpacket` without an order."""
    chat = work.chat
    spent = ledger.house_spent(work, chat)
    return {
        "balance": ledger.balance(work, ledger.house_wallet(work, chat)),
        "spent": spent,
        "today": used_today(work, 0, True),
        "daily": members.get(work, chat, domain.DAILY),
        "most": members.get(work, chat, domain.MOST),
        "first": members.get(work, chat, domain.FROM),
        "last": members.get(work, chat, domain.UNTIL),
    }


def open_now(work: Work) -> int:
    """How many packets of this chat can be grabbed now."""
    return len(work.sql.all(store.LIVE_IN, chat=work.chat, now=work.now))


def _zone(work: Work) -> str:
    return members.voice(work, work.chat, None)[1]


def _day(work: Work) -> str:
    return work.now.astimezone(zone(_zone(work))).date().isoformat()
