"""Reasons of campaigns beside each other: the same fourteen days, per hundred members."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.campaigns import service, store
from groupbot.features.links.store import link, visit
from tests.features.campaigns.test_running import FILES, at, launch
from tests.features.campaigns.test_running import shop as shop


def visited(work: Work, name: str, people: int, when: datetime, first: int = 100) -> None:
    row = {"name": f"{name}/taste/tasting", "url": f"https://shop.example/{first}", "at": when}
    work.sql.run(sa.insert(link).values(**row))
    number = work.sql.value(sa.select(sa.func.max(link.c.id)))
    for n in range(people):
        there = {"link_id": number, "chat_id": 1, "person_id": first + n, "at": when, "times": 1}
        work.sql.run(sa.insert(visit).values(**there))


def test_reasons_are_told_beside_each_other_by_what_came_of_a_hundred_members(
    shop: Writer, tmp_path: Path
) -> None:
    assert shop.write(service.reasons) == {"rows": [], "more": 0}
    first = FILES["plans/campaigns/a.yaml"]
    spring = first.replace("Lanterns", "Spring").replace("new tea", "spring tea")
    (tmp_path / "plans/campaigns/a.yaml").write_text(first + spring, "utf-8")
    begun = datetime(2027, 1, 31, 1)

    def past(work: Work) -> None:
        then = work.now - timedelta(days=20)
        row = {"name": "Spring", "state": "done", "phase": 1, "at": then, "members": 50}
        work.sql.run(store.KEEP, **row)
        visited(work, "Spring", 2, then + timedelta(days=13))
        visited(work, "Spring", 1, then + timedelta(days=15), 200)  # too late

    launch(shop)
    shop.write(past)
    shop.write(
        lambda w: w.sql.run(
            sa.update(store.campaign).where(store.campaign.c.name == "Lanterns").values(members=20)
        )
    )
    at(shop, begun + timedelta(hours=2))
    shop.write(lambda w: visited(w, "Lanterns", 3, w.now - timedelta(hours=1)))
    told = shop.write(service.reasons)["rows"]
    assert [(r["reason"], r["came"], r["members"], r["came_of_100"], r["young"]) for r in told] == [
        ("new tea", 3, 20, 15.0, True),
        ("spring tea", 2, 50, 4.0, False),
    ]
    review = shop.write(lambda w: service.review(w, "Lanterns"))
    assert review["beside"] == {"came_of_100": 15.0, "usual": 4.0, "others": 1, "young": True}
    assert shop.write(lambda w: service.review(w, "Spring"))["beside"] is None
