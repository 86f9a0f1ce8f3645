"""Command menus by scope and language, told to Telegram when they changed."""

from __future__ import annotations

from groupbot.core.effects import Menu
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import digest
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import Work

_SCOPES = ("groups", "admins", "private")
MOST = 100  # commands Telegram takes for one scope


def menus(work: Work, content: Content) -> bool:
    """Say the menus that differ from those told last; True when there were any."""
    told = work.notes("menus", 0)
    changed = False
    for scope in _SCOPES:
        for language in content.languages:
            lines = tuple(
                (c.name, content.gettext(language, c.about)[:250])
                for c in work.me.commands
                if not c.hidden and c.about and _belongs(c, scope)
            )[:MOST]
            code = "" if language == "en" else language
            mark = digest(repr((work.me.id, lines)))
            if lines and told.get(f"{scope}:{code}") != mark:
                work.say(Menu(commands=lines, scope=scope, language=code, cause="menus"))
                told.set(f"{scope}:{code}", mark)
                changed = True
    return changed


def _belongs(command: CommandRoute, scope: str) -> bool:
    if scope == "private":
        return command.where in ("private", "any") and command.who == "anyone"
    if command.where == "private":
        return False
    return command.who == "anyone" or (scope == "admins" and command.who in ("admin", "owner"))
