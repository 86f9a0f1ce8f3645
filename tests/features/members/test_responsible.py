"""Who is told what is known of a group: administrators of it, as of now, and nobody else."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.lottery.domain import Conditions
from groupbot.features.lottery.service.awards import tell_organiser
from groupbot.features.lottery.service.resident import Lottery
from groupbot.features.members import service, store
from groupbot.features.promos.service.publish import owner_of
from groupbot.features.rules.service.telling import helper
from tests.features.members.group import group, stands, starts

OWNER, ADDER, ADMIN, QUIET = 31, 32, 33, 34


def opened(work: Work) -> int:
    """A group with an owner, who added the bot, another admin and one who never started the bot."""
    chat = group(work, added_by=ADDER)
    stands(work, chat, QUIET, "creator")
    for person in (OWNER, ADDER, ADMIN):
        stands(work, chat, person, "administrator")
        starts(work, person)
    service.set_profile(work, chat, tier="store", owner=OWNER)
    return chat


def test_responsible_is_the_owner_then_the_adder_then_the_administrators(writer: Writer) -> None:
    chat = writer.write(opened)
    assert writer.write(service.responsible, chat) == [OWNER]
    writer.write(stands, chat, OWNER, "left")
    assert writer.write(service.responsible, chat) == [ADDER]
    writer.write(stands, chat, ADDER, "member")
    assert writer.write(service.responsible, chat) == [ADMIN, QUIET]
    writer.write(stands, chat, ADMIN, "kicked")
    assert writer.write(service.responsible, chat) == [QUIET]
    writer.write(stands, chat, QUIET, "left")
    assert writer.write(service.responsible, chat) == []


def test_responsible_leaves_bots_out(writer: Writer) -> None:
    chat = writer.write(group)
    writer.write(lambda w: stands(w, chat, 77, "administrator", bot=True))
    writer.write(stands, chat, writer.me.id, "administrator")
    writer.write(stands, chat, ADMIN, "administrator")
    assert writer.write(service.responsible, chat) == [ADMIN]


def test_features_ask_only_administrators_of_now(writer: Writer) -> None:
    chat = writer.write(opened)

    def asked(work: Work) -> tuple[object, ...]:
        profile = service.profile(work, chat)
        assert profile is not None
        return service.people_to_ask(work, chat), helper(work, chat)["id"], owner_of(work, profile)

    assert writer.write(asked) == ([OWNER], OWNER, OWNER)
    writer.write(stands, chat, OWNER, "left")
    writer.write(stands, chat, ADDER, "left")
    assert writer.write(asked) == ([ADMIN], ADMIN, ADMIN)
    writer.write(stands, chat, ADMIN, "left")
    assert writer.write(asked) == ([], QUIET, QUIET)
    writer.write(stands, chat, QUIET, "left")
    assert writer.write(asked) == ([], 0, None)


def test_organiser_who_left_hears_no_more_of_winners(writer: Writer) -> None:
    chat = writer.write(opened)

    def told(work: Work) -> list[int | None]:
        draw = Lottery(
            id=1, chat=chat, topic=None, by=ADMIN, prize="Tea", prizes=(), seats=1, rules="", rules_hash="",
            commitment="", server_seed="", salt="", state="drawn", tenure_hours=0, claim_hours=1,
            closes=work.now, full=0, tickets="", conditions=Conditions(), edition=1,
        )  # fmt: skip
        tell_organiser(work, draw, "lottery/claimed_by", QUIET, "Tea")
        return [e.user for e in work.effects]

    assert writer.write(told) == [ADMIN]
    writer.write(stands, chat, ADMIN, "left")
    assert writer.write(told) == [OWNER]
    for person in (OWNER, ADDER):
        writer.write(stands, chat, person, "left")
    assert writer.write(told) == []
    assert writer.write(lambda w: w.sql.value(sa.select(sa.func.count()).select_from(store.staff))) == 4
