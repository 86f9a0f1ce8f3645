"""Cards on both databases: within the budget, once a day over restarts, counted by who came."""

from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from groupbot.core.effects import Send
from groupbot.core.events import Message, Person
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.links import domain as link
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started
from groupbot.features.promos import service as promos
from groupbot.features.scenes import domain, service
from tests.features.care.test_running import ANN, BO, MEI, NOON, OLGA, ROOM, happen, is_admin, later, said
from tests.features.promos.test_publish import at, chats
from tests.features.promos.test_publish import said as whole

FILE = """
- name: hotpot
  phrases: [hotpot, so full]
  data: {text: Hawthorn tea}
  url: https://shop.example/tea
- name: late
  phrases: [up late]
  only: {region: East}
  data: {text: Chamomile}
"""


def group(writer: Writer, workspace: Path, *, type_: str = "commercial", shadow: bool = False) -> None:
    own = workspace / "content_templates" / "scenes"
    own.mkdir(parents=True, exist_ok=True)
    (own / "kitchen.yaml").write_text(FILE, "utf-8")
    writer.content = Content([own.parent, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer)
    at(writer, NOON)

    def fn(work: Work) -> None:
        members.set_profile(work, 1, type=type_)
        members.put(work, domain.ON, True, chat=1)
        members.put(work, domain.SHADOW, shadow, chat=1)

    writer.write(fn)


def writes(writer: Writer, who: Person, text: str, **more: Any) -> None:
    m = Message(
        at=writer.clock.now(),
        chat=ROOM,
        sender=who,
        message_id=9,
        text=text,
        carriers=(("text", text),),
        **more,
    )
    happen(writer, m, service.heard)


def counts(writer: Writer) -> list[dict[str, Any]]:
    return writer.write(lambda w: service.counts(w, 1))


def test_a_card_is_said_once_a_day_though_the_bot_restarts(writer: Writer, tmp_path: Path) -> None:
    group(writer, tmp_path)
    writes(writer, MEI, "Nothing of the kind")
    for text in ("Hotpot tonight?", "I am so full", "HOTPOT"):
        writes(writer, ANN, text)
        writer.write(lambda w: (w.clear("scenes.day"), w.clear("scenes.here"), w.clear("scenes.known")))
    assert said(writer) == [(None, "Hawthorn tea")]
    later(writer, days=1)
    writes(writer, BO, "hotpot again")
    assert [t for _, t in said(writer)] == ["Hawthorn tea"] * 2
    assert [(c["name"], c["said"], c["held"], c["state"]) for c in counts(writer)] == [
        ("hotpot", 2, {}, "on")
    ]


def test_no_card_where_nothing_is_sold_or_it_is_off_or_for_who_is_left_alone(
    writer: Writer, tmp_path: Path
) -> None:
    group(writer, tmp_path, type_="social")
    writes(writer, MEI, "hotpot")
    writer.write(lambda w: members.set_profile(w, 1, type="commercial"))
    writer.write(lambda w: members.put(w, domain.ON, False, chat=1))
    writes(writer, MEI, "hotpot")
    writer.write(lambda w: members.put(w, domain.ON, True, chat=1))
    is_admin(writer)
    writes(writer, OLGA, "hotpot")  # staff
    writes(writer, MEI, "hotpot", edited=True)
    writer.write(lambda w: members.wish(w, MEI.id, "quiet", True))
    writes(writer, MEI, "hotpot")
    writes(writer, ANN, "we were up late")  # of another audience
    assert (said(writer), [c["said"] for c in counts(writer)]) == ([], [0])
    writer.write(lambda w: members.set_profile(w, 1, region="East"))
    writes(writer, ANN, "we were up late")
    assert said(writer) == [(None, "Chamomile")]


def test_the_budget_holds_a_card_and_the_report_says_which_limit(writer: Writer, tmp_path: Path) -> None:
    group(writer, tmp_path)
    writer.write(lambda w: promos.posted(w, 1, "promotion", "a test"))
    for who in (MEI, ANN):
        writes(writer, who, "hotpot")
    assert (said(writer), counts(writer)[0]["held"]) == ([], {"promotions": 1})
    assert writer.write(lambda w: service.tried(w, 1, "hotpot")) == {
        "scene": "hotpot",
        "reason": "promotions",
    }
    at(writer, datetime(2027, 2, 1, 14))  # 22:00 in Shanghai
    writes(writer, MEI, "hotpot")
    assert (said(writer), counts(writer)[0]["held"]) == ([], {"promotions": 1, "quiet": 1})
    at(writer, datetime(2027, 2, 2, 4))
    writes(writer, MEI, "hotpot")
    assert said(writer) == [(None, "Hawthorn tea")]
    assert writer.write(lambda w: promos.may_post(w, 1, "promotion"))[0] == "promotions"  # it counts itself


def test_a_card_that_cannot_be_said_is_not_counted_and_comes_once_it_is_mended(
    writer: Writer, tmp_path: Path
) -> None:
    group(writer, tmp_path)
    (tmp_path / "content_templates" / "own").mkdir()
    (tmp_path / "content_templates" / "scenes" / "kitchen.yaml").write_text(
        "- name: hotpot\n  phrases: [hotpot]\n  template: own/card\n", "utf-8"
    )

    def card(text: str) -> None:
        for lang in ("zh", "en"):
            (tmp_path / "content_templates" / "own" / f"card.{lang}.html.j2").write_text(text, "utf-8")
        assert writer.content is not None
        writer.content._found.clear()

    card("{{ chat.members + 1 }} of us\n")  # nobody has told how many yet
    writer.write(service.refresh)
    writes(writer, ANN, "hotpot")
    assert (said(writer), [c["said"] for c in counts(writer)]) == ([], [0])
    card("{{ chat.members or 'All' }} of us\n")
    writes(writer, ANN, "hotpot")
    assert (said(writer), [c["said"] for c in counts(writer)]) == ([(None, "All of us")], [1])


def test_shadow_counts_and_says_nothing(writer: Writer, tmp_path: Path) -> None:
    group(writer, tmp_path, shadow=True)
    for who in (MEI, ANN):
        writes(writer, who, "hotpot")
    assert (said(writer), counts(writer)[0]["shadow"]) == ([], 1)
    writer.write(lambda w: members.put(w, domain.SHADOW, False, chat=1))
    writes(writer, MEI, "hotpot")
    assert said(writer) == [(None, "Hawthorn tea")]


def test_who_comes_and_whom_it_is_too_much_for_are_counted_once(writer: Writer, tmp_path: Path) -> None:
    group(writer, tmp_path)

    writer.me = structs.replace(writer.me, username="shop_bot")
    writes(writer, MEI, "hotpot")
    (card,) = whole(writer)
    assert isinstance(card, Send) and card.post and card.ref == "scene:1"
    payload = card.buttons[0][0].url.partition("start=")[2]
    assert payload.startswith(link.MAKER)

    def press(work: Work) -> None:
        for who in (ANN, ANN, BO):
            assert links.came(work, Started(who.id, payload))
        service.too_much(work, 1, ANN.id)
        service.too_much(work, 1, ANN.id)

    writer.write(press)
    (row,) = counts(writer)
    assert (row["said"], row["taps"], row["complaints"]) == (1, 2, 1)
    later(writer, days=1)
    writes(writer, ANN, "hotpot")
    assert len(whole(writer)) == 4  # the card and three ways on: Ann wants no card
    why = writer.write(lambda w: service.why(w, MEI.id, None))
    assert why is not None and [(c["scene"], c["mine"]) for c in why["cards"]] == [("hotpot", True)]
    later(writer, days=181)
    writer.write(service.sweep)
    assert counts(writer)[0]["said"] == 0


def test_a_file_that_breaks_keeps_the_last_good_scene_and_is_named(writer: Writer, tmp_path: Path) -> None:
    group(writer, tmp_path)
    writer.write(service.refresh)
    path = tmp_path / "content_templates" / "scenes" / "kitchen.yaml"
    path.write_text(FILE.replace("[hotpot, so full]", "hotpot"), "utf-8")
    wrong = writer.write(promos.checked, service.KIND)[1]
    assert [w.line() for w in wrong] == [
        f"{path}:3: phrases: 'hotpot', expected a list of 1 to 30 phrases"
        " -> write phrases: [hotpot, ate too much]"
    ]
    writer.write(service.refresh)
    writes(writer, MEI, "hotpot")
    assert said(writer) == [(None, "Hawthorn tea")]
    path.write_text(FILE.replace("up late", "so full") + "  template: scenes/crad\n", "utf-8")
    wrong = writer.write(promos.checked, service.KIND)[1]
    assert [w.what.rpartition(": ")[2] for w in wrong] == [
        '"so full" stands for hotpot already',
        "no template 'scenes/crad'",
    ]
