"""Records of the log, their categories, and what a member update tells of acts in people's own clients.
Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.events import Left, Standing
from groupbot.features.members.domain import Setting

# what is set · what people with rights do · who comes and goes · what rules do by themselves · what members
# report · what is written down and taken along (notes, filters, files)
CATEGORIES = ("settings", "admin", "user", "automated", "reports", "other")
EVERY = "*"  # the destination of all categories without one of their own
SILENT = Setting(
    "silent_actions", False, "Acts may be silent; only with a log", choices=(True, False), owner=True
)
QUIET = Setting(
    "log_off", [], "Categories that are not sent to the log (list)", choices=CATEGORIES, kind="texts"
)
COPIES = Setting(
    "log_copies", False, "What rules put away is copied to the log before it goes", choices=(True, False)
)
SETTINGS = (SILENT, QUIET)
KEEP, KEEP_WORDS = timedelta(days=180), timedelta(days=30)
CODE_LIFE = timedelta(minutes=10)
SHOWN = 10  # records of one message
CLIP = 64  # characters of a setting's value or a matched text
GATHER = timedelta(seconds=15)  # members who come and go: one message in so long
CROWD = 9  # lines of them in it; what is beyond is counted
_ADMIN = ("administrator", "creator")
_RANKS = ("delete", "restrict", "pin", "invite", "promote", "manage", "info", "topics", "tags")
_SERVICE = {  # acts in clients that service messages tell, by Telegram's field
    "pinned_message": "pin",
    "new_chat_title": "retitled",
    "new_chat_photo": "photo",
    "delete_chat_photo": "photo_gone",
    "forum_topic_created": "topic_new",
    "forum_topic_edited": "topic_renamed",
    "forum_topic_closed": "topic_closed",
    "forum_topic_reopened": "topic_reopened",
    "general_forum_topic_hidden": "topic_hidden",
    "general_forum_topic_unhidden": "topic_shown",
    "video_chat_started": "voice_on",
    "video_chat_ended": "voice_off",
    "message_auto_delete_timer_changed": "autodelete",
    "chat_owner_changed": "owner",
}


class Reverse(Struct, frozen=True, tag="log.back"):
    """Take back what somebody did in their own client: `act` ban or restrict."""

    chat: int
    member: int
    act: str


class PinBack(Struct, frozen=True, tag="log.pin"):
    """Unpin what somebody pinned in their own client."""

    chat: int
    message: int


class TopicBack(Struct, frozen=True, tag="log.topic"):
    """Close or reopen (`act`) a topic that somebody turned in their own client; 0 is General."""

    chat: int
    topic: int
    act: str


class RankBack(Struct, frozen=True, tag="log.rank"):
    """Make somebody an administrator again who was demoted in a client, with these rights (`mask_of`)."""

    chat: int
    member: int
    mask: int


class TakeBack(Struct, frozen=True, tag="log.undo"):
    """Take back case `id`."""

    id: int
    chat: int


class Record(Struct, frozen=True):
    """One line of the log. `kind` is what was done; `actor` who did it (None: the bot by a rule), `member`
    whom it concerns (negative: a channel). `number` is the case, `id` its row; `back` takes an act in a
    client back."""

    chat: int
    category: str
    kind: str
    at: datetime
    actor: int | None = None
    member: int | None = None
    text: str = ""
    rule: str = ""
    version: int = 0
    number: int = 0
    id: int = 0
    until: datetime | None = None
    back: PinBack | TopicBack | RankBack | Reverse | None = None


def clipped(value: Any) -> str:
    """A value as one short line: switches as on and off, at most 64 characters."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict) and "pieces" in value:  # a text with buttons: what of it is said
        value = [piece.get("text", "") for piece in value["pieces"]]
    elif isinstance(value, dict):
        value = [f"{k}: {v}" for k, v in value.items()] or "—"
    text = " ".join((", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)).split())
    return text if len(text) <= CLIP else text[: CLIP - 1] + "…"


def acted(event: Standing | Left, bot: int) -> str:
    """What somebody did to somebody else with this member update, '' for nothing: remove, ban, unban,
    restrict, free, promote, demote, rights. What the bot itself did is on record already."""
    by = event.sender
    if by is None or by.id in (bot, event.person.id) or event.person.id == bot:
        return ""
    if isinstance(event, Left):
        return "remove" if event.removed and not event.service else ""
    was, now = event.was, event.status
    if not was:
        return ""
    if now in _ADMIN:
        return "rights" if was in _ADMIN else "promote"
    if was in _ADMIN:
        return "demote"
    if now == "kicked":
        return "" if was == "kicked" else "ban"
    if was == "kicked":
        return "unban"
    if now == "restricted":
        return "restrict"
    return "free" if was == "restricted" else ""


def reversible(kind: str) -> str:
    """How an act in a client is taken back: ban or restrict; '' where the bot cannot."""
    return {"remove": "ban", "ban": "ban", "restrict": "restrict"}.get(kind, "")


def told(kind: str) -> str:
    """What a service message of this field says that somebody did; "" for nothing that is logged."""
    return _SERVICE.get(kind, "")


def mask_of(rights: Iterable[str]) -> int:
    """Rights of an administrator as one number, to stand on a button; remaining unseen is not among them:
    that is everybody's own affair."""
    return sum(1 << _RANKS.index(r) for r in rights if r in _RANKS)


def rights_of(mask: int) -> frozenset[str]:
    """The rights of such a number."""
    return frozenset(r for i, r in enumerate(_RANKS) if mask >> i & 1)


def code_of(number: int) -> str:
    """Eight letters and digits for a number below 32 ** 8, without those that are read as others."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    out = ""
    for _ in range(8):
        number, rest = divmod(number, 32)
        out += letters[rest]
    return out
