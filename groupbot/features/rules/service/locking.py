"""Locks and what passes them, as administrators set and see them."""

from __future__ import annotations

import difflib
import re
from typing import Any

from groupbot.core.effects import Ban, Button, Unreact
from groupbot.core.events import Joined, Reaction
from groupbot.engine.work import LATE, Work
from groupbot.errors import Refusal
from groupbot.features.approvals import service as approvals
from groupbot.features.members import service as members
from groupbot.features.rules.domain import allowing, locks, wishes
from groupbot.features.rules.domain.cases import Case, LetPass, ShowOut
from groupbot.features.rules.domain.entries import NOTICE
from groupbot.features.rules.domain.policy import ALLOWED, site
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.recording import record
from groupbot.features.rules.service.telling import tell_staff
from groupbot.features.rules.service.week import allow as allow_site

_COMMAS = re.compile("[,\uff0c\u3001]")
GROUPS = (
    ("all", "text"),
    ("photo", "spoiler"),
    ("sticker", "dice"),
    ("poll", "unknown"),
    ("forward", "button"),
    ("url", "code"),
    ("cjk", "long"),
    ("bot", "reaction"),
)  # first and last lock of each line of /locktypes


def _locks(names: list[str]) -> tuple[list[locks.Lock], list[str]]:
    """The locks at the beginning, and the words after them."""
    found: list[locks.Lock] = []
    for i, name in enumerate(names):
        some = [locks.named(part) for part in _COMMAS.split(name) if part]
        if None in some:
            return found, names[i:]
        found += [one for one in some if one is not None]
    return found, []


def _unknown(name: str) -> Refusal:
    near = difflib.get_close_matches(name.lower(), [*locks.BY_ID, *locks.ALIASES], 1)
    return Refusal("locks/unknown", name=name[:40], near=near[0] if near else "")


def lock(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> list[str]:
    """`sticker gif tmute 2h no stickers, please`: lock these, with what follows and what is said; the names
    of all that is locked now. `sticker ### no stickers {tmute 2h}`, as Rose's groups write it, is the same.

    Raises:
        Refusal: no such lock, or no such act.
    """
    found, rest = _locks(text.split())
    if not found:
        raise _unknown(rest[0]) if rest else Refusal("common/usage")
    try:
        wish, reason = wishes.split(" ".join(rest).lstrip("# "))
        inner, reason = wishes.within(reason)
    except ValueError:
        raise Refusal("blocklist/act") from None
    if len(reason) > NOTICE:
        raise Refusal("rules/too_long", most=NOTICE)
    wish, reasons = inner or wish, dict(members.get(work, chat, locks.REASONS, topic))
    for one in found:
        members.put(work, one.setting, (wish.text if wish else "") or "on", chat=chat, topic=topic, by=by)
        reasons.pop(one.id, None)
        if reason:
            reasons[one.id] = reason
    _put_reasons(work, chat, reasons, by, topic)
    return [s["id"] for s in state(work, chat, topic)]


def _put_reasons(work: Work, chat: int, reasons: dict[str, str], by: int | None, topic: int | None) -> None:
    if reasons != members.get(work, chat, locks.REASONS, topic):
        members.put(work, locks.REASONS, reasons, chat=chat, topic=topic, by=by)


def unlock(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> list[str]:
    """Open these; `all` opens everything. The names of what was locked among them.

    Raises:
        Refusal: no such lock, or none of them is locked.
    """
    found, rest = _locks(text.split())
    if rest or not found:
        raise _unknown(rest[0]) if rest else Refusal("common/usage")
    if any(one.id == "all" for one in found):
        found = list(locks.LOCKS)
    shut = [one for one in found if members.get(work, chat, one.setting, topic)]
    if not shut:
        raise Refusal("locks/open")
    reasons = dict(members.get(work, chat, locks.REASONS, topic))
    for one in shut:
        members.put(work, one.setting, "", chat=chat, topic=topic, by=by)
        reasons.pop(one.id, None)
    _put_reasons(work, chat, reasons, by, topic)
    return [one.id for one in shut]


def state(work: Work, chat: int, topic: int | None = None) -> list[dict[str, str]]:
    """What is locked: `id`, `about`, `act` (as people write it, "" for the ladder) and `reason`."""
    reasons = members.get(work, chat, locks.REASONS, topic)
    return [
        {
            "id": one.id,
            "about": about(one),
            "act": "" if value == "on" else str(value),
            "reason": str(reasons.get(one.id, "")),
        }
        for one in locks.LOCKS
        if (value := members.get(work, chat, one.setting, topic))
    ]


def apart(work: Work, chat: int, topic: int | None) -> bool:
    """Has this topic locks of its own?"""
    own = members.own(work, chat, topic) if topic is not None else {}
    return any(one.setting.key in own for one in locks.LOCKS)


def about(lock: locks.Lock) -> str:
    """What a lock shuts, in English words; the templates translate it."""
    return lock.setting.about.removeprefix("Locked: ").partition(". ")[0]


def kinds() -> list[list[str]]:
    """All names, one list for each line of /locktypes."""
    order = list(locks.BY_ID)
    return [order[order.index(a) : order.index(b) + 1] for a, b in GROUPS]


def one(name: str) -> dict[str, Any]:
    """A lock and what it shuts.

    Raises:
        Refusal: no such lock.
    """
    found = locks.named(name)
    if found is None:
        raise _unknown(name)
    return {"id": found.id, "about": about(found)}


def warns(work: Work, chat: int, on: bool | None, by: int | None, topic: int | None = None) -> bool:
    """Is a word said to who runs into a lock? Sets it, with None only tells."""
    if on is not None:
        members.put(work, locks.WARNS, on, chat=chat, topic=topic, by=by)
    return bool(members.get(work, chat, locks.WARNS, topic))


# --- what passes
def allow(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> list[str]:
    """Let these pass: addresses, sticker packs, /commands, files, channels or people by id; all that
    passes now.

    Raises:
        Refusal: one of them is nothing of these, stands for many people at once, or the list is full.
    """
    for word in text.split():
        try:
            made = allowing.item(word)
        except allowing.Shared:
            raise Refusal("locks/shared") from None
        if not made:
            allow_site(work, chat, word, by, topic)
            continue
        now = [str(i) for i in members.get(work, chat, locks.ALLOWLIST, topic)]
        if made not in now:
            if len(now) >= allowing.MOST:
                raise Refusal("rules/list_full", most=allowing.MOST)
            members.put(work, locks.ALLOWLIST, [*now, made], chat=chat, topic=topic, by=by)
    return passing(work, chat, topic)


def forbid(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> list[str]:
    """Take these from the allowlist; all that still passes.

    Raises:
        Refusal: one of them does not stand there.
    """
    for word in text.split():
        try:
            made = allowing.item(word) or site(word)
        except allowing.Shared:
            made = ""
        setting = locks.ALLOWLIST if made in members.get(work, chat, locks.ALLOWLIST, topic) else ALLOWED
        now = [str(i) for i in members.get(work, chat, setting, topic)]
        kept = [i for i in now if made not in (i, site(i))]
        if kept == now:
            raise Refusal("locks/not_allowed", item=word[:60])
        members.put(work, setting, kept, chat=chat, topic=topic, by=by)
    return passing(work, chat, topic)


def passing(work: Work, chat: int, topic: int | None = None) -> list[str]:
    """All that passes locks here."""
    settings: tuple[Any, ...] = (ALLOWED, locks.ALLOWLIST)
    return [str(i) for s in settings for i in members.get(work, chat, s, topic)]


def forbid_all(work: Work, chat: int, by: int | None, topic: int | None = None) -> int:
    """Empty the allowlist; how many stood there."""
    n = len(passing(work, chat, topic))
    for setting in (ALLOWED, locks.ALLOWLIST):
        members.put(work, setting, [], chat=chat, topic=topic, by=by)
    return n


# --- locks on what is no message
def bots_added(work: Work, event: Joined) -> None:
    """Bots that a member brought are shown out again; administrators may bring them. In dealer and store
    groups a person is asked. Without the lock this is one look-up."""
    policy = policy_of(work, work.chat)
    if policy.locks is None or not policy.locks.joins or policy.mode == "off":
        return
    if event.service or event.sender is None or members.is_staff(work, work.chat, event.sender.id):
        return
    for person in event.people:
        if person.is_bot and person.id not in (work.bot_id, event.sender.id):
            shadow = policy.tier is None or policy.mode != "on"
            until = work.now + wishes.KICKED
            name = f"@{person.username}" if person.username else person.name
            case = Case(
                *(work.chat, locks.ID, locks.VERSION, name[:64], "bot", person.id, False, False),
                *(event.message_id or 0, None, event.at, shadow),
                reason=f"added by {event.sender.id}",
            )
            if members.human_decides(work, work.chat):
                case = record(work, case, "flag", None)
                buttons = (
                    Button("out", ShowOut(case.id, case.chat)),
                    Button("pass", LetPass(case.id, case.chat)),
                )
                tell_staff(work, case, "bot", buttons, shadow=shadow)
                continue
            case = record(work, case, "ban", until)
            out = Ban(chat=work.chat, member=person.id, until=until, why=case.why)
            members.by_itself(work, out, shadow=shadow)


def reacted(work: Work, event: Reaction) -> None:
    """A member's reaction is taken off again, unless they are staff or approved. Without the lock this is
    one look-up."""
    policy = policy_of(work, work.chat)
    if policy.locks is None or not policy.locks.reactions or policy.mode == "off" or not event.after:
        return
    actor = event.actor_chat.id if event.actor_chat is not None else event.sender.id if event.sender else 0
    if not actor or actor == event.chat.id or work.now - event.at > LATE:
        return
    if approvals.approved(work, work.chat, actor):
        return
    if event.sender is not None and members.is_staff(work, work.chat, actor):
        return
    shadow = policy.tier is None or policy.mode != "on"
    case = Case(
        *(work.chat, locks.ID, locks.VERSION, " ".join(event.after)[:64], "reaction", actor),
        *(event.sender is not None, False, event.message_id, None, event.at, shadow),
    )
    case = record(work, case, "again", None)  # counts towards nothing
    work.say(Unreact(chat=work.chat, message=event.message_id, member=actor, why=case.why), shadow=shadow)
