"""Scene cards as a group meets them: counted first, then one a day, explained, muted."""

from typing import Any

import pytest

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.scenes.service import showing
from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday


async def sells(chat: Talk, type_: str) -> None:
    def place(work: Work) -> None:
        own = members.profiles(work)[0].chat
        members.set_profile(work, own, tier="store", type=type_, owner=chat.owner)
        members.put(work, ZONE, "Asia/Shanghai", chat=own)

    await chat.app.writer.submit(place)


async def test_a_card_comes_at_everyday_words_once_a_day(chat: Talk) -> None:
    await midday(chat)
    olga = chat.owner
    mei, ann = chat.person("Mei", starts=True), chat.person("Ann", starts=True)
    await sells(chat, "social")
    await chat.says(olga, "/scenes on")
    assert "本群不是卖货群" in chat.last()
    await chat.says(mei, "今晚吃火锅吗?")
    await sells(chat, "commercial")
    await chat.says(olga, "/scenes")
    assert chat.last() == (
        "场景卡 · 只计数,不发(/scenes live 开始发)\n· 火锅 hotpot:发 0\n· 熬夜 late night:发 0"
    )
    await chat.says(mei, "今晚吃火锅吗?")
    assert chat.last().startswith("场景卡")  # only counted
    await chat.says(olga, "/scenes live")
    assert "· 火锅 hotpot:发 0 · 只计数 1" in chat.last()
    await chat.says(olga, "火锅走起")  # staff talk of it all day
    await chat.says(olga, "/scenes try 昨天又熬夜了")
    assert chat.last() == "引出「熬夜 late night」,现在就会发。"
    await chat.says(mei, "今晚吃火锅吗?")
    assert chat.last().startswith("吃完火锅,来杯山楂陈皮茶解解腻")
    await chat.says(ann, "我昨天熬夜了")
    assert chat.last().startswith("吃完火锅")  # one a day
    await chat.says(olga, "/scenes try 昨天又熬夜了")
    assert chat.last() == "引出「熬夜 late night」,但今天已经有过一张。"

    await chat.says(mei, "/why")
    assert chat.last(mei).startswith("Why that card came\n· ")
    assert "you spoke of “火锅 hotpot”" in chat.last(mei)
    await chat.says(ann, "/why")
    assert "somebody spoke of “火锅 hotpot”" in chat.last(ann)
    await chat.presses(mei, "No cards at my words", chat=mei)
    await chat.presses(ann, "不感兴趣")
    await chat.presses(ann, "不感兴趣")
    await chat.says(olga, "/scenes")
    assert "发 1 · 只计数 1 · 点开 0 人 · 嫌多 1 人" in chat.last()
    await chat.wait(days=1)
    found = await chat.app.writer.submit(members.profiles)
    assert [p.members for p in found] == [len(chat.room.members)]  # asked once a day
    await chat.says(mei, "又吃火锅")
    await chat.says(ann, "我也吃火锅")
    await chat.says(olga, "/scenes")
    assert "发 1 · 只计数 1" in chat.last()  # both asked for none
    bo = chat.person("Bo")
    await chat.says(olga, "/scenes mute 火锅 hotpot")
    assert "火锅 hotpot(本群不发)" in chat.last()
    await chat.says(bo, "火锅火锅")
    await chat.says(olga, "/scenes mute 火过")
    assert chat.last(olga).startswith("There is no scene “火过”.")
    await chat.says(bo, "熬夜看球")
    assert chat.last().startswith("睡得晚的朋友")


async def test_a_card_whose_file_is_missing_uses_up_no_day(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await midday(chat)
    mei = chat.person("Mei")
    await sells(chat, "commercial")
    await chat.says(chat.owner, "/scenes live")

    def gone(*given: Any) -> dict[str, Any]:
        raise Misfit("no file media/pot.jpg", where="scenes/hotpot", next="put it there")

    with monkeypatch.context() as without:
        without.setattr(showing, "carried", gone)
        await chat.says(mei, "今晚吃火锅吗?")
    assert chat.rows("SELECT state FROM scene_show") == []
    await chat.says(mei, "又吃火锅")
    assert chat.last().startswith("吃完火锅")
