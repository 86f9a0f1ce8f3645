"""What a rule would have hit: on texts where the chat keeps them, else only what counts can tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import structs

from groupbot.core.effects import Send
from groupbot.core.events import Event, Message, Person
from groupbot.core.setting import Setting, seconds
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.moving import store
from groupbot.features.moving.domain.keeping import KEEP_DAYS, KEEP_TEXT, LONGEST, floods
from groupbot.features.rules.domain.checks import BY_ID, FLOOD, RULES
from groupbot.features.rules.domain.facts import inspect
from groupbot.features.rules.domain.policy import BURST, make

MOST = 1500  # messages judged at once: they hold the writer for 0.1 to 0.2 s
COUNTED = 50_000  # events looked at for floods
SHOWN = 8
WINDOW = timedelta(seconds=15)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Message).decode


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
    """Tell an administrator in private what a rule would have hit in the last days.

    Raises:
        Refusal: no such rule, or no span of at most seven days.
    """
    if rule not in BY_ID:
        raise Refusal("rehearse/unknown", rule=rule[:40], rules=[r.id for r in RULES])
    wanted = seconds(span) if span else int(LONGEST.total_seconds())
    if not wanted or wanted > LONGEST.total_seconds():
        raise Refusal("common/usage")
    since = work.now - timedelta(seconds=wanted)
    work.flush()
    found = _floods(work, chat, since) if rule == FLOOD else _texts(work, chat, rule, since)
    cases = {
        bool(r.shadow): (r.n, r.undone)
        for r in work.sql.all(store.CASES, chat=chat, the_rule=rule, since=since)
    }
    shadow, live = cases.get(True, (0, 0)), cases.get(False, (0, 0))
    work.say(
        Send(
            user=person,
            template="rehearse/report",
            data={
                "title": _title(work, chat),
                "rule": rule,
                "span": wanted,
                "is_on": bool(members.get(work, chat, BY_ID[rule].setting)),
                "shadow": shadow[0],
                "undone": shadow[1] + live[1],
                "live": live[0],
                **found,
            },
            why=f"rehearsal of {rule}",
        )
    )


def _texts(work: Work, chat: int, rule: str, since: Any) -> dict[str, Any]:
    """The rule alone, with the chat's lists, on every kept message."""
    rows = work.sql.all(store.KEPT_SINCE, chat=chat, since=since, most=MOST)
    p = members.profile(work, chat)
    others = {r.setting.key for r in RULES if r.id != rule}

    def get(s: Setting) -> Any:
        if s.key == BY_ID[rule].setting.key:
            return True
        return False if s.key in others else members.get(work, chat, s)

    policy = make(p.tier if p is not None else None, get)
    hits = []
    for r in rows:
        finding = inspect(_decode(r.body), policy)
        if finding is not None:
            hits.append((r, finding))
    spoken = work.sql.all(store.SPOKEN, chat=chat, since=since, most=COUNTED)
    return {
        "how": "texts" if rows else "nothing",
        "kept": bool(members.get(work, chat, KEEP_TEXT)),
        "since": work.sql.value(store.KEPT_FIRST, chat=chat),
        "messages": len(rows),
        "all": len(spoken),
        "full": len(rows) >= MOST,
        "hits": len(hits),
        "people": len({r.person_id for r, _ in hits}),
        "examples": [{"at": r.at, "matched": f.matched, "n": 0} for r, f in hits[:SHOWN]],
    }


def _floods(work: Work, chat: int, since: Any) -> dict[str, Any]:
    """Bursts can be told from who wrote when; that messages were the same cannot."""
    rows = work.sql.all(store.SPOKEN, chat=chat, since=since, most=COUNTED)
    hits = floods(((r.person_id, r.at) for r in rows), int(members.get(work, chat, BURST)), WINDOW)
    return {
        "how": "counts",
        "kept": bool(members.get(work, chat, KEEP_TEXT)),
        "since": None,
        "messages": len(rows),
        "all": len(rows),
        "full": len(rows) >= COUNTED,
        "hits": len(hits),
        "people": len({person for person, _, _ in hits}),
        "examples": [{"at": at, "matched": members.name(work, who), "n": n} for who, at, n in hits[:SHOWN]],
    }


def _title(work: Work, chat: int) -> str:
    place = members.place(work, chat)
    return place.title if place is not None else ""
