"""Watches the operator's own templates: a good edit is kept as a version, a broken one is told at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import structlog

from groupbot.core.effects import Send
from groupbot.engine.addresses import ops_chat
from groupbot.engine.content import SUFFIX
from groupbot.engine.front import read
from groupbot.engine.rendering import render_source, version
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan, explain, next_time
from groupbot.features.promos.service.approval import keep_version
from groupbot.features.promos.service.filling import filled
from groupbot.features.promos.service.saying import usual

log = structlog.get_logger(__name__)
_NAME = re.compile(r"'([^']+)' is undefined(?:: did you mean (.+)\?)?$")
_decode = msgspec.json.Decoder(Plan).decode
_SHOWN = 5  # slots named in a message


def watch(work: Work) -> list[Send]:
    """Looks at the templates of the workspace that changed; what to tell operators of broken ones."""
    content = work.content
    if content is None:
        return []
    said: list[Send] = []
    seen = work.cached("promos.edits")
    folder = content.folders[0]
    for path in sorted(folder.rglob(f"*{SUFFIX}")) if len(content.folders) > 1 else ():
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if seen.get(path) == stamp:
                continue
        except OSError as e:
            log.error("template.unreadable", where=str(path), error=str(e))
            continue
        work.put("promos.edits", path, stamp)
        said += _look(work, path)
    return said


def _look(work: Work, path: Path) -> list[Send]:
    content = work.content
    assert content is not None
    name, _, lang = str(path.relative_to(content.folders[0])).removesuffix(SUFFIX).rpartition(".")
    if lang not in content.languages:
        return []
    kept = work.sql.all(store.VERSIONS, the_name=name, the_lang=lang)
    notes, key = work.notes("promos", 0), f"told:{name}.{lang}"[:60]
    plans, text, digest = plans_of(work, name), "", ""
    try:
        text = read(path)
        digest = version(text)
        if any(r.digest == digest for r in kept):
            notes.drop(key)  # the next mistake is told, though it be the last one made again
            return []
        source = content.made_of(text, path, lang)
        for data in samples(source.front, plans, name):
            render_source(source, data)
    except Misfit as e:
        last = kept[-1] if kept else None
        if last is not None:
            content.rescue(path, lang, last.text)
        mark = digest or version(f"{e.where}: {e.what}")  # a file that is no text has none of its own
        if notes.get(key) == mark:
            return []
        notes.set(key, mark)
        return _told(work, path, text, e, len(kept), plans)
    notes.drop(key)
    keep_version(work, name, lang, digest, text, work.now)
    return []


def samples(front: dict[str, Any], plans: list[tuple[int, Plan]], name: str) -> list[dict[str, Any]]:
    """What to try the template `name` with: its sample, and the data of each plan that says it."""
    found = [front["sample"]] if isinstance(front.get("sample"), dict) else []
    return found + [{**filled(front, "…"), **usual(plan, name), **plan.data} for _, plan in plans]


def plans_of(work: Work, name: str) -> list[tuple[int, Plan]]:
    """The live plans that say a template."""
    found = []
    for row in work.sql.all(store.PLANS):
        if row.state != "live" or name not in row.spec:
            continue
        try:
            plan = _decode(row.spec)
        except (msgspec.DecodeError, ValueError):
            continue
        if name in (*plan.pool, plan.instead):
            found.append((row.id, plan))
    return found


def _misspelt(what: str) -> dict[str, str]:
    """Of a name that does not exist: the name, and the likely meant one."""
    found = _NAME.match(what)
    return {"name": found[1] if found else "", "near": (found[2] or "") if found else ""}


def _told(
    work: Work, path: Path, text: str, error: Misfit, kept: int, plans: list[tuple[int, Plan]]
) -> list[Send]:
    log.error("template.edit", where=error.where, error=error.what)
    to = ops_chat(work)
    if not to:
        return []
    line = int(error.where.rpartition(":")[2] or 1) if error.where.rpartition(":")[2].isdigit() else 1
    lines = text.splitlines()
    profiles = members.profiles(work)
    slots = []
    for plan_id, plan in plans[:_SHOWN]:
        whom = [p.chat for p in profiles if explain(plan.whom, p)[0]]
        zone = zone_of(members.voice(work, whom[0], None)[1]) if whom else zone_of("UTC")
        due = next_time(plan, zone, work.now)
        when = f"{due.astimezone(zone):%m-%d %H:%M}" if due else ""
        slots.append(
            {"id": plan_id, "plan": plan.name, "when": when, "audience": plan.whom.name, "chats": len(whom)}
        )
    data = {
        "file": path.name.removesuffix(SUFFIX),
        "line": line,
        "what": error.what,
        **_misspelt(error.what),
        "next": error.next,
        "text": lines[line - 1].strip()[:200] if 0 < line <= len(lines) else "",
        "version": kept,
        "slots": slots,
        "more": max(0, len(plans) - _SHOWN),
    }
    return [Send(chat=to, template="promos/broken_edit", data=data)]
