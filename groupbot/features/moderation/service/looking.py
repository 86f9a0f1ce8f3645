"""What administrators look up: ids, what is known of somebody, what the bot cannot do here."""

from __future__ import annotations

from groupbot.core.events import Command
from groupbot.engine.replies import reply, sender_of, switched
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ANON_ADMIN
from groupbot.features.moderation.service.warning import standing_warns
from groupbot.features.moderation.service.whom import Aim, aimed, basic, reply_of
from groupbot.features.rules import service as rules


def ids(work: Work, cmd: Command) -> None:
    """The ids of the chat, the topic, the message replied to and whoever is meant."""
    found = aimed(work, cmd, sure=False)
    reply(
        work,
        cmd,
        "moderation/ids",
        chat=cmd.chat.id,
        topic=cmd.message.topic or 0,
        message=reply_of(cmd),
        actor=found.actor if found is not None else sender_of(cmd),
        name=found.name if found is not None else "",
    )


def info(work: Work, cmd: Command) -> None:
    """What is known of somebody here."""
    found = aimed(work, cmd, sure=False) or Aim(sender_of(cmd), members.name(work, sender_of(cmd)), "")
    chat, who = work.chat, found.actor
    fact = members.standing(work, chat, who)
    here = members.is_here(work, chat, who)
    reply(
        work,
        cmd,
        "moderation/info",
        name=found.name,
        id=who,
        status=fact[0] if fact is not None else "member" if here else "left" if who > 0 else "channel",
        joined=members.joined_at(work, chat, who) if here else None,
        warns=len(standing_warns(work, who)),
        cases=rules.count(work, chat, who),
    )


def doctor(work: Work, cmd: Command) -> None:
    """What the bot cannot do here, module by module, and which right each lacks."""
    bot = members.bot_rights(work, work.chat)
    lacking = []
    asked = list(work.me.modules)
    asked += [(a, n) for a, s, n in work.me.wants if members.get(work, work.chat, s) != s.default]
    for about, needs in asked:
        lacks = sorted(needs - (bot or frozenset()))
        if lacks:
            lacking.append({"about": about, "lacks": lacks})
    names = sorted(
        f"/{c.name}"
        for c in work.me.commands
        if c.bot_right and not c.hidden and not set(c.bot_right.split()) <= (bot or frozenset())
    )
    reply(
        work,
        cmd,
        "moderation/doctor",
        told=bot is not None,
        lacking=lacking,
        commands=names,
        basic=basic(work),
        lifetime=300,
    )


def anonymous(work: Work, cmd: Command) -> None:
    """Whether who posts as the group counts as an administrator without proof.

    Raises:
        Refusal: neither on nor off.
    """
    value = switched(cmd.args) if cmd.args else bool(members.get(work, work.chat, ANON_ADMIN))
    if cmd.args:
        members.put(work, ANON_ADMIN, value, chat=work.chat, by=sender_of(cmd))
    reply(work, cmd, "moderation/switched", name=cmd.name, value=value, changed=bool(cmd.args))
