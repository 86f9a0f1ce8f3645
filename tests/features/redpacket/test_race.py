"""Presses as Telegram delivers them: in batches, twice, from many at once; on both databases."""

import asyncio
import re
from pathlib import Path

from groupbot.core import taps
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import pot
from groupbot.features.members.service import Knowledge
from groupbot.features.redpacket import service, store
from groupbot.features.redpacket.domain import Grab, Order
from groupbot.surfaces.telegram.intake import decode
from tests.benchmarks.claims import GROUP, update

DATE = 1801303200  # 30 January 2027, 10:00 UTC


class Line:
    """A bot without a network: bytes in, toasts out, one live packet."""

    def __init__(self, writer: Writer, place: Path, order: Order) -> None:
        self.writer = writer
        knowledge = Knowledge()
        key = writer.write(sealing_key)
        writer.render = Content([folder("content_templates")]).renderer(knowledge.voice, key)
        self.toasts: dict[str, str] = {}
        self.chat, self.packet = writer.write(self._open, order)
        self.button = taps.pack(Grab(self.packet), "rp.grab", self.chat, key)
        self.dispatch = Dispatch(
            writer,
            load(place / "none"),
            knowledge,
            decode=decode,
            username="groupbot_demo_bot",
            key=key,
            after=self._after,
        )

    @staticmethod
    def _open(work: Work, order: Order) -> tuple[int, int]:
        work.chat = resolve(work, Chat(GROUP, "supergroup", "West Lake")).id
        return work.chat, service.send(work, order, sender=50, company=True)[0]

    async def _after(self, outcome: Outcome) -> None:
        self.toasts |= {e.query_id: e.text for e in outcome.answers}

    async def press(self, *presses: tuple[int, int]) -> list[str]:
        """(update id, person) in one batch; the toasts."""
        queries = [f"{number}.{len(self.toasts)}" for number, _ in presses]
        await self.dispatch.feed(
            [
                Item(raw=update(number, person, query=query, data=self.button, date=DATE))
                for query, (number, person) in zip(queries, presses, strict=True)
            ]
        )
        return [self.toasts[q] for q in queries]

    def audit(self) -> tuple[int, int, int, tuple[str, ...]]:
        """(claims, points given, points left in the pot, faults of the books)."""
        claims = self.writer.write(lambda w: w.sql.all(store.CLAIMS_OF, the_id=self.packet))
        left = self.writer.write(lambda w: ledger.balance(w, pot(self.chat, self.packet)))
        faults = self.writer.write(ledger.recount).faults
        return len(claims), sum(c.amount for c in claims), left, faults


def amount(toast: str) -> int:
    found = re.match(r"抢到 (\d+) 分", toast)
    return int(found[1]) if found else 0


async def test_two_hundred_pressing_at_once_share_fifty_exactly(writer: Writer, tmp_path: Path) -> None:
    line = Line(writer, tmp_path, Order(200, 50, "equal"))
    got = await asyncio.gather(*(line.press((1000 + i, 10**9 + i)) for i in range(200)))
    assert sorted(amount(toasts[0]) for toasts in got) == [0] * 150 + [4] * 50
    assert line.audit() == (50, 200, 0, ())
    assert writer.write(lambda w: w.sql.first(store.PACKET, the_id=line.packet).state) == "drained"


async def test_a_press_delivered_again_gets_its_stored_answer_and_no_second_share(
    writer: Writer, tmp_path: Path
) -> None:
    line = Line(writer, tmp_path, Order(200, 4))
    first = await line.press((1, 7), (2, 8))
    assert await line.press((1, 7), (2, 8)) == first
    assert [amount(t) for t in await line.press((3, 7))] == [amount(first[0])]
    assert line.audit()[0] == 2


async def test_a_crash_after_the_commit_gives_the_same_amount_to_who_presses_again(
    writer: Writer, tmp_path: Path
) -> None:
    line = Line(writer, tmp_path, Order(200, 4))
    first = await line.press((1, 7))
    second = Writer(writer.url, clock=writer.clock, bot_id=writer.me.id, render=writer.render)
    line.writer = line.dispatch.writer = second
    try:
        assert await line.press((2, 7)) == first
        assert line.audit()[0] == 1
    finally:
        second.close()


async def test_a_refused_commit_takes_back_shares_balances_and_answers(
    writer: Writer, tmp_path: Path
) -> None:
    """One person's row meets the unique key: the others of the batch keep their shares."""
    line = Line(writer, tmp_path, Order(200, 4, "equal"))
    writer.write(lambda w: w.add(store.CLAIMS, line.packet, 8, 3, 50, w.now))  # past the resident state
    toasts = await line.press((1, 7), (2, 8), (3, 9))
    assert [amount(t) for t in toasts[::2]] == [50, 50]
    claims, given, _, faults = line.audit()
    assert (claims, given, faults) == (3, 150, ())


async def test_a_forged_button_and_one_from_another_chat_are_old_buttons(
    writer: Writer, tmp_path: Path
) -> None:
    line = Line(writer, tmp_path, Order(200, 4))
    good = line.button
    line.button = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    old = await line.press((1, 7))
    line.button = taps.pack(Grab(line.packet), "rp.grab", line.chat + 1, line.dispatch.key)
    assert await line.press((2, 7)) == old
    assert line.audit()[:2] == (0, 0)
