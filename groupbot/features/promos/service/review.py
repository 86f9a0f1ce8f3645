"""Puts before the operators what waits for their word: new plans, changed templates, chats that joined."""

from __future__ import annotations

import difflib
import hashlib
from datetime import timedelta, tzinfo
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.engine.addresses import ops_chat
from groupbot.engine.rendering import whole
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import store
from groupbot.features.promos.domain import PROMOTIONS, Plan, next_time
from groupbot.features.promos.domain.trend import TREND, expired
from groupbot.features.promos.service.approval import (
    Pins,
    Standing,
    asks,
    earlier,
    needed,
    source_of,
    standing,
    versions,
)
from groupbot.features.promos.service.filling import counted, filled
from groupbot.features.promos.service.questions import asked
from groupbot.features.promos.service.saying import usual

log = structlog.get_logger(__name__)
SINGLY = 3  # plans put one by one; more come as a list of pages
PAGE = 8
_decode = msgspec.json.Decoder(Plan).decode
_IN_ANY_CASE = ('"kind":"trend"', '"paid":true')  # in the spec of a plan that asks without that chat too
_POOL = 6  # templates of a pool that are shown
_PREVIEW, _DIFF, _LINE = 500, 14, 90


class Item(Struct, frozen=True):
    """A plan in a list: its row, itself, its standing, and what is worth a second look."""

    id: int
    plan: Plan
    state: str  # draft | waits | approved | live | done | stopped
    standing: Standing
    notes: tuple[dict[str, Any], ...]


def items(work: Work) -> list[Item]:
    """Every plan, those that wait for a word first."""
    said = {r.plan_id for r in work.sql.all(store.PLANS_SAID)}
    ahead = {r.plan_id for r in work.sql.all(store.WAITING)}
    found = []
    for row in work.sql.all(store.PLANS):
        if row.state == "removed":
            continue
        try:
            plan = _decode(row.spec)
        except (msgspec.DecodeError, ValueError):
            continue
        found.append(item(work, row, plan, row.id in said, row.id in ahead))
    return sorted(found, key=lambda i: (i.state != "waits", i.state in ("done", "draft"), i.plan.name))


def item(work: Work, row: Any, plan: Plan, said: bool, ahead: bool) -> Item:
    """One plan of the list."""
    now = standing(work, row.id, plan)
    if row.state == "draft":
        state = "draft"
    elif expired(plan.kind, plan.end, work.now.astimezone(_zone(work, now))):
        state = "done"
    elif now.stopped:
        state = "stopped"
    elif asks(work, plan) and now.missing:
        state = "waits"
    elif not ahead and said:
        state = "done"
    else:
        state = "live" if said else "approved"
    return Item(row.id, plan, state, now, tuple(exceptions(work, plan, now)))


def exceptions(work: Work, plan: Plan, now: Standing) -> list[dict[str, Any]]:
    """What an approver should know: code and number."""
    zoneless = sum(not members.get(work, c, ZONE) for c in now.whom)
    barred = 0
    if plan.kind == "promotion":
        barred = sum(not members.get(work, c, PROMOTIONS) for c in now.whom)
    found = [
        ("nobody", int(not now.whom)), ("zone", zoneless), ("barred", barred), ("loud", int(bool(plan.loud))),
        ("second", int(needed(work, len(now.whom)) > 1)),
    ]  # fmt: skip
    return [{"code": code, "n": n} for code, n in found if n]


def described(work: Work, found: Item) -> dict[str, Any]:
    """What the template promos/review shows of a plan."""
    plan, now = found.plan, found.standing
    before = earlier(work, found.id, plan, now.print)
    titles = {p.chat: p.title for p in members.profiles(work)}
    known = now.chats | (before[1] if before is not None else frozenset())  # approved once
    new = [titles.get(c, "…") for c in now.missing if c not in known] if known else []
    zone = clock_of(work, found)
    due = next_time(plan, zone, work.now)
    return {
        "plan": plan.name,
        "kind": plan.kind,
        "audience": plan.whom.name,
        "chats": len(now.whom),
        "new": new[:10],
        "more": max(0, len(new) - 10),
        "when": f"{due.astimezone(zone):%m-%d %H:%M}" if due else "",
        "needed": needed(work, len(now.whom)),
        "got": len(now.by),
        "state": found.state,
        "notes": list(found.notes),
        "diff": changes(work, plan, before[0]) if before is not None else [],
        "preview": "" if before is not None else preview(work, plan),
        "old": before is not None,
        "owner": plan.owner,
        "expires": f"{plan.end:%m-%d %H:%M}" if plan.kind == TREND and plan.end else "",
        "stars": now.stars,
        "limit": work.me.stars,
        "expert": plan.expert.name or plan.expert.topic if plan.expert is not None else "",
        "instead": plan.instead,
        "sessions": [],
        "came": sum(links.people(work, counted(plan)).values()),
        "questions": asked(work, found.id),
    }


def clock_of(work: Work, found: Item) -> tzinfo:
    """The clock of the first group a plan is meant for."""
    return _zone(work, found.standing)


def _zone(work: Work, now: Standing) -> tzinfo:
    whom = now.whom
    return zone_of(members.voice(work, whom[0], None)[1] if whom else "UTC")


def preview(work: Work, plan: Plan) -> str:
    """The plan's template as text, in the language of the chats; of a pool each one, below its name."""
    content = work.content
    if content is None:
        return ""
    lang = content.languages[0]
    texts = []
    for template in plan.pool[:_POOL]:
        try:
            front = content.sources(template, lang)[0].front
            data = {**filled(front, "…"), **usual(plan, template), **plan.data}
            texts.append(whole(content.render(template, lang, data)))
        except Misfit as e:
            texts.append(e.line())
    if len(plan.pool) == 1:
        return texts[0][:_PREVIEW]
    each = _PREVIEW * 2 // len(texts)
    told = [f"· {name}\n{text[:each]}" for name, text in zip(plan.pool, texts, strict=False)]
    more = len(plan.pool) - len(texts)
    return "\n\n".join([*told, *([f"+ {more}"] if more else [])])


def changes(work: Work, plan: Plan, before: Pins) -> list[str]:
    """The lines of the templates that differ from what was approved before; one that is gone has none."""
    found: list[str] = []
    content = work.content
    for key, digest in versions(work, plan).items():
        was = before.get(key)
        if content is None or was == digest:
            continue
        name, _, lang = key.rpartition(".")
        row = work.sql.first(store.VERSION, the_digest=was or "")
        old = row.text.splitlines() if row is not None else []
        source = source_of(content, name, lang)
        new = source.text.splitlines() if source is not None else []
        found.append(key)
        found += [
            line[:_LINE]
            for line in difflib.unified_diff(old, new, n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
    return found[:_DIFF]


def ask(work: Work) -> list[Send]:
    """What has to be put before the operators' chat now; nothing is put twice as it is. The effects hold no
    buttons: the caller knows which."""
    places = _places(work)
    found: list[Item] = []
    rows = {r.id: r for r in work.sql.all(store.PLANS)} if places else {}
    if not work.me.ops_chat and not any(m in r.spec for r in rows.values() for m in _IN_ANY_CASE):
        return []
    for each in items(work) if places else ():
        by_hand = each.plan.asks and not work.me.ops_chat  # who wrote it has it before them
        if each.state != "waits" or not each.standing.whom or by_hand:
            continue
        missing = ",".join(map(str, each.standing.missing))
        mark = hashlib.sha256(f"{each.standing.print}:{missing}".encode()).hexdigest()
        if rows[each.id].asked != mark:
            work.sql.run(store.ASKED, the_id=each.id, the_print=mark)
            found.append(each)
    if not found:
        return []
    if len(found) > SINGLY:
        return [Send(**to, template="promos/review_many", data={"n": len(found)}) for to in places]
    told = [described(work, e) | {"id": e.id, "key": e.standing.print} for e in found]
    return [Send(**to, template="promos/review", data=data) for data in told for to in places]


def _places(work: Work) -> list[dict[str, Any]]:
    """The operators' chat; without one each operator who started the bot, as some plans ask in any case;
    these are looked for once a minute."""
    if work.me.ops_chat:
        return [{"chat": ops_chat(work)}]
    looked = work.cached("promos.progress").get("asked")
    if looked is not None and work.now - looked < timedelta(minutes=1):
        return []
    work.put("promos.progress", "asked", work.now)
    return [{"user": p} for p in work.me.operators if members.reachable(work, p)]


def let_go(work: Work) -> None:
    """Held slots nobody approved in time are skipped, and written down so."""
    for row in work.sql.all(store.HELD_OVER, now=work.now):
        found = work.sql.first(store.PLAN, the_id=row.plan_id)
        try:
            grace = _decode(found.spec).grace if found is not None else 0
        except (msgspec.DecodeError, ValueError):
            grace = 0
        if (work.now - row.due).total_seconds() > grace:
            slot = {"plan": row.plan_id, "chat": row.chat_id, "the_due": row.due}
            work.sql.run(store.LET_GO, **slot, reason="approval", now=work.now)
