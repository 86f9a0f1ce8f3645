"""Tag by reply, tell the week to who decides, bring their answers back into the thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.engine.addresses import ops_chat
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.market import store
from groupbot.features.market.domain import ANSWER, KINDS, ON, Answering, Tag, week_of
from groupbot.features.members import service as members

KEPT = store.KEPT
HOUR, WEEK, LIFE = 9, timedelta(days=7), timedelta(days=90)
BUTTONS = 8


def put(work: Work, message: int, topic: int | None, kind: str, words: str, by: int) -> int:
    """Tag a message of this chat; said again it is tagged otherwise. Its number."""
    work.sql.run(
        store.PUT, chat_id=work.chat, message_id=message, topic=topic, kind=kind, words=words, by_id=by,
        at=work.now,
    )  # fmt: skip
    return int(work.sql.first(store.OF_MESSAGE, chat=work.chat, message=message).id)


def drop(work: Work, message: int) -> None:
    """Take a tag away.

    Raises:
        Refusal: there is none.
    """
    if not work.sql.run(store.DROP, chat=work.chat, message=message):
        raise Refusal("market/no_tag")


def answer(work: Work, number: int, text: str, by: int) -> str:
    """The answer of who decides, put into the thread as an answer to the message; the group's title.

    Raises:
        Refusal: no such tag, or somebody else's group; too long.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or not may(work, row.chat_id, by):
        raise Refusal("market/no_tag")
    text = text.strip()
    if not 0 < len(text) <= ANSWER:
        raise Refusal("market/too_long", most=ANSWER)
    first = work.sql.run(store.ANSWERED, the_id=number, now=work.now, who=by)
    work.say(
        Send(
            chat=row.chat_id,
            topic=row.topic,
            reply_to=row.message_id,
            template="market/answer",
            data={"name": members.name(work, by) if first else "", "text": text},
            ref=ref(number) if first else None,  # who adds to it is not on record, so it names nobody
        )
    )
    return members.title(work, row.chat_id)


def ref(number: int) -> str:
    """The name of the first answer to what was tagged."""
    return f"market:{number}"


def redraw(work: Work, who: int) -> None:
    """Answers of `who` in their groups show the name they have now, and no words: these are not kept."""
    for row in work.sql.all(store.ANSWERED_BY, who=who):
        work.chat = row.chat_id  # whose language the name is in
        data = {"name": members.name(work, who), "text": ""}
        work.say(Edit(chat=row.chat_id, ref=ref(row.id), template="market/answer", data=data))


def may(work: Work, chat: int, person: int) -> bool:
    """Operators, the group's administrators, and who answers for the group from outside: who was an
    administrator there once must be one still."""
    profile = members.profile(work, chat)
    owner = profile.owner if profile is not None else None
    if person and person == owner and members.standing(work, chat, person) is None:
        return True
    return bool(person) and members.heads(work, chat, person)


def asked(work: Work, number: int, by: int) -> dict[str, Any]:
    """What is to be answered.

    Raises:
        Refusal: no such tag, or somebody else's group.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or not may(work, row.chat_id, by):
        raise Refusal("market/no_tag")
    found = _tag(work, row)
    return {"number": number} | {k: getattr(found, k) for k in ("kind", "words", "title", "link")}


def week(work: Work, since: datetime, until: datetime) -> dict[str, dict[int, list[Tag]]]:
    """What was tagged, by tier and chat; '' for groups without a tier."""
    tiers = {p.chat: p.tier or "" for p in members.profiles(work)}
    found: dict[str, dict[int, list[Tag]]] = {}
    for row in work.sql.all(store.SINCE, since=since, until=until):
        if row.chat_id in tiers and members.get(work, row.chat_id, ON):
            found.setdefault(tiers[row.chat_id], {}).setdefault(row.chat_id, []).append(_tag(work, row))
    return found


def here(work: Work, chat: int) -> tuple[dict[str, Any], Rows]:
    """The last seven days of one group."""
    rows = work.sql.all(store.SINCE, since=work.now - WEEK, until=work.now + timedelta(seconds=1))
    profile = members.profile(work, chat)
    tags = [_tag(work, r) for r in rows if r.chat_id == chat]
    return _told(profile.tier or "" if profile else "", tags)


def tell(work: Work) -> None:
    """On Monday from nine, or from nine of a later day if nobody was awake then, the week before, by tier: to
    the operators' chat all of it, to who decides for a group what is of theirs. Once."""
    ops = ops_chat(work)
    group = next((p.chat for p in members.profiles(work)), 0)
    first = ops or group
    if not first:
        return
    clock = zone_of(members.voice(work, first, None)[1])
    local = work.now.astimezone(clock)
    until = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    if local.hour < HOUR:
        return
    monday = until.date().isoformat()  # noted in both places: the operators' chat may be set in mid-week
    new = [work.notes("market", chat).first(monday) for chat in {ops, group} - {0}]
    if not all(new):
        return
    owners = {p.chat: p.owner for p in members.profiles(work)}
    for tier, chats in sorted(week(work, until - WEEK, until).items()):
        every = [t for tags in chats.values() for t in tags]
        if ops:
            _say(work, tier, every, chat=ops)
        by_owner: dict[int, list[Tag]] = {}
        for chat, tags in chats.items():
            owner = owners.get(chat)
            if owner and members.reachable(work, owner):
                by_owner.setdefault(owner, []).extend(tags)
        for owner, tags in by_owner.items():
            _say(work, tier, tags, user=owner)


def _say(
    work: Work, tier: str, tags: Sequence[Tag], *, chat: int | None = None, user: int | None = None
) -> None:
    data, rows = _told(tier, tags)
    work.say(Send(chat=chat, user=user, template="market/digest", data=data, buttons=rows))


def _told(tier: str, tags: Sequence[Tag]) -> tuple[dict[str, Any], Rows]:
    lines, left = week_of(tags)
    data = {
        "tier": tier,
        "n": {k: sum(t.kind == k for t in tags) for k in KINDS},
        "lines": [
            {
                "kind": x.kind, "words": x.words, "n": x.n, "open": x.open,
                "threads": [{"number": t.number, "title": t.title, "link": t.link, "answered": t.answered}
                            for t in x.tags],
            }
            for x in lines
        ],
        "left": left,
    }  # fmt: skip
    open_ = [t.number for x in lines for t in x.tags if not t.answered][:BUTTONS]
    buttons = [Button(f"↩︎ #{n}", Answering(n)) for n in open_]
    return data, tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))


def _tag(work: Work, row: Any) -> Tag:
    place = members.place(work, row.chat_id)
    link = members.link_to(work, row.chat_id, row.message_id, row.topic)
    title = place.title if place is not None else "…"
    return Tag(row.id, row.kind, row.words, title, row.at, link, row.answered_at is not None)


def sweep(work: Work) -> None:
    """Forget tags of 90 days ago."""
    work.sql.run(store.OLD, before=work.now - LIFE)
