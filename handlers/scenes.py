"""Scene cards: /scenes switches them on, watches and mutes them; members say [Not for me]."""

from __future__ import annotations

from groupbot import Answer, Command, Message, Refusal, Router, Tap, Work, reply, sender_of
from groupbot.core.setting import switch_of
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import SCENES
from groupbot.features.scenes import service
from groupbot.features.scenes.domain import ON, SETTINGS, SHADOW, Enough, Mute

router = Router(
    "scenes",
    about="A card of the operator at everyday words",
    keeps="which card came when, whose words brought it and whom it was too much for, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)
LIVE, COUNT = "live", "shadow"


@router.on(Message, idle=("members.value", ON.key))
def heard(event: Message, work: Work) -> None:
    """Words that speak of a scene."""
    if members.get(work, work.chat, ON):
        service.heard(work, event)


@router.every(seconds=5)
def refresh(work: Work) -> None:
    """Reads the files again where they changed."""
    service.refresh(work)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets what is 180 days old."""
    service.sweep(work)


@router.command(
    "scenes",
    about="Cards at everyday words: see, switch, mute",
    who="admin",
    right="info",
    usage="/scenes [on | live | shadow | off | try TEXT | mute NAME | unmute NAME]",
    example="/scenes try hotpot tonight?",
    rare=True,
)
def scenes(cmd: Command, work: Work) -> None:
    """`on` begins by counting only; `live` says them. `try` tells what a text would bring."""
    word, _, rest = cmd.args.strip().partition(" ")
    word, rest, by = word.lower(), rest.strip(), sender_of(cmd) or None
    on = True if word in (LIVE, COUNT) else switch_of(word) if word else None
    if word == "try" and rest:
        reply(work, cmd, "scenes/tried", **service.tried(work, work.chat, rest))
        return
    if word in ("mute", "unmute") and rest:
        service.hush(work, work.chat, rest, by, again=word == "unmute")
    elif on is not None and not rest:
        members.put(work, ON, on, chat=work.chat, by=by)
        if on:
            members.put(work, SHADOW, word != LIVE, chat=work.chat, by=by)
    elif word:
        raise Refusal("common/usage")
    reply(work, cmd, "scenes/list", lifetime=120, **service.listed(work, work.chat))


@router.tap(Enough)
def enough(tap: Tap, work: Work) -> None:
    """[Not for me] below a card."""
    assert isinstance(tap.data, Enough) and tap.sender is not None
    service.too_much(work, tap.data.show, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="scenes/noted", alert=True))


@router.tap(Mute)
def mute(tap: Tap, work: Work) -> None:
    """From /why in private."""
    assert isinstance(tap.data, Mute) and tap.sender is not None
    members.wish(work, tap.sender.id, SCENES, not tap.data.off)
    template = "scenes/again" if tap.data.off else "scenes/muted"
    work.say(Answer(query_id=tap.query_id, template=template, alert=True))
