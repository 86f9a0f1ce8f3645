"""Members and settings of a chat that turns out to be a group known before (see `engine.merging`)."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.features.members.domain import parent_fits
from groupbot.features.members.store.tables import membership, profile, setting


def join_profiles(work: Work, gone: int, stays: int) -> None:
    """The profile of the group known before, with what the bot is and may there now; what stood below the
    other stands below it, where its tier allows that."""
    p = profile.c
    now = work.sql.first(sa.select(p.status, p.rights, p.standing_at).where(p.chat_id == gone))
    if now is not None:
        values = {"status": now.status, "rights": now.rights}
        if now.standing_at is not None:
            values["standing_at"] = now.standing_at
        work.sql.run(sa.update(profile).where(p.chat_id == stays).values(values))
    tiers = {r.chat_id: r.tier for r in work.sql.all(sa.select(p.chat_id, p.tier))}
    tier = tiers.get(stays, tiers.get(gone))
    for below in work.sql.all(sa.select(p.chat_id).where(p.parent_id == gone)):
        own = tiers[below.chat_id]
        fits = own is not None and parent_fits(own, tier)
        above = sa.update(profile).where(p.chat_id == below.chat_id)
        work.sql.run(above.values(parent_id=stays if fits else None))


def join_memberships(work: Work, gone: int, stays: int) -> None:
    """Who is here in both was here before; who left the new one has left."""
    m, other = membership.c, membership.alias()
    whose = other.c.person_id == m.person_id
    left = (other.c.chat_id == gone, whose, other.c.left_at.is_not(None))
    still = sa.exists().where(other.c.chat_id == gone, whose, other.c.left_at.is_(None))
    here = (m.chat_id == stays, m.left_at.is_(None), sa.exists().where(*left), sa.not_(still))
    at = sa.select(sa.func.max(other.c.left_at)).where(*left).scalar_subquery()
    work.sql.run(sa.update(membership).where(*here).values(left_at=at))
    both = sa.exists().where(other.c.chat_id == stays, whose, other.c.left_at.is_(None))
    work.sql.run(sa.delete(membership).where(m.chat_id == gone, m.left_at.is_(None), both))


def join_settings(work: Work, gone: int, stays: int) -> None:
    """What was set in the group before holds; what was set only since is its too."""
    s, other = setting.c, setting.alias()
    for scope, old, new in (("chat", str(gone), str(stays)), ("topic", f"{gone}:", f"{stays}:")):
        like = s.scope_id == old if scope == "chat" else s.scope_id.startswith(old)
        moved = sa.literal(new) + sa.func.substr(s.scope_id, len(old) + 1)
        twin = sa.exists().where(other.c.scope == scope, other.c.scope_id == moved, other.c.key == s.key)
        work.sql.run(sa.delete(setting).where(s.scope == scope, like, twin))
        work.sql.run(sa.update(setting).where(s.scope == scope, like).values(scope_id=moved))


for _table, _join in ((profile, join_profiles), (membership, join_memberships), (setting, join_settings)):
    _table.info["merging"] = _join
