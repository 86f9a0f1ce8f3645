"""Winners claim within their time, once: points are booked, sealed words shown in private, anything else
handed over by staff. They are reminded a day before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Answer, Edit, Send
from groupbot.core.events import Tap
from groupbot.engine import naming, vault
from groupbot.engine.work import Work
from groupbot.errors import Refusal, Unsure
from groupbot.features.ledger import domain as accounts
from groupbot.features.ledger import service as ledger
from groupbot.features.lottery import store
from groupbot.features.lottery.service import gifts
from groupbot.features.lottery.service.resident import Lottery, load
from groupbot.features.members import service as members

SOON = timedelta(hours=24)
CLAIMED = "lottery.claimed:"  # begins the name of a post that tells of a claim; then the draw and the seat


def claim(work: Work, number: int, tap: Tap) -> str:
    """A winner comes for the prize; the organiser is told where possible. The name under which the coupon
    is set aside that must be handed over now; "" for everything else.

    Raises:
        Refusal: not a winner, too late, left, or a prize that needs a private chat and there is none yet.
        Unsure: they left, and Telegram did not tell it within the last minute: they may be back.
    """
    lottery, person = load(work, number), tap.sender
    if lottery is None or person is None or lottery.chat != work.chat:
        raise Refusal("common/old_button")
    mine = next((a for a in work.sql.all(store.AWARDS, the_id=number) if a.person_id == person.id), None)
    if mine is None:
        raise Refusal("lottery/not_won")
    prize, coupon = lottery.prize_of(mine.seat), ""
    if mine.claimed_at is None:
        if mine.lapsed_at is not None or mine.deadline <= work.now:
            raise Refusal("lottery/lapsed")
        _still_here(work, lottery.chat, person.id)
        if prize.kind in ("code", "text", "coupon"):
            members.alone(work, person.id)
        if not work.sql.run(store.CLAIM, the_id=number, who=person.id, now=work.now, at=work.now):
            raise Refusal("lottery/lapsed")
        coupon = lottery.coupon(mine.seat)
        if prize.kind == "points":
            _pay(work, lottery, mine, prize.amount)
        elif prize.kind == "gift":
            gifts.promise(work, lottery, mine.seat, person.id)
        elif prize.kind == "item":
            _hand_over(work, lottery, mine.seat, person.id)
        elif prize.kind != "coupon":
            _show(work, lottery, mine.seat, person.id)
    data = {"prize": prize.name, "kind": prize.kind}
    work.say(Answer(query_id=tap.query_id, template="lottery/claimed", data=data))
    return coupon


def _still_here(work: Work, chat: int, person: int) -> None:
    """By what Telegram told of them: whoever presses a button counts as seen here, from outside too."""
    fact = members.standing(work, chat, person)
    if fact is not None and fact[0] in ("left", "kicked"):
        no = Refusal("lottery/left")
        raise no if members.confirmed(work, chat, person) else Unsure(person, chat, no)


def _pay(work: Work, lottery: Lottery, award: Any, amount: int) -> None:
    ledger.transfer(
        work,
        f"lottery:{lottery.id}:{award.seat}:paid",
        "lottery",
        (lottery.pot, -amount),
        (accounts.member(lottery.chat, award.person_id), amount),
        ref=lottery.ref,
    )


def _show(work: Work, lottery: Lottery, seat: int, person: int) -> None:
    """Once: what was sealed is forgotten in the same transaction that says it."""
    row = work.sql.first(store.SEALED, the_id=lottery.id, the_seat=seat)
    try:
        words = vault.unseal(vault.key_of(work), bytes(row.sealed), about=f"lottery:{lottery.id}:{seat}")
    except (AttributeError, TypeError, ValueError):
        raise Refusal("lottery/code_lost") from None
    work.sql.run(store.SHOWN, the_id=lottery.id, the_seat=seat, who=person, at=work.now)
    data = {"id": lottery.id, "prize": lottery.prize_of(seat).name, "words": words}
    work.say(Send(user=person, template="lottery/code", data=data))


def sealed(work: Work) -> list[tuple[str, bytes]]:
    """All words that can still be won or come for, as they lie: what each is about, and itself."""
    rows = work.sql.all(store.STILL_SEALED)
    return [(f"lottery:{r.lottery_id}:{r.seat}", bytes(r.sealed)) for r in rows]


def remind_due(work: Work) -> None:
    """A day before the end, in private."""
    for row in work.sql.all(store.REMIND, now=work.now, soon=work.now + SOON):
        work.sql.run(store.REMINDED, the_id=row.lottery_id, who=row.person_id, at=work.now)
        lottery = load(work, row.lottery_id)
        if lottery is not None and members.reachable(work, row.person_id):
            data = {"id": lottery.id, "prize": lottery.prize_of(row.seat).name, "deadline": row.deadline}
            work.say(Send(user=row.person_id, template="lottery/remind", data=data))


def tell_organiser(work: Work, lottery: Lottery, template: str, person: int, prize: str) -> bool:
    """Somebody who looks after the draw, in private; False when nobody can be written to."""
    told = gifts.organiser(work, lottery)
    if told:
        data = {"id": lottery.id, "prize": prize, "name": members.name(work, person)}
        work.say(Send(user=told, template=template, data=data))
    return bool(told)


def _hand_over(work: Work, lottery: Lottery, seat: int, person: int) -> None:
    """Somebody learns that a prize is to be handed over: where nobody can be written to, the group does."""
    prize = lottery.prize_of(seat).name
    if tell_organiser(work, lottery, "lottery/claimed_by", person, prize):
        return
    ref = f"{CLAIMED}{lottery.id}:{seat}"
    naming.name(work, lottery.chat, ref, (person,))
    data = {"id": lottery.id, "prize": prize, "name": members.name_once(work, person)}
    place: dict[str, Any] = {"chat": lottery.chat, "topic": lottery.topic}
    work.say(Send(template="lottery/claimed_here", data=data, ref=ref, **place))


def redraw_claims(work: Work, who: int) -> None:
    """What the group was told of a claim of `who` shows the name they have now."""
    for chat, ref in naming.posts(work, who, CLAIMED):
        number, seat = ref.removeprefix(CLAIMED).split(":")
        lottery = load(work, int(number))
        if lottery is None:
            naming.blank(work, chat, ref)
            continue
        work.chat = chat
        prize = lottery.prize_of(int(seat)).name
        data = {"id": lottery.id, "prize": prize, "name": members.name(work, who)}
        work.say(Edit(chat=chat, ref=ref, template="lottery/claimed_here", data=data))
