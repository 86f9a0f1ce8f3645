"""What a group itself gives to a post: a counted link, a coupon that can be had."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from groupbot.core.effects import Ask, Send
from groupbot.core.events import Chat, Counted
from groupbot.engine.content import Content
from groupbot.engine.me import Me
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.coupons import service as coupons
from groupbot.features.coupons.domain import Take, parse
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.expert import Asked
from groupbot.features.promos.service.filling import filled, fits
from groupbot.features.promos.service.load import check
from tests.features.promos.test_publish import at, chats, plan, said, slots, take_in

LINKED = (
    "---\nfills: [shop, link]\nbuttons: {go: 看看}\nsample: {shop: a, link: b}\n---\n{{ shop }} {{ link }}"
)

MANY = (
    "---\nfills: [chat]\nsample: {chat: {title: a, members: 3}}\n---\n"
    "{{ chat.title }}, {% if chat.members %}{{ chat.members }}{% else %}all{% endif %} of us"
)


def offer(work: Work, chat: int, title: str) -> tuple[dict[str, Any], Any] | None:
    found = coupons.offered(work, chat, title)
    return None if found is None else (found, Take(found.pop("number")))


def publish(writer: Writer) -> None:
    def fn(work: Work) -> None:
        work.content = Content([folder("content_templates")])
        service.publish_due(work, others=service.Others(offer=offer))

    writer.write(fn)


def pool(work: Work, chat: int, codes: int = 2) -> int:
    work.chat = chat
    order = parse("Hawthorn 7d")
    assert order is not None
    number = coupons.draft(work, order, by=7)
    coupons.generate(work, number, codes)
    coupons.publish(work, number)
    return number


def test_a_post_offers_the_coupon_of_its_own_group_or_is_not_said(writer: Writer) -> None:
    chats(writer, 2)
    assert writer.write(lambda w: pool(w, 1)) == 1
    take_in(writer, plan(pool=("promos/coupon",), data={"coupon_title": "hawthorn"}, rrule=""))
    at(writer, datetime(2027, 1, 31, 2, 0))
    publish(writer)
    (send,) = [s for s in said(writer) if isinstance(s, Send) and str(s.ref).startswith("promo:")]
    assert send.data["coupon"]["left"] == 2
    assert send.data["coupon"]["title"] == "Hawthorn"
    assert [[b.label for b in row] for row in send.buttons] == [["take"]]
    assert sorted(slots(writer)) == [
        (1, "31 02:00", "said", None), (2, "31 02:00", "skipped", "coupon"),
    ]  # fmt: skip


def test_a_link_in_the_text_is_counted_for_each_group(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for lang in ("zh", "en"):
        (tmp_path / "own" / f"linked.{lang}.html.j2").write_text(LINKED, "utf-8")
    content = Content([tmp_path, folder("content_templates")])
    assert content.check_own() == []
    made = plan(pool=("own/linked",), data={"url": "https://shop.example/a"}, rrule="")
    chats(writer, 2)
    take_in(writer, made)
    at(writer, datetime(2027, 1, 31, 2, 0))

    def fn(work: Work) -> None:
        work.content, work.me = content, Me(id=1, username="our_bot")
        service.publish_due(work)

    writer.write(fn)
    urls = [(s.data["link"], s.buttons[0][0].url) for s in said(writer) if isinstance(s, Send) and s.post]
    assert [link == button for link, button in urls] == [True, True]
    assert len({link for link, _ in urls}) == 2
    assert all(link.startswith("https://t.me/our_bot?start=") for link, _ in urls)


@pytest.mark.parametrize(
    ("front", "data", "what"),
    [
        ({"fills": ["link"]}, {}, "p: the template counts a link, and there is no url"),
        ({"fills": ["coupon"], "buttons": {"go": "x"}}, {}, "p: its template has no button for the coupon"),
    ],
)
def test_what_a_filling_needs_is_named_when_the_plan_is_checked(
    front: dict[str, Any], data: dict[str, Any], what: str
) -> None:
    with pytest.raises(Wrong) as wrong:
        fits(front, data, "p")
    assert str(wrong.value) == what


def test_a_template_is_tried_with_examples_and_no_stand_in_promises_a_coupon(writer: Writer) -> None:
    assert filled({"fills": ["shop", "link"]}, "West") == {"shop": "West", "link": "https://t.me/…"}

    def fn(work: Work) -> str:
        work.content = Content([folder("content_templates")])
        with pytest.raises(Wrong) as wrong:
            check(work, plan(pool=("experts/card",), instead="promos/coupon", expert=Asked("x")))
        check(work, plan(pool=("promos/coupon",)))
        return wrong.value.field

    assert writer.write(fn) == "instead"


def test_a_post_says_how_many_members_telegram_counts_and_nothing_where_it_never_told(
    writer: Writer, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    for lang in ("zh", "en"):
        (tmp_path / "own" / f"many.{lang}.html.j2").write_text(MANY, "utf-8")
    content = Content([tmp_path, folder("content_templates")])
    assert content.check_own() == []
    chats(writer, 3)
    writer.render = content.renderer(members.voice, b"k")
    writer.content = content

    def count(work: Work) -> list[Ask]:
        members.counting.ask_due(work, 2)
        members.counting.ask_due(work)
        asks = [e for e in work.effects if isinstance(e, Ask)]
        for ask, n in zip(asks, (180, 42), strict=False):
            work.chat = ask.chat or 0
            members.counting.counted(work, Counted(at=work.now, chat=Chat(-1, "supergroup"), members=n))
        return asks

    assert [(a.chat, a.count) for a in writer.write(count)] == [(1, True), (2, True), (3, True)]
    take_in(writer, plan(pool=("own/many",), rrule=""))
    at(writer, datetime(2027, 1, 31, 2, 0))
    writer.write(service.publish_due)
    texts = [s.text for s in said(writer) if isinstance(s, Send)]
    assert texts == ["Store 1, 180 of us", "Store 2, 42 of us", "Store 3, all of us"]
    writer.clock.shift(timedelta(hours=23))
    assert [a.chat for a in writer.write(count)] == [1, 2, 3]  # a day after they were asked
