"""Batches: one transaction for many events; after a refusal one event each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import structlog
from msgspec import structs

from groupbot.core.effects import Answer
from groupbot.core.events import Event, Placeless, PollTotals, Tap, Upgraded
from groupbot.core.numbering import of_before
from groupbot.engine import inbox, polls, seen
from groupbot.engine.addresses import RETIRED, resolve, upgrade
from groupbot.engine.dispatch.items import Item, Outcome, id_of
from groupbot.engine.dispatch.reading import Reading
from groupbot.engine.router import Tick
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost

AT_ONCE = 50  # things that a tick's reading finds in one look: beginning a look reads every group
log = structlog.get_logger(__name__)


class Dispatch(Reading):
    """Runs batches through the writer."""

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
        self.answer(outcome.questions)
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
            whole.add(await self.writer.submit(self.batch, [structs.replace(item, resume=False)]))
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

    async def beat(self, ticks: Sequence[Tick]) -> tuple[int, bool]:
        """Run heartbeat functions (without `reads`) in one transaction up to the first that does something:
        those that find nothing to do, nearly all of them nearly always, cost none of their own. How many ran,
        and whether the last is to be called alone: it has more to do, or what it did was refused.

        Raises:
            Lost: as `Writer.write`; none of them ran.
        """
        ran: list[Tick] = []
        try:
            outcome = await self.writer.submit(self._beat, ticks, ran)
        except Lost:
            raise
        except Exception as e:
            if not ran:
                raise
            log.warning("beat.refused", tick=ran[-1].name, error=type(e).__name__)
            return len(ran), True
        if self.after is not None and (outcome.said or outcome.asks):
            await self.after(outcome)
        return len(ran), outcome.more

    async def tick(self, name: str, fn: Callable[..., Any], reads: Callable[..., Any] | None = None) -> None:
        """Run a heartbeat function in its own transaction, with what `reads` found before; as long as it
        returns True it has more to do and runs again, so that a long list holds the writer for a slice at a
        time. When the database refuses what a function with `most` and `guilty` wrote, it is called for one
        at a time, and for the one that is refused alone again with guilty=True, to put it aside."""
        more, how = True, dict[str, Any]()
        while more:
            told = [fn] if reads is None else [partial(fn, f) for f in await self.writer.look(_found, reads)]
            more = bool(told)
            for one in told:
                more = await self._slice(name, one, how) and more

    async def _slice(self, name: str, fn: Callable[..., Any], how: dict[str, Any]) -> bool:
        """One transaction of a tick; whether there is more to do. `how` it is called changes with what the
        database says."""
        try:
            outcome = await self.writer.submit(self._tick, name, fn, how)
        except Lost:
            raise
        except Exception as e:
            if "guilty" in how or "guilty" not in inspect.signature(fn).parameters:
                raise
            log.warning("tick.refused", tick=name, error=type(e).__name__)
            how |= {"most": 1, "guilty": True} if how else {"most": 1}  # then each alone
            return True
        how.pop("guilty", None)
        if self.after is not None and (outcome.said or outcome.asks):
            await self.after(outcome)
        return outcome.more

    async def failed(self, error: Exception) -> None:
        """What failed outside of any step, in a handler of the library's own: put aside like the rest,
        whatever it is. Not raised in a step of ours, where a locked database is taken for this one."""

        def aside(work: Work) -> None:
            inbox.put_aside(work, update_id=None, stage="step", step="raw", error=error, raw=b"")

        await self.tick("raw", aside)

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
                    update_id=id_of(item.raw),
                    stage="decode",
                    step="intake",
                    error=e,
                    raw=item.raw,
                )
                out.quarantined += 1
                continue
            ready.append((item, update_id, event))
        ids = [u for item, u, _ in ready if not item.event and not item.only]
        before = seen.duplicates(work, ids) if ids else {}
        new: dict[int, str | None] = {}  # with its toast
        parked, feeds = inbox.parked_chats(work), self.registry.has_ptb
        for item, update_id, event in ready:
            if item.aside and inbox.retried(work, item.aside):
                out.duplicates += 1  # its commit was not heard of
                continue
            counts = item.event is None and not item.only
            if counts and (update_id in before or update_id in new):
                self._again(work, event, before.get(update_id) or new.get(update_id))
                out.duplicates += 1
                continue
            said = len(work.effects)
            if event is not None:
                if out.newest is None or event.at > out.newest:
                    out.newest = event.at
                self._event(work, item, update_id, event, parked, out)
            if item.aside and not out.questions:  # else it is done with its answer
                inbox.done_again(work, item.aside)
            if counts:
                new[update_id] = _toast(work, said) if len(work.effects) > said else None
            out.handled += 1
            if feeds and item.raw:
                out.fed.append(item.raw)
        seen.keep(work, new)
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
        if isinstance(event, Placeless):
            home = _home(work, event)
            if home is None:
                return
            work.chat, retired = home, False
            inbox.parked_chats(work)  # an upgrade empties what is resident, `parked` too
        else:
            place = resolve(work, event.chat)
            if place.telegram_id != event.chat.id:
                work.event = event = of_before(event)
            work.chat, retired = place.id, place.state == RETIRED
        if work.chat in parked and item.raw and not item.only:
            person = event.sender.id if event.sender else 0
            if isinstance(event, Tap):
                self._toast_checking(work, event)
            inbox.park(work, work.chat, update_id, person, item.raw, observed=False)
            return
        if retired:
            self._retired(work, item, update_id, event, out)
        else:
            self._run(work, item, update_id, event, out)
        if item.event is not None and item.resume and work.chat in parked:
            about = inbox.answered(event)
            if about is not None:
                self._resume(work, work.chat, about, undecided=item.undecided, out=out)

    def _again(self, work: Work, event: Event | None, answer: str | None) -> None:
        """An update delivered twice: nothing is done again, a press gets its stored answer."""
        if isinstance(event, Tap) and answer is not None:
            work.say(Answer(query_id=event.query_id, text=answer[1:], alert=answer[0] == "1", cause="again"))

    def _tick(self, work: Work, name: str, fn: Callable[..., Any], how: dict[str, Any]) -> Outcome:
        out = Outcome()
        out.more = self._step(work, name, lambda w: fn(w, **how), (), Item(), 0, out) is True
        return self._finished(work, out)

    def _beat(self, work: Work, ticks: Sequence[Tick], ran: list[Tick]) -> Outcome:
        out = Outcome()
        ran.clear()
        for tick in ticks:
            ran.append(tick)
            work.afresh()
            out.more = self._step(work, tick.name, tick.fn, (), Item(), 0, out) is True
            if out.more or not work.idle:
                break
        return self._finished(work, out)

    def _refused(self, work: Work, item: Item, error: BaseException) -> Outcome:
        """The database refused this one item: its bytes are put aside, its id is kept as seen."""
        update_id = id_of(item.raw)
        number = inbox.put_aside(
            work, update_id=update_id, stage="flush", step="commit", error=error, raw=item.raw
        )
        if update_id is not None:
            seen.keep(work, {update_id: None})
        log.error("flush.refused", update=update_id, quarantine=number, error=type(error).__name__)
        return Outcome(quarantined=1)


def _found(reads: Callable[..., Any], work: Work) -> list[Any]:
    """What the reading of a tick found: of a generator's, as many as are kept after one look."""
    found = reads(work)
    if not isinstance(found, Iterator):
        return [found]
    kept: list[Any] = []
    try:
        kept.extend(islice(found, AT_ONCE))
    except Exception:
        if not kept:  # what came before it is kept first; then it is the first, and told of
            raise
    return kept


def _home(work: Work, event: Placeless) -> int | None:
    """Our id of the chat that an event belongs to which does not name it."""
    if isinstance(event, Upgraded):
        return upgrade(work, event.chat.id, event.new_id)
    return polls.home(work, event.poll) if isinstance(event, PollTotals) else None


def _toast(work: Work, before: int) -> str | None:
    """The toast said since, as it is kept: 0 or 1 for an alert, then its text."""
    for effect in work.effects[before:]:
        if isinstance(effect, Answer):
            return f"{int(effect.alert)}{effect.text}"
    return None
