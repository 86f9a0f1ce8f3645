"""A launch that comes late, and the first hour beside those of the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import structs

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.campaigns import service, store
from groupbot.features.members.store import membership
from tests.features.campaigns.test_reasons import visited
from tests.features.campaigns.test_running import at, launch, publish, said
from tests.features.campaigns.test_running import shop as shop

BEGUN = datetime(2027, 1, 31, 2)


def told(shop: Writer, start: str) -> list[str]:
    return [str(s.text) for s in said(shop) if str(s.text).startswith(start)]


def populate(work: Work) -> None:
    for person in range(900, 920):
        row = {"chat_id": 1, "person_id": person, "evidence": "before", "removed": False}
        work.sql.run(sa.insert(membership).values(**row))


def test_operators_are_told_once_that_a_campaign_is_not_launched_on_its_day(shop: Writer) -> None:
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    at(shop, datetime(2027, 1, 30, 23, 59))  # 07:59 in Shanghai
    shop.write(service.watch)
    assert told(shop, "⏰") == []
    at(shop, BEGUN + timedelta(minutes=1))
    publish(shop)  # held for approval, where there is an operators' chat
    shop.write(service.watch)
    shop.write(service.watch)
    (line,) = told(shop, "⏰")
    assert line.startswith("⏰ 「Lanterns」本该 1月31日 开始,还没启动。已有 2 条帖子过点没发。\n消息会过期")
    at(shop, datetime(2027, 2, 2, 2))
    launch(shop)
    assert shop.write(lambda w: service.review(w, "Lanterns"))["late"] == 2
    shop.write(service.watch)
    assert len(told(shop, "⏰")) == 1


def test_the_first_hour_is_counted_once_and_told_beside_those_of_the_past(shop: Writer) -> None:
    shop.write(populate)
    launch(shop)
    for name, detail in (("Spring", "30|1000|5"), ("Autumn", "10|1000|5"), ("Tiny", "5|6|1")):
        row: dict[str, Any] = {"name": name, "what": "speed", "key": "then", "detail": detail, "by_id": None}
        shop.write(lambda w, r=row: w.sql.run(store.NEW_WORD, **r, at=w.now - timedelta(days=9)))
    at(shop, BEGUN)
    publish(shop)
    shop.me = structs.replace(shop.me, ops_chat=-1009)
    shop.write(lambda w: visited(w, "Lanterns", 2, w.now + timedelta(minutes=20), 900))
    shop.write(lambda w: visited(w, "Lanterns", 1, w.now + timedelta(minutes=61), 910))
    at(shop, BEGUN + timedelta(minutes=59))
    shop.write(service.watch)
    assert shop.write(lambda w: service.review(w, "Lanterns"))["speed"] is None
    at(shop, BEGUN + timedelta(minutes=60))
    for _ in range(2):
        shop.write(service.watch)
    known = shop.write(lambda w: service.review(w, "Lanterns"))["speed"]
    assert (known["people"], known["groups"], known["usual"], known["others"]) == (2, 2, 2.0, 2)
    assert known["of_100"] == round(200 / known["members"], 1) > known["usual"]
    (line,) = [t for t in told(shop, "「Lanterns」第一小时") if t]
    assert "比以前快:之前 2 次的中位数是 2.0" in line
