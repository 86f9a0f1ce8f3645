"""Opening a draw, and coming in: once each, never staff, newcomers later."""

from __future__ import annotations

from functools import partial
from typing import Any

from groupbot.core.effects import Answer, Send
from groupbot.core.events import Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Order
from groupbot.features.lottery.service.resident import OPEN, card, ineligible, load, may_redraw, redraw
from groupbot.features.members import service as members


def open_lottery(work: Work, order: Order, *, by: int, topic: int | None = None) -> int:
    """Seal and publish a draw; its number.

    Raises:
        Refusal: another draw is open here.
    """
    chat = work.chat
    if work.sql.first(store.OPEN_IN, chat=chat) is not None:
        raise Refusal("lottery/open_already")
    tenure, claim = (int(members.get(work, chat, s)) for s in (domain.TENURE, domain.CLAIM))
    closes = (work.now + order.span).replace(microsecond=0)
    server_seed, salt = work.rng.randbytes(32), work.rng.randbytes(32)
    rules = domain.rules_text(order, closes=closes, tenure_hours=tenure, claim_hours=claim, salt=salt.hex())
    row = {
        "chat_id": chat,
        "topic": topic,
        "by_id": by,
        "prize": order.prize,
        "seats": order.seats,
        "rules": rules,
        "rules_hash": domain.sha256(rules.encode()),
        "commitment": domain.sha256(server_seed),
        "server_seed": server_seed.hex(),
        "salt": salt.hex(),
        "tenure_hours": tenure,
        "claim_hours": claim,
        "opened_at": work.now,
        "closes_at": closes,
    }
    number = int(work.sql.returning(store.NEW, **row)[0].id)
    made = load(work, number)
    assert made is not None
    data, buttons = card(work, made)
    work.say(Send(chat=chat, template="lottery/card", data=data, buttons=buttons, ref=made.ref, topic=topic))
    return number


def enter(work: Work, number: int, tap: Tap) -> None:
    """Whoever pressed is in, once; the toast tells their number in this draw.

    Raises:
        Refusal: over, staff, or too new here.
    """
    lottery, person = load(work, number), tap.sender
    if lottery is None or person is None or lottery.chat != work.chat:
        raise Refusal("common/old_button")
    cache = work.cached(OPEN)
    mine = cache.get((number, person.id))
    again = mine is not None
    if mine is None:
        if lottery.state != "open" or lottery.closes <= work.now:
            raise Refusal("lottery/over")
        why = "staff" if person.is_bot else ineligible(work, lottery, person.id)
        if why:
            raise Refusal(f"lottery/{why}", hours=lottery.tenure_hours)
        mine = domain.entry_of(lottery.salt, person.id)
        work.add(store.ENTRIES, number, person.id, mine, work.now)
        work.put(OPEN, (number, person.id), mine)
        work.put(OPEN, (number, "in"), cache[number, "in"] + 1)
        if may_redraw(work, number):
            work.finally_(lottery.ref, partial(redraw, number=number))
    data = {"number": mine[: domain.NUMBER], "entered": cache[number, "in"], "again": again}
    work.say(Answer(query_id=tap.query_id, template="lottery/entered", data=data))


def redraw_stale(work: Work) -> None:
    """Cards that show fewer entries than there are."""
    work.flush()
    for row in work.sql.all(store.STALE):
        if may_redraw(work, row.id):
            work.finally_(f"lottery:{row.id}", partial(redraw, number=row.id))


def status(work: Work) -> dict[str, Any]:
    """The open draw of this chat and the last one, for whoever asks."""
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    last = work.sql.value(store.LAST_IN, chat=work.chat)
    found: dict[str, Any] = {"open": False, "last": last}
    if row is not None and (lottery := load(work, row.id)) is not None:
        found |= {
            "open": True,
            "prize": lottery.prize,
            "seats": lottery.seats,
            "closes": lottery.closes,
            "entered": int(work.cached(OPEN)[lottery.id, "in"]),
        }
    return found
