"""Somebody speaks of a scene: its card is said, counted, or held back. At most one a chat and day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import structlog

from groupbot.core.effects import Button, Rows, Send
from groupbot.core.events import Message
from groupbot.engine.front import posted
from groupbot.engine.media import carried
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.links import service as links
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import SCENES, wishing
from groupbot.features.promos import service as promos
from groupbot.features.scenes import domain, store
from groupbot.features.scenes.domain import KIND, Enough, Scene
from groupbot.features.scenes.service import shelf

log = structlog.get_logger(__name__)
GO, ENOUGH = "go", "enough"  # labels of the buttons below a card
_FRESH = timedelta(minutes=10)  # a card later than this is beside the talk
_GROUPS = ("group", "supergroup")


def heard(work: Work, m: Message) -> None:
    """Words of a member may speak of a scene. What is late, edited, forwarded by itself, a bot's or staff's
    does not count, nor what somebody says who wants no cards."""
    here = shelf.here(work, work.chat)
    if here is None or work.late or m.edited or not m.carriers or m.chat.type not in _GROUPS:
        return
    who = m.sender
    if m.automatic_forward or m.anonymous or m.sender_chat is not None or who is None or who.is_bot:
        return
    scene = here.find(m.visible)
    if scene is None or members.is_staff(work, work.chat, who.id) or deaf(work, who.id):
        return
    try:
        _show(work, scene, who.id, m.topic)
    except Misfit as e:  # the card needs mending: it is said another time
        log.error("scene.unsaid", scene=scene.name, chat=work.chat, error=e.line())


def deaf(work: Work, person: int) -> bool:
    """Do this person's words bring no cards: they said so, or asked to be left alone?"""
    return person in wishing(work, SCENES) or members.left_alone(work, person)


def _show(work: Work, scene: Scene, person: int, topic: int | None) -> None:
    chat = work.chat
    day = today(work, chat)
    done = _done(work, chat, day)
    state = "shadow" if members.get(work, chat, domain.SHADOW) else "said"
    if state in done:
        return
    front = _front(work, scene, chat)
    code = promos.may_post(work, chat, KIND)[0] or ("repeat" if promos.barred(work, chat, front) else "")
    if code and "held" in done:
        return
    if code:
        _book(work, scene, day, "held", code, person)
        return
    folders = work.content.folders if work.content is not None else ()
    media = carried(posted(front), folders, scene.template) if state == "said" else {}
    number = _book(work, scene, day, state, None, person)
    if state == "said":
        try:
            _say(work, scene, number, topic, front, media)
        except Misfit:
            work.sql.run(store.UNSAID, the_id=number)
            work.put("scenes.day", chat, (day, done))
            raise
        promos.used(work, chat, front, ref_of(number))
        promos.posted(work, chat, KIND, f"scene:{scene.name}")


def ref_of(number: int) -> str:
    """The name of a card."""
    return f"scene:{number}"


def _front(work: Work, scene: Scene, chat: int) -> dict[str, Any]:
    lang = members.voice(work, chat, None)[0]
    return work.content.sources(scene.template, lang)[0].front if work.content is not None else {}


def _say(
    work: Work, scene: Scene, number: int, topic: int | None, front: dict[str, Any], media: dict[str, Any]
) -> None:
    """The card, with its counted address and a button for whom it is too much."""
    chat = work.chat
    about = promos.of_chat(members.profile(work, chat))
    row: list[Button] = []
    if scene.url:
        label = next((n for n in front.get("buttons") or {} if n != ENOUGH), GO)
        row.append(Button(str(label), url=links.tracked(work, scene.counted, scene.url, chat)))
    rows: Rows = ((*row, Button(ENOUGH, Enough(number))),)
    work.say(
        Send(
            chat=chat,
            topic=topic,
            template=scene.template,
            data={"scene": scene.name, "title": about["title"], "chat": about, **scene.data},
            buttons=rows,
            ref=ref_of(number),
            post=True,
            not_after=work.now + _FRESH,
            why=f"scene {scene.name}",
            **media,
        )
    )


def _book(work: Work, scene: Scene, day: date, state: str, reason: str | None, person: int) -> int:
    rows = work.sql.returning(
        store.SHOW,
        chat_id=work.chat,
        scene=scene.name,
        day=day,
        state=state,
        reason=reason,
        person_id=person,
        at=work.now,
    )
    work.put("scenes.day", work.chat, (day, _done(work, work.chat, day) | {state}))
    return int(rows[0].id)


def _done(work: Work, chat: int, day: date) -> frozenset[str]:
    """What came of scenes in a chat today."""
    kept = work.cached("scenes.day").get(chat)
    if kept is None or kept[0] != day:
        kept = (day, frozenset(r.state for r in work.sql.all(store.TODAY, chat=chat, the_day=day)))
        work.put("scenes.day", chat, kept)
    return kept[1]


def today(work: Work, chat: int) -> date:
    """The day on a chat's own calendar."""
    return work.now.astimezone(zone_of(members.voice(work, chat, None)[1])).date()


def tried(work: Work, chat: int, text: str) -> dict[str, Any]:
    """What a text would bring here now: the scene, and what holds its card back ('' for nothing)."""
    found = shelf.here(work, chat)
    scene = found.find(text) if found is not None else None
    reason = ""
    if scene is not None:
        done = _done(work, chat, today(work, chat))
        state = "shadow" if members.get(work, chat, domain.SHADOW) else "said"
        reason = "today" if state in done else promos.may_post(work, chat, KIND)[0]
        reason = reason or ("repeat" if promos.barred(work, chat, _front(work, scene, chat)) else "")
        reason = reason or ("shadow" if state == "shadow" else "")
    return {"scene": scene.name if scene is not None else "", "reason": reason}


def too_much(work: Work, number: int, person: int) -> None:
    """A card was too much for somebody: counted once, and their own words bring none any more.

    Raises:
        Refusal: no such card.
    """
    if work.sql.first(store.ONE, the_id=number) is None:
        raise Refusal("common/old_button")
    work.sql.run(store.ENOUGH, show_id=number, person_id=person, at=work.now)
    members.wish(work, person, SCENES, True)
