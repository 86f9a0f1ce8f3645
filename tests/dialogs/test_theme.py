"""The theme as a group meets it: set, read in the rules, counted, and one gentle line that goes again."""

from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday


async def test_a_group_has_a_theme_and_a_gentle_line_that_deletes_nothing(chat: Talk) -> None:
    await midday(chat)
    olga, mei = chat.owner, chat.person("Mei")
    await chat.says(olga, "/theme")
    assert chat.last().startswith("主题 · 关着\n给成员看的:还没写\n还没有主题词,不会计数")
    await chat.says(olga, "/theme is 在家吃火锅")
    await chat.says(olga, "/theme words 火锅、菜谱")
    await chat.says(olga, "/theme count")
    assert "主题 · 只计数,不说话\n给成员看的:在家吃火锅\n主题词:火锅、菜谱" in chat.last()
    await chat.says(mei, "/rules")
    assert "本群主题:在家吃火锅" in chat.last()
    said = [await chat.says(mei, "今天的球赛真精彩") for _ in range(11)]
    said.append(await chat.says(mei, "今晚火锅吃什么肉"))
    await chat.says(olga, "/theme on")
    assert "近 7 天:12 条里 8% 在聊主题\n" in chat.last()
    said.append(await chat.says(mei, "下一场谁会赢呢"))
    assert chat.last() == "这半小时聊得挺远,也挺热闹。得空再聊回「在家吃火锅」吧。"
    lines = len([t for t in chat.bot_texts() if t.startswith("这半小时")])
    said.append(await chat.says(mei, "下一场谁会赢呢"))
    await chat.wait(minutes=11)
    assert (lines, [t for t in chat.bot_texts() if t.startswith("这半小时")]) == (1, [])
    assert all(chat.stands(n) for n in said)
    await chat.says(mei, "/theme off")
    await chat.says(olga, "/theme words **")
    await chat.says(olga, "/theme")
    assert "主题词:火锅、菜谱" in chat.last() and "提醒 1 次" in chat.last()
    await chat.says(olga, "/theme off")
    assert chat.last().startswith("主题 · 关着")
