"""What nobody said to the bot: who comes and goes, and what people do in their own clients; taking the
latter back."""

from __future__ import annotations

from collections.abc import Iterable

from groupbot.core.effects import Ban, Promote, Restrict, Topic, Unpin
from groupbot.core.events import TELEGRAM_SERVICE, Joined, JoinRequest, Left, Person, Service, Standing
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.log.domain import (
    CLIP,
    CROWD,
    GATHER,
    PinBack,
    RankBack,
    Record,
    Reverse,
    TopicBack,
    acted,
    mask_of,
    reversible,
    rights_of,
    told,
)
from groupbot.features.log.service.places import destination
from groupbot.features.log.service.records import note, tell
from groupbot.features.members import service as members
from groupbot.features.members.domain import ADMIN_STATUS

GROUPS = ("group", "supergroup")
_LINES = "log.lines"  # chat -> (when lines were last sent, those that wait, how many more)
_TURNS = {"topic_closed": "reopen", "topic_reopened": "close"}


# --- who comes and goes
def came(work: Work, event: Joined) -> None:
    """People came in, by themselves, added by somebody, or let in as they had asked to."""
    if event.service or event.chat.type not in GROUPS or destination(work, work.chat, "user") is None:
        return
    by, name = event.sender, (event.link.name or "") if event.link is not None else ""
    for person in event.people:
        if person.id == work.bot_id:
            continue
        if by is None or by.id == person.id or (event.request and by.id == work.bot_id):
            _line(work, Record(work.chat, "user", "joined", event.at, person.id, text=name[:CLIP]))
        else:
            kind = "let_in" if event.request else "added"
            _line(work, Record(work.chat, "user", kind, event.at, by.id, person.id, text=name[:CLIP]))


def went(work: Work, event: Left) -> None:
    """Somebody left by themselves, or was removed."""
    in_client(work, event)
    if event.service or event.removed or event.chat.type not in GROUPS:
        return
    if event.person.id != work.bot_id and destination(work, work.chat, "user") is not None:
        _line(work, Record(work.chat, "user", "left", event.at, event.person.id))


def asked(work: Work, event: JoinRequest) -> None:
    """Somebody asks to come in."""
    if event.sender is not None and destination(work, work.chat, "user") is not None:
        _line(work, Record(work.chat, "user", "asked", event.at, event.sender.id))


def _line(work: Work, record: Record) -> None:
    """Write it down. The first is sent at once; what follows soon waits for the next message, so that a
    crowd does not use up what Telegram lets be said in the log."""
    last, waiting, more = work.cached(_LINES).get(record.chat, (None, (), 0))
    if last is None or (not waiting and work.now - last >= GATHER):
        work.put(_LINES, record.chat, (work.now, (), 0))
        note(work, record)
        return
    note(work, record, send=False)
    full = len(waiting) >= CROWD
    lines = waiting if full else (*waiting, record)
    work.put(_LINES, record.chat, (last, lines, more + 1 if full else more))


def gather(work: Work) -> None:
    """Sends who came and went since the last message, and counts those it has no room for."""
    for chat, (last, waiting, more) in list(work.cached(_LINES).items()):
        if work.now - last < GATHER:
            continue
        if waiting:
            work.put(_LINES, chat, (work.now, (), 0))
        else:
            work.drop(_LINES, chat)
        for record in waiting:
            tell(work, record)
        if more:
            tell(work, Record(chat, "user", "crowd", work.now, text=str(more)))


# --- acts in clients
def in_client(work: Work, event: Standing | Left) -> None:
    """What member updates tell: who banned, limited, promoted whom."""
    kind = acted(event, work.bot_id)
    if not kind or event.chat.type not in GROUPS:
        return
    person, text = event.person.id, ""
    back: Reverse | RankBack | None = None
    if isinstance(event, Standing) and kind in ("promote", "rights", "demote"):
        rights = event.had if kind == "demote" else event.rights
        text = " ".join(sorted(rights))
        mask = mask_of(rights) if kind == "demote" else 0
        back = RankBack(work.chat, person, mask) if mask else None
    elif act := reversible(kind):
        back = Reverse(work.chat, person, act)
    by = event.sender.id if event.sender is not None else None
    note(work, Record(work.chat, "admin", kind, event.at, by, person, text[:CLIP], back=back))


def in_service(work: Work, event: Service) -> None:
    """What service messages tell: pins, titles, photos, topics, voice chats. The bot's own acts and what
    Telegram does by itself (it pins posts of the linked channel) are none."""
    kind, by = told(event.kind), event.sender
    if not kind or by is None or by.id in (work.bot_id, TELEGRAM_SERVICE) or event.chat.type not in GROUPS:
        return
    back: PinBack | TopicBack | None = None
    if kind == "pin" and event.about:
        back = PinBack(work.chat, members.for_button(work, work.chat, event.about))
    elif kind in _TURNS:
        back = TopicBack(work.chat, event.topic or 0, _TURNS[kind])
    category = "admin" if _staff(work, by) else "user"
    note(work, Record(work.chat, category, kind, event.at, by.id, text=event.text[:CLIP], back=back))


def _staff(work: Work, person: Person) -> bool:
    return person.is_bot or members.is_staff(work, work.chat, person.id)  # a bot: who speaks as the group


# --- taking them back
def reverse(work: Work, chat: int, member: int, act: str, by: int) -> None:
    """Take back a ban or a restriction that somebody made in their client."""
    why = _why(by)
    if act == "ban":
        work.say(Ban(chat=chat, member=member, free=True, why=why))
    else:
        work.say(Restrict(chat=chat, member=member, free=True, why=why))
    note(work, Record(chat, "admin", "unban" if act == "ban" else "free", work.now, by, member))


def unpin(work: Work, back: PinBack, by: int) -> None:
    """Take back a pin."""
    message = members.of_button(work, back.chat, back.message)
    work.say(Unpin(chat=back.chat, message=message, why=_why(by)))
    note(work, Record(back.chat, "admin", "unpin", work.now, by))


def turn(work: Work, back: TopicBack, by: int) -> None:
    """Close or open a topic again."""
    act, kind = ("close", "topic_closed") if back.act == "close" else ("reopen", "topic_reopened")
    work.say(Topic(chat=back.chat, topic=back.topic or None, act=act, why=_why(by)))  # type: ignore[arg-type]
    note(work, Record(back.chat, "admin", kind, work.now, by))


def promote(work: Work, back: RankBack, by: int) -> None:
    """Make somebody an administrator again, with the rights they had.

    Raises:
        Refusal: who presses has not all of these rights, or the bot none; or they are one already.
    """
    if members.is_staff(work, back.chat, back.member):
        raise Refusal("moderation/staff_already", name=members.name(work, back.member))
    had = rights_of(back.mask)
    give = had & _own(members.bot_rights(work, back.chat) or ())
    if not had <= _theirs(work, back.chat, by) or not give:
        raise Refusal("moderation/nothing_to_give")
    work.say(Promote(chat=back.chat, member=back.member, rights=tuple(sorted(give)), why=_why(by)))
    note(work, Record(back.chat, "admin", "promote", work.now, by, back.member))


def _theirs(work: Work, chat: int, person: int) -> frozenset[str]:
    fact = members.standing(work, chat, person)
    if fact is None or fact[0] not in ADMIN_STATUS:
        return frozenset()
    # an owner may give everything; the right to make administrators is theirs alone to give
    return rights_of(-1) if fact[0] == "creator" else _own(fact[2]) - {"promote"}


def _own(rights: Iterable[str]) -> frozenset[str]:
    return rights_of(mask_of(rights))


def _why(by: int) -> str:
    return f"taken back from the log by {by}"
