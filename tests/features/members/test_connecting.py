"""Which group a person runs from a private chat: chosen, changed, left, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve, set_state, upgrade
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service, store
from groupbot.features.members.domain import ALLOW_CONNECT
from groupbot.features.members.service import connecting
from tests.features.members.group import group

ADA = 5


def heads(work: Work, n: int, status: str = "administrator", title: str = "") -> int:
    """Our id of group `n`, of which Ada is an administrator."""
    chat = group(work, -1000 - n, title or f"G{n}")
    work.sql.run(store.KEEP_STAFF, chat_id=chat, person_id=ADA, status=status, rights=[], checked_at=work.now)
    return chat


def now(writer: Writer) -> int | None:
    return writer.write(connecting.connected, ADA)


def test_a_person_runs_one_group_at_a_time_until_they_let_go(writer: Writer) -> None:
    one, two = writer.write(heads, 1), writer.write(heads, 2)
    assert now(writer) is None
    assert writer.write(connecting.disconnect, ADA) is None
    assert writer.write(connecting.connect, ADA, one).title == "G1"
    assert now(writer) == one
    assert writer.write(connecting.connect, ADA, two).id == two
    assert now(writer) == two
    assert writer.write(connecting.disconnect, ADA) == two
    assert now(writer) is None
    assert writer.write(connecting.disconnect, ADA) is None


def test_a_restart_forgets_no_connection(writer: Writer) -> None:
    chat = writer.write(heads, 1)
    writer.write(connecting.connect, ADA, chat)
    fresh = Writer(writer.url, clock=writer.clock, guest=True, bot_id=700000001)
    assert fresh.write(connecting.connected, ADA) == chat
    assert fresh.write(connecting.connected, ADA + 1) is None
    fresh.close()


@pytest.mark.parametrize(("state", "may"), [("active", True), ("limited", True), ("kicked", False)])
def test_a_group_is_run_from_private_while_the_bot_is_there(writer: Writer, state: str, may: bool) -> None:
    chat = writer.write(heads, 1)
    writer.write(connecting.connect, ADA, chat)
    writer.write(set_state, chat, state)
    assert (now(writer) == chat) is may
    assert writer.write(connecting.allowed, chat) is may


def test_a_group_that_was_renamed_or_upgraded_is_known_by_what_it_is_now(writer: Writer) -> None:
    chat = writer.write(heads, 1)
    assert writer.write(connecting.place, chat) == Chat(-1001, "supergroup", "G1")
    writer.write(lambda w: resolve(w, Chat(-1001, "supergroup", "West Lake")))
    assert writer.write(connecting.place, chat) == Chat(-1001, "supergroup", "West Lake")
    writer.write(upgrade, -1001, -100777)
    assert writer.write(connecting.place, chat) == Chat(-100777, "supergroup", "West Lake")


def test_a_group_that_switched_it_off_is_not_run_from_private(writer: Writer) -> None:
    chat = writer.write(heads, 1)
    writer.write(lambda w: service.put(w, ALLOW_CONNECT, False, chat=chat))
    with pytest.raises(Refusal, match="connect/not_allowed") as no:
        writer.write(connecting.connect, ADA, chat)
    assert no.value.data == {"title": "G1"}
    assert now(writer) is None


def test_neither_a_private_chat_nor_one_nobody_knows_is_run_from_private(writer: Writer) -> None:
    private = writer.write(lambda w: resolve(w, Chat(ADA, "private", "Ada")).id)
    assert not writer.write(connecting.allowed, private)
    assert writer.write(connecting.place, private + 1) is None
    with pytest.raises(Refusal, match="connect/not_allowed") as no:
        writer.write(connecting.connect, ADA, private + 1)
    assert no.value.data == {"title": ""}


def titles(writer: Writer) -> list[str]:
    return [p.title for p in writer.write(connecting.recent, ADA)]


def test_the_last_five_groups_are_offered_again_where_one_may_still(writer: Writer) -> None:
    chats = [writer.write(heads, n) for n in range(8)]
    for chat in chats:
        writer.clock.shift(timedelta(minutes=1))
        writer.write(connecting.connect, ADA, chat)
    assert titles(writer) == ["G7", "G6", "G5", "G4", "G3"]
    writer.write(heads, 7, "member")
    writer.write(lambda w: service.put(w, ALLOW_CONNECT, False, chat=chats[6]))
    writer.write(lambda w: w.clear("members.staff"))
    assert titles(writer) == ["G5", "G4", "G3", "G2", "G1"]


def test_all_groups_one_administers_are_offered_by_title(writer: Writer) -> None:
    writer.write(heads, 1, "administrator", "Beta")
    writer.write(heads, 2, "creator", "Alpha")
    writer.write(heads, 3, "member", "Gamma")
    off = writer.write(heads, 4, "administrator", "Delta")
    writer.write(lambda w: service.put(w, ALLOW_CONNECT, False, chat=off))
    writer.write(heads, 5, "administrator", "Beta")
    found = writer.write(connecting.administered, ADA)
    assert [p.title for p in found] == ["Alpha", "Beta", "Beta"]
    assert found[1].id < found[2].id
    assert writer.write(connecting.administered, ADA + 1) == []


def test_connections_of_half_a_year_ago_are_forgotten(writer: Writer) -> None:
    old, new = writer.write(heads, 1), writer.write(heads, 2)
    writer.write(connecting.connect, ADA, old)
    writer.clock.shift(timedelta(days=1))
    writer.write(connecting.connect, ADA, new)
    writer.clock.shift(timedelta(days=179))
    writer.write(connecting.sweep)
    assert titles(writer) == ["G2", "G1"]
    writer.clock.shift(timedelta(days=2))
    writer.write(connecting.sweep)
    assert titles(writer) == ["G2"]
    again = Writer(writer.url, clock=writer.clock, rng=writer.rng, bot_id=700000001)
    assert again.write(connecting.connected, ADA) == new  # in use, it stays as long as it is
    again.write(connecting.disconnect, ADA)
    again.write(connecting.sweep)
    assert titles(again) == []
    again.close()
