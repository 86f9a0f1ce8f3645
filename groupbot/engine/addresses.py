"""Chats: our own id, and every Telegram id a chat has had.

All tables refer to `chat.id`. When a basic group is upgraded Telegram gives it a new id; here that is
one row in `chat_address`, and the old id stays as an alias.
"""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from groupbot.core.events import Chat
from groupbot.core.presence import THERE
from groupbot.engine.merging import merge_rows
from groupbot.engine.storage import UTC_, BigInt, Hot, metadata
from groupbot.engine.upgrades import basic, forget_messages, move_messages, renumber
from groupbot.engine.work import Work

chat = sa.Table(
    "chat",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("username", sa.Text),
    sa.Column("state", sa.String(12), nullable=False),  # active | limited | retired | kicked | gone | merged
    sa.Column("state_at", UTC_, nullable=False),
    sa.Column("lacks", sa.String(16)),  # limited: the kind of effect that was denied
    sa.Column("merged_into", sa.BigInteger),
    sqlite_autoincrement=True,
)

chat_address = sa.Table(
    "chat_address",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False, index=True),
    sa.Column("since", UTC_, nullable=False),
)


RETIRED = "retired"  # by its people: the bot says nothing of its own there any more, and owes what it owes
REACHED = (*THERE, RETIRED)  # where effects arrive


class Place(Struct, frozen=True):
    """A chat as the engine knows it."""

    id: int
    telegram_id: int
    type: str
    title: str
    state: str

    @property
    def group(self) -> bool:
        return self.type in ("group", "supergroup")


_FIND = Hot(
    lambda: (
        sa.select(chat.c.id, chat.c.telegram_id, chat.c.type, chat.c.title, chat.c.state)
        .join(chat_address, chat_address.c.chat_id == chat.c.id)
        .where(
            chat_address.c.bot_id == sa.bindparam("bot"),
            chat_address.c.telegram_id == sa.bindparam("telegram"),
        )
    )
)
_BY_ID = Hot(
    lambda: sa.select(chat.c.id, chat.c.telegram_id, chat.c.type, chat.c.title, chat.c.state).where(
        chat.c.id == sa.bindparam("the_id")
    )
)
_INTO = Hot(lambda: sa.select(chat.c.merged_into).where(chat.c.id == sa.bindparam("the_id")))
_MERGED = Hot(lambda: sa.select(chat.c.id).where(chat.c.merged_into == sa.bindparam("the_id")))
_NEW = Hot(
    lambda: (
        sa.insert(chat)
        .values({n: sa.bindparam(n) for n in ("bot_id", "telegram_id", "type", "title", "username")})
        .values(state="active", state_at=sa.bindparam("state_at"))
        .returning(chat.c.id)
    )
)
_ADDRESS = Hot(
    lambda: sa.insert(chat_address).values(
        {n: sa.bindparam(n) for n in ("bot_id", "telegram_id", "chat_id", "since")}
    )
)
_RENAME = Hot(
    lambda: (
        sa.update(chat)
        .where(chat.c.id == sa.bindparam("the_id"))
        .values(title=sa.bindparam("title"), username=sa.bindparam("username"), type=sa.bindparam("type"))
    )
)
_STATE = Hot(
    lambda: (
        sa.update(chat)
        .where(chat.c.id == sa.bindparam("the_id"), chat.c.state != sa.bindparam("state"))
        .values(state=sa.bindparam("state"), state_at=sa.bindparam("state_at"), lacks=sa.bindparam("lacks"))
    )
)
_NOT_RETIRED = Hot(  # what Telegram tells of a chat does not bring it back
    lambda: (
        sa.update(chat)
        .where(
            chat.c.id == sa.bindparam("the_id"),
            chat.c.state != sa.bindparam("state"),
            chat.c.state != RETIRED,
        )
        .values(state=sa.bindparam("state"), state_at=sa.bindparam("state_at"), lacks=sa.bindparam("lacks"))
    )
)
_ABLE = Hot(
    lambda: (
        sa.update(chat)
        .where(
            chat.c.id == sa.bindparam("the_id"),
            chat.c.state == "limited",
            chat.c.lacks == sa.bindparam("kind"),
        )
        .values(state="active", state_at=sa.bindparam("state_at"), lacks=None)
    )
)


_MINE = "places.mine"  # places by our own id


def resolve(work: Work, seen: Chat) -> Place:
    """Our place for a chat as Telegram shows it; made at first sight, renamed when its title changed."""
    cache = work.cached("places")
    place: Place | None = cache.get(seen.id)
    if place is None:
        place = known(work, seen.id) or _create(work, seen)
        work.put("places", seen.id, place)
    if (place.title != seen.title or place.type != seen.type) and place.telegram_id == seen.id and seen.title:
        work.sql.run(_RENAME, the_id=place.id, title=seen.title, username=seen.username, type=seen.type)
        place = Place(place.id, place.telegram_id, seen.type, seen.title, place.state)
        work.put("places", seen.id, place)
        work.drop(_MINE, place.id)
    return place


def known(work: Work, telegram_id: int) -> Place | None:
    """Our place for a Telegram id, for one of before an upgrade too; None where it was never seen."""
    place: Place | None = work.cached("places").get(telegram_id)
    if place is not None:
        return place
    row = work.sql.first(_FIND, bot=work.bot_id, telegram=telegram_id)
    return None if row is None else Place(*row)


def moved(work: Work, telegram_id: int) -> bool:
    """Is this the id that a group had before its upgrade?"""
    place = known(work, telegram_id)
    return place is not None and place.telegram_id != telegram_id


def ops_chat(work: Work) -> int:
    """Our id of the operators' chat; 0: none."""
    if not work.me.ops_chat:
        return 0
    return resolve(work, Chat(work.me.ops_chat, "supergroup", "")).id


def in_ops(work: Work) -> bool:
    """Does this happen in the operators' chat, by whichever id it went before an upgrade?"""
    return bool(work.me.ops_chat) and work.chat == ops_chat(work)


def _create(work: Work, seen: Chat) -> Place:
    made = work.sql.returning(
        _NEW,
        bot_id=work.bot_id,
        telegram_id=seen.id,
        type=seen.type,
        title=seen.title,
        username=seen.username,
        state_at=work.now,
    )[0]
    work.sql.run(_ADDRESS, bot_id=work.bot_id, telegram_id=seen.id, chat_id=made.id, since=work.now)
    return Place(made.id, seen.id, seen.type, seen.title, "active")


def place_of(work: Work, chat_id: int) -> Place | None:
    """The place with our own id, or None."""
    place: Place | None = work.cached(_MINE).get(chat_id)
    if place is None:
        row = work.sql.first(_BY_ID, the_id=chat_id)
        if row is not None:
            place = Place(*row)
            work.put(_MINE, chat_id, place)
    return place


def now_of(work: Work, chat_id: int, telegram_id: int) -> int:
    """Our id by now of the chat that had this one when it was called by this id of Telegram's: another one,
    if it turned out to be a group that was upgraded."""
    if not chat_id or telegram_id > 0 or basic(telegram_id):
        return chat_id
    place = place_of(work, chat_id)
    if place is None or place.state != "merged":
        return chat_id
    return int(work.sql.value(_INTO, the_id=chat_id) or chat_id)


def every_id(work: Work, chat_id: int) -> list[int]:
    """Our id of a chat, then those of chats that turned out to be the same group."""
    found = [chat_id]
    for one in found:
        found += [row.id for row in work.sql.all(_MERGED, the_id=one)]
    return found


def keep(work: Work, place: Place) -> Place:
    """The place as it is known already, else as another statement just read it, for the next to ask."""
    known: Place = work.cached(_MINE).get(place.id) or place
    if known is place:
        work.put(_MINE, place.id, place)
    return known


def set_state(work: Work, chat_id: int, state: str, lacks: str | None = None, *, back: bool = False) -> bool:
    """active, limited (`lacks`: the kind of effect denied), retired, kicked or gone. Kicked and gone stop the
    outbox for the chat. A retired chat is active again only when its people have it `back`. True when it
    changed."""
    stays = state in THERE and not back
    change = _NOT_RETIRED if stays else _STATE
    changed = bool(work.sql.run(change, the_id=chat_id, state=state, state_at=work.now, lacks=lacks))
    return _changed(work, chat_id, changed)


def able(work: Work, chat_id: int, kind: str) -> bool:
    """An effect of this kind went through: a chat limited for want of it is active again."""
    return _changed(work, chat_id, bool(work.sql.run(_ABLE, the_id=chat_id, kind=kind, state_at=work.now)))


def _changed(work: Work, chat_id: int, changed: bool) -> bool:
    if changed:
        for key, place in list(work.cached("places").items()):
            if place.id == chat_id:
                work.drop("places", key)
        work.drop(_MINE, chat_id)
    return changed


def forget_names(work: Work, people: list[int]) -> None:
    """Private chats lose the names of these people; they come back with the next message."""
    mine = (chat.c.bot_id == work.bot_id, chat.c.type == "private", chat.c.telegram_id.in_(people))
    work.sql.run(sa.update(chat).where(*mine).values(title="", username=None))
    for one in people:
        work.drop("places", one)
    work.clear(_MINE)


def upgrade(work: Work, old: int, new: int) -> int:
    """A basic group `old` became supergroup `new` (Telegram ids). Idempotent, in either order of the
    two notices, and when messages of the new id came first. Our chat id."""
    row = work.sql.first(_FIND, bot=work.bot_id, telegram=old)
    target = work.sql.first(_FIND, bot=work.bot_id, telegram=new)
    if row is None:
        if target is None:
            place = _create(work, Chat(id=new, type="supergroup"))
            return place.id
        work.sql.run(_ADDRESS, bot_id=work.bot_id, telegram_id=old, chat_id=target.id, since=work.now)
        return int(target.id)
    if target is not None and target.id == row.id:
        return int(row.id)
    forget_messages(work, row.id)
    renumber(work, row.id)
    if target is None:
        work.sql.run(_ADDRESS, bot_id=work.bot_id, telegram_id=new, chat_id=row.id, since=work.now)
    else:
        move_messages(work, target.id, row.id)
        work.sql.run(
            sa.update(chat_address)
            .where(chat_address.c.bot_id == work.bot_id, chat_address.c.telegram_id == new)
            .values(chat_id=row.id)
        )
        merge_rows(work, target.id, row.id)
        work.sql.run(sa.update(chat).where(chat.c.id == target.id).values(state="merged", merged_into=row.id))
    work.sql.run(
        sa.update(chat)
        .where(chat.c.id == row.id)
        .values(
            telegram_id=new,
            type="supergroup",
            state=sa.case((chat.c.state == RETIRED, RETIRED), else_="active"),
        )
    )
    work.drop("places", old)
    work.drop("places", new)
    work.clear(_MINE)
    return int(row.id)
