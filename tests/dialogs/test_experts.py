"""A session with an expert, as people see it."""

from groupbot.testing import Talk


async def test_a_session_from_its_announcement_to_its_recap(chat: Talk) -> None:
    zhou, mei = chat.person("Zhou", starts=True), chat.person("Mei")
    here = await chat.says(zhou, "hi")
    await chat.says(chat.owner, "/expert 储存; 晚上", reply_to=here)
    assert chat.last() == "Zhou 是本群「储存」专家了,晚上有空。"
    await chat.says(mei, "/experts")
    assert chat.last() == "· 储存:Zhou(晚上)"
    await chat.says(chat.owner, "/ama 2h 山楂怎么存", reply_to=here)
    card = next(t for t in chat.bot_texts() if t.startswith("山楂怎么存 · Zhou 在线答疑"))
    assert "开始,一小时。现在就能提问:/ask 问题" in card
    await chat.says(mei, "/ask 能放多久?")
    assert "问题 1 收到,答疑时会回复。" in chat.bot_texts()
    await chat.wait(hours=2, minutes=1)
    await chat.says(zhou, "/queue")
    assert "1 Mei: 能放多久?" in chat.last(zhou)
    await chat.says(zhou, "/answer 1 阴凉处一年。")
    assert "1 能放多久?\nZhou:阴凉处一年。" in chat.bot_texts()
    await chat.wait(hours=1)
    assert "Zhou 答了 1/1 个问题。\n问 能放多久?\n答 阴凉处一年。" in chat.last()
    pinned = [chat.room.messages[n]["text"] for n in chat.room.pinned]
    assert "回顾" in pinned[-1]  # the answers stay at hand


async def test_an_expert_who_is_there_is_not_said_to_be_missing(chat: Talk) -> None:
    zhou = chat.person("Zhou", starts=True)
    here = await chat.says(zhou, "hi")
    await chat.says(chat.owner, "/expert 储存", reply_to=here)
    await chat.says(chat.owner, "/ama 山楂怎么存", reply_to=here)
    await chat.wait(minutes=2)
    await chat.says(zhou, "大家好,我来了")
    await chat.wait(minutes=59)
    assert [t for t in chat.bot_texts() if "没能上线" in t] == []
    assert chat.last() == "山楂怎么存 · Zhou 在线答疑\n已结束。"
    await chat.says(chat.owner, "/ama 2h", reply_to=here)
    await chat.says(chat.owner, "/ama 关")
    assert "「储存」取消了。" in chat.bot_texts()
    await chat.says(chat.owner, "/expert 关", reply_to=here)
    await chat.says(zhou, "/experts")
    assert "Zhou" not in chat.last()


async def test_of_an_expert_who_is_forgotten_no_name_and_no_word_stays(chat: Talk) -> None:
    zhou, mei = chat.person("Kanarienvogel", starts=True), chat.person("Mei")
    here = await chat.says(zhou, "hi")
    await chat.says(chat.owner, "/expert 储存", reply_to=here)
    await chat.says(chat.owner, "/ama 山楂怎么存", reply_to=here)
    await chat.says(mei, "/ask 能放多久?")
    await chat.says(zhou, "/answer 1 阴凉处一年。")
    await chat.wait(hours=1, minutes=1)
    named = [t for t in chat.bot_texts() if "Kanarienvogel" in t and ("答疑" in t or "阴凉" in t)]
    assert len(named) == 3  # the card, the answer, the recap
    await chat.says(zhou, "/forget", private=True)
    await chat.presses(zhou, "Forget me", chat=zhou)
    await chat.wait(seconds=5)
    assert "1 能放多久?\n已注销成员:(已删除)" in chat.bot_texts()
    assert "山楂怎么存 · 回顾\n已注销成员 答了 1/1 个问题。" in chat.bot_texts()
    assert [t for t in chat.bot_texts() if t in named or "阴凉" in t] == []
    assert chat.rows("SELECT text, answer FROM expert_question") == [("能放多久?", "")]


async def test_an_expert_who_did_not_come_and_is_forgotten_is_a_former_member(chat: Talk) -> None:
    zhou = chat.person("Kanarienvogel", starts=True)
    here = await chat.says(zhou, "hi")
    await chat.says(chat.owner, "/expert storage", reply_to=here)
    await chat.says(chat.owner, "/ama 山楂怎么存", reply_to=here)
    await chat.wait(hours=1, minutes=1)
    assert "Kanarienvogel 今天没能上线,「山楂怎么存」改天再约。" in chat.bot_texts()
    await chat.says(zhou, "/forget", private=True)
    await chat.presses(zhou, "Forget me", chat=zhou)
    await chat.wait(seconds=5)
    assert "已注销成员 今天没能上线,「山楂怎么存」改天再约。" in chat.bot_texts()
