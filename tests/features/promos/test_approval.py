"""Approval pins content; limits that were added; a stored plan that cannot be read."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.clock import chance
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service, store
from groupbot.features.promos.domain import FREE_DAYS, PROMOTIONS, QUIET_PROMOTIONS, choose
from groupbot.features.promos.domain.budget import weekday_of
from groupbot.features.promos.service.load import seat
from groupbot.features.promos.service.month import limits, month
from groupbot.features.promos.service.review import preview
from tests.features.members.group import starts
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in

DUE = datetime(2027, 1, 31, 2)


def with_ops(writer: Writer, *operators: int) -> None:
    writer.me = structs.replace(writer.me, ops_chat=-777, operators=operators)


def word(writer: Writer, by: int, verdict: str = "yes") -> Any:
    def fn(work: Work) -> Any:
        found = service.live(work, 1)
        assert found is not None
        return service.approve(work, 1, found, service.standing(work, 1, found).print, by, verdict)

    return writer.write(fn)


def test_more_than_five_groups_need_two_operators_and_a_late_approval_still_posts(writer: Writer) -> None:
    with_ops(writer, 1, 2)
    chats(writer, 6)
    take_in(writer, plan(grace=3600))
    at(writer, DUE)
    publish(writer)
    assert [s[2] for s in slots(writer)] == ["held"] * 6 + ["waiting"] * 6
    assert word(writer, 1).missing == [1, 2, 3, 4, 5, 6]
    assert word(writer, 1).missing == [1, 2, 3, 4, 5, 6]  # twice the same operator is one
    publish(writer)
    assert said(writer) == []
    at(writer, DUE + timedelta(minutes=30))
    assert word(writer, 2).missing == []
    publish(writer)
    assert len(said(writer)) == 6


def test_a_chat_that_joins_the_audience_waits_and_the_others_go_on(writer: Writer) -> None:
    with_ops(writer, 1)
    chats(writer)
    take_in(writer, plan())
    word(writer, 1)
    chats(writer, 2)
    writer.write(seat)
    at(writer, DUE)
    publish(writer)
    assert [(s[0], s[2]) for s in slots(writer)[:2]] == [(1, "said"), (2, "held")]
    asked = writer.write(service.ask)
    assert [(a.data["new"], a.data["chats"], a.data["state"]) for a in asked] == [(["Store 2"], 2, "waits")]
    assert writer.write(service.ask) == []  # once as it is


def test_who_gave_one_word_of_two_makes_no_group_new(writer: Writer) -> None:
    with_ops(writer, 1, 2)
    chats(writer, 7)
    take_in(writer, plan())
    writer.write(seat)
    assert len(word(writer, 1).missing) == 7
    at(writer, DUE)
    publish(writer)
    assert [a.data["new"] for a in writer.write(service.ask)] == [[]]


def test_a_sixth_group_waits_for_a_second_word_and_the_five_go_on(writer: Writer) -> None:
    with_ops(writer, 1, 2)
    chats(writer, 5)
    take_in(writer, plan())
    assert word(writer, 1).missing == []
    chats(writer, 6)
    writer.write(seat)
    assert word(writer, 1).missing == [6]
    assert [a.data["new"] for a in writer.write(service.ask)] == [["Store 6"]]
    at(writer, DUE)
    publish(writer)
    assert [(s[0], s[2]) for s in slots(writer)[:6]] == [*((n, "said") for n in range(1, 6)), (6, "held")]
    assert word(writer, 1).missing == [6]
    assert word(writer, 2).missing == []
    publish(writer)
    assert len(said(writer)) == 6


def test_what_the_five_heard_can_still_be_posted_after_a_sixth_came(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "shop" / "offer.zh.html.j2"
    path.parent.mkdir()
    path.write_text("first", "utf-8")
    with_ops(writer, 1, 2)
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer, 5)
    take_in(writer, plan(pool=("shop/offer",)))
    word(writer, 1)
    chats(writer, 6)
    writer.write(seat)
    word(writer, 1)
    path.write_text("second, longer", "utf-8")
    writer.content._found.clear()
    assert word(writer, 2, "old").missing == [6]  # which never heard the first: that takes two
    at(writer, DUE)
    publish(writer)
    assert [(s.chat, s.text) for s in said(writer)] == [(n, "first") for n in range(1, 6)]
    assert word(writer, 1, "old").missing == []
    publish(writer)
    assert [(s.chat, s.text) for s in said(writer)][5:] == [(6, "first")]


def test_a_slot_nobody_approves_is_skipped_in_time_and_says_so(writer: Writer) -> None:
    with_ops(writer, 1)
    chats(writer)
    take_in(writer, plan(grace=900))
    at(writer, DUE)
    publish(writer)
    at(writer, DUE + timedelta(minutes=14))
    writer.write(service.let_go)
    assert slots(writer)[0][2] == "held"
    at(writer, DUE + timedelta(minutes=16))
    writer.write(service.let_go)
    assert slots(writer)[0][2:] == ("skipped", "approval")


def test_a_changed_plan_needs_a_new_word_and_an_old_button_is_refused(writer: Writer) -> None:
    with_ops(writer, 1)
    chats(writer)
    take_in(writer, plan())
    word(writer, 1)
    take_in(writer, plan(data={"text": "new"}))
    at(writer, DUE)
    publish(writer)
    assert slots(writer)[0][2] == "held"

    def old(work: Work) -> None:
        found = service.live(work, 1)
        assert found is not None
        service.approve(work, 1, found, "0" * 12, 1)

    with pytest.raises(Refusal):
        writer.write(old)
    assert word(writer, 1, "stop").stopped
    assert slots(writer)[0][2:] == ("skipped", "stopped")


def test_the_approved_version_is_said_though_the_file_changed(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "shop" / "offer.zh.html.j2"
    path.parent.mkdir()
    path.write_text("first", "utf-8")
    with_ops(writer, 1)
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer)
    take_in(writer, plan(pool=("shop/offer",)))
    word(writer, 1)
    path.write_text("second, longer", "utf-8")
    writer.content._found.clear()
    word(writer, 1, "old")
    at(writer, DUE)
    publish(writer)
    assert [s.text for s in said(writer)] == ["first"]


def test_who_approves_sees_every_template_of_a_pool_and_what_a_poll_asks(
    writer: Writer, tmp_path: Path
) -> None:
    (tmp_path / "shop").mkdir()
    for name, text in (
        ("offer", "two for 59"),
        ("fruit", "---\npoll: {options: [Plum, Hawthorn], right: 2}\n---\nWhich?"),
        ("card", "---\nalbum: [media/a.jpg, {photo: saved:wave}]\n---\nlook"),
    ):
        (tmp_path / "shop" / f"{name}.zh.html.j2").write_text(text, "utf-8")
    writer.content = Content([tmp_path, folder("content_templates")])
    seen = writer.write(lambda w: preview(w, plan(pool=("shop/offer", "shop/fruit", "shop/card"))))
    assert seen == (
        "· shop/offer\ntwo for 59\n\n· shop/fruit\nWhich?\n○ Plum\n✓ Hawthorn\n\n"
        "· shop/card\nlook\n📎 media/a.jpg\n📎 saved:wave"
    )
    assert writer.write(lambda w: preview(w, plan(pool=("shop/offer",)))) == "two for 59"


def test_a_stored_plan_that_cannot_be_read_costs_only_itself(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan("good"), plan("bad"))
    writer.write(
        lambda w: w.sql.run(sa.update(store.plan).where(store.plan.c.id == 2).values(spec='{"name":1}'))
    )
    writer.write(lambda w: w.clear("promos.seen"))
    writer.write(lambda w: w.clear("promos.plan"))
    writer.write(seat)
    at(writer, DUE)
    publish(writer)
    found = writer.write(lambda w: w.sql.all(sa.select(store.plan_slot).order_by(store.plan_slot.c.plan_id)))
    assert [(r.plan_id, r.state, r.reason) for r in found if r.due == DUE.replace(tzinfo=UTC)] == [
        (1, "said", None),
        (2, "skipped", "plan"),
    ]


def test_of_posts_due_together_the_one_of_priority_is_said(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan("low"), plan("high", priority=5))
    at(writer, DUE)
    publish(writer)
    rows = writer.write(lambda w: w.sql.all(sa.select(store.plan_slot).order_by(store.plan_slot.c.plan_id)))
    due = [(r.plan_id, r.state, r.reason) for r in rows if r.state != "waiting"]
    assert due == [(1, "skipped", "gap"), (2, "said", None)]


def test_no_promotion_on_a_day_of_mourning_but_a_notice(writer: Writer) -> None:
    chats(writer)
    day = datetime(2027, 12, 13, 10)
    usual: dict[str, Any] = {"start": day, "rrule": ""}
    take_in(writer, plan("offer", kind="promotion", **usual), plan("notice", kind="notice", **usual))
    at(writer, datetime(2027, 12, 13, 2))
    publish(writer)
    assert sorted((s[2], s[3] or "") for s in slots(writer)) == [("said", ""), ("skipped", "mourning")]


def test_a_weekday_may_be_free_of_promotions_in_one_group_and_on_its_calendar(writer: Writer) -> None:
    chats(writer, 2)
    day = datetime(2027, 12, 12, 10)  # a Sunday
    made = plan("offer", kind="promotion", start=day, rrule="")
    take_in(writer, made)
    writer.write(lambda w: members.put(w, FREE_DAYS, ["SU"], chat=2))
    at(writer, datetime(2027, 12, 12, 2))
    publish(writer)
    assert [(s[0], s[2], s[3]) for s in slots(writer)[:2]] == [(1, "said", None), (2, "skipped", "free_day")]
    every = writer.write(lambda w: [limits(w, p) for p in members.profiles(w)])
    assert dict(month([made], every, date(2027, 12, 1)).held) == {(day, "offer", "free_day"): 1}


@pytest.mark.parametrize(("said", "day"), [("sunday", "SU"), ("MO", "MO"), ("星期天", "SU"), ("周三", "WE")])
def test_a_weekday_is_read_as_people_write_it(said: str, day: str) -> None:
    assert weekday_of(said) == day
    for wrong in ("", "day", "周", "13", "M0", "summer"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            weekday_of(wrong)


def test_a_post_for_silent_groups_is_not_said_where_people_talk(writer: Writer) -> None:
    chats(writer, 2)
    take_in(writer, plan(silent=2.0))
    at(writer, DUE)

    def spoke(work: Work, chat: int, since: datetime) -> datetime | None:
        return work.now - timedelta(minutes=5) if chat == 1 else None

    writer.write(lambda w: service.publish_due(w, others=service.Others(spoke=spoke)))
    assert [(s[0], s[2], s[3]) for s in slots(writer)[:2]] == [(1, "skipped", "lively"), (2, "said", None)]


@pytest.mark.parametrize(("tier", "second"), [("store", "skipped"), ("consumer", "said")])
def test_a_second_promotion_a_day_waits_for_other_posts(writer: Writer, tier: str, second: str) -> None:
    """Store groups: one post in five; consumer groups are there to sell: one in two."""
    chats(writer, tier=tier)
    writer.write(lambda w: members.put(w, PROMOTIONS, 2, chat=1))
    writer.write(lambda w: members.put(w, QUIET_PROMOTIONS, "23:00-06:00", chat=1))
    take_in(
        writer,
        plan("note", kind="notice", start=datetime(2027, 1, 31, 9)),
        plan("one", kind="promotion", start=datetime(2027, 1, 31, 13)),
        plan("n2", kind="notice", start=datetime(2027, 2, 1, 9)),
        plan("two", kind="promotion", start=datetime(2027, 1, 31, 17), rrule=""),
    )
    for hour in (1, 5, 9):
        at(writer, datetime(2027, 1, 31, hour))
        publish(writer)
        if hour == 1:
            writer.write(_a_week_of_notices)
    query = sa.select(store.plan_slot.c.state).where(store.plan_slot.c.plan_id == 4)
    assert [r.state for r in writer.write(lambda w: w.sql.all(query))] == [second]


def _a_week_of_notices(work: Work) -> None:
    when = work.now - timedelta(days=3)
    work.add(store.SLOTS, 1, 1, when, "said", None, None, "notice", "t", "UTC", when)


def test_weights_of_a_pool_count() -> None:
    rng, now = chance(3), datetime(2027, 1, 1, tzinfo=UTC)
    found = [choose(("a", "b"), (), now, 0, rng, (3.0, 1.0)) for _ in range(4000)]
    assert 2850 < found.count("a") < 3150


def trend(**more: Any) -> Any:
    return plan(kind="trend", end=datetime(2027, 1, 31, 12), grace=12 * 3600, **more)


def test_a_trend_waits_for_an_operator_also_where_there_is_no_operators_chat(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, operators=(7,))
    chats(writer)
    take_in(writer, trend())
    assert writer.write(service.ask) == []  # nobody can be reached
    at(writer, DUE)
    publish(writer)
    assert [s[2] for s in slots(writer)] == ["held"]
    writer.write(lambda w: starts(w, 7))
    at(writer, DUE + timedelta(minutes=2))
    assert [(s.user, s.data["state"], s.data["expires"]) for s in writer.write(service.ask)] == [
        (7, "waits", "01-31 12:00")
    ]
    at(writer, DUE + timedelta(minutes=3))
    assert writer.write(service.ask) == []
    word(writer, 7)
    at(writer, DUE + timedelta(minutes=90))
    publish(writer)
    (post,) = [s for s in said(writer) if s.post]
    assert (post.not_after, post.chat) == (datetime(2027, 1, 31, 4, tzinfo=UTC), 1)


def test_a_trend_approved_after_its_day_is_not_said_and_not_asked_about(writer: Writer) -> None:
    with_ops(writer, 1)
    chats(writer)
    take_in(writer, trend())
    at(writer, DUE)
    publish(writer)
    at(writer, DUE + timedelta(hours=2, seconds=1))  # 12:00:01
    assert writer.write(service.ask) == []
    assert [i.state for i in writer.write(service.items)] == ["done"]
    word(writer, 1)
    publish(writer)
    assert ([(s[2], s[3]) for s in slots(writer)], said(writer)) == ([("skipped", "expired")], [])
