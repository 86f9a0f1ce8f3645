"""Routes: which handler an event belongs to, and whether who asks may."""

from __future__ import annotations

from msgspec import structs

from groupbot.core import taps
from groupbot.core.effects import Answer, Ask, Delete, Send
from groupbot.core.events import Command, Event, Message, Tap
from groupbot.engine import inbox, proofs
from groupbot.engine.addresses import RETIRED, resolve
from groupbot.engine.away import Away
from groupbot.engine.dispatch.items import SHORT, WHOLE, Habits, Item, Outcome, Question
from groupbot.engine.dispatch.naming import Naming
from groupbot.engine.router import Asks, CommandRoute, TapRoute
from groupbot.engine.work import Work
from groupbot.errors import Refusal

OPENED = 4096  # buttons remembered as ours


class Routes(Naming):
    """Observe, guard, handle."""

    def _run(self, work: Work, item: Item, update_id: int, event: Event, out: Outcome) -> None:
        work.lang, work.zone = self.facts.voice(work, work.chat, None)
        reg = self.registry
        if item.only and item.only != WHOLE:
            fn = reg.steps.get(item.only)
            if fn is not None:
                self._step(work, item.only, fn, (event,), item, update_id, out)
                return
        elif not item.observed:
            watch, guards = self._awaited(work, reg.observers), self._awaited(work, reg.guards)
            if self._together(work, watch, guards, event, item, update_id, out):
                return
        if isinstance(event, Message):
            command = self._command(work, event)
            if command is not None:
                route, cmd = command
                if item.only or not work.late:
                    self._commanded(work, item, update_id, cmd, route, out)
                self._worded(work, event, item, update_id, out)
                return
            if event.text[:1] == "/":
                self._unknown_command(work, event)
        elif isinstance(event, Tap):
            self._tap(work, item, update_id, event, out)
            return
        listening = self._awaited(work, reg.happenings.get(type(event), ()))
        if listening:
            self._together(work, listening, (), event, item, update_id, out)

    def _commanded(
        self, work: Work, item: Item, update_id: int, cmd: Command, route: CommandRoute, out: Outcome
    ) -> None:
        """A command, by the habits of its chat."""
        asks = route.asks(cmd.args)
        who = asks[0]
        habits = self.facts.habits(work, work.chat) if cmd.chat.type != "private" else None
        if habits is None:
            self._routed(work, item, update_id, cmd, route.name, asks, route, out)
            return
        gone = Delete(chat=work.chat, messages=(cmd.message.message_id,), cause="habits", why="/cleancommand")
        if route.name in habits.disabled and (habits.admins_too or not self._staff(work, cmd)):
            if habits.drop_disabled:
                work.say(structs.replace(gone, why=f"/{route.name} is disabled here"))
            return
        before, parked = len(work.effects), out.parked
        if habits.tell_admins_only or who == "anyone" or self._staff(work, cmd):
            self._routed(work, item, update_id, cmd, route.name, asks, route, out)
        if out.parked > parked:
            return
        stay(work, before, habits)
        if ("user" if who == "anyone" else "admin") in habits.clean:
            work.say(gone)

    def _staff(self, work: Work, cmd: Command) -> bool:
        person = cmd.sender.id if cmd.sender else 0
        return cmd.message.anonymous or self.facts.staff(work, work.chat, person)

    def _unknown_command(self, work: Work, message: Message) -> None:
        """A command of nobody here, or of another bot."""
        habits = self.facts.habits(work, work.chat) if message.chat.type != "private" else None
        if habits is not None and "other" in habits.clean and not work.late:
            ids = (message.message_id,)
            work.say(Delete(chat=work.chat, messages=ids, cause="habits", why="/cleancommand other"))

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
        tap = structs.replace(tap, data=data)
        work.event = tap
        if isinstance(data, proofs.Prove):
            self._proved(work, item, update_id, tap, data.id, out)
            return
        route = self.registry.taps[type(data)]
        if not route.always and resolve(work, tap.chat).state == RETIRED:
            work.say(Answer(query_id=tap.query_id, template="common/retired", cause="dispatch"))
            return
        before = len(work.effects)
        self._routed(work, item, update_id, tap, route.kind, (route.who, route.right), route, out)
        if not any(isinstance(e, Answer) for e in work.effects[before:]) and not item.undecided:
            work.say(Answer(query_id=tap.query_id, cause=route.kind))

    def _routed(
        self,
        work: Work,
        item: Item,
        update_id: int,
        event: Command | Tap,
        name: str,
        asks: Asks,
        asked: CommandRoute | TapRoute,
        out: Outcome,
    ) -> None:
        route = asked if isinstance(asked, CommandRoute) else None
        who = asks[0]
        if (
            route is not None
            and isinstance(event, Command)
            and event.chat.type == "private"
            and self._away(work, item, update_id, event, name, asks, route, out)
        ):
            return
        wrong = route is not None and self._wrong_place(event.chat.type, route.where, who)
        if wrong:
            self._refuse(work, event, Refusal(wrong), route, item, update_id, out)
            return
        place = self._acts_on(work, event)
        if who != "anyone" and isinstance(event, Command) and event.message.sender_chat is not None:
            if not event.message.anonymous:  # a channel: nobody knows who speaks, nobody can be asked
                self._refuse(work, event, Refusal(f"common/{who}_only"), route, item, update_id, out)
                return
            if who != "admin" or not self.facts.trusts_anonymous(work, place):
                proofs.keep(work, event, item.raw)
                return
        elif who != "anyone" and not self._allowed(
            work, item, update_id, event, place, name, asks, asked, out
        ):
            return
        self._handle(work, item, update_id, event, place, name, asked, out)

    def _allowed(
        self,
        work: Work,
        item: Item,
        update_id: int,
        event: Command | Tap,
        place: int,
        name: str,
        asks: Asks,
        asked: CommandRoute | TapRoute,
        out: Outcome,
    ) -> bool:
        """May who sent this? If not they are told; if nobody knows yet, the event waits for the answer."""
        person = event.sender.id if event.sender else 0
        allowed = self.facts.authority(work, place, person, *asks)
        if allowed is None and not item.undecided and item.raw:
            if isinstance(event, Tap):
                self._toast_checking(work, event)
            inbox.park(work, place, update_id, person, item.raw, observed=True)
            out.parked += 1
            work.say(Ask(chat=place, member=person, cause=name))
            return False
        if not allowed:
            route = asked if isinstance(asked, CommandRoute) else None
            no = self._no(work, place, person, asks, allowed)
            self._refuse(work, event, no, route, item, update_id, out)
        return bool(allowed)

    def _handle(
        self,
        work: Work,
        item: Item,
        update_id: int,
        event: Command | Tap,
        place: int,
        name: str,
        asked: CommandRoute | TapRoute,
        out: Outcome,
    ) -> None:
        """Who asked may; now what the bot itself may, as Telegram told it last."""
        route = asked if isinstance(asked, CommandRoute) else None
        lacks = self.facts.bot_lacks(work, place, asked.bot_right) if asked.bot_right else ()
        if lacks:
            no = Refusal("common/bot_lacks", lacks=list(lacks))
            self._refuse(work, event, no, route, item, update_id, out)
            return
        if route is not None and route.reads is not None:
            voice = (work.lang, work.zone)
            out.questions.append(Question(route, event, item, update_id, work.chat, voice, work.away))
            return
        self._step(work, f"handle:{name}", asked.fn, (event,), item, update_id, out, route)

    def _proved(self, work: Work, item: Item, update_id: int, tap: Tap, number: int, out: Outcome) -> None:
        """An administrator proves to be one: the command kept runs, once, as theirs."""
        kept = proofs.look(work, number)
        message = self.decode(bytes(kept.raw), kept.at)[1] if kept is not None else None
        found = self._command(work, message) if isinstance(message, Message) else None
        if found is None:
            work.say(Answer(query_id=tap.query_id, template="common/old_button", cause="dispatch"))
            return
        route, cmd = found
        asks = route.asks(cmd.args)
        if not self._allowed(work, item, update_id, tap, work.chat, route.name, asks, route, out):
            return
        said = structs.replace(cmd.message, sender=tap.sender, sender_chat=None)
        cmd = structs.replace(cmd, sender=tap.sender, message=said)
        work.event, parked = cmd, out.parked
        self._handle(work, item, update_id, cmd, work.chat, route.name, route, out)
        if out.parked > parked:  # something must be asked first: the press waits, and the command with it
            self._toast_checking(work, tap)
            return
        proofs.take(work, number)
        work.say(Answer(query_id=tap.query_id, cause=f"prove:{cmd.name}"))
        work.say(Delete(chat=work.chat, ref=proofs.ref(number), cause=f"prove:{cmd.name}"))

    def _away(
        self,
        work: Work,
        item: Item,
        update_id: int,
        cmd: Command,
        name: str,
        asks: Asks,
        route: CommandRoute,
        out: Outcome,
    ) -> bool:
        """A group's command in private, by somebody connected to a group: only its administrators, asked
        anew each time, and only with a slash. What is replied to there is none of the group's messages.
        What a mirrored command shows everybody of themselves it shows who is in the group still; to others
        it is what it is in private."""
        person = cmd.sender
        theirs = route.where == "any" and route.mirrored
        if not (theirs or route.where == "group"):
            return False
        found = self.facts.connected(work, person.id) if person is not None and cmd.typed else None
        if person is None or found is None:
            return False
        if asks[0] == "anyone":
            if not theirs:
                asks = ("admin", "")
            elif not self.facts.inside(work, found[0], person.id):
                return False
        before, home = work.chat, resolve(work, cmd.chat).id
        work.chat, here = found
        work.lang, work.zone = self.facts.voice(work, work.chat, None)
        work.away = Away(person.id, cmd.message.message_id, home, work.chat, here.title)
        message = structs.replace(cmd.message, reply_to=None, reply_person=None)
        moved = structs.replace(cmd, chat=here, message=message)
        try:
            self._routed(work, item, update_id, moved, name, asks, route, out)
        finally:
            work.away, work.chat = None, before
        return True

    @staticmethod
    def _wrong_place(kind: str, where: str, who: str) -> str:
        """The refusal of a command for where it was said: administrators there are in groups and channels
        alone, so that nobody is asked whether they are one of a private chat."""
        if where != "any" and (where == "group") != (kind in ("group", "supergroup")):
            return f"common/{where}_only"
        return "common/group_only" if kind == "private" and who in ("admin", "owner", "helper") else ""

    def _no(self, work: Work, place: int, person: int, asks: Asks, allowed: bool | None) -> Refusal:
        """Why not: unknown to Telegram, no administrator, or one without the right."""
        who, right = asks
        if allowed is None:
            return Refusal("common/unchecked")
        if who in ("admin", "helper") and self.facts.authority(work, place, person, who):
            lacks = [r for r in right.split() if not self.facts.authority(work, place, person, who, r)]
            return Refusal("common/no_right", lacks=lacks)
        return Refusal(f"common/{who}_only")

    @staticmethod
    def _acts_on(work: Work, event: Command | Tap) -> int:
        """The chat whose rights count: a button pressed in private, or in the group or channel that keeps
        another group's log, may act on a group, which its data then names as `chat` (our id, sealed with
        it)."""
        return int(getattr(event.data, "chat", None) or work.chat) if isinstance(event, Tap) else work.chat


def stay(work: Work, before: int, habits: Habits) -> None:
    """Short replies said since stay as long as this chat likes; 0: until somebody removes them."""
    if habits.life == SHORT:
        return
    for i, e in enumerate(work.effects[before:], before):
        if isinstance(e, Send) and e.chat == work.chat and e.lifetime == SHORT:
            work.effects[i] = structs.replace(e, lifetime=habits.life or None)
