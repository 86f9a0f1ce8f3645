"""The boss's page: each of its numbers comes again by the SQL beside it, and nobody is said to be silent who
spoke since."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.events import Message
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import posted
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports, service
from groupbot.features.engagement import store as record
from groupbot.features.engagement.reports.look import Reason, Seen, needing, voices
from groupbot.features.engagement.reports.nudge import topics
from groupbot.features.members import service as members
from tests.conftest import START
from tests.features.engagement.test_figures import CAST, ROOM, four_weeks, group

LAST = START.date()


def test_every_number_of_the_page_comes_again_by_its_sql(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = group(work, ROOM.id, ROOM.title)
        four_weeks(work)
        members.set_profile(work, chat, owner=CAST[0].id)
        row = {"chat_id": chat, "at": START - timedelta(hours=3), "person_id": 77, "kind": "message"}
        work.sql.run(sa.insert(record.event).values(**row, units=1, staff=True, message_id=9_999))
        work.now = START + timedelta(days=1)
        seen, asked = reports.look(work, chat, LAST), reports.behind_page(work, chat, LAST)
        gives = {k: [tuple(r) for r in work.sql.plain(q)] for k, q in asked.items()}
        one = {k: rows[0][0] for k, rows in gives.items() if len(rows) == 1}
        assert (seen.messages, seen.joined, seen.left) == (one["messages"], one["joined"], one["left"])
        assert (seen.points, seen.minutes) == (one["points_paid"], one["staff_minutes"]) == (0, 1)
        told = {r.kind: (r.a, r.b) for r in seen.reasons}
        fell = int(one["active_organic_before"]), int(one["active_organic"])
        assert told == {} if fell[1] > 0.75 * fell[0] else told["fell"] == fell
        assert one["commerce"] < 0.2 < 10 < one["commerce_of"]
        assert one["speakers_in_20_min"] == 8
        assert (one["topics"], one["glow"]) == (0, 0)
        posts = {r[1]: tuple(int(v or 0) for v in r[3:7]) for r in gives["posts"]}
        for post in (seen.best, seen.worst):
            assert post is not None
            assert posts[post.ref] == (post.presses, post.replies, post.reactions, post.people)
        links = [members.link_to(work, chat, r[0]) for r in gives["unanswered"]]
        assert [*seen.asked] == links != []
        groups = [(chat, LAST)]
        assert work.sql.plain(reports.behind_digest(work, groups))[0][0] == one["active"]

    writer.write(fn)


def test_stats_and_the_report_mean_the_same_by_the_bots_share(writer: Writer) -> None:
    def fn(work: Work) -> tuple[float | None, float | None]:
        chat = group(work, ROOM.id, ROOM.title)
        four_weeks(work)
        ask = reports.Ask(work, chat, LAST - timedelta(days=6), LAST)
        share = next(f.value for f in reports.figures(ask) if f.key == "bot_share")
        return reports.week_of(work, chat, until=LAST).bot_share, share

    stats, report = writer.write(fn)
    assert stats == report is not None


def test_the_page_names_three_groups_and_the_longest_silence_of_each_tier() -> None:
    def seen(title: str, tier: str, voice: int | None, *kinds: str) -> Seen:
        reasons = tuple(Reason(kind, 9 - n, 9, 1) for n, kind in enumerate(kinds))
        return Seen(1, title, "amber", "A", 0, 0, 0, reasons, tier=tier, voice=voice)

    groups = [
        seen("A", "dealer", 9, "silent", "leaves", "fell"),
        seen("B", "store", 2, "leaves"),
        seen("C", "store", -1, "silent"),
        seen("D", "store", 30),
        seen("E", "", None),
        seen("F", "consumer", 0),
    ]
    assert [title for title, _ in needing(groups)] == ["A", "B", "C", "A", "A"]
    assert voices(groups, lambda text: text) == (
        "dealers: 9 days ago in A",
        "stores: not yet in C, the longest of 3 groups",
        "consumers: on the last day in F",
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_is_silent_reads_three_things_to_say(lang: str) -> None:
    content = Content([folder("content_templates")])
    for n in (0, 1, 3):
        links = [f"https://t.me/c/1/{i}" for i in range(n)]
        data = {"title": "A", "days": 9, "never": False, "topics": topics(links)}
        assert content.render("engagement/silent", lang, data).formatted.text.count("\n· ") == 3


def test_the_worst_post_is_none_of_the_bots_answers(writer: Writer) -> None:
    """An answer to a command that stands, after which three left, is no post of a plan or a game."""

    def fn(work: Work) -> list[str]:
        chat = group(work, ROOM.id, ROOM.title)
        four_weeks(work)
        at = START - timedelta(hours=9)
        row = {"bot_id": 1, "chat_id": chat, "message_id": 9_000, "ref": "out:9", "private": False}
        work.sql.run(sa.insert(posted).values(**row, at=at))
        for n in range(3):
            row = {"chat_id": chat, "at": at + timedelta(minutes=n), "person_id": 900 + n, "kind": "leave"}
            work.sql.run(sa.insert(record.event).values(**row, units=0, staff=False))
        seen = reports.look(work, chat, LAST)
        assert seen.best is not None
        assert seen.worst is not None
        return [seen.best.ref[:6], seen.worst.ref[:6]]

    assert writer.write(fn) == ["promo:", "promo:"]


def test_who_spoke_after_the_week_was_not_silent_for_ever(writer: Writer) -> None:
    """Monday at nine, of the week before: the owner spoke at eight, and never in the weeks before."""

    def fn(work: Work) -> list[tuple[str, int]]:
        work.chat = chat = group(work, ROOM.id, ROOM.title)
        members.set_profile(work, chat, owner=CAST[0].id)
        for number, at in enumerate((START - timedelta(days=10), START + timedelta(days=1)), 1):
            work.event = Message(at=at, chat=ROOM, sender=CAST[0], message_id=number, text="hi")
            work.step(service.note, work.event)
        work.flush()
        return [(r.kind, r.a) for r in reports.look(work, chat, LAST).reasons]

    assert writer.write(fn) == [("silent", 10)]
