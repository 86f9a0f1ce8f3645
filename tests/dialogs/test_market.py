"""A tagged message reaches who decides, and the answer comes back below it."""

from __future__ import annotations

from groupbot.testing import Talk


async def test_a_tag_by_reply_is_answered_from_the_digest_in_its_thread(chat: Talk) -> None:
    mei = chat.person("Mei")
    asked = await chat.says(mei, "is the 250 g sold out again?")
    await chat.says(mei, "/tag stock", reply_to=asked)
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/tag stock hawthorn 250 g", reply_to=asked)
    assert chat.last() == "记下了:缺货「hawthorn 250 g」(#1),周一汇总给负责人。"
    await chat.says(chat.owner, "/market")
    digest = chat.last(chat.owner)
    assert "Out of stock (1)\n· hawthorn 250 g: #1 Test group" in digest
    await chat.presses(chat.owner, "#1", chat=chat.owner)
    prompt = max(chat.world.chats[chat.owner].messages)
    assert chat.last(chat.owner).startswith("#1 out of stock “hawthorn 250 g” · Test group")
    await chat.says(chat.owner, "/relay Back on Friday.", private=True, reply_to=prompt)
    assert chat.last(chat.owner) == "Put into Test group, below that message (#1)."
    answer = next(m for m in chat.room.messages.values() if "Back on Friday." in str(m.get("text")))
    assert answer["reply_to_message"]["message_id"] == asked
    await chat.says(mei, "/relay 1 no", private=True)
    assert chat.last(mei) == "There is no such tag, or the group is not yours."


async def test_an_answer_to_the_prompt_may_begin_with_a_number_of_something_else(chat: Talk) -> None:
    mei, owner = chat.person("Mei"), chat.owner
    first, second = [await chat.says(mei, t) for t in ("how many are left?", "when do you open?")]
    await chat.says(owner, "/tag question how many", reply_to=first)
    await chat.says(owner, "/tag question when", reply_to=second)
    await chat.says(owner, "/market")
    digest = max(chat.world.chats[owner].messages)
    await chat.presses(owner, "#1", chat=owner)
    prompt = max(chat.world.chats[owner].messages)

    def below(text: str) -> int:
        found = next(m for m in chat.room.messages.values() if str(m.get("text")).endswith(text))
        return int(found["reply_to_message"]["message_id"])

    await chat.says(owner, "/relay 2 boxes are kept", private=True, reply_to=prompt)
    assert below(":2 boxes are kept") == first
    for text in ("/relay 2 At nine.", "/relay #2 At ten.", "/relay 1 Twenty."):
        await chat.says(owner, text, private=True, reply_to=digest if "nine" in text else prompt)
    assert [below(t) for t in (":At nine.", ":At ten.", ":Twenty.")] == [second, second, first]
    await chat.says(owner, "/relay Whichever.", private=True, reply_to=digest)
    assert chat.last(owner).startswith("Usage: /relay")


async def test_an_answer_of_who_is_forgotten_names_nobody_and_says_nothing(chat: Talk) -> None:
    mei, lin = chat.person("Mei"), chat.person("Kanarienvogel", starts=True)
    await chat.promotes(lin, "can_restrict_members")
    asked = await chat.says(mei, "is the 250 g sold out again?")
    await chat.says(lin, "/tag stock hawthorn", reply_to=asked)
    await chat.says(lin, "/relay 1 周五到货。", private=True)
    await chat.says(chat.owner, "/relay 1 留了20盒。", private=True)
    assert "Kanarienvogel 回复:周五到货。" in chat.bot_texts()
    assert "补充:留了20盒。" in chat.bot_texts()  # who adds to it is not on record
    await chat.says(lin, "/forget", private=True)
    await chat.presses(lin, "Forget me", chat=lin)
    await chat.wait(seconds=5)
    assert "已注销成员 回复:(已删除)" in chat.bot_texts()
    assert [t for t in chat.bot_texts() if "Kanarienvogel 回复" in t or "周五" in t] == []
