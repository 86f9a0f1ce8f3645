"""Settings as people see and change them: found by key, shown, explained, changed; the private menu."""

from __future__ import annotations

import difflib
import zlib
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Edit, Rows, Send
from groupbot.core.setting import Setting, Unfit
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members.service import chats, people, settings

HIDDEN = "•••"
INHERIT = ("default", "inherit", "~")
PAGE = 16  # settings on one page of the menu
CLIP = 300  # characters of a long text shown


class Home(Struct, frozen=True, tag="st.home"):
    """All modules. `menu` tells one opened menu from another."""

    chat: int
    menu: int


class Module(Struct, frozen=True, tag="st.mod"):
    """The settings of one module, by the mark of its name, a page of them."""

    chat: int
    menu: int
    module: int
    page: int = 0


class Look(Struct, frozen=True, tag="st.key"):
    """One setting, by the mark of its key."""

    chat: int
    menu: int
    key: int


class Pick(Struct, frozen=True, tag="st.set"):
    """A value for a setting, by its mark; 0: inherit again."""

    chat: int
    menu: int
    key: int
    value: int


Menu = Home | Module | Look | Pick


def mark(text: str) -> int:
    """A short number that stands for a key or value within a button's 64 bytes; never 0."""
    return zlib.crc32(text.encode()) or 1


def catalogue(work: Work) -> dict[str, list[Setting]]:
    """The settings people may see, by module, both in order of name."""
    made: dict[str, list[Setting]] = {}
    for s in sorted(work.me.settings.values(), key=lambda s: (s.module, s.key)):
        if not s.inner:
            made.setdefault(s.module, []).append(s)
    return made


def find(work: Work, key: str) -> Setting:
    """The setting with this key, whatever the case.

    Raises:
        Refusal: there is none; names the nearest.
    """
    known = {s.key.lower(): s for s in work.me.settings.values() if not s.inner}
    found = known.get(key.lower())
    if found is None:
        raise Refusal("settings/unknown", key=key[:60], near=difflib.get_close_matches(key.lower(), known, 3))
    return found


def written(s: Setting, value: Any) -> str:
    """A value as people read it; a secret is never shown."""
    if s.secret:
        return HIDDEN if value else ""
    text = s.show(value)
    return text if len(text) <= CLIP else text[: CLIP - 1] + "…"


def told(s: Setting) -> dict[str, Any]:
    """What a template needs to say what a value may be."""
    return {
        "key": s.key,
        "about": s.about,
        "kind": s.type,
        "least": _bound(s, s.least),
        "most": _bound(s, s.most),
        "unit": s.unit,
        "choices": [s.show(c) for c in s.choices],
        "example": s.sample if not s.secret else "…",
    }


def _bound(s: Setting, n: float | None) -> str:
    return "" if n is None else s.show(int(n)) if s.type == "duration" else f"{n:.15g}"


def describe(work: Work, chat: int, s: Setting, topic: int | None = None) -> dict[str, Any]:
    """A setting here: its value, the level that gave it, and what else would."""
    found = settings.levels(work, chat, s, topic)
    return told(s) | {
        "value": written(s, found[0].value),
        "level": found[0].kind,
        "name": found[0].name,
        "levels": [{"kind": v.kind, "name": v.name, "value": written(s, v.value)} for v in found],
    }


def change(
    work: Work, chat: int, s: Setting, text: str, *, topic: int | None = None, by: int | None = None
) -> dict[str, Any]:
    """Set a setting from what a person wrote: a value, `default` to inherit again, and for lists `+ item`
    or `- item`. What it was and is.

    Raises:
        Refusal: the value does not fit (says what would), or may not be set by who asks, or not now.
    """
    before = settings.get(work, chat, s, topic)
    if s.owner and not _is_owner(work, chat, by):
        raise Refusal("common/owner_only")
    if text.strip().lower() in INHERIT:
        settings.unset(work, s, chat=chat, topic=topic, by=by)
    else:
        try:
            value = _edited(s, before, text)
        except Unfit:
            raise Refusal("settings/unfit", value=text[:60], **told(s)) from None
        admit(work, chat, s, value)
        settings.put(work, s, value, chat=chat, topic=topic, by=by)
    after = settings.get(work, chat, s, topic)
    return told(s) | {"before": written(s, before), "after": written(s, after), "topic": topic or 0}


def admit(work: Work, chat: int, s: Setting, value: Any) -> None:
    """May this value be set here, as things stand? Every way that sets values asks.

    Raises:
        Refusal: why not.
    """
    condition = work.me.conditions.get(s.key)
    if condition is not None:
        condition(work, chat, value)


def _is_owner(work: Work, chat: int, person: int | None) -> bool:
    fact = people.standing(work, chat, person) if person else None
    return fact is not None and fact[0] == "creator"


def _edited(s: Setting, now: Any, text: str) -> Any:
    sign, rest = text[:1], text[1:].strip()
    if s.type == "texts" and sign in "+-" and text[1:2] == " " and rest:
        kept = [v for v in now if v != rest]
        return s.check([*kept, rest] if sign == "+" else kept)
    return s.parse(text)


# --- the menu
def ref(chat: int, menu: int, person: int) -> str:
    """The name of a menu's message: `menu` is the number of a message, which other groups have too."""
    return f"settings:{chat}:{person}:{menu}"


def open_menu(work: Work, chat: int, person: int, menu: int) -> None:
    """Send the menu of a chat to one of its administrators in private."""
    data, buttons = _home(work, chat, menu)
    name = ref(chat, menu, person)
    work.say(Send(user=person, template="settings/home", data=data, buttons=buttons, ref=name))


def show_home(work: Work, tap: Home, person: int) -> None:
    """All modules."""
    data, buttons = _home(work, tap.chat, tap.menu)
    _edit(work, "settings/home", data, buttons, tap, person)


def _home(work: Work, chat: int, menu: int) -> tuple[dict[str, Any], Rows]:
    names = list(catalogue(work))
    row = [Button(n, Module(chat, menu, mark(n))) for n in names]
    return {"title": chats.title(work, chat), "modules": names}, _rows(row, 3)


def show_module(work: Work, tap: Module, person: int) -> None:
    """The settings of a module, those with a value of this chat marked.

    Raises:
        Refusal: the module is gone since the menu was opened.
    """
    name = next((n for n in catalogue(work) if mark(n) == tap.module), None)
    if name is None:
        raise Refusal("common/old_button")
    own = settings.own(work, tap.chat)
    every = catalogue(work)[name]
    last = (len(every) - 1) // PAGE
    page = max(0, min(tap.page, last))
    found = every[page * PAGE : (page + 1) * PAGE]
    lines = [
        {
            "key": s.key,
            "about": s.about,
            "value": written(s, settings.get(work, tap.chat, s)),
            "own": s.key in own,
        }
        for s in found
    ]
    buttons = [Button(s.key, Look(tap.chat, tap.menu, mark(s.key))) for s in found]
    turn = [
        Button(label, Module(tap.chat, tap.menu, tap.module, to))
        for label, to in (("‹", page - 1), ("›", page + 1))
        if 0 <= to <= last
    ]
    back = (Button("back", Home(tap.chat, tap.menu)), *turn)
    data = {
        "title": chats.title(work, tap.chat),
        "module": name,
        "settings": lines,
        "page": page + 1,
        "pages": last + 1,
    }
    _edit(work, "settings/module", data, (*_rows(buttons, 2), back), tap, person)


def show_setting(work: Work, tap: Look | Pick, person: int) -> None:
    """One setting with the values a button can give it."""
    s = _marked(work, tap.key)
    values = [Button(s.show(v), Pick(tap.chat, tap.menu, tap.key, mark(s.show(v)))) for v in offered(s)]
    page = catalogue(work)[s.module].index(s) // PAGE
    last = [Button("back", Module(tap.chat, tap.menu, mark(s.module), page))]
    if s.key in settings.own(work, tap.chat):
        last.insert(0, Button("inherit", Pick(tap.chat, tap.menu, tap.key, 0)))
    data = {"title": chats.title(work, tap.chat), **describe(work, tap.chat, s)}
    _edit(work, "settings/one", data, (*_rows(values, 3), tuple(last)), tap, person)


def pick(work: Work, tap: Pick, person: int) -> dict[str, Any]:
    """Set the value a button stands for; the setting is shown again.

    Raises:
        Refusal: the value is offered no more.
    """
    s = _marked(work, tap.key)
    text = (
        "default"
        if tap.value == 0
        else next((s.show(v) for v in offered(s) if mark(s.show(v)) == tap.value), None)
    )
    if text is None:
        raise Refusal("common/old_button")
    done = change(work, tap.chat, s, text, by=person)
    show_setting(work, tap, person)
    return done


def offered(s: Setting) -> list[Any]:
    """The values a menu offers by button: every choice, both of a switch, half, once and twice a number's
    default; texts are typed."""
    kind = s.type
    if kind == "bool":
        return [True, False]
    if kind == "choice":
        return list(s.choices)
    if kind in ("int", "duration") and isinstance(s.default, int):
        near = {s.default // 2, s.default, s.default * 2} | {int(v) for v in s.by_tier.values()}
        low = 0 if s.least is None else s.least
        return sorted(v for v in near if v >= low and (s.most is None or v <= s.most))
    return []


def _marked(work: Work, key: int) -> Setting:
    found = next((s for s in work.me.settings.values() if mark(s.key) == key and not s.inner), None)
    if found is None:
        raise Refusal("common/old_button")
    return found


def _edit(work: Work, template: str, data: dict[str, Any], buttons: Rows, tap: Menu, person: int) -> None:
    name = ref(tap.chat, tap.menu, person)
    work.say(Edit(user=person, template=template, data=data, buttons=buttons, ref=name))


def _rows(buttons: list[Button], wide: int) -> Rows:
    return tuple(tuple(buttons[i : i + wide]) for i in range(0, len(buttons), wide))
