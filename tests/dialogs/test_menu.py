"""/menu: fixed entries as buttons, pinned once, with sealed links that are counted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from groupbot.testing import Talk, conversation


def buttons(chat: Talk) -> list[Any]:
    """Of the newest message that has some."""
    shown = [m for m in chat.room.messages.values() if m.get("reply_markup")]
    return [b for row in shown[-1]["reply_markup"]["inline_keyboard"] for b in row] if shown else []


def standing(chat: Talk) -> list[Any]:
    """The menus posted for good."""
    shown = chat.room.messages.values()
    return [m for m in shown if (m.get("text") or "").startswith("菜单") and "reply_to_message" not in m]


async def test_a_menu_is_shown_changed_pinned_pressed_and_counted(chat: Talk) -> None:
    mei, bo = chat.person("Mei", starts=True), chat.person("Bo")
    await chat.says(bo, "hi")
    await chat.says(mei, "菜单")
    assert [b["text"] for b in buttons(chat)] == ["签到", "我的积分", "积分兑换", "群规"]
    await chat.presses(mei, "群规")
    assert chat.last().startswith("群规")
    await chat.says(mei, "/menu pin")  # is for admins, told in private
    assert chat.last().startswith("群规")
    await chat.says(chat.owner, "/menu add 商城 https://shop.example/a?b=1")
    await chat.says(chat.owner, "/menu pin")
    await chat.says(chat.owner, "/menu add 看群规 /rules")
    await chat.says(chat.owner, "/menu add 禁言 /mute")
    assert chat.last(chat.owner).startswith("“/mute” is no entry.")
    [pinned] = [m for m in standing(chat) if "reply_markup" in m]
    keys = [b for row in pinned["reply_markup"]["inline_keyboard"] for b in row]
    assert [b["text"] for b in keys] == ["商城", "看群规"]
    payload = re.fullmatch(r"https://t\.me/\w+\?start=([\w-]{1,64})", keys[0]["url"])
    assert payload
    await chat.says(mei, f"/start {payload[1]}", private=True)
    assert chat.last(mei) == "Go on with the button below."
    await chat.says(mei, f"/start {payload[1][:-1]}x", private=True)  # forged: nothing is counted
    await chat.says(chat.owner, "/menu reach")
    told = chat.last(chat.owner).splitlines()
    assert told[:3] == ["Who came by the menu (180 days)", "1 of 3 people here, 33%", "· 商城: 1"]
    await chat.says(chat.owner, "/menu pin")
    [newer] = [m for m in standing(chat) if "reply_markup" in m]
    assert newer["message_id"] > pinned["message_id"]
    await chat.says(chat.owner, "/menu drop 看群规")
    await chat.says(chat.owner, "/menu drop 看群规")
    assert chat.last(chat.owner) == "The menu has no “看群规”."


async def test_a_button_of_the_menu_and_a_pin_say_which_right_the_bot_lacks(tmp_path: Path) -> None:
    async with conversation(tmp_path, rights={"can_delete_messages"}) as chat:
        mei = chat.person("Mei", starts=True)
        await chat.says(chat.owner, "/settings referral.on on")
        await chat.says(chat.owner, "/menu add 邀请朋友 /invite")
        assert "邀请成员" in await chat.presses(mei, "邀请朋友")
        await chat.says(chat.owner, "/menu pin")
        assert chat.last(chat.owner).startswith(
            "I cannot do that here yet: I lack the right to pin messages."
        )
        assert standing(chat) == []
