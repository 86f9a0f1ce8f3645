"""What the page is told of the bot's acts, and the invented people."""

from __future__ import annotations

import asyncio

from groupbot import Delete, Restrict, Work
from groupbot.cli._cast import SALES, cast
from groupbot.cli._narrate import narrate, tell
from groupbot.surfaces.sandbox.world import World
from groupbot.testing import Talk


async def test_narrate_puts_each_act_beside_its_message(chat: Talk) -> None:
    mei = chat.person("Mei")
    spoken = chat.world.say(mei, chat.id, "加薇信 jdd886")["message_id"]
    await chat.settle()

    home = await chat.app.writer.submit(lambda w: w.sql.value(_group(chat.id)))
    assert home is not None

    def act(work: Work) -> None:
        work.say(Delete(chat=home, messages=(spoken,), why="rule contact v1 matched「薇信 jdd886」, case 1"))
        work.say(Restrict(chat=home, member=chat.owner, why="a test"))

    await chat.app.writer.submit(act)
    chat.app.outbox.wake()
    await chat.settle()
    await chat.says(mei, "/ping")
    stop = asyncio.Event()
    stop.set()
    await narrate(chat.app.settings.database, chat.sandbox.url, stop)
    told = [
        (n["chat"], n["message_id"], n["kind"], n["text"])
        for n in chat.sandbox.page.acts
        if n["chat"] == chat.id and "text" in n
    ]
    pong = max(chat.room.messages)
    assert told == [
        (chat.id, spoken, "delete", "rule contact v1 matched「薇信 jdd886」, case 1"),
        (chat.id, None, "restrict", "restrict not possible: a test (Can't remove chat owner)"),
        (chat.id, pong, "send", "answer to /ping"),
    ]


def _group(telegram_id: int):  # type: ignore[no-untyped-def]
    import sqlalchemy as sa

    from groupbot.engine.addresses import chat

    return sa.select(chat.c.id).where(chat.c.telegram_id == telegram_id)


def test_tell_says_shadow_as_would() -> None:
    assert tell("delete", "shadow", "rule flood v2", "guard:rules.judge", "") == "would delete: rule flood v2"


def test_tell_is_silent_about_replaced_edits() -> None:
    assert tell("edit", "done", "", "tick:x.y", "replaced by a newer edit") == ""
    assert tell("admit", "done", "captcha passed", "tick:x.y", "announced; the decision follows") == ""


def test_cast_makes_three_groups_of_invented_people() -> None:
    world = World()
    made = cast(world)
    assert [len(r.members) for r in made.rooms] == [31, 31, 31]
    assert [r.type for r in made.rooms] == ["supergroup", "group", "supergroup"]
    assert len(made.people) == len(set(made.people.values())) == 91
    assert made.dealer.members[made.people[SALES]].status == "administrator"
