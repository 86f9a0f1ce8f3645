"""Opening a draw; changing it before the first entry; calling it off before the close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from groupbot.core.effects import Edit, Send
from groupbot.engine import naming, vault
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Order
from groupbot.features.lottery.service.resident import OPEN, Lottery, card, described, forget, load
from groupbot.features.members import service as members

Codes = Mapping[int, Sequence[str]]  # prize (from 0): a code for each seat, or one text for all
Hold = Callable[[Work, int, Sequence[str]], None]  # sets a coupon of a pool aside under each name


def open_lottery(
    work: Work,
    order: Order,
    *,
    by: int,
    topic: int | None = None,
    codes: Codes | None = None,
    hold: Hold | None = None,
) -> int:
    """Seal and publish a draw; its number. Points come out of the house wallet now, coupons (by `hold`) out
    of their pools.

    Raises:
        Refusal: another draw is open here, the codes are not as many as the seats, there are fewer
            coupons, nobody asked Telegram about its gifts, the house wallet does not hold the points, or a
            highest value of prizes is set and this goes against it.
    """
    chat, given = work.chat, codes or {}
    if order.unasked:
        raise Refusal("lottery/no_gifts", trouble="unasked")
    order = lawful(work, chat, titled(work, chat, order))
    if work.sql.first(store.OPEN_IN, chat=chat) is not None:
        raise Refusal("lottery/open_already")
    for i, p in enumerate(order.prizes):
        have = len(given.get(i, ()))
        wanted = p.seats if p.kind == "code" else 1 if p.kind == "text" else 0
        if have != wanted:
            raise Refusal("lottery/codes", prize=p.name, have=have, seats=wanted)
    server_seed, salt = work.rng.randbytes(32), work.rng.randbytes(32)
    tenure, claim = (int(members.get(work, chat, s)) for s in (domain.TENURE, domain.CLAIM))
    fields = _rules(work, order, tenure=tenure, claim=claim, salt=salt.hex())
    row = {
        **fields,
        "chat_id": chat,
        "topic": topic,
        "by_id": by,
        "commitment": domain.sha256(server_seed),
        "server_seed": server_seed.hex(),
        "salt": salt.hex(),
        "tenure_hours": tenure,
        "claim_hours": claim,
        "opened_at": work.now,
    }
    number = int(work.sql.returning(store.NEW, **row)[0].id)
    _keep_prizes(work, number, order)
    _seal(work, number, order, given)
    _hold(work, number, order, hold)
    work.drop("lottery.words", chat)
    made = load(work, number)
    assert made is not None
    _set_aside(work, made, order.points, by)
    data, buttons = card(work, made)
    work.say(Send(chat=chat, template="lottery/card", data=data, buttons=buttons, ref=made.ref, topic=topic))
    return number


def _rules(
    work: Work, order: Order, *, tenure: int, claim: int, salt: str, edition: int = 1, before: str = ""
) -> dict[str, Any]:
    closes = (work.now + order.span).replace(microsecond=0)
    terms = None
    if domain.handed(order.prizes):
        minors = "guardian" if members.get(work, work.chat, domain.MINORS) else "out"
        terms = {"minors": minors, "text": str(members.get(work, work.chat, domain.TERMS))}
    rules = domain.rules_text(
        order,
        closes=closes,
        tenure_hours=tenure,
        claim_hours=claim,
        salt=salt,
        beacon=work.me.beacon and bool(members.get(work, work.chat, domain.BEACON)),
        edition=edition,
        before=before,
        terms=terms,
    )
    return {
        "prize": order.title,
        "seats": order.seats,
        "rules": rules,
        "rules_hash": domain.sha256(rules.encode()),
        "closes_at": closes,
        "full": order.full,
        "tickets": order.tickets,
        "conditions": order.conditions.asked(),
    }


def _keep_prizes(work: Work, number: int, order: Order) -> None:
    for n, p in enumerate(order.prizes):
        work.sql.run(
            store.PRIZE,
            lottery_id=number,
            n=n,
            kind=p.kind,
            name=p.name,
            seats=p.seats,
            amount=p.amount,
            gift=p.gift if p.kind == "gift" else "",
            stars=p.stars,
        )


def _seal(work: Work, number: int, order: Order, codes: Codes) -> None:
    """Each seat's words, sealed for that seat."""
    seat, key = 0, b""
    for i, p in enumerate(order.prizes):
        for n in range(p.seats):
            seat += 1
            if p.kind not in ("code", "text"):
                continue
            key = key or vault.key_of(work)
            words = codes[i][n if p.kind == "code" else 0]
            sealed = vault.seal(key, words, about=f"lottery:{number}:{seat}", nonce=work.rng.randbytes(16))
            work.sql.run(store.CODE, lottery_id=number, seat=seat, sealed=sealed)


def titled(work: Work, chat: int, order: Order) -> Order:
    """Coupons under the name of their pool.

    Raises:
        Refusal: no such pool in this chat, or it is over.
    """
    prizes = []
    for p in order.prizes:
        name = work.sql.value(store.COUPONS, pool=p.pool, chat=chat) if p.kind == "coupon" else p.name
        if name is None:
            raise Refusal("coupons/no_pool", number=p.pool)
        prizes.append(replace(p, name=str(name)))
    return replace(order, prizes=tuple(prizes))


def lawful(work: Work, chat: int, order: Order) -> Order:
    """The order with its values in the currency of the chat's limit, if it keeps to it.

    Raises:
        Refusal: a limit is set, and terms or a value are missing, or a prize is above it.
    """
    cap = str(members.get(work, chat, domain.PRIZE_CAP))
    wrong = domain.against(order.prizes, cap, str(members.get(work, chat, domain.TERMS)))
    if wrong is not None:
        raise Refusal(wrong[0], **wrong[1])
    currency = cap.rpartition(" ")[2]
    prizes = tuple(replace(p, currency=p.currency or currency) if p.value else p for p in order.prizes)
    return replace(order, prizes=prizes)


def _hold(work: Work, number: int, order: Order, hold: Hold | None) -> None:
    seat = 1
    for p in order.prizes:
        if p.kind == "coupon":
            assert hold is not None
            hold(work, p.pool, [f"lottery:{number}:{n}" for n in range(seat, seat + p.seats)])
        seat += p.seats


def _aside_key(lottery: Lottery) -> str:
    return f"lottery:{lottery.id}:{lottery.edition}:aside"


def _set_aside(work: Work, lottery: Lottery, points: int, by: int) -> None:
    if points:
        house = ledger.house_wallet(work, lottery.chat)
        ledger.transfer(
            work,
            _aside_key(lottery),
            "lottery",
            (house, -points),
            (lottery.pot, points),
            ref=lottery.ref,
            actor=by,
        )


def _points(lottery: Lottery) -> int:
    return sum(p.amount * p.seats for p in lottery.prizes)


def the_open(work: Work, number: int | None) -> Lottery:
    """The open draw of this chat, if it is the one named.

    Raises:
        Refusal: none is open, not that one, or that one is closed and its result must stand.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    if row is not None and number in (None, row.id):
        found = load(work, int(row.id))
        assert found is not None
        return found
    other = None if number is None else load(work, number)
    if other is not None and other.chat == work.chat and other.state != "open":
        raise Refusal("lottery/closed_stands", id=other.id, void=other.state == "void")
    raise Refusal("lottery/none_open")


def undrawn(work: Work) -> list[tuple[int, str, bool]]:
    """Draws of this chat that have no result yet: number, prize, and whether the result must stand because
    the list is closed."""
    rows = work.sql.all(store.UNDRAWN, chat=work.chat)
    return [(r.id, r.prize, r.state == "frozen" or r.closes_at <= work.now) for r in rows]


def cancel(work: Work, number: int | None, *, by: int) -> int:
    """Call the open draw off: points go back, the card says so and who came in is not drawn.

    Raises:
        Refusal: none is open; after the close a result stands, whoever asks.
    """
    work.flush()
    lottery = the_open(work, number)
    entered = int(work.cached(OPEN)[lottery.id, "in"])
    if lottery.closes <= work.now:
        raise Refusal("lottery/closed_stands", id=lottery.id, void=False)
    if not work.sql.run(store.VOID, the_id=lottery.id, at=work.now):
        raise Refusal("lottery/none_open")
    if _points(lottery):
        ledger.reverse(work, _aside_key(lottery), actor=by)
    work.sql.run(store.NO_CODES, the_id=lottery.id)
    coupons = tuple(filter(None, map(lottery.coupon, range(1, lottery.seats + 1))))
    if coupons:
        work.emit(domain.Freed(lottery.chat, coupons))
    forget(work, lottery)
    data = {**described(lottery), "entered": entered, "name": members.name(work, by) if by else ""}
    if by:
        naming.name(work, lottery.chat, lottery.ref, (by,))
    work.say(Edit(chat=lottery.chat, ref=lottery.ref, template="lottery/void", data=data))
    work.say(
        Send(
            chat=lottery.chat,
            template="lottery/voided",
            data={"id": lottery.id, "prize": lottery.prize, "entered": entered},
            topic=lottery.topic,
        )
    )
    return lottery.id


def edit(work: Work, number: int | None, order: Order, *, by: int) -> int:
    """Put another order in the place of the open one, under the same seal; the card shows the edition
    and the rules keep the hash of what they replace.

    Raises:
        Refusal: somebody is in, it holds codes, or none is open.
    """
    work.flush()
    lottery = the_open(work, number)
    if work.cached(OPEN)[lottery.id, "in"] or lottery.closes <= work.now:
        raise Refusal("lottery/entered_already", id=lottery.id)
    if any(p.kind in ("code", "text", "coupon") for p in (*lottery.prizes, *order.prizes)):
        raise Refusal("lottery/edit_codes", id=lottery.id)
    order = lawful(work, lottery.chat, order)
    if _points(lottery):
        ledger.reverse(work, _aside_key(lottery), actor=by)
    fields = _rules(
        work,
        order,
        tenure=lottery.tenure_hours,
        claim=lottery.claim_hours,
        salt=lottery.salt,
        edition=lottery.edition + 1,
        before=lottery.rules_hash,
    )
    work.sql.run(store.EDIT, the_id=lottery.id, **{f"new_{n}": v for n, v in fields.items()})
    work.sql.run(store.NO_PRIZES, the_id=lottery.id)
    _keep_prizes(work, lottery.id, order)
    forget(work, lottery)
    made = load(work, lottery.id)
    assert made is not None
    _set_aside(work, made, order.points, by)
    data, buttons = card(work, made)
    work.say(Edit(chat=made.chat, ref=made.ref, template="lottery/card", data=data, buttons=buttons))
    return made.id
