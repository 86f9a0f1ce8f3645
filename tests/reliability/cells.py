"""Sixteen kinds of people before every command and button that ships: who they are, how they send, and what
each may. Made from the registry, so that a router of tomorrow is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from msgspec import inspect

from groupbot import Router
from groupbot.core import taps
from groupbot.core.events import ANONYMOUS_ADMIN, CHANNEL_SENDER, Person, Standing
from groupbot.core.events import Chat as ChatOf
from groupbot.engine.dispatch import Item
from groupbot.engine.plugins import Registry, load
from groupbot.engine.router import CommandRoute, TapRoute
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from tests.engine.desk import GROUP, KEY, Desk, pack

RIGHTS = ("delete", "restrict", "pin", "invite", "promote", "info", "manage", "topics")
OPERATOR = 99  # the one the desk knows

# What anybody may use, and what every administrator may whatever their rights: what is in neither list asks
# for a right, or for the owner or an operator. (/connect opens nothing: every command sent
# through it is asked for anew.) A route that is nowhere is denied, and the matrix fails.
OPEN = frozenset({
    "forget", "mydata", "optout", "quiet", "pv.forget",
    "admins", "approval", "connect", "connection", "disconnect", "draws", "help", "helpers", "id", "mypacket",
    "packets", "ping", "pinned", "points", "privacy", "reconnect", "report", "rules", "start", "verify",
    "warns", "why",
    "answer", "ask", "experts", "queue",  # who is no expert is told so by the service
    "checkin", "here", "me", "orders", "shop", "top", "ci.in", "ga.in", "ga.out", "ga.remind",
    "sh.buy", "sh.sure", "wall", "sc.enough", "sc.mute", "pl.ask",
    "bind", "bridge", "role", "br.yes", "br.no", "relay", "mk.ans",  # the service asks who may
    "codes", "coupons", "cp.take", "enter", "votes", "co.vote",  # /codes: the service asks who began the pool
    "lt.claim", "lt.enter", "nt.ack", "rp.grab", "rp.result", "ru.appeal",
    "ent.accept", "ent.here", "ent.pick", "ent.rules",
    "chatfed", "filters", "get", "notes", "no.open",
    "anniversary", "birthday", "buy", "menu", "li.run", "invite", "care.done", "care.leave",
    # of a federation, whose owner and admins are no matter of the group: the service asks for them
    "delfed", "fban", "fbanlist", "fedadmins", "feddemote", "fedinfo", "fednotif", "fedpromote", "fedreason",
    "importfbans", "myfeds", "newfed", "renamefed", "setfedlog", "subfed", "unfban", "unsetfedlog",
    "unsubfed", "fed.del", "help.mod",
})  # fmt: skip
ANY_ADMIN = frozenset({
    "approved", "blocklist", "case", "cleanservicetypes", "disableable", "disabled", "doctor", "export",
    "info", "locks", "locktypes", "logcategories", "lottery", "notices", "plans", "redpacket", "rehearse",
    "review", "setup", "spamscore", "stats", "usernote", "usernotes",
    "cn.to", "help.more", "rep.no",
    "rp.confirm", "ru.keep", "ru.look", "ru.on", "ru.pass", "ru.take", "ru.watch", "ru.wrong",
    "lt.cancel", "lt.draft", "mb.people", "coupon", "cp.pub", "redeem", "quiz", "contest",
    "actiontopic", "sessions", "activations", "award", "calloff", "event", "groupbuy", "handover", "preorder",
    "set.begin", "set.lang", "set.tier", "set.zone",
    "keyperson", "recipes", "tasks", "gatherings", "paid", "recap", "roster", "tag", "market",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """One kind of sender: the standing Telegram tells of them, and as what they write (as they are, as the
    group, as a channel, or as the linked channel by itself). `known` False: Telegram does not answer."""

    id: int
    status: str = "member"
    rights: frozenset[str] = frozenset()
    writes_as: str = "themselves"
    known: bool = True
    was: str = ""
    bot: bool = False


def _admin(id_: int, *rights: str) -> Actor:
    return Actor(id_, "administrator", frozenset({*rights, "manage"}))


ACTORS = {
    "owner": Actor(21, "creator", frozenset(RIGHTS)),
    "operator": Actor(OPERATOR),
    "administrator with every right": _admin(23, *RIGHTS),
    "administrator without rights": _admin(24),
    "administrator who deletes": _admin(25, "delete"),
    "administrator who restricts": _admin(26, "restrict"),
    "administrator with all else": _admin(27, "pin", "invite", "promote", "info", "topics"),
    "anonymous administrator": Actor(28, "administrator", frozenset(RIGHTS), writes_as="group"),
    "former administrator": Actor(29, was="administrator"),
    "member": Actor(30),
    "member on a break": Actor(31, "restricted"),
    "somebody who left or was banned": Actor(32, "kicked"),
    "another bot": Actor(33, bot=True),
    "channel": Actor(34, writes_as="channel"),
    "linked channel": Actor(35, writes_as="linked"),
    "stranger": Actor(36, known=False),
}


def may(actor: Actor, route: CommandRoute | TapRoute, who: str) -> bool:
    """What the house says: rights come from standing alone, and nobody is more than they can prove."""
    command = isinstance(route, CommandRoute)
    if command and actor.writes_as == "linked":
        return False  # what Telegram forwards is no command
    if who == "anyone":
        return True
    if command and actor.writes_as == "channel":
        return False
    if command and actor.writes_as == "group":
        return who == "admin" and not route.right
    if actor.id == OPERATOR:
        return True
    if not actor.known or who == "operator":
        return False
    if who == "owner" or actor.status == "creator":
        return actor.status == "creator"
    if who not in ("admin", "helper"):
        raise AssertionError(f"nothing is stated of who={who!r}")
    return actor.status == "administrator" and set(route.right.split()) <= actor.rights


def unstated(registry: Registry) -> list[str]:
    """Routes that are open, or open to every administrator, though no list says so; and list entries that
    ask for more than the list says."""
    wrong = []
    routes: list[tuple[str, CommandRoute | TapRoute]] = [(c.name, c) for c in registry.every_command]
    routes += [(t.kind, t) for t in registry.taps.values()]
    for name, route in routes:
        if (route.who == "anyone") != (name in OPEN):
            wrong.append(f"{name}: who={route.who}")
        elif (route.who in ("admin", "helper") and not route.right) != (name in ANY_ADMIN):
            wrong.append(f"{name}: who={route.who} right={route.right!r}")
    return wrong


def sample(kind: type[Any]) -> Any:
    """A value of a button's type; `chat` is the group."""
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    made = {inspect.IntType: 1, inspect.StrType: "a", inspect.BoolType: True, inspect.FloatType: 1.0}
    values: dict[str, Any] = {}
    for f in found.fields:
        if type(f.type) in made:
            values[f.name] = made[type(f.type)]
    return kind(**values)


class Matrix:
    """The shipped routes on a desk; each handler only writes down that it was reached."""

    def __init__(self, writer: Writer) -> None:
        self.shipped = load()
        self.reached: list[str] = []
        router = Router("matrix")
        for c in self.shipped.every_command:
            router.commands.append(
                replace(c, fn=self._reach(c.name), reads=None, router="matrix", bot_right="")
            )
        for t in self.shipped.taps.values():
            router.taps.append(replace(t, fn=self._reach(t.kind), router="matrix", bot_right=""))
        self.desk = Desk(writer, router)

    def _reach(self, name: str) -> Any:
        def handler(event: Any, work: Work) -> None:
            self.reached.append(name)

        return handler

    async def people(self) -> None:
        """Everybody's standing is told, as updates tell it."""
        d = self.desk
        await d.feed(d.message("hello"))
        here = ChatOf(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
        for name, a in ACTORS.items():
            if not a.known:
                continue
            steps = [(a.was, frozenset(RIGHTS)), (a.status, a.rights)] if a.was else [(a.status, a.rights)]
            for status, rights in steps:
                event = Standing(
                    at=d.at, chat=here, person=Person(a.id, name, is_bot=a.bot), status=status, rights=rights
                )
                await d.feed(Item(event=event))

    def message(self, actor: Actor, text: str, chat: Any) -> Any:
        """A message as the actor writes it."""
        user: dict[str, Any] = {"id": actor.id, "is_bot": actor.bot, "first_name": "A"}
        more: dict[str, Any] = {}
        if actor.writes_as == "group":
            user = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group"}
            more["sender_chat"] = GROUP
        elif actor.writes_as in ("channel", "linked"):
            channel = {"id": -100777, "type": "channel", "title": "News"}
            user = {"id": CHANNEL_SENDER, "is_bot": True, "first_name": "Channel"}
            more["sender_chat"] = channel
            if actor.writes_as == "linked":
                origin = {"type": "channel", "chat": channel, "message_id": 3, "date": 1_700_000_000}
                more |= {"is_automatic_forward": True, "forward_origin": origin}
        return self.desk.message(text, user=user, chat=chat, **more)

    def press(self, actor: Actor, route: TapRoute, *, private: bool) -> Any:
        """A press of a sealed button, in the group or in private. Who writes as a group or a channel
        presses as themselves: Telegram names the person."""
        user = {"id": actor.id, "is_bot": actor.bot, "first_name": "A"}
        chat = {"id": actor.id, "type": "private", "first_name": "A"} if private else GROUP
        scope = -actor.id if private else 1
        return self.desk.tap(taps.pack(sample(route.type), route.kind, scope, KEY), user=user, chat=chat)

    async def cell(self, actor: Actor, update: Any) -> list[str]:
        """Which handlers one update reached; what waits for Telegram's answer gets none."""
        self.reached.clear()
        await self.desk.feed(pack(update))
        if self.desk.parked():
            here = ChatOf(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
            silence = Standing(at=self.desk.at, chat=here, person=Person(actor.id), status="")
            await self.desk.feed(Item(event=silence, undecided=True))
        return list(self.reached)
