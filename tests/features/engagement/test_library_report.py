"""What people did on posts that took something of the library."""

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.events import Message, Person, Tap
from groupbot.engine.outbox_table import posted
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.members import service as members
from groupbot.features.promos.store import items
from tests.features.care.test_running import ROOM
from tests.features.promos.test_publish import chats

CAST = [Person(100 + n, f"P{n}") for n in range(12)]


def responded(work: Work) -> None:
    """Two videos and a text of the library as posts, ten presses, one too late, one answer."""
    work.chat, work.zone = 1, "Asia/Shanghai"
    for n, (name, medium, job) in enumerate(
        (("wave", "video", "amplify"), ("dance", "video", "amplify"), ("how", "text", "smooth")), 1
    ):
        at = {"chat_id": None, "at": work.now, "use_by": None, "topic": "", "source": f"saved:{name}"}
        work.sql.run(items.ADOPT, name=name, medium=medium, job=job, **at)
        work.sql.run(items.USED, item_id=n, chat_id=1, at=work.now, ref=f"promo:{n}")
        row = {
            "bot_id": work.bot_id,
            "chat_id": 1,
            "message_id": n,
            "ref": f"promo:{n}",
            "private": False,
        }
        work.sql.run(sa.insert(posted).values(**row, at=work.now))
    tell = [
        Tap(at=work.now + timedelta(hours=h), chat=ROOM, sender=who, query_id=str(h), raw="", message_id=1)
        for h, who in enumerate(CAST[:10], 1)
    ]
    late = work.now + timedelta(days=15)
    tell.append(Tap(at=late, chat=ROOM, sender=CAST[11], query_id="x", raw="", message_id=2))
    soon = work.now + timedelta(hours=2)
    answer = Message(at=soon, chat=ROOM, sender=CAST[0], message_id=9, text="thanks", reply_to=3)
    for event in sorted([*tell, answer], key=lambda e: e.at):
        work.event = event
        work.step(lambda w, e=event: (members.note_people(e, w), service.note(e, w)))
    work.flush()


def test_responses_are_told_by_medium_and_job_with_their_half_life(writer: Writer) -> None:
    chats(writer)

    writer.write(responded)
    assert [r.half_life for r in writer.read(reports.library)] == [None, None]  # more may come yet

    def later(work: Work, *, by_item: bool = False) -> list[reports.Response]:
        work.now += timedelta(days=14)
        return reports.library(work, by_item=by_item)

    found = writer.write(later)
    assert [(r.medium, r.job, r.posts, r.presses, r.replies, r.people, r.half_life) for r in found] == [
        ("video", "amplify", 2, 10, 0, 10, 5.0), ("text", "smooth", 1, 0, 1, 1, None),
    ]  # fmt: skip
    by_item = writer.write(lambda w: reports.library(w, by_item=True))
    assert [(r.name, r.presses) for r in by_item] == [("wave", 10), ("how", 0), ("dance", 0)]
