"""Planned against done in a group: each plan, why posts were left out, weeks on plan, care to promotions."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.care import store as care
from groupbot.features.engagement import reports
from groupbot.features.engagement.reports.planned import Planned, planned
from groupbot.features.promos import store as promos
from tests.conftest import START


def slot(work: Work, plan: int, day: int, state: str, kind: str, reason: str | None = None) -> None:
    at = {"chat_id": work.chat, "plan_id": plan, "due": START - timedelta(days=day), "at": work.now}
    row: dict[str, Any] = {**at, "state": state, "kind": kind, "reason": reason, "zone": "UTC"}
    work.sql.run(sa.insert(promos.plan_slot).values(**row))


def fill(work: Work) -> int:
    work.chat = resolve(work, Chat(-1001, "supergroup", "山楂粉丝群")).id
    for number, name in ((1, "offer"), (2, "hello")):
        row = {"source": "x", "spec": "{}", "hash": "", "state": "live", "loaded_at": work.now}
        work.sql.run(sa.insert(promos.plan).values(id=number, name=name, **row))
    for day in (1, 2, 3, 8, 9):
        slot(work, 1, day, "said", "promotion")
    slot(work, 1, 10, "skipped", "promotion", "quiet")
    slot(work, 1, 11, "skipped", "promotion", "late")
    slot(work, 1, 12, "skipped", "promotion", "quiet")
    slot(work, 1, -2, "waiting", "promotion")
    slot(work, 2, 20, "said", "greeting")
    began = {"began": work.now, "planned": work.now, "due": work.now}
    run = {"recipe": "hello", "chat_id": work.chat, "person_id": 5, "anchor": "a", "number": 0, "step": 1}
    work.sql.run(sa.insert(care.run).values(id=1, **run, **began, state="done"))
    for step, way in enumerate(("private", "task", "left", "group")):
        done = {"run_id": 1, "step": step, "chat_id": work.chat, "person_id": 5, "recipe": "hello"}
        work.sql.run(sa.insert(care.done).values(**done, way=way, at=START - timedelta(days=4)))
    return work.chat


def test_each_plan_is_told_with_what_was_left_out_and_weeks_on_plan_are_counted(writer: Writer) -> None:
    chat = writer.write(fill)

    def look(work: Work) -> tuple[list[Planned], dict[str, Any]]:
        ask = reports.Ask(work, chat, START.date() - timedelta(days=27), START.date())
        return planned(ask), {f.key: f.value for f in reports.figures(ask)}

    told, found = writer.write(look)
    assert told == [Planned("offer", 8, 5, (("quiet", 2), ("late", 1))), Planned("hello", 1, 1, ())]
    # of three weeks with plans the second said two of five; three steps of care and a greeting to five offers
    assert (found["weeks_on_plan"], found["care_per_promotion"]) == (2.0, 0.8)
