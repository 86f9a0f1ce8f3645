"""Telegram gifts as prizes: asked for before they are promised, sent once when the winner comes, owed where
that failed. Where nobody knows whether one arrived it is not sent again: people decide in the outbox."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from groupbot.core.effects import Ask, Button, Edit, Gift, Rows, Send
from groupbot.core.events import GiftOffer, GiftOffers, Tap
from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import GiftAgain, GiftByHand, GiftOrder, Order
from groupbot.features.lottery.service.resident import Lottery, load
from groupbot.features.members import service as members

ASKED = "lottery:"
SENT = "lottery.gift:"  # begins the name of a gift that is sent; then the draw, the seat and the try
_LET_BE = "let be"  # begins the error of a row of the outbox that people closed
_TEXT = 128  # characters of the words with a gift


# --- ordering
def ask(work: Work, chat: int, **order: Any) -> None:
    """Have Telegram say what there is and what the bot has; the order comes back with the answer."""
    work.say(Ask(chat=chat, gifts=True, ref=ASKED + json.dumps(order, ensure_ascii=False)))


def offered(work: Work, event: GiftOffers) -> None:
    """Telegram answered."""
    if event.ref.startswith(ASKED):
        order = json.loads(event.ref.removeprefix(ASKED))
        alone = bool(order["by"]) and members.reachable(work, order["by"])
        work.emit(GiftOrder(chat=work.chat, offers=event, alone=alone, **order))


def had(work: Work, order: Order, told: GiftOrder, but: int = 0) -> Order:
    """The order with its gifts as they are on offer; Stars that are promised already (but for draw `but`) are
    not promised again.

    Raises:
        Refusal: Telegram did not tell, no such gift is on offer, the bot cannot pay, or its
            operator does not let this administrator spend so much.
    """
    if told.offers.trouble:
        raise Refusal("lottery/no_gifts", trouble=told.offers.trouble)
    left = told.offers.stars - promised(work, but)
    found = domain.filled(order, told.offers.offers, left, partial(_named, work, told.chat))
    if isinstance(found, domain.No):
        raise Refusal(found.template, **found.data)
    if found.stars > work.me.gift_stars and told.by not in work.me.operators:
        raise Refusal("lottery/gift_limit", cost=found.stars, most=work.me.gift_stars)
    return found


def _named(work: Work, chat: int, offer: GiftOffer) -> str:
    words, content = "Telegram gift", work.content
    said = words if content is None else content.gettext(members.voice(work, chat, None)[0], words)
    return f"{said} {offer.sign} \u2b50{offer.stars}"


def promised(work: Work, but: int = 0) -> int:
    """The Stars of prizes that nobody has yet."""
    seats = work.sql.all(store.WON_SEATS)
    waiting = sum(found.prize_of(r.seat).stars for r in seats if (found := load(work, r.lottery_id)))
    return int(work.sql.value(store.PROMISED, but=but)) + waiting + int(work.sql.value(store.OWED))


# --- giving
def promise(work: Work, lottery: Lottery, seat: int, person: int) -> None:
    """A winner came: the gift leaves with this transaction."""
    ref = f"{SENT}{lottery.id}:{seat}:1"
    stars = lottery.prize_of(seat).stars
    work.sql.returning(
        store.NEW_GIFT, lottery_id=lottery.id, seat=seat, person_id=person, stars=stars, ref=ref, at=work.now
    )
    _send(work, lottery, seat, person, ref)


def _send(work: Work, lottery: Lottery, seat: int, person: int, ref: str) -> None:
    text = f"#{lottery.id} {members.title(work, lottery.chat)}"[:_TEXT]
    work.say(Gift(user=person, gift=lottery.prize_of(seat).gift, text=text, ref=ref))


def settle(work: Work) -> None:
    """What became of gifts under way; those who answer for the group hear of what needs them."""
    for row in work.sql.all(store.SETTLED, bot=work.bot_id):
        said = row.said or ""
        let_be = row.state == "unknown" and (
            said.startswith(_LET_BE) if row.ended == "dead" else row.ended == "unknown" and not row.payload
        )
        becomes = "closed" if let_be else {"done": "given", "dead": "owed"}.get(row.ended, "unknown")
        args = {"the_id": row.id, "was": row.state, "becomes": becomes, "the_error": said or None}
        lottery = load(work, row.lottery_id)
        if not work.sql.run(store.BECAME, now=work.now, **args) or lottery is None:
            continue
        data = _data(work, lottery, row) | {"why": domain.why_not(said), "error": said}
        if becomes == "owed":
            _tell_winner(work, lottery, row, data)
            _tell(work, lottery, row, "owed", data, _both(lottery, row))
        elif becomes == "unknown":
            _tell(work, lottery, row, "unknown", data)
        elif row.tries > 1 or row.state == "unknown":
            _tell(work, lottery, row, "done", data | {"how": becomes})


def _both(lottery: Lottery, row: Any) -> Rows:
    """Send it again, or say that somebody handed it over."""
    return (
        (
            Button("again", GiftAgain(lottery.chat, row.id)),
            Button("hand", GiftByHand(lottery.chat, row.id)),
        ),
    )


def _data(work: Work, lottery: Lottery, row: Any) -> dict[str, Any]:
    name = members.name_once(work, row.person_id)
    prize = lottery.prize_of(row.seat).name
    return {"id": lottery.id, "prize": prize, "stars": row.stars, "name": name}


def _tell_winner(work: Work, lottery: Lottery, row: Any, data: dict[str, Any]) -> None:
    """Once, politely: it is not lost."""
    if row.tries > 1:
        return
    alone = members.reachable(work, row.person_id)
    place: dict[str, Any] = (
        {"user": row.person_id} if alone else {"chat": lottery.chat, "topic": lottery.topic}
    )
    ref = f"{row.ref}:late"
    if not alone:
        naming.name(work, lottery.chat, ref, (row.person_id,))
    work.say(Send(template="lottery/gift_late", data=data | {"alone": alone}, ref=ref, **place))


def organiser(work: Work, lottery: Lottery) -> int:
    """Who opened the draw, if an administrator here still whom the bot may write to; else who answers for the
    group; 0: nobody can be written to."""
    by = lottery.by
    if by and members.is_staff(work, lottery.chat, by) and members.reachable(work, by):
        return by
    return next(iter(members.people_to_ask(work, lottery.chat)), 0)


def _tell(work: Work, lottery: Lottery, row: Any, what: str, data: dict[str, Any], rows: Rows = ()) -> None:
    """Who looks after the draw; else the group."""
    told = organiser(work, lottery)
    place: dict[str, Any] = {"user": told} if told else {"chat": lottery.chat, "topic": lottery.topic}
    ref = f"{row.ref}:{what}"
    if not told:
        naming.name(work, lottery.chat, ref, (row.person_id,))
    work.say(Send(template=f"lottery/gift_{what}", data=data, buttons=rows, ref=ref, **place))


def redraw_gifts(work: Work, who: int) -> None:
    """What the group was told of a gift for `who` shows the name they have now; while it is owed its buttons
    stay."""
    for chat, ref in naming.posts(work, who, SENT):
        number, seat, tries, what = ref.removeprefix(SENT).split(":")
        lottery = load(work, int(number))
        row = work.sql.first(store.GIFT_OF, the_id=int(number), the_seat=int(seat))
        if lottery is None or row is None:
            naming.blank(work, chat, ref)
            continue
        work.chat = chat
        said = row.error or ""
        data = _data(work, lottery, row) | {"name": members.name(work, who), "error": said}
        data |= {"why": domain.why_not(said), "alone": False, "how": row.state}
        owed = what == "owed" and row.state == "owed" and row.tries == int(tries)
        template = "done" if what == "owed" and not owed else what
        how: dict[str, Any] = {"ref": ref, "buttons": _both(lottery, row) if owed else ()}
        work.say(Edit(chat=chat, template=f"lottery/gift_{template}", data=data, **how))


def again(work: Work, tap: Tap, pressed: GiftAgain) -> None:
    """One that was refused leaves once more.

    Raises:
        Refusal: it is not owed any more.
    """
    row, lottery = _owed(work, pressed)
    ref = f"{SENT}{lottery.id}:{row.seat}:{row.tries + 1}"
    if not work.sql.run(store.OWED_AGAIN, the_id=row.id, the_ref=ref, now=work.now):
        raise Refusal("lottery/gift_decided")
    _send(work, lottery, row.seat, row.person_id, ref)
    _decided(work, tap, lottery, row, "again")


def by_hand(work: Work, tap: Tap, pressed: GiftByHand) -> None:
    """Somebody gave it otherwise.

    Raises:
        Refusal: it is not owed any more.
    """
    row, lottery = _owed(work, pressed)
    args = {"the_id": row.id, "was": "owed", "becomes": "hand", "the_error": row.error}
    if not work.sql.run(store.BECAME, now=work.now, **args):
        raise Refusal("lottery/gift_decided")
    _decided(work, tap, lottery, row, "hand")


def _owed(work: Work, pressed: GiftAgain | GiftByHand) -> tuple[Any, Lottery]:
    row = work.sql.first(store.GIFT, the_id=pressed.gift)
    lottery = None if row is None else load(work, row.lottery_id)
    if lottery is None or lottery.chat != pressed.chat:
        raise Refusal("common/old_button")
    if row.state != "owed":
        raise Refusal("lottery/gift_decided")
    return row, lottery


def _decided(work: Work, tap: Tap, lottery: Lottery, row: Any, how: str) -> None:
    """On the card that was pressed."""
    private = tap.chat.type == "private" and tap.sender is not None
    place: dict[str, Any] = {"user": tap.sender.id} if private and tap.sender else {"chat": lottery.chat}
    data = _data(work, lottery, row) | {"how": how}
    work.say(Edit(ref=f"{row.ref}:owed", template="lottery/gift_done", data=data, **place))
