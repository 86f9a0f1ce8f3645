"""A proposal is decided: applied whole or dropped, by who asked, once, on what it was compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Edit
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed
from groupbot.features.members.service.choosing import admit
from groupbot.features.moving import store
from groupbot.features.moving.domain.file import Change, Moved
from groupbot.features.moving.service import books
from groupbot.features.moving.service.files import ROSE, mark_of, understood
from groupbot.features.moving.service.showing import REF, Apply, Drop
from groupbot.features.rules.service.policy import idle

OPEN = timedelta(minutes=10)  # how long a proposal waits for its yes
KEEP = timedelta(days=7)
_RULES = ("lock_", "blocklist", "rule_", "rules_", "flood_")  # settings the rules go by


def decide(work: Work, tap: Apply | Drop, person: int) -> int:
    """Apply what was proposed, all of it, or drop it; how many values changed.

    Raises:
        Refusal: pressed by somebody else, too late, decided before, the settings changed meanwhile,
            or a value may not be set here.
    """
    row = work.sql.first(store.PROPOSAL, the_id=tap.proposal)
    if row is None or row.chat_id != tap.chat or row.done_at is not None or row.kind not in ("file", "reset"):
        raise Refusal("common/old_button")
    if row.person_id != person:
        raise Refusal("moving/not_yours")
    if work.now - row.at > OPEN:
        raise Refusal("moving/expired")
    data: dict[str, Any] = {"title": members.title(work, tap.chat), "n": 0, "done": isinstance(tap, Apply)}
    data["idle"] = ""
    if isinstance(tap, Apply):
        if row.against != mark_of(work, tap.chat):
            raise Refusal("moving/changed")
        for topic, key, value, *book in row.payload["changes"]:
            take(work, tap.chat, Change(topic, key, None, value, *book), person)
        for _, key, value, *book in row.payload["changes"]:  # as things stand when all of it is done
            if value is not None and book in ([], [""]):
                admit(work, tap.chat, work.me.settings[key], value)
        data["n"] = len(row.payload["changes"])
        if any(key.startswith(_RULES) for _, key, value, *_ in row.payload["changes"] if value):
            data["idle"] = idle(work, tap.chat)
        if row.payload.get("foreign") is not None:
            _keep(work, tap.chat, row.payload["foreign"])
        elif row.kind == "reset":
            work.sql.run(store.DROP_FOREIGN, chat=tap.chat)
        kind = "reset" if row.kind == "reset" else "imported"
        work.emit(Moved(tap.chat, kind, len(row.payload["changes"]), person))
    work.sql.run(store.DECIDED, the_id=row.id, now=work.now)
    work.say(Edit(user=person, template="moving/decided", data=data, ref=f"{REF}{row.id}"))
    return int(data["n"])


def take(work: Work, chat: int, change: Change, by: int | None) -> None:
    """Make one change. Its setting is known and its value was checked when it was read. `by` None: an
    operator at the command line; whoever hears of what people set hears of that too."""
    if change.book:
        books.put(work, chat, change, by)
        return
    s = work.me.settings[change.key]
    if by is None:
        work.emit(Changed(chat, change.key, change.before, change.after, 0, change.topic))
    if change.after is None:
        members.unset(work, s, chat=chat, topic=change.topic, by=by)
    else:
        members.put(work, s, s.check(change.after), chat=chat, topic=change.topic, by=by)


def _keep(work: Work, chat: int, export: Any) -> None:
    """Remember the whole export, and what our settings were right after it."""
    before = {k: members.get(work, chat, s) for k, s in understood(work).items()}
    payload = {"export": export, "before": before, "books": books.held(work, chat)}
    work.sql.run(store.KEEP_FOREIGN, chat_id=chat, source=ROSE, payload=payload, at=work.now)


def sweep(work: Work) -> None:
    """Forget proposals after seven days."""
    work.sql.run(store.OLD_PROPOSALS, before=work.now - KEEP)
