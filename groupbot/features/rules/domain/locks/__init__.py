"""Locks: kinds of messages that are not said here. A lock is its name, one small check, and a setting.

The setting holds "" (open), `on` (the group's ladder decides), or an act: `del`, `warn`, `mute`, `tmute 2h`,
`kick`, `ban`, `tban 2w`. A chat without locks has no `Locks` at all and pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from groupbot.core.events import Message
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import wishes
from groupbot.features.rules.domain.allowing import MOST, Allowed, allowed, item
from groupbot.features.rules.domain.entries import NOTICE
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.locks import kinds, words
from groupbot.features.rules.domain.locks.kinds import Check, kind
from groupbot.features.rules.domain.wishes import LADDER, Wish

ID, VERSION = "locks", 1


class Lock(Struct, frozen=True):
    """One lock. `check` None: what a message says does not tell; seen on joins (`bot`), on reactions, or with
    who is a member (`comment`). `words` says that plain words may run into it."""

    id: str
    check: Check | None
    setting: Setting
    words: bool


def _lock(id_: str, about: str, check: Check | None, *, words: bool = False) -> Lock:
    setting = Setting(
        f"lock_{id_}",
        "",
        f"Locked: {about}. Empty, on, or what follows",
        module="locks",
        most=40,
        reads=wishes.spelling,
        form=wishes.FORM,
        example="tmute 2h",
    )
    return Lock(id_, check, setting, words)


LOCKS = (
    _lock("all", "every message", kinds.any_, words=True),
    _lock("text", "plain words", words.text, words=True),
    # pictures, sounds, files
    _lock("photo", "pictures", kind("photo", "live_photo")),
    _lock("video", "videos", kind("video")),
    _lock("videonote", "round videos", kind("video_note")),
    _lock("gif", "animations", kind("animation")),
    _lock("voice", "voice messages", kind("voice")),
    _lock("audio", "music", kind("audio")),
    _lock("document", "files, but for allowed names", kinds.document),
    _lock("album", "several pictures or files at once", kinds.album),
    _lock("paidmedia", "pictures and posts that cost Stars", kinds.paidmedia),
    _lock("spoiler", "hidden words and pictures", words.spoiler),
    # stickers and emoji
    _lock("sticker", "stickers, but for allowed packs", kinds.sticker),
    _lock("stickeranimated", "animated and video stickers", kinds.stickeranimated),
    _lock("stickerpremium", "stickers with a premium effect", kinds.stickerpremium),
    _lock("emoji", "emoji in words", words.emoji, words=True),
    _lock("emojionly", "messages of nothing but emoji", words.emojionly, words=True),
    _lock("emojicustom", "custom (premium) emoji", words.emojicustom),
    _lock("emojigame", "darts, basketball, football, bowling, slot machine", kinds.emojigame),
    _lock("dice", "dice and the other emoji games", kind("dice")),
    # other contents
    _lock("poll", "polls", kind("poll")),
    _lock("quiz", "polls with a right answer", kinds.quiz),
    _lock("checklist", "checklists", kind("checklist")),
    _lock("contact", "address cards", kind("contact")),
    _lock("location", "places on the map", kind("location", "venue")),
    _lock("livelocation", "places that move", kinds.livelocation),
    _lock("game", "games", kind("game")),
    _lock("invoice", "invoices", kind("invoice")),
    _lock("giveaway", "giveaways", kind("giveaway")),
    _lock("rich", "rich messages (blocks, tables)", kind("rich_message")),
    _lock("story", "stories, also as an address", words.story, words=True),
    _lock("unknown", "contents this version does not know", kind("unknown")),
    # where it comes from
    _lock("forward", "everything forwarded", kinds.forward),
    _lock("forwarduser", "forwarded from people", kinds.forwarduser),
    _lock("forwardbot", "forwarded from bots", kinds.forwardbot),
    _lock("forwardchannel", "forwarded from channels", kinds.forwardchannel),
    _lock("forwardgroup", "forwarded from groups", kinds.forwardgroup),
    _lock("forwardstory", "stories passed on", kind("story")),
    _lock("anonchannel", "people who speak as a channel", kinds.anonchannel),
    _lock("inline", "sent through an inline bot", kinds.inline),
    _lock("guestbot", "bots called in from outside", kinds.guestbot),
    _lock("externalreply", "replies to what was said elsewhere", kinds.external_reply),
    _lock("storyreply", "replies to stories", kinds.storyreply),
    _lock("quote", "replies that quote a part", kinds.quote),
    _lock("button", "buttons under messages", kinds.button),
    # addresses and signs
    _lock("url", "addresses, but for allowed ones", words.url, words=True),
    _lock("textlink", "addresses hidden behind words", words.textlink),
    _lock("invitelink", "ways into other groups and channels", words.invitelink, words=True),
    _lock("botlink", "links to bots and their names", words.botlink, words=True),
    _lock("email", "e-mail addresses", words.email, words=True),
    _lock("phone", "telephone numbers", words.phone, words=True),
    _lock("mention", "mentions of people", words.mention, words=True),
    _lock("hashtag", "hashtags", words.hashtag, words=True),
    _lock("cashtag", "cashtags", words.cashtag, words=True),
    _lock("command", "commands, but for allowed ones", words.command, words=True),
    _lock("code", "program code", words.code),
    # writing
    _lock("cjk", "Chinese, Japanese, Korean letters", words.cjk, words=True),
    _lock("cyrillic", "Cyrillic letters", words.cyrillic, words=True),
    _lock("arabic", "Arabic letters", words.arabic, words=True),
    _lock("rtl", "letters from right to left", words.rtl, words=True),
    _lock("zalgo", "marks heaped on letters", words.zalgo, words=True),
    _lock("long", "more than a thousand characters", kinds.longer(1000), words=True),
    # not messages
    _lock("bot", "bots that members add", None),
    _lock("comment", "comments under the channel's posts by people who are not in the group", None),
    _lock("reaction", "reactions", None),
)
BY_ID = {lock.id: lock for lock in LOCKS}
ALIASES = {
    "premiumsticker": "stickerpremium",
    "animatedsticker": "stickeranimated",
    "stickers": "sticker",
    "photos": "photo",
    "pictures": "photo",
    "videos": "video",
    "animation": "gif",
    "gifs": "gif",
    "file": "document",
    "files": "document",
    "bots": "bot",
    "comments": "comment",
    "stories": "story",
    "buttons": "button",
    "channel": "anonchannel",
    "contacts": "contact",
    "forwards": "forward",
    "invites": "invitelink",
    "links": "url",
    "urls": "url",
    "link": "url",
    "music": "audio",
    "reactions": "reaction",
    "polls": "poll",
    "venue": "location",
    "commands": "command",
    "viabot": "inline",
    "everything": "all",
}


def _reasons(value: Any) -> dict[str, str]:
    if not all(k in BY_ID and isinstance(v, str) and 0 < len(v) <= NOTICE for k, v in value.items()):
        raise ValueError("lock_reasons")
    return dict(value)


def _passing(value: Any) -> str:
    made = item(str(value))
    if not made:
        raise ValueError("allowlist")
    return made


WARNS = Setting(
    "lock_warns",
    True,
    "A locked message is put away with a word to its sender",
    choices=(True, False),
    module="locks",
)
REASONS = Setting(
    "lock_reasons",
    {},
    "What is said of a lock to who runs into it (lock: words)",
    module="locks",
    reads=_reasons,
    form="a mapping of locks to words",
    example='{"photo": "Please use the gallery topic"}',
)
ALLOWLIST = Setting(
    "allowlist",
    [],
    "What passes locks: sticker packs, commands, files, people and channels (list)",
    module="locks",
    most=MOST,
    reads=_passing,
    form="pack:NAME, /command, file:*.pdf or id:-100123",
    example="/rules, file:*.pdf",
)
SETTINGS = (WARNS, REASONS, ALLOWLIST, *(lock.setting for lock in LOCKS))


def named(name: str) -> Lock | None:
    """The lock people mean: case, `_` and `-` do not matter."""
    low = name.strip().lower().replace("_", "").replace("-", "")
    return BY_ID.get(ALIASES.get(low, low))


class Locks:
    """The locks of a chat that are on. `joins`, `reactions` and `comments` are those that no message shows
    alone."""

    __slots__ = ("_plain", "_wishes", "allowed", "comments", "joins", "on", "reactions", "reasons")

    def __init__(self, on: dict[str, Wish], reasons: dict[str, str], may: Allowed) -> None:
        self._wishes, self.reasons, self.allowed = on, reasons, may
        self.on = tuple((id_, check) for id_ in on if (check := BY_ID[id_].check) is not None)
        self._plain = tuple(pair for pair in self.on if BY_ID[pair[0]].words)
        self.joins, self.reactions, self.comments = "bot" in on, "reaction" in on, "comment" in on

    def on_for(self, m: Message) -> tuple[tuple[str, Check], ...]:
        """Those a message could run into: nothing but words passes most of them."""
        plain = m.traits is None and m.kind == "text" and m.album is None and m.sender_chat is None
        return self._plain if plain and m.via_bot is None and m.forwarded is None else self.on

    def wish(self, id_: str) -> Wish:
        """What a lock asks for."""
        return self._wishes.get(id_, LADDER)

    def finding(self, id_: str, seen: str) -> Finding:
        """What a lock found; its name stands where the carrier does."""
        return Finding(
            ID, VERSION, seen[:64], id_, wish=self.wish(id_).text, notice=self.reasons.get(id_, "")
        )


def resolve(get: Callable[[Setting], Any]) -> Locks | None:
    """The locks that are on, in their order; None when there is none. What cannot be read is `on`."""
    on: dict[str, Wish] = {}
    quiet = LADDER if get(WARNS) else Wish("del")
    for lock in LOCKS:
        value = get(lock.setting)
        if value:
            on[lock.id] = _wish(str(value), quiet)
    if not on:
        return None
    reasons = get(REASONS)
    said = {str(k): str(v)[:200] for k, v in reasons.items()} if isinstance(reasons, dict) else {}
    return Locks(on, said, allowed(tuple(str(i) for i in get(ALLOWLIST))))


def _wish(value: str, otherwise: Wish) -> Wish:
    try:
        wish = wishes.read(value)
    except ValueError:
        return otherwise
    return wish if wish.act else otherwise


def check(facts: Facts, policy: Policy) -> Finding | None:
    """The first lock a message runs into."""
    shut: Locks = policy.locks
    for id_, look in shut.on_for(facts.message):
        seen = look(facts, policy)
        if seen:
            return shut.finding(id_, seen)
    return None
