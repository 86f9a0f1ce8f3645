"""Words that an activation or a command asked for are no talk: they count as presses do."""

from __future__ import annotations

from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday

DAYS = "SELECT person_id, messages, replies, reactions, taps FROM v_member_day WHERE NOT staff ORDER BY 1"


async def test_a_passphrase_a_keyword_and_a_checkin_are_presses_and_what_is_said_besides_is_talk(
    chat: Talk,
) -> None:
    await midday(chat)
    mei, li = chat.person("Mei", language="zh"), chat.person("Li", language="zh")
    await chat.says(chat.owner, "/redpacket 40 2 平分 口令=恭喜发财")
    await chat.says(chat.owner, "/lottery 茶 x1 keyword:新年好")
    said = await chat.says(mei, "今天开会吗")
    for words in ("签到", "!points", "恭喜发财", "新年好"):
        await chat.says(mei, words)
    await chat.says(li, "签到", reply_to=said)
    days = {r[0]: tuple(r[1:]) for r in chat.rows(DAYS)}
    assert days == {mei: (1, 0, 0, 4), li: (0, 0, 0, 1)}
    acts = chat.rows("SELECT person_id, kind, organic FROM v_act ORDER BY id")
    assert [(p, k, bool(o)) for p, k, o in acts] == [
        (mei, "message", True), *[(mei, "asked", False)] * 4, (li, "asked", False),
    ]  # fmt: skip
    assert chat.rows("SELECT active, organic FROM v_day") == [(2, 1)]
    assert chat.rows("SELECT SUM(messages), SUM(taps) FROM v_hour") == [(1, 5)]


async def test_who_came_in_a_bought_crowd_is_given_nothing_for_such_a_word_before_one_of_their_own(
    chat: Talk,
) -> None:
    await chat.says(chat.owner, "/qr till")
    url = next(u for u, made in chat.room.links.items() if made.get("name") == "till")
    crowd = [chat.person(f"H{n}", joins=False) for n in range(6)]
    for who in crowd:
        await chat.joins(who, link=url)
    await chat.wait(days=3)
    await midday(chat)
    await chat.says(chat.owner, "/redpacket 40 2 平分 口令=恭喜发财")
    got = "SELECT owner_id, balance FROM account WHERE kind = 'member' AND balance > 0 ORDER BY 1"
    one, two = crowd[:2]
    for _ in range(2):
        await chat.says(one, "签到")
        assert chat.last() == "欢迎!先在群里说句话,就能参加了。"
        await chat.says(two, "恭喜发财")
        assert chat.last() == "欢迎!先在群里说句话,就能参加了。"
    assert chat.rows(got) == []
    for who, words in ((one, "签到"), (two, "恭喜发财")):
        await chat.says(who, "大家好")
        await chat.says(who, words)
    assert chat.rows(got) == [(one, 2), (two, 20)]
