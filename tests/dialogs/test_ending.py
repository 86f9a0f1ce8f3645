"""What ends when a mute or ban is taken back or lifted, and what goes on: Telegram holds the newest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.surfaces.sandbox.world import PERMISSIONS
from groupbot.testing import Talk
from tests.dialogs.acting import acts, member, moderator
from tests.dialogs.justice import group


@pytest.mark.parametrize(("first", "then", "undone"), [("10m", "7d", 2), ("7d", "10m", 1)])
async def test_a_mute_taken_back_leaves_what_is_left_of_another(
    chat: Talk, first: str, then: str, undone: int
) -> None:
    """Of the newer one that was taken back the older stands; an older one leaves the newest as it is."""
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/mute {li} {first}")
    await chat.says(zhou, f"/mute {li} {then}")
    await chat.says(zhou, f"/undo {undone}")
    assert chat.status(li) == "restricted"
    await chat.wait(minutes=11)
    assert chat.status(li) == "member"


async def test_a_ban_that_is_over_taken_back_lifts_no_newer_one(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/tban {li} 1h")
    await chat.wait(hours=2)
    await chat.says(zhou, f"/ban {li}")
    await chat.says(zhou, "/undo 1")
    assert chat.status(li) == "kicked"
    await chat.says(zhou, "/undo 2")
    assert chat.status(li) == "left"


async def test_a_mute_taken_back_never_opens_the_door_to_who_is_banned(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/mute {li} 7d")
    await chat.says(zhou, f"/ban {li}")
    await chat.says(zhou, "/undo 1")
    assert chat.status(li) == "kicked"


async def test_what_was_only_watched_is_taken_back_without_a_word(tmp_path: Path) -> None:
    async with group(tmp_path, mode="shadow") as zh:
        zhao = zh.person("小赵", language="zh", starts=True)
        await zh.says(zh.owner, "/lock sticker mute")
        await zh.sends(zhao, "sticker")
        rows = zh.rows("SELECT number, shadow FROM verdict WHERE action = 'mute'")
        assert rows and rows[0][1]
        held = {"status": "restricted", "until": 0, "permissions": set()}
        zh.world.set_member(zh.room, zhao, zh.owner, **held)
        await zh.settle()
        await zh.says(zh.owner, f"/undo {rows[0][0]}")
        assert zh.status(zhao) == "restricted"
        assert acts(zh)[-1][5] == 1


async def test_a_mute_lifted_in_the_client_is_over_for_the_bot_too(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/mute {li} 7d")
    free = {"status": "member", "until": 0, "permissions": set(PERMISSIONS)}
    chat.world.set_member(chat.room, li, zhou, **free)
    await chat.settle()
    chat.world.leave(li, chat.id)
    await chat.joins(li)
    assert chat.status(li) == "member"
    assert (acts(chat)[0][5], chat.rows("SELECT undone_by FROM verdict")) == (1, [(zhou,)])


async def test_a_ban_lifted_in_the_client_is_over_for_the_bot_too(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/ban {li}")
    chat.world.set_member(chat.room, li, zhou, status="left", until=0)
    await chat.settle()
    assert acts(chat)[0][5] == 1


async def test_who_was_muted_and_leaves_is_muted_still(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/mute {li} 7d")
    chat.world.leave(li, chat.id)
    await chat.settle()
    assert acts(chat)[0][5] == 0
