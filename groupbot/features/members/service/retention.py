"""What is forgotten of people who are here no more."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine.addresses import forget_names
from groupbot.engine.storage import Hot, among, delete_some
from groupbot.engine.work import Work
from groupbot.features.members.domain import ADMIN_STATUS
from groupbot.features.members.store import member_segment, membership, person, staff

KEEP = timedelta(days=180)
SLICE = 2000  # rows of one transaction

_b = sa.bindparam
_FORGET_ENDED = delete_some(membership, membership.c.left_at < _b("before"))
_FORGET_SEGMENTS = Hot(  # how those were described who are here no more
    lambda: sa.delete(member_segment).where(
        ~sa.exists().where(
            membership.c.chat_id == member_segment.c.chat_id,
            membership.c.person_id == member_segment.c.person_id,
        )
    )
)
_NOWHERE = Hot(
    lambda: (
        sa.select(person.c.id)
        .where(
            person.c.seen_at < _b("before"),
            sa.or_(person.c.started_at.is_(None), person.c.started_at < _b("before")),
            ~sa.exists().where(membership.c.person_id == person.c.id),
            ~sa.exists().where(staff.c.person_id == person.c.id, among(staff.c.status, *ADMIN_STATUS)),
        )
        .limit(_b("most"))
    )
)


def sweep(work: Work, most: int = SLICE) -> bool:
    """Forget memberships that ended 180 days ago, how those members were described, and the names of those
    who are nowhere any more, were not seen and did not start the bot since; at most `most` of each. True when
    there may be more. What they asked for stays: whoever opted out and comes back is not counted."""
    before = work.now - KEEP
    gone = work.sql.run(_FORGET_ENDED, before=before, most=most)
    work.sql.run(_FORGET_SEGMENTS)
    rows = work.sql.all(_NOWHERE, before=before, most=most)
    people = [r.id for r in rows]
    if people:
        work.sql.run(
            sa.delete(staff).where(staff.c.person_id.in_(people), staff.c.status.not_in(ADMIN_STATUS))
        )
        work.sql.run(sa.delete(person).where(person.c.id.in_(people)))
        forget_names(work, people)
        for name in ("members.started", "members.people", "members.known"):
            for one in people:
                work.drop(name, one)
    return gone >= most or len(people) >= most
