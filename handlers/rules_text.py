"""/setrules and its kin: the rules in the group's own words."""

from __future__ import annotations

from groupbot import Command, Router, Work, reply, sender_of, switched
from groupbot.core.fillings import marked
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started
from groupbot.features.rules.service import wording

router = Router(
    "rules_text", about="The rules in the group's own words", settings=(wording.PRIVATE, wording.BUTTON)
)


@router.on(Started)
def started(event: Started, work: Work) -> None:
    wording.started(work, event.person, event.payload)


@router.command(
    "setrules",
    about="Write the rules of this group",
    who="admin",
    right="info",
    usage="/setrules TEXT (or reply to a message)",
    example="/setrules 1. Be *kind*.",
)
def setrules(cmd: Command, work: Work) -> None:
    """Formatting and buttons as in notes; with nothing to write it shows what is written."""
    m = cmd.message
    said = marked(m.text, m.marks).split(None, 1)
    text = said[1] if len(said) > 1 else marked(m.reply_text, m.reply_marks)
    if text.strip():
        wording.write(work, work.chat, text, sender_of(cmd) or None)
        reply(work, cmd, "rules/written", active=True)
    else:
        reply(work, cmd, "rules/source", text=wording.source(work, work.chat))


@router.command(
    "resetrules",
    rare=True,
    about="No rules in words any more",
    who="admin",
    right="info",
    aliases=("clearrules",),
)
def resetrules(cmd: Command, work: Work) -> None:
    wording.reset(work, work.chat, sender_of(cmd) or None)
    reply(work, cmd, "rules/written", active=False)


@router.command(
    "privaterules",
    rare=True,
    about="The rules are shown in private: on or off",
    who="admin",
    right="info",
    usage="/privaterules on|off",
    example="/privaterules on",
)
def privaterules(cmd: Command, work: Work) -> None:
    if cmd.args:
        on = switched(cmd.args)
        members.put(work, wording.PRIVATE, on, chat=work.chat, by=sender_of(cmd) or None)
    _state(cmd, work)


@router.command(
    "setrulesbutton",
    about="The words on the button of the rules",
    who="admin",
    right="info",
    hidden=True,
    usage="/setrulesbutton WORDS",
    example="/setrulesbutton Our rules",
)
def setrulesbutton(cmd: Command, work: Work) -> None:
    if cmd.args:
        wording.set_button(work, work.chat, cmd.args, sender_of(cmd) or None)
    _state(cmd, work)


@router.command(
    "resetrulesbutton", about="The usual words on the button", who="admin", right="info", hidden=True
)
def resetrulesbutton(cmd: Command, work: Work) -> None:
    wording.set_button(work, work.chat, "", sender_of(cmd) or None)
    _state(cmd, work)


def _state(cmd: Command, work: Work) -> None:
    private = bool(members.get(work, work.chat, wording.PRIVATE))
    reply(work, cmd, "rules/shown_how", private=private, label=wording.label(work, work.chat))
