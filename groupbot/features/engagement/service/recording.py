"""Writing down what happened, with its rollups, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from groupbot.core.events import ANONYMOUS_ADMIN, Event, Joined, Left, Message, Person, Reaction, Tap
from groupbot.core.text import units
from groupbot.engine import keeping
from groupbot.engine.sql import write_bulk
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import hour_of, local_day
from groupbot.features.engagement.domain.questions import asks
from groupbot.features.engagement.domain.thanks import LONGEST, thanked
from groupbot.features.engagement.service.finding import said
from groupbot.features.engagement.service.mentioning import mentioned
from groupbot.features.members import service as people

KEPT = (*store.KEPT, store.HIRED_KEPT, *store.MENTIONS_KEPT)
MOST = 200  # messages forgotten in one transaction
TAKEN_BACK, MOST_TAKEN_BACK = "engagement.taken_back", 10_000  # how many signs, by chat, message and person
ONE_DOOR = timedelta(seconds=60)  # within which two updates tell of the same join or leave

# what one act counts: messages, replies, reactions, taps, joined, gone
Counts = tuple[int, int, int, int, int, int]
SPOKE, REPLIED, TAPPED = (1, 0, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0), (0, 0, 0, 1, 0, 0)
JOINED, GONE = (0, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 1)


def note(event: Event, work: Work) -> None:
    """One event row, and its share of the hour and of the person's day. Bots are not counted; staff is
    marked, so that a report can leave it out."""
    if event.chat.type == "private" or event.chat.type == "channel":
        return
    kind = type(event)
    if kind is Message:
        _message(event, work)  # type: ignore[arg-type]
    elif kind is Reaction and event.sender is not None:
        gained = _gained(event, work, event.sender.id)  # type: ignore[arg-type]
        if gained > 0:
            _act(event, work, event.sender.id, "reaction", (0, 0, gained, 0, 0, 0), gained, event.message_id)  # type: ignore[attr-defined]
    elif kind is Tap and event.sender is not None:
        _act(event, work, event.sender.id, "tap", TAPPED, 0, event.message_id)  # type: ignore[attr-defined]
    elif isinstance(event, Joined):
        for person in event.people:
            _door(event, work, person, "join", JOINED)
    elif isinstance(event, Left):
        _door(event, work, event.person, "leave", GONE)


def last_spoke(work: Work, chat: int, since: datetime) -> datetime | None:
    """When a member last wrote in a chat, if that was after `since`."""
    found: datetime | None = work.sql.value(store.LAST_SPOKE, chat=chat, since=since)
    return found


def spoke_since(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Has this person written in the chat after `since`?"""
    return work.sql.first(store.SPOKE_SINCE, chat=chat, person=person, since=since) is not None


def silent_since(work: Work, chat: int, first: date, last: date) -> list[tuple[int, date]]:
    """Who took part last on a day from `first` to `last` (local days), with that day."""
    rows = work.sql.all(store.SILENT_SINCE, chat=chat, first=first, last=last)
    return [(r.person_id, date.fromisoformat(str(r.day))) for r in rows]


def answered(work: Work, chat: int, first: date, last: date, least: int) -> list[tuple[int, int]]:
    """Members who answered others at least so often from `first` to `last`, with how often."""
    rows = work.sql.all(store.ANSWERED, chat=chat, first=first, last=last, least=least)
    return [(r.person_id, int(r.n)) for r in rows]


def erase(work: Work, person: int, to: int) -> bool:
    """What a person said and a rule took away goes whole: its rows cancel each other in every sum, and
    without the message's id nothing would tell that they do. True while there may be more."""
    rows = work.sql.all(store.TAKEN_AWAY, who=person, most=MOST)
    for r in rows:
        work.sql.run(store.FORGET_MESSAGE, chat=r.chat_id, when=r.at, who=person, message=r.message_id)
    return len(rows) >= MOST


def _door(event: Joined | Left, work: Work, person: Person, what: str, counts: Counts) -> None:
    """Who came or went, but bots, who opted out, and who had themselves forgotten and then leaves."""
    if person.is_bot or people.opted_out(work, person.id) or _counted(work, what, person.id, event):
        return
    if what == "leave" and not people.is_known(work, person.id) and keeping.erased(work, [person.id]):
        return
    _write(work, event.at, person.id, what, 0, event.message_id, None, False, counts, None)


def _gained(r: Reaction, work: Work, person: int) -> int:
    """Reactions that were not there before: one taken back and set again was. What was taken back is known
    until the caches are emptied."""
    key = (work.chat, r.message_id, person)
    had: int = max(len(r.before), work.cached(TAKEN_BACK).get(key, 0))
    if len(r.after) < len(r.before):
        if len(work.cached(TAKEN_BACK)) >= MOST_TAKEN_BACK:
            work.clear(TAKEN_BACK)
        work.put(TAKEN_BACK, key, had)
    return len(r.after) - had


def _counted(work: Work, what: str, person: int, event: Event) -> bool:
    """A join or leave is told twice (member update and service message), moments apart: count one, but each
    of two with the other between them."""
    doors = work.cached("engagement.doors")
    last: datetime | None = doors.get((work.chat, what, person))
    if last is not None and abs(event.at - last) <= ONE_DOOR:
        other: datetime | None = doors.get((work.chat, "leave" if what == "join" else "join", person))
        if other is None or not last < other < event.at:
            return True
    work.put("engagement.doors", (work.chat, what, person), event.at)
    return False


def _staff(work: Work, chat: int, person: int) -> bool:
    return person == ANONYMOUS_ADMIN or people.is_staff(work, chat, person)


def _message(m: Message, work: Work) -> None:
    """Talk counts. A command and a channel's post are written down and count nothing. Every message comes
    here: few calls."""
    sender = m.sender
    if m.edited or sender is None or people.opted_out(work, sender.id):
        return
    reply = m.reply_to is not None and _is_reply(m)
    if not _talk(m, sender):
        if m.text[:1] == "/" and not sender.is_bot:
            _write(work, m.at, sender.id, "command", 0, m.message_id, m.topic, False, None, None)
        elif m.sender_chat is not None and not m.anonymous and not m.automatic_forward:
            to = m.reply_to if reply else None
            _write(work, m.at, sender.id, "channel", 0, m.message_id, m.topic, False, None, None, to)
        return
    staff = _staff(work, work.chat, sender.id)
    day = _day_of(work.zone, m.at)
    _write(
        work,
        m.at,
        sender.id,
        "reply" if reply else "message",
        units(m.text),
        m.message_id,
        m.topic,
        staff,
        REPLIED if reply else SPOKE,
        day,
        m.reply_to if reply else None,
        None if m.kind == "text" else m.kind[:16],
    )
    if m.called:
        mentioned(m, work, sender.id, day, staff=staff)
    if reply:
        if len(m.text) <= LONGEST and thanked(m.text):
            _write(work, m.at, sender.id, "thanks", 0, m.reply_to, None, staff, None, None)
    elif m.text and asks(m.text):
        _write(work, m.at, sender.id, "question", 0, m.message_id, m.topic, staff, None, None)


def _talk(m: Message, sender: Person) -> bool:
    """Somebody's own words: no command, no bot's, no channel's, no automatic forward. All channels speak by
    one id of Telegram's, which is a bot's, as does an administrator who stays unnamed."""
    return m.text[:1] != "/" and not m.automatic_forward and (not sender.is_bot or m.anonymous)


def _act(
    event: Event,
    work: Work,
    person: int,
    kind: str,
    counts: Counts,
    size: int = 0,
    message_id: int | None = None,
) -> None:
    if people.opted_out(work, person):
        return
    staff = people.is_staff(work, work.chat, person)
    day = _day_of(work.zone, event.at)
    _write(work, event.at, person, kind, size, message_id, None, staff, counts, day)


def _write(
    work: Work,
    at: datetime,
    person: int,
    kind: str,
    size: int,
    message_id: int | None,
    topic: int | None,
    staff: bool,
    counts: Counts | None,
    day: date | None,
    reply_to: int | None = None,
    medium: str | None = None,
) -> None:
    """Buffer one event row; its rollups are made of it at flush."""
    hour = _hour_of(at)
    row = (work.chat, at, person, kind, size, message_id, topic, staff, reply_to, medium, hour, day, counts)
    work.add(store.EVENTS, *row)


def removed(work: Work, chat: int, message_id: int) -> None:
    """A message was taken away by a rule: it does not count, and is taken back once however often that is
    said. The record keeps both rows."""
    now = work.event
    if (
        isinstance(now, Message)
        and now.message_id == message_id
        and now.sender is not None
        and not now.edited
    ):
        # judged as it came: its own row is still in the buffer, and all that is known of it is at hand
        who = now.sender.id
        if not _talk(now, now.sender) or people.opted_out(work, who):
            return  # it was never counted
        staff = _staff(work, chat, who)
        _uncount(work, chat, now.at, who, _is_reply(now), staff, message_id)
        return
    work.flush()
    row = said(work, chat, message_id)
    if row is not None:
        _uncount(work, chat, row.at, row.person_id, row.kind == "reply", row.staff, message_id)


def voted(work: Work, chat: int, person: int, at: datetime, ref: str) -> None:
    """Somebody voted in the poll posted as `ref`. Telegram tells of it in private; it counts in the poll's
    chat, as a press does."""
    if people.opted_out(work, person):
        return
    post = work.sql.value(store.POST, bot=work.bot_id, chat=chat, the_ref=ref)
    staff = people.is_staff(work, chat, person)
    hour, day = _hour_of(at), _day_in(work, chat, at)
    row = (chat, at, person, "vote", 0, post, None, staff, None, None, hour, day, TAPPED)
    work.add(store.EVENTS, *row)


def asked(work: Work, m: Message) -> None:
    """A message was only the word that an activation or a command asks for: it counts as a press. What is
    written of it already is written anew, in the same transaction."""
    if m.sender is None:
        return
    work.flush()
    which = {"chat": work.chat, "when": m.at, "who": m.sender.id, "message": m.message_id}
    row: Any = work.sql.first(store.AS_SAID, **which)
    if row is None:
        return  # never counted, or as a press already
    work.sql.run(store.ASKED, **which)
    work.sql.run(store.UNASK, **which)
    counts = (-1, -int(row.kind == "reply"), 0, 1, 0, 0)
    hour, day = _hour_of(m.at), _day_of(work.zone, m.at)
    more = (work.chat, m.at, m.sender.id, "asked", 0, None, None, row.staff, None, None, hour, day, counts)
    for bulk, sums in store.sums([more]):
        write_bulk(work.sql, bulk, sums)


def _uncount(
    work: Work, chat: int, at: datetime, person: int, reply: bool, staff: bool, message_id: int
) -> None:
    counts = (-1, -int(reply), 0, 0, 0, 0)
    hour, day = _hour_of(at), _day_in(work, chat, at)
    row = (chat, at, person, "removed", int(reply), message_id, None, staff, None, None, hour, day, counts)
    work.add(store.EVENTS, *row)


def _is_reply(m: Message) -> bool:
    """Does it answer somebody else?"""
    return m.reply_to is not None and (
        m.reply_person is None or m.sender is None or m.reply_person.id != m.sender.id
    )


_hour_of = lru_cache(1024)(hour_of)


@lru_cache(1024)
def _day_of(zone_name: str, at: datetime) -> date:
    return local_day(at, zone(zone_name))


def _day_in(work: Work, chat: int, at: datetime) -> date:
    """The day on a chat's clock, of what may be told of from elsewhere: there another clock goes."""
    return _day_of(people.voice(work, chat, None)[1], at)


def in_topics(work: Work, chat: int, topic: int | None, first: int, last: int) -> list[int]:
    """Messages from `first` to `last` of the last three days seen in a topic, or with None in any."""
    rows = work.sql.all(store.IN_TOPICS, chat=chat, low=first, high=last, since=work.now - timedelta(days=3))
    return [r.message_id for r in rows if topic is None or r.topic == topic]
