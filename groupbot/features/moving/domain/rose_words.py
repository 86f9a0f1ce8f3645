"""Values of Rose's export as ours and back: spans, actions, lists. Pure.

Each pair of functions goes one way and the other: `x(value, part)` reads a field of theirs (`part` is the
mapping it stands in; None: it says nothing), `back_x(value, was)` writes ours into what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groupbot.core import fillings
from groupbot.core.setting import seconds, spoken
from groupbot.features.members.domain import KEPT_ON

_NANO = 1_000_000_000
_KINDS = ("prefix", "exact", "lookalike", "stickerpack", "file", "forward", "inlinebot")
_WILD = frozenset("*?{}\\")
_PLACES = {"zh": "zh-hans", "en": "en"}
Part = Mapping[str, Any]


def back(value: Any, was: Any) -> Any:
    return value


def switch(value: Any, part: Part) -> Any:
    return value if isinstance(value, bool) else None


def opposite(value: Any, part: Part) -> Any:
    return not value if isinstance(value, bool) else None


def back_not(value: Any, was: Any) -> Any:
    return not value


def text(value: Any, part: Part) -> Any:
    return value if isinstance(value, str) else None


def number(value: Any, part: Part) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def limit(value: Any, part: Part) -> Any:
    """A limit; 0 says nothing (it is off)."""
    return number(value, part) or None


def back_limit(value: Any, was: Any) -> Any:
    return 0 if was == 0 else value  # 0 is off, and stays so


def some(value: Any, part: Part) -> Any:
    """A limit as a switch: 0 is off."""
    n = number(value, part)
    return None if n is None else n > 0


def either(value: Any, part: Part) -> Any:
    """Limits of floods as a switch: it is on where one of them is; None where the export has none."""
    both = [number(part.get(k), part) for k in ("flood_limit", "flood_timer_limit")]
    said = [n for n in both if n is not None]
    return any(n > 0 for n in said) if said else None


def back_either(value: Any, was: Any) -> Any:
    """Off is no limit; on leaves what the limits say."""
    return None if value else 0


def back_some(value: Any, was: Any) -> Any:
    return (was or 10) if value else 0


def _seconds_of(value: Any) -> int:
    """Seconds of a span, which exports count in nanoseconds where it is that large."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return 0
    return value // _NANO if value >= _NANO else value


def span(value: Any, part: Part) -> Any:
    return None if number(value, part) is None or value < 0 else _seconds_of(value)


def back_span(value: Any, was: Any) -> Any:
    return value * _NANO if isinstance(was, int) and was >= _NANO else value


def span_text(value: Any, part: Part) -> Any:
    """A span as people write it, 0 as off."""
    if number(value, part) is None or value < 0:
        return None
    return spoken(_seconds_of(value)) if value else "off"


def back_span_text(value: Any, was: Any) -> Any:
    return back_span(seconds(str(value)) or 0, was)


def act(value: Any, part: Part) -> Any:
    """An action with its span: tban and 172800 → `tban 2d`."""
    if not isinstance(value, str) or not value:
        return None
    if value == "nothing":
        return "del"
    span = _seconds_of(part.get("action_duration"))
    return f"{value} {spoken(span)}" if span and value.startswith("t") else value


def back_act(value: Any, was: Any) -> Any:
    first = str(value).partition(" ")[0]
    return {"del": "nothing", "": was, "ask": was}.get(first, first)


def raid_action(value: Any, part: Part) -> Any:
    """How long a raid's people stay out: ours is a ban with a span."""
    span = _seconds_of(value)
    return f"ban {spoken(span)}" if span else None


def back_raid_action(value: Any, was: Any) -> Any:
    span = seconds(str(value).partition(" ")[2])
    return back_span(span, was) if span else None


def draft(value: Any, part: Part) -> Any:
    """A text with fillings and buttons as our template; one that stands with a file of hers says nothing, for
    the file is bound to her."""
    if not isinstance(value, str) or not value.strip() or part.get("data_id"):
        return None
    return fillings.read(value).plain()


def back_draft(value: Any, was: Any) -> Any:
    return fillings.write(fillings.kept(value)) if value else ""


def says_nothing(value: Any, part: Part) -> Any:
    return None


def back_act_span(value: Any, was: Any) -> Any:
    span = seconds(str(value).partition(" ")[2])
    return None if not span else back_span(span, was)


def language(value: Any, part: Part) -> Any:
    code = str(value or "").lower().replace("_", "-").partition("-")[0]
    return code if code in _PLACES else None


def back_language(value: Any, was: Any) -> Any:
    return _PLACES.get(value)


# --- lists
def _dicts(value: Any) -> list[dict[str, Any]]:
    return [d for d in value if isinstance(d, dict)] if isinstance(value, list) else []


def plain(trigger: str) -> bool:
    """A blocklist trigger without a matching language of its own."""
    return not set(trigger) & _WILD and not trigger.lower().startswith(tuple(f"{k}:" for k in _KINDS))


def _entry(d: Part) -> str:
    """A trigger as our blocklist keeps it: `"free money" why`, `prefix:"free"`."""
    name, reason = str(d.get("name") or "").strip(), " ".join(str(d.get("reason") or "").split())
    kind, colon, rest = name.partition(":")
    special = colon and kind.lower() in _KINDS
    made = f'{kind.lower()}:"{_quoted(rest)}"' if special else f'"{_quoted(name)}"'
    return f"{made} {reason}" if reason else made


def _quoted(text: str) -> str:
    return text.strip().replace('"', '\\"')


def entries(value: Any, part: Part) -> Any:
    found = [_entry(d) for d in _dicts(value) if str(d.get("name") or "").strip()]
    return list(dict.fromkeys(found)) if isinstance(value, list) else None


def back_entries(value: Any, was: Any) -> Any:
    known = {_entry(d): d for d in _dicts(was)}
    return [known.get(v) or _unquoted(str(v)) for v in value]


def _unquoted(line: str) -> dict[str, Any]:
    """A line of our blocklist as a trigger with its reason."""
    kind, quote, rest = line.partition('"')
    end = 0
    while end < len(rest) and (rest[end] != '"' or rest[end - 1 : end] == "\\"):
        end += 1
    if not quote:
        return {"name": line, "reason": ""}
    return {"name": kind + rest[:end].replace('\\"', '"'), "reason": rest[end + 1 :].strip()}


def phrases(value: Any, part: Part) -> Any:
    names = [str(d.get("name") or "").strip() for d in _dicts(value)]
    return [n for n in dict.fromkeys(names) if n and plain(n)] if isinstance(value, list) else None


def back_phrases(value: Any, was: Any) -> Any:
    """Those with a syntax of their own stay; the plain ones become ours, with their reasons where known."""
    known = {str(d.get("name") or "").strip(): d for d in _dicts(was)}
    kept = [d for d in _dicts(was) if not plain(str(d.get("name") or ""))]
    names = [str(v).lstrip("!！") for v in value]
    return [*kept, *(known.get(n) or {"name": n, "reason": ""} for n in names)]


def _url(d: Part) -> str:
    return str(d.get("url") or d.get("group_username") or "")


def urls(value: Any, part: Part) -> Any:
    return [u for u in dict.fromkeys(map(_url, _dicts(value))) if u] if isinstance(value, list) else None


def back_urls(value: Any, was: Any) -> Any:
    known = {_url(d): d for d in _dicts(was)}
    return [known.get(u) or {"group_id": 0, "group_username": "", "url": u} for u in value]


def names(value: Any, part: Part) -> Any:
    """Of commands that are off; those that stay on here are passed over, so that the others go off."""
    found = [str(d["name"]) for d in _dicts(value) if d.get("name")]
    return [n for n in found if n not in KEPT_ON] if isinstance(value, list) else None


def back_names(value: Any, was: Any) -> Any:
    return [{"name": n} for n in value]


def cleaned(value: Any, part: Part) -> Any:
    if not isinstance(value, dict):
        return None
    return [k for k, v in value.items() if isinstance(v, dict) and v.get("clean") is True]


def back_cleaned(value: Any, was: Any) -> Any:
    before = was if isinstance(was, dict) else {}
    return {k: {**(before.get(k) or {}), "clean": k in value} for k in dict.fromkeys([*before, *value])}


# --- the log
def log_off(value: Any, part: Part) -> Any:
    """Categories that are not logged, of a mapping of categories to switches (or to `{"log": switch}`)."""
    if not isinstance(value, dict):
        return None
    return sorted(k for k, v in value.items() if (v.get("log") if isinstance(v, dict) else v) is False)


def back_log_off(value: Any, was: Any) -> Any:
    before = was if isinstance(was, dict) else {}
    return {
        k: ({**v, "log": k not in value} if isinstance(v := before.get(k), dict) else k not in value)
        for k in dict.fromkeys([*before, *value])
    }
