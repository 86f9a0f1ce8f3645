"""Slots on both databases: said once, or skipped with the reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send, from_json
from groupbot.core.events import BotStanding, Chat, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service, store
from groupbot.features.promos.domain import QUIET_POSTS, Audience, Plan
from groupbot.features.promos.service.files import Shelf
from groupbot.features.promos.service.load import load, seat
from groupbot.features.promos.service.posting import progress

ALL = Audience("all")
TEN = datetime(2027, 1, 31, 10, 0)  # on the wall, the day after START


def plan(name: str = "p", **more: Any) -> Plan:
    usual: dict[str, Any] = {"whom": ALL, "pool": ("promos/notice",), "start": TEN, "rrule": "FREQ=DAILY"}
    return Plan(name=name, **{**usual, **more})


def chats(writer: Writer, count: int = 1, *, tier: str = "store", zone: str = "Asia/Shanghai") -> None:
    def fn(work: Work) -> None:
        for n in range(count):
            room = Chat(-1000 - n, "supergroup", f"Store {n + 1}")
            work.chat = resolve(work, room).id
            added = BotStanding(at=work.now, chat=room, sender=Person(7, "Olga"), status="administrator")
            work.event = added
            members.note_people(added, work)
            members.set_profile(work, work.chat, tier=tier, owner=7)
            if zone:
                members.put(work, ZONE, zone, chat=work.chat)

    writer.write(fn)


def take_in(writer: Writer, *plans: Plan) -> None:
    def fn(work: Work) -> list[str]:
        wrong = load(work, Shelf(plans=[(p, f"plans/a.yaml:{n}") for n, p in enumerate(plans, 1)]))
        return [m.line() for m in wrong]

    assert writer.write(fn) == []
    writer.write(seat)


def at(writer: Writer, when: datetime) -> None:
    writer.clock.shift(when.replace(tzinfo=UTC) - writer.clock.now())


def publish(writer: Writer, **more: int) -> None:
    while writer.write(lambda w: service.publish_due(w, **more)):
        pass


def slots(writer: Writer) -> list[tuple[Any, ...]]:
    s = store.plan_slot.c
    query = sa.select(s.chat_id, s.due, s.state, s.reason).order_by(s.due, s.chat_id, s.plan_id)
    rows = writer.write(lambda w: w.sql.all(query))
    return [(r.chat_id, f"{r.due:%d %H:%M}", r.state, r.reason) for r in rows]


def said(writer: Writer) -> list[Send]:
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    return [from_json(r.payload) for r in rows]  # type: ignore[misc]


def test_a_slot_is_said_once_and_the_next_one_waits(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan())
    publish(writer)
    assert (slots(writer), said(writer)) == ([(1, "31 02:00", "waiting", None)], [])
    at(writer, datetime(2027, 1, 31, 2, 0))
    for _ in range(3):
        publish(writer)
    assert slots(writer) == [(1, "31 02:00", "said", None), (1, "01 02:00", "waiting", None)]
    assert [(s.ref, s.post, s.chat) for s in said(writer)] == [("promo:1:2027-01-31T02:00:00:1", True, 1)]


def test_a_second_process_and_a_restart_say_nothing_twice(writer: Writer) -> None:
    chats(writer, 3)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2, 0, 5))
    other = Writer(writer.url, clock=writer.clock, bot_id=writer.me.id)
    writer.write(lambda w: service.publish_due(w, most=2))
    publish(other)
    publish(writer)
    other.write(seat)  # a fresh process seats every chat anew
    publish(other)
    other.close()
    assert sorted(s.chat or 0 for s in said(writer)) == [1, 2, 3]
    assert [s[2] for s in slots(writer)] == ["said"] * 3 + ["waiting"] * 3


def test_a_failed_commit_says_nothing_and_the_next_try_says_it_once(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2, 0))

    def dies(work: Work) -> None:
        service.publish_due(work)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer.write(dies)
    assert (said(writer), slots(writer)[0][2]) == ([], "waiting")
    publish(writer)
    assert [s.ref for s in said(writer)] == ["promo:1:2027-01-31T02:00:00:1"]


@pytest.mark.parametrize(
    ("made", "late", "states"),
    [
        (plan(kind="promotion", grace=900), timedelta(minutes=14), ["said None"]),
        (plan(kind="promotion", grace=900), timedelta(minutes=16), ["skipped late"]),
        (plan(kind="notice", grace=43200), timedelta(hours=11), ["said None"]),
        (plan(kind="notice", grace=43200), timedelta(days=2, hours=3), ["skipped late"] * 2 + ["said None"]),
        (
            plan(kind="notice", grace=200_000, keep=1),
            timedelta(days=2),
            ["skipped overtaken"] * 2 + ["said None"],
        ),
        (
            plan(kind="notice", grace=200_000, keep=2),
            timedelta(days=2),
            ["skipped overtaken", "said None", "said None"],
        ),
    ],
)
def test_missed_slots_go_by_policy(writer: Writer, made: Plan, late: timedelta, states: list[str]) -> None:
    chats(writer)
    take_in(writer, made)
    at(writer, datetime(2027, 1, 31, 2, 0) + late)
    publish(writer)
    assert [f"{s[2]} {s[3]}" for s in slots(writer)[:-1]] == states
    assert slots(writer)[-1][2] == "waiting"


def prepare_zone(work: Work) -> None:
    members.put(work, ZONE, "", chat=1)


def prepare_many(work: Work) -> None:
    for n in range(3):
        when = work.now - timedelta(minutes=10 + n)
        work.add(store.SLOTS, 1, 1, when, "said", None, None, "other", "t", "UTC", when)


def prepare_gap(work: Work) -> None:
    when = work.now - timedelta(hours=2)
    work.add(store.SLOTS, 1, 1, when, "said", None, None, "promotion", "t", "UTC", when)


@pytest.mark.parametrize(
    ("kind", "tier", "before", "reason"),
    [
        ("promotion", "dealer", None, ("promotions", "0/0")),
        ("notice", "dealer", None, None),
        ("notice", "store", prepare_zone, ("zone", "Asia/Shanghai")),
        ("notice", "store", prepare_many, ("posts", "3/3")),
        ("notice", "store", prepare_gap, ("gap", "10800")),
        ("promotion", "store", prepare_gap, ("promotions", "1/1")),
    ],
)
def test_each_limit_holds_a_post_and_is_named(
    writer: Writer,
    kind: str,
    tier: str,
    before: Callable[[Work], None] | None,
    reason: tuple[str, str] | None,
) -> None:
    chats(writer, tier=tier)
    take_in(writer, plan(kind=kind))
    at(writer, datetime(2027, 1, 31, 2, 0))
    if before is not None:
        writer.write(before)
    publish(writer)
    s = store.plan_slot.c
    query = sa.select(s.state, s.reason, s.detail).where(s.due == datetime(2027, 1, 31, 2, tzinfo=UTC))
    row = writer.write(lambda w: w.sql.first(query))
    assert tuple(row) == (("skipped", *reason) if reason else ("said", None, None))


def test_a_late_post_is_not_said_in_quiet_hours_unless_overridden(writer: Writer) -> None:
    chats(writer)
    evening = {"kind": "promotion", "start": datetime(2027, 1, 31, 20, 55), "rrule": ""}
    take_in(writer, plan("one", **evening), plan("two", loud="midnight greeting", **evening))
    at(writer, datetime(2027, 1, 31, 13, 5))
    publish(writer)
    assert sorted((s[2], s[3]) for s in slots(writer)) == [("said", None), ("skipped", "quiet")]


def test_a_bad_setting_of_one_chat_holds_only_its_own_post(writer: Writer) -> None:
    chats(writer, 2)
    take_in(writer, plan())
    writer.write(lambda w: members.put(w, QUIET_POSTS, "at night", chat=1))
    at(writer, datetime(2027, 1, 31, 2))
    publish(writer)
    assert [s[2:] for s in slots(writer)[:2]] == [("skipped", "setting"), ("said", None)]


def test_skips_are_told_to_the_owner_in_one_message(writer: Writer) -> None:
    chats(writer, 2)
    take_in(writer, plan(kind="promotion", grace=900))
    writer.write(lambda w: w.put("members.started", 7, True))
    for chat in (1, 2):
        writer.write(lambda w, chat=chat: w.put("members.staff", chat, {7: ("administrator", w.now, ())}))
    at(writer, datetime(2027, 1, 31, 2, 30))
    publish(writer)
    [told] = said(writer)
    assert (told.user, told.template) == (7, "promos/skipped")
    assert [(s["title"], s["when"], s["reason"], s["detail"]) for s in told.data["skips"]] == [
        ("Store 1", "01-31 10:00", "late", "1800"),
        ("Store 2", "01-31 10:00", "late", "1800"),
    ]


def test_a_zone_nobody_confirmed_is_told_once_though_several_slots_were_missed(writer: Writer) -> None:
    chats(writer)
    writer.write(lambda w: members.put(w, ZONE, "", chat=1))
    take_in(writer, plan(kind="notice", grace=4 * 86400, keep=3))
    writer.write(lambda w: w.put("members.started", 7, True))
    writer.write(lambda w: w.put("members.staff", 1, {7: ("administrator", w.now, ())}))
    at(writer, datetime(2027, 2, 2, 12))
    publish(writer)
    assert [s[3] for s in slots(writer) if s[2] == "skipped"] == ["zone"] * 3
    assert [s["reason"] for told in said(writer) for s in told.data["skips"]] == ["zone"]


def test_a_pool_repeats_nothing_within_its_days(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(pool=("a", "b", "c"), no_repeat_days=7))
    for day in range(5):
        at(writer, datetime(2027, 1, 31, 2) + timedelta(days=day))
        publish(writer)
    order = [s.template for s in said(writer)]
    assert sorted(order[:3]) == ["a", "b", "c"]
    assert order[3:] == order[:2]  # all were said: the longest unsaid comes again


def test_a_changed_plan_moves_its_slot_and_a_removed_one_stops(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan())
    take_in(writer, plan(start=TEN.replace(hour=11)))
    assert slots(writer) == [(1, "31 03:00", "waiting", None)]
    take_in(writer)
    assert slots(writer) == []
    take_in(writer, plan(state="draft"))
    assert slots(writer) == []


def test_chats_come_and_go_with_their_profile_and_zone(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(whom=Audience("dealers", tier=("dealer",))))
    assert slots(writer) == []
    writer.write(lambda w: members.set_profile(w, 1, tier="dealer"))
    writer.write(seat)
    assert slots(writer) == [(1, "31 02:00", "waiting", None)]
    writer.write(lambda w: members.put(w, ZONE, "Europe/Berlin", chat=1))
    writer.write(seat)
    assert slots(writer) == [(1, "31 09:00", "waiting", None)]
    writer.write(lambda w: members.set_profile(w, 1, tier="store"))
    at(writer, datetime(2027, 1, 31, 9))
    publish(writer)  # before anybody seated it anew
    assert slots(writer) == [(1, "31 09:00", "skipped", "out")]


def test_groups_due_together_go_on_by_their_own_clocks(writer: Writer) -> None:
    chats(writer, 2, zone="Africa/Abidjan")
    writer.write(lambda w: members.put(w, ZONE, "Europe/London", chat=2))
    before_summer = datetime(2027, 3, 27, 10, 0)
    take_in(writer, plan(start=before_summer, rrule="FREQ=WEEKLY"))
    at(writer, before_summer)
    publish(writer)
    assert slots(writer) == [
        (1, "27 10:00", "said", None),
        (2, "27 10:00", "said", None),
        (2, "03 09:00", "waiting", None),
        (1, "03 10:00", "waiting", None),
    ]


def test_stop_takes_waiting_posts_back_and_resume_looks_forward(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2))
    publish(writer)
    assert writer.write(lambda w: service.stop_all(w, 7)) == 1
    assert slots(writer)[0] == (1, "31 02:00", "skipped", "stopped")
    at(writer, datetime(2027, 2, 1, 2))
    publish(writer)
    writer.write(lambda w: service.resume(w, 7))
    at(writer, datetime(2027, 2, 2, 2))
    publish(writer)
    assert [s[2:] for s in slots(writer)] == [
        ("skipped", "stopped"),
        ("skipped", "stopped"),
        ("said", None),
        ("waiting", None),
    ]


def test_after_a_stop_each_group_counts_once_in_what_is_told_of_a_post(writer: Writer) -> None:
    chats(writer, 3)
    take_in(writer, plan())
    at(writer, datetime(2027, 1, 31, 2))
    publish(writer)
    writer.write(
        lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == 1).values(state="dead", error="kicked"))
    )
    writer.write(lambda w: service.stop_all(w, 7))
    found = writer.write(lambda w: progress(w, 1, datetime(2027, 1, 31, 2, tzinfo=UTC)))
    assert {state: n for state, n in found.items() if n} == {"failed": 1, "skipped": 2}


def test_next_and_skipped_are_told_on_the_chats_clock(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(kind="promotion", grace=900))
    at(writer, datetime(2027, 1, 31, 3))
    publish(writer)
    assert writer.write(lambda w: service.next_and_skipped(w, 1)) == {
        "next": [{"when": "02-01 10:00", "plan": "p", "kind": "promotion"}],
        "skipped": [{"when": "01-31 10:00", "plan": "p", "reason": "late", "detail": "3600"}],
        "stopped": False,
    }
