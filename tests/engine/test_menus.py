"""Telegram's menus of commands, per scope."""

from __future__ import annotations

from pathlib import Path

from groupbot.engine.menus import MOST, SCOPES, shown
from groupbot.engine.plugins import load
from groupbot.testing import TOKEN, Talk, conversation


def told(chat: Talk, scope: str) -> dict[str, str]:
    """What Telegram shows for a scope and language: commands and their words."""
    return {c["command"]: c["description"] for c in chat.world.bots[TOKEN].commands[scope]}


def test_every_scope_has_fewer_commands_than_telegram_takes() -> None:
    """Beyond a hundred Telegram refuses the whole menu; what is rare is told by /help alone."""
    commands = load().every_command
    sizes = {scope: len(shown(commands, scope)) for scope in SCOPES}
    assert {scope: n for scope, n in sizes.items() if not 1 <= n <= MOST} == {}
    assert sizes["admins"] > sizes["groups"]
    rare = {c.name for c in commands if c.rare}
    assert rare
    assert [c.name for s in SCOPES for c in shown(commands, s) if c.name in rare] == []


async def test_telegram_is_told_each_menu_in_both_languages_and_once(tmp_path: Path) -> None:
    async with conversation(tmp_path, told_menus=True) as chat:
        menus = chat.world.bots[TOKEN].commands
        scopes = ("all_group_chats", "all_chat_administrators", "all_private_chats")
        assert sorted(menus) == sorted(f"{s}:{language}" for s in scopes for language in ("", "zh"))
        for scope in scopes:
            english, chinese = told(chat, f"{scope}:"), told(chat, f"{scope}:zh")
            assert list(english) == list(chinese)
            assert (english["help"], chinese["help"]) == ("What I can do", "我能做什么")
        groups, admins, private = (set(told(chat, f"{s}:zh")) for s in scopes)
        assert ("ban" in groups, "ban" in admins, "ban" in private) == (False, True, False)
        assert ("rules" in groups, "rules" in admins, "rules" in private) == (True, True, False)
        menus.clear()
        await chat.restarts()
        assert menus == {}  # what did not change is not told again
