"""Routes: which handler an event belongs to, and whether who asks may."""

from __future__ import annotations

from msgspec import structs

from groupbot.core import taps
from groupbot.core.effects import Answer, Ask
from groupbot.core.events import Command, Event, Message, Tap, command_of
from groupbot.engine import inbox
from groupbot.engine.dispatch.items import WHOLE, Item, Outcome
from groupbot.engine.dispatch.steps import Steps
from groupbot.engine.router import CommandRoute, TapRoute
from groupbot.engine.work import Work
from groupbot.errors import Refusal

OPENED = 4096  # buttons remembered as ours


class Routes(Steps):
    """Observe, guard, handle."""

    def _run(self, work: Work, item: Item, update_id: int, event: Event, out: Outcome) -> None:
        work.lang, work.zone = self.facts.voice(work, work.chat, None)
        reg = self.registry
        if item.only and item.only != WHOLE:
            fn = reg.steps.get(item.only)
            if fn is not None:
                self._step(work, item.only, fn, (event,), item, update_id, out)
                return
        elif not item.observed and self._watched(work, item, update_id, event, out):
            return
        if isinstance(event, Message):
            command = self._command(work, event)
            if command is not None:
                route, cmd = command
                if item.only or not work.late:
                    who = route.who_for(cmd.args)
                    self._routed(work, item, update_id, cmd, route.name, who, route, out)
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
        self._routed(work, item, update_id, tap, route.kind, route.who, route, out)
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
        asked: CommandRoute | TapRoute,
        out: Outcome,
    ) -> None:
        route = asked if isinstance(asked, CommandRoute) else None
        group = event.chat.type in ("group", "supergroup")
        if route is not None and route.where != "any" and (route.where == "group") != group:
            self._refuse(work, event, Refusal(f"common/{route.where}_only"), route, item, update_id, out)
            return
        if self._anonymous_admin(event) and who in ("owner", "operator"):
            self._refuse(work, event, Refusal(f"common/{who}_only"), route, item, update_id, out)
            return
        if who != "anyone" and not self._anonymous_admin(event):
            person = event.sender.id if event.sender else 0
            place = self._acts_on(work, event)
            allowed = self.facts.authority(work, place, person, who, asked.right)
            if allowed is None and not item.undecided and item.raw:
                if isinstance(event, Tap):
                    self._toast_checking(work, event)
                inbox.park(work, place, update_id, person, item.raw, observed=True)
                out.parked += 1
                work.say(Ask(chat=place, member=person, cause=name))
                return
            if not allowed:
                self._refuse(
                    work, event, self._no(work, place, person, who, allowed), route, item, update_id, out
                )
                return
        self._step(work, f"handle:{name}", asked.fn, (event,), item, update_id, out, route)

    def _no(self, work: Work, place: int, person: int, who: str, allowed: bool | None) -> Refusal:
        """Why not: unknown to Telegram, no administrator, or one without the right."""
        if allowed is None:
            return Refusal("common/unchecked")
        if who == "admin" and self.facts.authority(work, place, person, who):
            return Refusal("common/no_right")
        return Refusal(f"common/{who}_only")

    @staticmethod
    def _acts_on(work: Work, event: Command | Tap) -> int:
        """The chat whose rights count: a button pressed in private may act on a group, which its data
        then names as `chat` (our id, sealed with it)."""
        if isinstance(event, Tap) and event.chat.type == "private":
            return int(getattr(event.data, "chat", None) or work.chat)
        return work.chat

    @staticmethod
    def _anonymous_admin(event: Command | Tap) -> bool:
        """Some administrator of this chat, nobody knows which: enough for `admin`, never for more."""
        return isinstance(event, Command) and event.message.anonymous

    def _toast_checking(self, work: Work, tap: Tap) -> None:
        work.say(Answer(query_id=tap.query_id, template="common/checking", cause="dispatch"))
