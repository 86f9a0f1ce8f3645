"""Parking: events that wait for a fact, and what stands behind them in their chat."""

from __future__ import annotations

import structlog

from groupbot.core.effects import Answer, Effect, Send
from groupbot.core.events import Event, Tap
from groupbot.core.numbering import of_before
from groupbot.engine import inbox
from groupbot.engine.addresses import RETIRED, moved, place_of, resolve
from groupbot.engine.dispatch.items import Item, Outcome
from groupbot.engine.dispatch.retired import Retired
from groupbot.engine.upgrades import basic
from groupbot.engine.work import Work

log = structlog.get_logger(__name__)


class Parking(Retired):
    """Takes parked events up again, in order."""

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
                if basic(event.chat.id) and moved(work, event.chat.id):
                    event = of_before(event)
                elsewhere = isinstance(event, Tap) or event.chat.type == "private"  # or in a log
                work.event, work.chat = event, resolve(work, event.chat).id if elsewhere else chat
                before = len(work.effects)
                here = place_of(work, work.chat)
                retired = here is not None and here.state == RETIRED
                (self._retired if retired else self._run)(work, item, row.update_id, event, out)
                work.effects[before:] = self._answered(work, event, work.effects[before:])
            if out.parked > parked and self._parked_again(work, chat, newest=rows[-1].id):
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

    def _parked_again(self, work: Work, chat: int, newest: int) -> bool:
        """Was the event parked in this chat again, where `newest` was the last before? Then what stood behind
        it moves behind it; a press that acts on another group may wait there, and this chat goes on."""
        rows = inbox.waiting(work, chat)
        if not rows or rows[-1].id <= newest:
            return False
        for row in rows[:-1]:
            inbox.taken(work, row.id)
            inbox.park(work, chat, row.update_id, row.person, bytes(row.raw), observed=row.observed)
        return True

    def _next_parked(self, work: Work, item: Item) -> Outcome:
        """The next parked event of the item's chat, alone."""
        event, out = item.event, Outcome()
        about = inbox.answered(event) if event is not None else None
        if event is not None and about is not None:
            chat = resolve(work, event.chat).id
            self._resume(work, chat, about, undecided=item.undecided, out=out, most=1)
        return self._finished(work, out)

    def _refused_parked(self, work: Work, item: Item, error: BaseException) -> Outcome:
        """The next parked event of the item's chat is the guilty one. Who waits is not resident after what it
        did: whether the chat still does is read anew."""
        assert item.event is not None
        chat = resolve(work, item.event.chat).id
        row, *rest = inbox.waiting(work, chat)
        inbox.taken(work, row.id)
        number = inbox.put_aside(
            work, update_id=row.update_id, stage="flush", step="commit", error=error, raw=bytes(row.raw)
        )
        log.error("flush.refused", update=row.update_id, quarantine=number, error=type(error).__name__)
        return Outcome(quarantined=1, more=bool(rest))
