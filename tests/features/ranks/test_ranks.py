"""Ranks by points: what a tag may be, who gets one, and how it goes away again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groupbot.core.effects import Tag
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.ranks import domain, service
from groupbot.features.ranks.domain import Rank
from tests.features.members.group import group, stands

LADDER = (Rank(10, "New"), Rank(50, "Regular"))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("50 Regular", "50 Regular"),
        (" 050   Old   friend ", "50 Old friend"),
        ("30 熟面孔", "30 熟面孔"),
        ("1 " + "很" * 16, "1 " + "很" * 16),
        ("1 " + "很" * 17, None),
        ("0 Regular", None),
        ("-5 Regular", None),
        ("50", None),
        ("Regular", None),
        ("9999999999 Regular", None),
        ("50 Star ⭐", None),
        ("50 茶友🍵", None),
        ("50 a\u200db", None),
    ],
)
def test_a_rank_is_points_and_a_short_name_without_emoji(text: str, made: str | None) -> None:
    if made is None:
        with pytest.raises(ValueError):
            domain.spelling(text)
    else:
        assert domain.spelling(text) == made


def test_lines_become_a_ladder_and_what_is_no_rank_is_passed_over() -> None:
    assert domain.ranks_of(["50 Regular", "", "10 New", "x", "20 🍵"]) == LADDER
    assert [domain.rank(n, LADDER) for n in (0, 9, 10, 49, 50, 10**9)] == [
        "",
        "",
        "New",
        "New",
        "Regular",
        "Regular",
    ]


def test_what_is_taken_away_is_not_held_back_by_the_days_limit() -> None:
    given = {1: "New", 2: "New", 3: "Regular"}
    points = {2: 60, 3: 55, 4: 12, 5: 11}
    assert domain.changes(points, LADDER, given, 0) == [(1, "")]
    assert domain.changes(points, LADDER, given, 2) == [(1, ""), (2, "Regular"), (4, "New")]
    assert domain.changes(points, LADDER, given, 9) == [(1, ""), (2, "Regular"), (4, "New"), (5, "New")]
    assert len(domain.changes(dict.fromkeys(range(100), 60), LADDER, {}, 99)) == domain.AT_ONCE


def place(work: Work, **points: int) -> int:
    """A group that shows ranks of all time; people p7=30 and so on have so many points."""
    chat = work.chat = group(work)
    rights(work, chat, "tags")
    members.put(work, domain.BY, "ever", chat=chat)
    members.put(work, domain.NAMES, ["10 New", "50 Regular"], chat=chat)
    for word, n in points.items():
        earns(work, int(word[1:]), n)
    return chat


def rights(work: Work, chat: int, *names: str) -> None:
    work.sql.run(
        members_store.NEW_PROFILE,
        chat_id=chat,
        added_by=None,
        added_at=work.now,
        status="administrator",
        rights=list(names),
    )
    work.drop("members.own_rights", chat)


def earns(work: Work, person: int, n: int) -> None:
    stands(work, work.chat, person, "member")
    work.put("members.here", (work.chat, person), True)
    ledger.transfer(
        work, f"t:{person}:{n}", "earn", (issuer(work.chat), -n), (member(work.chat, person), n), actor=person
    )


def said(work: Work) -> list[tuple[int, str]]:
    """A look; the tags it said."""
    boards = service.boards(work)
    before = len(work.effects)
    service.give(boards, work)
    return [(e.member, e.label) for e in work.effects[before:] if isinstance(e, Tag)]


def test_a_rank_is_said_once_and_again_when_it_changes(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = place(work, p7=12, p8=9)
        assert said(work) == [(7, "New")]
        assert said(work) == []
        earns(work, 7, 40)
        assert said(work) == [(7, "Regular")]
        assert service.of(work, chat, 7) == "Regular"
        assert service.of(work, chat, 8) == ""

    writer.write(fn)


def test_the_tag_goes_with_the_switch_the_wish_the_standing_and_the_erasure(writer: Writer) -> None:
    def fn(work: Work) -> None:
        chat = place(work, p7=12, p8=12, p9=12, p10=12)
        assert said(work) == [(7, "New"), (8, "New"), (9, "New"), (10, "New")]
        members.wish(work, 7, "optout", True)
        assert said(work) == [(7, "")]
        stands(work, chat, 8, "administrator")  # whose tag Telegram would refuse to change
        assert said(work) == []
        assert service.of(work, chat, 8) == ""
        before = len(work.effects)
        assert service.erase(work, 9, -1) is False
        assert [(e.member, e.label) for e in work.effects[before:] if isinstance(e, Tag)] == [(9, "")]
        members.put(work, domain.BY, "off", chat=chat)
        assert said(work) == [(10, "")]
        assert said(work) == []

    writer.write(fn)


def test_a_day_has_its_limit_and_without_the_right_nothing_is_said(writer: Writer) -> None:
    def first(work: Work) -> int:
        chat = place(work, p7=12, p8=13, p9=14)
        members.put(work, domain.DAILY, 2, chat=chat)
        rights(work, chat)
        assert said(work) == []
        rights(work, chat, "tags")
        assert said(work) == [(9, "New"), (8, "New")]
        assert said(work) == []
        return chat

    chat = writer.write(first)
    writer.clock.shift(timedelta(hours=25))  # type: ignore[attr-defined]
    assert writer.write(said) == [(7, "New")]
    assert writer.write(lambda w: len(w.sql.all(service.store.GIVEN, chat=chat))) == 3


def test_a_newer_tag_replaces_one_that_waits(writer: Writer) -> None:
    def fn(label: str, work: Work) -> None:
        work.chat = group(work) if label == "New" else 1
        work.say(Tag(chat=work.chat, member=7, label=label))

    for label in ("New", "Regular"):
        writer.write(lambda work, label=label: fn(label, work))
    rows = writer.write(lambda w: w.sql.all(outbox.select().order_by(outbox.c.id)))
    assert [(r.kind, r.state, r.error) for r in rows] == [
        ("tag", "done", "replaced by a newer one"),
        ("tag", "waiting", None),
    ]
