"""A group's review with its picture, and the operators' week, over real HTTP."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from groupbot import testing
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.surfaces.sandbox.pictures import size
from groupbot.testing import Talk, conversation


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture takes two seconds of a processor, which others may be using."""
    monkeypatch.setattr(testing, "PATIENCE", 60.0)


def pictures(talk: Talk, chat: int) -> list[tuple[int, int] | None]:
    """The sizes of the pictures that stand in a chat."""
    found = []
    for message in talk.world.chats[chat].messages.values():
        if message.get("photo"):
            found.append(size(talk.world.files[message["photo"][-1]["file_id"]][1]))
    return found


def written(talk: Talk, chat: int) -> list[list[str]]:
    """The newest file of a chat as rows."""
    file = next(
        m["document"] for m in reversed(talk.world.chats[chat].messages.values()) if m.get("document")
    )
    return list(csv.reader(io.StringIO(talk.world.files[file["file_id"]][1].decode("utf-8"))))


async def test_a_review_shows_a_picture_here_and_every_number_in_private(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "has anybody tried the new hawthorn tea?")
    await chat.says(mei, "/review")
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.wait(days=1)
    await chat.says(chat.owner, "/review year")
    assert chat.last(chat.owner).startswith("Usage: /review [week|month]")
    await chat.says(chat.owner, "/review week")
    assert "活跃 人太少(不到 7 人不报数)" in chat.last()
    assert chat.last().endswith("细数已私聊发你。")
    assert len(pictures(chat, chat.id)) == 1
    details, posts, under = chat.bot_texts(chat.owner)[-3:]
    assert under.endswith("docs/metrics.md tells what each is")
    sheet = written(chat, chat.owner)
    assert sheet[0][:3] == ["\ufefffigure", "value", "before"]
    assert ["messages", "1.0", "0.0", "count"] in [line[:4] for line in sheet]
    assert next(line for line in sheet if line[0] == "top_three")[1] == ""  # of too few people
    told = "too few (—) · of 1 members who spoke (share of their messages), at least 7"
    assert f"share of the three who write most: {told}" in details
    assert posts.endswith("Stage, health and each number again: groupbot report --sql")
    assert "Mei" not in chat.last() + details + posts
    await chat.wait(minutes=6)
    assert pictures(chat, chat.id) == []


async def test_the_operators_get_the_week_with_its_picture_once(tmp_path: Path) -> None:
    async with conversation(tmp_path, title="西湖店", ops_chat=-1007777) as talk:
        room = talk.world.add_chat("Ops", talk.owner, type="supergroup")
        talk.world.chats[-1007777] = talk.world.chats.pop(room.id)
        room.id = -1007777
        talk.world.add_bot_to(next(iter(talk.world.bots)), room.id, talk.owner, set())
        await talk.settle()

        def speaks(work: Work) -> None:
            for profile in members.profiles(work):
                members.put(work, LANGUAGE, "en", chat=profile.chat)
                members.put(work, ZONE, "UTC", chat=profile.chat)

        await talk.app.writer.submit(speaks)
        await talk.says(talk.person("Mei"), "hello")
        for _ in range(8):
            await talk.wait(days=1)
        await talk.restarts()
        await talk.wait(hours=12)
        weeks = [t for t in talk.bot_texts(-1007777) if t.startswith("The week of 1 group ")]
        assert len(weeks) == 2  # under the picture, and in full
        assert "1 message; too few people active (no number under 7)" in weeks[1]
        assert "Too few people in every group to tell who needs you." in weeks[1]
        assert [s is not None and s[0] for s in pictures(talk, -1007777)] == [780]


def test_one_of_something_reads_right() -> None:
    data = {
        "title": "T", "span": "week", "first": "2026-11-15", "last": "2026-11-21", "least": 7, "messages": 1,
        "reactions": 1, "joined": 1, "left": 1, "posts": 1, "before": 1, "active": None, "known": 1,
        "grade": "A", "details": "sent", "username": "x",
    }  # fmt: skip
    content = Content([folder("content_templates")])
    one, many = (
        content.render("engagement/review", "en", {**data, "messages": n, "reactions": n, "posts": n})
        for n in (1, 2)
    )
    assert "1 message (1 in as many days before), 1 reaction, 1 post of the bot" in one.formatted.text
    assert "2 messages (1 in as many days before), 2 reactions, 2 posts of the bot" in many.formatted.text
