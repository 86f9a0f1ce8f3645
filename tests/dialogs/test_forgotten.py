"""After /forget no message of the bot in a group holds the name."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.testing import Talk, conversation
from tests.dialogs.test_redpacket import midday

CANARY, FORMER = "Kanarienvogel", "已注销成员"


async def forgets(chat: Talk, who: int) -> None:
    """Somebody opens the bot and has themselves forgotten."""
    chat.world.private(who)
    for bot in chat.world.bots.values():
        bot.started.add(who)
    await chat.says(who, "/start", private=True)
    await chat.says(who, "/forget", private=True)
    await chat.presses(who, "Forget me", chat=who)
    await chat.wait(seconds=5)


def naming(chat: Talk, name: str = CANARY) -> list[str]:
    """What the bot said in the group that holds a name, oldest first."""
    return [t for t in chat.bot_texts() if name in t]


async def shop(chat: Talk) -> None:
    """The group is a store's, on Shanghai's clock."""
    olga = chat.owner

    def place(work: Work) -> None:
        own = members.profiles(work)[0].chat
        members.set_profile(work, own, tier="store", owner=olga)
        members.put(work, ZONE, "Asia/Shanghai", chat=own)

    await chat.app.writer.submit(place)


async def test_every_recap_of_an_event_an_album_and_a_picture_loses_the_name(chat: Talk) -> None:
    mei, li = chat.person(CANARY), chat.person("Li")
    await chat.says(chat.owner, "/event 0 1h Tea")
    for who, photos in ((mei, 2), (li, 1)):
        await chat.presses(who, "我参加")
        for _ in range(photos):
            await chat.sends(who, "photo", "/wall")
    await chat.wait(hours=1, minutes=1)
    await chat.says(chat.owner, "/recap 1")
    await chat.says(li, "/wall back")
    await chat.wait(minutes=2)
    await chat.says(chat.owner, "/recap 1")
    await chat.says(mei, "/wall back")
    await chat.says(li, "/wall", reply_to=await chat.sends(li, "photo"))
    await chat.says(chat.owner, "/recap 1")
    recaps = [t for t in chat.bot_texts() if "谢谢大家" in t]
    assert [t.split("照片:")[1] for t in recaps] == [f"{CANARY}、Li", CANARY, "Li"]
    await forgets(chat, mei)
    recaps = [t for t in chat.bot_texts() if "谢谢大家" in t]
    assert [t.split("照片:")[1] for t in recaps] == [f"{FORMER}、Li", FORMER, "Li"]
    assert naming(chat) == []


async def test_a_word_of_care_to_several_in_the_group_keeps_the_others_names(chat: Talk) -> None:
    await midday(chat)
    await shop(chat)
    await chat.says(chat.owner, "/recipes on newcomer")
    mei, li = (chat.person(n, joins=False) for n in (CANARY, "Li"))
    for who in (mei, li):
        await chat.joins(who)
    await chat.wait(minutes=11)
    assert naming(chat) == [f"欢迎 {CANARY}、Li!这里是Test group,群规 /rules,有事直接在群里问。"]
    await forgets(chat, mei)
    assert naming(chat, FORMER) == [f"欢迎 {FORMER}、Li!这里是Test group,群规 /rules,有事直接在群里问。"]
    assert naming(chat) == []
    await forgets(chat, li)
    assert naming(chat, "Li") == []


async def test_notes_and_filters_that_speak_to_somebody_by_name(chat: Talk) -> None:
    mei = chat.person(CANARY)
    await chat.says(chat.owner, "/save price Dear {fullname}, tea costs 5.")
    await chat.says(chat.owner, "/save hours Open from 9, {mention}.")
    await chat.says(chat.owner, "/save bare Open from 9.")
    await chat.says(chat.owner, "/filter hello Hi {first} ({id})!")
    for word in ("#price", "hello", "#hours", "#bare"):
        await chat.says(mei, word)
    assert naming(chat) == [
        f"Dear {CANARY}, tea costs 5.", f"Hi {CANARY} ({mei})!", f"Open from 9, {CANARY}.",
    ]  # fmt: skip
    await chat.says(chat.owner, "/clear hours")
    await forgets(chat, mei)
    said = [t for t in chat.bot_texts() if t.startswith(("Dear", "Hi", "Open", "("))]
    assert said == [
        f"Dear {FORMER}, tea costs 5.",
        f"Hi {FORMER} ()!",
        "(这条消息提到了一位已注销成员。)",
        "Open from 9.",
    ]
    marks = [e for m in chat.room.messages.values() for e in m.get("entities", ())]
    assert [e for e in marks if e.get("user", {}).get("id") == mei] == []
    assert str(mei) not in chat.dump()


async def test_who_is_nominated_and_who_nominates(chat: Talk) -> None:
    mei, li = chat.person(CANARY), chat.person("Li")
    for who in (mei, li):
        await chat.says(who, "hi")
    await chat.says(chat.owner, "/contest 3h Best shop")
    photo = await chat.sends(mei, "photo")
    await chat.says(li, "/enter", reply_to=photo)
    photo = await chat.sends(li, "photo")
    await chat.says(mei, "/enter", reply_to=photo)
    assert len(naming(chat)) == 2
    await forgets(chat, mei)
    assert naming(chat) == []
    assert naming(chat, "提名") == [f"{FORMER} 提名 Li 的照片参加「Best shop」。Li,愿意吗?不点就不参加。"]
    assert await chat.presses(li, "我参加") == "收到,你在「Best shop」是 1 号。"
    assert naming(chat, "提名") == []
    assert str(mei) not in chat.dump()


async def test_a_winner_drawn_days_after_the_end_is_taken_off_the_post_for_thirty_days(chat: Talk) -> None:
    await midday(chat)
    people = {chat.person(n): n for n in (CANARY, "Li")}
    await chat.says(chat.owner, "/lottery Tea x1 30s")
    for who in people:
        await chat.says(who, "good morning")
        await chat.presses(who, "参加")
    await chat.wait(seconds=31)
    ((first,),) = chat.rows("SELECT person_id FROM lottery_award")
    await chat.wait(hours=73)
    (second,) = set(people) - {first}
    assert chat.rows("SELECT person_id FROM lottery_award WHERE attempt = 1") == [(second,)]
    await chat.presses(second, "领奖")
    await chat.wait(days=27, hours=1)
    assert len(naming(chat, people[second])) == 1
    await forgets(chat, second)
    await chat.wait(seconds=70)
    assert (naming(chat, people[second]), len(naming(chat, FORMER))) == ([], 1)


async def test_a_winner_who_never_claims_is_taken_off_the_posts_when_the_time_is_over(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person(CANARY)
    await chat.says(mei, "good morning")
    await chat.says(chat.owner, "/settings lottery.claim 720")
    await chat.says(chat.owner, "/lottery Tea x1 30s")
    await chat.presses(mei, "参加")
    await chat.wait(seconds=31)
    assert len(naming(chat)) == 2
    await forgets(chat, mei)
    for _ in range(4):
        await chat.wait(days=8)
    assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]
    assert (naming(chat), len(naming(chat, FORMER))) == ([], 2)


async def test_a_restored_backup_has_posts_drawn_anew_too(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person(CANARY)
        await chat.says(chat.owner, "/save price Dear {first}, tea costs 5.")
        await chat.says(mei, "#price")
        await chat.says(chat.owner, "/event 0 1h Tea")
        await chat.presses(mei, "我参加")
        await chat.sends(mei, "photo", "/wall")
        await chat.wait(hours=1, minutes=1)
        await chat.says(chat.owner, "/recap 1")
        posts = [m for m in chat.room.messages.values() if CANARY in m.get("text", m.get("caption", ""))]
        named = [dict(m) for m in posts]
        path = sqlite_path(chat.app.settings.database)
        assert path is not None
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(tmp_path / "backup")) as copy:
            live.backup(copy)
        await forgets(chat, mei)
        assert (len(named), naming(chat)) == (3, [])
        await chat.stops()
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        (tmp_path / "backup").replace(path)
        for message, before in zip(posts, named, strict=True):  # as if it had been cut off before the edits
            message.update(before)
        await chat.restarts()
        await chat.wait(seconds=5)
        assert naming(chat) == []
        assert len(naming(chat, FORMER)) == 3
        assert str(mei) not in chat.dump()


async def test_nothing_of_the_reminders_to_an_owner_is_kept(chat: Talk) -> None:
    mei = chat.person(CANARY, starts=True)

    def owns(work: Work) -> None:
        members.set_profile(work, members.profiles(work)[0].chat, owner=mei)

    await chat.says(mei, "hello")
    await chat.app.writer.submit(owns)
    await midday(chat)
    for _ in range(8):
        await chat.wait(days=1)
    assert "you last took part" in chat.bot_texts(mei)[-1].lower()
    await forgets(chat, mei)
    await chat.wait(minutes=2)
    assert (chat.rows("SELECT state FROM erasure"), str(mei) in chat.dump()) == ([("done",)], False)


async def test_what_is_done_after_coming_back_is_no_part_of_what_was_forgotten(chat: Talk) -> None:
    await midday(chat)
    await shop(chat)
    mei, li = chat.person(CANARY), chat.person("Li")
    await chat.says(chat.owner, "/redpacket 60 1 平分")
    await chat.presses(mei, "抢")
    await chat.says(chat.owner, "/shop add 10 5 Tea")
    await chat.says(mei, "/shop")
    await chat.presses(mei, "Tea")
    await chat.presses(mei, "确定兑换")
    await forgets(chat, mei)
    await chat.wait(days=1)  # the order of the old life still waits at the counter
    await chat.says(mei, "/start", private=True)
    await chat.says(mei, "hello again")
    await chat.says(chat.owner, "/groupbuy 2 2h Plums | 2=49元")
    for who in (mei, li):
        await chat.presses(who, "我参加")
    await chat.says(chat.owner, "/lottery Cup x1 30m")
    await chat.presses(mei, "参加")
    await chat.wait(hours=5)
    assert {r[0] for r in chat.rows("SELECT person_id FROM gathering_seat")} == {mei, li}
    assert chat.rows("SELECT person_id FROM lottery_entry") == [(mei,)]
    assert chat.rows("SELECT person_id FROM lottery_award") == [(mei,)]
    code = chat.rows("SELECT code FROM shop_order")[0][0]
    await chat.says(chat.owner, f"/handover {code}")
    await chat.wait(hours=2)
    assert chat.rows("SELECT person_id > 0 FROM shop_order") == [(0,)]
    assert chat.rows("SELECT state FROM erasure") == [("done",)]


async def test_who_is_forgotten_takes_no_second_coupon_of_a_pool_that_still_gives(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei", starts=True)
    await chat.says(chat.owner, "/coupon Plums 7d use30d each1")
    await chat.says(chat.owner, "/codes 1 make 5", private=True)
    await chat.presses(chat.owner, "Publish", chat=chat.owner)
    for _ in range(2):
        await chat.presses(mei, "领券")
        await chat.says(chat.owner, f"/redeem {_code(chat.last(mei))}")
        await forgets(chat, mei)
        await chat.says(mei, "/start", private=True)
    assert chat.rows("SELECT count(*) FROM coupon WHERE person_id IS NOT NULL") == [(1,)]
    await chat.wait(days=8)
    assert chat.rows("SELECT person_id > 0 FROM coupon WHERE person_id IS NOT NULL") == [(0,)]


def _code(told: str) -> str:
    found = (line for line in told.splitlines() if re.fullmatch(r"[A-Z0-9-]{5,}", line))
    return next(found, "none")
