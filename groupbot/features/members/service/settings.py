"""Settings that inherit: topic over chat over its segments (tags, region, tier) over default over what
ships. A topic's settings cost nothing where no topic of the chat set any."""

from __future__ import annotations

from typing import Any

from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.features.members import store
from groupbot.features.members.domain import ACTION_TOPIC, Changed, Given, Level, Profile, segments
from groupbot.features.members.service.chats import profile

_CACHES = ("members.value", "members.voice", "members.layers", "members.segment", "members.topics")


def get(work: Work, chat: int, setting: Setting, topic: int | None = None) -> Any:
    """A setting's value here: the topic's, the chat's own, that of its tags, region and tier, the default
    row, else as shipped."""
    known = work.cached("members.value")
    here = topic if topic is not None and topic in topics(work, chat) else None
    key = (chat, setting.key) if here is None else (chat, setting.key, here)
    if key not in known:
        work.put("members.value", key, value(layers(work, chat, here), setting))
    return known[key]


def action_topic(work: Work, chat: int) -> int | None:
    """Where in a forum the bot says what nobody asked for (greetings, the captcha, raids, night); None:
    General."""
    return int(get(work, chat, ACTION_TOPIC)) or None


def value(found: Layers, setting: Setting) -> Any:
    """What `get` gives, where somebody has the `layers` in hand and reads many settings of a chat at once."""
    near, segment, default, tier = found
    for level in (near, segment, default):
        if setting.key in level:
            return setting.bounded(level[setting.key])
    return setting.fallback(tier)


def levels(work: Work, chat: int, setting: Setting, topic: int | None = None) -> list[Level]:
    """Every level that gives this setting a value here, the one that counts first; the last is what ships."""
    p = profile(work, chat)
    found = []
    for scope, scope_id in scopes(p, chat, topic):
        rows = _rows(work, scope, scope_id)
        if setting.key in rows:
            kind, _, name = scope_id.partition(":") if scope == "segment" else (scope, "", "")
            found.append(
                Level(
                    kind, name or (str(topic) if scope == "topic" else ""), setting.bounded(rows[setting.key])
                )
            )
    tier = p.tier if p is not None else None
    by_tier = tier is not None and tier in setting.by_tier
    return [*found, Level("shipped", tier or "" if by_tier else "", setting.fallback(tier))]


def scopes(p: Profile | None, chat: int, topic: int | None = None) -> list[tuple[str, str]]:
    """(scope, scope id) of every level that holds in a chat, the nearest first."""
    near = [] if topic is None else [("topic", f"{chat}:{topic}")]
    near.append(("chat", str(chat)))
    return [*near, *(("segment", s) for s in reversed(segments(p))), ("default", "")]


def put(
    work: Work,
    setting: Setting,
    value: Any,
    *,
    chat: int | None = None,
    topic: int | None = None,
    tier: str | None = None,
    segment: str | None = None,
    by: int | None = None,
) -> None:
    """Set a setting for a chat (or one `topic` of it), for all chats of a tier or another `segment`
    (`region:…`, `tag:…`), or (none of them) as the default. The value is kept as given: `change` checks."""
    scope, scope_id = _place(chat, topic, tier, segment)
    if chat is not None and by:
        was = _rows(work, scope, scope_id).get(setting.key)
        if was != value:
            work.emit(Changed(chat, setting.key, was, value, by, topic))
    elif chat is None:
        work.emit(Given(setting.key, value, scope_id or None))
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
    _changed(work, scope, scope_id)


def unset(
    work: Work,
    setting: Setting,
    *,
    chat: int | None = None,
    topic: int | None = None,
    tier: str | None = None,
    segment: str | None = None,
    by: int | None = None,
) -> None:
    """Take a value back, so that it is inherited again."""
    scope, scope_id = _place(chat, topic, tier, segment)
    was = _rows(work, scope, scope_id).get(setting.key)
    if chat is not None and by and was is not None:
        work.emit(Changed(chat, setting.key, was, None, by, topic))
    work.sql.run(store.UNSET, s=scope, i=scope_id, k=setting.key)
    _changed(work, scope, scope_id)


def _place(chat: int | None, topic: int | None, tier: str | None, segment: str | None) -> tuple[str, str]:
    if chat is not None:
        return ("chat", str(chat)) if topic is None else ("topic", f"{chat}:{topic}")
    segment = segment or (f"tier:{tier}" if tier else None)
    return ("segment", segment) if segment else ("default", "")


def _changed(work: Work, scope: str, scope_id: str) -> None:
    work.drop("members.settings", (scope, scope_id))
    for cache in _CACHES:
        work.clear(cache)


def own(
    work: Work, chat: int | None, topic: int | None = None, *, segment: str | None = None
) -> dict[str, Any]:
    """What a chat, or a topic of it, set itself; without a chat what a segment or all are given. By key."""
    scope, scope_id = _place(chat, topic, None, segment)
    return dict(_rows(work, scope, scope_id))


def topics(work: Work, chat: int) -> frozenset[int]:
    """The topics of a chat that set something of their own."""
    known: frozenset[int] | None = work.cached("members.topics").get(chat)
    if known is None:
        rows = work.sql.all(store.TOPICS, of_chat=f"{chat}:%")
        found = (r.scope_id.partition(":")[2] for r in rows)
        known = frozenset(int(t) for t in found if t.isascii() and t.isdigit())
        work.put("members.topics", chat, known)
    return known


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


def layers(work: Work, chat: int, topic: int | None = None) -> Layers:
    """The settings that hold in a chat: its own, its segments' (tier, region, tags: the later wins), the
    default rows, and the tier; in a topic that sets something, its own lie over the chat's. The very same
    tuple comes back until one of them changes: what is made of it may be kept as long."""
    key: Any = chat
    if topic is not None and topic in topics(work, chat):
        key = (chat, topic)
    known: Layers | None = work.cached("members.layers").get(key)
    if known is None:
        p = profile(work, chat)
        near = _rows(work, "chat", str(chat))
        if key is not chat:
            near = near | _rows(work, "topic", f"{chat}:{topic}")
        known = (near, _segment(work, p), _rows(work, "default", ""), p.tier if p is not None else None)
        work.put("members.layers", key, known)
    return known


def _segment(work: Work, p: Profile | None) -> dict[str, Any]:
    """The rows of a chat's segments as one; the tier's very own dict where region and tags set nothing, so
    that chats of a tier share what is made of it."""
    names = tuple(segments(p))
    whole: dict[str, Any] | None = work.cached("members.segment").get(names)
    if whole is None:
        whole = _rows(work, "segment", names[0])
        for name in names[1:]:
            more = _rows(work, "segment", name)
            whole = whole | more if more else whole
        work.put("members.segment", names, whole)
    return whole
