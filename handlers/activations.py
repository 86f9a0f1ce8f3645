"""/activations: what packets, check-ins and taking part give here, to see and to set."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work, sender_of
from groupbot.features.checkin import domain as checkin
from groupbot.features.earning import domain as earning
from groupbot.features.gathering import domain as gathering
from groupbot.features.ledger import domain as ledger
from groupbot.features.members import service as members
from groupbot.features.members.service import choosing
from groupbot.features.redpacket import domain as redpacket

router = Router("activations", about="What activations cost and give")

SETTINGS = {
    s.key: s
    for s in (
        checkin.POINTS,
        checkin.WEEK,
        checkin.TENURE,
        earning.ON,
        earning.CEILING,
        earning.COOLDOWN,
        earning.TENURE,
        earning.BACK,
        gathering.CAME,
        ledger.EXPIRE_DAYS,
        redpacket.MOST,
        redpacket.DAILY,
        redpacket.FROM,
        redpacket.UNTIL,
        redpacket.HOURS,
        redpacket.GAP,
        redpacket.BUDGET,
        redpacket.CAP,
        redpacket.OCCASION,
        redpacket.TENURE,
        redpacket.MEMBERS,
    )
}


@router.command(
    "activations",
    about="What activations cost and give",
    who="admin",
    admin_args=dict.fromkeys(SETTINGS, "info"),
    usage="/activations [KEY VALUE]",
    example="/activations checkin.points 5",
)
def activations(cmd: Command, work: Work) -> None:
    """All of them, or one set: whole numbers, or on and off."""
    key, _, word = cmd.args.strip().partition(" ")
    if key:
        setting = SETTINGS.get(key.lower())
        if setting is None or not word.strip():
            raise Refusal("common/usage")
        choosing.change(work, work.chat, setting, word, by=sender_of(cmd) or None)
    rows = [
        {"key": s.key, "value": _shown(members.get(work, work.chat, s)), "about": s.about}
        for s in SETTINGS.values()
    ]
    work.say(
        Send(
            chat=work.chat,
            template="ledger/activations",
            data={"rows": [r for r in rows if not key or r["key"] == key.lower()]},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=120,
        )
    )


def _shown(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
