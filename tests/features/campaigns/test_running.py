"""A campaign from its gate to its end, on both databases."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.events import Chat, Left, Person
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.campaigns import service, store
from groupbot.features.engagement import service as engagement
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.members import store as people
from groupbot.features.members.domain import Started
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import QUIET_PROMOTIONS, variant
from groupbot.features.promos.service.load import sync
from tests.features.promos.test_publish import at, chats, publish, said, slots

FILES = {
    "plans/audiences.yaml": "stores: {tier: store}\n",
    "plans/a.yaml": """
- name: tasting
  audience: stores
  campaign: Lanterns/taste
  pool: [promos/notice, promos/greeting]
  test: opening
  data: {title: Tea, text: New tea, url: "https://shop.example"}
  start: 2027-01-31 10:00
  rrule: FREQ=DAILY
- name: offer
  audience: stores
  campaign: Lanterns/offer
  template: promos/notice
  data: {title: Offer, text: Now}
  start: 2027-02-01 15:00
  rrule: FREQ=DAILY
""",
    "plans/campaigns/a.yaml": """
- name: Lanterns
  reason: new tea
  audience: stores
  start: 2027-01-31
  end: 2027-02-03
  contact: "@zhou"
  stop: {leaves: 50%, complaints: 2}
  phases: [{name: taste}, {name: offer, from: 2027-02-01, seen: 100%}]
  test: {name: opening, base: 3%, days: 2}
  run: [{at: 2027-01-31 09:50, role: stock, who: Zhou, do: count}]
""",
}
PEOPLE = [Person(100 + n, f"P{n}") for n in range(4)]


@pytest.fixture
def shop(writer: Writer, tmp_path: Path) -> Writer:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    writer.me = structs.replace(writer.me, operators=(9,), username="shopbot")
    chats(writer, 2)
    at(writer, datetime(2027, 1, 31, 1))  # 09:00 in Shanghai
    writer.write(lambda w: members.put(w, QUIET_PROMOTIONS, "23:00-06:00", chat=1))
    assert [m.line() for m in writer.write(sync)] == []
    return writer


def launch(writer: Writer) -> None:
    writer.write(lambda w: service.launch(w, "Lanterns", 9, "the boss wants it"))


def states(writer: Writer) -> list[tuple[int, str, str | None]]:
    return [(s[0], s[2], s[3]) for s in slots(writer) if s[2] != "waiting"]


def test_the_gate_names_what_is_missing_and_a_reason_opens_it_on_the_record(shop: Writer) -> None:
    with pytest.raises(Refusal) as e:
        shop.write(lambda w: service.launch(w, "Lanterns", 9))
    assert [(g["code"], g["n"]) for g in e.value.data["gaps"]] == [
        ("owner", 2),
        ("backup", 2),
        ("rules", 2),
        ("purpose", 2),
        ("privacy", 2),
        ("weeks", 2),
    ]
    launch(shop)
    (word,) = shop.write(lambda w: w.sql.all(sa.select(store.word)))
    assert (word.what, word.by_id, "the boss wants it" in word.detail, "rules" in word.detail) == (
        "override",
        9,
        True,
        True,
    )
    with pytest.raises(Refusal):
        launch(shop)


def test_a_card_from_before_a_stop_launches_nothing(shop: Writer) -> None:
    press: Callable[[int], None] = lambda stops: shop.write(  # noqa: E731
        lambda w: service.launch(w, "Lanterns", 9, "the boss wants it", stops=stops)
    )
    card: Callable[[], int] = lambda: shop.write(lambda w: service.board(w, "Lanterns")["stops"])  # noqa: E731
    draft = card()
    press(draft)
    assert shop.write(lambda w: service.stop(w, "Lanterns", "too many left", None))
    with pytest.raises(Refusal) as e:
        press(draft)
    assert e.value.data == {"name": "Lanterns", "state": "stopped"}
    press(card())
    assert shop.write(lambda w: service.row_of(w, "Lanterns").state) == "live"


def test_nothing_is_posted_before_the_launch_and_phases_open_in_their_turn(shop: Writer) -> None:
    at(shop, datetime(2027, 1, 31, 2))
    publish(shop)
    assert states(shop) == [(1, "skipped", "campaign"), (2, "skipped", "campaign")]
    launch(shop)
    shop.write(service.watch)
    at(shop, datetime(2027, 2, 1, 2))
    publish(shop)
    assert [s for s in states(shop) if s[1] == "said"] == [(1, "said", None), (2, "said", None)]
    at(shop, datetime(2027, 2, 1, 7))
    publish(shop)  # offer: the tick has not opened it yet
    assert states(shop)[-2:] == [(1, "skipped", "campaign"), (2, "skipped", "campaign")]
    shop.write(service.watch)
    at(shop, datetime(2027, 2, 2, 7))
    publish(shop)
    assert ("said", None) in [s[1:] for s in states(shop)[-4:]]
    board = shop.write(lambda w: service.board(w, "Lanterns"))
    assert [(p["name"], p["seen"], p["now"]) for p in board["phases"]] == [
        ("taste", 100, False),
        ("offer", 100, True),
    ]
    at(shop, datetime(2027, 2, 4, 1))
    shop.write(service.watch)
    assert shop.write(lambda w: service.board(w, "Lanterns"))["state"] == "done"


def test_a_test_gives_each_group_its_text_by_hash_and_links_count_people_by_group(shop: Writer) -> None:
    launch(shop)
    at(shop, datetime(2027, 1, 31, 2))
    publish(shop)
    got = shop.write(lambda w: promos.reached(w, 1))
    pool = ("promos/notice", "promos/greeting")
    assert got == {c: pool[variant("opening", c)] for c in (1, 2)}
    urls = [s.buttons[0][0].url or "" for s in said(shop)]
    assert len({*urls}) == 2
    payload = urls[0].partition("?start=")[2]
    assert len(payload) <= 64
    for person in (100, 100, 101):
        shop.write(lambda w, p=person: links.came(w, Started(p, payload)))
    assert sum(shop.write(lambda w: links.people(w, "Lanterns")).values()) == 2
    assert not shop.write(lambda w: links.came(w, Started(102, payload[:-1] + "A")))
    assert shop.write(lambda w: service.board(w, "Lanterns"))["came"] == 2


def test_a_phase_is_opened_early_only_with_a_reason_which_is_kept_with_whose_it_was(shop: Writer) -> None:
    with pytest.raises(Refusal):
        shop.write(lambda w: service.skip(w, "Lanterns", 9, "early"))  # it does not run
    launch(shop)
    with pytest.raises(Refusal) as e:
        shop.write(lambda w: service.skip(w, "Lanterns", 9, " "))
    assert (e.value.template, e.value.data["phase"], e.value.data["why"]) == (
        "campaigns/no_phase",
        "offer",
        "because",
    )
    assert shop.write(lambda w: promos.shut(w, "Lanterns/offer", 1)) == "not open"
    shop.write(lambda w: service.skip(w, "Lanterns", 9, "rain comes"))
    shop.write(service.watch)
    assert shop.write(lambda w: promos.shut(w, "Lanterns/offer", 1)) == ""
    with pytest.raises(Refusal) as e:
        shop.write(lambda w: service.skip(w, "Lanterns", 9, "more"))
    assert e.value.data["why"] == "last"
    kept = [
        {"phase": "offer", "who": shop.write(lambda w: members.name(w, 9)), "because": "rain comes",
         "opens": date(2027, 2, 1), "seen": 0, "of": 100}
    ]  # fmt: skip
    board = shop.write(lambda w: service.board(w, "Lanterns"))
    assert (board["skips"], [p["now"] for p in board["phases"]]) == (kept, [False, True])
    assert shop.write(lambda w: service.review(w, "Lanterns"))["skips"] == kept
    (word,) = [w for w in shop.write(lambda w: w.sql.all(sa.select(store.word))) if w.what == "skip"]
    assert word.by_id == 9


def meet(work: Work) -> None:
    for p in PEOPLE:
        work.add(people.PEOPLE, p.id, p.first_name, None, None, None, False, work.now)
        work.add(people.BEFORE, 1, p.id)


def leaves(shop: Writer, *people: Person) -> None:
    def fn(work: Work) -> None:
        work.chat = 1
        for p in people:
            work.event = Left(at=work.now, chat=Chat(-1000, "supergroup", "Store 1"), sender=p, person=p)
            engagement.note(work.event, work)

    shop.write(fn)


@pytest.mark.parametrize("why", ["leaves", "complaints"])
def test_harm_stops_it_by_itself_and_nothing_more_is_posted(shop: Writer, why: str) -> None:
    shop.write(meet)
    launch(shop)
    shop.clock.shift(timedelta(hours=2))
    if why == "leaves":
        leaves(shop, *PEOPLE[:3])
    else:
        for p in PEOPLE[:2]:
            shop.write(partial(members.wish, person=p.id, kind="quiet", given=True))
    shop.write(service.watch)
    assert shop.write(lambda w: service.board(w, "Lanterns"))["state"] == "stopped"
    at(shop, datetime(2027, 2, 1, 2))
    publish(shop)
    assert {s[2] for s in states(shop)} == {"campaign", "late"} or {s[2] for s in states(shop)} == {
        "campaign"
    }


def test_who_leaves_in_the_hour_of_the_launch_counts_and_who_leaves_after_the_end_does_not(
    shop: Writer,
) -> None:
    def left() -> int:
        return int(shop.write(lambda w: service.review(w, "Lanterns"))["left"])

    shop.write(meet)
    leaves(shop, PEOPLE[3])
    shop.clock.shift(timedelta(seconds=30))
    launch(shop)
    shop.clock.shift(timedelta(minutes=5))
    leaves(shop, *PEOPLE[:3])
    shop.clock.shift(timedelta(minutes=5))
    assert left() == 3
    shop.write(service.watch)
    assert shop.write(lambda w: service.board(w, "Lanterns"))["state"] == "stopped"
    for span in (timedelta(minutes=2), timedelta(hours=3)):
        shop.clock.shift(span)
        leaves(shop, PEOPLE[3])
        shop.write(partial(members.wish, person=PEOPLE[3].id, kind="quiet", given=True))
        assert left() == 3
    assert shop.write(lambda w: service.review(w, "Lanterns"))["complaints"] == 0


def cues(shop: Writer) -> list[str]:
    words = shop.write(lambda w: w.sql.all(store.WORDS, the_name="Lanterns"))
    return [w.detail for w in words if w.what == "cue"]


def test_a_run_of_show_edited_while_it_runs_says_each_line_once_and_keeps_its_ticks(
    shop: Writer, tmp_path: Path
) -> None:
    launch(shop)
    at(shop, datetime(2027, 1, 31, 1, 50))
    shop.write(service.watch)
    assert cues(shop) == ["count"]
    told = shop.write(lambda w: service.board(w, "Lanterns")["run"])
    mark = service.read([tmp_path]).campaigns["Lanterns"][0].run[0].mark
    shop.write(lambda w: service.cue_done(w, 1, mark, 9))
    # a line before it, one moved to a later time, another person for the same task
    path = tmp_path / "plans" / "campaigns" / "a.yaml"
    text = path.read_text("utf-8").replace(
        "run: [{at: 2027-01-31 09:50, role: stock, who: Zhou, do: count}]",
        "run: [{at: 2027-01-31 09:40, role: desk, who: Mei, do: greet},"
        " {at: 2027-01-31 09:50, role: stock, who: Wang, do: count}]",
    )
    path.write_text(text, "utf-8")
    at(shop, datetime(2027, 1, 31, 1, 51))
    shop.write(service.watch)
    assert cues(shop) == ["count", "greet"]
    board = shop.write(lambda w: service.board(w, "Lanterns")["run"])
    assert [(c["who"], c["done"]) for c in told] == [("Zhou", False)]
    assert [(c["who"], c["done"]) for c in board] == [("Mei", False), ("Wang", True)]
    path.write_text(text.replace("09:50", "09:55"), "utf-8")
    at(shop, datetime(2027, 1, 31, 1, 56))
    shop.write(service.watch)
    assert cues(shop) == ["count", "greet", "count"]  # a task moved is said again at its new time


def test_its_end_tells_operators_what_was_planned_done_and_came_of_it(shop: Writer) -> None:
    launch(shop)
    at(shop, datetime(2027, 1, 31, 2))
    publish(shop)
    urls = [s.buttons[0][0].url or "" for s in said(shop)]
    shop.write(lambda w: links.came(w, Started(100, urls[0].partition("?start=")[2])))
    for day in (1, 2, 3):
        at(shop, datetime(2027, 2, day, 2))
        publish(shop)
        shop.write(service.watch)
        at(shop, datetime(2027, 2, day, 7))
        publish(shop)
    told = shop.write(lambda w: service.review(w, "Lanterns"))
    assert (told["state"], told["chats"], told["came"]) == ("live", 2, 1)
    assert told["override"].startswith("the boss wants it (")
    assert [(p["name"], p["planned"], p["said"], p["groups"], p["came"]) for p in told["posts"]] == [
        ("tasting", 8, 8, 2, 1),
        ("offer", 6, 6, 2, 0),
    ]
    assert told["coupons"] == {"pools": 0, "codes": 0, "taken": 0, "redeemed": 0}
    assert told["cues"] == {"done": 0, "all": 1}
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    at(shop, datetime(2027, 2, 4, 1))
    shop.write(service.watch)
    told_last = said(shop)[-1].text
    assert "Lanterns" in told_last and "14/14" in told_last


def test_a_broken_edit_of_a_running_campaign_is_told_and_its_limit_still_stops_it(
    shop: Writer, tmp_path: Path
) -> None:
    launch(shop)
    shop.write(service.watch)
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    path = tmp_path / "plans/campaigns/a.yaml"
    path.write_text(path.read_text("utf-8").replace("contact:", "contcat:"), "utf-8")
    for _ in range(2):
        shop.write(service.watch)
    told = [s.text for s in said(shop) if "a.yaml:" in s.text]
    assert told == [
        "⚠️ plans/campaigns 有地方不对(以前的好版本照旧):\n"
        "· a.yaml:7: contcat: no such field → did you mean contact?\n"
        "改好保存就行,几秒内生效。"
    ]

    def meet(work: Work) -> None:
        for p in PEOPLE:
            work.add(people.PEOPLE, p.id, p.first_name, None, None, None, False, work.now)
            work.add(people.BEFORE, 1, p.id)

    shop.write(meet)
    shop.clock.shift(timedelta(hours=2))
    for p in PEOPLE[:2]:
        shop.write(partial(members.wish, person=p.id, kind="quiet", given=True))
    shop.write(service.watch)
    assert shop.write(lambda w: service.row_of(w, "Lanterns")).state == "stopped"


def test_a_running_campaign_whose_file_is_gone_waits_and_can_be_stopped(shop: Writer, tmp_path: Path) -> None:
    launch(shop)
    shop.write(service.watch)
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    path = tmp_path / "plans/campaigns/a.yaml"
    text = path.read_text("utf-8")

    def gates() -> list[str]:
        return [shop.write(lambda w, k=k: promos.shut(w, f"Lanterns/{k}", 1)) for k in ("taste", "offer")]

    assert gates() == ["", "not open"]
    path.unlink()
    for _ in range(2):
        shop.write(service.watch)
    assert gates() == ["its file is gone", "not open"]
    assert [s.text for s in said(shop) if "Lanterns" in s.text][-1:] == [
        "「Lanterns」在进行,但它的文件不在了或有错:没法看退群和投诉的上限,帖子先停着。"
        "文件改好后接着走,要结束就发 /campaign stop Lanterns"
    ]
    path.write_text(text, "utf-8")
    shop.write(service.watch)
    assert gates() == ["", "not open"]
    path.unlink()
    assert shop.write(lambda w: service.stop(w, "Lanterns", "enough", 9))
    assert gates() == ["enough", "enough"]
    assert shop.write(lambda w: service.row_of(w, "Lanterns")).state == "stopped"


def test_a_test_of_a_campaign_launched_late_is_read_after_its_end_once(shop: Writer) -> None:
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    at(shop, datetime(2027, 2, 3, 2))
    launch(shop)
    for day in (3, 4, 5, 6):
        at(shop, datetime(2027, 2, day, 3))
        shop.write(service.watch)
    assert len([s for s in said(shop) if "测试「opening」到期" in s.text]) == 1
