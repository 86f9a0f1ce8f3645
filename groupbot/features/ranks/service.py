"""Giving and taking tags: looked at now and then, said through the outbox, never more than a day allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Tag
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.ranks import domain, store
from groupbot.features.ranks.domain import Rank

KEPT = store.KEPT
Board = dict[int, int]


def boards(work: Work) -> dict[int, Board]:
    """Points by person of each chat that shows ranks, and nobody's of one that did; to be asked beside the
    writer."""
    found: dict[int, Board] = {int(r.chat_id): {} for r in work.sql.all(store.CHATS)}
    for profile in members.profiles(work):
        chat, by = profile.chat, members.get(work, profile.chat, domain.BY)
        if by == "off":
            continue
        since = ledger.month_start(work, chat) if by == "season" else None
        found[chat] = dict(ledger.board(work, chat, since))
    return found


def give(boards: dict[int, Board], work: Work) -> int:
    """Say the tags that ought to change; how many were said."""
    return sum(_give(work, chat, points) for chat, points in boards.items())


def _give(work: Work, chat: int, points: Board) -> int:
    if "tags" not in (members.bot_rights(work, chat) or ()):
        return 0
    rows: Any = work.sql.all(store.GIVEN, chat=chat)
    given = {r.person_id: r.tag for r in rows}
    for person in [p for p in given if members.is_staff(work, chat, p)]:  # theirs is a title now
        work.sql.run(store.GONE, chat=chat, person=person)
        del given[person]
    if members.get(work, chat, domain.BY) == "off":  # switched off since the boards were read
        points = {}
    who = {
        p: n
        for p, n in points.items()
        if members.is_here(work, chat, p) and not members.is_staff(work, chat, p)
    }
    day = work.now - timedelta(days=1)
    left = int(members.get(work, chat, domain.DAILY)) - sum(r.at > day for r in rows)
    made = domain.changes(who, ranks(work, chat), given, left)
    for person, name in made:
        _say(work, chat, person, name)
    return len(made)


def _say(work: Work, chat: int, person: int, name: str) -> None:
    work.say(Tag(chat=chat, member=person, label=name, why="rank by points"))
    if name:
        work.sql.run(store.KEEP, chat_id=chat, person_id=person, tag=name, at=work.now)
    else:
        work.sql.run(store.GONE, chat=chat, person=person)


def ranks(work: Work, chat: int) -> tuple[Rank, ...]:
    """The ranks of a chat, the lowest first: its own, else those of the template in its language."""
    own = members.get(work, chat, domain.NAMES)
    if own or work.content is None:
        return domain.ranks_of(own)
    lang = members.voice(work, chat, None)[0]
    return domain.ranks_of(work.content.render("ranks/names", lang, {}).formatted.text.splitlines())


def of(work: Work, chat: int, person: int) -> str:
    """The rank somebody's tag shows; "" for none."""
    row = work.sql.first(store.TAG, chat=chat, person=person)
    return str(row.tag) if row is not None else ""


def left(work: Work, chat: int, person: int) -> None:
    """Who leaves a group leaves the tag behind: Telegram keeps none for who is no member."""
    work.sql.run(store.GONE, chat=chat, person=person)


def take_back(work: Work, person: int) -> None:
    """No tag of ours anywhere any more: asked to be on no list, or to be forgotten."""
    for row in work.sql.all(store.OF, person=person):
        _say(work, row.chat_id, person, "")


def erase(work: Work, person: int, to: int) -> bool:
    """The tags go before the rows that name them do."""
    take_back(work, person)
    return False


def may_tag(work: Work, chat: int, value: object) -> None:
    """Ranks are shown only where the bot may set tags.

    Raises:
        Refusal: it may not there.
    """
    if value != domain.BY.default and members.bot_lacks(work, chat, domain.TAGS):
        raise Refusal("ranks/lacks")
