"""What a rule would have hit: on texts where the chat keeps them, else only what counts can tell.

A rehearsal goes on in slices, each in a turn of its own: the first at once, the others with the heartbeat. A
slice judges at most SLICE messages of WIDE characters (`trying`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import convert, structs, to_builtins

from groupbot.core.effects import Send
from groupbot.core.events import Event, Message, Person
from groupbot.core.setting import seconds
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.moving import store
from groupbot.features.moving.domain.keeping import KEEP_DAYS, KEEP_TEXT, LONGEST, floods
from groupbot.features.moving.service.trying import Tried, trial
from groupbot.features.rules.domain.checks import BY_ID, FLOOD, RULES
from groupbot.features.rules.domain.policy import BURST

SLICE, WIDE = 100, 10_000  # messages judged in one turn, and characters
COUNTED = 4_000  # events looked at for floods in one turn
LONG_AGO = timedelta(hours=1)  # a rehearsal that is not done by then is given up
SHOWN = 8
WINDOW = timedelta(seconds=15)
_encode = msgspec.json.Encoder().encode


def keep(event: Event, work: Work) -> None:
    """Keep a member's message where the chat wants that: its words and form, of its sender only the id."""
    if type(event) is not Message or event.chat.type == "private":
        return
    if not members.get(work, work.chat, KEEP_TEXT):
        return
    sender = event.sender
    if sender is None or event.automatic_forward or event.text[:1] in ("/", "!"):
        return
    if event.sender_chat is None and (sender.is_bot or members.is_staff(work, work.chat, sender.id)):
        return
    body = structs.replace(event, sender=Person(sender.id), reply_person=None, reply_file=None)
    work.add(
        store.KEPT, work.chat, event.message_id, event.at, event.topic, sender.id, _encode(body).decode()
    )


def forget(work: Work) -> None:
    """Drop texts older than the chat keeps them, and all where it does so no more."""
    for row in work.sql.all(store.KEPT_CHATS):
        on = members.get(work, row.chat_id, KEEP_TEXT)
        days = timedelta(days=int(members.get(work, row.chat_id, KEEP_DAYS)))
        before = work.now - min(days, LONGEST) if on else work.now + LONGEST
        work.sql.run(store.FORGET_KEPT, chat=row.chat_id, before=before)


def rehearse(work: Work, chat: int, rule: str, span: str, person: int) -> None:
    """Tell an administrator in private what a rule would have hit in the last days: now, or as soon as all
    of it was looked at. Another one that they asked for here before is given up.

    Raises:
        Refusal: no such rule, or no span of at most seven days.
    """
    if rule not in BY_ID:
        raise Refusal("rehearse/unknown", rule=rule[:40], rules=[r.id for r in RULES])
    wanted = seconds(span) if span else int(LONGEST.total_seconds())
    if not wanted or wanted > LONGEST.total_seconds():
        raise Refusal("common/usage")
    work.flush()
    work.sql.run(store.OTHERS, chat=chat, who=person)
    row = work.sql.returning(
        store.BEGIN,
        chat_id=chat,
        person_id=person,
        rule=rule,
        at=work.now,
        since=work.now - timedelta(seconds=wanted),
        after=-(1 << 62),
        state=to_builtins(Tried()),
    )[0]
    _go_on(work, work.sql.first(store.ONE, the_id=row.id))


def go_on(work: Work) -> bool:
    """One more slice of what is going on; True when there is more to do at once."""
    row = work.sql.first(store.GOING_ON)
    if row is not None:
        work.flush()
    return row is not None and _go_on(work, row)


def _go_on(work: Work, row: Any) -> bool:
    if work.now - row.at > LONG_AGO or row.rule not in BY_ID:
        work.sql.run(store.STOPPED, the_id=row.id)
        return True
    found = convert(row.state, Tried)
    after = (_floods if row.rule == FLOOD else _texts)(work, row, found)
    if after is not None:
        work.sql.run(store.GO_ON, the_id=row.id, now_after=after, made=to_builtins(found))
        return True
    work.sql.run(store.STOPPED, the_id=row.id)
    _tell(work, row, found)
    return True


def _texts(work: Work, row: Any, found: Tried) -> int | None:
    """Judge the next kept messages; up to which, None when all are judged."""
    rows = work.sql.all(store.KEPT_AFTER, chat=row.chat_id, after=row.after, since=row.since, most=SLICE)
    judge, wide = trial(work, row.chat_id, row.rule, row.since), 0
    for r in rows:
        matched = judge(r.body, found)
        found.messages += 1
        if matched is not None:
            found.hit(r.person_id, r.at, matched, 0, most=SHOWN)
        wide += len(r.body)
        if wide > WIDE:
            return int(r.message_id)
    return int(rows[-1].message_id) if len(rows) == SLICE else None


def _floods(work: Work, row: Any, found: Tried) -> int | None:
    """Bursts can be told from who wrote when; that messages were the same cannot. The next people's; up to
    whom, None when all were looked at."""
    rows = work.sql.all(store.SPOKEN, chat=row.chat_id, after=row.after, since=row.since, most=COUNTED)
    more = len(rows) == COUNTED
    last = rows[-1].person_id if rows else 0
    if more and rows[0].person_id != last:  # the last one's may go on
        rows = [r for r in rows if r.person_id != last]
        last = rows[-1].person_id
    found.messages += len(rows)
    burst = int(members.get(work, row.chat_id, BURST))
    for person, at, n in floods(((r.person_id, r.at) for r in rows), burst, WINDOW):
        found.hit(person, at, members.name(work, person), n, most=SHOWN)
    return int(last) if more else None


def _tell(work: Work, row: Any, found: Tried) -> None:
    chat, since = row.chat_id, row.since
    cases = {
        bool(r.shadow): (r.n, r.undone)
        for r in work.sql.all(store.CASES, chat=chat, the_rule=row.rule, since=since)
    }
    shadow, live = cases.get(True, (0, 0)), cases.get(False, (0, 0))
    counts = row.rule == FLOOD
    work.say(
        Send(
            user=row.person_id,
            template="rehearse/report",
            data={
                "title": members.title(work, chat),
                "rule": row.rule,
                "span": int((row.at - since).total_seconds()),
                "is_on": bool(members.get(work, chat, BY_ID[row.rule].setting)),
                "shadow": shadow[0],
                "undone": shadow[1] + live[1],
                "live": live[0],
                "how": "counts" if counts else "texts" if found.messages else "nothing",
                "kept": bool(members.get(work, chat, KEEP_TEXT)),
                "since": None if counts else work.sql.value(store.KEPT_FIRST, chat=chat),
                "messages": found.messages,
                "all": int(work.sql.value(store.SAID, chat=chat, since=since) or 0),
                "hits": found.hits,
                "people": len(found.people),
                "examples": [{"at": e.at, "matched": e.matched, "n": e.n} for e in found.examples],
            },
            why=f"rehearsal of {row.rule}",
        )
    )
