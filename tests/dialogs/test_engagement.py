"""What is counted, and the week a group sees."""

from pathlib import Path

from groupbot.testing import Talk, conversation
from tests.dialogs.acting import member


async def test_stats_count_people_not_staff_and_no_text_is_kept(chat: Talk) -> None:
    mei, bo = chat.person("Mei"), chat.person("Bo")
    first = await chat.says(mei, "has anybody tried the new hawthorn tea?")
    answer = await chat.says(bo, "yes, twice", reply_to=first)
    await chat.says(mei, "谢谢!", reply_to=answer)
    chat.world.react(bo, chat.id, first, ["👍"])
    await chat.settle()
    await chat.says(chat.owner, "it is back on Friday")
    await chat.says(chat.owner, "/stats")
    assert "成员消息 3 条(不算管理员),活跃的人太少,不报数(不到 7 人;见过 3 人,覆盖 ?)" in chat.last()
    assert " 3条 不到7人" in chat.last()
    rows = chat.rows("SELECT kind, count(*) FROM event GROUP BY kind ORDER BY kind")
    each = [("command", 1), ("message", 2), ("question", 1), ("reaction", 1), ("reply", 2), ("thanks", 1)]
    assert rows == each
    assert chat.rows("SELECT person_id, message_id, units FROM event WHERE kind = 'thanks'") == [
        (mei, answer, 0)
    ]
    assert "hawthorn" not in chat.dump()


async def test_a_username_in_a_message_is_a_tie_of_the_day(chat: Talk) -> None:
    mei, bo = chat.person("Mei"), member(chat, "Bo", username="Bo_Tea")
    ties = "SELECT person_id, whom, staff, of_staff FROM v_mention ORDER BY person_id, whom"
    await chat.says(mei, "@bo_tea are you here?")  # nobody knows them yet
    assert chat.rows(ties) == []
    await chat.says(bo, "now I am")
    await chat.wait(minutes=11)
    await chat.says(mei, "hello @bo_tea and @Bo_Tea")
    await chat.says(chat.owner, "well said @bo_tea")
    await chat.says(bo, "/ping @bo_tea")
    assert chat.rows(ties) == sorted([(mei, bo, 0, 0), (chat.owner, bo, 1, 0)])
    await chat.says(bo, "/optout")
    await chat.says(chat.person("Li"), "and @bo_tea?")
    assert len(chat.rows(ties)) == 2


async def test_stats_are_for_admins(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/stats")
    assert chat.last() == "这个操作只有管理员能用。"


async def test_a_join_told_twice_counts_once(chat: Talk) -> None:
    mei = chat.person("Mei", joins=False)
    await chat.joins(mei)
    assert chat.rows("SELECT sum(joined) FROM chat_hour") == [(1,)]
    assert chat.rows(
        f"SELECT evidence, count(*) FROM membership WHERE person_id = {mei} GROUP BY evidence"
    ) == [("own", 1)]


async def test_a_message_a_rule_takes_away_is_not_counted(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        await chat.says(chat.owner, "/rules on")
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "good morning")
        spam = await chat.says(mei, "加薇信 jdd886 领返利")
        assert not chat.stands(spam)
        assert chat.rows("SELECT sum(messages) FROM member_day WHERE staff = 0") == [(1,)]
        kinds = chat.rows(f"SELECT kind FROM event WHERE person_id = {mei} ORDER BY id")
        assert kinds == [("message",), ("message",), ("removed",)]
