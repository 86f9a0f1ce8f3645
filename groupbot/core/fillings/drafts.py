"""What a text of an admin is made of: alternatives, buttons, flags, media. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

FILLINGS = {
    name: f"{{{{ {name} }}}}"
    for name in ("first", "last", "fullname", "username", "mention", "id", "chatname", "count")
}
FLAGS = ("preview", "nonotif", "protect", "mediaspoiler", "private", "noprivate", "admin", "user", "replytag")
RULES = "rules"  # {rules} is a button: its target
APART = "%%%"
WORDLESS = ("sticker", "video_note")  # media that cannot carry words


class Link(Struct, frozen=True):
    """A button as admins write it: `target` is an address, `#note` or `rules`; `same` keeps it in the row
    of the one before; `style` is a colour some clients show."""

    label: str
    target: str
    same: bool = False
    style: str = ""


class Piece(Struct, frozen=True):
    """One alternative: template text and its buttons."""

    text: str
    links: tuple[Link, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Link, ...], ...]:
        """The buttons in their rows."""
        made: list[list[Link]] = []
        for link in self.links:
            if link.same and made:
                made[-1].append(link)
            else:
                made.append([link])
        return tuple(map(tuple, made))


class Draft(Struct, frozen=True):
    """A text of an admin: alternatives, one of which is said; flags; the media it goes with as
    (kind, file id)."""

    pieces: tuple[Piece, ...] = field(default_factory=lambda: (Piece(""),))
    flags: tuple[str, ...] = ()
    media: tuple[str, str] | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON; `kept` reads it."""
        return {
            "pieces": [
                {
                    "text": p.text,
                    "buttons": [[b.label, b.target, b.same, b.style] for b in p.links],
                }
                for p in self.pieces
            ],
            "flags": list(self.flags),
            "media": list(self.media) if self.media else None,
        }


def kept(value: Mapping[str, Any]) -> Draft:
    """The draft that `plain` wrote."""
    pieces = tuple(Piece(p["text"], tuple(Link(*b) for b in p["buttons"])) for p in value["pieces"])
    media = value.get("media")
    return Draft(pieces, tuple(value.get("flags", ())), (media[0], media[1]) if media else None)
