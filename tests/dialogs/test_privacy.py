"""The privacy desk as people meet it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from groupbot.engine.keeping.declared import FORMER
from groupbot.engine.storage import sqlite_path
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.roles.store import KEEP
from groupbot.testing import Talk, conversation
from tests.dialogs.test_redpacket import midday

CANARY = "Kanarienvogel"


def files(folder: Path) -> list[str]:
    """Files of the database with a name in them."""
    return [p.name for p in folder.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]


async def test_somebody_is_forgotten_with_a_receipt_and_the_books_still_sum(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        mei = chat.person(CANARY, starts=True)
        await chat.says(mei, "good morning")
        await midday(chat)
        await chat.says(chat.owner, "/lottery Tea x1 30s")
        assert (await chat.presses(mei, "参加")).startswith("参加成功")
        await chat.says(chat.owner, "/redpacket 10 1")
        await chat.presses(mei, "抢")
        await chat.wait(seconds=31)
        before = chat.rows("SELECT sum(balance), count(*) FROM account")
        sums = chat.rows("SELECT * FROM chat_hour")
        assert len([t for t in chat.bot_texts() if CANARY in t]) == 2  # the draw's card and its winners
        await chat.says(mei, "/forget")
        assert "10 points" in chat.last(mei)
        assert "prizes not yet claimed" in chat.last(mei)
        assert await chat.presses(mei, "Forget me", chat=mei) == "Done, receipt F-1"
        assert chat.last(mei).startswith("Receipt F-1")
        await chat.wait(seconds=5)
        assert chat.rows("SELECT sum(balance), count(*) FROM account") == before
        assert chat.rows("SELECT sum(messages), sum(taps) FROM chat_hour") != []
        assert [r[:3] for r in chat.rows("SELECT * FROM chat_hour")] == [r[:3] for r in sums]
        assert chat.rows(f"SELECT balance FROM account WHERE owner_id <= {FORMER}") == [(10,)]
        assert (await chat.app.writer.submit(ledger.recount)).faults == ()
        assert chat.rows("SELECT state FROM erasure") == [("rest",)]
        assert chat.rows("SELECT person_id FROM lottery_award") == [(mei,)]
        assert files(tmp_path) == []
        await chat.wait(hours=73)
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]
        assert str(mei) not in chat.dump()
        named = [t for t in chat.bot_texts() if "已注销成员" in t]
        assert (len(named), [t for t in chat.bot_texts() if CANARY in t]) == (2, [])
        await chat.says(mei, "hello again")
        assert chat.rows(f"SELECT count(*) FROM person WHERE id = {mei}") == [(1,)]


async def test_somebody_is_forgotten_once_more_while_a_prize_of_theirs_waits(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person(CANARY, starts=True)
        await chat.says(mei, "good morning")
        await midday(chat)
        await chat.says(chat.owner, "/lottery Tea x1 30s")
        await chat.presses(mei, "参加")
        await chat.wait(seconds=31)
        await chat.says(mei, "/forget", private=True)
        assert await chat.presses(mei, "Forget me", chat=mei) == "Done, receipt F-1"
        await chat.wait(seconds=65)
        assert chat.rows("SELECT state FROM erasure") == [("rest",)]
        known = f"SELECT count(*) FROM person WHERE id = {mei}"
        await chat.says(mei, "hello again")
        assert chat.rows(known) == [(1,)]
        await chat.says(mei, "/forget", private=True)
        assert await chat.presses(mei, "Forget me", chat=mei) == "Done, receipt F-2"
        await chat.wait(seconds=65)
        assert chat.rows(known) == [(0,)]
        assert files(tmp_path) == []
        await chat.wait(hours=73)
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None), ("done", None)]
        assert str(mei) not in chat.dump()


async def test_f8_of_a_drained_packet_an_open_draw_and_a_closed_vote_sums_stay_and_the_name_goes(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        mei, li = chat.person(CANARY, starts=True), chat.person("Li")
        await chat.says(mei, "good morning")
        await chat.says(li, "good morning")
        await midday(chat)
        await chat.says(chat.owner, "/contest 1h 100 Best shop")
        photo = await chat.sends(li, "photo")
        await chat.says(li, "/enter", reply_to=photo)
        await chat.wait(seconds=7)
        assert await chat.presses(mei, "1 Li") == "你投了 1 号 Li"
        await chat.wait(hours=1, seconds=5)
        await chat.says(chat.owner, "/redpacket 10 1")
        await chat.presses(mei, "抢")
        await chat.says(chat.owner, "/lottery Tea x1 2h")
        assert (await chat.presses(mei, "参加")).startswith("参加成功")
        books = "SELECT sum(balance), count(*) FROM account"
        votes = "SELECT count(*), count(DISTINCT person_id) FROM contest_vote"
        before = chat.rows(books), chat.rows(votes), chat.rows("SELECT sum(amount) FROM posting")
        await chat.says(mei, "/forget", private=True)
        assert await chat.presses(mei, "Forget me", chat=mei) == "Done, receipt F-1"
        await chat.wait(seconds=5)
        assert (chat.rows(books), chat.rows(votes), chat.rows("SELECT sum(amount) FROM posting")) == before
        assert files(tmp_path) == []
        assert (await chat.presses(mei, "参加")).startswith("你已经在里面了")
        assert chat.rows("SELECT count(*) FROM lottery_entry") == [(1,)]
        await chat.wait(hours=3)
        await chat.wait(hours=74)
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]
        assert chat.rows(f"SELECT count(*) FROM lottery_entry WHERE person_id <= {FORMER}") == [(1,)]
        assert (await chat.app.writer.submit(ledger.recount)).faults == ()
        assert [t for t in chat.bot_texts() if CANARY in t] == []


async def waits(chat: Talk, mei: int, live: str) -> None:
    """Mei has something live that pays her when it ends, and has herself forgotten meanwhile."""
    await chat.says(mei, "good morning")
    await midday(chat)
    if live == "packet":
        await chat.says(chat.owner, "/settings redpacket.members on")
        await chat.says(chat.owner, "/redpacket 60 1")
        await chat.presses(mei, "抢")
        await chat.says(mei, "/mypacket 50 5")
    else:
        li = chat.person("Li")
        await chat.says(li, "good morning")
        await chat.says(chat.owner, "/contest 3h 100points Best shop")
        await chat.says(mei, "/enter", reply_to=await chat.sends(mei, "photo"))
        await chat.wait(seconds=7)
        assert (await chat.presses(li, f"1 {CANARY}")).startswith("你投了 1 号")
    await chat.says(mei, "/forget", private=True)
    assert await chat.presses(mei, "Forget me", chat=mei) == "Done, receipt F-1"
    await chat.wait(seconds=10)
    assert chat.rows("SELECT state FROM erasure") == [("rest",)]


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize(("live", "hours", "points"), [("packet", 27, 50), ("contest", 6, 100)])
async def test_what_ends_after_somebody_was_forgotten_pays_nobody_who_can_be_named(
    tmp_path: Path, live: str, hours: int, points: int, leaves: bool
) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        mei = chat.person(CANARY, starts=True)
        await waits(chat, mei, live)
        if leaves:
            chat.world.leave(mei, chat.id)
        await chat.wait(hours=hours)
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]
        assert (points,) in chat.rows(f"SELECT balance FROM account WHERE owner_id <= {FORMER}")
        assert str(mei) not in chat.dump()
        assert [t for t in chat.bot_texts() if CANARY in t] == []
        assert (await chat.app.writer.submit(ledger.recount)).faults == ()


async def test_who_comes_back_while_something_of_theirs_waits_keeps_what_they_do_since(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as chat:
        await chat.presses(chat.owner, "Consumers", chat=chat.owner)
        mei = chat.person(CANARY, starts=True)
        await waits(chat, mei, "packet")
        await chat.says(mei, "hello again")
        await chat.says(chat.owner, "/settings redpacket.daily 5")
        await chat.says(chat.owner, "/redpacket 20 1")
        assert await chat.presses(mei, "抢") == "抢到 20 分,余额 20"
        await chat.wait(hours=27)
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]
        assert chat.rows(f"SELECT balance FROM account WHERE owner_id = {mei}") == [(70,)]
        assert chat.rows(f"SELECT count(*) FROM person WHERE id = {mei}") == [(1,)]
        assert chat.rows(f"SELECT count(*) FROM membership WHERE person_id = {mei}") == [(1,)]
        assert (await chat.app.writer.submit(ledger.recount)).faults == ()


async def test_my_data_comes_as_two_files_and_names_nobody_else(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", starts=True)
        await chat.says(mei, "good morning")
        await chat.says(mei, "/mydata")
        await chat.wait(seconds=5)
        rows = [m for m in chat.world.chats[mei].messages.values() if "document" in m]
        assert [m["document"]["file_name"].split(".")[-1] for m in rows] == ["txt", "json"]
        made = json.loads(_content(chat, rows[1]))
        assert made["people"]["person"][0]["first_name"] == "Mei"
        assert [e["kind"] for e in made["engagement"]["event"]] == ["message", "command"]
        assert str(chat.owner) not in json.dumps(made)
        assert chat.rows("SELECT count(*) FROM data_request") == [(0,)]
        await chat.says(chat.owner, "/settings referral.on on")
        fang = chat.person("阿芳", language="zh", starts=True)
        await chat.says(fang, "早")
        await chat.says(fang, "邀请")
        await chat.says(fang, "签到")
        await chat.says(fang, "/mydata")
        await chat.wait(seconds=5)
        rows = [m for m in chat.world.chats[fang].messages.values() if "document" in m]
        told = _content(chat, rows[0])
        keeps = (
            "(何时发言、回应、提问、道谢、提到谁,不存文字,180天;谁每天参与多少,到 /forget 为止;话题叫什么)"
        )
        assert told.startswith("时间按 Asia/Shanghai。\n\n== 签到和排行 ==\n")
        assert f"\n\n== 数据 ==\n{keeps}\n-- 发生的事: 4\n" in told
        assert "群 Test group; 时间 20" in told
        assert "谁 你; 名 阿芳" not in told
        assert "名 阿芳; 语言 zh" in told
        assert "-- 邀请链接: 1\n   号 1; 群 Test group; 户主 你; 网址 https://t.me/+" in told
        assert re.findall(r"种类 (\w+); (?:字数|分)", told) == [
            "消息",
            "签到等口令",
            "签到等口令",
            "命令",
            "签到",
        ]
        assert re.search(r"-- 积分明细: 1\n   群 Test group; 时间 .*; 种类 签到; 分 \d", told)
        assert "凭据 机器人来之前就在" in told and "种类 发送" in told
        english = [
            line for line in told.splitlines() if line.startswith(("==", "(", "--")) and line.isascii()
        ]
        assert english == []


def _content(chat: Talk, message: dict[str, dict[str, str]]) -> str:
    return chat.world.files[message["document"]["file_id"]][1].decode()


async def test_who_wants_quiet_is_left_in_peace_and_who_opts_out_is_not_counted(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.says(mei, "one")
    await chat.says(mei, "/optout")
    await chat.says(mei, "/quiet")
    before = chat.rows("SELECT sum(messages) FROM chat_hour"), chat.rows("SELECT count(*) FROM event")
    await chat.says(mei, "two")
    await chat.says(mei, "/ping")
    assert (
        chat.rows("SELECT sum(messages) FROM chat_hour"),
        chat.rows("SELECT count(*) FROM event"),
    ) == before
    assert not await chat.app.writer.submit(members.reachable, mei)
    chat.world.leave(mei, chat.room.id)
    await chat.settle()
    await chat.wait(minutes=1)
    await chat.joins(mei)
    assert chat.rows("SELECT kind FROM event WHERE kind IN ('join', 'leave') ORDER BY id") == []
    await chat.says(mei, "/optout off")
    await chat.says(mei, "/quiet off")
    await chat.says(mei, "three")
    assert chat.rows("SELECT sum(messages) FROM chat_hour") == [(2,)]
    assert await chat.app.writer.submit(members.reachable, mei)
    assert chat.rows("SELECT kind, given FROM consent ORDER BY id") == [
        ("optout", 1), ("quiet", 1), ("optout", 0), ("quiet", 0),
    ]  # fmt: skip


async def test_who_opts_out_has_no_role_from_then_on(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    row = {"chat_id": 1, "week": date(2027, 1, 25), "role": "creator", "score": 16, "reasons": [4, 0, 4, 0]}
    await chat.app.writer.submit(lambda work: work.sql.run(KEEP, **row, person_id=mei))
    await chat.says(mei, "/optout")
    assert chat.rows("SELECT count(*) FROM v_role") == [(0,)]


async def test_a_restored_backup_forgets_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person(CANARY, starts=True)
        await chat.says(mei, "good morning")
        path = sqlite_path(chat.app.settings.database)
        assert path is not None
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(tmp_path / "backup")) as copy:
            live.backup(copy)
        await chat.says(mei, "/forget", private=True)
        await chat.presses(mei, "Forget me", chat=mei)
        await chat.wait(seconds=5)
        assert str(mei) not in (tmp_path / "erasures.jsonl").read_text()
        await chat.stops()
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        (tmp_path / "backup").replace(path)
        assert files(tmp_path) == [path.name]
        await chat.restarts()
        assert files(tmp_path) == []
        assert str(mei) not in chat.dump()
        assert chat.rows("SELECT state, person_id FROM erasure") == [("done", None)]


@pytest.mark.parametrize("word", ["ban", "mute 2d"])
async def test_being_forgotten_lifts_no_ban(tmp_path: Path, word: str) -> None:
    async with conversation(tmp_path) as chat:
        mei = chat.person("Mei", starts=True)
        said = await chat.says(mei, "good morning")
        await chat.says(chat.owner, f"/{word} {CANARY}", reply_to=said)
        status = chat.status(mei)
        assert status in ("kicked", "restricted")
        await chat.says(mei, "/forget", private=True)
        assert "in force" in chat.last(mei)
        await chat.presses(mei, "Forget me", chat=mei)
        await chat.wait(seconds=5)
        assert chat.status(mei) == status
        assert chat.rows("SELECT actor FROM verdict") == [(mei,)]
