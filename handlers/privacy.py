"""/mydata, /forget, /quiet, /optout and /offers: people decide what the bot keeps of them."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Refusal, Router, Send, Tap, Work, reply, switched
from groupbot.engine.keeping import ask_erasure, ask_export, staying
from groupbot.features.journey import service as journey
from groupbot.features.ledger import service as ledger
from groupbot.features.log.domain import COPIES
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed
from groupbot.features.members.service.wishes import OFFERS, OPTOUT, QUIET
from groupbot.features.moving.domain.keeping import KEEP_DAYS, KEEP_TEXT
from groupbot.features.moving.service import rehearsing
from groupbot.features.ranks import service as ranks
from groupbot.features.roles import service as roles

router = Router(
    "privacy",
    about="What is kept of you, and how to have it gone",
    keeps="what you asked for, while the bot knows you; that somebody was forgotten, without who",
)


class Forget(Struct, frozen=True, tag="pv.forget"):
    """[Forget me]"""


def _person(cmd: Command) -> int:
    """Who asks; for a channel or the group itself nothing is kept."""
    if cmd.sender is None or cmd.message.sender_chat is not None or cmd.message.anonymous:
        raise Refusal("privacy/themselves")
    return cmd.sender.id


@router.command("mydata", about="What is kept of you, as a file", where="any", hidden=True, always=True)
def mydata(cmd: Command, work: Work) -> None:
    """A file to read and one for machines, in private."""
    person = members.alone(work, _person(cmd))
    if not ask_export(work, person):
        raise Refusal("privacy/under_way")
    reply(work, cmd, "privacy/preparing")


@router.command("forget", about="Have yourself forgotten", where="any", hidden=True, always=True)
def forget(cmd: Command, work: Work) -> None:
    """What would go and what would stay, with a button, in private."""
    person = members.alone(work, _person(cmd))
    work.say(
        Send(
            user=person,
            template="privacy/confirm",
            data=_account(work, person),
            buttons=((Button("forget", Forget()),),),
        )
    )
    if cmd.chat.type != "private":
        reply(work, cmd, "privacy/see_private")


@router.tap(Forget)
def forgotten(tap: Tap, work: Work) -> None:
    """The receipt, at once; the rest happens within a minute."""
    if tap.sender is None or tap.chat.id != tap.sender.id:
        raise Refusal("common/old_button")
    person = tap.sender.id
    data = _account(work, person)
    number = ask_erasure(work, person)
    work.say(Send(user=person, template="privacy/receipt", data={"number": number, **data}))
    work.say(Answer(query_id=tap.query_id, template="privacy/done", data={"number": number}))


def _account(work: Work, person: int) -> dict[str, object]:
    """What would be lost, and why what stays stays."""
    wallets = [{"title": title, "points": points} for title, points in ledger.wallets(work, person)]
    return {"wallets": [w for w in wallets if w["points"]], "stays": staying(work, person)}


@router.command(
    "quiet",
    about="No private messages and no mentions",
    where="any",
    usage="/quiet [off]",
    example="/quiet",
    hidden=True,
    always=True,
)
def quiet(cmd: Command, work: Work) -> None:
    """The bot writes to you only where you ask it something."""
    on = _on(cmd)
    members.wish(work, _person(cmd), QUIET, on)
    reply(work, cmd, "privacy/quiet", on=on)


@router.command(
    "optout",
    about="Not counted, on no list",
    where="any",
    usage="/optout [off]",
    example="/optout",
    hidden=True,
    always=True,
)
def optout(cmd: Command, work: Work) -> None:
    """From now on not in the statistics, not among the most active, in no sequence."""
    on = _on(cmd)
    if on:
        rehearsing.forget_of(work, _person(cmd))
    members.wish(work, _person(cmd), OPTOUT, on)
    if on:
        ranks.take_back(work, _person(cmd))
        journey.forget(work, _person(cmd))
        roles.forget(work, _person(cmd))
    reply(work, cmd, "privacy/optout", on=on)


@router.command(
    "offers",
    about="Offers in private: only if you say so",
    where="any",
    usage="/offers [on|off]",
    example="/offers on",
    hidden=True,
    always=True,
)
def offers(cmd: Command, work: Work) -> None:
    """Off for everybody who did not say on; taken back by one word too."""
    person = _person(cmd)
    if cmd.args.strip():
        members.wish(work, person, OFFERS, switched(cmd.args))
    reply(work, cmd, "privacy/offers", on=members.wishes.wants_offers(work, person))


@router.on(Changed)
def scope_grew(made: Changed, work: Work) -> None:
    """What is kept of members grew here: it is announced, with the way out."""
    if made.key == KEEP_TEXT.key and made.topic is None and made.value and not made.was:
        days = int(members.get(work, made.chat, KEEP_DAYS))
        work.say(Send(chat=made.chat, template="privacy/scope", data={"what": "text", "days": days}))
    elif made.key == COPIES.key and made.topic is None and made.value and not made.was:
        work.say(Send(chat=made.chat, template="privacy/scope", data={"what": "copies", "days": 0}))


def _on(cmd: Command) -> bool:
    return switched(cmd.args) if cmd.args.strip() else True
