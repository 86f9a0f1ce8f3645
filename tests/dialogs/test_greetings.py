"""Welcome and goodbye."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from groupbot.testing import Talk, conversation


async def comes(chat: Talk, name: str, **more: str) -> int:
    person = chat.person(name, joins=False, **more)  # type: ignore[arg-type]
    await chat.joins(person)
    return person


async def test_nobody_is_greeted_until_it_is_asked_for(chat: Talk) -> None:
    mei = await comes(chat, "Mei")
    chat.world.leave(mei, chat.id)
    await chat.settle()
    assert chat.bot_texts() == []


async def test_newcomers_are_greeted_once_and_it_goes(chat: Talk) -> None:
    await chat.says(chat.owner, "/welcome on")
    assert chat.last().startswith("欢迎新人:开着。")
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    assert chat.bot_texts() == ["欢迎Mei来到「Test group」。群规 /rules"]
    await chat.wait(minutes=6)
    assert chat.bot_texts() == []
    await chat.says(chat.owner, "!welcome off")
    await comes(chat, "Lin")
    assert chat.last().startswith("欢迎新人:关着。")


async def test_many_within_a_minute_share_a_message_and_the_newest_stays(chat: Talk) -> None:
    await chat.says(chat.owner, "/welcome on")
    await chat.wait(minutes=2)
    for name in ("A", "B", "C"):
        await comes(chat, name)
    assert chat.bot_texts() == ["欢迎A来到「Test group」。群规 /rules"]
    await chat.wait(seconds=61)
    assert chat.bot_texts() == ["欢迎B、C来到「Test group」。群规 /rules"]
    await chat.says(chat.owner, "/cleanwelcome off")
    await chat.wait(seconds=61)
    for name in "DEFGHIJ":
        await comes(chat, name)
    await chat.wait(seconds=61)
    assert [t for t in chat.bot_texts() if t.startswith("欢迎")][-2:] == [
        "欢迎D来到「Test group」。群规 /rules",
        "欢迎E、F、G、H、I等6位来到「Test group」。群规 /rules",
    ]


async def test_who_waits_is_greeted_with_who_comes_just_after_the_minute(chat: Talk) -> None:
    await chat.says(chat.owner, "/welcome on")
    await chat.wait(minutes=2)
    for name in ("A", "B", "C"):
        await comes(chat, name)
    chat.app.clock.shift(timedelta(seconds=61))  # the next tick has not come yet
    await comes(chat, "D")
    assert chat.bot_texts() == ["欢迎B、C、D来到「Test group」。群规 /rules"]


async def test_own_words_with_fillings_buttons_and_hostile_names(chat: Talk) -> None:
    await chat.says(
        chat.owner,
        "/setwelcome *Hi* {first} ({username}, {id}) in {chatname}, {count}\n"
        "[Shop](buttonurl://shop.example)[Mine](buttonurl://https://a.example/x:same){rules}",
    )
    assert "<b>" not in chat.last() and "{first}" in chat.last()
    await chat.wait(minutes=2)
    evil = await comes(chat, "<b>{{ 7*7 }}</b>")
    text = chat.last()
    assert text.startswith(f"Hi <b>{{{{ 7*7 }}}}</b> (<b>{{{{ 7*7 }}}}</b>, {evil}) in Test group, ")
    message = max(chat.room.messages.items())[1]
    rows = [[b["text"] for b in row] for row in message["reply_markup"]["inline_keyboard"]]
    assert rows == [["Shop", "Mine"], ["群规"]]
    assert message["reply_markup"]["inline_keyboard"][0][0]["url"].startswith("https://shop.example")
    assert [e["type"] for e in message["entities"] if e["type"] != "bot_command"] == ["bold", "text_mention"]
    await chat.says(chat.owner, "/rules set Be kind.")
    assert "Be kind." in await chat.presses(evil, "群规")


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("Hi\n{{ prise }}", "第 2 行:'prise' is undefined"),
        ("Hi {% if first %}", "第 1 行:Unexpected end of template"),
        ("Hi <b>{first}", "<b> is not closed"),
        ("{{ 'x' * 999999999 }}", "works on numbers only"),
        ("{% for i in range(999) %}{% for j in range(999) %}x{% endfor %}{% endfor %}", "TooMuch"),
        ("Hi [x](buttonurl://nowhere)", "'nowhere' is no address"),
        ("Hi [x](buttonurl://javascript:alert)", "is no address"),
        ("{preview}", "nothing is left to say"),
        ("Hi {{ first.__class__ }}", "unsafe"),
    ],
)
async def test_broken_words_are_refused_and_the_old_stay(chat: Talk, typed: str, cause: str) -> None:
    await chat.says(chat.owner, "/setwelcome Good day, {first}.")
    await chat.says(chat.owner, f"/setwelcome {typed}")
    assert chat.last(chat.owner).startswith("Not saved") or chat.last().startswith("没有换上")
    said = chat.last(chat.owner) + chat.last()
    assert cause.removeprefix("第 2 行:").removeprefix("第 1 行:") in said
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    assert chat.last() == "Good day, Mei."


async def test_a_photo_replied_to_is_kept_and_reset_forgets_it(chat: Talk) -> None:
    photo = chat.world.photo(b"\x89PNG picture")
    mid = await chat.says(chat.owner, "Welcome {first}!", photo=photo)
    await chat.says(chat.owner, "/setwelcome", reply_to=mid)
    assert "附一个文件(photo)" in chat.last()
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    message = max(chat.room.messages.items())[1]
    assert (message["caption"], "photo" in message) == ("Welcome Mei!", True)
    await chat.says(chat.owner, "/resetwelcome")
    await chat.wait(minutes=2)
    await comes(chat, "Lin")
    assert chat.last() == "欢迎Lin来到「Test group」。群规 /rules"


@pytest.mark.parametrize("kind", ["sticker", "video_note"])
async def test_what_cannot_carry_words_gives_way_to_them(chat: Talk, kind: str) -> None:
    mid = await chat.sends(chat.owner, kind)
    await chat.says(chat.owner, "/setwelcome Hello {first}!", reply_to=mid)
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    assert chat.last() == "Hello Mei!"


async def test_what_is_marked_in_the_app_stays_marked(chat: Talk) -> None:
    mid = await chat.says(chat.owner, "Hello {first}!", entities=[{"type": "bold", "offset": 0, "length": 5}])
    await chat.says(chat.owner, "/setwelcome", reply_to=mid)
    assert "*Hello* {first}!" in chat.last()
    await chat.wait(minutes=2)
    await comes(chat, "Mei")
    message = max(chat.room.messages.items())[1]
    assert (message["text"], [e["type"] for e in message["entities"]]) == ("Hello Mei!", ["bold"])


async def test_words_are_chosen_among_alternatives(chat: Talk) -> None:
    await chat.says(chat.owner, "/setwelcome one {first} %%% two {first}")
    await chat.says(chat.owner, "/cleanwelcome off")
    for i in range(12):
        await chat.wait(minutes=2)
        await comes(chat, f"P{i}")
    said = {t.split()[0] for t in chat.bot_texts()} | {chat.last().split()[0]}
    assert said <= {"one", "two"}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "只留最新一条,五分钟后也收走。"), ("en", "Only the newest stays, for five minutes.")],
)
async def test_how_long_the_newest_greeting_stays_is_told_as_it_is(
    tmp_path: Path, language: str, said: str
) -> None:
    async with conversation(tmp_path, group_language=language) as chat:
        await chat.says(chat.owner, "/cleanwelcome")
        assert said in chat.last()
        await chat.says(chat.owner, "/welcome on")
        await comes(chat, "Bo")
        assert "Bo" in chat.last()
        await chat.wait(minutes=6)
        assert not [text for text in chat.bot_texts() if "Bo" in text]


async def test_goodbye_is_said_to_who_leaves_not_to_who_is_removed(chat: Talk) -> None:
    await chat.says(chat.owner, "/goodbye on")
    await chat.says(chat.owner, "/setgoodbye Bye {fullname}")
    await chat.wait(minutes=2)
    mei, bad = chat.person("Mei"), chat.person("Bad")
    chat.world.leave(mei, chat.id)
    await chat.settle()
    assert chat.bot_texts() == ["Bye Mei"]
    chat.world.set_member(chat.room, bad, chat.owner, status="kicked", is_member=False)
    await chat.settle()
    await chat.wait(minutes=2)
    assert chat.bot_texts() == ["Bye Mei"]
    await chat.says(chat.owner, "/resetgoodbye")
    lin = chat.person("Lin")
    chat.world.leave(lin, chat.id)
    await chat.settle()
    assert chat.last() == "Lin离开了,有空再来。"


async def test_members_may_not_change_it_and_the_state_shows_a_preview(chat: Talk) -> None:
    mei = chat.person("Mei")
    for command in ("/welcome on", "/setwelcome x", "/resetwelcome", "/goodbye on", "/cleanwelcome off"):
        await chat.says(mei, command)
        assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/welcome")
    assert chat.bot_texts()[-2].startswith("欢迎新人:关着。")
    assert chat.last() == "欢迎Olga来到「Test group」。群规 /rules"
    await chat.says(chat.owner, "/welcome perhaps")
    assert "/welcome" in chat.last(chat.owner)


async def test_nobody_is_greeted_late(chat: Talk) -> None:
    await chat.says(chat.owner, "/welcome on")
    await chat.wait(minutes=2)
    await chat.stops()
    mei = chat.person("Mei", joins=False)
    chat.world.join(mei, chat.id)
    chat.world.clock.move(600)
    chat.app.clock.shift(timedelta(minutes=10))
    await chat.restarts()
    await chat.wait(minutes=2)
    assert chat.bot_texts() == []
