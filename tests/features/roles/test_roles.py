"""Roles are kept when they change, with their reasons, and not of who opted out."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine import keeping
from groupbot.engine.addresses import set_state
from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement.store import DAYS
from groupbot.features.invites.store import referral
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT
from groupbot.features.members.store import membership
from groupbot.features.roles import service
from groupbot.features.roles.domain import Did, role_of
from groupbot.features.roles.store import KEEP
from tests.conftest import START
from tests.features.members.group import group


def test_a_role_follows_from_days_and_a_score_from_all_of_it() -> None:
    assert role_of(Did(4, 0, 4, 1)) == ("creator", 18)
    assert role_of(Did(3, 2, 3, 0)) == ("follower", 14)
    assert role_of(Did(1, 0, 1, 0)) == ("onlooker", 4)


def test_what_changes_is_kept_and_who_opted_out_has_no_role(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = group(work)
        monday = START.date() - timedelta(days=START.date().weekday())
        for person in range(501, 510):
            for d in range(1, 5 if person < 503 else 3):
                day = monday - timedelta(days=d)
                write_bulk(work.sql, DAYS, [(chat, day, person, False, 1, int(person > 505), 0, 0)])
        members.wish(work, 502, OPTOUT, True)
        assert service.keep(work, next(service.due(work)))
        assert list(service.due(work)) == []
        told = service.mine(work, chat, 501)["rows"]
        did = {"opened": 4, "answered": 0, "acted": 4, "friends": 0}
        least = {"opened": 4, "acted": 2}
        assert told == [{"week": str(monday), "role": "creator", "score": 16, "did": did, "least": least}]
        assert service.mine(work, chat, 502) == {"title": "West Lake", "rows": [], "out": True}
        assert service.mine(work, chat, 509)["rows"][0]["role"] == "follower"
        why = "SELECT role, opened, answered, acted, friends, opened_least, acted_least, reasons FROM v_role"
        assert work.sql.plain(f"{why} WHERE person_id IN (501, 509) ORDER BY person_id") == [
            ("creator", 4, 0, 4, 0, 4, 2, "opened talk on 4 of 28 days, 4 at least"),
            ("follower", 0, 2, 2, 0, 4, 2,
             "did something on 2 of 28 days, 2 at least, opened talk on 0, fewer than 4"),
        ]  # fmt: skip
        work.sql.run(
            KEEP, chat_id=chat, person_id=511, week=monday, role="onlooker", score=1, reasons=[0, 1, 1, 0]
        )
        assert work.sql.plain(f"{why} WHERE person_id = 511")[0][4:] == (
            0, 4, 2, "did something on 1 of 28 days, fewer than 2",
        )  # fmt: skip
        for person in range(501, 512):  # who is here is named to who runs the group, onlookers are not
            row = {"chat_id": chat, "person_id": person, "evidence": "before", "removed": False}
            work.sql.run(sa.insert(membership).values(**row))
        named = service.known(work, chat)
        assert [(r["person"], r["role"], r["score"]) for r in named][:2] == [
            (501, "creator", 16), (503, "follower", 8),
        ]  # fmt: skip
        assert [r["person"] for r in named] == [int(r[0]) for r in work.sql.plain(service.known_sql(chat))]
        assert (502 in {r["person"] for r in named}, 511 in {r["person"] for r in named}) == (False, False)
        work.now += timedelta(days=7)
        service.keep(work, next(service.due(work)))
        assert len(service.mine(work, chat, 501)["rows"]) == 1  # the same: not written again
        assert work.sql.plain("SELECT COUNT(*) FROM v_role")[0][0] == 9
        service.forget(work, 501)
        assert service.mine(work, chat, 501)["rows"] == []
        work.now += timedelta(days=400)
        service.sweep(work)
        assert work.sql.plain("SELECT COUNT(*) FROM v_role")[0][0] == 0

    writer.write(fn)


def test_a_group_where_the_bot_lacks_a_right_has_roles_too(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(lambda w: set_state(w, chat, "limited", "delete"))
    assert writer.read(lambda w: [f.chat for f in service.due(w)]) == [chat]
    writer.write(lambda w: set_state(w, chat, "kicked"))
    assert writer.read(lambda w: list(service.due(w))) == []


def test_who_opted_out_has_no_role_in_a_group_of_a_few_either(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = group(work)
        monday = START.date() - timedelta(days=START.weekday())
        row = {"chat_id": chat, "week": monday, "role": "creator", "score": 16, "reasons": [4, 0, 4, 0, 4, 2]}
        for person in (501, 502):
            work.sql.run(KEEP, **row, person_id=person)
        members.wish(work, 502, OPTOUT, True)
        few = {p: Did(4, 0, 4, 0) for p in range(501, 505)}
        assert service.keep(work, service.Found(chat, monday, few))
        assert work.sql.plain("SELECT person_id FROM v_role") == [(501,)]

    writer.write(fn)


def test_a_friend_counts_for_a_role_while_they_are_here(writer: Writer) -> None:
    """Who left after the points were paid, or where none were, keeps that state, and is gone."""

    def fn(work: Work) -> None:
        chat = group(work)
        monday = START.date() - timedelta(days=START.weekday())
        write_bulk(work.sql, DAYS, [(chat, monday - timedelta(days=1), 501, False, 1, 0, 0, 0)])
        row = {"chat_id": chat, "by_id": 501, "at": START - timedelta(days=20), "due": START, "points": 0}
        friends = (("paid", None), ("held", None), ("paid", START), ("quiet", START), ("left", START))
        for n, (state, gone) in enumerate(friends, 601):
            work.sql.run(sa.insert(referral).values(**row, person_id=n, state=state, left_at=gone))
        assert next(service.due(work)).did[501].friends == 2

    writer.write(fn)


def test_who_asked_to_be_erased_since_it_was_read_gets_no_role(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = group(work)
        for person in range(501, 507):
            row = {"chat_id": chat, "person_id": person, "evidence": "before", "removed": False}
            work.sql.run(sa.insert(membership).values(**row))
        found = service.Found(chat, START.date(), {p: Did(4, 0, 4, 0) for p in range(501, 508)})
        keeping.ask_erasure(work, 502)
        service.keep(work, found)  # 507 is already gone
        assert work.sql.plain("SELECT person_id FROM v_role ORDER BY person_id") == [
            (501,), (503,), (504,), (505,), (506,),
        ]  # fmt: skip

    writer.write(fn)
