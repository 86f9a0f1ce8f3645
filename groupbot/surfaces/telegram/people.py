"""Telegram's JSON of people, chats and standings → ours. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from groupbot.core.events import (
    BoostChanged,
    BotStanding,
    Chat,
    ChatFacts,
    Event,
    Joined,
    JoinRequest,
    Left,
    Link,
    Person,
    PollAnswer,
    PollTotals,
    Reaction,
    Standing,
)
from groupbot.surfaces.telegram.wire import (
    BoostedJson,
    ChatJson,
    JoinRequestJson,
    LinkJson,
    MemberJson,
    MemberUpdateJson,
    PollAnswerJson,
    PollJson,
    ReactedJson,
    ReactionTypeJson,
    UnboostedJson,
    UserJson,
)

_NO_CHAT = Chat(0, "")


@lru_cache(1024)
def moment(seconds: int) -> datetime:
    """Unix seconds as UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def person_of(u: UserJson | None) -> Person | None:
    """A user, if there is one."""
    if u is None:
        return None
    return Person(
        u.id,
        u.first_name,
        u.last_name,
        u.username,
        u.language,
        u.is_bot,
    )


def chat_of(c: ChatJson) -> Chat:
    """A chat."""
    return Chat(c.id, c.type, c.title or c.first_name or "", c.username, c.is_forum)


_IN = ("member", "administrator", "creator")


def _status(m: MemberJson) -> str:
    if m.status == "restricted" and not m.is_member:
        return "left"
    return m.status


def rights(m: MemberJson) -> frozenset[str]:
    """The rights of an administrator, by the names routers use; a creator has all."""
    names = {
        "delete": m.can_delete_messages,
        "restrict": m.can_restrict_members,
        "pin": m.can_pin_messages,
        "invite": m.can_invite_users,
        "promote": m.can_promote_members,
        "manage": m.can_manage_chat,
        "info": m.can_change_info,
        "topics": m.can_manage_topics,
        "tags": m.can_pin_messages if m.can_manage_tags is None else m.can_manage_tags,
    }
    if m.status == "creator":
        return frozenset({*names, "anonymous"} if m.is_anonymous else names)
    names["anonymous"] = m.is_anonymous
    return frozenset(n for n, has in names.items() if has) if m.status == "administrator" else frozenset()


def changed(m: MemberUpdateJson, update_id: int) -> Event:
    """Somebody came, went, or stands otherwise now."""
    was, now = _status(m.old_chat_member), _status(m.new_chat_member)
    person = person_of(m.new_chat_member.user)
    assert person is not None
    before, after = was in _IN or was == "restricted", now in _IN or now == "restricted"
    common: dict[str, Any] = {
        "at": moment(m.date),
        "chat": chat_of(m.chat),
        "sender": person_of(m.sender),
        "update_id": update_id,
    }
    if after and not before:
        muted = now == "restricted"
        return Joined(**common, people=(person,), link=_link(m.invite_link), restricted=muted)
    if before and not after:
        return Left(
            **common,
            person=person,
            removed=now == "kicked" or m.sender.id != person.id,
            banned=now == "kicked",
        )
    had, has = rights(m.old_chat_member), rights(m.new_chat_member)
    return Standing(**common, person=person, status=now, was=was, rights=has, had=had)


def standing(member: dict[str, Any], chat: Chat, at: datetime) -> Standing:
    """The answer of getChatMember as an event."""
    m = msgspec.convert(member, MemberJson)
    person = person_of(m.user)
    assert person is not None
    return Standing(at=at, chat=chat, person=person, status=_status(m), rights=rights(m))


def chat_facts(found: dict[str, Any], at: datetime) -> ChatFacts:
    """The answer of getChat as an event."""
    may = found.get("permissions") or {}
    return ChatFacts(
        at=at,
        chat=Chat(int(found["id"]), str(found.get("type") or ""), _clean(found.get("title") or "")),
        permissions=tuple(sorted(k.removeprefix("can_") for k, v in may.items() if v is True)),
        slow_mode=int(found.get("slow_mode_delay") or 0),
        linked_chat=int(found.get("linked_chat_id") or 0),
        by_request=bool(found.get("join_by_request")),
    )


def _signs(reactions: list[ReactionTypeJson]) -> tuple[str, ...]:
    return tuple(r.emoji or r.custom_emoji_id or r.type for r in reactions)


def bot_standing(m: MemberUpdateJson, update_id: int) -> Event:
    """The bot's own standing changed."""
    return BotStanding(
        at=moment(m.date),
        chat=chat_of(m.chat),
        sender=person_of(m.sender),
        update_id=update_id,
        status=_status(m.new_chat_member),
        was=_status(m.old_chat_member),
        rights=rights(m.new_chat_member),
    )


def reaction(r: ReactedJson, update_id: int) -> Event:
    """Somebody's reactions on a message changed."""
    return Reaction(
        at=moment(r.date),
        chat=chat_of(r.chat),
        sender=person_of(r.user),
        update_id=update_id,
        message_id=r.message_id,
        before=_signs(r.old_reaction),
        after=_signs(r.new_reaction),
        actor_chat=chat_of(r.actor_chat) if r.actor_chat is not None else None,
    )


def join_request(r: JoinRequestJson, update_id: int) -> Event:
    """Somebody asks to come in."""
    return JoinRequest(
        at=moment(r.date),
        chat=chat_of(r.chat),
        sender=person_of(r.sender),
        update_id=update_id,
        bio=r.bio,
        link=_link(r.invite_link),
        private=r.user_chat_id,
        query=r.query_id,
    )


def poll_answer(a: PollAnswerJson, update_id: int, received: datetime) -> Event | None:
    """A vote; None when a chat voted, for nobody can be named."""
    sender = person_of(a.user)
    if sender is None:
        return None
    return PollAnswer(
        at=received,
        chat=Chat(sender.id, "private"),
        sender=sender,
        update_id=update_id,
        poll=a.poll_id,
        options=tuple(a.option_persistent_ids or map(str, a.option_ids)),
    )


def poll_totals(p: PollJson, update_id: int, received: datetime) -> Event:
    """How a poll stands."""
    return PollTotals(
        at=received,
        chat=_NO_CHAT,
        update_id=update_id,
        poll=p.id,
        votes=tuple(o.voter_count for o in p.options),
        closed=p.is_closed,
    )


def boosted(b: BoostedJson, update_id: int, received: datetime) -> Event | None:
    """A boost that lasts until then; None where nobody can be named (a giveaway not drawn yet)."""
    if b.boost.source.user is None:
        return None
    return BoostChanged(
        at=received,
        chat=chat_of(b.chat),
        update_id=update_id,
        person=b.boost.source.user.id,
        boost=b.boost.boost_id,
        until=moment(b.boost.expiration_date),
    )


def unboosted(b: UnboostedJson, update_id: int) -> Event | None:
    """A boost that is no more."""
    if b.source.user is None:
        return None
    return BoostChanged(
        at=moment(b.remove_date),
        chat=chat_of(b.chat),
        update_id=update_id,
        person=b.source.user.id,
        boost=b.boost_id,
    )


def _link(link: LinkJson | None) -> Link | None:
    if link is None:
        return None
    return Link(link.invite_link, link.name, link.creator.id if link.creator else None)


def _clean(text: str) -> str:
    """Without NUL, which no database takes: for answers of the API; updates are mended as bytes."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text
