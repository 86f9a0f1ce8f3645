"""A helper stands between anyone and admin, and nobody is one unless the rota says so."""

from __future__ import annotations

import pytest

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service, store
from tests.features.members.group import group

RIGHTS = ["delete"]


def _staff(work: Work, chat: int, status: str) -> None:
    work.sql.run(
        store.KEEP_STAFF, chat_id=chat, person_id=5, status=status, rights=RIGHTS, checked_at=work.now
    )


@pytest.mark.parametrize("status", ["member", "restricted", "left", "kicked"])
def test_nobody_is_a_helper_without_a_rota(writer: Writer, status: str) -> None:
    chat = writer.write(group)
    writer.write(_staff, chat, status)
    assert writer.write(lambda w: service.Knowledge().authority(w, chat, 5, "helper")) is False


def test_helper_may_as_helper_only_and_needs_no_right(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(_staff, chat, "member")
    facts = service.Knowledge((), lambda work, where, person: (where, person) == (chat, 5))
    asked = [("helper", "restrict"), ("helper", ""), ("admin", ""), ("owner", ""), ("operator", "")]
    got = [writer.write(lambda w, a=a: facts.authority(w, chat, 5, *a)) for a in asked]
    assert got == [True, True, False, False, False]


def test_admin_acts_as_helper_with_the_right_only(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(_staff, chat, "administrator")
    facts = service.Knowledge()
    got = [
        writer.write(lambda w, r=r: facts.authority(w, chat, 5, "helper", r)) for r in ("delete", "restrict")
    ]
    assert got == [True, False]
