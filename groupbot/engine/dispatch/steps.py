"""Steps: each observer, guard and handler on its own savepoint; refusals said, failures put aside."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from groupbot.core.effects import Answer, Ask, Send
from groupbot.core.events import Command, Event, Tap
from groupbot.engine import inbox
from groupbot.engine.dispatch.items import Facts, Item, Outcome
from groupbot.engine.plugins import Registry
from groupbot.engine.proofs import Prove
from groupbot.engine.replies import PASSING, person_of, shown_alone
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import AWAITED, Work
from groupbot.engine.writer import Writer, transient
from groupbot.errors import Refusal, Unsure

log = structlog.get_logger(__name__)
Named = tuple[str, Callable[..., Any]]


class Steps:
    """Runs one step after the other. `decode(raw, received) -> (update_id, Event | None)`."""

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
        writer.watched |= {name for name, _ in registry.idle.values()}
        self.kinds: dict[str, type[Any]] = {t.kind: t.type for t in registry.taps.values()}
        self.kinds["eng.prove"] = Prove
        self._opened: dict[tuple[str, int], Any] = {}  # buttons whose seal was checked: a crowd presses one

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
        except Exception as e:
            self._failed(work, name, e, args, item, update_id, out, route)
            return None
        if len(work.emitted) > emitted:
            self._tell(work, work.emitted[emitted:], item, update_id, out)
        return result

    def _together(
        self,
        work: Work,
        watch: Sequence[Named],
        guards: Sequence[Named],
        event: Any,
        item: Item,
        update_id: int,
        out: Outcome,
    ) -> bool:
        """All of `watch` see the event, then the guards; True when a guard stopped it.

        They are tried as one step, for nearly always nothing fails; when something does, that step is undone
        and each runs again as a step of its own.
        """
        if len(watch) + len(guards) > 1:
            emitted, stopped = len(work.emitted), False
            work.begin()
            try:
                for work.cause, fn in watch:
                    fn(event, work)
                for work.cause, fn in guards:
                    if fn(event, work) is True:
                        stopped = True
                        break
            except Exception:
                work.undo()
            else:
                work.end()
                if len(work.emitted) > emitted:
                    self._tell(work, work.emitted[emitted:], item, update_id, out)
                return stopped
        for name, fn in watch:
            self._step(work, name, fn, (event,), item, update_id, out)
        return any(self._step(work, name, fn, (event,), item, update_id, out) is True for name, fn in guards)

    def _awaited(self, work: Work, listening: Sequence[Named]) -> Sequence[Named]:
        """Those that something in this chat waits for (`Router.on(…, idle=…)`): the same until one of the
        caches that tell of it changes (`Work.watched`)."""
        cached, chat = work.cached, work.chat
        known, key = cached(AWAITED), (chat, id(listening))
        kept = known.get(key)
        if kept is not None:
            return kept[1]  # type: ignore[no-any-return]
        awaited = []
        for named in listening:
            name, rest = self.registry.idle.get(named[1], ("", None))
            if not name or cached(name).get(chat if rest is None else (chat, rest), True):
                awaited.append(named)
        known[key] = listening, awaited  # as long as it is kept here nothing else has its id
        return awaited

    def _tell(self, work: Work, happenings: list[Any], item: Item, update_id: int, out: Outcome) -> None:
        """What a step emitted goes to those who listen for it."""
        for happening in happenings:
            listening = self.registry.happenings.get(type(happening), ())
            self._together(work, listening, (), happening, item, update_id, out)

    def _failed(
        self,
        work: Work,
        name: str,
        error: Exception,
        args: tuple[Any, ...],
        item: Item,
        update_id: int,
        out: Outcome,
        route: CommandRoute | None,
    ) -> None:
        """A step was undone: a refusal is said, what must be asked first waits for the answer, anything else
        is put aside; a lost database is raised."""
        if isinstance(error, Unsure):
            if item.raw and not item.undecided:
                about = error.member or inbox.FACTS
                inbox.park(work, error.chat, update_id, about, item.raw, observed=True)
                out.parked += 1
                work.say(inbox.asking(error.chat, about))
                return
            error = error.otherwise
        if isinstance(error, Refusal):
            if args:
                self._refuse(work, args[0], error, route, item, update_id, out)
            return
        if work.sql.lost() or transient(error):
            raise error
        number = inbox.put_aside(
            work, update_id=update_id or None, stage="step", step=name, error=error, raw=item.raw
        )
        out.quarantined += 1
        log.error(
            "step.failed",
            step=name,
            chat=work.chat,
            update=update_id,
            quarantine=number,
            error=f"{type(error).__name__}: {error}",
            trace="".join(traceback.format_exception(error, limit=-6)),
        )
        if name.startswith("handle:"):
            broken = Refusal("common/broken", number=number)
            self._refuse(work, args[0], broken, route, item, update_id, out)

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
        if hasattr(event, "refused"):  # what a feature emitted may know who is to be told
            work.say(event.refused(refusal.template, data))
        elif isinstance(event, Tap):
            work.say(Answer(query_id=event.query_id, template=refusal.template, data=data, cause="refusal"))
        elif isinstance(event, Command):
            work.cause = f"refusal:{event.name}"
            person, private = person_of(event), event.chat.type == "private"
            here = Send(
                chat=work.chat,
                template=refusal.template,
                data=data,
                topic=event.message.topic,
                reply_to=event.message.message_id,
                lifetime=None if private else PASSING,
            )
            if person is None or private:
                work.say(here)
                return
            reachable = self.facts.reachable(work, person)
            mine = Send(user=person, template=refusal.template, data=data) if reachable else None
            work.say(shown_alone(work, here, person, mine))

    def _toast_checking(self, work: Work, tap: Tap) -> None:
        work.say(Answer(query_id=tap.query_id, template="common/checking", cause="dispatch"))

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
