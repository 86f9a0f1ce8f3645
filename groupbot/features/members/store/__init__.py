"""Tables of chats and people, and their queries."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.core.presence import THERE
from groupbot.engine.addresses import chat
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import Hot, Upsert, among
from groupbot.features.members.store import merging as merging
from groupbot.features.members.store.settings import SET as SET
from groupbot.features.members.store.settings import SETTING as SETTING
from groupbot.features.members.store.settings import SETTINGS as SETTINGS
from groupbot.features.members.store.settings import TOPICS as TOPICS
from groupbot.features.members.store.settings import UNSET as UNSET
from groupbot.features.members.store.tables import (
    connection,
    member_segment,
    membership,
    person,
    profile,
    staff,
)
from groupbot.features.members.store.tables import (
    consent as consent,
)
from groupbot.features.members.store.tables import (
    setting as setting,
)

b = sa.bindparam
_PERSON = ("id", "first_name", "last_name", "username", "language", "is_bot", "seen_at")
PEOPLE = Bulk(
    "person",
    Upsert(person, _PERSON, ("id",), {n: "new" for n in _PERSON if n != "id"}),
    _PERSON,
    key=1,
)
_MEMBER = ("chat_id", "person_id", "joined_at", "evidence", "link", "link_name", "added_by")
_BEFORE = ("chat_id", "person_id")
BEFORE = Bulk(
    "membership_before",
    sa.insert(membership).from_select(
        ["chat_id", "person_id", "evidence", "removed"],
        sa.select(
            sa.cast(b("chat_id"), sa.BigInteger),
            sa.cast(b("person_id"), sa.BigInteger),
            sa.literal_column("'before'"),
            sa.false(),
        ).where(
            ~sa.exists().where(
                membership.c.chat_id == b("chat_id"),
                membership.c.person_id == b("person_id"),
                membership.c.left_at.is_(None),
            )
        ),
    ),
    _BEFORE,
    key=2,
)
MEMBERS = Bulk("membership", sa.insert(membership).values({n: b(n) for n in _MEMBER}), _MEMBER, key=2)
LINKED = Hot(  # of a join whose service message came first
    lambda: (
        sa.update(membership)
        .where(
            membership.c.chat_id == b("chat"),
            membership.c.person_id == b("who"),
            membership.c.left_at.is_(None),
            membership.c.link.is_(None),
            membership.c.joined_at >= b("after"),
            membership.c.joined_at <= b("before"),
        )
        .values(link=b("the_link"), link_name=b("the_name"), evidence=b("how"), added_by=None)
    )
)
WAY_IN = Hot(
    lambda: sa.select(membership.c.link, membership.c.link_name, membership.c.added_by).where(
        membership.c.chat_id == b("chat"), membership.c.person_id == b("who"), membership.c.left_at.is_(None)
    )
)

KEEP_PERSON = PEOPLE.hot
PERSON = Hot(lambda: sa.select(person).where(person.c.id == b("the_id")))
CALLED = Hot(
    lambda: (
        sa.select(person.c.id)
        .where(sa.func.lower(person.c.username) == b("handle"), person.c.is_bot.is_(False))
        .order_by(person.c.seen_at.desc(), person.c.id)
        .limit(1)
    )
)
STARTED = Hot(
    lambda: (
        sa.update(person)
        .where(person.c.id == b("the_id"), person.c.started_at.is_(None))
        .values(started_at=b("at"))
    )
)
STOPPED = Hot(lambda: sa.update(person).where(person.c.id == b("the_id")).values(started_at=None))
HERE = Hot(
    lambda: (
        sa.select(membership.c.id, membership.c.joined_at)
        .where(
            membership.c.chat_id == b("chat"),
            membership.c.person_id == b("who"),
            membership.c.left_at.is_(None),
        )
        .limit(1)
    )
)
EVER = Hot(
    lambda: (
        sa.select(membership.c.id)
        .where(membership.c.chat_id == b("chat"), membership.c.person_id == b("who"))
        .limit(1)
    )
)
STAYS = Hot(
    lambda: (
        sa.select(membership.c.joined_at, membership.c.left_at)
        .where(
            membership.c.chat_id == b("chat"),
            membership.c.person_id == b("who"),
            membership.c.left_at.is_not(None),
            membership.c.removed.is_(False),
        )
        .order_by(membership.c.id.desc())
        .limit(5)
    )
)
COUNT_STAYS = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(membership)
        .where(membership.c.chat_id == b("chat"), membership.c.person_id == b("who"))
    )
)
GONE = Hot(
    lambda: (
        sa.update(membership)
        .where(
            membership.c.chat_id == b("chat"),
            membership.c.person_id == b("who"),
            membership.c.left_at.is_(None),
        )
        .values(left_at=b("at"), removed=b("was_removed"))
    )
)
STAFF = Hot(
    lambda: sa.select(staff.c.person_id, staff.c.status, staff.c.rights, staff.c.checked_at).where(
        staff.c.chat_id == b("chat")
    )
)
STAFF_OF = Hot(
    lambda: (
        sa.select(
            staff.c.person_id,
            staff.c.status,
            staff.c.rights,
            person.c.first_name,
            person.c.last_name,
            person.c.username,
            person.c.started_at,
            person.c.is_bot,
        )
        .outerjoin(person, person.c.id == staff.c.person_id)
        .where(staff.c.chat_id == b("chat"), among(staff.c.status, "creator", "administrator"))
        .order_by(staff.c.status.desc(), staff.c.person_id)
    )
)
KEEP_STAFF = Hot(
    lambda: Upsert(
        staff,
        ("chat_id", "person_id", "status", "rights", "checked_at"),
        ("chat_id", "person_id"),
        {"status": "new", "rights": "new", "checked_at": "new"},
    )
)
PROFILE = Hot(
    lambda: (
        sa.select(profile, chat.c.title, chat.c.state, chat.c.type.label("chat_type"), chat.c.telegram_id)
        .select_from(profile.join(chat, chat.c.id == profile.c.chat_id))
        .where(profile.c.chat_id == b("chat"))
    )
)
PROFILES = Hot(
    lambda: (
        sa.select(profile, chat.c.title, chat.c.state, chat.c.type.label("chat_type"), chat.c.telegram_id)
        .select_from(profile.join(chat, chat.c.id == profile.c.chat_id))
        .where(chat.c.bot_id == b("bot"), chat.c.state != "merged")
        .order_by(profile.c.chat_id)
    )
)
_p = profile.c
BELOW = Hot(lambda: sa.select(_p.chat_id).where(_p.parent_id == b("parent")).order_by(_p.chat_id))
UNCOUNTED = Hot(
    lambda: (
        sa.select(_p.chat_id)
        .join(chat, chat.c.id == _p.chat_id)
        .where(chat.c.bot_id == b("bot"), among(chat.c.state, *THERE))
        .where(sa.or_(_p.counted_at.is_(None), _p.counted_at <= b("before")))
        .order_by(_p.counted_at, _p.chat_id)
        .limit(b("most"))
    )
)
ASKED_COUNT = Hot(lambda: sa.update(profile).where(_p.chat_id == b("chat")).values(counted_at=b("now")))
COUNTED = Hot(lambda: sa.update(profile).where(_p.chat_id == b("chat")).values(members=b("n")))
NEW_PROFILE = Hot(
    lambda: Upsert(
        profile,
        ("chat_id", "added_by", "added_at", "status", "rights"),
        ("chat_id",),
        {"added_by": "new", "status": "new", "rights": "new"},
    )
)
_STANDS = ("chat_id", "added_at", "status", "rights")  # what the bot is there now; who added it stays
STANDS = Hot(lambda: Upsert(profile, _STANDS, ("chat_id",), {"status": "new", "rights": "new"}))
STANDING_AT = Hot(lambda: sa.select(_p.standing_at).where(_p.chat_id == b("chat")))
KEEP_STANDING_AT = Hot(lambda: sa.update(profile).where(_p.chat_id == b("chat")).values(standing_at=b("at")))
NEW_SINCE = Hot(
    lambda: sa.select(membership.c.person_id, membership.c.joined_at).where(
        membership.c.chat_id == b("chat"),
        membership.c.joined_at > b("since"),
        membership.c.left_at.is_(None),
    )
)
MANY_CAME = Hot(  # no group has a wave of fewer
    lambda: (
        sa.select(membership.c.chat_id)
        .where(membership.c.joined_at >= b("since"))
        .group_by(membership.c.chat_id)
        .having(sa.func.count() >= 10)
    )
)
ADDED = Hot(lambda: sa.select(profile.c.added_at).where(profile.c.chat_id == b("chat")))
JOINS = Hot(
    lambda: (
        sa.select(membership.c.person_id, membership.c.joined_at, membership.c.link, membership.c.added_by)
        .where(membership.c.chat_id == b("chat"), membership.c.joined_at >= b("since"))
        .order_by(membership.c.id)
    )
)
COUNT_HERE = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(membership)
        .where(membership.c.chat_id == b("chat"), membership.c.left_at.is_(None))
    )
)

_d = member_segment.c
_SEGMENT = ("chat_id", "person_id", "attributes", "by_id", "at")
DESCRIBE = Hot(lambda: Upsert(member_segment, _SEGMENT, _SEGMENT[:2], dict.fromkeys(_SEGMENT[2:], "new")))
UNDESCRIBE = Hot(lambda: sa.delete(member_segment).where(_d.chat_id == b("chat"), _d.person_id == b("who")))
DESCRIBED = Hot(lambda: sa.select(_d.attributes).where(_d.chat_id == b("chat"), _d.person_id == b("who")))
DESCRIBED_HERE = Hot(
    lambda: (
        sa.select(_d.person_id, _d.attributes)
        .where(
            _d.chat_id == b("chat"),
            sa.exists().where(
                membership.c.chat_id == _d.chat_id,
                membership.c.person_id == _d.person_id,
                membership.c.left_at.is_(None),
            ),
        )
        .order_by(_d.person_id)
    )
)

_mine = connection.c.person_id == b("who")
CONNECTED = Hot(lambda: sa.select(connection.c.chat_id).where(_mine, connection.c.live.is_(True)).limit(1))
CONNECTIONS = Hot(
    lambda: sa.select(connection.c.chat_id).where(_mine).order_by(connection.c.at.desc()).limit(b("most"))
)
CONNECT = Hot(
    lambda: Upsert(
        connection,
        ("person_id", "chat_id", "at", "live"),
        ("person_id", "chat_id"),
        {"at": "new", "live": "new"},
    )
)
DISCONNECT = Hot(lambda: sa.update(connection).where(_mine, connection.c.live.is_(True)).values(live=False))
OLD_CONNECTIONS = Hot(
    lambda: sa.delete(connection).where(connection.c.at < b("before"), connection.c.live.is_(False))
)
ADMIN_OF = Hot(
    lambda: (
        sa.select(staff.c.chat_id, staff.c.status)
        .join(chat, chat.c.id == staff.c.chat_id)
        .where(staff.c.person_id == b("who"), chat.c.bot_id == b("bot"))
    )
)
