"""A thing a chat may set: its type, its limits, how a person writes it. Pure.

Menus, docs and validation are made from these declarations; nothing else says what a value may be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from groupbot.core import spans

KINDS = ("bool", "int", "number", "duration", "choice", "texts", "text", "zone", "map", "rows")
_YES = frozenset(("on", "yes", "true", "1", "开", "是"))
_NO = frozenset(("off", "no", "false", "0", "关", "否"))
SWITCHES = _YES | _NO  # what says on or off, in lower case
_LONE = re.compile("[\ud800-\udfff]")  # half a character: no file and no database takes it
_ITEMS = re.compile(r'\s*"([^"]*)"\s*(?=[,\n]|$)|([^,\n]+)')


class Unfit(ValueError):
    """A value that does not fit its setting: what was `expected`, and an `example`, both in English."""

    def __init__(self, key: str, expected: str, example: str) -> None:
        super().__init__(f"{key}: expected {expected}, for example {example}")
        self.key, self.expected, self.example = key, expected, example


class Setting(Struct, frozen=True):
    """One thing a chat may set. `by_tier` overrides `default` for chats of a tier.

    `kind` is one of KINDS; when left out it follows from the default and the choices. A duration is a
    whole number of seconds; `map` and `rows` are JSON and move by file only. `least` and `most` bound
    numbers, durations, and the length of texts and lists. `unit` says what a number counts. `module` groups
    settings in menus (default: the router that declares it). A `secret` is never shown in a group nor
    exported. `inner` ones are kept by the bot itself: people neither see nor move them. `pattern` must match
    the whole of a text, `example` shows one. `reads` gives a value (of a list: each item) in its one
    spelling and raises ValueError for what is none; `form` says in words what it takes. What is marked
    `owner` only the group's owner changes.
    """

    key: str
    default: Any
    about: str
    by_tier: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Any, ...] = ()
    kind: str = ""
    least: float | None = None
    most: float | None = None
    unit: str = ""
    module: str = ""
    secret: bool = False
    inner: bool = False
    pattern: str = ""
    example: str = ""
    reads: Callable[[Any], Any] | None = None
    form: str = ""
    owner: bool = False

    def fallback(self, tier: str | None) -> Any:
        """The value where nobody set one."""
        return self.by_tier.get(tier or "", self.default)

    @property
    def type(self) -> str:
        """The kind of value, one of KINDS."""
        if self.kind:
            return self.kind
        if self.choices:
            return "bool" if set(self.choices) == {True, False} else "choice"
        for made, kind in ((bool, "bool"), (int, "int"), (float, "number"), (dict, "map")):
            if isinstance(self.default, made):
                return kind
        return "texts" if isinstance(self.default, list | tuple) else "text"

    # --- validation
    @property
    def expected(self) -> str:
        """What a value must be, in English words."""
        kind, span = self.type, _span(self.least, self.most, duration=self.type == "duration")
        words = {
            "bool": "on or off",
            "int": "a whole number" + span + (f" ({self.unit})" if self.unit else ""),
            "number": "a number" + span + (f" ({self.unit})" if self.unit else ""),
            "duration": "a duration" + span,
            "choice": "one of " + ", ".join(str(c) for c in self.choices),
            "texts": ("a list of " + (", ".join(map(str, self.choices)) if self.choices else "texts"))
            + (f", {int(self.most)} at most" if self.most else ""),
            "text": f"a text of the form {self.pattern}" if self.pattern else "a text",
            "zone": "the IANA name of a time zone",
            "map": "a mapping",
            "rows": "a list",
        }
        if self.form:
            words[kind] = f"a list of {self.form}" if kind in ("texts", "rows") else self.form
        more = f" of at most {int(self.most)} characters" if kind == "text" and self.most else ""
        return words[kind] + more

    @property
    def sample(self) -> str:
        """A value as a person would write it."""
        if self.example:
            return self.example
        fixed = {"texts": "one, two", "text": "…", "zone": "Asia/Shanghai", "map": "{}", "rows": "[]"}
        if self.type == "texts" and self.choices:
            return str(self.choices[0])
        if self.type in ("text", "texts") and self.default:
            return self.show(self.default)
        return fixed.get(self.type) or self.show(self.default if self.default != "" else self.choices[0])

    def check(self, value: Any) -> Any:
        """The value as it is kept (a list for texts, seconds for a duration).

        Raises:
            Unfit: it does not fit.
        """
        made = _CHECKS[self.type](self, value)
        if made is not None and self.reads is not None:
            try:
                made = [self.reads(v) for v in made] if self.type in ("texts", "rows") else self.reads(made)
            except (ValueError, TypeError):
                made = None
        if made is None:
            raise self.unfit()
        return made

    def bounded(self, value: Any) -> Any:
        """A stored value, a number beyond the bounds as the nearer of them: what was kept before there were
        bounds, or by another version, must do no harm."""
        if type(value) is int or type(value) is float:
            if self.least is not None and value < self.least:
                return type(value)(self.least)
            if self.most is not None and value > self.most:
                return type(value)(self.most)
        return value

    def parse(self, text: str) -> Any:
        """The value a person wrote.

        Raises:
            Unfit: it does not fit.
        """
        text = text.strip()
        kind = self.type
        value: Any = text
        if kind in ("int", "number"):
            try:
                value = int(text) if kind == "int" else float(text)
            except ValueError:
                raise self.unfit() from None
        elif kind == "duration":
            value = seconds(text)
        elif kind == "texts":
            value = [a or b.strip() for a, b in _ITEMS.findall(text) if (a or b).strip()]
        elif kind in ("map", "rows"):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                raise self.unfit() from None
        elif kind == "choice":
            value = next((c for c in self.choices if str(c).casefold() == text.casefold()), None)
        return self.check(value)

    def show(self, value: Any) -> str:
        """A value as a person writes it; `parse(show(v))` gives v again, but for texts with quotes."""
        kind = self.type
        if kind == "bool":
            return "on" if value else "off"
        if kind == "duration" and isinstance(value, int):
            return spoken(value)
        if kind == "texts" and isinstance(value, list | tuple):
            return ", ".join(f'"{v}"' if set(str(v)) & set(",\n") else str(v) for v in value)
        if kind in ("map", "rows") and value is not None:
            return json.dumps(value, ensure_ascii=False, default=str)
        return str(value)

    def unfit(self) -> Unfit:
        """The refusal of a value."""
        return Unfit(self.key, self.expected, self.sample)


def seconds(text: str) -> int | None:
    """A duration a person wrote: a span, `90` (seconds), `off` (0); None when it is none."""
    low = text.strip().lower()
    if low in _NO:
        return 0
    if low.isascii() and low.isdigit() and len(low) < 11:
        return int(low)
    return spans.seconds(low)


def switch_of(text: str) -> bool | None:
    """on, yes, true, 1, 开, 是 / off, no, false, 0, 关, 否, in any case; None for anything else."""
    low = text.strip().lower()
    return True if low in _YES else False if low in _NO else None


def spoken(value: int) -> str:
    """Whole seconds as `seconds` reads them: 90061 → 1d 1h 1m 1s."""
    return spans.spelled(timedelta(seconds=value)) if value else "0"


def _span(least: float | None, most: float | None, *, duration: bool) -> str:
    def write(n: float) -> str:
        return spoken(int(n)) if duration else f"{n:.15g}"

    if least is not None and most is not None:
        return f" from {write(least)} to {write(most)}"
    if least is not None:
        return f", at least {write(least)}"
    return f", at most {write(most)}" if most is not None else ""


def _within(s: Setting, n: float) -> bool:
    return (s.least is None or n >= s.least) and (s.most is None or n <= s.most)


def _bool(s: Setting, v: Any) -> Any:
    if isinstance(v, bool):
        return v
    return switch_of(v) if isinstance(v, str) else None


def _int(s: Setting, v: Any) -> Any:
    fits = isinstance(v, int) and not isinstance(v, bool) and abs(v) < 1 << 63 and _within(s, v)
    return v if fits and (not s.choices or v in s.choices) else None


def _number(s: Setting, v: Any) -> Any:
    fits = isinstance(v, int | float) and not isinstance(v, bool) and v == v and _within(s, v)
    return float(v) if fits else None


def _duration(s: Setting, v: Any) -> Any:
    n = seconds(v) if isinstance(v, str) else v
    return _int(s, n)


def _choice(s: Setting, v: Any) -> Any:
    for c in s.choices:
        if type(c) is type(v) and c == v:
            return c
    return "" if v == "" and s.default == "" else None


def _texts(s: Setting, v: Any) -> Any:
    if not isinstance(v, list | tuple) or (s.most is not None and len(v) > s.most):
        return None
    made = [str(item).strip() for item in v if isinstance(item, str | int) and not isinstance(item, bool)]
    if len(made) != len(v) or not all(made):
        return None
    if s.choices and not set(made) <= set(s.choices):
        return None
    return made


def _text(s: Setting, v: Any) -> Any:
    if not isinstance(v, str) or "\0" in v or _LONE.search(v) or (s.most is not None and len(v) > s.most):
        return None
    if s.least is not None and len(v) < s.least:
        return None
    return v if not s.pattern or re.fullmatch(s.pattern, v) else None


def _zone(s: Setting, v: Any) -> Any:
    if v == "":
        return v
    try:
        return str(ZoneInfo(v).key) if isinstance(v, str) else None
    except (ValueError, OSError, KeyError):
        return None


def _map(s: Setting, v: Any) -> Any:
    return dict(v) if isinstance(v, Mapping) and all(isinstance(k, str) for k in v) else None


def _rows(s: Setting, v: Any) -> Any:
    return list(v) if isinstance(v, list | tuple) and (s.most is None or len(v) <= s.most) else None


_CHECKS = {
    "bool": _bool,
    "int": _int,
    "number": _number,
    "duration": _duration,
    "choice": _choice,
    "texts": _texts,
    "text": _text,
    "zone": _zone,
    "map": _map,
    "rows": _rows,
}
