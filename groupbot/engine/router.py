"""What a handler file declares. Its Router is the manifest: help, menus, doctor, console and `forget`
are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from groupbot.core.setting import Setting
from groupbot.errors import Misfit

if TYPE_CHECKING:
    from groupbot.engine.keeping.declared import Kept

F = TypeVar("F", bound=Callable[..., Any])
Who = Literal["anyone", "helper", "admin", "owner", "operator"]
Where = Literal["group", "private", "any"]
Asks = tuple[Who, str]  # who may, and the Telegram rights an administrator needs for it
Idle = tuple[str, str | None]  # a cache, and what follows the chat in its keys


@dataclass(frozen=True, slots=True)
class CommandRoute:
    """One command: who may use it, where, its usage line, an example and words without a slash.

    `admin_args` are first arguments that only an administrator may use (`/rules` for everybody or helpers,
    `/rules set …` for administrators), each with the right it asks instead of the command's own. `right` is
    the Telegram right an administrator must have (delete, restrict, pin, invite, promote, info; several with
    blanks between): nobody does through the bot what they may not do. `bot_right` are the rights the bot
    itself must have for it. A `helper` is a member on their shift, without rights of Telegram, or an
    administrator. `forwards`: the command counts in a forwarded message too. `reads(cmd, work)` is asked
    beside the writer first, and the handler gets what it found: `fn(cmd, found, work)`. A `mirrored`
    command, which is said anywhere, acts in private on the group that its sender runs from there, if there
    is one. What is `always` there works in a group that was retired too. A `rare` command is in /help but
    not in Telegram's menu, which takes a hundred; a `hidden` one is in neither.
    """

    name: str
    fn: Callable[..., None]
    router: str
    about: str
    who: Who = "anyone"
    where: Where = "group"
    usage: str = ""
    example: str = ""
    words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hidden: bool = False
    rare: bool = False
    admin_args: Mapping[str, str] = field(default_factory=dict, hash=False)
    right: str = ""
    bot_right: str = ""
    forwards: bool = False
    reads: Callable[..., Any] | None = None
    mirrored: bool = False
    always: bool = False

    def asks(self, args: str) -> Asks:
        """Who may use the command with these arguments, and with which rights."""
        if self.admin_args and args:
            right = self.admin_args.get(args.split(None, 1)[0].lower())
            if right is not None:
                return "admin" if self.who in ("anyone", "helper") else self.who, right
        return self.who, self.right


@dataclass(frozen=True, slots=True)
class TapRoute:
    """A kind of button data and who may press it."""

    kind: str
    type: type[Any]
    fn: Callable[..., None]
    router: str
    who: Who = "anyone"
    right: str = ""
    bot_right: str = ""
    always: bool = False  # in a group that was retired too


@dataclass(frozen=True, slots=True)
class Tick:
    """Work that runs every so many seconds."""

    seconds: float
    fn: Callable[..., Any]
    router: str
    reads: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """What the log and the record of what failed call it."""
        return f"tick:{self.router}.{self.fn.__name__}"


@dataclass(slots=True)
class Router:
    """A feature's door. `needs` are rights of the bot (delete, restrict, pin, invite, promote, manage,
    info, topics); `keeps` says in words what it stores and for how long; `wants` are rights asked for only
    where a chat has moved a setting from its default; `replaces` names a router it takes the place of;
    `settings` are what a chat may set of it: menus, docs and validation are made from them."""

    name: str
    about: str = ""
    needs: frozenset[str] | set[str] = field(default_factory=frozenset)
    keeps: str = ""
    replaces: str = ""
    settings: tuple[Setting, ...] = ()
    wants: tuple[tuple[Setting, frozenset[str]], ...] = ()
    conditions: dict[str, Callable[..., None]] = field(default_factory=dict)
    commands: list[CommandRoute] = field(default_factory=list)
    taps: list[TapRoute] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    observers: list[Callable[..., None]] = field(default_factory=list)
    guards: list[Callable[..., bool | None]] = field(default_factory=list)
    happenings: list[tuple[type[Any], Callable[..., None]]] = field(default_factory=list)
    idle: dict[Callable[..., Any], Idle] = field(default_factory=dict)
    ptb_handlers: list[Any] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    export: Callable[..., dict[str, Any]] | None = None
    erase: Callable[..., bool] | None = None
    redraw: Callable[..., None] | None = None
    source: str = ""

    def command(
        self,
        name: str,
        *,
        about: str = "",
        who: Who = "anyone",
        where: Where = "group",
        usage: str = "",
        example: str = "",
        words: tuple[str, ...] = (),
        aliases: tuple[str, ...] = (),
        hidden: bool = False,
        rare: bool = False,
        admin_args: Iterable[str] | Mapping[str, str] = (),
        right: str = "",
        bot_right: str = "",
        forwards: bool = False,
        reads: Callable[..., Any] | None = None,
        mirrored: bool = False,
        always: bool = False,
    ) -> Callable[[F], F]:
        """`fn(cmd: Command, work: Work)` answers `/name`. `about` is its line in help and menus;
        `words` are whole messages that mean the same without a slash; `admin_args` are first arguments
        that only an administrator may use, each with its right, or all with `right`, the Telegram right
        asked of administrators; `bot_right` is the one the bot needs: without it the refusal names what is
        missing. A question that may take long goes into `reads(cmd, work)`, which is asked on a snapshot
        beside the writer (it may raise Refusal); then `fn(cmd, found, work)` says the answer."""

        def keep(fn: F) -> F:
            said = about or (fn.__doc__ or "").strip().split("\n")[0]
            self.commands.append(
                CommandRoute(
                    name.lower(),
                    fn,
                    self.name,
                    said,
                    who,
                    where,
                    usage,
                    example,
                    words,
                    aliases,
                    hidden,
                    rare,
                    dict(admin_args) if isinstance(admin_args, Mapping) else dict.fromkeys(admin_args, right),
                    right,
                    bot_right,
                    forwards,
                    reads,
                    mirrored,
                    always,
                )
            )
            return fn

        return keep

    def tap(
        self,
        type_: type[Any],
        *,
        who: Who = "anyone",
        right: str = "",
        bot_right: str = "",
        always: bool = False,
    ) -> Callable[[F], F]:
        """`fn(tap: Tap, work: Work)` answers buttons whose data is a `type_`: a frozen msgspec Struct
        with a short tag, `class Grab(Struct, frozen=True, tag="rp.grab")`."""
        kind = type_.__struct_config__.tag
        if not isinstance(kind, str) or len(kind) > 16:
            raise Misfit(
                f"{type_.__name__} has no short tag",
                where=self.name,
                next='add tag="…" of at most 16 letters',
            )

        def keep(fn: F) -> F:
            self.taps.append(TapRoute(kind, type_, fn, self.name, who, right, bot_right, always))
            return fn

        return keep

    def every(self, *, seconds: float, reads: Callable[..., Any] | None = None) -> Callable[[F], F]:
        """`fn(work: Work)` runs on the heartbeat; nothing comes after it in a transaction in which it does
        anything. Returning True it asks to be called again at once, in a new one. With `reads(work)`, asked
        beside the writer each time before, it is `fn(found, work)`; of a generator's findings it is called
        for one after the other, each in its own transaction, and fifty are found in one look (not for
        a function with `guilty`)."""

        def keep(fn: F) -> F:
            if seconds < 1:
                raise Misfit("a tick is at least a second", where=self.name, next="use seconds=1")
            self.ticks.append(Tick(seconds, fn, self.name, reads))
            return fn

        return keep

    def observe(self, fn: F, *, idle: str | Idle = "") -> F:
        """`fn(event, work)` sees every event first; it never stops anything. `idle` as of `on`."""
        self.observers.append(fn)
        return self._idle(fn, idle)

    def guard(self, fn: F, *, idle: str | Idle = "") -> F:
        """`fn(event, work) -> bool` sees events before handlers; True stops the event there. `idle` as of
        `on`."""
        self.guards.append(fn)
        return self._idle(fn, idle)

    def on(self, type_: type[Any], *, idle: str | Idle = "") -> Callable[[F], F]:
        """`fn(happening, work)` for events (Joined, BotStanding, …) and for what features emit.

        `idle` names a cache: where its entry for the chat is known and empty, nothing of the chat waits
        for this and `fn` is passed by, which matters for what comes with every message. A name is a cache
        by chat, (name, rest) one by (chat, rest).
        """

        def keep(fn: F) -> F:
            self.happenings.append((type_, fn))
            return self._idle(fn, idle)

        return keep

    def _idle(self, fn: F, idle: str | Idle) -> F:
        if idle:
            self.idle[fn] = (idle, None) if isinstance(idle, str) else idle
        return fn

    def condition(self, setting: Setting) -> Callable[[F], F]:
        """`fn(work, chat, value)` raises a Refusal where `value` may not be set now, whoever sets it and by
        whatever way: a command, the menu, a file."""

        def keep(fn: F) -> F:
            self.conditions[setting.key] = fn
            return fn

        return keep

    def keeps_of(
        self,
        *kept: Kept,
        export: Callable[..., dict[str, Any]] | None = None,
        erase: Callable[..., bool] | None = None,
        redraw: Callable[..., None] | None = None,
    ) -> None:
        """What stands behind `keeps`: how /mydata and /forget find it. Each `kept` is a column that names
        a person; the engine exports and erases those by itself. What is no column: `export(work, person)`
        gives {name: rows}; `erase(work, person, former)` goes first and may do a part of it, returning True
        while there is more; `redraw(work, former)` comes last and says what shows a name no more."""
        self.kept += kept
        self.export, self.erase, self.redraw = export, erase, redraw

    def raw(self, handler: Any) -> None:
        """A python-telegram-bot handler: fed after the commit, one task a chat, at most once."""
        self.ptb_handlers.append(handler)
