"""Antiraid: whoever comes in while it is on does not stay, and comes back in one act."""

from __future__ import annotations

from groupbot import (
    Answer,
    BotStanding,
    Command,
    Event,
    Joined,
    JoinRequest,
    Message,
    Refusal,
    Router,
    Tap,
    Work,
    reply,
    sender_of,
)
from groupbot.features.guarding.domain import acts, taps
from groupbot.features.guarding.domain.settings import RAIDS
from groupbot.features.guarding.service import KEPT, channels, raids, waves
from groupbot.features.log import service as log
from groupbot.features.log.domain import Record
from groupbot.features.moderation.service import call_channel
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import HAND, Removed, Settled
from groupbot.features.rules.service.limits import word
from groupbot.features.rules.service.sanctions import banned

router = Router(
    "guarding",
    about="Protection from raids and posting channels",
    needs={"delete", "restrict"},
    keeps="raids with whom they kept out, 180 days",
    settings=RAIDS,
)
router.keeps_of(*KEPT)


@router.guard
def guard(event: Event, work: Work) -> bool:
    """Joins, requests and words of a raid, and channels that may not post, go no further."""
    kind = type(event)
    if kind is Message:
        assert isinstance(event, Message)
        if not waves.said(work, event) and (event.sender_chat is None or not _spoke(work, event)):
            return False
        work.emit(Removed(work.chat, (event.message_id,)))
        return True
    if kind is Joined:
        assert isinstance(event, Joined)
        return waves.joined(work, event)
    return isinstance(event, JoinRequest) and waves.asked(work, event)


def _spoke(work: Work, event: Message) -> bool:
    """A channel that may not post: its message goes, with a case."""
    if not channels.unwelcome(work, event):
        return False
    assert event.sender_chat is not None
    why = channels.rest_of_album(work, event)
    if why:  # one album, one case
        channels.put_away(work, event, why)
        return True
    case = rules.by_rule(
        work,
        work.chat,
        (acts.CHANNELS, acts.VERSION),
        "ban" if channels.goes(work) else "remove",
        event.sender_chat.id,
        matched=event.visible,
        carrier=event.kind,
        message_id=event.message_id,
    )
    channels.put_away(work, event, case.why)
    call_channel(work, event.sender_chat.id, event.sender_chat.title)
    return True


# --- the record of raids
@router.on(acts.Began)
def began(made: acts.Began, work: Work) -> None:
    """A raid is a case, whoever switched antiraid on."""
    carrier = acts.carrier(made.number)
    if made.by is None:
        rule = (acts.RAID, acts.VERSION)
        case = rules.by_rule(work, made.chat, rule, "raid", 0, carrier=carrier, until=made.until)
    else:
        case = rules.by_hand(work, made.chat, "raid", 0, made.by, carrier=carrier, until=made.until)
        record = Record(
            made.chat, "admin", "raid", work.now, made.by, number=case.number, id=case.id, until=made.until
        )
        log.note(work, record)
    raids.recorded(work, made.chat, made.raid, case.number)


@router.on(acts.Turned)
def turned(made: acts.Turned, work: Work) -> None:
    """The group is closed or open: on record, with who or which hours did it."""
    category = "admin" if made.by else "automated"
    log.note(work, Record(made.chat, category, made.act, work.now, made.by or None, text=made.hours))


@router.on(acts.Over)
def over(made: acts.Over, work: Work) -> None:
    text = f"{made.n} + {made.requests}"
    log.note(work, Record(made.chat, "automated", "raid_off", work.now, text=text, number=made.case))


@router.on(acts.TakenBack)
def taken_back(made: acts.TakenBack, work: Work) -> None:
    if made.case:
        rules.counts_no_more(work, rules.by_number(work, made.chat, made.case), made.by)
    log.note(
        work,
        Record(made.chat, "admin", "raid_undone", work.now, made.by, text=str(made.n), number=made.case),
    )


@router.on(Settled)
def settled(made: Settled, work: Work) -> None:
    """The case of a raid is taken back: so is the raid."""
    number = acts.raid_of(made.case.carrier)
    if made.result == "undone" and number and made.case.rule in (acts.RAID, HAND):
        try:
            raids.undo(work, made.case.chat, number, made.by, banned)
        except Refusal:  # it was, before its case
            return


@router.on(BotStanding)
def rights(event: BotStanding, work: Work) -> None:
    waves.rights_changed(work, event)


@router.every(seconds=1)
def sweep(work: Work) -> bool:
    return waves.sweep(work)


@router.every(seconds=3600)
def forget(work: Work) -> None:
    waves.forget(work)


def _show(cmd: Command, work: Work) -> None:
    reply(work, cmd, "guarding/raid", **raids.now(work, work.chat))


@router.command(
    "antiraid",
    about="Keep newcomers out for a while",
    who="admin",
    right="restrict",
    usage="/antiraid [3h|on|off]",
    example="/antiraid 3h",
)
def antiraid(cmd: Command, work: Work) -> None:
    """On for a span, or off."""
    if cmd.args:
        on = word(cmd.args)
        if on is False:
            raids.stop(work, work.chat)
        else:
            length = None if on else raids.length_of(cmd.args)
            raids.start(work, work.chat, length, sender_of(cmd))
    _show(cmd, work)


@router.command(
    "raidtime",
    rare=True,
    about="How long antiraid stays on",
    who="admin",
    right="restrict",
    usage="/raidtime 6h",
    example="/raidtime 3h",
)
def raid_time(cmd: Command, work: Work) -> None:
    """Where nobody said otherwise."""
    if cmd.args:
        raids.set_time(work, work.chat, cmd.args, sender_of(cmd))
    _show(cmd, work)


@router.command(
    "raidactiontime",
    rare=True,
    about="How long a raid's people stay out",
    who="admin",
    right="restrict",
    usage="/raidactiontime 1h|kick",
    example="/raidactiontime 12h",
)
def action_time(cmd: Command, work: Work) -> None:
    """With `kick` they may come back after a minute."""
    if cmd.args:
        raids.set_action(work, work.chat, cmd.args, sender_of(cmd))
    _show(cmd, work)


@router.command(
    "autoantiraid",
    rare=True,
    about="Antiraid by itself, from so many joins a minute",
    who="admin",
    right="restrict",
    usage="/autoantiraid N|off",
    example="/autoantiraid 15",
)
def auto(cmd: Command, work: Work) -> None:
    """In dealer and store groups those responsible are asked instead."""
    if cmd.args:
        off = word(cmd.args) is False
        if not off and not (cmd.args.isdecimal() and len(cmd.args) < 6):
            raise Refusal("common/usage")
        raids.set_auto(work, work.chat, 0 if off else int(cmd.args), sender_of(cmd))
    _show(cmd, work)


@router.command(
    "raidundo",
    rare=True,
    about="Let everybody back in whom a raid kept out",
    who="admin",
    right="restrict",
    bot_right="restrict",
    usage="/raidundo [NUMBER]",
    example="/raidundo 2",
)
def undo(cmd: Command, work: Work) -> None:
    """All bans of one raid, in one act."""
    if cmd.args and not (cmd.args.isdecimal() and len(cmd.args) < 9):
        raise Refusal("common/usage")
    number = int(cmd.args) if cmd.args else None
    reply(work, cmd, "guarding/raid_undone", **raids.undo(work, work.chat, number, sender_of(cmd), banned))


@router.tap(taps.Undo, who="admin", right="restrict", bot_right="restrict")
def take_back(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, taps.Undo) and tap.sender is not None
    done = raids.undo(work, tap.data.chat, tap.data.number, tap.sender.id, banned)
    work.say(Answer(query_id=tap.query_id, template="guarding/raid_undone", data=done, alert=True))


@router.tap(taps.Stop, who="admin", right="restrict")
def stop(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, taps.Stop)
    raids.stop(work, tap.data.chat)
    work.say(Answer(query_id=tap.query_id, template="guarding/raid_off"))


@router.tap(taps.Start, who="admin", right="restrict")
def begin(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, taps.Start) and tap.sender is not None
    raids.start(work, tap.data.chat, None, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="guarding/raid_started"))


@router.tap(taps.Out, who="admin", right="restrict", bot_right="restrict")
def send_away(tap: Tap, work: Work) -> None:
    """A person decides about those who came in."""
    assert isinstance(tap.data, taps.Out) and tap.sender is not None
    n = raids.sent_away(work, tap.data.chat, tap.data.number, tap.sender.id)
    data = {"n": n, "number": tap.data.number}
    work.say(Answer(query_id=tap.query_id, template="guarding/raid_sent_away", data=data, alert=True))


@router.command(
    "channels",
    about="May channels post here as themselves",
    who="admin",
    right="restrict",
    usage="/channels on|off|allow ID|drop ID",
    example="/channels off",
    aliases=("antichannel",),
)
def posting(cmd: Command, work: Work) -> None:
    """The linked channel always may, and those that are allowed."""
    words = cmd.words
    if words and words[0].lower() in ("allow", "drop"):
        channel = channels.number("".join(words[1:]))
        channels.allow(work, work.chat, channel, sender_of(cmd), gone=words[0].lower() == "drop")
    elif words:
        on = word(cmd.args)
        if on is None:
            raise Refusal("common/usage")
        channels.switch(work, work.chat, on, sender_of(cmd))
    reply(work, cmd, "guarding/channels", **channels.now(work, work.chat))
