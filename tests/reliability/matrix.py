"""The shipped routes on a desk, each handler only writing down that it was reached; and the ways somebody
reaches for them. Made from the registry, so that a router of tomorrow is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from groupbot import Router
from groupbot.core import taps
from groupbot.core.effects import Send, from_json
from groupbot.core.events import ANONYMOUS_ADMIN, CHANNEL_SENDER, BotStanding, Person, Standing
from groupbot.core.events import Chat as ChatOf
from groupbot.engine.dispatch import Item
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import load
from groupbot.engine.router import CommandRoute, TapRoute
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members.service import connecting
from tests.engine.desk import GROUP, KEY, Desk, pack
from tests.reliability.cells import ACTORS, RIGHTS, Actor, allowed, sample, says

HERE = ChatOf(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
AT_ONCE = 200  # updates fed together


@dataclass(frozen=True, slots=True)
class Cell:
    """One way to one route: what is sent, and whether it may reach the handler. `number` is the update's
    whose handler it is: for a proof that of the command, not of the press."""

    label: str
    update: Any
    may: bool
    number: int


class Matrix:
    """The desk and who is there."""

    def __init__(self, writer: Writer) -> None:
        self.shipped = load()
        self.reached: list[tuple[int, str]] = []
        router = Router("matrix")
        for c in self.shipped.every_command:
            router.commands.append(replace(c, fn=self._reach(c.name), reads=None, router="matrix"))
        for t in self.shipped.taps.values():
            router.taps.append(replace(t, fn=self._reach(t.kind), router="matrix"))
        self.desk = Desk(writer, router)
        self.writer = writer
        shift = {a.id for a in ACTORS.values() if a.on_shift}
        self.desk.dispatch.facts.on_shift = lambda work, chat, person: person in shift  # type: ignore[attr-defined]

    def _reach(self, name: str) -> Any:
        def handler(event: Any, work: Work) -> None:
            self.reached.append((event.update_id, name))

        return handler

    async def people(self) -> None:
        """Everybody's standing is told, as updates tell it; the bot may do everything."""
        d = self.desk
        await d.feed(d.message("hello"))
        await self.bot_has(RIGHTS)
        for name, a in ACTORS.items():
            if not a.known:
                continue
            steps = [(a.was, frozenset(RIGHTS)), (a.status, a.rights)] if a.was else [(a.status, a.rights)]
            for status, rights in steps:
                person = Person(a.id, name, is_bot=a.bot)
                event = Standing(at=d.at, chat=HERE, person=person, status=status, rights=rights)
                await d.feed(Item(event=event))

    async def bot_has(self, rights: Sequence[str]) -> None:
        """The bot's own rights from now on."""
        event = BotStanding(at=self.desk.at, chat=HERE, status="administrator", rights=frozenset(rights))
        await self.desk.feed(Item(event=event))

    def connect(self, actor: Actor) -> None:
        """They run the group from their private chat, as if they had been an administrator once."""
        self.writer.write(connecting.connect, actor.id, 1)

    # --- what they send
    def message(self, actor: Actor, text: str, chat: Any, **more: Any) -> Any:
        """A message as the actor writes it; in private everybody is themselves."""
        user: dict[str, Any] = {"id": actor.id, "is_bot": actor.bot, "first_name": "A"}
        if chat is not GROUP:
            chat = {"id": actor.id, "type": "private", "first_name": "A"}
        elif actor.writes_as == "group":
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
        scope = -actor.id if private else 1
        data = taps.pack(sample(route.type), route.kind, scope, KEY)
        return self.pressed(actor, data, private=private)

    def pressed(self, actor: Actor, data: str, *, private: bool = False) -> Any:
        """A press of a button with this data."""
        user = {"id": actor.id, "is_bot": actor.bot, "first_name": "A"}
        chat = {"id": actor.id, "type": "private", "first_name": "A"} if private else GROUP
        return self.desk.tap(data, user=user, chat=chat)

    # --- what comes of it
    async def otherwise(self, actor: Actor, cells: Sequence[Cell]) -> list[str]:
        """The cells that are otherwise than stated. What waits for Telegram's answer gets none."""
        wrong = []
        for at in range(0, len(cells), AT_ONCE):
            lot = cells[at : at + AT_ONCE]
            self.reached.clear()
            await self.desk.feed(*[pack(c.update) for c in lot])
            while self.desk.parked():
                silence = Standing(at=self.desk.at, chat=HERE, person=Person(actor.id), status="")
                await self.desk.feed(Item(event=silence, undecided=True))
            found: dict[int, list[str]] = {}
            for number, name in self.reached:
                found.setdefault(number, []).append(name)
            for c in lot:
                names = found.pop(c.number, [])
                if len(names) != c.may:
                    wrong.append(f"{c.label}: {names}")
            wrong += [f"reached by nothing stated: {names}" for names in found.values()]
        return wrong

    async def proofs(self, texts: Sequence[str]) -> dict[str, tuple[int, str]]:
        """These commands said as the group: for each that asks who says it, its update and the button's
        data. None may be reached by that."""
        ghost = ACTORS["anonymous administrator"]
        before = self.writer.write(lambda w: w.sql.all(sa.select(sa.func.max(outbox.c.id))))[0][0] or 0
        said = {text: self.message(ghost, text, GROUP) for text in texts}
        self.reached.clear()
        await self.desk.feed(*map(pack, said.values()))
        assert self.reached == []
        rows = self.desk.rows(sa.select(outbox.c.payload).where(outbox.c.id > before))
        asked = [e for e in (from_json(r.payload) for r in rows) if isinstance(e, Send) and e.buttons]
        by_message = {e.reply_to: e.buttons[0][0].data for e in asked}
        return {
            text: (u["update_id"], str(by_message[u["message"]["message_id"]])) for text, u in said.items()
        }


# --- the ways to a command
def spoken(m: Matrix, actor: Actor, *, ways: bool) -> Iterator[Cell]:
    """Every command, bare and with each word that has its authority to itself; with `ways` also with `!`, by
    each other name and each word without a slash, where it is not said, and forwarded."""
    for c in m.shipped.every_command:
        for text, asks in _texts(c):
            if c.where != "private":
                yield _cell(m, actor, f"/{text}", says(actor, asks))
            if c.where != "group":
                yield _cell(m, actor, f"/{text}", _privately(actor, asks), private=True)
        if not ways:
            continue
        private = c.where == "private"
        may = _privately(actor, c.asks("")) if private else says(actor, c.asks(""))
        for said in (f"!{c.name}", *(f"/{a}" for a in c.aliases), *c.words):
            yield _cell(m, actor, said, may, private=private)
        if c.where != "any":
            yield _cell(m, actor, f"/{c.name}", False, private=not private)
        forwarded = {"type": "user", "sender_user": {"id": 5, "is_bot": False, "first_name": "F"}, "date": 1}
        yield _cell(m, actor, f"/{c.name}", may and c.forwards, private=private, forward_origin=forwarded)


def connected(m: Matrix, actor: Actor) -> Iterator[Cell]:
    """Every command of the group, said in private by somebody connected to it: what anybody may there only
    administrators may from here."""
    for c in m.shipped.every_command:
        if c.where != "group" and not c.mirrored:
            continue
        for text, asks in _texts(c):
            if asks[0] == "anyone" and not c.mirrored:
                asks = ("admin", "")
            yield _cell(m, actor, f"/{text}", allowed(actor, asks), private=True)
        for word in c.words:
            if c.where == "group":
                yield _cell(m, actor, word, False, private=True)


async def proven(m: Matrix, actor: Actor) -> list[Cell]:
    """Every command said as the group, its button pressed by this actor."""
    wanted = {
        f"/{text}": asks
        for c in m.shipped.every_command
        if c.where != "private"
        for text, asks in _texts(c)
        if asks[0] != "anyone"
    }
    asked = await m.proofs(list(wanted))
    return [
        Cell(f"{text} proven", m.pressed(actor, asked[text][1]), allowed(actor, asks), asked[text][0])
        for text, asks in wanted.items()
    ]


def lacking(m: Matrix, actor: Actor, right: str) -> Iterator[Cell]:
    """What needs this right of the bot's, which it has not: nobody reaches it, in no way."""
    for c in m.shipped.every_command:
        if right in c.bot_right.split():
            for text, _ in _texts(c):
                yield _cell(m, actor, f"/{text}", False)
                yield _cell(m, actor, f"/{text}", False, private=True)
    for t in m.shipped.taps.values():
        if right in t.bot_right.split():
            update = m.press(actor, t, private=False)
            yield Cell(f"{t.kind} without {right}", update, False, update["update_id"])


def buttons(m: Matrix, actor: Actor) -> Iterator[Cell]:
    """Every button, in the group and in private."""
    for route in m.shipped.taps.values():
        for private in (False, True):
            if private and not hasattr(sample(route.type), "chat") and route.who != "anyone":
                continue  # such a button is never sent in private: there it would act on nothing
            update = m.press(actor, route, private=private)
            may = allowed(actor, (route.who, route.right))
            yield Cell(f"{route.kind} private={private}", update, may, update["update_id"])


def bot_rights(m: Matrix) -> list[str]:
    """The rights of the bot that some route needs."""
    routes: list[CommandRoute | TapRoute] = [*m.shipped.every_command, *m.shipped.taps.values()]
    return sorted({right for r in routes for right in r.bot_right.split()})


def _texts(c: CommandRoute) -> Iterator[tuple[str, tuple[str, str]]]:
    for args in ("", *sorted(c.admin_args)):
        yield f"{c.name} {args}".strip(), c.asks(args)


def _privately(actor: Actor, asks: tuple[str, str]) -> bool:
    """In private nobody is an administrator."""
    return asks[0] in ("anyone", "operator") and allowed(actor, asks)


def _cell(m: Matrix, actor: Actor, text: str, may: bool, *, private: bool = False, **more: Any) -> Cell:
    update = m.message(actor, text, None if private else GROUP, **more)
    where = " in private" if private else ""
    return Cell(f"{text}{where}{' forwarded' if more else ''}", update, may, update["update_id"])
