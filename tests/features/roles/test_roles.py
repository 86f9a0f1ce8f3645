"""Roles are kept when they change, with their reasons, and not of who opted out."""

from __future__ import annotations

from datetime import timedelta

from groupbot.engine.sql import write_bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement.store import DAYS
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import OPTOUT
from groupbot.features.roles import service
from groupbot.features.roles.domain import Did, role_of
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
        assert service.keep(work, service.due(work))
        assert service.due(work) is None
        assert not service.keep(work, None)
        told = service.mine(work, chat, 501)["rows"]
        did = {"opened": 4, "answered": 0, "acted": 4, "friends": 0}
        assert told == [{"week": str(monday), "role": "creator", "score": 16, "did": did}]
        assert service.mine(work, chat, 502) == {"title": "West Lake", "rows": [], "out": True}
        assert service.mine(work, chat, 509)["rows"][0]["role"] == "follower"
        work.now += timedelta(days=7)
        service.keep(work, service.due(work))
        assert len(service.mine(work, chat, 501)["rows"]) == 1  # the same: not written again
        assert work.sql.plain("SELECT COUNT(*) FROM v_role")[0][0] == 8
        service.forget(work, 501)
        assert service.mine(work, chat, 501)["rows"] == []
        work.now += timedelta(days=400)
        service.sweep(work)
        assert work.sql.plain("SELECT COUNT(*) FROM v_role")[0][0] == 0

    writer.write(fn)
