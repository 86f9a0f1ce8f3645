"""/tag by reply, /market: the week of it, /relay: an answer back into the thread."""

from __future__ import annotations

import re

from groupbot import Answer, Command, Refusal, Router, Send, Tap, Work, person_of, reply, sender_of
from groupbot.features.market import service
from groupbot.features.market.domain import ON, Answering, kind_of
from groupbot.features.members import service as members

router = Router(
    "market",
    about="What staff tagged, told to who decides, and their answers",
    keeps="which message staff tagged as what, in staff's own words, who tagged and who answered; 90 days",
    settings=(ON,),
)
router.keeps_of(*service.KEPT, redraw=service.redraw)
_NUMBER = re.compile(r"#(\d{1,12})")


@router.command(
    "tag", about="Tag a message for who decides", who="admin", rare=True,
    usage="/tag question|complaint|stock|rival [WORDS] (or off), as an answer",
    example="/tag stock hawthorn 250 g",
)  # fmt: skip
def tag(cmd: Command, work: Work) -> None:
    """In staff's own words: the same words stand together in the digest. Nothing is tagged by itself."""
    message = cmd.message.reply_to
    if message is None:
        raise Refusal("common/usage")
    if cmd.args.strip().lower() == "off":
        service.drop(work, message)
        reply(work, cmd, "market/tagged", kind="", words="", number=0)
        return
    found = kind_of(cmd.args)
    if found is None:
        raise Refusal("common/usage")
    kind, words = found
    number = service.put(work, message, cmd.message.topic, kind, words, person_of(cmd) or 0)
    reply(work, cmd, "market/tagged", kind=kind, words=words, number=number)


@router.command("market", about="What staff tagged this week", who="admin", rare=True)
def market(cmd: Command, work: Work) -> None:
    """In private, with buttons to answer."""
    person = members.alone(work, sender_of(cmd))
    data, rows = service.here(work, work.chat)
    work.say(Send(user=person, template="market/digest", data=data, buttons=rows))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.tap(Answering)
def answering(tap: Tap, work: Work) -> None:
    """How to answer it: to be replied to."""
    assert isinstance(tap.data, Answering)
    if tap.sender is None:
        raise Refusal("common/old_button")
    data = service.asked(work, tap.data.number, tap.sender.id)
    private = tap.chat.type == "private"
    work.say(
        Send(
            chat=None if private else work.chat,
            user=tap.sender.id if private else None,
            template="market/ask",
            data=data,
            lifetime=None if private else 600,
        )
    )
    work.say(Answer(query_id=tap.query_id, template="market/asked", data={"number": tap.data.number}))


@router.command(
    "relay", about="Answer what staff tagged, in its thread", where="any", hidden=True,
    usage="/relay NUMBER TEXT", example="/relay 17 It is back on Friday.",
)  # fmt: skip
def relay(cmd: Command, work: Work) -> None:
    """For operators, who answers for the group, and its administrators. As an answer to what the button
    said the number may be left out; another one stands there with a #, since an answer may begin with one."""
    first, _, rest = cmd.args.strip().partition(" ")
    asked, plain = _asked(cmd.message.reply_text), first.lstrip("#")
    named = int(plain) if plain.isdecimal() and len(first) < 12 and rest.strip() else None
    if named is not None and (asked in (None, named) or first != plain):
        number, text = named, rest
    elif asked is None or not cmd.args.strip():
        raise Refusal("common/usage")
    else:
        number, text = asked, cmd.args
    title = service.answer(work, number, text, person_of(cmd) or 0)
    reply(work, cmd, "market/relayed", title=title, number=number)


def _asked(text: str) -> int | None:
    """Which tag a message is about: the number it begins with, or the only one in it."""
    found = _NUMBER.match(text)
    numbers = {found[1]} if found else set(_NUMBER.findall(text))
    return int(numbers.pop()) if len(numbers) == 1 else None


@router.every(seconds=600)
def weekly(work: Work) -> None:
    """The week before, on Monday morning."""
    service.tell(work)


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
