"""What happened: one normalised, frozen value an update.

Intake makes these from Telegram's JSON; ticks and answers of our own are events too. `chat.id` and
`person.id` are Telegram's numbers; `work.chat` is our own id, which a group's upgrade leaves as it is.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from groupbot.core.gifts import GiftOffer as GiftOffer
from groupbot.core.text import Entity
from groupbot.core.traits import Ballot as Ballot
from groupbot.core.traits import Traits as Traits

ANONYMOUS_ADMIN = 1087968824  # the id Telegram puts in `from` when an admin posts as the group
CHANNEL_SENDER = 136817688  # the id in `from` when a channel posts in a group
TELEGRAM_SERVICE = 777000


class Chat(Struct, frozen=True, gc=False):
    """A chat as Telegram names it. `type`: private | group | supergroup | channel."""

    id: int
    type: str
    title: str = ""
    username: str | None = None
    is_forum: bool = False


class Person(Struct, frozen=True, gc=False):
    """A user as Telegram shows them now."""

    id: int
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    @property
    def name(self) -> str:
        """The name people see in the chat."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


class Link(Struct, frozen=True, gc=False):
    """The invite link a person came by: evidence of a join."""

    url: str
    name: str | None = None
    creator: int | None = None


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """Root of all events. `at` is Telegram's date (UTC), or the receive time where it sends none."""

    at: datetime
    chat: Chat
    sender: Person | None = None
    update_id: int = 0


class Message(Event, frozen=True, kw_only=True, gc=False):
    """Somebody said something, in whatever carrier.

    `carriers` holds every piece of visible text with the name of its carrier; `urls` every address
    behind an entity or button. `kind` is the field that carried the content (text, photo, poll, …;
    `unknown` when none was known). `reply_text` is the text or caption of what is replied to,
    `reply_media` the file of what a command, or what may be the word of one, replies to as (kind, file id);
    `marks` are a command's own (bold, links, …), `reply_marks` those of what it replies to.
    """

    message_id: int
    kind: str = "text"
    text: str = ""
    carriers: tuple[tuple[str, str], ...] = ()
    urls: tuple[str, ...] = ()
    mentions: tuple[int, ...] = ()
    sender_chat: Chat | None = None
    topic: int | None = None
    reply_to: int | None = None
    reply_person: Person | None = None
    reply_chat: Chat | None = None  # who wrote the message replied to, as a channel or as the group
    reply_automatic: bool = False  # the message replied to came from the linked channel by itself
    thread: int = 0  # of a reply in a group without topics: the message all of it hangs on
    named: tuple[tuple[int, int, int], ...] = ()  # names that are links to people: start, length, id
    called: tuple[int | str, ...] = ()  # whom it mentions: ids of names that are links, usernames without @
    reply_text: str = ""
    reply_media: tuple[str, str] | None = None
    reply_poll: Ballot | None = None  # the poll a command replies to
    marks: tuple[Entity, ...] = ()
    reply_marks: tuple[Entity, ...] = ()
    forwarded: str | None = None
    via_bot: str | None = None
    album: str | None = None
    edited: bool = False
    automatic_forward: bool = False
    traits: Traits | None = None
    reply_file: Traits | None = None  # the document of the message replied to

    @property
    def visible(self) -> str:
        """All visible text, one carrier a line."""
        return "\n".join(t for _, t in self.carriers)

    @property
    def anonymous(self) -> bool:
        """True when an administrator speaks as the group itself."""
        return self.sender_chat is not None and self.sender_chat.id == self.chat.id


class Command(Event, frozen=True, kw_only=True, gc=False):
    """A command typed by somebody: `/name args`, `!name args`, or a whole-message word."""

    name: str
    args: str
    message: Message

    @property
    def typed(self) -> bool:
        """Written as a command, not a whole-message word."""
        return self.message.text[:1] in ("/", "!")

    @property
    def words(self) -> list[str]:
        """The arguments split at white space."""
        return self.args.split()


class Tap(Event, frozen=True, kw_only=True, gc=False):
    """A button was pressed. `data` is the typed value once the engine has checked its seal."""

    query_id: str
    raw: str
    message_id: int | None = None
    topic: int | None = None
    data: object = None


class Joined(Event, frozen=True, kw_only=True, gc=False):
    """People came in: `sender` added them, or let them in on a `request`. `restricted`: muted from before."""

    people: tuple[Person, ...]
    restricted: bool = False
    link: Link | None = None
    message_id: int | None = None
    service: bool = False
    request: bool = False


class Left(Event, frozen=True, kw_only=True, gc=False):
    """Somebody left or was removed (`sender` is who did it)."""

    person: Person
    removed: bool = False
    banned: bool = False
    message_id: int | None = None
    service: bool = False


class Standing(Event, frozen=True, kw_only=True, gc=False):
    """A member's status (Telegram's word) or rights changed, or were asked for. `had`: the rights before."""

    person: Person
    status: str
    was: str = ""
    rights: frozenset[str] = frozenset()
    had: frozenset[str] = frozenset()


class BotStanding(Event, frozen=True, kw_only=True, gc=False):
    """The bot's own status or rights in a chat changed."""

    status: str
    was: str = ""
    rights: frozenset[str] = frozenset()


class Placeless(Event, frozen=True, kw_only=True, gc=False):
    """An event that belongs to another chat than the one it names: the engine knows which."""


class Upgraded(Placeless, frozen=True, kw_only=True, gc=False):
    """A basic group became a supergroup: `chat` is the old one, `new_id` the new Telegram id."""

    new_id: int


class Reaction(Event, frozen=True, kw_only=True, gc=False):
    """Reactions of one person on one message, before and after."""

    message_id: int
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    actor_chat: Chat | None = None  # who reacted as a channel or as the group; then there is no sender


class JoinRequest(Event, frozen=True, kw_only=True, gc=False):
    """Somebody asks to come in (`sender`).

    `private` is the Telegram chat id a bot that was never started may write to for five minutes, until the
    request is decided; `query` the id by which a guard bot answers at once (Bot API 10.1), "" without one.
    """

    bio: str = ""
    link: Link | None = None
    private: int = 0
    query: str = ""


class PollAnswer(Event, frozen=True, kw_only=True, gc=False):
    """`sender` voted in a poll of the bot's that names voters, or took the vote back (no options).
    Telegram does not say in which chat: `chat` is the voter's private one. `options` are the options'
    lasting ids, "0", "1", … where the server gives none."""

    poll: str
    options: tuple[str, ...] = ()


class PollTotals(Placeless, frozen=True, kw_only=True, gc=False):
    """How a poll of the bot's stands now: `votes` for each option in the order they stand, nobody
    is named; `closed`: no more come. Telegram does not say in which chat: handlers get it in the one where it
    was posted, and not at all where that is not known (yet)."""

    poll: str
    votes: tuple[int, ...] = ()
    closed: bool = False


class ChatFacts(Event, frozen=True, kw_only=True, gc=False):
    """What Telegram says of a chat, as it was asked for: what everybody may do (the names of `Permit`),
    seconds between two messages of one member, the channel or group it belongs to (0: none), and whether
    people must ask to come in."""

    permissions: tuple[str, ...] = ()
    slow_mode: int = 0
    linked_chat: int = 0
    by_request: bool = False


class Counted(Event, frozen=True, kw_only=True, gc=False):
    """How many members the chat has by Telegram's own count, bots among them, as it was asked for."""

    members: int


class Boosts(Event, frozen=True, kw_only=True, gc=False):
    """How many boosts a member gives the chat, as it was asked for, and until when the last of them lasts
    (None: there is none)."""

    person: int
    count: int = 0
    until: datetime | None = None


class BoostChanged(Event, frozen=True, kw_only=True, gc=False):
    """One boost of the chat by `person` lasts until then, or is over (`until` None). Told to admins only."""

    person: int
    boost: str
    until: datetime | None = None


class Fetched(Event, frozen=True, kw_only=True, gc=False):
    """The text of a file asked for under `ref`, or its `trouble`: too_big, not_text or unreachable."""

    ref: str
    text: str = ""
    trouble: str = ""


class Invited(Event, frozen=True, kw_only=True, gc=False):
    """The invite link that was asked for under `ref`; `trouble` is Telegram's word where there is none."""

    ref: str
    url: str = ""
    trouble: str = ""


class GiftOffers(Event, frozen=True, kw_only=True):
    """The gifts asked for under `ref`, and the bot's Stars; `trouble` where there is no answer: no_method
    (the server does not know gifts), unreachable, or Telegram's own words."""

    ref: str
    offers: tuple[GiftOffer, ...] = ()
    stars: int = 0
    trouble: str = ""


class Service(Event, frozen=True, kw_only=True, gc=False):
    """A service message that is none of the above; `kind` is its field, `text` a title or topic's name."""

    message_id: int
    kind: str
    about: int = 0  # the message that was pinned
    topic: int | None = None
    text: str = ""
