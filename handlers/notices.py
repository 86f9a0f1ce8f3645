"""/notice, /notices, /noticeto: notices that people acknowledge by a button, in one group or in many."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from groupbot import Button, Command, Edit, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.core.spans import leading
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from groupbot.features.notices import service
from groupbot.features.notices.domain import USUAL, Ack, Agree, CallOff
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Dropped

router = Router(
    "notices",
    about="Notices that people acknowledge",
    needs={"pin"},
    keeps="notices, and who acknowledged which version when, 180 days after their end",
)
router.keeps_of(*service.KEPT)
_NUMBER = re.compile(r"#(\d{1,9})(?:\s+|$)")


@router.command(
    "notice", about="A notice that people acknowledge", who="admin", right="pin",
    usage="/notice [TIME] TEXT; #NUMBER first for a new version",
    example="/notice 48h Stock-taking on Monday",
)  # fmt: skip
def notice(cmd: Command, work: Work) -> None:
    """Posts it with a button and a count; 72 hours where no time is given. The text may be that of the
    message it answers."""
    args, number = cmd.args.strip(), 0
    found = _NUMBER.match(args)
    if found:
        number, args = int(found[1]), args[found.end() :]
    span, text = _span(args)
    text = text.strip() or cmd.message.reply_text.strip()
    if not text:
        raise Refusal("common/usage")
    if number:
        version = service.revise(work, number, sender_of(cmd), text, span)
        reply(work, cmd, "notices/revised", number=number, version=version)
    else:
        service.post(work, sender_of(cmd), text, span, cmd.message.topic)


@router.on(Dropped)
def dropped(told: Dropped, work: Work) -> None:
    """All sends were stopped: those of a round that have not left will not."""
    service.unsaid(work, told.refs)


@router.command(
    "notices", about="Who has not acknowledged a notice", who="admin", rare=True,
    usage="/notices [NUMBER]", example="/notices 12",
)  # fmt: skip
def notices(cmd: Command, work: Work) -> None:
    """In private: the newest notices, or who is missing of one."""
    person = members.alone(work, sender_of(cmd))
    word = cmd.args.strip().lstrip("#")
    if word and not (word.isascii() and word.isdigit() and len(word) < 10):
        raise Refusal("common/usage")
    if word:
        data = service.standing(work, int(word), work.chat)
        work.say(Send(user=person, template="notices/standing", data=data))
    else:
        work.say(
            Send(user=person, template="notices/list", data={"notices": service.latest(work, work.chat)})
        )
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.command(
    "noticerate", about="How many read notices, by tier", who="operator", where="any", hidden=True
)
def noticerate(cmd: Command, work: Work) -> None:
    """Of the last thirty days: the share that acknowledged within a day and within three."""
    reply(work, cmd, "notices/rate", tiers=service.by_tier(work))


@router.command(
    "noticeto", about="A notice in every group of an audience", who="operator", where="any", hidden=True,
    usage="/noticeto AUDIENCE [TIME] TEXT; #NUMBER for the audience: a new version, alone: to see it",
    example="/noticeto stores 48h Stock-taking on Monday",
)  # fmt: skip
def notice_to(cmd: Command, work: Work) -> None:
    """Shown first, and posted once an operator lets it go, two for more than five groups. Without anything
    the last ones; with `#3` alone how that one stands, group by group."""
    first, _, rest = cmd.args.strip().partition(" ")
    if not first:
        work.say(Send(**_place(cmd, work), template="notices/rounds", data={"rounds": service.newest(work)}))
        return
    number = re.fullmatch(r"#([0-9]{1,9})", first)
    again = int(number[1]) if number else 0
    text = rest.strip() or ("" if again else cmd.message.reply_text.strip())
    if again and not text:
        data = _told(work, again)
        shown: dict[str, Any] = {"template": "notices/round_told", "data": data}
        if data["state"] == "waits":
            shown = _round(data) | {"ref": _ref(work, data)}
        work.say(Send(**_place(cmd, work), **shown))
        return
    span, text = _span(text)
    if not text.strip():
        raise Refusal("common/usage")
    chats = [] if again else promos.reaching(work, first)[1]
    needed = promos.needed(work, len(chats))
    data = service.plan(work, sender_of(cmd), first, chats, text.strip(), span, needed, again)
    work.say(Send(**_place(cmd, work), **_round(data), ref=_ref(work, data)))


@router.tap(Agree, who="operator")
def agree(tap: Tap, work: Work) -> None:
    """An operator lets a round go."""
    assert isinstance(tap.data, Agree) and tap.sender is not None
    data = service.agree(work, tap.data.round, tap.data.version, tap.sender.id)
    work.say(Edit(**_where(tap, work), **_round(data), ref=_ref(work, data)))


@router.tap(CallOff, who="operator")
def call_off(tap: Tap, work: Work) -> None:
    """An operator does not."""
    assert isinstance(tap.data, CallOff)
    data = service.call_off(work, tap.data.round, tap.data.version)
    work.say(Edit(**_where(tap, work), **_round(data), ref=_ref(work, data)))


def _round(data: dict[str, Any]) -> dict[str, Any]:
    """A round as operators see it, with buttons while it waits."""
    number, version = data["number"], data["version"]
    ask = (Button("send", Agree(number, version)), Button("stop", CallOff(number, version)))
    buttons = (ask,) if data["state"] == "waits" else ()
    return {"template": "notices/round", "data": data, "buttons": buttons}


def _ref(work: Work, data: dict[str, Any]) -> str:
    """The name of a round's message, one for each place it is shown in."""
    event = work.event
    private = event is not None and event.chat.type == "private" and event.sender is not None
    place = -event.sender.id if private else work.chat  # type: ignore[union-attr]
    return f"notice.round:{data['number']}:{data['version']}:{place}"


def _place(cmd: Command, work: Work) -> dict[str, Any]:
    return members.operators_place(work, sender_of(cmd), cmd.message.topic)


def _where(tap: Tap, work: Work) -> dict[str, Any]:
    return {"user": tap.sender.id} if tap.chat.type == "private" and tap.sender else {"chat": work.chat}


@router.tap(Ack)
def acknowledge(tap: Tap, work: Work) -> None:
    """已阅"""
    assert isinstance(tap.data, Ack)
    service.acknowledge(work, tap, tap.data)


def _told(work: Work, number: int) -> dict[str, Any]:
    """A round group by group, and from tier to tier."""
    return service.round_told(work, number) | {"relay": reports.of_round(work, number)}


@router.every(seconds=60)
def in_time(work: Work) -> bool:
    """Reminds once, and closes what is over."""
    service.close_due(work)
    more = service.remind(work)
    for number, by in service.rounds_done(work):
        to = promos.ops_chat(work)
        where: dict[str, Any] = {"chat": to} if to else {"user": by}
        if to or members.reachable(work, by):
            work.say(Send(**where, template="notices/round_told", data=_told(work, number)))
    return more


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)


def _span(text: str) -> tuple[timedelta, str]:
    span, rest = leading(text)
    return (span, rest) if span is not None else (USUAL, text)
