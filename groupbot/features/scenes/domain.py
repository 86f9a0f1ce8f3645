"""A scene as written in a file: the words that stand for it, and the card that is said then. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot.core.setting import Setting
from groupbot.features.notes.domain.triggers import Trigger
from groupbot.features.notes.domain.triggers import read as triggers_of
from groupbot.features.promos.domain import Audience, Wrong, audience_of, nearest
from groupbot.features.rules.domain.matching import Unfit

ON = Setting("scenes", False, "A card at everyday words, once a day at most", choices=(True, False))
SHADOW = Setting(
    "scenes_shadow", True, "Scene cards are only counted, nothing is said", choices=(True, False)
)
MUTED = Setting(
    "scenes_muted", [], "Scenes whose card is not said here (list)", most=100, example="hotpot, late night"
)
SETTINGS = (ON, SHADOW, MUTED)
SELLING = "commercial"  # the type of groups that cards are said in
PHRASES = 30  # of one scene
CARD = "scenes/card"
KIND = "promotion"  # what a card is to the budget
FIELDS = ("name", "phrases", "only", "template", "data", "url")
_REASONS = {
    "empty": "holds no word",
    "open": "has a quote without its end",
    "long": "is longer than 200 characters",
    "wild": "has too many wildcards",
    "bare": "is nothing but wildcards",
    "pattern": "cannot be looked for",
    "heavy": "is too heavy",
}


class Scene(Struct, frozen=True):
    """At one of these phrases the card `template` is said, filled with `data`, in groups of `only`. `url` is
    the address of its button, counted by who comes."""

    name: str
    phrases: tuple[Trigger, ...]
    only: Audience
    template: str = CARD
    data: dict[str, Any] = {}
    url: str = ""

    @property
    def counted(self) -> str:
        """The name under which its link is counted."""
        return f"scene/{self.name}"


class Enough(Struct, frozen=True, tag="sc.enough"):
    """[Not for me] below a card: it is too much for whoever presses."""

    show: int


class Mute(Struct, frozen=True, tag="sc.mute"):
    """In private, from /why: my words bring cards no more (or, with `off`, again)."""

    off: bool = False


def scene_of(raw: Any) -> Scene:
    """A scene as written.

    Raises:
        Wrong: names the field, what was expected, and an example.
    """
    if not isinstance(raw, dict):
        raise _wrong("", raw, "a mapping", "- name: hotpot")
    for field in raw:
        if field not in FIELDS:
            raise Wrong(str(field), f"{field}: no such field", nearest(str(field), FIELDS))
    name = raw.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 60 or "," in name or "\n" in name:
        raise _wrong("name", name, "a name of 1 to 60 characters without commas", "name: hotpot")
    phrases = raw.get("phrases")
    if not isinstance(phrases, list) or not 0 < len(phrases) <= PHRASES:
        raise _wrong(
            "phrases", phrases, f"a list of 1 to {PHRASES} phrases", "phrases: [hotpot, ate too much]"
        )
    try:
        only = audience_of(name, raw.get("only"))
    except Wrong as e:
        raise Wrong("only", f"only: {e.what}", e.next or "only: {region: East}") from None
    if only.type and SELLING not in only.type:
        raise _wrong(
            "only.type", list(only.type), "commercial: cards are said in such groups alone", "only: {}"
        )
    template = raw.get("template", CARD)
    if not isinstance(template, str) or template.count("/") != 1:
        raise _wrong("template", template, "a template, folder/name", f"template: {CARD}")
    data = raw.get("data") or {}
    if not isinstance(data, dict):
        raise _wrong("data", data, "a mapping", "data: {text: A cup of hawthorn tea after it}")
    url = raw.get("url") or ""
    if not isinstance(url, str) or (url and not url.startswith("https://")):
        raise _wrong("url", url, "an https address", "url: https://shop.example/hawthorn")
    return Scene(
        name=name.strip(),
        phrases=tuple(_phrase(p, n) for n, p in enumerate(phrases)),
        only=only,
        template=template,
        data={str(k): v if isinstance(v, int | float) else str(v) for k, v in data.items()},
        url=url,
    )


def _phrase(raw: Any, n: int) -> Trigger:
    """A phrase as a filter's trigger: whole words whatever their case, `?`, `*`, `**`, prefix: and exact:."""
    field = f"phrases[{n}]"
    text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    kind, colon, rest = text.partition(":")
    named = f"{kind}:" if colon and kind.lower() in ("prefix", "exact") else ""
    bare = (rest if named else text).strip().strip('"')
    try:
        found, left = triggers_of(f'{named}"{bare}"')
    except Unfit as e:
        raise Wrong(
            field, f"{field}: {text!r} {_REASONS.get(e.reason, e.reason)}", "write - hotpot"
        ) from None
    if left or len(found) != 1:
        raise _wrong(field, raw, "one phrase", "- hotpot")
    return found[0]


def _wrong(field: str, value: Any, expected: str, example: str) -> Wrong:
    said = "nothing" if value is None else repr(value)
    return Wrong(field, f"{field or 'scene'}: {said[:80]}, expected {expected}", f"write {example}")
