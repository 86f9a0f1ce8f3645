"""/qr: named links of counters and shifts to print; /invite: a member's own link and what it brought."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot import (
    Answer,
    Button,
    Command,
    Edit,
    Invited,
    Joined,
    Left,
    Refusal,
    Router,
    Tap,
    Work,
    person_of,
    reply,
    sender_of,
)
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
    keeps="who asked for which link, and whom a member brought, until /forget; who came to me by a member's"
    " own link, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)
PAGE = 60  # codes of one message: 60 of the longest names are 3,600 letters


class Codes(Struct, frozen=True, tag="iv.page"):
    """Another page of the list of a group that was asked for in message `by`, there or in private."""

    chat: int
    page: int
    by: int


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
        asked = cmd.message.message_id
        found = _codes(work, 0, asked)
        reply(
            work, cmd, found["template"], lifetime=300, ref=_ref(work, asked), buttons=found["buttons"],
            **found["data"],
        )  # fmt: skip
        return
    head, _, rest = words.partition(" ")
    if head.lower() in ("off", "停"):
        if not rest.strip():
            raise Refusal("common/usage")
        reply(work, cmd, "invites/withdrawn", name=service.off(work, *_named(rest)))
        return
    by = person_of(cmd)
    if by is not None:
        members.alone(work, by)  # it goes there, or says how to open the door
    service.printed(work, *_named(words), by or 0, cmd.message.message_id)


@router.tap(Codes, who="admin", right="invite")
def codes(tap: Tap, work: Work) -> None:
    """Another page of the codes."""
    assert isinstance(tap.data, Codes)
    assert tap.sender is not None
    person = tap.sender.id if tap.chat.type == "private" else None
    work.chat = chat = tap.data.chat
    found, ref = _codes(work, tap.data.page, tap.data.by), _ref(work, tap.data.by)
    work.say(Edit(user=person, chat=None if person else chat, ref=ref, **found))
    work.say(Answer(query_id=tap.query_id))


def _named(words: str) -> tuple[str, str]:
    """Counter and shift."""
    counter, _, shift = words.partition("/")
    return counter, shift


def _ref(work: Work, by: int) -> str:
    return f"invites.codes:{work.chat}:{by}"


def _codes(work: Work, page: int, by: int) -> dict[str, Any]:
    """Template, data and buttons of a page."""
    came = {s.source: s for s in reports.sources(work, work.chat)}
    rows = service.counters(work, work.chat)
    pages = max(1, -(-len(rows) // PAGE))
    page = max(0, min(page, pages - 1))
    lines = [_counted(r.name, came.get(r.name)) for r in rows[page * PAGE : (page + 1) * PAGE]]
    turns = [Button("back", Codes(work.chat, page - 1, by))] if page else []
    turns += [Button("next", Codes(work.chat, page + 1, by))] if page + 1 < pages else []
    return {
        "template": "invites/counters",
        "data": {"lines": lines, "page": page + 1, "pages": pages},
        "buttons": (tuple(turns),) if turns else (),
    }


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
