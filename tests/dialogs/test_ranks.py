"""Ranks as member tags: switched on, seen on the member, said in /doctor where the right is missing."""

from __future__ import annotations

from pathlib import Path

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import conversation


async def test_ranks_show_as_tags_and_go_when_the_member_wants(tmp_path: Path) -> None:
    async with conversation(tmp_path, rights=set(RIGHTS) - {"can_manage_tags"}) as chat:
        mei = chat.person("Mei", starts=True)
        tag = lambda: chat.room.members[mei].tag  # noqa: E731
        await chat.says(chat.owner, "/settings ranks.names 2 熟面孔, 900 顶梁柱")
        await chat.says(chat.owner, "/settings ranks.by ever")
        assert chat.last(chat.owner).startswith("To show ranks I need the right to edit member tags")
        bot = next(iter(chat.world.bots.values())).user
        chat.world.promote(chat.id, bot, chat.owner, set(RIGHTS))
        await chat.says(chat.owner, "/settings ranks.by ever")
        await chat.says(mei, "签到")
        await chat.wait(minutes=10)
        assert tag() == "熟面孔"
        await chat.says(mei, "/me")
        assert "rank 熟面孔" in chat.last(mei)
        await chat.says(mei, "/optout")
        assert tag() == ""
        chat.world.promote(chat.id, bot, chat.owner, set(RIGHTS) - {"can_manage_tags"})
        await chat.settle()
        await chat.says(chat.owner, "/doctor")
        assert "成员标签上的头衔:修改成员标签" in chat.last()
