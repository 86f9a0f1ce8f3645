"""The month's question as a group meets it: one poll, nobody named, told with its interval."""

from datetime import UTC, datetime
from typing import Any

from groupbot.testing import Talk


async def goes_to(chat: Talk, when: datetime) -> None:
    await chat.wait(seconds=(when.replace(tzinfo=UTC) - chat.app.clock.now()).total_seconds())


def questions(chat: Talk) -> list[dict[str, Any]]:
    return [m for m in chat.room.messages.values() if "poll" in m]


def month_after(at: datetime) -> datetime:
    """The tenth of the next month, 10:00 in Shanghai."""
    return datetime(at.year + at.month // 12, at.month % 12 + 1, 10, 2)


async def test_a_question_a_month_is_counted_without_names_and_told_with_its_interval(chat: Talk) -> None:
    olga = chat.owner
    people = [chat.person(f"Person {n}") for n in range(12)]
    first = month_after(chat.app.clock.now())
    await goes_to(chat, first.replace(day=9))
    await chat.says(people[0], "/attitude on")
    await chat.says(olga, "/attitude")
    assert chat.last().startswith(
        "每月一问 · Test group · 关着\n问的是:「Test group」(没另外写,用的是主题或群名)\n"
    )
    await chat.says(olga, "/attitude close")
    assert "No question is open" in chat.last(olga) or "没有正在问" in chat.last()
    await chat.says(olga, "/attitude about 山楂陈皮")
    await chat.says(olga, "/attitude on")
    assert (
        "开着\n问的是:「山楂陈皮」\n时区还没确认,确认前不会问:/settings zone Asia/Shanghai\n" in chat.last()
    )
    await chat.says(olga, "/settings zone Asia/Shanghai")
    await chat.says(olga, "/attitude")
    assert "开着\n问的是:「山楂陈皮」\n每月 10 日 10:00 起,群里有发言空档时问一次\n" in chat.last()
    assert questions(chat) == []
    await goes_to(chat, first)
    await chat.wait(minutes=1)
    await chat.restarts()
    await chat.wait(minutes=5)
    (asked,) = questions(chat)
    poll = asked["poll"]
    assert (poll["question"].split("\n")[0], poll["is_anonymous"], poll["allows_multiple_answers"]) == (
        "每月一问:说到「山楂陈皮」,你现在是哪一种?", True, False)  # fmt: skip
    assert asked["has_protected_content"] is True
    for n, who in enumerate(people):
        await chat.votes(who, asked["message_id"], (0, 1, 1, 2, 2, 3)[n % 6])
    await chat.votes(people[0], asked["message_id"], 3)  # thinks again: not counted twice
    await chat.says(olga, "/attitude")
    assert "正在问:" in chat.last() and "已有 12 人答" in chat.last()
    tables = chat.dump()
    assert chat.rows("SELECT unaware, knows, agrees, subscribes FROM attitude_month") == [(1, 4, 4, 3)]
    assert not any(f"VALUES({who}," in line for line in tables.splitlines() for who in people
                   if line.startswith('INSERT INTO "attitude'))  # fmt: skip
    assert chat.rows("SELECT count(*) FROM v_act WHERE kind = 'vote'") == [(0,)]
    await chat.wait(days=7)
    assert questions(chat)[0]["poll"]["is_closed"] is True
    await chat.says(olga, "/attitude")
    assert f"这个月问过了,下次:下月 10 日起\n\n{first:%Y-%m} · 12 人答,群里" in chat.last()
    assert "⚠ 不到 30 人答,只作参考\n了解:92%(65–99%)· 11 人\n认同:58%(32–81%)· 7 人\n" in chat.last()
    assert "在买、在用或常参与:25%(9–53%)· 3 人\n括号里是 95% 区间。" in chat.last()
    await chat.says(olga, "/attitude off")
    second = month_after(first)
    await goes_to(chat, second)
    assert len(questions(chat)) == 1
    await chat.says(olga, "/attitude on")
    await chat.wait(minutes=5)
    await chat.restarts()
    await chat.wait(minutes=5)
    assert len(questions(chat)) == 2
    asked = questions(chat)[1]
    await chat.votes(people[1], asked["message_id"], 1)
    await chat.says(olga, "/attitude close")
    assert asked["poll"]["is_closed"] is True
    assert f"{second:%Y-%m} · 1 人答" in chat.last() and "答的人不到 5 个,不算比例" in chat.last()


async def test_taken_away_or_closed_by_somebody_else_the_answers_so_far_stay(chat: Talk) -> None:
    olga, mei = chat.owner, chat.person("Mei")
    await chat.says(olga, "/settings zone Asia/Shanghai")
    await chat.says(olga, "/attitude on")
    first = month_after(chat.app.clock.now())
    await goes_to(chat, first)
    (asked,) = questions(chat)
    await chat.votes(mei, asked["message_id"], 2)
    asked["poll"]["is_closed"] = True  # by hand
    chat.world.tell("poll", asked["poll"], chat.room, only=next(iter(chat.world.bots.values())))
    await chat.settle()
    assert chat.rows("SELECT state, n, agree FROM v_attitude") == [("closed", 1, 1)]
    await goes_to(chat, month_after(first))
    asked = questions(chat)[-1]
    await chat.votes(mei, asked["message_id"], 3)
    chat.world.remove(chat.room, asked["message_id"], olga)
    await chat.wait(days=7)
    await chat.wait(minutes=1)
    assert chat.rows("SELECT state, n, subscribe FROM v_attitude ORDER BY month") == [
        ("closed", 1, 0), ("closed", 1, 1)]  # fmt: skip
    await chat.wait(days=1)
    assert len(questions(chat)) == 1
    assert chat.rows("SELECT DISTINCT state FROM outbox WHERE kind = 'close_poll' OR kind = 'closepoll'") == [
        ("dead",)
    ]
