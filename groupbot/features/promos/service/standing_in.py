"""What was recorded, said in the place of an expert who is not there; and the library it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.text import alike
from groupbot.engine import media
from groupbot.engine.front import posted
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.promos.domain import Plan
from groupbot.features.promos.domain.expert import ITEM, RECAP, SAVED
from groupbot.features.promos.service.approval import pinned
from groupbot.features.promos.service.hold import Place
from groupbot.features.promos.service.saying import filled
from groupbot.features.promos.store import items as store

KEEP = timedelta(days=180)  # an item made of members' questions; their words are kept no longer
AGAIN = timedelta(days=30)  # before an item comes again in a chat
SHOWN = 20
JOBS = ("bind", "smooth", "amplify")
Recorded = Callable[[Work, str], dict[str, Any] | None]  # an item's source → what its template says


def keep_item(
    work: Work, topic: str, chat: int, source: str, *, medium: str = "text", job: str = "smooth"
) -> str:
    """Put something into the library that was just said in a chat; its name there."""
    zone = zone_of(members.voice(work, chat, None)[1])
    name = f"{topic} {work.now.astimezone(zone):%Y-%m-%d} {members.title(work, chat)}"
    work.sql.run(
        store.KEEP_ITEM,
        name=name,
        medium=medium,
        job=job,
        topic=topic,
        source=source,
        chat_id=chat,
        at=work.now,
        use_by=work.now + KEEP,
    )
    row = work.sql.first(store.ITEM, the_name=name)
    assert row is not None
    work.sql.run(store.USED, item_id=row.id, chat_id=chat, at=work.now)
    return name


def library(work: Work) -> list[dict[str, Any]]:
    """The newest items: medium, job, until when they are of use, when they were last said (dates)."""
    return [
        {
            "name": r.name,
            "medium": r.medium,
            "job": r.job,
            "use_by": f"{r.use_by:%Y-%m-%d}",
            "said": f"{r.said:%m-%d}" if r.said else "",
        }
        for r in work.sql.all(store.ITEMS, most=SHOWN)
    ]


def sweep_items(work: Work) -> None:
    """Forget items past their use."""
    work.sql.run(store.OLD_USES, now=work.now)
    work.sql.run(store.OLD_ITEMS, now=work.now)


def recording(
    work: Work,
    plan: Plan,
    here: Place,
    values: dict[str, Any],
    recorded: Recorded | None,
    pins: dict[str, str],
) -> Send | None:
    """What the plan has to say instead of its expert, as a Send without its place; None where it has nothing.
    A recap is one of this chat's own, on the topic, that was not said here within 30 days. `values` are what
    is known of the session.

    Raises:
        Misfit: the template is missing, or lacks a required field.
    """
    chat, what = here.profile.chat, plan.instead
    if what.startswith(SAVED):
        found = media.kept(work, what)
        carries: dict[str, Any] = {} if found is None else {found[0]: what}
        return Send(template="promos/instead", data=values, **carries) if carries else None
    if what == RECAP or what.startswith(ITEM):
        row = _item(work, chat, what, str(values.get("topic") or ""))
        data = recorded(work, row.source) if row is not None and recorded is not None else None
        if data is None:
            return None
        work.sql.run(store.USED, item_id=row.id, chat_id=chat, at=work.now)
        return Send(template="promos/recorded", data={**values, **data})
    if not what or work.content is None:
        return None
    name = pinned(work, what, here.lang, pins)
    front = work.content.sources(name, here.lang)[0].front
    missing = [f for f in front.get("required") or () if plan.data.get(f) in (None, "")]
    if missing:
        raise Misfit(f"{what} needs {', '.join(missing)}", where=plan.name, next="add it under data:")
    carried = media.carried(posted(front), work.content.folders, name)
    data = {**filled(front, here.profile.title), **values, **plan.data}
    return Send(template=name, data=data, **carried)


def _item(work: Work, chat: int, what: str, topic: str) -> Any:
    if what.startswith(ITEM):
        row = work.sql.first(store.ITEM, the_name=what.removeprefix(ITEM).strip())
        return row if row is not None and row.use_by > work.now else None
    rows = work.sql.all(store.NOT_LATELY, chat=chat, since=work.now - AGAIN, now=work.now)
    return next((r for r in rows if alike(topic, r.topic)), None)


def ref_of(plan_id: int, chat: int, due: datetime) -> str:
    """The name of what stood in for a slot."""
    return f"promo.instead:{plan_id}:{due:%Y-%m-%dT%H:%M:%S}:{chat}"
