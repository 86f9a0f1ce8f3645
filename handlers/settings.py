"""/settings: every setting of the group, by menu in private and by command."""

from __future__ import annotations

from groupbot import Answer, Command, Refusal, Router, Tap, Work, person_of, reply, sender_of
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE
from groupbot.features.members.service import choosing

router = Router("settings", about="Every setting of the group, and why it is so")


@router.command(
    "settings",
    about="The settings of this group",
    who="admin",
    right="info",
    usage="/settings [why] [here] [KEY [VALUE|default|+ ITEM|- ITEM]]",
    example="/settings rules_burst 12",
)
def settings(cmd: Command, work: Work) -> None:
    """Without words the menu, in private; `why` names the level that gave a value; `here` sets a topic's."""
    words = cmd.args.split(None, 1)
    person = person_of(cmd) or 0
    if not words:
        choosing.open_menu(work, work.chat, members.alone(work, person), cmd.message.message_id)
        if work.away is None:
            reply(work, cmd, "members/see_private")
        return
    verb, rest = words[0].lower(), words[1] if len(words) > 1 else ""
    topic = cmd.message.topic
    if verb == "why":
        found = choosing.describe(work, work.chat, choosing.find(work, rest), topic)
        reply(work, cmd, "settings/why", **found)
        return
    if verb == "here":
        if topic is None:
            raise Refusal("settings/no_topic")
        verb, _, rest = rest.partition(" ")
    else:
        topic = None
    setting = choosing.find(work, verb)
    if not rest.strip():
        reply(work, cmd, "settings/value", **choosing.describe(work, work.chat, setting, topic))
        return
    done = choosing.change(work, work.chat, setting, rest, topic=topic, by=sender_of(cmd) or None)
    reply(work, cmd, "settings/changed", **done)


@router.command(
    "language",
    rare=True,
    about="The language I speak here",
    who="admin",
    right="info",
    aliases=("setlang",),
    usage="/language [zh|en]",
    example="/language en",
)
def language(cmd: Command, work: Work) -> None:
    if cmd.args:
        done = choosing.change(work, work.chat, LANGUAGE, cmd.args.lower(), by=sender_of(cmd) or None)
        reply(work, cmd, "settings/changed", **done)
    else:
        reply(work, cmd, "settings/value", **choosing.describe(work, work.chat, LANGUAGE))


def _who(tap: Tap) -> int:
    assert tap.sender is not None
    return tap.sender.id


@router.tap(choosing.Home, who="admin", right="info")
def home(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, choosing.Home)
    choosing.show_home(work, tap.data, _who(tap))


@router.tap(choosing.Module, who="admin", right="info")
def module(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, choosing.Module)
    choosing.show_module(work, tap.data, _who(tap))


@router.tap(choosing.Look, who="admin", right="info")
def look(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, choosing.Look)
    choosing.show_setting(work, tap.data, _who(tap))


@router.tap(choosing.Pick, who="admin", right="info")
def pick(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, choosing.Pick)
    done = choosing.pick(work, tap.data, _who(tap))
    work.say(Answer(query_id=tap.query_id, template="settings/picked", data=done))
