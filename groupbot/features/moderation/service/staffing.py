"""Administrators made and unmade through the bot. Nobody gives a right they have not."""

from __future__ import annotations

import unicodedata

from groupbot.core.effects import Button, Promote, Title
from groupbot.core.events import Command
from groupbot.engine.replies import reply, sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import name_of
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.moderation.service.whom import Aim, aimed, basic
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Undo

TITLE = 16  # characters, without emoji: core.telegram.org/bots/api#setchatadministratorcustomtitle
KEPT_BACK = frozenset({"promote", "anonymous"})  # given by the owner alone


def _aimed(work: Work, cmd: Command) -> Aim:
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    if found.actor == work.bot_id:
        raise Refusal("moderation/not_me")
    if found.actor < 0:
        raise Refusal("moderation/only_ban")
    if basic(work):
        raise Refusal("moderation/basic")
    return found


def rights_to_give(work: Work, who: int) -> frozenset[str]:
    """What `who` and the bot both may, but for making administrators."""
    bot = members.bot_rights(work, work.chat) or frozenset()
    fact = members.standing(work, work.chat, who)
    own = frozenset(fact[2]) if fact is not None and fact[0] == "administrator" else bot
    return (own & bot) - KEPT_BACK


def promote(work: Work, cmd: Command) -> None:
    """Make somebody an administrator with what the caller and the bot both may; further words are the
    title.

    Raises:
        Refusal: an administrator already, no right could be given, or no such title.
    """
    found = _aimed(work, cmd)
    if members.is_staff(work, work.chat, found.actor):
        raise Refusal("moderation/staff_already", name=found.name)
    title = _title(found.rest)
    rights = rights_to_give(work, sender_of(cmd))
    if not rights:
        raise Refusal("moderation/nothing_to_give")
    case = rules.by_hand(work, work.chat, "promote", found.actor, sender_of(cmd), reason=title)
    work.say(Promote(chat=work.chat, member=found.actor, rights=tuple(sorted(rights)), why=case.why))
    if title:
        work.say(Title(chat=work.chat, member=found.actor, title=title, why=case.why))
    work.emit(Acted(work.chat, "promote", sender_of(cmd), found.actor, title, case.number))
    reply(
        work,
        cmd,
        "moderation/promoted",
        buttons=((Button("undo", Undo(case.id, case.chat)),),),
        ref=f"hand:{case.id}",
        name=found.name,
        rights=sorted(rights),
        number=case.number,
    )


def demote(work: Work, cmd: Command) -> None:
    """Make an administrator a member again; only those promoted through the bot, as Telegram has it.

    Raises:
        Refusal: no administrator, or promoted by somebody else.
    """
    found = _mine(work, cmd)
    case = rules.by_hand(work, work.chat, "demote", found.actor, sender_of(cmd), reason=found.rest)
    work.say(Promote(chat=work.chat, member=found.actor, rights=(), why=case.why))
    work.emit(Acted(work.chat, "demote", sender_of(cmd), found.actor, found.rest, case.number))
    reply(work, cmd, "moderation/demoted", name=found.name, number=case.number)


def title(work: Work, cmd: Command) -> None:
    """The word beside an administrator's name, at most 16 characters; none takes it away.

    Raises:
        Refusal: no administrator, promoted by somebody else, too long or with emoji.
    """
    found = _mine(work, cmd)
    word = _title(found.rest)
    work.say(Title(chat=work.chat, member=found.actor, title=word, why=f"by {sender_of(cmd)}"))
    work.emit(Acted(work.chat, "title", sender_of(cmd), found.actor, word))
    reply(work, cmd, "moderation/titled", name=found.name, title=word)


def _mine(work: Work, cmd: Command) -> Aim:
    found = _aimed(work, cmd)
    if not members.is_staff(work, work.chat, found.actor):
        raise Refusal("moderation/no_staff", name=found.name)
    if not rules.promoted_here(work, work.chat, found.actor):
        raise Refusal("moderation/not_mine", name=found.name)
    return found


def _title(text: str) -> str:
    word = " ".join(text.split())
    if len(word) > TITLE or any(unicodedata.category(c) in ("So", "Sk", "Cs") for c in word):
        raise Refusal("moderation/bad_title", most=TITLE)
    return word


def admins(work: Work, cmd: Command) -> None:
    """Who answers for this group. Those who are anonymous stay so; nobody is called."""
    rows = [r for r in members.staff_of(work, work.chat) if not r.is_bot and r.person_id != work.bot_id]
    shown = [r for r in rows if "anonymous" not in r.rights]
    reply(
        work,
        cmd,
        "moderation/admins",
        owner=[name_of(r.first_name or "…", r.last_name) for r in shown if r.status == "creator"],
        names=[name_of(r.first_name or "…", r.last_name) for r in shown if r.status != "creator"],
        hidden=len(rows) - len(shown),
    )
