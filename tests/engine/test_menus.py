"""Telegram's menus of commands, per scope."""

from __future__ import annotations

from groupbot.engine.menus import MOST, SCOPES, shown
from groupbot.engine.plugins import load


def test_every_scope_has_fewer_commands_than_telegram_takes() -> None:
    """Beyond a hundred Telegram refuses the whole menu; what is rare is told by /help alone."""
    commands = load().every_command
    sizes = {scope: len(shown(commands, scope)) for scope in SCOPES}
    assert {scope: n for scope, n in sizes.items() if not 1 <= n <= MOST} == {}
    assert sizes["admins"] > sizes["groups"]
    rare = {c.name for c in commands if c.rare}
    assert rare
    assert [c.name for s in SCOPES for c in shown(commands, s) if c.name in rare] == []
