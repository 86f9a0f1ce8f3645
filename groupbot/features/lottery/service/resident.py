"""Open draws as the writer holds them: the draw under its number, how many are in under (number, "in"),
each entry under (number, person)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from groupbot.core.effects import Button, Edit, Rows
from groupbot.engine.work import Work
from groupbot.features.ledger import domain as ledger_domain
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Conditions, Enter, Prize

OPEN, DRAWN, WORDS = "lottery.open", "lottery.drawn", "lottery.words"
REDRAW = timedelta(seconds=6)


class Lottery(Struct, frozen=True):
    """A draw as published, with its state now."""

    id: int
    chat: int
    topic: int | None
    by: int
    prize: str
    prizes: tuple[Prize, ...]
    seats: int
    rules: str
    rules_hash: str
    commitment: str
    server_seed: str
    salt: str
    state: str
    tenure_hours: int
    claim_hours: int
    closes: datetime
    full: int
    tickets: str
    conditions: Conditions
    edition: int

    @property
    def ref(self) -> str:
        return f"lottery:{self.id}"

    @property
    def pot(self) -> ledger_domain.Account:
        """Where its points wait. Packets count their pots up from one, draws down."""
        return ledger_domain.pot(self.chat, -self.id)

    @property
    def beacon(self) -> bool:
        """Does it wait for an outside random number, by its rules?"""
        return domain.CHAIN in self.rules

    def coupon(self, seat: int) -> str:
        """The name under which a seat's coupon is set aside; "" where it wins none."""
        return f"lottery:{self.id}:{seat}" if self.prize_of(seat).kind == "coupon" else ""

    def prize_of(self, seat: int) -> Prize:
        """What seat 1, 2, … gets."""
        for p in self.prizes:
            if seat <= p.seats:
                return p
            seat -= p.seats
        raise ValueError("no such seat")


def load(work: Work, number: int) -> Lottery | None:
    """The draw, made resident with its entries; None when there is none of this number."""
    cache = work.cached(OPEN)
    if number in cache:
        return cache[number]  # type: ignore[no-any-return]
    r = work.sql.first(store.LOTTERY, the_id=number)
    if r is None:
        return None
    entries = work.sql.all(store.ENTRIES_OF, the_id=number)
    for e in entries:
        work.put(OPEN, (number, e.person_id), e.entry)
    work.put(OPEN, (number, "in"), len(entries))
    prizes = tuple(
        Prize(p.name, p.seats, p.kind, p.amount, gift=p.gift, stars=p.stars)
        for p in work.sql.all(store.PRIZES, the_id=number)
    )
    made = Lottery(
        id=r.id,
        chat=r.chat_id,
        topic=r.topic,
        by=r.by_id,
        prize=r.prize,
        prizes=prizes or (Prize(r.prize, r.seats),),
        seats=r.seats,
        rules=r.rules,
        rules_hash=r.rules_hash,
        commitment=r.commitment,
        server_seed=r.server_seed,
        salt=r.salt,
        state=r.state,
        tenure_hours=r.tenure_hours,
        claim_hours=r.claim_hours,
        closes=r.closes_at,
        full=r.full,
        tickets=r.tickets,
        conditions=Conditions(**(r.conditions or {})),
        edition=r.edition,
    )
    work.put(OPEN, number, made)
    return made


def forget(work: Work, lottery: Lottery) -> None:
    """Have it read again, and the words of its chat."""
    work.drop(OPEN, lottery.id)
    work.drop(WORDS, lottery.chat)


def described(lottery: Lottery) -> dict[str, Any]:
    """What every card of a draw shows."""
    sealed = json.loads(lottery.rules)
    values = [p.get("value", "") for p in sealed.get("prizes", ())]  # older draws sealed no list
    terms = sealed.get("terms")
    return {
        "id": lottery.id,
        "prize": lottery.prize,
        "seats": lottery.seats,
        "prizes": [
            {"name": p.name, "seats": p.seats, "kind": p.kind, "value": value}
            for p, value in zip(lottery.prizes, values or repeat(""), strict=False)
        ],
        "terms": terms
        and {
            "hours": lottery.claim_hours,
            "text": terms["text"],
            "guardian": terms["minors"] == "guardian",
        },
        "closes": lottery.closes,
        "full": lottery.full,
        "tickets": lottery.tickets,
        "needs": asdict(lottery.conditions),
        "word": lottery.conditions.word,
        "asks": bool(lottery.conditions.asked().keys() - {"keyword", "tag"}),
        "edition": lottery.edition,
        "beacon": lottery.beacon,
        "commitment": lottery.commitment,
        "rules": lottery.rules,
        "rules_hash": lottery.rules_hash,
        "version": domain.VERSION,
    }


def card(work: Work, lottery: Lottery) -> tuple[dict[str, Any], Rows]:
    """Data and buttons of the open card."""
    data = {**described(lottery), "entered": int(work.cached(OPEN)[lottery.id, "in"])}
    label = "mine" if lottery.conditions.word else "enter"
    return data, ((Button(label, Enter(lottery.id)),),)


def redraw(work: Work, number: int) -> None:
    """Edit the card of an open draw to how many are in."""
    lottery = load(work, number)
    if lottery is None or lottery.state != "open":
        return
    data, buttons = card(work, lottery)
    work.say(
        Edit(
            chat=lottery.chat,
            ref=lottery.ref,
            template="lottery/card",
            data=data,
            buttons=buttons,
            cause="lottery",
        )
    )
    work.sql.run(store.DRAWN, the_id=number, entries=data["entered"])
    work.put(DRAWN, number, work.now)


def may_redraw(work: Work, number: int) -> bool:
    """At most ten edits a minute."""
    last = work.cached(DRAWN).get(number)
    return last is None or work.now - last >= REDRAW
