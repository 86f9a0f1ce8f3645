"""/help: six lines for members, one screen by module for admins, every command in private."""

from __future__ import annotations

import polib

from groupbot.engine.content import Content
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.testing import Talk
from handlers.help import AREAS, OWN, SELDOM, WORDS
from tests.dialogs.acting import buttons, member

ALL = "Everything I can do, by module:"


def test_every_module_with_commands_has_a_place_and_a_word_in_every_language() -> None:
    routers = load().routers
    known = {r.name.partition("_")[0] for r in routers if any(c.who != "operator" for c in r.commands)}
    assert known - set(WORDS) == OWN | SELDOM
    assert set(WORDS) <= known
    assert len(set(WORDS.values())) == len(WORDS)
    catalog = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    said = {m.msgid for m in catalog.translated_entries()}
    assert {*AREAS, *WORDS.values(), "More"} - said == set()


def test_the_time_of_an_event_is_called_its_start() -> None:
    """Of a group buy and a pre-order it is the end."""
    [usage] = [c.usage for r in load().routers for c in r.commands if c.name == "event"]
    assert usage == "/event PLACES START TITLE (0 places: no limit)"
    told = Content([folder("content_templates")]).gettext("zh", usage)
    assert told == "/event 名额 开始时间 标题(名额 0 表示不限)"


async def test_help_is_one_screen_by_module_and_explains_itself_in_private(chat: Talk) -> None:
    mei = member(chat, "Mei")
    await chat.says(mei, "/help")
    assert len(chat.last().splitlines()) == 7
    await chat.says(chat.owner, "/help")
    screen = chat.last()
    assert "内容 笔记 · 自动回复 · 公告 · 定时发布 · 固定菜单 · 话题" in screen.splitlines()
    # a phone of 390 px shows about 23 Chinese characters in a line
    assert sum(1 + len(line) // 23 for line in screen.splitlines()) <= 25
    urls = [e["url"] for m in chat.room.messages.values() for e in m.get("entities", []) if "url" in e]
    assert len(urls) == len(WORDS)
    await chat.presses(chat.owner, "全部功能")
    assert chat.last(chat.owner) == ALL
    assert 20 <= len(buttons(chat, chat.owner)) <= 100
    await chat.presses(chat.owner, "Notes", chat=chat.owner)
    lines = chat.last(chat.owner).splitlines()
    assert lines[0] == "Notes and filters: what the group wrote down"
    assert lines[1:3] == ["/save · Write a note down (admin)", "/save NAME TEXT (or reply to a message)"]
    await chat.presses(chat.owner, "Back", chat=chat.owner)
    assert chat.last(chat.owner) == ALL
    # an admin who never started the bot is led there
    await chat.says(mei, "/start help_modules", private=True)
    assert chat.last(mei) == ALL
    await chat.says(mei, f"/start {urls[1].partition('=')[2]}", private=True)
    assert chat.last(mei).startswith("Deletes and pins messages by hand\n/purge · ")


async def test_help_of_a_module_or_command_says_what_it_does(chat: Talk) -> None:
    mei = member(chat, "Mei")
    await chat.says(chat.owner, "/help tban")
    assert chat.last().splitlines() == [
        "/tban · 限时移出 (管理员)",
        "/tban [@用户名|id] 时长 [原因]",
        "例如:/tban @xiaoli 2d 3h 发广告",
    ]
    await chat.says(mei, "!help /签到")
    assert chat.last().startswith("/checkin · ")
    await chat.says(chat.owner, "/help 红包", private=True)
    assert chat.last(chat.owner).startswith("Red packets of points\n/redpacket · ")
    await chat.says(chat.owner, "/help floods")
    assert chat.last(chat.owner).startswith("Too many messages at once")
    await chat.says(mei, "/help locks")
    assert chat.last() == "消息类型怎么用,私聊里看:"
    assert buttons(chat)[-1] == "打开"
    await chat.says(chat.owner, "/help lok", private=True)
    assert "Did you mean /lock" in chat.last(chat.owner)
    await chat.says(chat.owner, "/help stopall", private=True)
    assert chat.last(chat.owner).startswith("I know no command or module “stopall”.")
