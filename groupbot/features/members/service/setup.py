"""Joining a group: one silent line, a private word to who added us, three taps to a place in the matrix."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot.core.effects import Ask, Button, Delete, Send
from groupbot.core.events import BotStanding, Standing
from groupbot.engine.words import language_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import store
from groupbot.features.members.domain import (
    ADMIN_STATUS,
    LANGUAGE,
    QUIET_SETUP,
    TIERS,
    ZONE,
    is_fresh,
    zone_for,
)
from groupbot.features.members.service import chats, people, settings
from groupbot.features.members.service.observe import over

RIGHTS = {
    "delete": "delete_messages",
    "restrict": "restrict_members",
    "pin": "pin_messages",
    "invite": "invite_users",
    "promote": "promote_members",
    "manage": "manage_chat",
    "info": "change_info",
    "topics": "manage_topics",
}  # as core.telegram.org/api/links names them
_WAITING = "members.waiting"  # person -> chat whose answer is awaited
RIGHT = "info"  # of whoever sets a group up
SETUP_LINE = 600  # seconds the line in the group stays


class Begin(Struct, frozen=True, tag="set.begin"):
    """[管理员设置] in the group."""


class Tier(Struct, frozen=True, tag="set.tier"):
    """First tap: the tier of chat `chat`."""

    chat: int
    tier: str


class Speak(Struct, frozen=True, tag="set.lang"):
    """Second tap: the language."""

    chat: int
    language: str


class Clock(Struct, frozen=True, tag="set.zone"):
    """Third tap: the time zone proposed from the language."""

    chat: int
    zone: str


def missing(work: Work, rights: frozenset[str], chat_type: str) -> list[str]:
    """Rights our routers need and the bot lacks, by their names in routers."""
    if chat_type == "group":
        return sorted((work.me.needs & {"delete", "pin", "invite"}) - rights)
    return sorted(work.me.needs - rights)


def arrived(work: Work, event: BotStanding) -> None:
    """The bot's standing in a group changed: greet once, tell who added it what is missing or that all
    is well."""
    inside = ("member", "administrator", "creator", "restricted")
    if event.chat.type not in ("group", "supergroup") or event.status not in inside or over(work, event):
        return
    by = event.sender.id if event.sender else 0
    profile = chats.profile(work, work.chat)
    if event.was not in inside:
        # who adds the bot may be new to it; where nobody ever told their language, what ships holds
        code = (event.sender.language or people.code(work, by)) if event.sender is not None else None
        if code and not profile_language(work):
            settings.put(work, LANGUAGE, language_of(code), chat=work.chat, by=by)
        if settings.get(work, work.chat, QUIET_SETUP) and (profile is None or not profile.set_up):
            work.say(
                Send(
                    chat=work.chat,
                    template="members/setup_line",
                    buttons=((Button("setup", Begin()),),),
                    ref=f"setup:{work.chat}",
                    lifetime=SETUP_LINE,
                    why="added to a group: one silent line",
                )
            )
    tell_rights(work, event, by)


def profile_language(work: Work) -> str:
    """The language set for this chat, or ''."""
    return str(settings.get(work, work.chat, LANGUAGE) or "")


def tell_rights(work: Work, event: BotStanding, by: int) -> None:
    """In private, once for each change: which rights are missing, or that all is well."""
    lacks = missing(work, event.rights, event.chat.type)
    row: Any = work.sql.first(store.PROFILE, chat=work.chat)
    person = by if people.reachable(work, by) else next(iter(people.responsible(work, work.chat)), 0)
    if not person or not people.reachable(work, person) or (row is not None and row.told == lacks):
        return
    work.sql.run(sa.update(store.profile).where(store.profile.c.chat_id == work.chat).values(told=lacks))
    profile = chats.profile(work, work.chat)
    ask_tier = profile is None or not profile.set_up
    work.say(
        Send(
            user=person,
            template="members/added",
            data={
                "title": event.chat.title,
                "lacks": lacks,
                "basic": event.chat.type == "group",
                "ask_tier": ask_tier,
            },
            buttons=tier_buttons(work.chat) if ask_tier else (),
            why=f"lacks {', '.join(lacks)}" if lacks else "all rights are here",
        )
    )


def tier_buttons(chat: int) -> tuple[tuple[Button, ...], ...]:
    """One button a tier."""
    return (tuple(Button(tier, Tier(chat, tier)) for tier in TIERS),)


def may_run(work: Work, chat: int, person: int) -> bool | None:
    """Only an administrator of that chat who may change its settings sets it up; None: not known or older
    than sixty seconds."""
    fact = people.standing(work, chat, person)
    if fact is None or not is_fresh(fact[1], work.now):
        return None
    return _may(fact[0], fact[2])


def _may(status: str, rights: Collection[str]) -> bool:
    return status == "creator" or (status in ADMIN_STATUS and RIGHT in rights)


def _no(status: str) -> Refusal:
    """Why not."""
    if status in ADMIN_STATUS:
        return Refusal("common/no_right", lacks=[RIGHT])
    return Refusal("common/admin_only")


def begin(work: Work, chat: int, person: int) -> None:
    """Ask an administrator in private for the tier; who is not known yet is asked about first.

    Raises:
        Refusal: anybody else.
    """
    allowed = may_run(work, chat, person) if chats.profile(work, chat) is not None else False
    if allowed:
        ask_tier(work, chat, person)
    elif allowed is None:
        work.put(_WAITING, person, chat)
        work.say(Ask(chat=chat, member=person))
        work.say(Send(user=person, template="common/checking"))
    else:
        fact = people.standing(work, chat, person)
        raise _no(fact[0] if fact is not None else "")


def known(work: Work, event: Standing) -> None:
    """Telegram said what somebody is here: go on with who waits for it in private."""
    person = event.person.id
    if work.cached(_WAITING).get(person) != work.chat:
        return
    work.drop(_WAITING, person)
    if not event.status:
        work.say(Send(user=person, template="common/unchecked"))
        return
    try:
        begin(work, work.chat, person)
    except Refusal as no:
        work.say(Send(user=person, template=no.template, data=no.data))


def ask_tier(work: Work, chat: int, person: int) -> None:
    """The first of three questions."""
    work.say(
        Send(
            user=person,
            template="members/choose_tier",
            data={"title": chats.title(work, chat)},
            buttons=tier_buttons(chat),
        )
    )


def choose_tier(work: Work, chat: int, tier: str, person: int) -> None:
    """First tap; dispatch has asked for the rights in that chat, as before the other two."""
    before, below = chats.profile(work, chat), chats.below(work, chat)
    made = chats.set_profile(work, chat, tier=tier, owner=person)
    left = before.parent if before is not None and made.parent is None else None
    stay = {p.chat for p in chats.below(work, chat)}
    work.say(
        Send(
            user=person,
            template="members/choose_language",
            data={
                "title": chats.title(work, chat),
                "left": chats.title(work, left) if left is not None else "",
                "alone": [p.title for p in below if p.chat not in stay],
            },
            buttons=((Button("zh", Speak(chat, "zh")), Button("en", Speak(chat, "en"))),),
        )
    )


def choose_language(work: Work, chat: int, language: str, person: int) -> None:
    """Second tap; proposes the time zone."""
    settings.put(work, LANGUAGE, language, chat=chat, by=person)
    zone = zone_for(language)
    other = "UTC" if zone != "UTC" else "Asia/Shanghai"
    work.say(
        Send(
            user=person,
            template="members/choose_zone",
            data={"title": chats.title(work, chat), "zone": zone},
            buttons=((Button(zone, Clock(chat, zone)), Button(other, Clock(chat, other))),),
        )
    )


def choose_zone(work: Work, chat: int, zone: str, person: int) -> None:
    """Third tap: set up; the line in the group goes."""
    settings.put(work, ZONE, zone, chat=chat, by=person)
    profile = chats.profile(work, chat)
    work.say(Delete(chat=chat, ref=f"setup:{chat}", why="set up"))
    work.say(
        Send(
            user=person,
            template="members/set_up",
            data={"title": chats.title(work, chat), "tier": profile.tier if profile else "", "zone": zone},
        )
    )


def start_links(work: Work) -> dict[str, str]:
    """One link a tier that adds the bot to a group with just the rights it needs and pre-fills the tier."""
    return {t: _add(work, f"t_{t}") for t in TIERS}


def add_link(work: Work) -> str:
    """The link that adds the bot to a group with just the rights it needs; the tier is chosen there."""
    return _add(work, "add")


def _add(work: Work, payload: str) -> str:
    asked = "+".join(RIGHTS[r] for r in sorted(work.me.needs) if r in RIGHTS)
    return f"https://t.me/{work.me.username}?startgroup={payload}&admin={asked}"
