"""The settings as declared. Each field's description is its help, its console label and its docs.

Secrets belong in the environment.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta, Struct

FILE = "groupbot.toml"
TELEGRAM = "https://api.telegram.org"
DRAND = ("https://api.drand.sh", "https://api2.drand.sh", "https://drand.cloudflare.com")
PREFIX = "GROUPBOT_"
_PLACE = r"^([^\s:/]*:)?[0-9]{1,5}$"
_GIFTS = "Telegram Stars that the gifts of one draw may cost; 0: only operators promise gifts."


class Secret:
    """Text that is shown nowhere by accident: `reveal` says it."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __repr__(self) -> str:
        return "Secret(…)" if self._text else "Secret()"


class Settings(Struct, frozen=True, kw_only=True):
    """How this bot runs."""

    token: Annotated[
        Secret, Meta(description="The bot's token from @BotFather. Keep it in the environment.")
    ] = Secret()
    base_url: Annotated[str, Meta(description="Another Bot API server: its address without /bot.")] = TELEGRAM
    database_url: Annotated[str, Meta(description="SQLAlchemy URL; empty: groupbot.db in the workspace.")] = (
        ""
    )
    workspace: Annotated[
        Path,
        Meta(
            description="The folder with groupbot.toml, handlers/ and content_templates/. Not in that file: "
            "by --workspace or GROUPBOT_WORKSPACE."
        ),
    ] = Path()
    operators: Annotated[
        tuple[int, ...],
        Meta(description="Telegram user ids of the operators; in the environment with commas between."),
    ] = ()
    ops_chat: Annotated[
        int, Meta(description="Telegram id of the private chat of administrators; 0: none.")
    ] = 0
    webhook_url: Annotated[
        str, Meta(description="Public https address for a webhook; empty: long polling.")
    ] = ""
    webhook_secret: Annotated[
        Secret, Meta(description="Secret Telegram sends with each delivery; needed with webhook_url.")
    ] = Secret()
    orders_secret: Annotated[
        Secret,
        Meta(
            description="Secret the shop signs orders with, of 32 letters or more; empty: /orders takes none."
        ),
    ] = Secret()
    listen: Annotated[
        str, Meta(pattern=_PLACE, description="host:port of webhook, /orders and /healthz.")
    ] = "127.0.0.1:8080"
    health: Annotated[bool, Meta(description="Serve /healthz and /metrics on `listen`.")] = True
    rate: Annotated[
        float,
        Meta(
            gt=0,
            le=1000,
            description="Messages a second at most, all chats together. Where Telegram wants less, the bot "
            "slows down by itself.",
        ),
    ] = 29.5
    stars: Annotated[
        int,
        Meta(
            ge=0,
            description="Telegram Stars that one paid broadcast may cost at most, 0.1 a group; 0: none is "
            "sent. Telegram wants 100,000 Stars on the balance and Paid Broadcasts on at @BotFather.",
        ),
    ] = 0
    gift_stars: Annotated[int, Meta(ge=0, description=_GIFTS)] = 0
    ephemeral: Annotated[
        bool,
        Meta(
            description="Show notices in the group to the member concerned alone (ephemeral messages, Bot "
            "API 10.2 and later). The server must first prove to have them, without a word being said; what "
            "it shows to all in spite of that is deleted at once and not tried again until the next start. "
            "Where it cannot be, notices go to the private chat, else as one line without a name."
        ),
    ] = False
    beacon: Annotated[
        str,
        Meta(
            description="Mirrors of drand whose public random numbers decide draws, https addresses with "
            "blanks between; off: none, draws are the weaker commit-and-reveal and say so; auto: the public "
            "mirrors, where base_url is Telegram's own."
        ),
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="How much is logged.")
    ] = "info"
    log_json: Annotated[bool, Meta(description="Log JSON lines instead of text.")] = False
    safe: Annotated[bool, Meta(description="Load no plug-ins, only what ships with groupbot.")] = False

    def __repr__(self) -> str:  # database_url may hold a password
        return f"Settings({str(self.workspace)!r})"

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or f"sqlite:///{(self.workspace / 'groupbot.db').resolve()}"

    @property
    def mirrors(self) -> tuple[str, ...]:
        """Where public random numbers come from; none in the sandbox, which leaves the machine alone."""
        if self.beacon == "auto":
            return DRAND if self.base_url == TELEGRAM else ()
        return () if self.beacon == "off" else tuple(self.beacon.split())

    @property
    def of_the_bot(self) -> dict[str, Any]:
        """What decisions know of these settings: fields of `Me`."""
        return {
            "whispers": self.ephemeral,
            "beacon": bool(self.mirrors),
            "ops_chat": self.ops_chat,
            "operators": self.operators,
            "stars": self.stars,
            "gift_stars": self.gift_stars,
        }

    @property
    def listens(self) -> bool:
        """Whether anything is served on `listen`."""
        return self.health or bool(self.webhook_url or self.orders_secret.reveal())

    @property
    def folder(self) -> Path:
        """The workspace as an absolute path."""
        return self.workspace.resolve()


class Known(NamedTuple):
    """One setting as declared: its type with limits, its default, what it is about."""

    kind: Any
    default: Any
    about: str

    @property
    def secret(self) -> bool:
        """Whether it belongs in the environment alone."""
        return isinstance(self.default, Secret)


@lru_cache(1)
def known() -> dict[str, Known]:
    """Every setting by its name."""
    hints = get_type_hints(Settings, include_extras=True)
    return {
        f.name: Known(hints[f.name], f.default, hints[f.name].__metadata__[0].description)
        for f in msgspec.structs.fields(Settings)
    }
