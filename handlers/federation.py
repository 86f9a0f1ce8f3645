"""Lists shared between groups: bans of a federation, and what becomes of them here."""

from __future__ import annotations

from functools import partial

from groupbot import (
    Answer,
    Command,
    Edit,
    Event,
    Fetched,
    Joined,
    JoinRequest,
    Message,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
    reply,
    sender_of,
    switched,
)
from groupbot.core.effects import Ask
from groupbot.features.federation import service
from groupbot.features.federation.domain import QUIET, Act, Fed, Leave
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.moderation.domain.grammar import reason_of
from groupbot.features.moderation.service.whom import aimed

router = Router(
    "federation",
    about="A list of people who are not let in, shared between groups",
    needs={"restrict", "delete", "invite"},
    keeps="who is on a federation's list, as named then, by whom and why, until they are taken off it",
    settings=(QUIET,),
)
router.keeps_of(*service.KEPT, erase=service.erase)
REF = "fed:"
MET = (Message, Joined, JoinRequest)


@partial(router.guard, idle="fed.chats")
def met(event: Event, work: Work) -> bool:
    """Who is on the list of this group's federation is turned away."""
    kind = type(event)
    if kind is not Message and kind is not Joined and kind is not JoinRequest:
        return False
    assert isinstance(event, MET)
    return event.chat.type != "private" and service.met(work, event)


@router.every(seconds=1)
def carry(work: Work) -> bool:
    """A change of a list goes to the next groups."""
    return service.carry(work)


def its_fed(cmd: Command, work: Work, *, owner: bool = False) -> Fed:
    """The federation a command is about. Who keeps its list says so as themselves, never as a group."""
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("federation/not_yours", owner=owner)
    return service.meant(work, work.chat, cmd.chat.type == "private", cmd.sender.id, owner=owner)


@router.command(
    "fban",
    about="Put somebody on the federation's list",
    where="any",
    usage="/fban @NAME [REASON]",
    example="/fban @li sells accounts",
)
def fban(cmd: Command, work: Work) -> None:
    """By reply, name or id; for the federation's admins."""
    fed = its_fed(cmd, work)
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    reason = reason_of(found.rest)
    again = service.put(work, fed, found.actor, found.name, reason, sender_of(cmd))
    reply(work, cmd, "federation/banned", name=found.name, fed=fed.name, reason=reason, again=again)


@router.command(
    "unfban",
    about="Take somebody off the federation's list",
    where="any",
    usage="/unfban @NAME",
    example="/unfban @li",
)
def unfban(cmd: Command, work: Work) -> None:
    """What the list did in the groups is taken back."""
    fed = its_fed(cmd, work)
    found = aimed(work, cmd)
    if found is None:
        raise Refusal("common/usage")
    service.lift(work, fed, found.actor, found.name, sender_of(cmd))
    reply(work, cmd, "federation/lifted", name=found.name, fed=fed.name)


@router.command(
    "fbanlist",
    about="The federation's list as a file",
    where="any",
    hidden=True,
    usage="/fbanlist [csv|json]",
    example="/fbanlist json",
    aliases=("fedbans", "fedexport"),
)
def fbanlist(cmd: Command, work: Work) -> None:
    """In private, for the federation's admins."""
    fed = its_fed(cmd, work)
    form = cmd.args.lower() or "csv"
    if form not in ("csv", "json"):
        raise Refusal("common/usage")
    person = members.alone(work, sender_of(cmd))
    name, text, n = service.exported(work, fed, form)
    data = {"fed": fed.name, "n": n}
    if not n:
        raise Refusal("federation/no_list")
    work.say(Send(user=person, document=name, content=text, template="federation/list", data=data))


@router.command(
    "importfbans",
    about="Put a file's people on the federation's list",
    where="any",
    hidden=True,
    usage="/importfbans (reply to a file or to its lines)",
    example="/importfbans",
    aliases=("fedimport",),
)
def importfbans(cmd: Command, work: Work) -> None:
    """CSV or JSON: a file, or lines in the message replied to or behind the command."""
    fed = its_fed(cmd, work, owner=True)
    file = cmd.message.reply_media
    if file is not None and file[0] == "document":
        members.alone(work, fed.owner)
        work.say(Ask(chat=work.chat, file=file[1], ref=f"{REF}{fed.id}"))
        return
    n, bad = service.imported(work, fed, cmd.args or cmd.message.reply_text, sender_of(cmd))
    reply(work, cmd, "federation/imported", n=n, bad=bad, fed=fed.name)


@router.on(Fetched)
def fetched(event: Fetched, work: Work) -> None:
    """The file that /importfbans asked for; its federation's owner is told in private."""
    number = event.ref.removeprefix(REF)
    fed = service.fed(work, int(number)) if number != event.ref else None
    if fed is None:
        return
    try:
        n, bad = service.imported(work, fed, event.text, fed.owner)
    except Refusal as no:
        work.say(Send(user=fed.owner, template=no.template, data=no.data))
        return
    data = {"n": n, "bad": bad, "fed": fed.name}
    work.say(Send(user=fed.owner, template="federation/imported", data=data))


# --- the group
@router.command(
    "joinfed",
    about="Follow a federation's list here",
    who="owner",
    usage="/joinfed CODE",
    example="/joinfed 7KQ2M9XA",
)
def joinfed(cmd: Command, work: Work) -> None:
    if not cmd.args:
        raise Refusal("common/usage")
    fed = service.join(work, work.chat, cmd.args, sender_of(cmd))
    reply(work, cmd, "federation/joined", fed=fed.name, flags=members.human_decides(work, work.chat))


@router.command("leavefed", about="Follow no list here any more", who="owner", hidden=True)
def leavefed(cmd: Command, work: Work) -> None:
    reply(work, cmd, "federation/left", fed=service.leave(work, work.chat, sender_of(cmd)).name)


@router.command("chatfed", about="The federation of this group", hidden=True)
def chatfed(cmd: Command, work: Work) -> None:
    fed = service.of_chat(work, work.chat)
    if fed is None:
        raise Refusal("federation/none")
    reply(work, cmd, "federation/info", **service.about(work, fed))


def _switch(cmd: Command, work: Work, setting: Setting) -> None:
    if cmd.args:
        on = switched(cmd.args)
        members.put(work, setting, on, chat=work.chat, by=sender_of(cmd))
    reply(
        work,
        cmd,
        "federation/switch",
        name=cmd.name,
        about=setting.about,
        active=bool(members.get(work, work.chat, setting)),
    )


@router.command(
    "quietfed",
    about="No line here when the federation's list acts",
    who="admin",
    right="info",
    hidden=True,
    usage="/quietfed on|off",
    example="/quietfed on",
)
def quietfed(cmd: Command, work: Work) -> None:
    _switch(cmd, work, QUIET)


def _decided(tap: Tap, work: Work, chat: int, person: int, *, ban: bool) -> None:
    assert tap.sender is not None
    name = service.decided(work, chat, person, tap.sender.id, ban=ban)
    work.say(Answer(query_id=tap.query_id))
    work.say(
        Edit(
            user=tap.sender.id,
            ref=f"fed:{chat}:{person}:{tap.sender.id}",
            template="federation/decided",
            data={"name": name, "ban": ban},
        )
    )


@router.tap(Act, who="admin", right="restrict", bot_right="restrict")
def act(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Act)
    _decided(tap, work, tap.data.chat, tap.data.person, ban=True)


@router.tap(Leave, who="admin", right="restrict")
def let(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Leave)
    _decided(tap, work, tap.data.chat, tap.data.person, ban=False)
