"""A campaign for two tiers, by who acted on its posts or came by its links in each group."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from groupbot.engine.content import Content
from groupbot.engine.outbox_table import posted
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.campaigns import service
from groupbot.features.engagement.store import event
from groupbot.features.links.store import link, visit
from groupbot.features.members import service as members
from groupbot.features.members.store import profile
from groupbot.features.promos.service.load import sync
from tests.features.campaigns.test_running import FILES, launch
from tests.features.promos.test_publish import at, chats


@pytest.fixture
def two_tiers(writer: Writer, tmp_path: Path) -> Writer:
    files = FILES | {"plans/audiences.yaml": "stores: {tier: [store, consumer]}\n"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    chats(writer, 6)
    at(writer, datetime(2027, 1, 31, 1))
    assert [m.line() for m in writer.write(sync)] == []
    return writer


def test_a_campaign_is_told_from_tier_to_tier(two_tiers: Writer) -> None:
    launch(two_tiers)

    def fn(work: Work) -> None:
        assert service.spread(work, "Lanterns")["relay"] == {}  # stores alone so far
        rows = {1: ("store", None), 2: ("store", None)} | {n: ("consumer", 1 + n % 2) for n in (3, 4, 5, 6)}
        for chat, (tier, parent) in rows.items():
            where = sa.update(profile).where(profile.c.chat_id == chat)
            work.sql.run(where.values(tier=tier, parent_id=parent))
        work.drop("members.profile", 1)
        soon = work.now + timedelta(hours=2)
        for chat in rows:
            row = {"bot_id": work.bot_id, "chat_id": chat, "message_id": 70, "ref": f"promo:1:{chat}:x"}
            work.sql.run(sa.insert(posted).values(**row, private=False, at=soon))
        for chat, person, staff in ((1, 501, False), (1, 502, False), (2, 503, True), (4, 504, False)):
            row = {"chat_id": chat, "person_id": person, "kind": "reply", "units": 2, "reply_to": 70}
            work.sql.run(sa.insert(event).values(**row, message_id=71, staff=staff, at=soon))
        work.sql.run(sa.insert(link).values(id=9, name="Lanterns/taste/tasting", url="https://a.b", at=soon))
        for chat, when in ((2, soon), (6, soon), (3, soon + timedelta(days=20))):  # the last too late
            row = {"link_id": 9, "chat_id": chat, "person_id": 505, "times": 1}
            work.sql.run(sa.insert(visit).values(**row, at=when))

    two_tiers.write(fn)

    def told(work: Work) -> None:
        found = service.spread(work, "Lanterns")["relay"]
        tiers = [
            (h["tier"], h["groups"], h["reached"], h["people"], h["paths"], h["loss"]) for h in found["hops"]
        ]
        assert (found["paths"], found["broken"]) == (4, "")
        assert tiers == [("store", 2, 2, 3, 4, 0), ("consumer", 4, 2, 2, 2, 50)]
        assert work.sql.plain(found["sql"]) == [
            (1, "store", None, 2), (2, "store", None, 1), (3, "consumer", 2, 0), (4, "consumer", 1, 1),
            (5, "consumer", 2, 0), (6, "consumer", 1, 1),
        ]  # fmt: skip

    two_tiers.write(told)
