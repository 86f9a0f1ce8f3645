"""Brings plan files into rows, and gives every chat of an audience its next slot.

A file that breaks keeps its last good plans; a plan taken out of its file stops. A new or changed plan
looks forward only, but a slot that is overdue when its plan changes is still judged, and said where it is a
time of the changed plan too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
import structlog

from groupbot.core.effects import Send
from groupbot.engine import media
from groupbot.engine.addresses import ops_chat
from groupbot.engine.content import Content
from groupbot.engine.front import Absent, posted
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE, Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import (
    Plan,
    Wrong,
    explain,
    instant,
    is_quiet,
    next_time,
    quiet_setting,
    walls,
)
from groupbot.features.promos.domain.expert import SAVED, is_template
from groupbot.features.promos.service import files
from groupbot.features.promos.service.approval import templates
from groupbot.features.promos.service.filling import filled, fits, only_said
from groupbot.features.promos.service.saying import usual

log = structlog.get_logger(__name__)
BY_HAND = "by hand"  # the source of what no file says
_TOLD = 5  # mistakes named in one message
_LOOK = 60  # occurrences looked at when a plan is checked
CLOCKS = timedelta(hours=27)  # the clocks of two zones lie up to 26 hours apart


def sync(work: Work) -> list[Misfit]:
    """Files → plan rows → waiting slots, when a file or a chat's profile changed; what does not fit."""
    misfits: list[Misfit] = []
    content = work.content
    if content is not None:
        stamp = files.stamp(content.folders)
        known = work.cached("promos.seen").get("files")
        if (
            known is None
            or known[0] != stamp
            or (known[1] is not None and known[1] != files.templates(content.folders))
        ):
            misfits = load(work, files.read(content.folders))
            for misfit in misfits:
                log.error("misfit", what=misfit.line())
            tell_wrong(work, "plans", misfits)
            # while something does not fit, a mended template may be what it waits for
            waits = files.templates(content.folders) if misfits else None
            work.put("promos.seen", "files", (stamp, waits))
    seat(work)
    return misfits


def tell_wrong(work: Work, folder: str, misfits: Sequence[Misfit]) -> None:
    """The operators' chat reads what does not fit in the files of a folder, once as it is."""
    lines = [f"{m.where.rpartition('/')[2]}: {m.what}" + (f" → {m.next}" if m.next else "") for m in misfits]
    key, notes = f"{folder}_told", work.notes("promos", 0)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""
    if notes.get(key, "") == digest:
        return
    notes.set(key, digest)
    if lines and work.me.ops_chat:
        data = {"lines": lines[:_TOLD], "more": max(0, len(lines) - _TOLD)}
        template = "promos/broken_plans" if folder == files.FOLDER else "promos/broken_list"
        work.say(Send(chat=ops_chat(work), template=template, data={"folder": folder, **data}))


def load(work: Work, shelf: files.Shelf) -> list[Misfit]:
    """Take the plans of a shelf in; what does not fit stays as it was."""
    misfits = list(shelf.misfits)
    rows = {r.name: r for r in work.sql.all(store.PLANS)}
    named = set(shelf.kept)
    for plan, where in shelf.plans:
        named.add(plan.name)
        spec = msgspec.json.encode(plan)
        digest = hashlib.sha256(spec).hexdigest()
        row = rows.get(plan.name)
        if row is not None and row.hash == digest and row.source == where:
            continue
        try:
            check(work, plan)
        except Wrong as e:
            misfits.append(shelf.misfit(plan, where, e))
            continue
        work.sql.run(
            store.KEEP_PLAN,
            name=plan.name,
            source=where,
            spec=spec.decode(),
            hash=digest,
            state=plan.state,
            loaded_at=work.now,
        )
        work.drop("promos.seen", "chats")
        if row is not None and row.hash != digest:
            work.drop("promos.plan", row.id)
            work.sql.run(store.DROP_LATER, plan=row.id, now=work.now)
    for row in rows.values():
        lost = row.source.rpartition(":")[0] in shelf.broken
        if row.source != BY_HAND and row.state != "removed" and row.name not in named and not lost:
            work.sql.run(store.DROP_PLAN_WAITING, plan=row.id)
            work.sql.run(store.REMOVE_PLAN, the_id=row.id)
            work.drop("promos.plan", row.id)
            work.drop("promos.seen", "chats")
    return misfits


def check(work: Work, plan: Plan) -> None:
    """Does the plan fit its templates and the quiet hours?

    Raises:
        Wrong: a required field is missing, a template does not render, the rule never comes, or it
            comes in quiet hours without an override.
    """
    times = list(islice(walls(plan, datetime.min), _LOOK))
    if not times:
        rule = f": {plan.rrule}" if plan.rrule else ""
        raise Wrong("rrule", f"{plan.name}: it never comes{rule}", "look at start, rrule and end")
    span = quiet_setting(plan.kind).default
    at_night = next((t for t in times if is_quiet(span, t.time())), None)
    if at_night is not None and not plan.loud:
        raise Wrong(
            "start",
            f"{plan.name}: {at_night:%H:%M} lies in the quiet hours {span} (kind: {plan.kind})",
            "move it, or write quiet: override with a reason",
        )
    for template in templates(plan):
        renders(work, template, plan.data, plan.name, usual(plan, template))
    content = work.content
    if content is not None and is_template(plan.instead):
        front = content.sources(plan.instead, content.languages[0])[0].front
        if only_said(front):
            what = f"{plan.name}: {plan.instead} has a link or a coupon of its own"
            raise Wrong("instead", what, "take one that fills in neither")
    if plan.instead.startswith(SAVED) and work.content is not None and media.kept(work, plan.instead) is None:
        step = f"answer the file with /media {plan.instead.removeprefix(SAVED)}"
        raise Wrong("instead", f"{plan.name}: nothing is kept as {plan.instead}", step)


def renders(
    work: Work, template: str, data: dict[str, Any], name: str, usual: dict[str, Any] | None = None
) -> None:
    """Does a template render in every language it serves with this data (and what is `usual` at hand), and is
    the file there that it carries?

    Raises:
        Wrong: a required field is missing, or it does not render; `name` says whose it is.
    """
    content = work.content
    for lang in _served(content, template) if content is not None else ():
        assert content is not None
        try:
            front = content.sources(template, lang)[0].front
            if front.get("album") and data.get("url"):
                step = "put the link into the text, or take one photo"
                raise Wrong("data", f"{name}: {template} is an album, which has no button", step)
            missing = [f for f in front.get("required") or () if data.get(f) in (None, "")]
            if missing:
                raise Wrong("data", f"{name}: {template} needs {', '.join(missing)}", "add it under data:")
            fits(front, data, name)
            content.render(template, lang, {**(usual or {}), **filled(front, "…"), **data})
            media.checked(work, media.carried(posted(front), content.folders, template), template)
        except Absent as e:
            raise Wrong("template", f"{name}: {e.what}", e.next) from None
        except Misfit as e:
            raise Wrong("data", f"{name}: {e.line()}") from None


def _served(content: Content, template: str) -> list[str]:
    """The languages a template may serve; all of them where there is none, for the error to name it."""
    found = []
    for lang in content.languages:
        try:
            content.sources(template, lang)
        except Misfit:  # its `fallback:` leaves this one out
            continue
        found.append(lang)
    return found or list(content.languages)


# --- slots
def seat(work: Work) -> None:
    """Give every chat of each live plan's audience its next slot; take those away that left.

    Does nothing while neither plans nor profiles nor zones have changed.
    """
    chats = [(p, *_zone(work, p)) for p in members.profiles(work)]
    mark = hash(
        tuple((p.chat, p.title, p.tier, p.region, p.type, p.tags, p.attributes, p.state, z) for p, z in chats)
    )
    if work.cached("promos.seen").get("chats") == mark:
        return
    zones = {p.chat: z for p, z in chats}
    waiting = {(r.plan_id, r.chat_id): r.zone for r in work.sql.all(store.WAITING)}
    said = {(r.plan_id, r.chat_id): r for r in work.sql.all(store.SAID_LATELY, since=work.now - CLOCKS)}
    members_of: dict[Any, list[int]] = {}
    wanted: set[tuple[int, int]] = set()
    for row in work.sql.all(store.PLANS):
        if row.state != "live":
            continue
        try:
            plan = msgspec.json.decode(row.spec, type=Plan)
        except (msgspec.DecodeError, ValueError) as e:  # costs only itself
            log.error("plan.unreadable", plan=row.name, error=str(e))
            wanted.update(key for key in waiting if key[0] == row.id)
            continue
        if plan.asks:  # its slots were made by hand
            wanted.update(key for key in waiting if key[0] == row.id)
            continue
        if plan.whom not in members_of:
            members_of[plan.whom] = [p.chat for p, _ in chats if explain(plan.whom, p)[0]]
        new = [c for c in members_of[plan.whom] if waiting.get((row.id, c)) != zones[c]]
        wanted.update((row.id, c) for c in members_of[plan.whom])
        if new:
            _seat_plan(work, row.id, plan, {c: zones[c] for c in new}, waiting, said)
    for plan_id, chat in waiting:
        if (plan_id, chat) not in wanted:
            work.sql.run(store.DROP_WAITING, plan=plan_id, chat=chat)
    work.put("promos.seen", "chats", mark)


def _zone(work: Work, p: Profile) -> tuple[str]:
    return (members.get(work, p.chat, ZONE) or members.voice(work, p.chat, None)[1],)


def _seat_plan(
    work: Work,
    plan_id: int,
    plan: Plan,
    zones: dict[int, str],
    waiting: dict[tuple[int, int], str],
    said: dict[tuple[int, int], Any],
) -> None:
    """`said`: what was said lately, which may come again on a clock that was corrected."""
    for chat, zone in zones.items():
        if (plan_id, chat) in waiting:
            work.sql.run(store.DROP_WAITING, plan=plan_id, chat=chat)
        clock = zone_of(zone)
        after, last = work.now, said.get((plan_id, chat))
        if last is not None:
            wall = last.due.astimezone(zone_of(last.zone)).replace(tzinfo=None)
            after = max(after, instant(wall, clock))
        at = next_time(plan, clock, after)
        if at is not None:
            work.add(store.SLOTS, chat, plan_id, at, "waiting", None, None, plan.kind, None, zone, None)
