"""The rules of a chat as its people see and set them, and the first week in shadow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.effects import Ask, Button, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.cases import Look, SwitchOn, WatchOn, Wrong
from groupbot.features.rules.domain.checks import BY_ID, RULES
from groupbot.features.rules.domain.policy import ALLOWED, DIGEST, MODE, PHRASES, SINCE, TEXT, THEME, site
from groupbot.features.rules.service.policy import policy_of

TEXT_LIMIT = 3000
PHRASE_LIMIT = 10_000
SHOWN = 10


def show(work: Work, chat: int) -> dict[str, Any]:
    """What `/rules` says: the group's own text, the rules that the machine keeps, and their mode."""
    policy = policy_of(work, chat)
    return {
        "text": members.get(work, chat, TEXT),
        "theme": members.get(work, chat, THEME),
        "rules": [r.id for r in RULES if r.id in policy.articles and not r.only_flag],
        "mode": "new" if policy.tier is None and policy.mode != "off" else policy.mode,
        "tier": policy.tier or "",
    }


def set_text(work: Work, chat: int, text: str, by: int | None) -> None:
    """The group's rules in its own words, at most 3,000 characters.

    Raises:
        Refusal: nothing, or too long.
    """
    if not text.strip():
        raise Refusal("common/usage")
    if len(text) > TEXT_LIMIT:
        raise Refusal("rules/too_long", most=TEXT_LIMIT)
    members.put(work, TEXT, text.strip(), chat=chat, by=by)


def set_mode(work: Work, chat: int, mode: str, by: int | None) -> None:
    """off, shadow (a new week begins) or on.

    Raises:
        Refusal: the chat is not set up yet.
    """
    p = members.profile(work, chat)
    if mode == "on" and (p is None or not p.set_up):
        raise Refusal("rules/not_set_up")
    members.put(work, MODE, mode, chat=chat, by=by)
    if mode == "shadow":
        watch_on(work, chat, by)


def watch_on(work: Work, chat: int, by: int | None) -> None:
    """A week in shadow begins now, with a digest at its end."""
    members.put(work, SINCE, work.now.replace(microsecond=0).isoformat(), chat=chat, by=by)
    members.put(work, DIGEST, "", chat=chat, by=by)


def switch(work: Work, chat: int, rule: str, on: bool, by: int | None) -> None:
    """Switch one rule on or off in a chat."""
    members.put(work, BY_ID[rule].setting, on, chat=chat, by=by)


def change_phrase(work: Work, chat: int, text: str, by: int | None, *, gone: bool = False) -> int:
    """Add a phrase to the chat's list, or take it out; how many stand there now.

    Raises:
        Refusal: empty, not on the list, or the list is full.
    """
    text = text.strip()
    if not text.lstrip("!！"):
        raise Refusal("common/usage")
    now = [str(p) for p in members.get(work, chat, PHRASES)]
    plain = [p.lstrip("!！") for p in now]
    if gone and text.lstrip("!！") not in plain:
        raise Refusal("rules/no_phrase")
    kept = [p for p, bare in zip(now, plain, strict=True) if bare != text.lstrip("!！")]
    if not gone:
        if len(kept) >= PHRASE_LIMIT:
            raise Refusal("rules/list_full", most=PHRASE_LIMIT)
        kept.append(text)
    members.put(work, PHRASES, kept, chat=chat, by=by)
    return len(kept)


def allow(work: Work, chat: int, where: str, by: int | None, topic: int | None = None) -> list[str]:
    """Let a domain or t.me/name be linked; all that may be now.

    Raises:
        Refusal: that is no address.
    """
    place = site(where)
    if "." not in place or " " in place:
        raise Refusal("common/usage")
    now = [str(a) for a in members.get(work, chat, ALLOWED, topic)]
    made = [*[a for a in now if site(a) != place], place]
    members.put(work, ALLOWED, made, chat=chat, topic=topic, by=by)
    return made


# --- the first week
def watch(work: Work) -> None:
    """Heartbeat: begin the week of chats newly set up, send the digest when it is over, ask again who a
    sender is when the answer was lost, forget evidence after 30 days and cases after 180, but bans that
    stand."""
    for p in members.profiles(work):
        if not p.there or not p.set_up or members.get(work, p.chat, MODE) != "shadow":
            continue
        since = _time(members.get(work, p.chat, SINCE))
        if since is None:
            watch_on(work, p.chat, None)
        elif work.now - since >= ladder.SHADOW_WEEK and not members.get(work, p.chat, DIGEST):
            _digest(work, p.chat, p.title, since)
    for row in work.sql.all(store.ALL_PENDING):
        work.say(Ask(chat=row.chat_id, member=row.actor))
    work.sql.run(store.FORGET_MATCHED, before=work.now - ladder.KEEP)
    work.sql.run(store.FORGET_SAID, before=work.now - ladder.KEEP_CASES)
    work.sql.run(store.FORGET, before=work.now - ladder.KEEP_CASES, now=work.now)


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _week(work: Work, chat: int, since: datetime) -> list[Any]:
    rows = work.sql.all(store.SHADOW, chat=chat, since=since)
    return [r for r in rows if not (r.person and members.is_staff(work, chat, r.actor))]


def _digest(work: Work, chat: int, title: str, since: datetime) -> None:
    people = members.people_to_ask(work, chat)
    if not people:
        return
    rows = _week(work, chat, since)
    for person in people:
        work.say(
            Send(
                user=person,
                template="rules/digest",
                data={
                    "title": title,
                    "n": len(rows),
                    "wrong": sum(r.undone_at is not None for r in rows),
                    "tier": policy_of(work, chat).tier,
                },
                buttons=(
                    (
                        Button("look", Look(chat)),
                        Button("start", SwitchOn(chat)),
                        Button("watch", WatchOn(chat)),
                    ),
                ),
                why="the week in shadow is over",
            )
        )
    members.put(work, DIGEST, work.now.isoformat(), chat=chat)


def look(work: Work, chat: int, who: int) -> None:
    """Show the newest cases of the week to one person, each with a button that marks a mistake."""
    since = _time(members.get(work, chat, SINCE)) or work.now - ladder.SHADOW_WEEK
    rows = _week(work, chat, since)
    shown = rows[-SHOWN:]
    open_ = [r for r in shown if r.undone_at is None]
    marks = [Button(f"✗ {r.number}", Wrong(r.id, chat)) for r in open_]
    p = members.profile(work, chat)
    work.say(
        Send(
            user=who,
            template="rules/week",
            data={
                "title": p.title if p is not None else "",
                "n": len(rows),
                "cases": [
                    {
                        "number": r.number,
                        "at": r.at,
                        "rule": r.rule,
                        "matched": r.matched,
                        "wrong": r.undone_at is not None,
                    }
                    for r in shown
                ],
            },
            buttons=(
                *(tuple(marks[i : i + 5]) for i in range(0, len(marks), 5)),
                (Button("start", SwitchOn(chat)), Button("watch", WatchOn(chat))),
            ),
        )
    )
