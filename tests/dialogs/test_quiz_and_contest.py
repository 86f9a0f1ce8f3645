"""A quiz in Telegram's own polls and a contest with votes, by several members at once."""

from typing import Any

from groupbot.core.effects import Effect, Poll
from groupbot.errors import Denied
from groupbot.testing import Talk


def poll(chat: Talk) -> tuple[int, int]:
    """The newest poll: its message and the place of the right answer."""
    found = [m for m in chat.room.messages.values() if "poll" in m][-1]
    return int(found["message_id"]), int(found["poll"]["correct_option_ids"][0])


async def test_members_answer_a_quiz_and_the_season_shows_it(chat: Talk) -> None:
    mei, li, an = (chat.person(n, language="zh") for n in ("Mei", "Li", "An"))
    for who in (mei, li, an):
        await chat.says(who, "你好")
    await chat.says(chat.owner, "/quiz shanzha 2 1m")
    message, right = poll(chat)
    await chat.votes(li, message, (right + 1) % 3)
    await chat.votes(mei, message, right)
    await chat.votes(an, message, right)
    votes = "SELECT person_id FROM v_act WHERE kind = 'vote' AND NOT organic AND message_id = {} ORDER BY id"
    assert chat.rows(votes.format(message)) == [(li,), (mei,), (an,)]
    await chat.wait(seconds=61)
    assert chat.last().startswith(
        "✓ 果实 · 熟果切片晒干,泡出来又酸又红。\n3 人答,2 人答对:Mei、An\n最快 Mei +5 分"
    )
    assert chat.room.messages[message]["poll"]["is_closed"]
    await chat.wait(seconds=10)
    second, right = poll(chat)
    assert second != message
    await chat.votes(li, second, right)
    await chat.wait(seconds=61)
    await chat.says(mei, "/top quiz")
    assert chat.last() == "本月答题榜(答对题数)\n1. Mei  1(最快 1 次)\n2. Li  1(最快 1 次)\n3. An  1"
    await chat.says(chat.owner, "/quiz tea daily 20:00")
    assert chat.last().startswith("「Hawthorn and tea」每天 20:00 一题")
    await chat.says(chat.owner, "/quiz")
    assert "每天 20:00 一题(tea)" in chat.last()
    await chat.says(chat.owner, "/quiz stop")
    assert chat.last() == "不再出题了;答对的积分照算。"
    await chat.says(chat.owner, "/quiz chess")
    assert chat.last(chat.owner) == "There is no book “chess”. Known: shanzha, tea"


async def test_a_question_that_telegram_refused_has_no_result(chat: Talk) -> None:
    gateway, asked = chat.app.gateway, []
    perform = gateway.perform

    async def refuses(effect: Effect, *args: Any, **more: Any) -> Any:
        if isinstance(effect, Poll):
            asked.append(effect.question)
            raise Denied("Bad Request: not enough rights to send polls to the chat")
        return await perform(effect, *args, **more)

    gateway.perform = refuses  # type: ignore[method-assign]
    await chat.says(chat.owner, "/quiz tea 2 30s")
    said = chat.bot_texts()
    for _ in range(4):
        await chat.wait(seconds=30)
    assert (len(asked), chat.bot_texts()) == (2, said)


async def test_members_enter_photos_vote_and_see_who_won(chat: Talk) -> None:
    mei, li, an = (chat.person(n, language="zh") for n in ("Mei", "Li", "An"))
    for who in (mei, li, an):
        await chat.says(who, "你好")
    await chat.says(chat.owner, "/contest 3h 100+50 最美店主")
    assert " · 奖 100/50 分 · 0 票\n\n还没有作品\n" in chat.last()
    await chat.sends(mei, "photo", "/enter 早晨的店")
    assert chat.last() == "收到,你在「最美店主」是 1 号。"
    photo = await chat.sends(li, "photo")
    await chat.says(li, "/enter", reply_to=photo)
    await chat.says(an, "参赛")
    await chat.wait(seconds=7)
    assert [await chat.presses(p, "1 Mei") for p in (li, an, an)] == ["你投了 1 号 Mei"] * 3
    assert await chat.presses(mei, "1 Mei") == "自己的作品不能投,选一个喜欢的吧"
    assert await chat.presses(an, "2 Li") == "改投 2 号 Li"
    assert await chat.presses(mei, "2 Li") == "你投了 2 号 Li"
    await chat.wait(seconds=7)
    await chat.says(an, "投票")
    assert "1 Mei「早晨的店」 1 票\n2 Li 2 票\n" in chat.last()
    await chat.wait(hours=3)
    assert chat.last() == (
        "🏆 「最美店主」结果,3 票:\n1. Li 2 票 +100 分\n2. Mei「早晨的店」 1 票 +50 分\n"
        "同票先报名的在前;退群的票不算"
    )
    await chat.says(chat.owner, "/contest audit")
    assert any("document" in m for m in chat.world.chats[chat.owner].messages.values())


async def test_words_in_reply_to_a_photo_do_as_their_commands(chat: Talk) -> None:
    mei, li = (chat.person(n, language="zh") for n in ("Mei", "Li"))
    for who in (mei, li):
        await chat.says(who, "你好")
    await chat.says(chat.owner, "/event 0 2h 品茶")
    await chat.presses(mei, "我参加")
    photo = await chat.sends(mei, "photo")
    await chat.says(mei, "照片墙", reply_to=photo)
    assert chat.rows("SELECT person_id FROM gathering_photo") == [(mei,)]
    await chat.says(chat.owner, "/contest 3h 最美店主")
    await chat.says(li, "参赛", reply_to=photo)
    assert chat.last() == "Li 提名 Mei 的照片参加「最美店主」。Mei,愿意吗?不点就不参加。"
    await chat.says(mei, "参赛", reply_to=photo)
    assert chat.last() == "收到,你在「最美店主」是 1 号。"
    await chat.says(li, "/enter", reply_to=await chat.says(li, "我的店"))
    assert chat.last().startswith("用法:")
    await chat.says(li, "/enter 晚上的店", reply_to=await chat.says(li, "我的店"))
    assert chat.rows("SELECT n, message_id IS NULL FROM contest_entry ORDER BY n") == [(1, 0), (2, 1)]


async def test_somebody_is_nominated_and_is_in_only_by_their_own_yes(chat: Talk) -> None:
    mei, li, an = (chat.person(n, language="zh") for n in ("Mei", "Li", "An"))
    for who in (mei, li, an):
        await chat.says(who, "你好")
    photo = await chat.sends(mei, "photo")
    await chat.says(li, "/enter", reply_to=photo)
    assert chat.last() == "现在没有比赛在报名。"
    await chat.says(chat.owner, "/contest 3h 最美店主")
    await chat.says(
        mei, "/enter", reply_to=await chat.says(an, "我的店在哪")
    )  # no photo: nobody is nominated
    assert chat.last().startswith("用法:")
    await chat.says(li, "/enter 阿梅的店", reply_to=photo)
    assert chat.last() == "Li 提名 Mei 的照片参加「最美店主」。Mei,愿意吗?不点就不参加。"
    assert await chat.presses(li, "我参加") == "要 Mei 自己点。"
    assert chat.rows("SELECT count(*) FROM contest_entry") == [(0,)]
    assert await chat.presses(mei, "我参加") == "收到,你在「最美店主」是 1 号。"
    assert not any("提名 Mei" in t for t in chat.bot_texts())
    photo = await chat.sends(an, "photo")
    await chat.says(li, "/enter", reply_to=photo)
    assert await chat.presses(an, "不参加") == "好的,不参加。"
    await chat.says(li, "/enter", reply_to=photo)
    assert chat.last() == "An 说了不参加。"
    assert chat.rows("SELECT n, words FROM contest_entry") == [(1, "")]


async def test_results_name_nobody_who_was_forgotten(chat: Talk) -> None:
    mei, li = chat.person("Kanarienvogel", starts=True), chat.person("Li", language="zh")
    for who in (mei, li):
        await chat.says(who, "你好")
    await chat.says(chat.owner, "/quiz shanzha 1 1m")
    message, right = poll(chat)
    await chat.votes(mei, message, right)
    await chat.wait(seconds=61)
    await chat.says(chat.owner, "/contest 1h 100 最美店主")
    photo = await chat.sends(mei, "photo")
    await chat.says(mei, "/enter", reply_to=photo)
    await chat.wait(seconds=7)
    await chat.presses(li, "1 Kanarienvogel")
    await chat.wait(hours=1, seconds=10)
    assert len([t for t in chat.bot_texts() if "Kanarienvogel" in t and t[0] in "✓🏆"]) >= 2
    await chat.says(mei, "/forget", private=True)
    await chat.presses(mei, "Forget me", chat=mei)
    await chat.wait(seconds=10)
    assert any("1 人答对:已注销成员\n最快 已注销成员" in t for t in chat.bot_texts())
    assert any("1. 已注销成员 1 票" in t for t in chat.bot_texts())
    assert [t for t in chat.bot_texts() if "Kanarienvogel" in t] == []
