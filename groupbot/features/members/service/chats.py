"""Chats and the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from groupbot.core.numbering import SHIFT
from groupbot.engine.addresses import Place, keep, place_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import store
from groupbot.features.members.domain import (
    AIMS,
    DEFAULT_AIM,
    DEFAULT_TYPE,
    TIERS,
    TYPES,
    Profile,
    SetUp,
    makes_cycle,
    parent_fits,
)

_AT = "members.at"  # where a walk over the groups stopped, by its name


def profile(work: Work, chat: int) -> Profile | None:
    """A chat's place in the matrix, or None for chats that are no groups of ours. Kept until it changes, or
    the chat's title or state."""
    here = place(work, chat)
    kept = work.cached("members.profile").get(chat)
    if kept is not None and kept[0] is here:
        return kept[1]  # type: ignore[no-any-return]
    row = work.sql.first(store.PROFILE, chat=chat)
    made = None if row is None else _profile(row)
    work.put("members.profile", chat, (here, made))
    return made


def profiles(work: Work) -> list[Profile]:
    """Every group of this bot."""
    return [p for chat in _groups(work) if (p := profile(work, chat)) is not None and p.state != "merged"]


def next_group(work: Work, name: str, fits: Callable[[Profile], bool]) -> Profile | None:
    """For what takes one group a step: the next that fits behind the one last found under `name`; None when
    there is none up to the last of them, then from the first again."""
    groups, start = _groups(work), int(work.cached(_AT).get(name, 0))
    for n in range(start, len(groups)):
        found = profile(work, groups[n])
        if found is not None and found.state != "merged" and fits(found):
            work.put(_AT, name, n + 1)
            return found
    if start:
        work.put(_AT, name, 0)
    return None


def _groups(work: Work) -> tuple[int, ...]:
    groups = work.cached("members.groups")
    if 0 not in groups:
        rows = work.sql.all(store.PROFILES, bot=work.bot_id)
        work.put("members.groups", 0, tuple(r.chat_id for r in rows))
        for r in rows:
            here = keep(work, Place(r.chat_id, r.telegram_id, r.chat_type, r.title, r.state))
            work.put("members.profile", r.chat_id, (here, _profile(r)))
    return groups[0]  # type: ignore[no-any-return]


def expect(work: Work, chat: int) -> None:
    """A group that is known before the bot was seen to come: reports tell of it from now on."""
    if profile(work, chat) is None:
        work.sql.run(
            store.NEW_PROFILE, chat_id=chat, added_by=None, added_at=work.now, status=None, rights=None
        )
        work.drop("members.groups", 0)
        work.drop("members.profile", chat)


def _profile(r: Any) -> Profile:
    return Profile(
        chat=r.chat_id,
        title=r.title,
        tier=r.tier,
        region=r.region,
        parent=r.parent_id,
        type=r.type,
        aim=r.aim,
        owner=r.owner_id,
        tags=tuple(r.tags or ()),
        state=r.state,
        members=r.members,
        attributes=tuple(r.attributes or ()),
    )


def place(work: Work, chat: int) -> Place | None:
    """The engine's place of a chat, by our id."""
    return place_of(work, chat)


def title(work: Work, chat: int) -> str:
    """A chat's title; '' of one that is not known."""
    here = place(work, chat)
    return here.title if here is not None else ""


def link_to(work: Work, chat: int, message: int, topic: int | None = None) -> str:
    """The address of a message, which members of a supergroup can open; '' in basic groups, whose messages
    have none, and for those from before an upgrade."""
    here = place(work, chat)
    bare = str(here.telegram_id) if here is not None else ""
    within = f"{topic}/" if topic else ""
    return f"https://t.me/c/{bare[4:]}/{within}{message}" if message > 0 and bare.startswith("-100") else ""


def for_button(work: Work, chat: int, message: int) -> int:
    """A message's number as a button keeps it, which may be pressed after the group's upgrade: below zero in
    a basic group, so that it names no new message then. `of_button` turns it back."""
    return message - SHIFT if _basic(work, chat) else message


def of_button(work: Work, chat: int, number: int) -> int:
    """The number of the message that a button names; below zero where it is out of reach by now."""
    return number + SHIFT if number < 0 and _basic(work, chat) else number


def _basic(work: Work, chat: int) -> bool:
    here = place(work, chat)
    return here is not None and here.type == "group"


def bot_rights(work: Work, chat: int) -> frozenset[str] | None:
    """The bot's own rights in a group as Telegram told them last, by routers' names; None where it never
    told (no group, or it was not there)."""
    cache = work.cached("members.own_rights")
    if chat not in cache:
        row = work.sql.first(store.PROFILE, chat=chat)
        known = None if row is None or row.rights is None else frozenset(row.rights)
        work.put("members.own_rights", chat, known)
    return cache[chat]  # type: ignore[no-any-return]


def bot_lacks(work: Work, chat: int, rights: Iterable[str]) -> tuple[str, ...]:
    """Which of these rights the bot has not there; none where nothing is known."""
    has = bot_rights(work, chat)
    return () if has is None else tuple(r for r in rights if r not in has)


def needs(work: Work, chat: int, *rights: str) -> None:
    """For what needs rights of the bot that no route names.

    Raises:
        Refusal: which of them it has not.
    """
    lacks = bot_lacks(work, chat, rights)
    if lacks:
        raise Refusal("common/bot_lacks", lacks=list(lacks))


def adder(work: Work, chat: int) -> int | None:
    """Who added the bot to a chat, if that is known."""
    row = work.sql.first(store.PROFILE, chat=chat)
    return None if row is None else row.added_by


def set_profile(
    work: Work,
    chat: int,
    *,
    tier: str | None = None,
    region: str | None = None,
    parent: int | None = None,
    type: str | None = None,
    aim: str | None = None,
    owner: int | None = None,
    tags: tuple[str, ...] | None = None,
    attributes: tuple[str, ...] | None = None,
) -> Profile:
    """Give a chat its place in the matrix; what is None stays, a new tier brings its usual type and aim.
    `parent=0` means none; a parent that does not fit a new tier is left, and so is it by the groups below it
    that do not.

    Raises:
        Refusal: `members/bad_profile` with `reason`: unknown word, a parent not one tier up, a circle.
    """
    now = profile(work, chat)
    if now is None:
        raise Refusal("members/bad_profile", reason="unknown_chat", value=str(chat))
    for word, known in ((tier, TIERS), (type, TYPES), (aim, AIMS)):
        if word is not None and word not in known:
            raise Refusal("members/bad_profile", reason="unknown_word", value=word)
    tier_now = tier or now.tier
    if parent:
        above = profile(work, parent)
        if tier_now is None or above is None or not parent_fits(tier_now, above.tier):
            raise Refusal(
                "members/bad_profile", reason="parent_tier", value=above.title if above else str(parent)
            )
        if makes_cycle(chat, parent, {p.chat: p.parent for p in profiles(work)}):
            raise Refusal("members/bad_profile", reason="circle", value=above.title)
    changes = {
        "tier": tier, "region": region, "parent_id": parent, "type": type, "aim": aim, "owner_id": owner,
        "tags": None if tags is None else list(tags),
        "attributes": None if attributes is None else list(attributes),
    }  # fmt: skip
    if tier is not None and tier != now.tier:
        changes["type"] = type or DEFAULT_TYPE[tier]
        changes["aim"] = aim or DEFAULT_AIM[tier]
        changes["set_up_at"] = work.now  # type: ignore[assignment]
    values: dict[str, Any] = {k: v for k, v in changes.items() if v is not None}
    above = profile(work, now.parent) if now.parent is not None else None
    if parent == 0 or (above is not None and parent is None and not parent_fits(str(tier_now), above.tier)):
        values["parent_id"] = None
    if values:
        work.sql.run(sa.update(store.profile).where(store.profile.c.chat_id == chat).values(values))
        work.drop("members.profile", chat)
        work.clear("members.value")
        work.clear("members.voice")
        work.clear("members.layers")
        work.clear("members.segment")
    made = profile(work, chat)
    assert made is not None
    if made.tier != now.tier:
        _leave(work, made)
        work.emit(SetUp(chat, str(made.tier), first=now.tier is None))
    return made


def below(work: Work, chat: int) -> list[Profile]:
    """The groups right below one in the matrix."""
    found = [profile(work, r.chat_id) for r in work.sql.all(store.BELOW, parent=chat)]
    return [p for p in found if p is not None and p.state != "merged"]


def _leave(work: Work, above: Profile) -> None:
    """Of the groups below one that has a new tier, those that do not fit stand alone."""
    gone = [p.chat for p in below(work, above.chat) if p.tier is None or not parent_fits(p.tier, above.tier)]
    if gone:
        work.sql.run(sa.update(store.profile).where(store.profile.c.chat_id.in_(gone)).values(parent_id=None))
        for chat in gone:
            work.drop("members.profile", chat)
