"""Commands said in private by somebody connected to a group: what they say of the group, and what of none."""

from __future__ import annotations

import pytest

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk
from tests.dialogs.acting import buttons


async def elsewhere(chat: Talk, title: str, text: str, owner: int = 0) -> str:
    """A command in another group with the bot; the last thing said there."""
    room = chat.world.add_chat(title, owner or chat.owner, type="supergroup")
    chat.world.add_bot_to(TOKEN, room.id, owner or chat.owner, set(RIGHTS))
    await chat.settle()
    chat.world.say(owner or chat.owner, room.id, text)
    await chat.settle()
    return chat.last(room.id)


async def test_what_is_asked_in_private_is_answered_for_the_connected_group(chat: Talk) -> None:
    code = (await elsewhere(chat, "Log", "/setlog")).split("/setlog ")[1].split()[0]
    await chat.says(chat.owner, f"/setlog {code}", private=True)
    assert chat.last(chat.owner).startswith("Please use this command in a group")
    await chat.says(chat.owner, "/points", private=True)
    assert not chat.last(chat.owner).startswith("▸")
    await chat.says(chat.owner, "/connect")
    public = chat.bot_texts()
    await chat.says(chat.owner, f"/setlog {code} reports", private=True)
    assert chat.last(chat.owner) == "▸ Test group\nThe log of reports goes to “Log” from now on."
    assert chat.rows("SELECT category FROM log_route") == [("reports",)]
    await chat.says(chat.owner, "/unsetlog", private=True)
    assert chat.rows("SELECT category FROM log_route") == []
    assert chat.last(chat.owner).startswith("▸ Test group\n")
    for text, begins in (
        ("/points", "▸ Test group\nTest group: 0 points"),
        ("/points log", "▸ Test group\nTest group"),
        ("/why", "▸ Test group\n"),
        ("/help locks", "▸ Test group\n"),
        ("/help ban", "▸ Test group\n/ban · "),
    ):
        await chat.says(chat.owner, text, private=True)
        assert chat.last(chat.owner).startswith(begins), text
    await chat.says(chat.owner, "/help", private=True)
    screen, modules = chat.bot_texts(chat.owner)[-2:]
    assert screen.startswith("▸ Test group\nWhat admins do most") and modules.startswith("▸ Test group\n")
    assert chat.bot_texts() == public  # nothing of it in the group


async def test_who_was_demoted_reads_their_own_and_sets_nothing(chat: Talk) -> None:
    lin = chat.person("Lin", starts=True)
    chat.world.promote(chat.id, lin, chat.owner, {"can_change_info"})
    await chat.settle()
    await chat.says(lin, "/connect")
    chat.world.promote(chat.id, lin, chat.owner, set())
    await chat.settle()
    await chat.says(lin, "/points", private=True)
    assert chat.last(lin).startswith("▸ Test group\n")
    await chat.says(lin, "/help", private=True)
    assert "/checkin" in chat.bot_texts(lin)[-2]  # what members get, and all modules
    await chat.says(lin, "/setlog", private=True)
    assert "admin" in chat.last(lin) and "/setlog " not in chat.last(lin)


async def test_what_was_done_from_private_is_taken_back_there_and_says_so(chat: Talk) -> None:
    li = chat.person("Li")
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, f"/mute {li} 1h", private=True)
    assert (chat.status(li), buttons(chat, chat.owner)[-1]) == ("restricted", "Take back")
    await chat.presses(chat.owner, "Take back", chat=chat.owner)
    assert chat.status(li) == "member"
    assert chat.last(chat.owner) == "Case 1 is taken back and no longer counts."
    assert "Take back" not in buttons(chat, chat.owner)


@pytest.mark.parametrize(
    ("fills", "asks", "told", "left"),
    [
        ("/addblocklist (casino, loan)", "/unblocklistall", "Done, 2 entries gone.", "The blocklist has 0"),
        ("/allowlist example.com", "/rmallowlistall", "Done, 1 entry gone.", "The allowlist has 0"),
    ],
)
async def test_a_list_is_emptied_from_private_by_the_button_of_the_question(
    chat: Talk, fills: str, asks: str, told: str, left: str
) -> None:
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, fills, private=True)
    await chat.says(chat.owner, asks, private=True)
    assert chat.last(chat.owner).startswith("▸ Test group\n")
    assert await chat.presses(chat.owner, "Empty it", chat=chat.owner) == told
    assert chat.last(chat.owner) == told
    assert "Empty it" not in buttons(chat, chat.owner)  # nor on another day
    await chat.says(chat.owner, asks, private=True)
    assert left in chat.last(chat.owner)


async def test_all_pins_go_from_private_by_the_button_of_the_question(chat: Talk) -> None:
    await chat.says(chat.owner, "/pin", reply_to=await chat.says(chat.person("Li"), "Open until nine"))
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/unpinall", private=True)
    assert "Unpin every message" in chat.last(chat.owner)
    await chat.presses(chat.owner, "Unpin all", chat=chat.owner)
    assert chat.room.pinned == []
    assert "Unpin all" not in buttons(chat, chat.owner)
    await chat.says(chat.owner, "/pinned")
    assert chat.last(chat.owner) == "I have not seen a pinned message here."


async def test_a_draw_is_called_off_from_private_by_the_button_of_the_question(chat: Talk) -> None:
    await chat.says(chat.owner, "/lottery Box x1 1h")
    await chat.says(chat.owner, "/connect")
    await chat.says(chat.owner, "/lottery cancel", private=True)
    assert chat.last(chat.owner).startswith("▸ Test group\nCall draw #1 off?")
    assert await chat.presses(chat.owner, "Call it off", chat=chat.owner) == "Draw #1 is called off."
    assert chat.rows("SELECT state FROM lottery") == [("void",)]
