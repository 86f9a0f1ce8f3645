"""Template and plan files that operators send: where they belong, what they would change, and live."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from groupbot.core.events import Chat, Fetched
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service, store
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.pushing import target
from groupbot.features.promos.service.pushing import propose
from tests.features.promos.test_publish import chats, plan, take_in

KNOWN = ("promos/card.zh.html.j2", "shop/card.zh.html.j2", "promos/greeting.zh.html.j2")


@pytest.mark.parametrize(
    ("name", "said", "path"),
    [
        ("春节.yaml", "", "plans/春节.yaml"),
        ("a.yml", "anything", "plans/a.yaml"),
        ("greeting.zh.html.j2", "", "promos/greeting.zh.html.j2"),
        ("card.zh.html.j2", "shop", "shop/card.zh.html.j2"),
        ("card.zh.html.j2", "/shop/card", "shop/card.zh.html.j2"),
        ("new.en.html.j2", "mine/spring", "mine/spring/new.en.html.j2"),
    ],
)
def test_a_file_goes_where_its_name_and_caption_say(name: str, said: str, path: str) -> None:
    assert target(name, said, KNOWN) == path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("card.zh.html.j2", ""), ("new.zh.html.j2", ""), ("../card.zh.html.j2", "promos"), ("a.txt", ""),
        ("card.zh.html.j2", "../etc"), ("card.zh.html.j2", "plans"), (".hidden.yaml", ""),
    ],
)  # fmt: skip
def test_a_file_whose_place_is_not_clear_is_asked_about(name: str, said: str) -> None:
    with pytest.raises(Wrong):
        target(name, said, KNOWN)


@pytest.fixture
def shelf(writer: Writer, tmp_path: Path) -> Path:
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    writer.me = structs.replace(writer.me, ops_chat=-777, operators=(1,))
    return tmp_path


def push(writer: Writer, path: str, text: str) -> dict[str, Any]:
    writer.write(lambda w: propose(w, path, text, 1))
    (found,) = writer.write(service.fresh)
    return found


def decide(writer: Writer, number: int, *, live: bool = True) -> dict[str, Any]:
    return writer.write(lambda w: service.decide(w, number, 1, live=live))


def test_a_template_goes_live_by_a_press_and_the_version_before_is_kept(writer: Writer, shelf: Path) -> None:
    old = "---\nsample: {price: 59}\n---\n山楂 {{ price }}元\n"
    (shelf / "shop").mkdir()
    (shelf / "shop" / "offer.zh.html.j2").write_text(old, "utf-8")
    new = old.replace("山楂", "山楂陈皮")
    found = push(writer, "shop/offer.zh.html.j2", new)
    assert (found["wrong"], found["diff"], found["preview"]) == (
        [], ["-山楂 {{ price }}元", "+山楂陈皮 {{ price }}元"], "山楂陈皮 59元",
    )  # fmt: skip
    assert decide(writer, found["id"])["live"] is True
    assert (shelf / "shop" / "offer.zh.html.j2").read_text("utf-8") == new
    kept = writer.write(lambda w: w.sql.all(store.VERSIONS, the_name="shop/offer", the_lang="zh"))
    assert [r.text for r in kept] == [old]
    with pytest.raises(Refusal, match="push_over"):
        decide(writer, found["id"])
    assert push(writer, "shop/offer.zh.html.j2", new)["same"] is True


def test_a_file_that_changed_meanwhile_is_not_overwritten(writer: Writer, shelf: Path) -> None:
    found = push(writer, "shop/offer.zh.html.j2", "one")
    (shelf / "shop").mkdir()
    (shelf / "shop" / "offer.zh.html.j2").write_text("by hand", "utf-8")
    with pytest.raises(Refusal, match="push_changed"):
        decide(writer, found["id"])
    assert (shelf / "shop" / "offer.zh.html.j2").read_text("utf-8") == "by hand"
    other = push(writer, "shop/other.zh.html.j2", "two")
    assert decide(writer, other["id"], live=False)["live"] is False
    assert not (shelf / "shop" / "other.zh.html.j2").exists()


def test_a_broken_template_is_named_with_its_line_and_cannot_go_live(writer: Writer, shelf: Path) -> None:
    chats(writer)
    take_in(writer, plan("weekend", pool=("promos/greeting",), data={"text": "hi"}))
    found = push(writer, "promos/greeting.zh.html.j2", "---\nsample: {text: a}\n---\n{{ txt }}")
    assert (found["id"], found["wrong"], found["plans"]) == (
        0, ["promos/greeting.zh.html.j2:4: 'txt' is undefined: did you mean text? -> mend the name"],
        ["weekend"],
    )  # fmt: skip


def test_plans_are_checked_with_all_that_belongs_to_them_and_then_taken_in(
    writer: Writer, shelf: Path
) -> None:
    chats(writer)
    text = (
        "- {name: 小年, audience: 门店, kind: greeting, template: promos/greeting, data: {text: 快乐},"
        " start: 2027-02-01 10:00}\n"
    )
    wrong = push(writer, "plans/year.yaml", text.replace("门店,", "店,").replace("10:00", "23:00"))
    assert (wrong["id"], wrong["wrong"]) == (
        0,
        ["plans/year.yaml:1: 小年: no audience '店' -> did you mean 门店?"],
    )
    found = push(writer, "plans/year.yaml", text)
    assert (found["wrong"], found["preview"], found["plans"]) == ([], "小年 → 门店 1", ["小年"])
    decide(writer, found["id"])
    assert writer.write(service.sync) == []
    assert "小年" in [r.name for r in writer.write(lambda w: w.sql.all(store.PLANS))]


def test_what_is_fetched_is_shown_and_what_cannot_be_read_is_said(writer: Writer, shelf: Path) -> None:
    chats(writer)

    def come(work: Work, ref: int, **more: str) -> dict[str, Any] | None:
        work.chat = 1
        return service.arrived(
            work, Fetched(at=work.now, chat=Chat(-777, "supergroup"), ref=f"promos.push:{ref}", **more)
        )

    writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "mine", "FILE", 1))
    found = writer.write(lambda w: come(w, 1, text="hello"))
    assert found is not None
    assert (found["file"], found["preview"]) == ("mine/hello.zh.html.j2", "hello")
    assert writer.write(lambda w: come(w, 1, text="again")) is None
    writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "mine", "FILE", 1))
    lost = writer.write(lambda w: come(w, 2, trouble="not_text"))
    assert lost == {"id": 0, "file": "mine/hello.zh.html.j2", "trouble": "not_text"}
    with pytest.raises(Refusal, match="push_where"):
        writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "", "FILE", 1))
