"""Dispatch: batch → observe → guard → handle → commit → answer → wake.

A batch of updates is one transaction. An update that cannot be decoded, a step that fails, a row that
the database refuses: each is quarantined alone and the rest goes on.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import structlog
from msgspec import structs

from groupbot.core import taps
from groupbot.core.effects import Answer, Ask, Effect, Send
from groupbot.core.events import Command, Event, Message, Standing, Tap, Upgraded, command_of
from groupbot.engine import inbox
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.plugins import Registry
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer, transient
from groupbot.errors import Refusal

log = structlog.get_logger(__name__)
WHOLE = "*"  # as `Item.only`: all steps again, though the update was seen before
OPENED = 4096  # buttons remembered as ours


class Facts(Protocol):
    """What dispatch must know about people and chats; the members feature answers."""

    def authority(self, work: Work, chat: int, person: int, who: str) -> bool | None:
        """May `person` act as `who` here? None: not known or too old, ask Telegram."""
        ...

    def voice(self, work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        """The language (zh, en) and the time zone to speak in a chat, or to a person in private."""
        ...

    def reachable(self, work: Work, person: int) -> bool:
        """Has this person started the bot in private?"""
        ...

    def words_on(self, work: Work, chat: int) -> bool:
        """Do whole-message words count as commands here?"""
        ...


@dataclass(slots=True)
class Item:
    """One thing to handle: raw bytes of an update, or an event of our own.

    `only` retries one step (`WHOLE`: all of them); `observed` skips observers and guards, which ran
    before the event was parked; `undecided` says that the fact it waited for did not come; without
    `resume` an event of our own leaves parked events where they are.
    """

    raw: bytes = b""
    event: Event | None = None
    only: str = ""
    observed: bool = False
    undecided: bool = False
    resume: bool = True


@dataclass(slots=True)
class Outcome:
    """What a batch leaves to do after its commit."""

    answers: list[Answer] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    said: int = 0
    handled: int = 0
    duplicates: int = 0
    quarantined: int = 0
    parked: int = 0
    fed: list[bytes] = field(default_factory=list)  # for python-telegram-bot handlers
    newest: datetime | None = None  # when the youngest event happened
    more: bool = False  # parked events are left that could go on now, or a tick has not finished

    def add(self, other: Outcome) -> None:
        """Take in another batch's outcome."""
        self.answers += other.answers
        self.asks += other.asks
        self.fed += other.fed
        self.said += other.said
        self.handled += other.handled
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        if other.newest is not None:
            self.newest = max(other.newest, self.newest or other.newest)
        self.parked += other.parked


class Dispatch:
    """Runs batches through the writer. `decode(raw, received) -> (update_id, Event | None)`."""

    def __init__(
        self,
        writer: Writer,
        registry: Registry,
        facts: Facts,
        *,
        decode: Callable[[bytes, datetime], tuple[int, Event | None]],
        username: str,
        key: bytes,
        after: Callable[[Outcome], Awaitable[None]] | None = None,
    ) -> None:
        self.writer, self.registry, self.facts = writer, registry, facts
        self.decode, self.username, self.key = decode, username, key
        self.after = after
        self.kinds = {t.kind: t.type for t in registry.taps.values()}
        self._opened: dict[tuple[str, int], Any] = {}  # buttons whose seal was checked: a crowd presses one

    async def feed(self, items: Sequence[Item]) -> Outcome:
        """Handle and commit `items`; returns after the commit, effects on their way."""
        try:
            outcome = await self.writer.submit(self.batch, items)
        except Lost:
            raise
        except Exception as e:
            log.warning("batch.refused", items=len(items), error=type(e).__name__)
            outcome = await self._each(items)
        if self.after is not None:
            await self.after(outcome)
        return outcome

    async def _each(self, items: Sequence[Item]) -> Outcome:
        """After a refused commit: one event a transaction, and only the guilty one is put aside."""
        whole = Outcome()
        for item in items:
            try:
                part = await self.writer.submit(self.batch, [item])
            except Lost:
                raise
            except Exception as e:
                if item.event is None:
                    part = await self.writer.submit(self._refused, item, e)
                else:
                    part = await self._resume_each(item)
            whole.add(part)
        return whole

    async def _resume_each(self, item: Item) -> Outcome:
        """An event of our own failed with what it resumed: itself first, then the parked ones, one a
        transaction."""
        whole = Outcome(more=True)
        try:
            whole.add(await self.writer.submit(self.batch, [replace(item, resume=False)]))
        except Lost:
            raise
        except Exception as e:
            whole.add(await self.writer.submit(self._refused, item, e))
        while whole.more:
            try:
                part = await self.writer.submit(self._next_parked, item)
            except Lost:
                raise
            except Exception as e:
                part = await self.writer.submit(self._refused_parked, item, e)
            whole.add(part)
            whole.more = part.more
        return whole

    async def tick(self, name: str, fn: Callable[[Work], Any]) -> None:
        """Run a heartbeat function in its own transaction; as long as it returns True it has more to do
        and runs again, so that a long list holds the writer for a slice at a time."""
        more = True
        while more:
            outcome = await self.writer.submit(self._tick, name, fn)
            more = outcome.more
            if self.after is not None and (outcome.said or outcome.asks):
                await self.after(outcome)

    # --- in the writer's thread
    def batch(self, work: Work, items: Sequence[Item]) -> Outcome:
        """All items in one transaction. Pure but for `work`: it may be run again."""
        out = Outcome()
        ready: list[tuple[Item, int, Event | None]] = []
        for item in items:
            if item.event is not None:
                ready.append((item, 0, item.event))
                continue
            try:
                update_id, event = self.decode(item.raw, work.now)
            except Exception as e:
                inbox.put_aside(
                    work,
                    update_id=_id_of(item.raw),
                    stage="decode",
                    step="intake",
                    error=e,
                    raw=item.raw,
                )
                out.quarantined += 1
                continue
            ready.append((item, update_id, event))
        seen: dict[int, str | None] = {}
        ids = [u for item, u, _ in ready if not item.event and not item.only]
        if ids:
            seen = inbox.duplicates(work, ids)
        parked = inbox.parked_chats(work)
        for item, update_id, event in ready:
            if item.event is None and not item.only:
                if update_id in seen:
                    self._again(work, event, seen[update_id])
                    out.duplicates += 1
                    continue
                seen[update_id] = None
            before = len(work.effects)
            if event is not None:
                out.newest = max(event.at, out.newest or event.at)
                self._event(work, item, update_id, event, parked, out)
            if item.event is None and not item.only:
                answer = next((e for e in work.effects[before:] if isinstance(e, Answer)), None)
                said = None if answer is None else f"{int(answer.alert)}{answer.text}"
                work.add(inbox.SEEN, work.bot_id, update_id, work.now, said)
            out.handled += 1
            if self.registry.has_ptb and item.raw:
                out.fed.append(item.raw)
        return self._finished(work, out)

    def _event(
        self,
        work: Work,
        item: Item,
        update_id: int,
        event: Event,
        parked: dict[Any, Any],
        out: Outcome,
    ) -> None:
        work.event = event
        if isinstance(event, Upgraded):
            work.chat = upgrade(work, event.chat.id, event.new_id)
        else:
            work.chat = resolve(work, event.chat).id
        if work.chat in parked and item.raw and not item.only:
            person = event.sender.id if event.sender else 0
            if isinstance(event, Tap):
                self._toast_checking(work, event)
            inbox.park(work, work.chat, update_id, person, item.raw, observed=False)
            return
        self._run(work, item, update_id, event, out)
        if isinstance(event, Standing) and item.event is not None and item.resume and work.chat in parked:
            self._resume(work, work.chat, event.person.id, undecided=item.undecided, out=out)

    def _run(self, work: Work, item: Item, update_id: int, event: Event, out: Outcome) -> None:
        work.lang, work.zone = self.facts.voice(work, work.chat, None)
        reg = self.registry
        if item.only and item.only != WHOLE:
            fn = reg.steps.get(item.only)
            if fn is not None:
                self._step(work, item.only, fn, (event,), item, update_id, out)
                return
        else:
            if not item.observed:
                for name, fn in reg.observers:
                    self._step(work, name, fn, (event,), item, update_id, out)
                for name, fn in reg.guards:
                    if self._step(work, name, fn, (event,), item, update_id, out) is True:
                        return
        if isinstance(event, Message):
            command = self._command(work, event)
            if command is not None:
                route, cmd = command
                if item.only or not work.late:
                    who = route.who_for(cmd.args)
                    self._routed(work, item, update_id, cmd, route.name, who, route.fn, route, out)
                return
        elif isinstance(event, Tap):
            self._tap(work, item, update_id, event, out)
            return
        for name, fn in reg.happenings.get(type(event), ()):
            self._step(work, name, fn, (event,), item, update_id, out)

    def _command(self, work: Work, message: Message) -> tuple[CommandRoute, Command] | None:
        cmd = command_of(message, self.username)
        if cmd is not None:
            route = self.registry.commands.get(cmd.name)
            return None if route is None else (route, cmd)
        word = message.text.strip() if len(message.text) <= 12 else ""
        route = self.registry.words.get(word) if word else None
        if route is None or message.edited or message.forwarded or not self.facts.words_on(work, work.chat):
            return None
        return route, Command(
            at=message.at,
            chat=message.chat,
            sender=message.sender,
            update_id=message.update_id,
            name=route.name,
            args="",
            message=message,
        )

    def _tap(self, work: Work, item: Item, update_id: int, tap: Tap, out: Outcome) -> None:
        scope = work.chat if tap.chat.type != "private" or tap.sender is None else -tap.sender.id
        data = self._opened.get((tap.raw, scope))
        if data is None:
            try:
                data = taps.unpack(tap.raw, self.kinds, scope, self.key)
            except taps.Unsealed:
                work.say(Answer(query_id=tap.query_id, template="common/old_button", cause="dispatch"))
                return
            if len(self._opened) >= OPENED:
                self._opened.clear()
            self._opened[tap.raw, scope] = data
        route = self.registry.taps[type(data)]
        tap = structs.replace(tap, data=data)
        work.event = tap
        before = len(work.effects)
        self._routed(work, item, update_id, tap, route.kind, route.who, route.fn, None, out)
        if not any(isinstance(e, Answer) for e in work.effects[before:]) and not item.undecided:
            work.say(Answer(query_id=tap.query_id, cause=route.kind))

    def _routed(
        self,
        work: Work,
        item: Item,
        update_id: int,
        event: Command | Tap,
        name: str,
        who: str,
        fn: Callable[..., None],
        route: CommandRoute | None,
        out: Outcome,
    ) -> None:
        group = event.chat.type in ("group", "supergroup")
        if route is not None and route.where != "any" and (route.where == "group") != group:
            self._refuse(work, event, Refusal(f"common/{route.where}_only"), route, item, update_id, out)
            return
        if who != "anyone" and not self._anonymous_admin(event):
            person = event.sender.id if event.sender else 0
            place = self._acts_on(work, event)
            allowed = self.facts.authority(work, place, person, who)
            if allowed is None and not item.undecided and item.raw:
                if isinstance(event, Tap):
                    self._toast_checking(work, event)
                inbox.park(work, place, update_id, person, item.raw, observed=True)
                out.parked += 1
                work.say(Ask(chat=place, member=person, cause=name))
                return
            if not allowed:
                template = "common/unchecked" if allowed is None else f"common/{who}_only"
                self._refuse(work, event, Refusal(template), route, item, update_id, out)
                return
        self._step(work, f"handle:{name}", fn, (event,), item, update_id, out, route)

    @staticmethod
    def _acts_on(work: Work, event: Command | Tap) -> int:
        """The chat whose rights count: a button pressed in private may act on a group, which its data
        then names as `chat` (our id, sealed with it)."""
        if isinstance(event, Tap) and event.chat.type == "private":
            return int(getattr(event.data, "chat", None) or work.chat)
        return work.chat

    @staticmethod
    def _anonymous_admin(event: Command | Tap) -> bool:
        return isinstance(event, Command) and event.message.anonymous

    def _step(
        self,
        work: Work,
        name: str,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        item: Item,
        update_id: int,
        out: Outcome,
        route: CommandRoute | None = None,
    ) -> Any:
        work.cause = name
        emitted = len(work.emitted)
        try:
            result = work.step(fn, *args)
        except Refusal as r:
            if args:
                self._refuse(work, args[0], r, route, item, update_id, out)
            return None
        except Exception as e:
            if work.sql.lost() or transient(e):
                raise
            number = inbox.put_aside(
                work, update_id=update_id or None, stage="step", step=name, error=e, raw=item.raw
            )
            out.quarantined += 1
            log.error(
                "step.failed",
                step=name,
                chat=work.chat,
                update=update_id,
                quarantine=number,
                error=f"{type(e).__name__}: {e}",
                trace=traceback.format_exc(limit=-6),
            )
            if name.startswith("handle:"):
                self._refuse(
                    work, args[0], Refusal("common/broken", number=number), route, item, update_id, out
                )
            return None
        for happening in work.emitted[emitted:]:
            for other, handler in self.registry.happenings.get(type(happening), ()):
                self._step(work, other, handler, (happening,), item, update_id, out)
        return result

    def _refuse(
        self,
        work: Work,
        event: Any,
        refusal: Refusal,
        route: CommandRoute | None,
        item: Item,
        update_id: int,
        out: Outcome,
    ) -> None:
        """A step of its own: a refusal whose template is missing costs only the reply."""
        self._step(work, "refusal", self._say_refusal, (event, refusal, route), item, update_id, out)

    def _say_refusal(self, event: Any, refusal: Refusal, route: CommandRoute | None, work: Work) -> None:
        data = dict(refusal.data)
        if route is not None:
            data = {"usage": route.usage or f"/{route.name}", "example": route.example, **data}
        if isinstance(event, Tap):
            work.say(Answer(query_id=event.query_id, template=refusal.template, data=data, cause="refusal"))
        elif isinstance(event, Command):
            work.cause = f"refusal:{event.name}"
            person = event.sender
            private = (
                person is not None and event.chat.type != "private" and self.facts.reachable(work, person.id)
            )
            if private and person is not None and not event.message.anonymous:
                work.say(Send(user=person.id, template=refusal.template, data=data))
            else:
                short = 60 if event.chat.type != "private" else None
                work.say(
                    Send(
                        chat=work.chat,
                        template=refusal.template,
                        data=data,
                        topic=event.message.topic,
                        reply_to=event.message.message_id,
                        lifetime=short,
                    )
                )

    def _toast_checking(self, work: Work, tap: Tap) -> None:
        work.say(Answer(query_id=tap.query_id, template="common/checking", cause="dispatch"))

    def _again(self, work: Work, event: Event | None, answer: str | None) -> None:
        """An update delivered twice: nothing is done again, a press gets its stored answer."""
        if isinstance(event, Tap) and answer is not None:
            work.say(Answer(query_id=event.query_id, text=answer[1:], alert=answer[0] == "1", cause="again"))

    def _resume(
        self, work: Work, chat: int, person: int, *, undecided: bool, out: Outcome, most: int = 0
    ) -> None:
        """Run what was parked in this chat (at most `most` events), until one needs another fact."""
        rows = inbox.waiting(work, chat)
        for row in rows[: most or None]:
            inbox.taken(work, row.id)
            item = Item(
                raw=bytes(row.raw),
                observed=row.observed,
                undecided=undecided and row.person == person,
            )
            parked = out.parked
            try:
                _, event = self.decode(item.raw, row.at)
            except Exception as e:
                inbox.put_aside(
                    work,
                    update_id=row.update_id,
                    stage="decode",
                    step="intake",
                    error=e,
                    raw=item.raw,
                )
                continue
            if event is not None:
                work.event, work.chat = event, chat
                before = len(work.effects)
                self._run(work, item, row.update_id, event, out)
                work.effects[before:] = self._answered(work, event, work.effects[before:])
            if out.parked > parked:
                self._repark_rest(work, chat, row.id)
                return
        out.more = 0 < most < len(rows)
        if not out.more:
            inbox.resumed(work, chat)

    def _answered(self, work: Work, event: Event, effects: list[Effect]) -> list[Effect]:
        """A parked press had its toast already: what it would be told now goes to it in private."""
        kept: list[Effect] = []
        for e in effects:
            if not isinstance(e, Answer):
                kept.append(e)
            elif e.text and event.sender is not None and self.facts.reachable(work, event.sender.id):
                kept.append(Send(user=event.sender.id, text=e.text, cause=e.cause))
        return kept

    def _repark_rest(self, work: Work, chat: int, after: int) -> None:
        """The event just parked again is the newest row; what stood behind it moves behind it again."""
        rows = [r for r in inbox.waiting(work, chat) if r.id > after]
        for row in rows[:-1]:
            inbox.taken(work, row.id)
            inbox.park(work, chat, row.update_id, row.person, bytes(row.raw), observed=row.observed)

    def _tick(self, work: Work, name: str, fn: Callable[[Work], Any]) -> Outcome:
        out = Outcome()
        out.more = self._step(work, name, lambda w: fn(w), (), Item(), 0, out) is True
        return self._finished(work, out)

    def _next_parked(self, work: Work, item: Item) -> Outcome:
        """The next parked event of the item's chat, alone."""
        event, out = item.event, Outcome()
        if isinstance(event, Standing):
            chat = resolve(work, event.chat).id
            self._resume(work, chat, event.person.id, undecided=item.undecided, out=out, most=1)
        return self._finished(work, out)

    def _refused_parked(self, work: Work, item: Item, error: BaseException) -> Outcome:
        """The next parked event of the item's chat is the guilty one."""
        assert item.event is not None
        chat = resolve(work, item.event.chat).id
        row, *rest = inbox.waiting(work, chat)
        inbox.taken(work, row.id)
        if not rest:
            inbox.resumed(work, chat)
        number = inbox.put_aside(
            work, update_id=row.update_id, stage="flush", step="commit", error=error, raw=bytes(row.raw)
        )
        log.error("flush.refused", update=row.update_id, quarantine=number, error=type(error).__name__)
        return Outcome(quarantined=1, more=bool(rest))

    def _finished(self, work: Work, out: Outcome) -> Outcome:
        """What a batch leaves to do after its commit."""
        work.event, work.chat = None, 0
        self._finals(work, out)
        out.answers = work.answers()
        out.asks = [e for e in work.effects if isinstance(e, Ask)]
        out.said = len(work.effects) - len(out.answers) - len(out.asks)
        return out

    def _finals(self, work: Work, out: Outcome) -> None:
        """What steps left for the end of the batch, each as a step of its own."""
        for key, fn in work.finals():
            self._step(work, f"finally:{key}", fn, (), Item(), 0, out)

    def _refused(self, work: Work, item: Item, error: BaseException) -> Outcome:
        """The database refused this one item: its bytes are put aside, its id is kept as seen."""
        update_id = _id_of(item.raw)
        number = inbox.put_aside(
            work, update_id=update_id, stage="flush", step="commit", error=error, raw=item.raw
        )
        if update_id is not None:
            work.add(inbox.SEEN, work.bot_id, update_id, work.now, None)
        log.error("flush.refused", update=update_id, quarantine=number, error=type(error).__name__)
        return Outcome(quarantined=1)


def _id_of(raw: bytes) -> int | None:
    """The update id read from damaged bytes, if it can be."""
    at = raw.find(b'"update_id"')
    digits = raw[at + 11 : at + 40].lstrip(b" :\t\n") if at >= 0 else b""
    number = digits[: next((i for i, c in enumerate(digits) if not 48 <= c <= 57), len(digits))]
    return int(number) if number and len(number) < 19 else None
