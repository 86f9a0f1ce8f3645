"""A group is brought to its end: what would happen, all of it, what people may still ask, the way back."""

from __future__ import annotations

import pytest

from groupbot.testing import Talk
from tests.dialogs.test_captcha import begins, comes
from tests.dialogs.test_invites import link
from tests.dialogs.test_redpacket import crowd, midday

ZERO = "SELECT COALESCE(SUM(amount), 0) FROM posting"


def files_of(chat: Talk, person: int) -> list[str]:
    room = chat.world.chats[person]
    return [m["document"]["file_name"] for m in room.messages.values() if "document" in m]


def state(chat: Talk) -> str:
    return str(chat.rows("SELECT state FROM chat WHERE title = 'Test group'")[0][0])


async def test_a_group_says_farewell_pays_back_what_is_open_and_is_silent(chat: Talk) -> None:
    await midday(chat)
    mei, bo = chat.person("Mei", starts=True), chat.person("Bo", language="zh")
    await chat.says(chat.owner, "/qr Till")
    url = link(chat, "Till")
    await chat.says(chat.owner, "/lottery Gift box x1 + 30points x1 24h")
    await crowd(chat, [mei], "参加")
    await chat.says(chat.owner, "/redpacket 100 4 equal")
    await crowd(chat, [mei])
    await chat.says(chat.owner, "/shop add 80 1 山楂茶")
    await chat.says(mei, "/shop")

    await chat.says(bo, "/retire")
    assert (state(chat), chat.rows("SELECT COUNT(*) FROM retirement")) == ("active", [(0,)])
    await chat.says(chat.owner, "/retire 城东店")
    assert chat.last(chat.owner).startswith("I cannot find “城东店”.")
    await chat.says(chat.owner, "/retire 城东店 https://t.me/eastside")
    card = chat.last(chat.owner)
    assert card.startswith("Shall “Test group” be retired?")
    for line in (
        "where to go on: 城东店 https://t.me/eastside",
        "red packets that end: 1; the 75 points",
        "draws called off: 1;",
        "(printed QR codes too): 1",
    ):
        assert line in card
    await chat.presses(chat.owner, "Not now", chat=chat.owner)
    assert (chat.last(chat.owner), state(chat)) == ("“Test group” goes on as it was.", "active")
    await chat.says(chat.owner, "/retire 城东店 https://t.me/eastside")
    await chat.presses(chat.owner, "Retire this group", chat=chat.owner)
    assert state(chat) == "retired"
    assert chat.last().startswith("各位朋友,「Test group」的活动就到这里了。")
    assert "\n以后我们在这里见:城东店\n" in chat.last()
    assert chat.room.links[url]["is_revoked"]
    assert chat.rows("SELECT state FROM packet") == [("expired",)]
    assert chat.rows("SELECT state FROM lottery") == [("void",)]
    assert chat.rows(ZERO) == [(0,)]
    await chat.restarts()
    await chat.wait(seconds=6)
    assert files_of(chat, chat.owner) == ["qr.pdf", "days.csv", "figures.csv"]

    before = chat.bot_texts()
    for person, text in ((mei, "签到"), (chat.owner, "/help"), (chat.owner, "/redpacket 20 2")):
        await chat.says(person, text)
    await chat.joins(chat.person("Xu", joins=False))
    assert await chat.presses(mei, "山楂茶") == "这个群已经告别,按钮停用了。"
    assert chat.bot_texts() == before
    await chat.says(bo, "/privacy")
    assert len(chat.bot_texts()) == len(before) + 1
    await chat.says(mei, "/mydata")
    await chat.says(chat.owner, "/retire")
    assert chat.last(chat.owner).startswith("This group is retired already.")

    await chat.wait(hours=30)
    assert [t for t in chat.bot_texts() if t not in before] == []
    await chat.says(bo, "/retire undo")
    assert state(chat) == "retired"
    await chat.says(chat.owner, "/retire undo")
    assert (state(chat), "收回的 1 条邀请链接不会恢复" in chat.last()) == ("active", True)
    await chat.says(mei, "抽奖")
    assert (chat.last(), chat.room.links[url]["is_revoked"]) == ("现在没有抽奖。", True)


async def test_what_people_paid_for_is_waited_for_and_after_a_week_there_is_no_way_back(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/award 100", reply_to=await chat.says(mei, "hi"))
    await chat.says(chat.owner, "/shop add 80 1 山楂茶")
    await chat.says(mei, "/shop")
    await chat.presses(mei, "山楂茶")
    await chat.presses(mei, "确定兑换")
    ((code,),) = chat.rows("SELECT code FROM shop_order")
    await chat.says(chat.owner, "/retire")
    assert "paid for with points and not handed over yet: 1." in chat.last(chat.owner)
    await chat.says(chat.owner, f"/handover {code}")
    await chat.says(chat.owner, "/retire")
    await chat.wait(hours=2)
    await chat.presses(chat.owner, "Retire", chat=chat.owner)
    assert chat.last(chat.owner).startswith("This button has expired.")
    await chat.says(chat.owner, "/retire")
    await chat.presses(chat.owner, "Retire", chat=chat.owner)
    await chat.wait(days=7, hours=1)
    await chat.says(chat.owner, "/retire undo")
    assert state(chat) == "retired"
    assert "more than 7 days ago" in chat.last(chat.owner)
    assert chat.rows("SELECT COUNT(*) FROM retirement WHERE state = 'retired'") == [(1,)]


async def test_who_is_asked_by_the_captcha_is_let_go_with_the_farewell(chat: Talk) -> None:
    await begins(chat, "/captchakick on", "/captchakicktime 10m")
    mei, li = await comes(chat), await comes(chat, "Li")
    await chat.says(chat.owner, f"/mute {li} 1d")
    await chat.says(chat.owner, "/retire")
    await chat.presses(chat.owner, "Retire this group", chat=chat.owner)
    assert state(chat) == "retired"
    assert (chat.status(mei), chat.status(li)) == ("member", "restricted")
    await chat.wait(minutes=11)
    assert (chat.status(mei), chat.status(li)) == ("member", "restricted")
    new = await comes(chat, "New")
    assert chat.status(new) == "member"


@pytest.mark.parametrize("label", ["Retire this group", "Not now"])
async def test_a_second_question_is_void_once_the_group_is_retired(chat: Talk, label: str) -> None:
    lin = chat.person("Lin", starts=True)
    await chat.promotes(lin, "can_change_info", "can_invite_users")
    await chat.says(chat.owner, "/retire https://t.me/eastside")
    await chat.says(lin, "/retire https://t.me/westside")
    await chat.presses(chat.owner, "Retire this group", chat=chat.owner)
    farewell, card = chat.bot_texts(), chat.last(lin)
    toast = await chat.presses(lin, label, chat=lin)
    assert toast.startswith("This group is retired already.")
    assert (chat.bot_texts(), chat.last(lin), state(chat)) == (farewell, card, "retired")
    assert chat.rows("SELECT COUNT(*) FROM retirement WHERE state = 'retired'") == [(1,)]
