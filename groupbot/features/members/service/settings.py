"""Settings that inherit: chat over tier over default over what ships."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.members import store
from groupbot.features.members.domain import Changed, Setting
from groupbot.features.members.service.chats import profile


def get(work: Work, chat: int, setting: Setting) -> Any:
    """A setting's value here: the chat's own, else its tier's, else the default row, else as shipped."""
    known = work.cached("members.value")
    key = (chat, setting.key)
    if key not in known:
        work.put("members.value", key, _look_up(work, chat, setting))
    return known[key]


def _look_up(work: Work, chat: int, setting: Setting) -> Any:
    own = _rows(work, "chat", str(chat))
    if setting.key in own:
        return own[setting.key]
    p = profile(work, chat)
    tier = p.tier if p is not None else None
    for scope, scope_id in (("segment", f"tier:{tier}"), ("default", "")):
        rows = _rows(work, scope, scope_id)
        if setting.key in rows:
            return rows[setting.key]
    return setting.fallback(tier)


def put(
    work: Work,
    setting: Setting,
    value: Any,
    *,
    chat: int | None = None,
    tier: str | None = None,
    by: int | None = None,
) -> None:
    """Set a setting for a chat, for all chats of a tier, or (neither) as the default."""
    scope, scope_id = (
        ("chat", str(chat)) if chat is not None else ("segment", f"tier:{tier}") if tier else ("default", "")
    )
    if chat is not None and by:
        was = _rows(work, scope, scope_id).get(setting.key)
        if was != value:
            work.emit(Changed(chat, setting.key, was, value, by))
    work.sql.run(
        store.SET,
        scope=scope,
        scope_id=scope_id,
        key=setting.key,
        value=value,
        version=1,
        at=work.now,
        by_id=by,
    )
    work.drop("members.settings", (scope, scope_id))
    work.clear("members.value")
    work.clear("members.voice")
    work.clear("members.layers")


def _rows(work: Work, scope: str, scope_id: str) -> dict[str, Any]:
    cache = work.cached("members.settings")
    key = (scope, scope_id)
    if key not in cache:
        work.put(
            "members.settings",
            key,
            {r.key: r.value for r in work.sql.all(store.SETTINGS, s=scope, i=scope_id)},
        )
    return cache[key]  # type: ignore[no-any-return]


Layers = tuple[dict[str, Any], dict[str, Any], dict[str, Any], str | None]


def layers(work: Work, chat: int) -> Layers:
    """The settings that hold in a chat: its own, its tier's, the default rows, and the tier. The very
    same tuple comes back until one of them changes: what is made of it may be kept as long."""
    known: Layers | None = work.cached("members.layers").get(chat)
    if known is None:
        p = profile(work, chat)
        tier = p.tier if p is not None else None
        known = (
            _rows(work, "chat", str(chat)),
            _rows(work, "segment", f"tier:{tier}"),
            _rows(work, "default", ""),
            tier,
        )
        work.put("members.layers", chat, known)
    return known
