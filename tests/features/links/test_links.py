"""Counted links cannot be forged; entrances are looked at daily and their death is told once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp import web
from msgspec import structs

from groupbot.core.effects import Send, from_json
from groupbot.core.events import Chat, Message, Person
from groupbot.core.setting import Unfit
from groupbot.engine import egress
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.links import domain, service
from groupbot.features.members import service as members
from groupbot.features.members import store as people
from groupbot.features.members.domain import Started
from groupbot.features.members.service.wishes import OPTOUT
from tests.features.promos.test_publish import chats

KEY = b"k" * 32
LONG = "https://shop.example/" + "".join(f"{n * n:x}" for n in range(800))


@pytest.mark.parametrize(("link", "chat"), [(1, 1), (10**9, 10**12), (0, 0)])
def test_a_payload_comes_back_and_fits_what_telegram_takes(link: int, chat: int) -> None:
    made = domain.pack(KEY, link, chat)
    assert len(made) <= domain.LIMIT and made.replace("_", "").replace("-", "").isalnum()
    assert domain.unpack(KEY, made) == (link, chat)


@pytest.mark.parametrize(
    "change", [lambda p: p[:-2] + "AA", lambda p: "l_" + p, lambda p: "l_", lambda p: "l_é"]
)
def test_a_changed_payload_is_not_ours(change: object) -> None:
    with pytest.raises(domain.Forged):
        domain.unpack(KEY, change(domain.pack(KEY, 7, 3)))  # type: ignore[operator]
    with pytest.raises(domain.Forged):
        domain.unpack(b"other", domain.pack(KEY, 7, 3))


def test_an_entrance_is_a_label_and_an_https_address() -> None:
    assert domain.ENTRANCES.parse("Our shop https://shop.example/a") == ["Our shop https://shop.example/a"]
    for wrong in ("https://shop.example", "Shop http://shop.example", "Shop https://shop", "Shop"):
        with pytest.raises(Unfit):
            domain.ENTRANCES.parse(wrong)


def test_an_address_too_long_to_be_kept_is_refused_where_it_is_set() -> None:
    for setting in (domain.ENTRANCES, domain.MENU):
        assert setting.parse(f"Shop {LONG[:2000]}") == [f"Shop {LONG[:2000]}"]
        with pytest.raises(Unfit):
            setting.parse(f"Shop {LONG[:2001]}")


def test_one_that_stands_there_from_before_is_a_plain_button_and_not_looked_at(writer: Writer) -> None:
    """Nor is one of a plan or a scene counted: no index of PostgreSQL's takes it."""
    writer.me = structs.replace(writer.me, username="our_bot")
    chats(writer)
    shop = "https://shop.example"
    writer.write(lambda w: members.put(w, domain.ENTRANCES, [f"Long {LONG}", f"Shop {shop}"], chat=1))
    long, short = (row[0].url for row in writer.write(lambda w: service.buttons(w, 1)))
    assert (long, "t.me/our_bot" in (short or "")) == (LONG, True)
    assert writer.write(service.wanted) == [shop]


def test_links_of_long_names_that_begin_alike_are_counted_apart(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, username="our_bot")
    chats(writer)
    long = "c" * 40 + "/" + "h" * 40 + "/" + "p" * 60  # a campaign, its phase, its plan

    def fn(work: Work) -> list[dict[int, int]]:
        for name, came in ((f"{long}a", (11, 12)), (f"{long}b", (13,))):
            payload = service.tracked(work, name, "https://shop.example", 1).partition("start=")[2]
            for who in came:
                service.came(work, Started(who, payload))
        return [service.people(work, name) for name in (f"{long}a", f"{long}b", "c" * 40)]

    assert writer.write(fn) == [{1: 2}, {1: 1}, {1: 3}]


def test_who_opted_out_is_shown_the_way_and_not_counted(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, username="our_bot")
    chats(writer)

    def fn(work: Work) -> list[int | None]:
        payload = service.tracked(work, "promo:1/x", "https://shop.example", 1).partition("start=")[2]
        members.wish(work, 12, OPTOUT, True)
        assert all(service.came(work, Started(person, payload)) for person in (11, 12))
        assert work.sql.plain("SELECT person_id FROM v_visit") == [(11,)]
        return [e.user for e in work.effects if isinstance(e, Send)]

    assert writer.write(fn) == [11, 12]


def test_a_dead_entrance_leaves_the_set_is_told_once_and_comes_back(writer: Writer) -> None:
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer)

    def fn(work: Work) -> None:
        start = Message(
            at=work.now, chat=Chat(7, "private"), sender=Person(7, "Olga"), message_id=1, text="/start"
        )
        members.note_people(start, work)
        row = {"chat_id": 1, "person_id": 7, "status": "creator", "rights": [], "checked_at": work.now}
        work.sql.run(sa.insert(people.staff).values(row))
        members.put(
            work, domain.ENTRANCES, ["Shop https://shop.example", "Help https://help.example"], chat=1
        )

    writer.write(fn)
    shop = "https://shop.example"
    assert writer.write(service.wanted) == ["https://help.example", shop]
    for why in ("", "", "it answers 404", "it answers 404", ""):
        for url in writer.write(service.wanted):
            writer.write(lambda w, u=url, y=why: service.looked(w, u, y if u == shop else ""))
        labels = [e.label for e in writer.write(lambda w: service.entrances(w, 1))]
        assert labels == (["Help"] if why else ["Shop", "Help"])
        assert writer.write(service.wanted) == []
        writer.clock.shift(timedelta(hours=24))
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    told = [e.text.partition("\n")[0] for r in rows if isinstance(e := from_json(r.payload), Send)]
    assert len(told) == 2 and "404" in told[0] and "404" not in told[1]
    assert writer.write(service.dead_minutes)[shop] == 48 * 60


@pytest_asyncio.fixture
async def site() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/moved":
            raise web.HTTPFound("/well")
        return web.Response(status=200 if request.path == "/well" else 404)

    app = web.Application()
    app.router.add_get("/{any}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    where = web.TCPSite(runner, "127.0.0.1", 0)
    await where.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_look_says_why_an_address_does_not_answer(site: str) -> None:
    found = [await egress.trouble(f"{site}/{path}", inside=True) for path in ("well", "moved", "gone")]
    assert found == ["", "", "it answers 404"]
    assert await egress.trouble("https://127.0.0.1/") == "it is no public address"
