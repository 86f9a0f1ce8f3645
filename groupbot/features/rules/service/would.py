"""What rules that only watch would have done, before the operators' chat: one silent message a day, brought
up to date as cases come. It holds counts, no words: those are forgotten after 30 days, the message stays."""

from __future__ import annotations

from collections import Counter
from typing import Any

from groupbot.core.effects import Edit, Send
from groupbot.engine.addresses import ops_chat
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.rules import store

_NOTES, _DAY = "rules", "would"
GROUPS = 10  # named in the message; the rest is counted


def would_have(work: Work) -> None:
    """Heartbeat: say or bring up to date today's message when a case in shadow has come since."""
    if not work.me.ops_chat:
        return
    ops = ops_chat(work)
    notes = work.notes(_NOTES, 0)
    known = notes.get(_DAY)
    here = members.get(work, ops, ZONE) or members.voice(work, ops, None)[1]
    today = work.now.astimezone(zone(here)).date().isoformat()
    if known is None:  # what was before is the digest's
        last = int(work.sql.value(store.LAST) or 0)
        notes.set(_DAY, {"day": today, "behind": last, "last": last, "n": 0})
        return
    fresh = known["day"] != today
    behind = known["last"] if fresh else known["behind"]
    rows = [r for r in work.sql.all(store.SHADOW_SINCE, behind=behind) if not _of_staff(work, r)]
    if not rows or (not fresh and known["n"] == len(rows)):
        return
    notes.set(_DAY, {"day": today, "behind": behind, "last": rows[-1].id, "n": len(rows)})
    data = {"n": len(rows), **_groups(work, rows)}
    ref = f"rules:would:{today}"
    if fresh or not known["n"]:
        work.say(Send(chat=ops, template="rules/would", data=data, ref=ref, why="rules only watch there"))
    else:
        work.say(Edit(chat=ops, template="rules/would", data=data, ref=ref))


def _of_staff(work: Work, row: Any) -> bool:
    return bool(row.person) and members.is_staff(work, row.chat_id, row.actor)


def _groups(work: Work, rows: list[Any]) -> dict[str, Any]:
    """The groups with most cases first: what would have been done there, by which rules."""
    chats = Counter(r.chat_id for r in rows)
    titles = {p.chat: p.title for p in members.profiles(work)}
    return {
        "groups": [
            {
                "title": titles.get(chat, ""),
                "acts": Counter(r.action for r in rows if r.chat_id == chat).most_common(),
                "rules": Counter(r.rule for r in rows if r.chat_id == chat).most_common(),
            }
            for chat, _ in chats.most_common(GROUPS)
        ],
        "more": max(0, len(chats) - GROUPS),
    }
