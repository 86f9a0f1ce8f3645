"""Commands here: which are off for members, whose messages go, how long short replies stay."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Work, reply, sender_of, switched
from groupbot.core.setting import switch_of
from groupbot.core.spans import leading
from groupbot.features.members import service as members
from groupbot.features.members.domain import (
    ADMIN_ERROR,
    CLEAN,
    CLEAN_KINDS,
    DISABLED,
    DISABLED_ADMINS,
    DISABLED_DROP,
    HABITS,
    KEPT_ON,
    REPLY_LIFE,
    Setting,
)

router = Router(
    "commands",
    about="Which commands there are here, and what stays of them",
    needs={"delete"},
    settings=HABITS,
)
habits = members.habits
router.condition(DISABLED)(habits.may_be_off)


def _disabled(cmd: Command, work: Work) -> None:
    chat = work.chat
    reply(
        work,
        cmd,
        "commands/disabled",
        names=sorted({*members.get(work, chat, DISABLED)} - KEPT_ON),
        drop=bool(members.get(work, chat, DISABLED_DROP)),
        admins=bool(members.get(work, chat, DISABLED_ADMINS)),
        change=not cmd.args,
    )


@router.command(
    "disable",
    about="Switch commands off for members",
    who="admin",
    right="info",
    usage="/disable COMMAND ...",
    example="/disable lottery points",
)
def disable(cmd: Command, work: Work) -> None:
    """Administrators keep them."""
    if cmd.args:
        habits.disable(work, work.chat, cmd.words, sender_of(cmd) or None, on=False)
    _disabled(cmd, work)


@router.command(
    "enable",
    about="Switch commands on again",
    who="admin",
    right="info",
    usage="/enable COMMAND ...",
    example="/enable lottery",
)
def enable(cmd: Command, work: Work) -> None:
    if not cmd.args:
        raise Refusal("common/usage")
    habits.disable(work, work.chat, cmd.words, sender_of(cmd) or None, on=True)
    _disabled(cmd, work)


@router.command("disabled", rare=True, about="Commands that are off here", who="admin")
def disabled(cmd: Command, work: Work) -> None:
    _disabled(cmd, work)


@router.command("disableable", rare=True, about="Commands that can be switched off", who="admin")
def disableable(cmd: Command, work: Work) -> None:
    names = sorted(c.name for c in work.me.commands if habits.can_be_disabled(c))
    reply(work, cmd, "commands/disableable", names=names)


def _switch(cmd: Command, work: Work, setting: Setting) -> None:
    """on or off; without a word the value is shown."""
    if cmd.args:
        on = switched(cmd.args)
        members.put(work, setting, on, chat=work.chat, by=sender_of(cmd) or None)
    reply(
        work,
        cmd,
        "commands/switch",
        about=setting.about,
        on=bool(members.get(work, work.chat, setting)),
        name=cmd.name,
        change=not cmd.args,
    )


@router.command(
    "disabledel",
    rare=True,
    about="Remove messages of disabled commands",
    who="admin",
    right="info",
    usage="/disabledel on|off",
    example="/disabledel on",
)
def disabledel(cmd: Command, work: Work) -> None:
    _switch(cmd, work, DISABLED_DROP)


@router.command(
    "disableadmin",
    rare=True,
    about="Disabled commands are off for administrators too",
    who="admin",
    right="info",
    usage="/disableadmin on|off",
    example="/disableadmin on",
)
def disableadmin(cmd: Command, work: Work) -> None:
    _switch(cmd, work, DISABLED_ADMINS)


@router.command(
    "adminerror",
    rare=True,
    about="Tell members that a command is for administrators",
    who="admin",
    right="info",
    usage="/adminerror on|off",
    example="/adminerror off",
)
def adminerror(cmd: Command, work: Work) -> None:
    _switch(cmd, work, ADMIN_ERROR)


def _kinds(cmd: Command) -> list[str]:
    kinds = [w.lower() for w in cmd.words]
    if not set(kinds) <= {*CLEAN_KINDS, "all"}:
        raise Refusal("common/usage")
    return [*CLEAN_KINDS] if "all" in kinds else kinds


@router.command(
    "cleancommand",
    about="Remove messages of commands",
    who="admin",
    right="info",
    usage="/cleancommand all|admin|user|other ...",
    example="/cleancommand user",
)
def cleancommand(cmd: Command, work: Work) -> None:
    """admin: commands of administrators; user: of everybody; other: of other bots."""
    if cmd.args:
        habits.change(work, work.chat, CLEAN, _kinds(cmd), sender_of(cmd) or None, out=False)
    _cleaned(cmd, work)


@router.command(
    "keepcommand",
    rare=True,
    about="Keep messages of commands",
    who="admin",
    right="info",
    usage="/keepcommand all|admin|user|other ...",
    example="/keepcommand all",
)
def keepcommand(cmd: Command, work: Work) -> None:
    if cmd.args:
        habits.change(work, work.chat, CLEAN, _kinds(cmd), sender_of(cmd) or None, out=True)
    _cleaned(cmd, work)


def _cleaned(cmd: Command, work: Work) -> None:
    reply(work, cmd, "commands/clean", kinds=sorted(members.get(work, work.chat, CLEAN)), change=not cmd.args)


@router.command(
    "replylife",
    rare=True,
    about="How long my short replies stay",
    who="admin",
    right="info",
    usage="/replylife 60s|off",
    example="/replylife 2m",
)
def replylife(cmd: Command, work: Work) -> None:
    """5 seconds to a day; off: until somebody removes them."""
    if cmd.args:
        span, rest = leading(cmd.args)
        seconds = (
            0 if switch_of(cmd.args) is False else int(span.total_seconds()) if span and not rest else -1
        )
        if seconds and not 5 <= seconds <= 86400:
            raise Refusal("common/usage")
        members.put(work, REPLY_LIFE, seconds, chat=work.chat, by=sender_of(cmd) or None)
    stays = int(members.get(work, work.chat, REPLY_LIFE))
    reply(work, cmd, "commands/life", seconds=stays, change=not cmd.args)
