"""A retired chat: what brings it back and what does not, what leaves for it, and that it happens once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Delete, Edit, Poll, Revoke, Send
from groupbot.core.events import BotStanding, Chat, Invited, Person
from groupbot.engine.addresses import RETIRED, able, set_state
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.taking_back import drop_posts
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.guarding.service import closing
from groupbot.features.guarding.store import KEEP_CLOSURE
from groupbot.features.invites import service as invites
from groupbot.features.invites.store import invite
from groupbot.features.lifecycle import service
from groupbot.features.lifecycle.service import retiring
from groupbot.features.members import service as members
from groupbot.features.promos.domain import explain
from groupbot.features.promos.domain.audience import audience_of
from tests.features.members.group import group, stands, starts

BOSS, BOT = 77, 5


@pytest.fixture
def chat(writer: Writer, tmp_path: Path) -> int:
    """A store's group whose creator can be written to."""
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")

    def fn(work: Work) -> int:
        here = group(work)
        members.set_profile(work, here, tier="store")
        starts(work, BOSS)
        stands(work, here, BOSS, "creator")
        work.effects.clear()
        return here

    return writer.write(fn)


def asked(writer: Writer, chat: int, words: str = "") -> int:
    def fn(work: Work) -> int:
        work.chat = chat
        _, buttons = service.ask(work, words, BOSS)
        return int(buttons[0][0].tap.number)

    return writer.write(fn)


def retired(writer: Writer, chat: int) -> dict[str, object]:
    number = asked(writer, chat)
    return writer.write(lambda w: w.step(lambda v: service.retire(v, chat, number, BOSS)))


def state(writer: Writer, chat: int) -> str:
    found = writer.write(lambda w: members.profile(w, chat))
    assert found is not None
    return found.state


def undone(work: Work, chat: int) -> None:
    work.chat = chat
    service.undo(work)


def test_a_press_retires_once_and_an_old_question_never(writer: Writer, chat: int) -> None:
    number, other = asked(writer, chat), asked(writer, chat, "@newgroup")
    writer.write(lambda w: service.retire(w, chat, number, BOSS))
    assert state(writer, chat) == RETIRED
    for answer in (partial(service.retire, by=BOSS), service.keep):
        with pytest.raises(Refusal, match="retired_before"):
            writer.write(partial(answer, chat=chat, number=other))
    writer.write(undone, chat)
    for again in (number, number + 7):
        with pytest.raises(Refusal, match="old_button"):
            writer.write(lambda w, again=again: service.retire(w, chat, again, BOSS))
    with pytest.raises(Refusal, match="old_button"):
        writer.write(lambda w: service.keep(w, chat, number))
    writer.write(lambda w: service.keep(w, chat, other))
    farewells = writer.write(lambda w: w.sql.all(sa.select(outbox.c.id).where(outbox.c.why == "retired")))
    assert len(farewells) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ("", "")),
        ("@newgroup", ("@newgroup", "https://t.me/newgroup")),
        ("城东店 @newgroup", ("城东店", "https://t.me/newgroup")),
        ("t.me/+AbC_d", ("", "https://t.me/+AbC_d")),
        ("East Town", ("East Town", "")),
    ],
)
def test_where_people_go_on_is_a_link_a_name_or_a_group_of_ours(
    writer: Writer, chat: int, words: str, found: tuple[str, str]
) -> None:
    def fn(work: Work) -> tuple[str, str]:
        group(work, -1002, "East Town")
        work.chat = chat
        return retiring._successor(work, words)

    assert writer.write(fn) == found
    with pytest.raises(Refusal):
        writer.write(lambda w: retiring._successor(w, "https://elsewhere.example"))


def test_what_telegram_tells_brings_nothing_back_but_being_added_anew_does(writer: Writer, chat: int) -> None:
    retired(writer, chat)

    def fn(work: Work) -> list[str]:
        room, seen = Chat(-1001, "supergroup", "West Lake"), []
        for was, status in (("administrator", "member"), ("member", "left"), ("left", "administrator")):
            work.chat = chat
            set_state(work, chat, "limited", "send")
            able(work, chat, "send")
            work.event = BotStanding(
                at=work.now, chat=room, sender=Person(BOSS, "P"), status=status, was=was, rights=frozenset()
            )
            members.note_people(work.event, work)
            work.drop("members.profile", chat)
            found = members.profile(work, chat)
            assert found is not None
            seen.append(found.state)
        return seen

    assert writer.write(fn) == [RETIRED, "kicked", "active"]


def test_the_bot_says_nothing_of_its_own_there_and_owes_what_it_owes(writer: Writer, chat: int) -> None:
    retired(writer, chat)

    def fn(work: Work) -> int:
        before = int(work.sql.value(sa.select(sa.func.max(outbox.c.id))) or 0)
        for cause in ("tick:promos.step", "care", "on:entry.joined", "handle:privacy", "refusal:retire"):
            work.say(Send(chat=chat, text=cause, cause=cause))
        work.say(Poll(chat=chat, question="?", options=("a", "b"), cause="tick"))
        work.say(Edit(chat=chat, ref="x:1", text="over", cause="tick"))
        work.say(Delete(chat=chat, messages=(4,), cause="tick"))
        work.say(Revoke(chat=chat, link="https://t.me/+a", cause="tick"))
        return before

    before = writer.write(fn)
    rows = writer.write(
        lambda w: w.sql.all(sa.select(outbox).where(outbox.c.id > before).order_by(outbox.c.id))
    )
    by = {(r.kind, r.cause): r.state for r in rows}
    assert {k for k, v in by.items() if v == "shadow"} == {
        ("send", "tick:promos.step"), ("send", "care"), ("send", "on:entry.joined"), ("poll", "tick")
    }  # fmt: skip
    assert {
        v for k, v in by.items() if k[1].startswith(("handle", "refusal")) or k[0] in ("edit", "revoke")
    } == {"waiting"}
    everybody = audience_of("all", {})
    found = writer.write(lambda w: explain(everybody, members.profile(w, chat)))  # type: ignore[arg-type]
    assert found == (False, "the bot is not there (retired)")


def test_posts_that_wait_are_taken_out_here_alone_and_a_night_is_over(writer: Writer, chat: int) -> None:
    def fn(work: Work) -> int:
        other = group(work, -1002, "East Town")
        for where in (chat, other):
            work.say(
                Send(chat=where, text="offer", post=True, due=work.now + timedelta(days=1), ref=f"p:{where}")
            )
        values = {"locked": False, "until": None, "by_id": None, "at": work.now, "tries": 0}
        work.sql.run(KEEP_CLOSURE, chat_id=chat, state="closed", before=["text"], night=True, **values)
        return other

    other = writer.write(fn)
    found = retired(writer, chat)
    assert found["posts"] == 1
    assert [row.ref for row in writer.write(lambda w: drop_posts(w, "x"))] == [f"p:{other}"]
    closed = writer.write(lambda w: closing.closure_of(w, chat))
    assert closed is not None and (closed.state, closed.night) == ("opening", False)
    assert writer.write(lambda w: w.sql.all(sa.select(outbox.c.id).where(outbox.c.kind == "permit"))) != []


def test_a_link_that_was_being_made_is_revoked_when_it_comes(writer: Writer, chat: int) -> None:
    def fn(work: Work) -> list[str]:
        work.chat = chat
        invites.printed(work, "Till", "", BOSS, None)
        invites.all_off(work)
        number = work.sql.value(sa.select(invite.c.id))
        event = Invited(
            at=work.now, chat=Chat(-1001, "supergroup"), ref=f"invite:{number}", url="https://t.me/+late"
        )
        invites.arrived(work, event)
        return [e.link for e in work.effects if isinstance(e, Revoke)]

    assert writer.write(fn) == ["https://t.me/+late"]


def test_figures_are_sent_once_and_the_way_back_is_open_a_week(writer: Writer, chat: int) -> None:
    retired(writer, chat)

    def sent(work: Work) -> list[str]:
        service.exported(step, work)
        return [str(e.document) for e in work.effects if isinstance(e, Send)]

    step = writer.read(service.export_step)
    assert (writer.write(sent), writer.write(sent)) == (["days.csv", "figures.csv"], [])
    assert writer.read(service.export_step) is None

    def back(work: Work) -> dict[str, object]:
        work.chat = chat
        return service.undo(work)

    assert writer.write(back) == {"links": 0}
    assert state(writer, chat) == "active"
    with pytest.raises(Refusal) as no:
        writer.write(back)
    assert no.value.template == "lifecycle/not_retired"
