"""Writing down who is mentioned: names that are links to people, and usernames of people known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from groupbot.core.events import Message
from groupbot.engine.storage import delete_some
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.members import service as people

MOST = 20  # names of one message that count: more is a list, no tie
_at = store.mention.c.at
_FORGET = delete_some(store.mention, _at < sa.bindparam("before"), by=_at)


def mentioned(m: Message, work: Work, person: int, day: date, *, staff: bool) -> None:
    """One row a person mentioned and day, whatever number of times. Words of others, passed on, mention
    nobody; nor does a channel or the group itself."""
    if m.forwarded is None and m.sender_chat is None:
        for whom in among(work, m.called, person):
            of_staff = people.is_staff(work, work.chat, whom)
            work.add(store.MENTIONS, work.chat, day, person, whom, m.at, m.message_id, staff, of_staff)


def among(work: Work, names: Iterable[int | str], person: int) -> list[int]:
    """The people among ids and usernames whom `person` mentions, in order: others than themselves, who did
    not opt out."""
    found: list[int] = []
    for name in list(names)[:MOST]:
        whom = people.called(work, name) if isinstance(name, str) else name
        if whom and whom != person and whom not in found and not people.opted_out(work, whom):
            found.append(whom)
    return found


def forget(work: Work, before: datetime, most: int) -> bool:
    """Forget mentions of before then, at most `most`; True when there may be more."""
    return work.sql.run(_FORGET, before=before, most=most) >= most
