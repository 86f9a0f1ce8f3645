"""/help: six lines for members, one screen by module for admins, every command in private."""

from __future__ import annotations

from groupbot.testing import Talk
from tests.dialogs.acting import buttons, member


async def test_help_is_one_screen_by_module_and_explains_itself_in_private(chat: Talk) -> None:
    mei = member(chat, "Mei")
    await chat.says(mei, "/help")
    assert len(chat.last().splitlines()) == 7
    await chat.says(chat.owner, "/help")
    screen = chat.last()
    assert "· 笔记:/save /get /notes /clear …" in screen.splitlines()
    assert len(screen) < 2200 and max(len(line) for line in screen.splitlines()) < 90
    await chat.presses(chat.owner, "更多")
    assert chat.last(chat.owner) == "Everything I can do, by module:"
    assert 20 <= len(buttons(chat, chat.owner)) <= 100
    await chat.presses(chat.owner, "Notes and filters", chat=chat.owner)
    lines = chat.last(chat.owner).splitlines()
    assert lines[0] == "Notes and filters: what the group wrote down"
    assert lines[1:3] == ["/save · Write a note down (admin)", "/save NAME TEXT (or reply to a message)"]
    await chat.presses(chat.owner, "Back", chat=chat.owner)
    assert chat.last(chat.owner) == "Everything I can do, by module:"
    # an admin who never started the bot is led there
    await chat.says(mei, "/start help_modules", private=True)
    assert chat.last(mei) == "Everything I can do, by module:"
