"""What is told of raids: to the group in one line, to those responsible in private."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Edit, Send
from groupbot.engine.work import Work
from groupbot.features.guarding import store
from groupbot.features.guarding.domain.taps import Out
from groupbot.features.guarding.service.records import Raid
from groupbot.features.members import service as members

_OWED = "guarding.owed"
NOTICE_STAYS = 600  # seconds


def tell_group(work: Work, raid: Raid) -> None:
    """One public line; when there was one of any kind within the minute, later, with the heartbeat."""
    if members.noticed(work, raid.chat):
        work.put(_OWED, raid.chat, raid.id)
        return
    work.drop(_OWED, raid.chat)
    members.notice(work, raid.chat)
    work.say(
        Send(
            chat=raid.chat,
            topic=members.action_topic(work, raid.chat),
            template="guarding/raid_on",
            data={"until": raid.until},
            lifetime=NOTICE_STAYS,
            why=f"antiraid {raid.number} is on",
        )
    )


def owed(work: Work, raid: Raid) -> bool:
    """Has the group not been told yet?"""
    return work.cached(_OWED).get(raid.chat) == raid.id


def facts(work: Work, raid: Raid) -> dict[str, Any]:
    """A raid as its notices tell it."""
    count = work.sql.first(store.COUNT, the_raid=raid.id)
    p = members.profile(work, raid.chat)
    requests = int(count[1] or 0)
    return {
        "title": p.title if p is not None else "",
        "number": raid.number,
        "until": raid.until,
        "began": raid.began,
        "n": int(count[0]) - requests,
        "requests": requests,
        "waiting": int(count[2] or 0),
        "action": raid.action.said,
    }


def tell(work: Work, raid: Raid, kind: str, buttons: tuple[tuple[Button, ...], ...]) -> None:
    """A private word to who is responsible; later words about the same raid replace it."""
    for person in members.people_to_ask(work, raid.chat):
        work.say(
            Send(
                user=person,
                template="guarding/raid_staff",
                data={"kind": kind, **facts(work, raid)},
                buttons=buttons,
                ref=f"raid:{raid.id}:{kind}:{person}",
                why=f"antiraid {raid.number}: {kind}",
            )
        )


def retell(work: Work, raid: Raid, kind: str, buttons: tuple[tuple[Button, ...], ...]) -> None:
    """The word that antiraid is on becomes another."""
    for person in members.people_to_ask(work, raid.chat):
        work.say(
            Edit(
                user=person,
                ref=f"raid:{raid.id}:on:{person}",
                template="guarding/raid_staff",
                data={"kind": kind, **facts(work, raid)},
                buttons=buttons,
            )
        )


def propose(work: Work, chat: int, n: int, button: Button) -> None:
    """Many come in, and here only people decide: those responsible are asked."""
    for person in members.people_to_ask(work, chat):
        work.say(
            Send(
                user=person,
                template="guarding/raid_propose",
                data={"title": members.title(work, chat), "n": n, "human": members.human_decides(work, chat)},
                buttons=((button,),),
                why=f"{n} joins in a minute",
            )
        )


def ask(work: Work, raid: Raid) -> None:
    """Where only a person removes, those responsible read who came, with a button to remove them all; the
    same message tells of those who come later."""
    if not members.human_decides(work, raid.chat):
        return
    data, notes = facts(work, raid), work.notes("guarding", raid.chat)
    n, told = data["waiting"], notes.get("asked", [0, 0])
    if told == [raid.id, n] or (told[0] != raid.id and not n):
        return
    notes.set("asked", [raid.id, n])
    for person in members.people_to_ask(work, raid.chat):
        more: dict[str, Any] = {
            "user": person,
            "ref": f"raid:{raid.id}:human:{person}",
            "template": "guarding/raid_staff",
            "data": {"kind": "human", **data},
            "buttons": ((Button("out", Out(raid.chat, raid.number)),),) if n else (),
            "why": f"antiraid {raid.number}: {n} came in",
        }
        work.say(Edit(**more) if told[0] == raid.id else Send(**more))
