"""Slots that an expert holds: as written, in a month, said, and stood in for."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.engine import media
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.experts import service as experts
from groupbot.features.members.domain import Profile
from groupbot.features.promos import service
from groupbot.features.promos.domain import Audience, Wrong, plan_of
from groupbot.features.promos.domain.expert import Asked, begins
from groupbot.features.promos.service.load import check
from groupbot.features.promos.service.month import without_expert
from groupbot.features.promos.store.items import content_item, content_use
from tests.features.promos.test_items import shelf
from tests.features.promos.test_publish import TEN, at, chats, plan, said, slots, take_in

RAW = {"name": "n", "audience": "all", "start": "2027-01-31 10:00"}
LEARN = Asked("储存", after=3600)


def written(**more: Any) -> Any:
    return plan_of(RAW | more, {"all": Audience("all")})


def test_an_expert_is_asked_for_by_topic_by_name_and_some_time_ahead() -> None:
    made = written(expert={"topic": "储存", "in": "2h"}, instead="recap")
    assert (made.expert, made.pool, made.instead) == (Asked("储存", "", 7200), ("experts/card",), "recap")
    own = written(expert={"name": "老周"}, template="packs/store_1a")
    assert (own.expert, own.pool) == (Asked("", "老周"), ("packs/store_1a",))
    assert written(expert="储存").expert == Asked("储存")
    assert begins(LEARN, TEN, TEN) == TEN + timedelta(hours=1)
    assert begins(Asked("x"), TEN, TEN + timedelta(minutes=5)) == TEN + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("more", "field", "step"),
    [
        ({"expert": {}}, "expert", "write expert: {topic: Storage, in: 2h}"),
        ({"expert": {"topik": "x"}}, "expert", "did you mean topic?"),
        ({"expert": {"topic": "x", "in": "soon"}}, "expert", "write expert: {topic: Storage, in: 2h}"),
        ({"template": "a/b", "instead": "recap"}, "instead", "write expert: {topic: Storage, in: 2h}"),
        ({"expert": "x", "instead": 3}, "instead", "write instead: saved:storage, or a template, or recap"),
    ],
)
def test_a_slot_written_wrong_names_the_field_and_the_next_step(
    more: dict[str, Any], field: str, step: str
) -> None:
    with pytest.raises(Wrong) as wrong:
        written(**more)
    assert (wrong.value.field, wrong.value.next) == (field, step)


def test_a_month_without_an_expert_is_told_for_stores_and_key_customers() -> None:
    profiles = [
        Profile(1, "West", "store", region="E"),
        Profile(2, "Bridge", "store"),
        Profile(3, "Fans", "consumer"),
        Profile(4, "Friends", "consumer", tags=("VIP",)),
        Profile(5, "New", "store", state="left"),
    ]
    east = plan("east", whom=Audience("east", region=("E",)), expert=LEARN, rrule="FREQ=MONTHLY")
    plans = [plan(), east]
    assert without_expert(plans, profiles, date(2027, 3, 1)) == ["Bridge", "Friends"]
    assert without_expert([plan(), plan("e", expert=LEARN, rrule="")], profiles, date(2027, 3, 1)) == [
        "West", "Bridge", "Friends",
    ]  # fmt: skip
    assert without_expert([east], [profiles[1]], date(2027, 3, 1)) == []  # it has no plans at all


# --- said
def find(work: Work, chat: int, topic: str, name: str, starts: datetime) -> service.Guest | str:
    found = experts.find(work, chat, topic, name, starts)
    return found if isinstance(found, str) else service.Guest(*found)


def recorded(work: Work, source: str) -> dict[str, Any] | None:
    return {"answers": [{"number": 1, "question": "q", "answer": source}]}


def publish(writer: Writer) -> list[Any]:
    def fn(work: Work) -> list[Any]:
        service.publish_due(work, others=service.Others(None, find, recorded))
        return list(work.emitted)

    return writer.write(fn)


def named(writer: Writer, topic: str = "怎么储存") -> None:
    def fn(work: Work) -> None:
        work.chat = 1
        experts.register(work, 7, f"{topic}; 晚上")

    writer.write(fn)


def stands_in(writer: Writer) -> str:
    values = {"name": "Olga", "topic": "储存", "asked": 2}
    due = datetime(2027, 1, 31, 2)
    return writer.write(lambda w: service.stand_in(w, 1, 1, due, values, recorded))


def told(writer: Writer) -> list[Send]:
    return [s for s in said(writer) if isinstance(s, Send)]


def test_a_slot_announces_the_session_of_the_groups_own_expert(writer: Writer) -> None:
    chats(writer, 2)
    named(writer)
    take_in(writer, plan(expert=LEARN, pool=("experts/card",)))
    at(writer, datetime(2027, 1, 31, 2, 0))
    (seated,) = publish(writer)
    ref = "promo:1:2027-01-31T02:00:00:1"
    assert (seated.chat, seated.person, seated.topic, seated.ref) == (1, 7, "储存", ref)
    assert f"{seated.starts:%d %H:%M}" == "31 03:00"
    assert [s for s in slots(writer) if s[2] != "waiting"] == [
        (1, "31 02:00", "said", None), (2, "31 02:00", "skipped", "expert"),
    ]  # fmt: skip


def test_where_nobody_can_hold_it_a_recording_takes_the_slot(writer: Writer) -> None:
    chats(writer)
    writer.write(lambda w: media.save(w, "talk", "video", "file-1"))
    usual: dict[str, Any] = {"expert": LEARN, "pool": ("experts/card",), "rrule": ""}
    take_in(
        writer, plan("a", instead="saved:talk", **usual), plan("b", instead="recap", loud="a test", **usual)
    )
    at(writer, datetime(2027, 1, 31, 2, 0))
    writer.write(
        lambda w: service.keep_item(w, "储存", 1, "expert:3", ref="expert:3:recap")
    )  # said here a moment ago
    publish(writer)
    (send,) = told(writer)
    assert (send.template, send.video, send.post) == ("promos/instead", "saved:talk", True)
    assert slots(writer) == [(1, "31 02:00", "said", None), (1, "31 02:00", "skipped", "gap")]


def test_a_recap_comes_once_in_thirty_days_in_its_own_group_and_goes_in_time(writer: Writer) -> None:
    chats(writer, 2)
    take_in(writer, plan(expert=LEARN, pool=("experts/card",), instead="recap"))
    at(writer, datetime(2027, 1, 31, 2, 15))
    name = writer.write(lambda w: service.keep_item(w, "怎么储存", 1, "expert:3", ref="expert:3:recap"))
    assert name == "怎么储存 2027-01-31 Store 1"
    assert stands_in(writer) == "nothing"
    writer.clock.shift(timedelta(days=31))
    assert [stands_in(writer), stands_in(writer)] == ["", "nothing"]
    (send,) = told(writer)
    assert (send.template, send.data["asked"], send.ref) == (
        "promos/recorded", 2, "promo.instead:1:2027-01-31T02:00:00:1",
    )  # fmt: skip
    [row] = writer.write(service.library)
    assert (row["name"], row["medium"], row["job"], row["use_by"]) == (name, "text", "smooth", "2027-07-30")
    values = {"name": "x", "topic": "储存", "asked": 0}
    elsewhere: Callable[[Work], str] = lambda w: service.stand_in(w, 1, 2, TEN, values, recorded)  # noqa: E731
    assert writer.write(elsewhere) == "nothing"
    writer.clock.shift(timedelta(days=180))
    writer.write(service.sweep_items)
    assert writer.write(lambda w: w.sql.all(sa.select(content_item.c.id, content_use.c.at))) == []


def test_what_stands_in_keeps_quiet_hours_and_the_stop_switch(writer: Writer) -> None:
    chats(writer)
    writer.write(lambda w: media.save(w, "talk", "video", "file-1"))
    take_in(writer, plan(expert=LEARN, pool=("experts/card",), instead="saved:talk"))
    at(writer, datetime(2027, 1, 31, 15, 0))  # 23:00 there
    assert stands_in(writer) == "quiet"
    writer.clock.shift(timedelta(hours=12))
    writer.write(lambda w: service.stop_all(w, 7))
    assert stands_in(writer) == "stopped"
    writer.write(lambda w: service.resume(w, 7))
    assert stands_in(writer) == ""
    assert [s.video for s in told(writer)] == ["saved:talk"]


def arrives(writer: Writer, ref: str) -> None:
    def fn(work: Work) -> None:
        work.sql.run(sa.update(outbox).where(outbox.c.ref == ref).values(state="done"))
        row = {"bot_id": work.bot_id, "chat_id": 1, "message_id": 5, "ref": ref, "private": False}
        work.sql.run(sa.insert(posted).values(**row, at=work.now))

    writer.write(fn)


def test_a_stop_takes_back_what_stood_in_and_leaves_the_slot_that_was_announced(writer: Writer) -> None:
    chats(writer)
    named(writer)
    writer.write(lambda w: media.save(w, "talk", "video", "file-1"))
    usual: dict[str, Any] = {"pool": ("experts/card",), "instead": "saved:talk", "rrule": ""}
    tea = plan("b", expert=Asked("茶"), start=TEN + timedelta(hours=4), **usual)
    take_in(writer, plan("a", expert=LEARN, **usual), tea)
    at(writer, datetime(2027, 1, 31, 2, 0))
    publish(writer)
    arrives(writer, "promo:1:2027-01-31T02:00:00:1")  # announced
    assert stands_in(writer) == ""  # nobody came
    take_in(writer, tea)  # the plan is over, too
    assert writer.write(lambda w: service.stop_all(w, 7)) == 1
    assert slots(writer)[0][2:] == ("said", None)
    writer.write(lambda w: service.resume(w, 7))
    at(writer, datetime(2027, 1, 31, 6, 0))
    publish(writer)  # nobody knows of tea
    assert slots(writer)[1][2:] == ("said", None)
    assert writer.write(lambda w: service.stop_all(w, 7)) == 1
    assert slots(writer)[1][2:] == ("skipped", "stopped")


def instead_is(workspace: Path, text: str) -> None:
    for lang in ("zh", "en"):
        (workspace / "content_templates" / "own" / f"off.{lang}.html.j2").write_text(text, "utf-8")


def test_what_stands_in_is_tried_with_what_it_will_be_told(writer: Writer, tmp_path: Path) -> None:
    shelf(writer, tmp_path)
    made = plan(expert=LEARN, pool=("experts/card",), instead="own/off")
    instead_is(tmp_path, "{{ topic }} is off, {{ asked }} questions are kept.\n")
    writer.write(lambda w: check(w, made))
    instead_is(tmp_path, "{{ topic }} at {{ starts|clock }} is off.\n")
    assert writer.content is not None
    writer.content._found.clear()
    with pytest.raises(Wrong, match="'starts' is undefined"):
        writer.write(lambda w: check(w, made))


def test_what_stands_in_but_cannot_be_said_costs_no_more_than_its_slot(
    writer: Writer, tmp_path: Path
) -> None:
    shelf(writer, tmp_path)
    instead_is(tmp_path, "---\nphoto: saved:wave\nfills: [chat]\n---\n{{ chat.members + 1 }} of us\n")
    chats(writer)
    take_in(writer, plan(expert=LEARN, pool=("experts/card",), instead="own/off"))
    at(writer, datetime(2027, 1, 31, 2, 0))
    publish(writer)
    assert stands_in(writer) == "template"
    assert (told(writer), [s[3] for s in slots(writer)]) == ([], ["template", None])
    assert [i["uses"] for i in writer.write(service.library) if i["name"] == "wave"] == [0]
