"""Points for taking part, where a chat has switched that on."""

from __future__ import annotations

import unicodedata
import zlib
from datetime import date, timedelta

from groupbot.core.events import Message
from groupbot.core.numbering import name_of
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.earning import domain, store
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members

KEPT = store.KEPT


def spoke(work: Work, m: Message) -> int:
    """A message in the group; the points it earned. Nothing for bots, staff, forwards, commands, edits,
    newcomers and what came late."""
    chat = work.chat
    if not members.get(work, chat, domain.ON) or m.sender is None or m.sender.is_bot:
        return 0
    if m.edited or m.forwarded or m.sender_chat is not None or m.text[:1] == "/" or work.late:
        return 0
    person = m.sender.id
    tenure = int(members.get(work, chat, domain.TENURE))
    if members.is_staff(work, chat, person) or members.waits(work, chat, person, tenure):
        return 0
    text = "".join(unicodedata.normalize("NFKC", m.text).casefold().split())
    own = m.reply_person is not None and m.reply_person.id == person
    act = domain.Act(m.at, len(text), zlib.crc32(text.encode("utf-8", "replace")), own, _way(m))
    day = m.at.astimezone(zone(members.voice(work, chat, None)[1])).date().isoformat()
    row = work.sql.first(store.DAY, chat=chat, person=person, the_day=day)
    before = domain.Day() if row is None else domain.Day(row.n, row.points, row.last, row.words, row.ways)
    after = domain.counted(
        before,
        act,
        int(members.get(work, chat, domain.COOLDOWN)),
        int(members.get(work, chat, domain.CEILING)),
    )
    if after is None:
        return 0
    gain = after.points - before.points
    if gain:
        key = _key(name_of(m), m.at.date())
        ledger.transfer(work, key, "earn", (issuer(chat), -gain), (member(chat, person), gain), actor=person)
    work.sql.run(
        store.KEEP,
        chat_id=chat,
        person_id=person,
        day=day,
        n=after.count,
        points=after.points,
        last=after.last,
        words=after.words,
        ways=after.ways,
    )
    return gain


def _way(m: Message) -> int:
    """An answer is one to another member, not to the bot or to a post of the linked channel."""
    to = m.reply_person
    return domain.way_of(m.kind, to is not None and not to.is_bot and not m.reply_automatic)


def _key(message: str, day: date) -> str:
    """A message's earning, by its name (`core.numbering`) and the day (UTC)."""
    return f"earn:{message}:{day.isoformat()}"


def removed(work: Work, chat: int, message: int) -> int:
    """A message was taken away, within the two days in which that can be done: what it earned goes back, as
    far as it is not spent; the points taken."""
    if not members.get(work, chat, domain.ON):
        return 0
    place, today = members.place(work, chat), work.now.date()
    name = f"{place.telegram_id if place is not None else 0}:{message}"
    for key in (_key(name, today - timedelta(days=n)) for n in range(3)):
        taken = ledger.take_back_of(work, key, "earn")
        if taken:
            return taken
    return 0


def left(work: Work, chat: int, person: int) -> int:
    """Somebody left: what they earned by taking part lately is taken back, as far as it is not spent; the
    points taken."""
    days = int(members.get(work, chat, domain.BACK))
    if not members.get(work, chat, domain.ON) or days <= 0:
        return 0
    return ledger.take_back(work, member(chat, person), "earn", work.now - timedelta(days=days))


def sweep(work: Work) -> None:
    """Days of more than a month ago are no longer needed: the points stand in the ledger."""
    work.sql.run(store.OLD, before=(work.now - timedelta(days=40)).date().isoformat())
