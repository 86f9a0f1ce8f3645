"""Runs on both databases: once, in their time, within the budget, ended by a human."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send, from_json
from groupbot.core.events import Chat, Joined, Left, Message, Person
from groupbot.engine.clock import chance
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.care import domain, service, store
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.members import store as people
from groupbot.features.promos import service as promos
from groupbot.features.promos import store as plans
from groupbot.features.promos.domain import POSTS
from groupbot.features.shop import store as shop
from tests.features.promos.test_publish import at, chats

NOON = datetime(2027, 1, 31, 4)  # 12:00 in Shanghai
ROOM = Chat(-1000, "supergroup", "Store 1")
MEI, ANN, BO, OLGA = (
    Person(n, name, language="en") for n, name in ((11, "Mei"), (12, "Ann"), (13, "Bo"), (7, "Olga"))
)


def group(writer: Writer, *recipes: str) -> None:
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer)
    at(writer, NOON)
    switch(writer, recipes)


def switch(writer: Writer, recipes: Iterable[str]) -> None:
    for name in recipes:
        writer.write(lambda w, n=name: service.switch(w, 1, n, True, None))


def happen(writer: Writer, event: Any, *more: Any) -> None:
    """An event of the group as dispatch brings it: noted, then heard of."""

    def fn(work: Work) -> None:
        work.chat, work.event = 1, event
        work.lang, work.zone = members.voice(work, 1, None)
        members.note_people(event, work)
        engagement.note(event, work)
        for each in more:
            each(work, event)

    writer.write(fn)


def is_admin(writer: Writer, person: int = 7) -> None:
    def fn(work: Work) -> None:
        row = {
            "chat_id": 1,
            "person_id": person,
            "status": "administrator",
            "rights": [],
            "checked_at": work.now,
        }
        work.sql.run(sa.insert(people.staff).values(row))
        work.clear("members.staff")

    writer.write(fn)


def joins(writer: Writer, *people: Person) -> None:
    happen(writer, Joined(at=writer.clock.now(), chat=ROOM, sender=people[0], people=people), service.joined)


def starts(writer: Writer, *people: Person) -> None:
    for p in people:
        private = Message(
            at=writer.clock.now(), chat=Chat(p.id, "private"), sender=p, message_id=1, text="/start"
        )
        writer.write(partial(members.note_people, private))


def writes(writer: Writer, who: Person, *, to: Person | None = None, private: bool = False) -> None:
    room = Chat(who.id, "private") if private else ROOM
    m = Message(
        at=writer.clock.now(), chat=room, sender=who, message_id=9, text="hello there", reply_person=to,
        reply_to=8 if to else None,
    )  # fmt: skip
    happen(writer, m, service.heard)


def steps(writer: Writer) -> None:
    while writer.write(service.step_due):
        pass


def said(writer: Writer) -> list[tuple[int | None, str]]:
    """(person or None for the group, first words) of everything in the outbox."""
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    found = [from_json(r.payload) for r in rows]
    return [(e.user, e.text) for e in found if isinstance(e, Send)]


def ends(writer: Writer) -> list[tuple[str, str | None]]:
    rows = writer.write(lambda w: w.sql.all(sa.select(store.run).order_by(store.run.c.id)))
    return [(r.state, r.reason) for r in rows]


def did(writer: Writer) -> list[tuple[int, str, str | None]]:
    rows = writer.write(
        lambda w: w.sql.all(sa.select(store.done).order_by(store.done.c.run_id, store.done.c.step))
    )
    return [(r.step, r.way, r.reason) for r in rows]


def later(writer: Writer, **span: float) -> None:
    writer.clock.shift(timedelta(**span))


def test_nothing_happens_until_a_recipe_is_switched_on(writer: Writer) -> None:
    group(writer)
    joins(writer, MEI)
    writer.write(service.look)
    later(writer, days=1)
    steps(writer)
    assert (said(writer), ends(writer)) == ([], [])


def test_newcomers_hear_of_day_0_1_3_and_7_once_each_though_the_bot_restarts(
    writer: Writer, db_url: str
) -> None:
    group(writer, "newcomer")
    joins(writer, MEI)
    starts(writer, MEI)
    joins(writer, MEI)  # Telegram tells it twice
    for hours in (0.2, 24, 48, 96):
        later(writer, hours=hours)
        steps(writer)
        steps(writer)
        again = Writer(db_url, clock=writer.clock, rng=chance(1), bot_id=writer.me.id)  # a second process
        again.content, again.render = writer.content, writer.render
        while again.write(service.step_due):
            pass
        again.close()
    assert [(who, text.split(",")[0].split("!")[0]) for who, text in said(writer)] == [
        (11, "Welcome"),
        (11, "Mei"),
        (11, "Mei"),
        (11, "Mei"),
    ]
    assert did(writer) == [(n, "private", None) for n in range(4)]
    assert ends(writer) == [("done", None)]


def test_people_of_one_step_share_one_message_and_the_next_replaces_it(writer: Writer) -> None:
    group(writer, "newcomer")
    joins(writer, MEI, ANN)
    later(writer, minutes=10)
    steps(writer)
    assert said(writer) == [
        (None, "欢迎 Mei、Ann!这里是Store 1,群规 /rules,有事直接在群里问。"),
    ]
    later(writer, hours=4)
    joins(writer, BO)
    later(writer, minutes=10)
    steps(writer)
    kinds = [
        r.kind for r in writer.write(lambda w: w.sql.all(sa.select(outbox.c.kind).order_by(outbox.c.id)))
    ]
    assert sorted(kinds) == ["delete", "send", "send"]


def test_a_post_of_care_uses_the_groups_budget_and_waits_when_it_is_used_up(writer: Writer) -> None:
    group(writer, "newcomer")
    writer.write(lambda w: members.put(w, POSTS, 1, chat=1))
    joins(writer, MEI)
    later(writer, minutes=10)
    steps(writer)
    assert len(said(writer)) == 1
    assert writer.write(lambda w: promos.may_post(w, 1, "other"))[0] == "posts"
    later(writer, minutes=10)
    joins(writer, ANN)
    later(writer, minutes=10)
    steps(writer)
    assert len(said(writer)) == 1
    later(writer, hours=22)  # the next day
    steps(writer)
    assert len(said(writer)) == 2
    assert [r.kind for r in writer.write(lambda w: w.sql.all(sa.select(plans.other_post)))] == [
        "other",
        "other",
    ]


def test_at_night_a_word_waits_for_the_morning_and_one_a_day_is_enough(writer: Writer) -> None:
    group(writer, "newcomer", "birthday")
    starts(writer, MEI)
    at(writer, datetime(2027, 1, 31, 14, 40))  # 22:40: quiet hours
    joins(writer, MEI)
    writer.write(lambda w: service.birthday(w, 11, "02-01"))
    later(writer, minutes=30)
    steps(writer)
    assert said(writer) == []
    at(writer, datetime(2027, 2, 1, 0, 30))  # 08:30
    writer.write(service.look)
    later(writer, hours=1.1)
    steps(writer)
    assert len(said(writer)) == 1
    later(writer, hours=20)
    at(writer, datetime(2027, 2, 2, 1))
    steps(writer)
    assert [reason for _, way, reason in did(writer) if way == "left"] == ["late"]  # the birthday is over


def test_after_an_outage_late_steps_are_left_out_and_the_sequence_goes_on(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI)
    joins(writer, MEI)
    later(writer, hours=72, minutes=30)
    steps(writer)
    steps(writer)
    steps(writer)
    assert did(writer) == [(0, "left", "late"), (1, "left", "late"), (2, "private", None)]


@pytest.mark.parametrize(("who", "ended"), [(OLGA, [("stopped", "human")]), (ANN, [("waiting", None)])])
def test_a_human_of_the_staff_takes_over_by_replying(writer: Writer, who: Person, ended: Any) -> None:
    group(writer, "newcomer")
    joins(writer, MEI, ANN)
    writer.write(lambda w: w.sql.run(sa.delete(store.run).where(store.run.c.person_id == 12)))
    is_admin(writer)
    writes(writer, who, to=MEI)
    assert ends(writer) == ended


def test_who_answers_in_private_gets_a_human_and_no_more_of_the_recipe(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI, OLGA)
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    is_admin(writer)
    writer.write(lambda w: service.look_after(w, 1, 11, 7))
    writes(writer, MEI, private=True)
    writes(writer, MEI, private=True)
    assert [who for who, _ in said(writer)] == [11, 7, 11]
    assert "hello there" in said(writer)[1][1]
    assert ends(writer) == [("stopped", "answered")]
    kept = writer.write(lambda w: w.sql.all(sa.select(store.task)))
    assert [(t.human_id, t.draft) for t in kept] == [(7, "")]


def test_a_key_person_is_a_task_for_a_human_with_a_draft(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI, OLGA)
    is_admin(writer)
    writer.write(lambda w: service.look_after(w, 1, 11, 7))
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    ((who, text),) = said(writer)
    assert (who, "Mei" in text, "群规" in text) == (7, True, True)
    assert did(writer) == [(0, "task", None)]
    writer.write(lambda w: service.settle(w, 1, 7, left=False))
    assert writer.write(lambda w: service.open_here(w, 1)) == []


def test_quiet_ends_everything_and_keeps_it_ended(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI)
    joins(writer, MEI)
    writer.write(lambda w: members.wish(w, 11, "quiet", True))
    later(writer, days=1)
    steps(writer)
    assert (said(writer), ends(writer)) == ([], [("stopped", "quiet")])
    writer.write(lambda w: w.sql.run(sa.delete(store.run)))
    joins(writer, MEI)
    assert ends(writer) == []


def test_who_left_and_what_was_switched_off_hear_nothing(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI, ANN)
    joins(writer, MEI)
    happen(writer, Left(at=writer.clock.now(), chat=ROOM, sender=MEI, person=MEI))
    later(writer, minutes=11)
    steps(writer)
    joins(writer, ANN)
    writer.write(lambda w: service.switch(w, 1, "newcomer", False, None))
    later(writer, minutes=11)
    steps(writer)
    assert (said(writer), ends(writer)) == ([], [("stopped", "gone"), ("stopped", "off")])


def test_silence_counts_from_when_it_is_switched_on_and_once_for_each(writer: Writer) -> None:
    group(writer)
    starts(writer, MEI, ANN)
    writes(writer, ANN)
    later(writer, days=1)
    writes(writer, MEI)
    later(writer, days=13)
    switch(writer, ["silent14"])
    writer.write(service.look)  # Ann was silent before it was on
    later(writer, days=1)
    writer.write(service.look)
    writer.write(service.look)
    steps(writer)
    assert [who for who, _ in said(writer)] == [11]
    assert ends(writer) == [("done", "before"), ("done", None)]


def test_members_and_dates_are_for_the_human_who_answers_for_the_group(writer: Writer) -> None:
    group(writer)
    starts(writer, OLGA)
    is_admin(writer)
    switch(writer, ["packet", "product"])
    writer.write(service.look)
    joins(writer, *(Person(100 + n, f"P{n}") for n in range(50)))
    at(writer, datetime(2027, 2, 1, 1, 35))  # Monday 09:35
    writer.write(service.look)
    writer.write(service.look)
    steps(writer)
    assert sorted(who or 0 for who, _ in said(writer)) == [7, 7]
    assert any("/redpacket 50 10" in text for _, text in said(writer))


def test_stopall_holds_care_too(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI)
    joins(writer, MEI)
    writer.write(lambda w: promos.stop_all(w, 99))
    later(writer, minutes=11)
    steps(writer)
    assert said(writer) == []
    writer.write(lambda w: promos.resume(w, 99))
    later(writer, minutes=11)
    steps(writer)
    assert len(said(writer)) == 1


def test_a_post_that_a_stop_gave_up_leaves_its_room_to_another(writer: Writer) -> None:
    group(writer, "newcomer")
    writer.write(lambda w: members.put(w, POSTS, 1, chat=1))
    joins(writer, MEI)
    later(writer, minutes=10)
    steps(writer)
    assert writer.write(lambda w: promos.may_post(w, 1, "other"))[0] == "posts"
    assert writer.write(lambda w: promos.stop_all(w, 99)) == 1  # it had not left yet
    writer.write(lambda w: promos.resume(w, 99))
    assert writer.write(lambda w: promos.may_post(w, 1, "other")) == ("", "")


def test_the_report_says_how_each_step_went(writer: Writer) -> None:
    group(writer, "newcomer")
    starts(writer, MEI)
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    writer.write(lambda w: members.wish(w, 11, "quiet", True))
    later(writer, days=1)
    steps(writer)
    told = writer.write(lambda w: service.report(w, 1, "newcomer"))
    assert (told["quiet"], told["waiting"], told["done"]) == (1, 0, 0)
    assert [(s["said"], s["quiet"]) for s in told["steps"]] == [(1, 1), (0, 0), (0, 0), (0, 0)]
    assert domain.ON.key == "care.recipes"


def test_nobody_is_named_to_a_member_who_was_not_told_of_their_answer(writer: Writer) -> None:
    group(writer, "newcomer")
    is_admin(writer)  # Olga heads the group and never started the bot
    starts(writer, MEI)
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    writes(writer, MEI, private=True)
    assert said(writer)[1:] == [
        (11, "Thank you. I have noted it, and somebody of the group will get in touch with you.")
    ]
    assert ends(writer) == [("stopped", "answered")]
    assert [t["who"] for t in writer.write(lambda w: service.open_here(w, 1))] == ["Mei"]


def test_a_key_persons_human_who_cannot_be_written_to_is_stood_in_for(writer: Writer) -> None:
    group(writer, "newcomer")
    is_admin(writer)
    starts(writer, MEI, OLGA)  # Bo never did
    writer.write(lambda w: service.look_after(w, 1, 11, 13))
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    assert [who for who, _ in said(writer)] == [7]


def test_an_answer_without_words_is_passed_on_as_such(writer: Writer) -> None:
    content = Content([folder("content_templates")])
    data = {"who": "Mei", "title": "Store 1", "recipe": "newcomer", "draft": ""}
    assert content.render("care/answered", "en", data).formatted.text.endswith(
        "(a picture, a voice message…)"
    )
    assert content.render("care/answered", "zh", data).formatted.text.endswith("(图片、语音等,没有文字)")


def test_who_is_no_longer_of_the_staff_reads_no_members_words(writer: Writer) -> None:
    group(writer, "newcomer")
    is_admin(writer)
    starts(writer, MEI, OLGA, BO)
    writer.write(lambda w: service.look_after(w, 1, 11, 13))  # Bo heads the group no more
    joins(writer, MEI)
    later(writer, minutes=11)
    steps(writer)
    assert [who for who, _ in said(writer)] == [7]


def test_what_sells_in_private_waits_for_a_yes_of_its_own(writer: Writer) -> None:
    """Consent to offers is none that starting the bot gives, and is taken back by a word."""
    group(writer, "order")
    starts(writer, MEI, ANN)
    joins(writer, MEI, ANN)
    writer.write(lambda w: members.wish(w, 11, "offers", True))

    def hand(work: Work) -> None:
        work.sql.run(sa.insert(shop.item).values(id=1, chat_id=1, name="Tea", price=1, stock=9))
        for person in (11, 12):
            row = {"chat_id": 1, "item_id": 1, "person_id": person, "price": 1, "code": str(person)}
            work.sql.run(sa.insert(shop.order).values(**row, state="handed", at=work.now, done_at=work.now))

    writer.write(service.look)
    later(writer, minutes=1)
    writer.write(hand)
    writer.write(service.look)
    for days in (1, 24):
        later(writer, days=days)
        steps(writer)
    assert did(writer) == [
        (0, "private", None), (1, "private", None), (0, "private", None), (1, "left", "if"),
    ]  # fmt: skip
    writer.write(lambda w: members.wish(w, 11, "offers", False))
    assert not writer.write(members.wishes.wants_offers, 11)
