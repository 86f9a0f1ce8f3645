"""Commands that are off, whose messages go, and how long replies stay."""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import DISABLED
from groupbot.testing import Talk


async def test_disabled_command_is_hidden_from_members_not_from_admins(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/disable points")
    assert chat.last() == "对成员关掉的:points。"
    before = len(chat.bot_texts()) + len(chat.bot_texts(mei))
    mid = await chat.says(mei, "/points")
    assert len(chat.bot_texts()) + len(chat.bot_texts(mei)) == before
    assert chat.stands(mid)
    said = len(chat.bot_texts()) + len(chat.bot_texts(chat.owner))
    await chat.says(chat.owner, "/points")
    assert len(chat.bot_texts()) + len(chat.bot_texts(chat.owner)) > said
    await chat.says(chat.owner, "/disableadmin on")
    said = len(chat.bot_texts()) + len(chat.bot_texts(chat.owner))
    await chat.says(chat.owner, "/points")
    assert len(chat.bot_texts()) + len(chat.bot_texts(chat.owner)) == said
    await chat.says(chat.owner, "/disabledel on")
    assert not chat.stands(await chat.says(mei, "/points"))
    await chat.says(chat.owner, "/enable points")
    assert chat.last() == "没有关掉的命令。管理员也不能用。发了会删掉。"
    assert chat.stands(await chat.says(mei, "/points"))
    await chat.says(chat.owner, "/disabled")
    assert chat.last().startswith("没有关掉的命令。")


async def test_why_and_admin_commands_stay_on(chat: Talk) -> None:
    for name in ("why", "ban", "disable", "nothing"):
        await chat.says(chat.owner, f"/disable {name}")
    assert chat.rows("SELECT count(*) FROM setting WHERE key = 'disabled'") == [(0,)]
    assert chat.last(chat.owner) == "There is no command /nothing."
    await chat.says(chat.owner, "/disableable")
    names = chat.last().split(":")[1].split()
    assert "points" in names and not {"why", "ban", "help", "disable"} & set(names)


async def test_what_tells_members_of_their_own_stays_on_however_it_is_set(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/settings disabled points, privacy")
    assert chat.last(chat.owner).startswith("/privacy stays on: members learn by it")
    assert chat.rows("SELECT count(*) FROM setting WHERE key = 'disabled'") == [(0,)]

    def set_earlier(work: Work) -> None:
        members.put(work, DISABLED, ["points", "why", "privacy", "help", "rules"])

    await chat.app.writer.submit(set_earlier)
    for name in ("why", "privacy", "help", "rules"):
        before = chat.bot_texts(), chat.bot_texts(mei)
        await chat.says(mei, f"/{name}")
        assert (chat.bot_texts(), chat.bot_texts(mei)) != before
    await chat.says(chat.owner, "/disabled")
    assert chat.last().startswith("对成员关掉的:points。")


async def test_messages_of_commands_are_removed_by_kind(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/cleancommand user")
    assert chat.last() == "这些命令的消息会删掉:user。"
    assert not chat.stands(await chat.says(mei, "/help"))
    assert chat.stands(await chat.says(chat.owner, "/disabled"))
    assert chat.stands(await chat.says(mei, "/nonsense"))
    assert chat.stands(await chat.says(mei, "hello"))
    await chat.says(chat.owner, "/cleancommand all")
    assert not chat.stands(await chat.says(chat.owner, "/disabled"))
    assert not chat.stands(await chat.says(mei, "/nonsense"))
    await chat.says(chat.owner, "/keepcommand all")
    assert chat.stands(await chat.says(mei, "/help"))
    assert chat.stands(await chat.says(mei, "/nonsense"))


async def test_kinds_are_kept_again_one_by_one_after_all_was_set(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/settings clean_commands all")
    assert not chat.stands(await chat.says(mei, "/help"))
    await chat.says(chat.owner, "/keepcommand user")
    assert chat.last() == "这些命令的消息会删掉:admin other。"
    assert chat.stands(await chat.says(mei, "/help"))
    await chat.says(chat.owner, "/settings clean_commands all")
    await chat.says(chat.owner, "/keepcommand all")
    assert chat.stands(await chat.says(mei, "/help"))
    assert chat.rows("SELECT value FROM setting WHERE key = 'clean_commands'") == [("[]",)]


async def test_members_hear_nothing_of_admin_commands_where_that_is_off(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(mei, "/disabled")
    assert chat.last(mei) == "Only admins can do this."
    said = len(chat.bot_texts(mei))
    await chat.says(chat.owner, "/adminerror off")
    await chat.says(mei, "/disabled")
    assert len(chat.bot_texts(mei)) == said
    await chat.says(chat.owner, "/disabled")
    assert chat.last().startswith("没有关掉的命令。")


async def test_short_replies_stay_as_long_as_set(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/replylife 5m")
    assert chat.last() == "我的短回复留 5分钟。"
    await chat.wait(minutes=6)
    await chat.says(mei, "/ping")
    await chat.wait(seconds=90)
    assert len(chat.bot_texts()) == 1
    await chat.wait(minutes=4)
    assert chat.bot_texts() == []
    await chat.says(chat.owner, "/replylife off")
    await chat.says(mei, "/ping")
    await chat.wait(hours=2)
    assert chat.last().startswith("在的")
