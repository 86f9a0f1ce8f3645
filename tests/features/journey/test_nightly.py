"""A group's steps, of what the store holds: right, the same when made anew, and gone with the member."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.keeping import PrivacyDesk, ask_erasure
from groupbot.engine.merging import merge_rows
from groupbot.engine.plugins import load
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement.store import DAYS, hired_join
from groupbot.features.invites.store import referral
from groupbot.features.journey import service, store
from groupbot.features.links.store import link, visit
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.members.service.wishes import OPTOUT
from groupbot.features.members.store import membership
from tests.conftest import START
from tests.features.members.group import group, stands

TODAY = START.date()
MEI, LI, WANG, ZHAO, OUT, HIRED, ADMIN, VISITOR, BEFORE = range(501, 510)


def ago(n: float) -> Any:
    return START - timedelta(days=n)


def came(work: Work, person: int, back: float, left: float | None = None, **more: Any) -> None:
    row = {"evidence": "own", "removed": False} | more
    gone = None if left is None else ago(left)
    work.sql.run(
        sa.insert(membership).values(
            chat_id=work.chat, person_id=person, joined_at=ago(back), left_at=gone, **row
        )
    )


def acted(work: Work, person: int, *back: int, staff: bool = False) -> None:
    rows = [(work.chat, TODAY - timedelta(days=n), person, staff, 1, 0, 0, 0) for n in back]
    write_bulk(work.sql, DAYS, rows)


def filled(work: Work) -> int:
    """A group of seven ways. Mei came by a friend's link and brought Li; whom Li brought looks bought."""
    work.chat = chat = group(work)
    members.put(work, ZONE, "Asia/Shanghai", chat=chat)
    came(work, MEI, 80, link_name="counter-a", evidence="link")
    acted(work, MEI, 79, 78, 70, 60, 2)
    came(work, LI, 50, added_by=MEI, evidence="added")
    came(work, WANG, 40, left=10, evidence="link")
    acted(work, WANG, 39, 20)
    came(work, ZHAO, 30)
    came(work, OUT, 30)
    came(work, HIRED, 29)
    work.sql.run(sa.insert(hired_join).values(chat_id=chat, person_id=HIRED, at=ago(29), crowd=6))
    came(work, ADMIN, 30)
    stands(work, chat, ADMIN, "administrator")
    work.chat = chat
    acted(work, ADMIN, 12)
    members.wish(work, OUT, OPTOUT, True)
    work.sql.run(
        sa.insert(membership).values(chat_id=chat, person_id=BEFORE, evidence="before", removed=False)
    )
    acted(work, BEFORE, 5)
    work.sql.run(sa.insert(link).values(id=1, name="promo:1/x", url="https://a.b", at=ago(90)))
    for person, back in ((VISITOR, 9), (ZHAO, 33), (BEFORE, 3)):
        work.sql.run(
            sa.insert(visit).values(link_id=1, chat_id=chat, person_id=person, times=1, at=ago(back))
        )
    friend = {"chat_id": chat, "by_id": ZHAO, "due": START, "points": 0, "state": "held"}
    work.sql.run(sa.insert(referral).values(**friend, person_id=WANG, at=ago(26)))
    work.sql.run(sa.insert(referral).values(**friend | {"by_id": LI}, person_id=HIRED, at=ago(29)))
    return chat


def told(work: Work, chat: int) -> list[tuple[int, str, int, str]]:
    found = work.sql.plain(
        f"SELECT person_id, state, day, grade FROM v_journey WHERE chat_id = {chat} ORDER BY person_id, nth"
    )
    return [(p, s, (TODAY - date.fromisoformat(str(d))).days, g) for p, s, d, g in found]


WAYS = [
    (MEI, "joined", 80, "exact"), (MEI, "activated", 79, "exact"), (MEI, "regular", 60, "exact"),
    (MEI, "advocate", 50, "exact"), (MEI, "lapsed", 32, "exact"), (MEI, "activated", 2, "exact"),
    (LI, "joined", 50, "adder"),
    (WANG, "joined", 40, "link"), (WANG, "activated", 39, "link"), (WANG, "lapsed", 10, "link"),
    (ZHAO, "visitor", 33, "token"), (ZHAO, "joined", 30, "token"), (ZHAO, "advocate", 26, "token"),
    (VISITOR, "visitor", 9, "visit"),
    (BEFORE, "activated", 5, "before"),
]  # fmt: skip


def test_a_groups_steps_are_made_at_night_and_the_same_when_made_anew(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = filled(work)
        found = next(service.due(work))
        assert found.day == TODAY - timedelta(days=1)
        assert service.keep(work, found)
        assert told(work, chat) == WAYS
        assert list(service.due(work)) == []
        assert not service.rebuild(work, chat)
        assert told(work, chat) == WAYS
        work.now += timedelta(days=26)  # the next night tells what changed, and that alone
        found = next(service.due(work))
        assert [(r.person, r.state) for r in found.new] == [(BEFORE, "lapsed")]
        assert service.keep(work, found)
        work.now += timedelta(days=2)
        found = next(service.due(work))
        assert [(r.person, r.state) for r in found.new] == [(MEI, "lapsed")]
        service.keep(work, found)
        work.sql.run(sa.text("UPDATE journey_step SET state = 'joined'"))
        assert service.rebuild(work, chat)
        assert told(work, chat)[:15] == [*WAYS[:6], (MEI, "lapsed", -26, "exact"), *WAYS[6:14]]

    writer.write(fn)


def test_a_night_looks_at_groups_where_the_bot_lacks_a_right_and_at_none_it_left(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(lambda w: set_state(w, chat, "limited", "delete"))
    assert writer.read(lambda w: [f.chat for f in service.due(w)]) == [chat]
    writer.write(lambda w: set_state(w, chat, "kicked"))
    assert writer.read(lambda w: list(service.due(w))) == []


def test_who_opts_out_between_the_look_and_its_writing_gets_no_steps(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = filled(work)
        found = next(service.due(work))
        members.wish(work, MEI, OPTOUT, True)
        service.forget(work, MEI)
        service.keep(work, found)
        assert told(work, chat) == [s for s in WAYS if s[0] != MEI]

    writer.write(fn)


def test_what_changed_before_is_told_by_the_next_night(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = filled(work)
        service.keep(work, next(service.due(work)))
        work.chat = chat
        acted(work, LI, 45)
        assert list(service.due(work)) == []
        service.again(work, chat)
        found = next(service.due(work))
        service.keep(work, found)
        assert [s for s in told(work, chat) if s[0] == LI][1:] == [
            (LI, "activated", 45, "adder"), (LI, "lapsed", 17, "adder"),
        ]  # fmt: skip
        service.forget(work, MEI)
        assert [s for s in told(work, chat) if s[0] == MEI] == []

    writer.write(fn)


def test_steps_go_with_the_member_and_a_night_under_way_brings_none_back(
    writer: Writer, tmp_path: Path
) -> None:
    def before(work: Work) -> tuple[int, service.Found]:
        chat = filled(work)
        found = next(service.due(work))
        ask_erasure(work, MEI)
        service.keep(work, found)  # asked meanwhile
        assert [s for s in told(work, chat) if s[0] == MEI] == []
        service.again(work, chat)
        return chat, found

    chat, found = writer.write(before)
    asyncio.run(PrivacyDesk(writer, load().routers, tmp_path).run())

    def after(work: Work) -> None:
        service.keep(work, found)  # looked before, written after
        assert [s for s in told(work, chat) if s[0] == MEI] == []
        assert [s[:2] for s in told(work, chat) if s[0] == LI] == [(LI, "joined")]

    writer.write(after)


def test_a_group_known_before_has_its_steps_anew(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = filled(work)
        service.keep(work, next(service.due(work)))
        other = resolve(work, Chat(-2002, "supergroup", "West Lake")).id
        before = {r.chat_id: r.day for r in work.sql.all(store.THROUGH)}
        merge_rows(work, chat, other)
        assert told(work, chat) == told(work, other) == []
        found = next(service.due(work))
        assert (found.chat, str(found.day)) == (other, str(before[chat]))
        service.keep(work, found)
        assert told(work, other) == WAYS

    writer.write(fn)
