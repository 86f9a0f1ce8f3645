"""What lists become in groups, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Admit, Ban, Delete
from groupbot.core.events import Chat, JoinRequest, Message, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.federation import service
from groupbot.features.federation.domain import Fed
from groupbot.features.members import service as members
from groupbot.features.members import store
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Recorded
from tests.features.members.group import group

OWNER, HELPER, LI = 5, 6, 77
AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)


def _fed(work: Work, name: str = "East", owner: int = OWNER) -> Fed:
    return service.make(work, owner, name)


def _setup(writer: Writer, tier: str = "consumer") -> tuple[int, Fed]:
    chat = writer.write(group)

    def run(work: Work) -> Fed:
        members.set_profile(work, chat, tier=tier)
        rights = ["restrict", "delete", "invite"]
        work.sql.run(sa.update(store.profile).where(store.profile.c.chat_id == chat).values(rights=rights))
        work.drop("members.own_rights", chat)
        made = _fed(work)
        service.join(work, chat, made.code.lower(), 1)
        return made

    return chat, writer.write(run)


def _says(work: Work, chat: int, person: int = LI) -> tuple[bool, list[str]]:
    work.chat = chat
    event = Message(
        at=AT, chat=Chat(-1001, "supergroup"), sender=Person(person, "Li"), message_id=9, text="hi"
    )
    before = len(work.effects)
    stopped = service.met(work, event)
    return stopped, [type(e).__name__ for e in work.effects[before:] if isinstance(e, Ban | Delete)]


def test_listed_person_goes_when_they_write_and_is_free_after_one_act(writer: Writer) -> None:
    chat, fed = _setup(writer)
    assert writer.write(lambda w: _says(w, chat)) == (False, [])
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    while writer.write(service.carry):
        pass
    assert writer.write(lambda w: _says(w, chat)) == (True, ["Ban", "Delete"])

    def lift(work: Work) -> list[object]:
        service.lift(work, fed, LI, "Li", HELPER)
        service.carry(work)
        return [e.free for e in work.effects if isinstance(e, Ban)]

    assert writer.write(lift) == [True]
    assert writer.write(lambda w: _says(w, chat)) == (False, [])
    with pytest.raises(Refusal):
        writer.write(lambda w: service.lift(w, fed, LI, "Li", OWNER))


def test_album_of_somebody_on_the_list_is_one_case_and_goes_whole(writer: Writer) -> None:
    chat, fed = _setup(writer)
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    said = [writer.write(lambda w: _says(w, chat)) for _ in range(10)]
    assert said == [(True, ["Ban", "Delete"]), *[(True, ["Delete"])] * 9]
    assert writer.write(lambda w: rules.count(w, chat, LI)) == 1


def test_case_names_rule_and_actor_and_a_group_that_takes_it_back_is_left_alone(writer: Writer) -> None:
    chat, fed = _setup(writer)
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    writer.write(lambda w: _says(w, chat))

    def undo(work: Work) -> str:
        id_ = rules.by_number(work, chat, 1)
        return rules.undo(work, id_, 1).why

    assert writer.write(undo) == f"rule federation v1 by {OWNER}: East: adverts, case 1"
    assert writer.write(lambda w: _says(w, chat)) == (False, [])


def test_store_group_is_only_told(writer: Writer) -> None:
    chat, fed = _setup(writer, "store")
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    assert writer.write(lambda w: _says(w, chat)) == (False, [])

    def decide(work: Work) -> list[str]:
        work.chat = chat
        service.decided(work, chat, LI, 1, ban=True)
        return [type(e).__name__ for e in work.effects if isinstance(e, Ban)]

    assert writer.write(decide) == ["Ban"]


@pytest.mark.parametrize("second", [True, False])
def test_of_two_who_decide_the_first_is_heard(writer: Writer, second: bool) -> None:
    chat, fed = _setup(writer, "store")
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    writer.write(lambda w: _says(w, chat))
    writer.write(lambda w: service.decided(w, chat, LI, 1, ban=True))
    with pytest.raises(Refusal, match="common/old_button"):
        writer.write(lambda w: service.decided(w, chat, LI, 2, ban=second))

    def lift(work: Work) -> list[object]:
        service.lift(work, fed, LI, "Li", OWNER)
        while service.carry(work):
            pass
        return [e.free for e in work.effects if isinstance(e, Ban)]

    assert writer.write(lift) == [True]


def test_request_to_join_is_declined_as_a_case_and_let_be_once_that_is_taken_back(writer: Writer) -> None:
    chat, fed = _setup(writer)
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    kept: list[Recorded] = []

    def ask(work: Work) -> tuple[bool, list[object]]:
        work.chat = chat
        event = JoinRequest(at=AT, chat=Chat(-1001, "supergroup"), sender=Person(LI, "Li"))
        turned = service.met(work, event)
        kept.extend(e for e in work.emitted if isinstance(e, Recorded))
        return turned, [e.accept for e in work.effects if isinstance(e, Admit)]

    assert writer.write(ask) == (True, [False])
    assert writer.write(ask) == (True, [False])  # again: under the same case
    assert [(r.action, r.case.rule, r.case.version, r.case.actor) for r in kept] == [
        ("decline", "federation", 1, LI)
    ]
    assert (kept[0].case.reason, kept[0].case.by) == ("East: adverts", OWNER)
    writer.write(lambda w: rules.undo(w, kept[0].case.id, 1))
    assert writer.write(ask) == (False, [])  # people decide


def test_subscription_counts_and_is_not_passed_on(writer: Writer) -> None:
    chat, east = _setup(writer)
    west = writer.write(lambda w: _fed(w, "West", 15))
    north = writer.write(lambda w: _fed(w, "North", 16))
    writer.write(lambda w: service.subscribe(w, east, west.code, on=True))
    writer.write(lambda w: service.subscribe(w, west, north.code, on=True))
    writer.write(lambda w: service.put(w, north, LI, "Li", "", 16))
    assert writer.write(lambda w: _says(w, chat))[0] is False
    writer.write(lambda w: service.put(w, west, LI, "Li", "", 15))
    assert writer.write(lambda w: _says(w, chat))[0] is True


def test_who_keeps_a_list_is_not_put_on_it_and_a_reason_may_be_asked_for(writer: Writer) -> None:
    _, fed = _setup(writer)
    writer.write(lambda w: service.promote(w, fed, HELPER, OWNER))
    fed = writer.write(lambda w: service.change(w, service.named(w, fed.code), reasons=True))
    for person, reason in ((OWNER, "x"), (HELPER, "x"), (LI, ""), (-100, "x")):
        with pytest.raises(Refusal):
            writer.write(lambda w, p=person, r=reason: service.put(w, fed, p, "", r, OWNER))
    assert writer.write(lambda w: service.listed(w, fed, LI)) is None


def test_imported_list_is_exported_again_and_keeps_what_was_there(writer: Writer) -> None:
    chat, fed = _setup(writer)
    writer.write(lambda w: service.put(w, fed, LI, "Li", "adverts", OWNER))
    assert writer.write(
        lambda w: service.imported(w, fed, f"{LI},other\n78,spam\n{OWNER},x\nbad,x", OWNER)
    ) == (
        2,
        1,
    )
    name, text, n = writer.write(lambda w: service.exported(w, fed, "csv"))
    assert (name, n) == (f"{fed.code}.csv", 2)
    assert [line.split(",")[:3] for line in text.splitlines()[1:]] == [
        ["77", "Li", "adverts"],
        ["78", "", "spam"],
    ]
    assert writer.write(lambda w: _says(w, chat, 78))[0] is True


def test_dissolved_federation_acts_nowhere(writer: Writer) -> None:
    chat, fed = _setup(writer)
    writer.write(lambda w: service.put(w, fed, LI, "Li", "", OWNER))
    with pytest.raises(Refusal):
        writer.write(lambda w: service.dissolve(w, fed.id, HELPER))
    writer.write(lambda w: service.dissolve(w, fed.id, OWNER))
    assert writer.write(lambda w: _says(w, chat)) == (False, [])
    with pytest.raises(Refusal):
        writer.write(lambda w: service.named(w, fed.code))
