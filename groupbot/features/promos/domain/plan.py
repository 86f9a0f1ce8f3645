"""A plan as written in a file, checked; what of the missed is still worth saying; which of a pool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.chance import Chance
from groupbot.core.spans import seconds
from groupbot.features.promos.domain.audience import Audience, Wrong, meant, nearest, texts
from groupbot.features.promos.domain.belonging import campaign_of, trial_of
from groupbot.features.promos.domain.dates import wall
from groupbot.features.promos.domain.expert import CARD, Asked, expert_of, instead_of
from groupbot.features.promos.domain.festivals import Day, checked, country_of, day_of
from groupbot.features.promos.domain.recurrence import checked as checked_rule
from groupbot.features.promos.domain.trend import expires

KINDS = ("promotion", "greeting", "notice", "trend", "other")
STATES = ("live", "draft")
CLASSES = ("at most once", "at least once")
ONLY = ("workdays", "holidays", "no_holidays")
MISSED = {
    "promotion": "skip after 15m",
    "greeting": "skip after 2h",
    "notice": "latest within 12h",
    "trend": "skip after 2h",
    "other": "skip after 2h",
}
FIELDS = (
    "name", "audience", "template", "pool", "no_repeat_days", "data", "kind", "start", "rrule", "end",
    "count", "except", "missed", "quiet", "reason", "state", "on", "days_before", "only_on", "priority",
    "class", "silent_hours", "topic", "owner", "replace", "digest", "paid", "campaign", "test", "expert",
    "instead",
)  # fmt: skip
_MISSED = re.compile(
    r"(?:(?P<one>skip|latest)|each\s*<=?\s*(?P<most>\d+))"
    r"(?:\s+(?:after|within)\s+(?P<n>\d+)\s*(?P<unit>[mhd]))?"
)


class Plan(Struct, frozen=True, omit_defaults=True):
    """What is posted to whom and when. Times are wall-clock times of each chat, without a zone.

    It comes by `rrule`, or `before` days ahead of the days `on`; with `only` (workdays, holidays or
    no_holidays, and a country) on such days alone. A slot later than `grace` seconds is not said any more;
    of several slots missed and still within it the newest `keep` are. `weights` go with the pool. Of slots
    due together the higher `priority` comes first. A post that may have landed is sent again when `again`.
    It waits for nothing if people talk: with `silent` hours it is said only where nobody wrote so long.
    """

    name: str
    whom: Audience
    pool: tuple[str, ...]
    start: datetime
    kind: str = "other"
    data: dict[str, Any] = {}
    rrule: str = ""
    end: datetime | None = None
    count: int | None = None
    but: tuple[date, ...] = ()
    grace: int = 7200
    keep: int = 1
    no_repeat_days: int = 0
    loud: str = ""  # why it may be said in quiet hours; empty: it may not
    state: str = "live"
    on: tuple[Day, ...] = ()
    before: int = 0
    only: tuple[str, str] | None = None
    weights: tuple[float, ...] = ()
    priority: int = 0
    again: bool = False
    silent: float = 0.0
    topic: int | None = None
    owner: str = ""
    replace: bool = False  # the plan's post before goes when the next one comes
    digest: bool = False  # what a limit holds comes in the group's digest
    paid: bool = False  # leaves at up to 1,000 a second, for 0.1 Stars a group
    campaign: str = ""  # NAME/PHASE: said only while that phase is open
    test: str = ""  # each chat keeps one template of the pool, by hash
    expert: Asked | None = None  # whose session it announces
    instead: str = ""  # what stands in when they do not come
    asks: bool = False  # made in a chat by /post: it waits for an operator's word in any case


def plan_of(raw: Any, audiences: Mapping[str, Audience]) -> Plan:
    """A plan as written.

    Raises:
        Wrong: names the field and the next step; a typo gets the nearest word.
    """
    if not isinstance(raw, dict):
        raise Wrong("", "a plan is a mapping", "start it with `- name: …`")
    raw = {"on" if k is True else k: v for k, v in raw.items()}  # YAML 1.1 reads the word on as true
    for field in raw:
        if field not in FIELDS:
            raise Wrong(str(field), f"no field {field!r}", meant(str(field), FIELDS))
    name = raw.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 60:
        raise Wrong("name", "a plan has a name of 1 to 60 characters", "add name: …")
    audience = str(raw.get("audience") or "")
    if audience not in audiences:
        raise Wrong("audience", f"{name}: no audience {audience!r}", nearest(audience, audiences))
    pool, weights = _pool(raw.get("pool"))
    expert = expert_of(raw.get("expert"))
    pool = pool or texts("template", raw.get("template", CARD if expert else None))
    if not pool or ("pool" in raw and "template" in raw):
        raise Wrong("template", f"{name}: either a template or a pool", "add template: promos/card")
    kind = _one_of("kind", raw.get("kind", "other"), KINDS)
    data = raw.get("data") or {}
    if not isinstance(data, dict):
        raise Wrong("data", f"{name}: data is not a mapping", "write data: {point: …}")
    url = str(data.get("url") or "https://")
    if not url.startswith(("https://", "http://", "tg://")):
        raise Wrong("data", f"{name}: url {url!r} is no address", "start it with https://")
    keep, grace = _missed(str(raw.get("missed") or MISSED[kind]), kind)
    loud = ""
    if raw.get("quiet"):
        said, why = raw["quiet"], str(raw.get("reason") or "")
        if said != "override" or not why:
            what = "says no reason" if said == "override" else "is no word for it"
            raise Wrong("quiet", f"{name}: quiet: {said} {what}", "write quiet: override and reason: …")
        loud = why
    start = wall("start", raw.get("start"))
    on, campaign = _on(raw, start), campaign_of(raw.get("campaign"))
    end = None if raw.get("end") is None else wall("end", raw["end"], last=True)
    return Plan(
        name=name,
        whom=audiences[audience],
        pool=pool,
        start=start,
        kind=kind,
        data={str(k): _plain(v) for k, v in data.items()},
        rrule=checked_rule(str(raw.get("rrule") or "").strip().removeprefix("RRULE:")),
        end=expires(name, kind, start, end),
        count=_count("count", raw.get("count")) or None,
        but=tuple(wall("except", d).date() for d in _list(raw.get("except"))),
        grace=grace,
        keep=keep,
        no_repeat_days=_count("no_repeat_days", raw.get("no_repeat_days")),
        loud=loud,
        state=_one_of("state", raw.get("state", "live"), STATES),
        on=on,
        before=_count("days_before", raw.get("days_before")),
        only=_only(raw.get("only_on")),
        weights=weights,
        priority=_count("priority", raw.get("priority")),
        again=_one_of("class", raw.get("class", CLASSES[0]), CLASSES) == CLASSES[1],
        silent=float(_count("silent_hours", raw.get("silent_hours"))),
        topic=_count("topic", raw.get("topic")) or None,
        owner=str(raw.get("owner") or ""),
        replace=_switch("replace", raw.get("replace", False)),
        digest=_switch("digest", raw.get("digest", False)),
        paid=_switch("paid", raw.get("paid", False)),
        campaign=campaign,
        test=trial_of(raw.get("test"), pool, weights, campaign),
        expert=expert,
        instead=instead_of(raw.get("instead"), expert),
    )


def stars(chats: int) -> int:
    """What a paid post to so many groups costs at most, in Stars: 0.1 a message (Bot API 7.11)."""
    return -(-chats // 10)


def _on(raw: Mapping[str, Any], start: datetime) -> tuple[Day, ...]:
    """The days of `on`, each of which comes every year."""
    said = texts("on", raw.get("on"))
    if said and raw.get("rrule"):
        raise Wrong("on", "either on or rrule", "leave one out")
    if raw.get("days_before") and not said:
        raise Wrong("days_before", "days_before goes with on", "add on: 农历除夕")
    days = []
    for text in said:
        day = day_of(text)
        checked(day, text, start.date())
        days.append(day)
    return tuple(days)


def _only(value: Any) -> tuple[str, str] | None:
    """`workdays CN` as a pair."""
    if value is None:
        return None
    kind, _, country = str(value).strip().rpartition(" ")
    kind = kind.strip().replace(" ", "_")
    if kind not in ONLY:
        raise Wrong("only_on", f"only_on {value!r}", "write workdays CN, holidays CN or no holidays CN")
    return kind, country_of(country)


def _pool(raw: Any) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Templates, and their weights where they are given as `{promos/a: 3, promos/b: 1}`."""
    if not isinstance(raw, dict):
        return texts("pool", raw), ()
    for name, weight in raw.items():
        if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight <= 1000:
            raise Wrong("pool", f"weight {weight!r} of {name} is not a number above 0", f"write {name}: 2")
    return tuple(str(n) for n in raw), tuple(float(w) for w in raw.values())


def _one_of(field: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise Wrong(field, f"{field} {value!r}", nearest(str(value), known))
    return str(value)


def _switch(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(field, f"{field} {value!r} is neither true nor false", f"write {field}: true")
    return value


def _count(field: str, value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 10_000:
        raise Wrong(field, f"{field} {value!r} is not a whole number above 0", f"write {field}: 5")
    return value


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    """Values that JSON keeps: dates become text."""
    if isinstance(value, date | datetime | time):
        return value.isoformat(*((" ",) if isinstance(value, datetime) else ()))
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _missed(text: str, kind: str) -> tuple[int, int]:
    """(keep, grace in seconds) of `skip after 15m`, `latest within 12h`, `each<=3 within 6h`."""
    m = _MISSED.fullmatch(text.strip())
    if m is None or (m["most"] and not 0 < int(m["most"]) <= 100):
        raise Wrong("missed", f"missed {text!r}", f"e.g. {MISSED[kind]}, or each<=3 within 6h")
    usual = _MISSED.fullmatch("latest within 12h" if m["one"] != "skip" else MISSED[kind])
    given = m if m["n"] else usual
    assert given is not None
    return int(m["most"] or 1), seconds(given["n"] + given["unit"]) or 0


def worth(slots: Sequence[datetime], now: datetime, grace: int, keep: int) -> list[datetime]:
    """Of the slots that have come, those still to be said: within `grace` seconds, the newest `keep`."""
    oldest = now - timedelta(seconds=grace)
    return [s for s in slots if s >= oldest][-keep:]


def choose(
    pool: Sequence[str],
    history: Iterable[tuple[datetime, str]],
    now: datetime,
    days: int,
    rng: Chance,
    weights: Sequence[float] = (),
) -> str:
    """One template of the pool by its weight, none that was said within `days`; if all were, the longest
    unsaid.

    `history` are (time, template) of earlier posts of this plan in the chat.
    """
    if len(pool) == 1:
        return pool[0]
    last: dict[str, datetime] = {}
    for at, template in history:
        last[template] = max(at, last.get(template, at))
    fresh = [t for t in pool if t not in last or now - last[t] >= timedelta(days=days)]
    if not fresh:
        return min(pool, key=lambda t: last[t])
    if not weights:
        return rng.choice(fresh)
    of = dict(zip(pool, weights, strict=True))
    left = rng.random() * sum(of[t] for t in fresh)
    for template in fresh:
        left -= of[template]
        if left < 0:
            return template
    return fresh[-1]
