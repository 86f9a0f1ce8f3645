"""The operators' chat: an alarm with its next step, and a word on what may have arrived."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.engine.addresses import ops_chat
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.features.operations.service import watch
from groupbot.testing import TOKEN, Talk, conversation

WEN = 88


async def presses(talk: Talk, user: int, label: str) -> str:
    room, talk.room = talk.room, talk.world.chats[-1007777]
    try:
        return await talk.presses(user, label)
    finally:
        talk.room = room


async def test_operators_chat_nobody_wrote_in_is_known_to_what_only_reads(tmp_path: Path) -> None:
    async with conversation(tmp_path, ops_chat=-1007777) as talk:
        assert await talk.app.writer.look(ops_chat) > 0


async def test_what_could_not_be_sent_to_one_person_is_not_shown_to_a_group(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(WEN,), ops_chat=-1007777) as talk:
        talk.world.users[WEN] = dict(talk.world.users[talk.owner], id=WEN, first_name="Wen")
        talk.room.members[WEN] = type(talk.room.members[talk.owner])()
        mei = talk.person("Mei", starts=True)

        def lost(work: Work) -> None:
            for text in ("券码 K7M2QXA9PD", "券码 K7M2QXA9PE"):
                work.say(Send(user=mei, text=text, due=work.now + timedelta(days=9999)))

        def end(work: Work) -> None:
            work.sql.run(sa.update(outbox).where(outbox.c.due > work.now).values(state="unknown"))

        for step in (lost, end):
            await talk.app.writer.submit(step)
        await talk.says(WEN, "/outbox")
        assert "开始" in talk.last() and "券码" not in talk.last()
        await talk.says(WEN, "/start", private=True)
        said = len(talk.bot_texts())
        await talk.says(WEN, "/outbox")
        assert talk.bot_texts()[said:] == ["我私聊你了。"]
        assert "券码 K7M2QXA9PD" in talk.last(WEN)
        await talk.presses(WEN, "Next", chat=WEN)
        assert "券码 K7M2QXA9PE" in talk.last(WEN)
        assert talk.bot_texts()[said:] == ["我私聊你了。"]


async def test_operators_hear_of_unknown_sends_and_decide(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(WEN,), ops_chat=-1007777) as talk:
        talk.world.users[WEN] = dict(talk.world.users[talk.owner], id=WEN, first_name="Wen")
        room = talk.world.add_chat("Ops", talk.owner, type="supergroup")
        talk.world.chats[-1007777] = talk.world.chats.pop(room.id)
        room.id = -1007777
        for user in (WEN, li := talk.person("Li", joins=False)):
            room.members[user] = type(talk.room.members[talk.owner])()
        talk.world.add_bot_to(TOKEN, room.id, talk.owner, set())
        await talk.settle()

        def lost(work: Work) -> None:
            chat = work.sql.value(sa.text("SELECT id FROM chat WHERE title = 'Test group'"))
            for text in ("山楂 59元", "小年快乐"):
                work.say(Send(chat=chat, text=text, post=True, due=work.now + timedelta(days=9999)))

        def end(work: Work) -> None:
            waits = outbox.c.due > work.now
            work.sql.run(
                sa.update(outbox).where(waits).values(state="unknown", done_at=work.now, error="timed out")
            )

        for step in (lost, end):
            await talk.app.writer.submit(step)
        await talk.app.dispatch.tick("watch", watch)
        await talk.settle()
        alarm = "⚠️ 有2条发出后没有回音,不知到没到,没有重发。下一步:先到群里看看,再在这里决定。"
        assert talk.last(-1007777) == alarm
        await presses(talk, li, "看一看")
        assert talk.last(-1007777) == alarm  # a member of that chat is no operator
        await presses(talk, WEN, "看一看")
        card = talk.last(-1007777)
        assert ("可能已送达 · send · Test group" in card, card.endswith("timed out\n山楂 59元\n还有1条")) == (
            True,
            True,
        )
        assert talk.bot_texts() == []
        await presses(talk, WEN, "再发一次")
        await talk.settle()
        assert talk.bot_texts() == ["山楂 59元"]
        assert talk.last(-1007777).endswith(":再发一次(Wen)。还有1条。")
        await presses(talk, WEN, "下一条")
        assert "小年快乐" in talk.last(-1007777)
        await presses(talk, WEN, "就这样")
        assert talk.last(-1007777).endswith(":就这样(Wen)。")
        room_, talk.room = talk.room, room
        await talk.says(WEN, "/outbox")
        talk.room = room_
        assert talk.last(-1007777) == "没有要处理的:该发的都发了。"
        assert talk.bot_texts() == ["山楂 59元"]
        # the next alarm of that kind waits ten minutes; what only the process knows is told the same way
        talk.app.poller.conflict = True
        await talk.app.watch()
        await talk.app.watch()
        await talk.settle()
        assert [t for t in talk.bot_texts(-1007777) if "令牌" in t] == [
            "⚠️ 有别的程序在用这个令牌取更新。下一步:停掉它,或 groupbot doctor --remove-webhook。"
        ]


async def test_the_operators_group_is_theirs_also_after_its_upgrade(tmp_path: Path) -> None:
    async with conversation(tmp_path, operators=(WEN,), ops_chat=-7777) as talk:
        w = talk.world
        w.users[WEN] = dict(w.users[talk.owner], id=WEN, first_name="Wen")
        room = w.add_chat("Ops", talk.owner, type="group")
        w.chats[-7777] = w.chats.pop(room.id)
        room.id = -7777
        w.add_bot_to(TOKEN, room.id, talk.owner, set())
        await talk.settle()
        talk.room = w.chats[w.upgrade(-7777, talk.owner)]
        await talk.settle()
        talk.room.members[WEN] = type(talk.room.members[talk.owner])()
        await talk.says(WEN, "/outbox")
        assert talk.last().startswith("没有要处理的")
        await talk.says(WEN, "/plan")
        assert "开始" not in talk.last()  # nor are they sent to talk in private there
