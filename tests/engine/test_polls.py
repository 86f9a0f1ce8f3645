"""Polls leave once, are known by their receipt, and close when they are there."""

from groupbot.core.effects import ClosePoll, Poll, Receipt
from groupbot.engine import polls
from groupbot.engine.recovery import recover
from groupbot.engine.writer import Writer
from groupbot.errors import Later
from tests.engine.test_outbox import calm, group, say, sending, states


async def test_a_receipt_says_whose_poll_it_is_and_the_end_waits_for_it(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        gateway.answer = lambda e, t: Receipt((9,), poll=("p1", ("a", "b"))) if isinstance(e, Poll) else None
        poll = Poll(chat=chat, question="Tea?", options=("yes", "no"), right=0, ref="tea")
        await say(box, writer, poll, ClosePoll(chat=chat, ref="tea"))
        await calm(box)
        assert [(type(e).__name__, t.messages) for e, t in gateway.done] == [
            ("Poll", ()),
            ("ClosePoll", (9,)),
        ]
    assert writer.write(lambda w: polls.of(w, "p1")) == polls.Posted("tea", ("a", "b"))
    assert writer.write(lambda w: polls.of(w, "p2")) is None


async def test_a_poll_that_may_have_landed_is_not_sent_twice(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):

        def away(effect: object, target: object) -> None:
            raise Later("timed out", retry_after=0.0, unknown=True)

        gateway.answer = away
        await say(box, writer, Poll(chat=chat, question="Tea?", options=("yes", "no"), ref="tea"))
        await calm(box)
        assert len(gateway.done) == 1
    assert [(k, s) for k, s, _ in states(writer)] == [("poll", "unknown")]
    writer.write(recover)
    assert [(k, s) for k, s, _ in states(writer)] == [("poll", "unknown")]
