"""/qr: named links of counters and shifts to print; /invite: a member's own link and what it brought."""

from __future__ import annotations

from groupbot import Command, Invited, Joined, Left, Refusal, Router, Work, person_of, reply, sender_of
from groupbot.features.engagement import reports
from groupbot.features.engagement import service as engagement
from groupbot.features.invites import service
from groupbot.features.invites.domain import SETTINGS
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

router = Router(
    "invites",
    about="Links by counter and shift as printable QR; members' own links and their friends",
    needs={"invite"},
    keeps="who asked for which link, and whom a member brought, as long as the group is looked after;"
    " who came to me by a member's own link, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.command(
    "qr",
    about="A printable QR by counter and shift, and who came by it",
    who="admin",
    rare=True,
    right="invite",
    bot_right="invite",
    usage="/qr [COUNTER [/ SHIFT] | off NAME]",
    example="/qr Till 1 / morning",
)
def qr(cmd: Command, work: Work) -> None:
    """Without words the list with counts; the picture and the page to print come in private."""
    words = cmd.args.strip()
    if not words:
        found = {s.source: s for s in reports.sources(work, work.chat)}
        lines = [_counted(r.name, found.get(r.name)) for r in service.counters(work, work.chat)]
        reply(work, cmd, "invites/counters", lifetime=300, lines=lines)
        return
    head, _, rest = words.partition(" ")
    if head.lower() in ("off", "停") and rest.strip():
        service.off(work, rest)
        reply(work, cmd, "invites/withdrawn", name=rest.strip()[:32])
        return
    by = person_of(cmd)
    if by is not None:
        members.alone(work, by)  # it goes there, or says how to open the door
    counter, _, shift = words.partition("/")
    service.printed(work, counter, shift, by or 0, cmd.message.message_id)


def _counted(name: str, found: reports.Source | None) -> dict[str, object]:
    if found is None:
        return {"name": name, "came": 0, "here": 0, "spoke": 0}
    return {"name": name, "came": found.came, "here": found.here, "spoke": found.spoke}


@router.command("invite", about="A link of your own to invite friends", words=("邀请",), bot_right="invite")
def invite(cmd: Command, work: Work) -> None:
    """The link and how it fares; in private where the bot may write there."""
    person = person_of(cmd)
    if person is None or sender_of(cmd) == 0:
        raise Refusal("invites/people_only")
    service.mine(work, person, cmd.message.message_id)


@router.on(Invited)
def invited(event: Invited, work: Work) -> None:
    service.arrived(work, event)


@router.on(Joined)
def joined(event: Joined, work: Work) -> None:
    service.came(work, event)


@router.on(Started)
def started(event: Started, work: Work) -> None:
    service.followed(work, event)


@router.on(Left)
def left(event: Left, work: Work) -> None:
    service.left(work, event)


@router.every(seconds=300)
def settle(work: Work) -> bool:
    """Friends whose time is up: rewarded once, or not, and why."""
    return service.settle(work, engagement.took_part, lambda w, chat, who, _: engagement.hired(w, chat, who))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
