"""Winners claim within their time, once; what nobody claims is reported."""

from __future__ import annotations

from groupbot.core.effects import Answer, Send
from groupbot.core.events import Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.lottery import store
from groupbot.features.lottery.service.resident import Lottery, load
from groupbot.features.members import service as members


def claim(work: Work, number: int, tap: Tap) -> None:
    """A winner comes for the prize; the organiser is told where possible.

    Raises:
        Refusal: not a winner, or too late.
    """
    lottery, person = load(work, number), tap.sender
    if lottery is None or person is None or lottery.chat != work.chat:
        raise Refusal("common/old_button")
    mine = next((a for a in work.sql.all(store.AWARDS, the_id=number) if a.person_id == person.id), None)
    if mine is None:
        raise Refusal("lottery/not_won")
    if mine.claimed_at is None:
        if not work.sql.run(store.CLAIM, the_id=number, who=person.id, now=work.now, at=work.now):
            raise Refusal("lottery/lapsed")
        _tell_organiser(work, lottery, "lottery/claimed_by", person.id)
    work.say(Answer(query_id=tap.query_id, template="lottery/claimed", data={"prize": lottery.prize}))


def lapse_due(work: Work) -> None:
    """Close claims whose time is over, and tell the organiser."""
    for row in work.sql.all(store.UNCLAIMED, now=work.now):
        work.sql.run(store.LAPSE, the_id=row.lottery_id, the_seat=row.seat, at=work.now)
        lottery = load(work, row.lottery_id)
        if lottery is not None:
            _tell_organiser(work, lottery, "lottery/unclaimed", row.person_id)


def _tell_organiser(work: Work, lottery: Lottery, template: str, person: int) -> None:
    """Who opened the draw, if an administrator here still; else who answers for the chat."""
    here = lottery.by and members.is_staff(work, lottery.chat, lottery.by)
    told = lottery.by if here else next(iter(members.responsible(work, lottery.chat)), 0)
    if told and members.reachable(work, told):
        data = {"id": lottery.id, "prize": lottery.prize, "name": members.name(work, person)}
        work.say(Send(user=told, template=template, data=data))
