"""The spam score: what newcomers write first, looked at; people teach it by one command."""

from __future__ import annotations

from groupbot import Command, Delete, Message, Refusal, Router, Work, reply, sender_of
from groupbot.features.members import service as members
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Removed
from groupbot.features.rules.domain.checks import BY_ID
from groupbot.features.rules.domain.fold import fold
from groupbot.features.rules.service.policy import idle
from groupbot.features.spam import service
from groupbot.features.spam.domain.settings import FIRST, ID, MODES, TRAIN

router = Router(
    "spam",
    about="Adverts of newcomers",
    needs={"delete"},
    keeps="hashed features of messages taught or judged, 30 days, and what was learnt of them, a year; "
    "how many messages of a newcomer were heard, a year; never text",
)
router.keeps_of(*service.KEPT)


def _replied(cmd: Command) -> tuple[int, str, str]:
    """The message replied to: its id, its text, the text folded."""
    m = cmd.message
    if m.reply_to is None or not m.reply_text.strip():
        raise Refusal("spam/nothing")
    return m.reply_to, m.reply_text, fold(m.reply_text)


def _ours(m: Message, work: Work) -> bool:
    """Does the message replied to speak for the group: its staff by name or unnamed, its channel, the bot?"""
    if m.reply_automatic or (m.reply_chat is not None and m.reply_chat.id == m.chat.id):
        return True
    author = m.reply_person
    return author is not None and (author.id == work.bot_id or members.is_staff(work, work.chat, author.id))


@router.command(
    "spam", about="This message is an advert (reply)", who="admin", right="delete", bot_right="delete"
)
def spam(cmd: Command, work: Work) -> None:
    """Takes the message away and remembers what it looks like."""
    message, text, folded = _replied(cmd)
    if _ours(cmd.message, work):
        raise Refusal("spam/staff")
    score = service.teach(work, work.chat, message, text, folded, spam=True)
    by = sender_of(cmd)
    work.say(Delete(chat=work.chat, messages=(message,), why=f"/spam by {by}"))
    work.emit(Removed(work.chat, (message,)))
    work.emit(Acted(work.chat, "delete", by, messages=1))
    reply(work, cmd, "spam/learned", spam=True, score=round(100 * score), removed=True)


@router.command("ham", about="This message is no advert (reply)", who="admin", right="delete")
def ham(cmd: Command, work: Work) -> None:
    """Remembers that messages like this are welcome; its author is looked at no more."""
    message, text, folded = _replied(cmd)
    score = service.teach(work, work.chat, message, text, folded, spam=False)
    if cmd.message.reply_person is not None:
        service.trust(work, work.chat, cmd.message.reply_person.id)
    reply(work, cmd, "spam/learned", spam=False, score=round(100 * score), removed=False)


@router.command("spamscore", rare=True, about="How much a message looks like an advert (reply)", who="admin")
def spamscore(cmd: Command, work: Work) -> None:
    """The score of a message and its strongest causes; changes nothing."""
    _, text, folded = _replied(cmd)
    score, threshold, reasons = service.explained(work, work.chat, text, folded)
    reply(
        work,
        cmd,
        "spam/score",
        score=round(100 * score, 1),
        threshold=round(100 * threshold, 1),
        advert=score >= threshold,
        reasons=[{"what": r.what, "weight": r.weight, "shown": r.shown} for r in reasons],
    )


@router.command(
    "spammode",
    rare=True,
    about="Look out for adverts of newcomers: on, off, train",
    who="admin",
    right="delete",
    usage="/spammode [on|off|train]",
    example="/spammode train",
)
def spammode(cmd: Command, work: Work) -> None:
    """Without an argument says what holds; train only notes, nothing is touched."""
    by = sender_of(cmd) or None
    asked = cmd.args.strip().lower()
    if asked and asked not in MODES:
        raise Refusal("common/usage")
    if asked:
        members.put(work, TRAIN, asked == "train", chat=work.chat, by=by)
        rules.switch(work, work.chat, ID, asked != "off", by)
    on = members.get(work, work.chat, BY_ID[ID].setting)
    mode = "off" if not on else "train" if members.get(work, work.chat, TRAIN) else "on"
    reply(
        work,
        cmd,
        "spam/mode",
        mode=mode,
        first=members.get(work, work.chat, FIRST),
        idle=idle(work, work.chat) if mode == "on" else "",
    )


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets what is old."""
    service.sweep(work)
