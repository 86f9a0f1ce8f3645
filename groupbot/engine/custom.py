"""Texts that admins write in their own group: checked before they are kept, filled in when said.

They are templates like all others (sandboxed, limited, autoescaped), only shorter and kept as settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from groupbot.core.effects import Button, Rows
from groupbot.core.events import Person
from groupbot.core.fillings import Draft, Piece
from groupbot.core.text import CAPTION_LIMIT, TEXT_LIMIT, Formatted, clip, mention, units
from groupbot.engine import words
from groupbot.engine.content import Source, render_source
from groupbot.engine.jinja_limits import render_limited
from groupbot.engine.keeping.declared import FORMER
from groupbot.engine.work import Work
from groupbot.errors import Misfit

KEPT = 512  # compiled texts
NAMED = 5  # people a text names; the rest are a number
_SAMPLE = (Person(1, "Mei", "Lin", "mei"), Person(2, "山楂"))


def check(work: Work, draft: Draft, name: str) -> None:
    """Compile and render every piece for one newcomer and for several.

    Raises:
        Misfit: names piece and line, the cause, and the likely meant name.
    """
    for n, piece in enumerate(draft.pieces, 1):
        where = name if len(draft.pieces) == 1 else f"{name}, {n}"
        limit = CAPTION_LIMIT if draft.media else TEXT_LIMIT
        for people in (_SAMPLE[:1], _SAMPLE[1:], _SAMPLE):
            made = _rendered(work, piece, fillings(people, "Store", 180), where)
            if units(made.text) > limit:
                raise Misfit(f"longer than {limit} characters", where=where, next="shorten it")
            if not made.text and not draft.media:
                raise Misfit("nothing is left to say", where=where, next="write some words")
        for link in piece.links:
            if not link.target.startswith("#") and link.target != "rules" and not _address(link.target):
                raise Misfit(f"{link.target!r} is no address", where=where, next="write https://…")
            if link.target != "rules" and not 0 < units(link.label) <= 64:
                raise Misfit("a button has 1 to 64 characters", where=where, next="shorten its words")
        if len(piece.links) > 24 or any(len(row) > 8 for row in piece.rows):
            raise Misfit("too many buttons", where=where, next="keep at most 24, 8 in a row")


def render(work: Work, piece: Piece, data: dict[str, Any], *, limit: int = TEXT_LIMIT) -> Formatted:
    """A piece filled in, as text and entities.

    Raises:
        Misfit: it does not render with these data.
    """
    return clip(_rendered(work, piece, data, "text"), limit)


def markup(work: Work, piece: Piece, data: dict[str, Any]) -> str:
    """A piece filled in, as Telegram's HTML to be put into a template.

    Raises:
        Misfit: it does not render with these data.
    """
    _rendered(work, piece, data, "text")
    with words.in_zone(work.zone):
        return str(render_limited(_source(work, piece.text, "text").template, data))


def _rendered(work: Work, piece: Piece, data: dict[str, Any], name: str) -> Formatted:
    with words.in_zone(work.zone):
        return render_source(_source(work, piece.text, name), data).formatted


def _source(work: Work, text: str, name: str) -> Source:
    known = work.cached("engine.custom")
    key = (text, work.lang, name)
    if key not in known:
        assert work.content is not None
        if len(known) >= KEPT:
            work.clear("engine.custom")
        work.put("engine.custom", key, work.content.text(text, work.lang, name))
    return known[key]  # type: ignore[no-any-return]


def fillings(
    people: Iterable[Person], chat_name: str, count: int | str = "", more: int = 0
) -> dict[str, Any]:
    """The values of the fillings for these people; of several their names in a row, and `more` who are
    not named."""
    found = list(people)[:NAMED]
    rest = more + len(list(people)) - len(found)
    tail = f" +{rest}" if rest else ""
    glue = ", "
    mentions = [Markup(mention(p.id, p.name)) if p.id > FORMER else Markup.escape(p.name) for p in found]
    names = [
        Markup.escape(f"@{p.username}") if p.username else m for p, m in zip(found, mentions, strict=True)
    ]
    one = found[0] if len(found) == 1 else None
    return {
        "first": glue.join(p.first_name for p in found) + tail,
        "last": (one.last_name or "") if one else "",
        "fullname": glue.join(p.name for p in found) + tail,
        "username": Markup(glue).join(names) + tail,
        "mention": Markup(glue).join(mentions) + tail,
        "id": (one.id if one.id > FORMER else "") if one else glue.join(str(p.id) for p in found),
        "chatname": chat_name,
        "count": count,
    }


def keyboard(piece: Piece, rules: Any = None, rules_label: str = "") -> Rows:
    """The buttons of a piece. `{rules}` is a button with the tap `rules`; buttons to notes (`#name`) are
    left out where notes cannot be opened."""
    rows = []
    for row in piece.rows:
        made = []
        for link in row:
            if link.target == "rules":
                if rules is not None:
                    made.append(Button(link.label or rules_label, rules))
            elif not link.target.startswith("#"):
                made.append(Button(link.label, url=_address(link.target)))
        if made:
            rows.append(tuple(made))
    return tuple(rows)


def _address(target: str) -> str:
    """The address of a button in full; '' when it is none."""
    url = target if "://" in target else f"https://{target}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if any(c.isspace() or c in '<>"' for c in url):
        return ""
    if parts.scheme in ("http", "https"):
        return url if "." in host and not host.startswith(".") else ""
    return url if parts.scheme in ("tg", "ton", "tonsite") and (host or parts.path) else ""
