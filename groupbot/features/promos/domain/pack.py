"""A pack: what a group of one purpose or tier begins with, and its posts as plans from a first day on."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.features.promos.domain.audience import Wrong, nearest

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KINDS = ("purpose", "tier")
LONGEST = 20  # characters of an audience in a plan's name
FIELDS = ("name", "kind", "about", "audience", "recipes", "settings", "metrics", "posts")
_POST = ("week", "day", "at", "template", "kind")


class Post(Struct, frozen=True):
    """One post of a pack: the first such `day` of its `week`, on the group's clock."""

    week: int
    day: str
    at: time
    template: str
    kind: str = "other"


class Pack(Struct, frozen=True):
    """Its posts, the recipes of care and the settings that go with it, and what shows whether it works."""

    name: str
    kind: str
    about: str
    audience: str
    posts: tuple[Post, ...]
    recipes: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    metrics: tuple[str, ...] = ()


def pack_of(raw: Any) -> Pack:
    """A pack as written.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if not isinstance(raw, dict):
        raise Wrong("", "pack: expected a mapping", "write - name: voice")
    for field in raw:
        if field not in FIELDS:
            raise Wrong(str(field), f"{field}: no such field", nearest(str(field), FIELDS))
    if raw.get("kind") not in KINDS:
        raise Wrong("kind", f"kind: {raw.get('kind')!r}, expected purpose or tier", "write kind: purpose")
    posts = raw.get("posts")
    if not raw.get("name") or not isinstance(posts, list) or not posts:
        example = "posts: [{week: 1, day: MO, at: '10:30', template: packs/voice_open}]"
        raise Wrong("posts", "posts: expected a name and a list of posts", f"write {example}")
    return Pack(
        name=str(raw["name"]),
        kind=str(raw["kind"]),
        about=str(raw.get("about") or ""),
        audience=str(raw.get("audience") or ""),
        posts=tuple(_post(p, f"posts[{n}]") for n, p in enumerate(posts)),
        recipes=tuple(str(r) for r in raw.get("recipes") or ()),
        settings=dict(raw.get("settings") or {}),
        metrics=tuple(str(m) for m in raw.get("metrics") or ()),
    )


def _post(raw: Any, place: str) -> Post:
    example = "write {week: 1, day: MO, at: '10:30', template: packs/voice_open}"
    if not isinstance(raw, dict) or not set(raw) <= set(_POST) or not raw.get("template"):
        raise Wrong(place, f"{place}: expected week, day, at and template", example)
    week, day = raw.get("week"), raw.get("day")
    if not isinstance(week, int) or not 1 <= week <= 52:
        raise Wrong(f"{place}.week", f"{place}.week: {week!r}, expected a whole number from 1 on", example)
    if day not in DAYS:
        raise Wrong(f"{place}.day", f"{place}.day: {day!r}, expected one of {', '.join(DAYS)}", example)
    try:
        at = time.fromisoformat(str(raw.get("at")))
    except ValueError:
        raise Wrong(f"{place}.at", f"{place}.at: {raw.get('at')!r}, expected a time", example) from None
    return Post(week, str(day), at, str(raw["template"]), str(raw.get("kind") or "other"))


def when(post: Post, first: date) -> datetime:
    """When a post comes, on the wall clock, if the pack begins on the day `first`."""
    ahead = (DAYS.index(post.day) - first.weekday()) % 7
    return datetime.combine(first + timedelta(days=ahead + 7 * (post.week - 1)), post.at)


def named(audience: str, post: Post, title: str, lang: str) -> str:
    """What operators call a post of a pack: 门店 第1周 欢迎来群里."""
    week = f"第{post.week}周" if lang == "zh" else f"week {post.week}"
    return f"{audience[:LONGEST]} {week} {title}"


def plans_of(
    pack: Pack,
    audience: str,
    first: date,
    data: dict[str, dict[str, Any]],
    titles: dict[str, str],
    lang: str,
) -> list[dict[str, Any]]:
    """The pack's posts as plans in the form of a plan file, all drafts. `data` is what each template needs,
    as an example to be replaced; `titles` are the templates' in that language. Posts that would be called
    the same are numbered."""
    found = []
    names: Counter[str] = Counter()
    for post in sorted(pack.posts, key=lambda p: when(p, first)):
        name = named(audience, post, titles.get(post.template, post.template), lang)
        names[name] += 1
        plan: dict[str, Any] = {
            "name": name if names[name] == 1 else f"{name} {names[name]}",
            "audience": audience,
            "kind": post.kind,
            "template": post.template,
            "start": when(post, first),
            "state": "draft",
        }
        if data.get(post.template):
            plan["data"] = data[post.template]
        found.append(plan)
    return found
