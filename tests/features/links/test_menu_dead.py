"""The menu's own addresses are looked at daily too; what is pinned drops the dead and takes them back."""

import sqlalchemy as sa

from groupbot.core.effects import Edit, from_json
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.links import domain, service
from groupbot.features.members import service as members
from tests.features.promos.test_publish import chats

SHOP, HELP = "https://shop.example", "https://help.example"


def redrawn(writer: Writer) -> list[tuple[str, list[str]]]:
    """What the pinned messages are to show: an edit that waits is replaced by the next."""
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    edits = [e for r in rows if r.payload and isinstance(e := from_json(r.payload), Edit)]
    return sorted((e.ref, [b.label for row in e.buttons for b in row]) for e in edits)


def test_a_dead_address_leaves_what_is_pinned_and_comes_back(writer: Writer) -> None:
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer, 2)

    def fn(work: Work) -> None:
        members.put(work, domain.ENTRANCES, [f"Help {HELP}"], chat=1)
        members.put(work, domain.MENU, [f"Shop {SHOP}", f"Help {HELP}"], chat=1)
        work.notes("menu", 1).set("ref", "the-menu")
        work.notes("entrance", 1).set("ref", "the-entrances")

    writer.write(fn)
    assert writer.write(service.wanted) == [HELP, SHOP]
    for url in (HELP, SHOP):
        writer.write(lambda w, u=url: service.looked(w, u, ""))
    assert redrawn(writer) == []
    writer.write(lambda w: service.looked(w, SHOP, "it answers 404"))
    assert redrawn(writer) == [("the-menu", ["Help"])]
    writer.write(lambda w: service.looked(w, HELP, "it answers 404"))
    assert redrawn(writer) == [("the-entrances", []), ("the-menu", [])]
    writer.write(lambda w: service.looked(w, HELP, ""))
    assert redrawn(writer) == [("the-entrances", ["Help"]), ("the-menu", ["Help"])]


def test_the_reason_is_told_in_the_readers_language() -> None:
    content = Content([folder("content_templates")])
    data = {"label": "商城", "url": SHOP, "title": "西湖店", "dead": True, "why": "it answers 404"}
    assert content.render("links/looked", "zh", data).formatted.text == (
        "⚠️ 「西湖店」的入口「商城」打不开:返回 404\nhttps://shop.example\n"
        "已暂时从 /buy、/menu 和置顶里收起,每小时再看一次。"
    )
